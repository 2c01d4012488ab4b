//! The normalized profile.

mod fields;
mod merge;
mod parts;
mod state;
pub(crate) mod table;
pub(crate) mod value;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use self::parts::{
    Access, Actor, Billing, Email, EmailPurpose, GrantStatus, Kind, Label, Name, Organization,
    OrganizationKind, PostalAddress, Role, RoleAssignment, RoleReferenceError, RoleScope, ScopeTier,
    Security, Status, Times,
};
pub use self::value::{FieldRef, List, Record, ValueRef, ValueType};
use crate::{Field, FieldPath, ProfileId, email::is_same_address};
pub use crate::{
    email::is_email_address,
    extension::{Extension, ProfileExtension},
    json::{RawJson, UnknownFields},
    origin::{MissingReason, MissingView, Origin, View},
    path::FieldPathError,
};

/// One user, service user or organization, as one service knows it.
///
/// Only the id is sure; every other field says by its [`Field`] whether the service sent a value,
/// null, or nothing, and [`Profile::state`] adds what the service does not support or does not show.
/// Serializes with the names of these fields, absent ones left out. `Debug` shows the id and no
/// personal data.
///
/// A field is read by its name (`profile.security.mfa_enabled`), or by its path with [`Profile::get`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Profile {
    /// Who it is. The only field that every profile has.
    pub id: ProfileId,
    /// What the profile stands for.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub kind: Field<Kind>,
    /// The status that the service set.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<Status>,
    /// The word of the service that `status` was read from.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status_raw: Field<String>,
    /// The status that we told the service; it does not say what the service makes of it.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub declared_status: Field<Status>,
    /// The id that we gave the profile. No service enforces that it is unique.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub external_id: Field<String>,
    /// The name to sign in with, where it is not an e-mail address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub username: Field<String>,
    /// E-mail addresses.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub emails: Field<Vec<Email>>,
    /// The URL of a picture, as the service sent it.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub picture: Field<String>,
    /// The URL of a website, as the service sent it.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub website: Field<String>,
    /// The job title, in the service's word.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub title: Field<String>,
    /// BCP 47 language tag.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub locale: Field<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub country: Field<String>,
    /// Roles and where they hold.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub roles: Field<Vec<RoleAssignment>>,
    /// Labels that somebody put on the profile.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub labels: Field<Vec<Label>>,
    /// Our own pairs of words, kept by the service.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub metadata: Field<BTreeMap<String, String>>,
    /// Grants by name. A missing name means that the grant was never asked for.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub grants: Field<BTreeMap<String, GrantStatus>>,
    /// Who last changed the record.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub changed_by: Field<Actor>,
    /// The name.
    #[serde(default, skip_serializing_if = "Name::is_empty")]
    pub name: Name,
    /// The organization.
    #[serde(default, skip_serializing_if = "Organization::is_empty")]
    pub organization: Organization,
    /// What is needed to send an invoice.
    #[serde(default, skip_serializing_if = "Billing::is_empty")]
    pub billing: Billing,
    /// Powers over the whole account.
    #[serde(default, skip_serializing_if = "Access::is_empty")]
    pub access: Access,
    /// How the profile signs in.
    #[serde(default, skip_serializing_if = "Security::is_empty")]
    pub security: Security,
    /// When the record was made and changed.
    #[serde(default, skip_serializing_if = "Times::is_empty")]
    pub times: Times,
    /// Which of the service's records it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What only this service knows, as a struct of its crate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// What had to be decided while reading the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Fields that this version does not know, as the service sent them.
    #[serde(default, skip_serializing_if = "UnknownFields::is_empty")]
    pub unknown: UnknownFields,
    /// The whole record as the service sent it, if the provider was told to keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawJson>,
}

impl Profile {
    /// Creates a profile of which nothing but the id is known.
    pub fn new(id: ProfileId) -> Self {
        Self::empty(id, None)
    }

    #[inline]
    fn empty(id: ProfileId, origin: Option<Origin>) -> Self {
        Self {
            id,
            kind: Field::Absent,
            status: Field::Absent,
            status_raw: Field::Absent,
            declared_status: Field::Absent,
            external_id: Field::Absent,
            username: Field::Absent,
            emails: Field::Absent,
            picture: Field::Absent,
            website: Field::Absent,
            title: Field::Absent,
            locale: Field::Absent,
            country: Field::Absent,
            roles: Field::Absent,
            labels: Field::Absent,
            metadata: Field::Absent,
            grants: Field::Absent,
            changed_by: Field::Absent,
            name: Name::default(),
            organization: Organization::default(),
            billing: Billing::default(),
            access: Access::default(),
            security: Security::default(),
            times: Times::default(),
            origin,
            extension: None,
            notes: Vec::new(),
            unknown: UnknownFields::default(),
            raw: None,
        }
    }
}

/// Something that had to be decided while reading a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The field it is about.
    pub field: FieldPath,
    /// What was decided.
    pub kind: NoteKind,
}

crate::open_enum! {
    /// What was decided while reading a record.
    pub enum NoteKind {
        /// The time named no offset and was taken as UTC.
        AssumedUtc = "assumed_utc",
        /// The text is no time; the field is absent and the text is kept under `unknown`.
        NoTime = "no_time",
        /// The field has another type than expected; it is absent, and what was sent is kept under `unknown`.
        OtherType = "other_type",
        /// The value, or its name, held what readers of JSON refuse, such as half of a surrogate pair: it was replaced, and what
        /// was made of it is kept under `unknown`.
        Repaired = "repaired",
        /// The word is none of those that the service publishes; it is kept as it came.
        UnknownWord = "unknown_word",
        /// The service's records tell the field differently; what the first record said is shown.
        RecordsDiffer = "records_differ",
    }
}

impl Note {
    /// A note on a field.
    pub fn new(field: FieldPath, kind: NoteKind) -> Self {
        Self { field, kind }
    }
}

impl Profile {
    /// Creates a profile that is being read from this record.
    #[inline]
    pub fn read_from(view: View, id: ProfileId) -> Self {
        Self::empty(id, Some(Origin::new(view)))
    }

    /// The same profile with the record that it was made from.
    pub fn with_raw(mut self, raw: Option<RawJson>) -> Self {
        self.raw = raw;
        self
    }

    /// The primary e-mail address, else the first one.
    pub fn email(&self) -> Option<&str> {
        let emails = self.emails.items();
        let primary =
            emails.iter().find(|email| email.primary.is_known_to_be(&true)).or_else(|| emails.first());
        primary.and_then(|email| email.address.value()).map(String::as_str)
    }

    /// The extension as the struct of a service's crate, or `None` if the profile is another service's.
    pub fn extension_as<T: ProfileExtension>(&self) -> Option<Cow<'_, T>> {
        if self.id.service != T::SERVICE {
            return None;
        }
        self.extension.as_ref()?.get()
    }

    /// Whether one of the e-mail addresses is this one: ASCII letters without regard to case, other letters however they are
    /// composed, and a domain in Punycode as the one that it stands for.
    pub fn has_email(&self, address: &str) -> bool {
        let mut addresses = self.emails.items().iter().filter_map(|email| email.address.value());
        addresses.any(|known| is_same_address(known, address))
    }

    /// The name to show: the display name, else the user name, else the external id, else the native id.
    pub fn label(&self) -> Cow<'_, str> {
        let known = [&self.name.display, &self.username, &self.external_id];
        match known.into_iter().find_map(Field::value) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Borrowed(self.id.native()),
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Profile")
            .field("id", &format_args!("{}", self.id))
            .field("kind", &self.kind)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile::new("probely:eu/user/x".parse().unwrap())
    }

    #[test]
    fn a_profile_of_an_id_alone_is_an_id_alone_in_json() {
        let json = r#"{"id":{"service":"probely","account":"eu","kind":"user","native":"x"}}"#;
        assert_eq!(serde_json::to_string(&profile()).unwrap(), json);
        assert_eq!(serde_json::from_str::<Profile>(json).unwrap(), profile());
    }

    #[test]
    fn null_and_absent_stay_apart_in_json() {
        let mut profile = profile();
        profile.security.mfa_enabled = Field::Null;
        profile.labels = Field::from(vec![]);
        let json = serde_json::to_string(&profile).unwrap();
        assert!(json.ends_with(r#","labels":[],"security":{"mfa_enabled":null}}"#), "{json}");
        assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
    }

    #[test]
    fn debug_shows_no_personal_data() {
        let mut profile = profile();
        profile.name.display = "Ada Lovelace".into();
        profile.emails = Email::login("ada@example.com".into());
        profile.status = Status::Active.into();
        insta::assert_snapshot!(
            format!("{profile:?} {:?} {:?}", profile.name, profile.emails),
            @"Profile { id: probely:eu/user/x, kind: Absent, status: Value(Active), .. } Name { display: value, .. } Value([Email { address: value, purpose: value, primary: value, .. }])"
        );
    }
}
