//! Bodies of requests: what is to be made or changed.

use anyprofile_core::{open_record, wire::OpaqueId};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{Tier, Title};

/// Defines a body: what is required, and fields that are left out while they are `None`. `Debug` shows which are set,
/// and nothing of what they hold.
macro_rules! request_body {
    ($(#[$meta:meta])* pub struct $name:ident {
        required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty,)+ }
        optional { $($optional:tt)+ }
    }) => {
        request_body! {
            @fields [$($(#[$required_meta])* $required: $required_type,)+]
            $(#[$meta])* pub struct $name { optional { $($optional)+ } }
        }

        impl $name {
            /// A body with what is required, and nothing else.
            pub fn new($($required: impl Into<$required_type>),+) -> Self {
                Self { $($required: $required.into(),)+ ..Self::default() }
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident { optional { $($optional:tt)+ } }) => {
        request_body! { @fields [] $(#[$meta])* pub struct $name { optional { $($optional)+ } } }
    };
    (@fields [$($(#[$required_meta:meta])* $required:ident: $required_type:ty,)*]
        $(#[$meta:meta])* pub struct $name:ident { optional { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ } }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$required_meta])* pub $required: $required_type,)*
            $($(#[$field_meta])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(debug.field(stringify!($required), &format_args!(".."));)*
                $(if self.$field.is_some() {
                    debug.field(stringify!($field), &format_args!(".."));
                })+
                debug.finish()
            }
        }
    };
}

request_body! {
    /// A user to make, or to let in again (`POST /users/`).
    ///
    /// Source: page `users-create` of the reference, which shows no field for the e-mail address; the older OpenAPI
    /// document and client code have it.
    pub struct UserCreate {
        required {
            /// The e-mail address. One of a deactivated user lets that user in again.
            email: String,
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title. The service's words are those of [`Title`], and `other`.
            title: Title,
            /// Whether the user may sign in. The service's default is yes.
            active: bool,
            /// Labels. The reference marks them as required, and clients leave them out.
            labels: Vec<LabelByName>,
            /// Roles, and where each holds. That of the account's owner cannot be given.
            user_roles: Vec<RoleGrant>,
        }
    }
}

request_body! {
    /// What to change of a user (`PATCH /users/{id}/`). What is `None` is not sent and stays. The service
    /// documents no field as one that may be null, and no roles here.
    ///
    /// Source: page `users-partial-update` of the reference; the older OpenAPI document for the e-mail address.
    pub struct UserUpdate {
        optional {
            /// The e-mail address. **With a new one the user needs a new password, and has no tokens any more.**
            email: String,
            /// The name, at most 60 characters.
            name: String,
            /// The job title; [`Title::NotSet`] takes it away.
            title: Title,
            /// Whether the user may sign in.
            active: bool,
            /// All labels that the user is then to have.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// A user as it is to be (`PUT /users/{id}/`). What becomes of a field that is not sent is not published;
    /// [`UserUpdate`] leaves it as it is.
    ///
    /// Source: older OpenAPI document, the only one that has the operation for users.
    pub struct UserReplace {
        required {
            /// The e-mail address. **With another one than before the user needs a new password, and has no tokens
            /// any more.**
            email: String,
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title; [`Title::NotSet`] takes it away.
            title: Title,
            /// Whether the user may sign in. The service's default is yes.
            active: bool,
            /// All labels that the user is then to have.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// The same change of several users (`POST /users/bulk/update/`). What is `None` is not sent and stays.
    ///
    /// Source: page `users-bulk-update-create` of the reference, in its newer form but for the roles.
    pub struct UserBulkUpdate {
        required {
            /// The users, by id. How many at once is not published.
            ids: Vec<String>,
        }
        optional {
            /// One name for all of them, at most 60 characters. The reference marks it as required.
            name: String,
            /// The job title; [`Title::NotSet`] takes it away.
            title: Title,
            /// Whether the users may sign in.
            active: bool,
            /// All labels that each of them is then to have. The reference marks them as required.
            labels: Vec<LabelByName>,
            /// Roles, and where each holds. In the older form of the reference's page alone: elsewhere roles are
            /// assigned at `/user-roles/`.
            user_roles: Vec<RoleGrant>,
        }
    }
}

request_body! {
    /// An API user to make (`POST /api-users/`): a program with a key of its own. It has no e-mail address.
    ///
    /// Source: client code for the operation and the name; the other fields are those of pages
    /// `api-users-update` and `api-users-bulk-update-create` of the reference.
    pub struct ApiUserCreate {
        required {
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title, which the reference has for API users too.
            title: Title,
            /// Whether the API user's key is let in. The service's default is yes.
            active: bool,
            /// Labels.
            labels: Vec<LabelByName>,
            /// Roles, and where each holds.
            user_roles: Vec<RoleGrant>,
        }
    }
}

request_body! {
    /// What to change of an API user (`PATCH /api-users/{id}/`). What is `None` is not sent and stays. The
    /// service documents no field as one that may be null, and no roles here.
    ///
    /// Source: page `api-users-partial-update` of the reference.
    pub struct ApiUserUpdate {
        optional {
            /// The name, at most 60 characters.
            name: String,
            /// The job title; [`Title::NotSet`] takes it away.
            title: Title,
            /// Whether the API user's key is let in.
            active: bool,
            /// All labels that the API user is then to have.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// An API user as it is to be (`PUT /api-users/{id}/`). What becomes of a field that is not sent is not published;
    /// [`ApiUserUpdate`] leaves it as it is.
    ///
    /// Source: page `api-users-update` of the reference.
    pub struct ApiUserReplace {
        required {
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title; [`Title::NotSet`] takes it away.
            title: Title,
            /// Whether the API user's key is let in. The service's default is yes.
            active: bool,
            /// All labels that the API user is then to have. The reference marks them as required.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// The same change of several API users (`POST /api-users/bulk/update/`). What is `None` is not sent and stays.
    ///
    /// Source: page `api-users-bulk-update-create` of the reference, which shows no field for the ids; that they are
    /// sent as for users is inferred.
    pub struct ApiUserBulkUpdate {
        required {
            /// The API users, by id. How many at once is not published.
            ids: Vec<String>,
        }
        optional {
            /// One name for all of them, at most 60 characters. The reference marks it as required.
            name: String,
            /// Whether the API users' keys are let in. The reference marks it as required.
            active: bool,
            /// All labels that each of them is then to have. The reference marks them as required.
            labels: Vec<LabelByName>,
            /// Roles, and where each holds.
            user_roles: Vec<RoleGrant>,
        }
    }
}

/// A label that a user is to have, by its name: labels have no id where they are written.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelByName {
    /// The text, at most 255 characters.
    pub name: String,
    /// `#RRGGBB`, or the name of a color: letters and digits of ASCII, `#`, `_` and `-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

impl LabelByName {
    /// A label without a word on its color.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), color: None }
    }

    /// The same label with a color.
    pub fn with_color(mut self, color: impl Into<String>) -> Self {
        self.color = Some(color.into());
        self
    }
}

/// Shows no text: a label may be a person's name.
impl std::fmt::Debug for LabelByName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LabelByName(..)")
    }
}

/// A role to give, and where it is to hold.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleGrant {
    /// The id of the role, of 12 characters.
    pub role_id: String,
    /// Where it is to hold.
    pub scope: GrantScope,
}

impl RoleGrant {
    /// A role with the place where it is to hold.
    pub fn new(role_id: impl Into<String>, scope: GrantScope) -> Self {
        Self { role_id: role_id.into(), scope }
    }
}

/// Where a role is to hold: its tier, with the one place that the tier needs.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantScope {
    /// In the whole account.
    Account,
    /// In the team with this id, of 12 characters.
    Team(String),
    /// At the target with this id, of 12 characters.
    Target(String),
}

impl GrantScope {
    /// How far it reaches.
    pub fn tier(&self) -> Tier {
        match self {
            Self::Account => Tier::Account,
            Self::Team(_) => Tier::Team,
            Self::Target(_) => Tier::Target,
        }
    }

    /// The id of the place, where there is one.
    pub fn place_id(&self) -> Option<&str> {
        match self {
            Self::Account => None,
            Self::Team(id) | Self::Target(id) => Some(id),
        }
    }
}

impl std::fmt::Debug for RoleGrant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RoleGrant(..)")
    }
}

/// Shows the tier, and not the place.
impl std::fmt::Debug for GrantScope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "GrantScope({})", self.tier())
    }
}

#[derive(Serialize)]
struct ById<'a> {
    id: &'a str,
}

impl Serialize for RoleGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("role", &ById { id: &self.role_id })?;
        map.serialize_entry("scope", &self.scope)?;
        map.end()
    }
}

impl Serialize for GrantScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tier = self.tier();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("tier", &tier)?;
        if let Some(id) = self.place_id() {
            // The key of the place is the tier's word.
            map.serialize_entry(tier.as_str(), &ById { id })?;
        }
        map.end()
    }
}

open_record! {
    /// What a change of several users answers.
    pub struct BulkUpdated {
        /// The ids of those who were changed. In the newer form of the reference alone: where they are absent, nothing
        /// says that all were.
        ids: Vec<OpaqueId>,
    }
}

open_record! {
    /// What a change of the password answers.
    pub struct PasswordChanged {
        /// The service's words for a person.
        message: String,
    }
}
