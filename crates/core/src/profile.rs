//! The normalized profile.

mod fields;
mod merge;
mod parts;
mod privilege;
mod rows;
mod state;
pub(crate) mod table;
pub(crate) mod value;
mod words;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use self::parts::{
    Access, Actor, Address, Billing, Credential, Email, Employee, Entitlement, Group, Label, Name,
    Organization, Phone, Photo, PostalAddress, Role, RoleAssignment, RoleReferenceError, RoleScope, Security,
    Times,
};
pub use self::privilege::Privilege;
pub use self::rows::{FieldDifference, FieldRow};
pub use self::value::{FieldRef, List, Record, ValueRef, ValueType};
pub use self::words::{CredentialKind, EmailPurpose, GrantStatus, Kind, OrganizationKind, ScopeTier, Status};
use crate::{Field, FieldPath, ProfileId, email::is_same_address};
pub use crate::{
    email::is_email_address,
    extension::{Extension, ProfileExtension},
    json::{RawJson, UnknownFields},
    origin::{MissingReason, MissingView, Origin, View},
    path::FieldPathError,
};

/// A user, service user or organization, as one service knows it.
///
/// Only the id is always present. Every other field is a [`Field`], which says whether the service sent a value,
/// null, or nothing. [`Profile::state`] also says whether the service supports and shows the field. Serializes with
/// the names of these fields, without the absent ones. `Debug` shows the id and no personal data.
///
/// Read a field by its name (`profile.security.mfa_enabled`), or by its path with [`Profile::get`].
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{Email, ProfileProviderExt, Status};
///
/// let mut profile = provider.get(&ada.id).await?;
/// assert_eq!(profile.label(), "Ada");
/// // A status that was not sent is neither active nor suspended.
/// assert!(!profile.status.is_known_to_be(&Status::Active));
///
/// profile.emails = vec![Email::new("ada@example.org")].into();
/// assert_eq!(profile.email(), Some("ada@example.org"));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Profile {
    /// The identity of the profile. The only field that every profile has.
    pub id: ProfileId,
    /// What the profile represents: a person, a program or an organization.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub kind: Field<Kind>,
    /// The status that the service set.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<Status>,
    /// The service's own word for the status.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status_raw: Field<String>,
    /// The status that was declared to the service; the service may treat the profile otherwise.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub declared_status: Field<Status>,
    /// The id that the customer gave the profile. No service enforces that it is unique.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub external_id: Field<String>,
    /// The name to sign in with, if it is not an e-mail address.
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
    /// The job title, as the service sent it.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub title: Field<String>,
    /// The language tag (BCP 47).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub locale: Field<String>,
    /// The country code (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub country: Field<String>,
    /// Roles and their scopes.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub roles: Field<Vec<RoleAssignment>>,
    /// Labels on the profile.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub labels: Field<Vec<Label>>,
    /// The customer's own key-value pairs, stored by the service.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub metadata: Field<BTreeMap<String, String>>,
    /// Grants by name. A missing name means that the grant was never requested.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub grants: Field<BTreeMap<String, GrantStatus>>,
    /// Who last changed the record.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub changed_by: Field<Actor>,
    /// The name that the person is called by.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub nickname: Field<String>,
    /// The time zone (IANA), such as `Europe/Oslo`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub timezone: Field<String>,
    /// Phone numbers.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub phones: Field<Vec<Phone>>,
    /// Pictures, beside [`picture`](Self::picture).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub photos: Field<Vec<Photo>>,
    /// Postal addresses. The address on invoices is [`Billing::address`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub addresses: Field<Vec<Address>>,
    /// The groups that the profile is a member of.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub groups: Field<Vec<Group>>,
    /// What the profile may use, in the words of the service.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub entitlements: Field<Vec<Entitlement>>,
    /// What the profile can sign in or act with: API tokens, keys, sessions, connected accounts. Never the secrets.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub credentials: Field<Vec<Credential>>,
    /// Who answers for the profile, such as for a service account.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub owner: Field<Actor>,
    /// The name.
    #[serde(default, skip_serializing_if = "Name::is_empty")]
    pub name: Name,
    /// The organization.
    #[serde(default, skip_serializing_if = "Organization::is_empty")]
    pub organization: Organization,
    /// The person as an employee.
    #[serde(default, skip_serializing_if = "Employee::is_empty")]
    pub employee: Employee,
    /// The data that an invoice needs.
    #[serde(default, skip_serializing_if = "Billing::is_empty")]
    pub billing: Billing,
    /// Rights over the whole account.
    #[serde(default, skip_serializing_if = "Access::is_empty")]
    pub access: Access,
    /// How the profile signs in.
    #[serde(default, skip_serializing_if = "Security::is_empty")]
    pub security: Security,
    /// When the record was created and updated.
    #[serde(default, skip_serializing_if = "Times::is_empty")]
    pub times: Times,
    /// The records of the service that the profile was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The fields that only this service has, as a struct of its crate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// Decisions that were made while reading the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Fields that this version does not know, as the service sent them.
    #[serde(default, skip_serializing_if = "UnknownFields::is_empty")]
    pub unknown: UnknownFields,
    /// The whole record as the service sent it, if the provider is configured to keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawJson>,
}

impl Profile {
    /// Creates a profile with this id. All other fields are absent.
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
            nickname: Field::Absent,
            timezone: Field::Absent,
            phones: Field::Absent,
            photos: Field::Absent,
            addresses: Field::Absent,
            groups: Field::Absent,
            entitlements: Field::Absent,
            credentials: Field::Absent,
            owner: Field::Absent,
            name: Name::default(),
            organization: Organization::default(),
            employee: Employee::default(),
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

/// A decision that was made while reading a record.
///
/// ```
/// use anyprofile_core::{
///     FieldPath, Profile, Timestamp,
///     profile::{Note, NoteKind},
/// };
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// // The service sends times without a zone. The profile says so.
/// let read = Timestamp::read("2026-01-31T12:00:00")?;
/// if read.assumed_utc {
///     ada.notes.push(Note::new(FieldPath::TIMES_CREATED, NoteKind::AssumedUtc));
/// }
/// ada.times.created = read.timestamp.into();
/// assert_eq!((&ada.notes[0].field, &ada.notes[0].kind), (&FieldPath::TIMES_CREATED, &NoteKind::AssumedUtc));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The field that the note is about.
    pub field: FieldPath,
    /// What was decided.
    pub kind: NoteKind,
}

crate::open_enum! {
    /// A kind of decision that was made while reading a record.
    ///
    /// ```
    /// use anyprofile_core::profile::NoteKind;
    ///
    /// // Is the service's value only in `Profile::unknown`?
    /// let is_left_out = |kind: &NoteKind| matches!(kind, NoteKind::NoTime | NoteKind::OtherType);
    /// assert!(is_left_out(&NoteKind::from("no_time")));
    /// assert!(!is_left_out(&NoteKind::AssumedUtc));
    /// // A profile that a newer version stored may have notes of other kinds.
    /// assert_eq!(NoteKind::from("rounded").unknown_word(), Some("rounded"));
    /// ```
    pub enum NoteKind {
        /// The time has no offset and was read as UTC.
        AssumedUtc = "assumed_utc",
        /// The text is not a time. The field is absent, and the text is in `unknown`.
        NoTime = "no_time",
        /// The value has an unexpected type. The field is absent, and the value is in `unknown`.
        OtherType = "other_type",
        /// The value or its name is not valid for JSON readers, such as half of a surrogate pair. It was replaced,
        /// and the result is in `unknown`.
        Repaired = "repaired",
        /// The word is not one that the service documents. It was kept.
        UnknownWord = "unknown_word",
        /// The service's records differ in this field. The value of the first record is shown; none, where nothing says which one is right.
        RecordsDiffer = "records_differ",
    }
}

impl Note {
    /// Creates a note on a field.
    pub fn new(field: FieldPath, kind: NoteKind) -> Self {
        Self { field, kind }
    }
}

impl Profile {
    /// Creates a profile that is read from this record of the service.
    #[inline]
    pub fn read_from(view: View, id: ProfileId) -> Self {
        Self::empty(id, Some(Origin::new(view)))
    }

    /// Sets [`raw`](Self::raw).
    pub fn with_raw(mut self, raw: Option<RawJson>) -> Self {
        self.raw = raw;
        self
    }

    /// Returns the primary e-mail address, or else the first one.
    pub fn email(&self) -> Option<&str> {
        let emails = self.emails.items();
        let primary =
            emails.iter().find(|email| email.primary.is_known_to_be(&true)).or_else(|| emails.first());
        primary.and_then(|email| email.address.value()).map(String::as_str)
    }

    /// Returns the extension as the struct of a service's crate; `None` if the profile belongs to another service.
    pub fn extension_as<T: ProfileExtension>(&self) -> Option<Cow<'_, T>> {
        if self.id.service != T::SERVICE {
            return None;
        }
        self.extension.as_ref()?.get()
    }

    /// Returns whether the profile has this e-mail address. ASCII letters are compared without regard to case, other
    /// letters after Unicode composition (NFC), and domains in Punycode after decoding.
    pub fn has_email(&self, address: &str) -> bool {
        let mut addresses = self.emails.items().iter().filter_map(|email| email.address.value());
        addresses.any(|known| is_same_address(known, address))
    }

    /// Returns the name to show: the display name, or else the user name, the external id or the native id.
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
