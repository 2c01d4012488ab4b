//! The normalized profile.

mod merge;
mod parts;
mod state;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

pub use self::parts::{
    Access, Actor, Billing, Email, EmailPurpose, GrantStatus, Kind, Label, Name, Organization,
    OrganizationKind, PostalAddress, Role, RoleAssignment, RoleReferenceError, RoleScope, ScopeTier,
    Security, Status, Times,
};
use crate::{
    Extension, Field, FieldPath, FieldState, Origin, ProfileExtension, ProfileId, RawJson, UnknownFields,
    View,
    email::is_same_address,
    origin::{Fill, fill},
};

macro_rules! profile {
    ($(#[$meta:meta])* pub struct Profile {
        fields { $($(#[$field_meta:meta])* $field:ident: $field_type:ty,)+ }
        groups { $($(#[$group_meta:meta])* $group:ident: $group_type:ident unless $is_empty:literal,)+ }
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct Profile {
            /// Who it is. The only field that every profile has.
            pub id: ProfileId,
            $(
                $(#[$field_meta])*
                #[serde(default, skip_serializing_if = "Field::is_absent")]
                pub $field: Field<$field_type>,
            )+
            $(
                $(#[$group_meta])*
                #[serde(default, skip_serializing_if = $is_empty)]
                pub $group: $group_type,
            )+
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
            /// A profile of which nothing but the id is known.
            pub fn new(id: ProfileId) -> Self {
                Self::of(id, None)
            }

            #[inline]
            fn of(id: ProfileId, origin: Option<Origin>) -> Self {
                Self {
                    id,
                    $($field: Field::Absent,)+
                    $($group: $group_type::default(),)+
                    origin,
                    extension: None,
                    notes: Vec::new(),
                    unknown: UnknownFields::default(),
                    raw: None,
                }
            }

            /// Takes what the other says more of the fields that every service may have.
            fn fill_from(&mut self, other: Self, outcome: &mut dyn FnMut(&str, Fill)) {
                $(outcome(stringify!($field), fill(&mut self.$field, other.$field));)+
                $(self.$group.fill_from(other.$group, &mut |key, filled| {
                    outcome(&format!("{}.{key}", stringify!($group)), filled);
                });)+
            }

            /// What this record says of a field; `None` if the record's type has no such field.
            fn record_state(&self, path: &FieldPath) -> Option<FieldState> {
                if let Some(key) = path.address_key() {
                    return match &self.billing.address {
                        Field::Value(address) => address.state_of(key),
                        none => Some(none.state()),
                    };
                }
                let (group, key) = path.as_str().split_once('.').unwrap_or((path.as_str(), ""));
                match (group, key) {
                    ("id", "") => Some(FieldState::Value),
                    $((stringify!($field), "") => Some(self.$field.state()),)+
                    $((stringify!($group), key) => self.$group.state_of(key),)+
                    ("metadata", key) => Some(match &self.metadata {
                        Field::Value(pairs) if pairs.contains_key(key) => FieldState::Value,
                        // A pair that is not there is known not to be.
                        Field::Value(_) | Field::Null => FieldState::Null,
                        Field::Absent => FieldState::Absent,
                    }),
                    ("unknown", key) => Some(match self.unknown.get(key) {
                        Some(_) => FieldState::Value,
                        None => FieldState::Absent,
                    }),
                    ("extension", key) => match &self.extension {
                        Some(extension) => extension.state(key),
                        None => Some(FieldState::Absent),
                    },
                    _ => None,
                }
            }
        }
    };
}

profile! {
    /// One user, service user or organization, as one service knows it.
    ///
    /// Only the id is sure; every other field says by its [`Field`] whether the service sent a value,
    /// null, or nothing, and [`Profile::state`] adds what the service does not support or does not show.
    /// Serializes with the names of these fields, absent ones left out. `Debug` shows the id and no
    /// personal data.
    pub struct Profile {
        fields {
            /// What the profile stands for.
            kind: Kind,
            /// The status that the service set.
            status: Status,
            /// The word of the service that `status` was read from.
            status_raw: String,
            /// The status that we told the service; it does not say what the service makes of it.
            declared_status: Status,
            /// The id that we gave the profile. No service enforces that it is unique.
            external_id: String,
            /// The name to sign in with, where it is not an e-mail address.
            username: String,
            /// E-mail addresses.
            emails: Vec<Email>,
            /// The URL of a picture, as the service sent it.
            picture: String,
            /// The URL of a website, as the service sent it.
            website: String,
            /// The job title, in the service's word.
            title: String,
            /// BCP 47 language tag.
            locale: String,
            /// ISO 3166-1 alpha-2.
            country: String,
            /// Roles and where they hold.
            roles: Vec<RoleAssignment>,
            /// Labels that somebody put on the profile.
            labels: Vec<Label>,
            /// Our own pairs of words, kept by the service.
            metadata: BTreeMap<String, String>,
            /// Grants by name. A missing name means that the grant was never asked for.
            grants: BTreeMap<String, GrantStatus>,
            /// Who last changed the record.
            changed_by: Actor,
        }
        groups {
            /// The name.
            name: Name unless "Name::is_empty",
            /// The organization.
            organization: Organization unless "Organization::is_empty",
            /// What is needed to send an invoice.
            billing: Billing unless "Billing::is_empty",
            /// Powers over the whole account.
            access: Access unless "Access::is_empty",
            /// How the profile signs in.
            security: Security unless "Security::is_empty",
            /// When the record was made and changed.
            times: Times unless "Times::is_empty",
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
    /// The record that a field was read from; `None` if the field was not sent or the profile does not say.
    pub fn origin_of(&self, path: &FieldPath) -> Option<&View> {
        let origin = self.origin.as_ref()?;
        match self.record_state(path)? {
            FieldState::Value | FieldState::Null => {
                // An address comes as a whole.
                let whole = if path.address_key().is_some() { &FieldPath::BILLING_ADDRESS } else { path };
                Some(origin.fields.get(whole).unwrap_or(&origin.view))
            }
            _ => None,
        }
    }

    /// A profile that is being read from this record.
    #[inline]
    pub fn read_from(view: View, id: ProfileId) -> Self {
        Self::of(id, Some(Origin::new(view)))
    }

    /// The value of a field as JSON; `None` if it has none.
    pub fn value(&self, path: &FieldPath) -> Option<serde_json::Value> {
        let json = serde_json::to_value(self).ok()?;
        // The key of a pair may hold dots.
        let value = match path.metadata_key() {
            Some(key) => json.get("metadata")?.get(key)?,
            None => path.as_str().split('.').try_fold(&json, |json, key| json.get(key))?,
        };
        (!value.is_null()).then(|| value.clone())
    }

    /// Whether the service says that a field has no value.
    pub fn is_null(&self, path: &FieldPath) -> bool {
        self.record_state(path) == Some(FieldState::Null)
    }

    /// The same profile with the record that it was made from.
    pub fn with_raw(mut self, raw: Option<RawJson>) -> Self {
        self.raw = raw;
        self
    }

    /// The primary e-mail address, else the first one.
    pub fn email(&self) -> Option<&str> {
        let emails = self.emails.items();
        let primary = emails.iter().find(|email| email.primary == true).or_else(|| emails.first());
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

    #[test]
    fn every_core_path_is_a_field_of_the_record() {
        for path in FieldPath::CORE {
            assert!(profile().record_state(path).is_some(), "{path}");
        }
        let mut profile = profile();
        profile.billing.address = Box::new(PostalAddress::default()).into();
        for path in FieldPath::BILLING_ADDRESS_PARTS {
            assert!(profile.record_state(path).is_some(), "{path}");
        }
    }
}
