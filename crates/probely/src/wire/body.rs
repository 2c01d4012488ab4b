//! Request bodies.

use anyprofile_core::{open_record, wire::OpaqueId};
use serde::Serialize;

use super::{RoleGrant, Title};

/// Defines a request body with its required fields, and optional fields that are not sent if they are `None`.
/// `Debug` lists the fields that are set, without their values.
macro_rules! request_body {
    ($(#[$meta:meta])* pub struct $name:ident {
        required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty,)+ }
        optional { $($optional:tt)* }
    }) => {
        request_body! {
            @fields [$($(#[$required_meta])* $required: $required_type,)+]
            $(#[$meta])* pub struct $name { optional { $($optional)* } }
        }

        impl $name {
            /// Creates a body with only the required fields.
            pub fn new($($required: impl Into<$required_type>),+) -> Self {
                Self { $($required: $required.into(),)+ ..Self::default() }
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident { optional { $($optional:tt)* } }) => {
        request_body! { @fields [] $(#[$meta])* pub struct $name { optional { $($optional)* } } }
    };
    (@fields [$($(#[$required_meta:meta])* $required:ident: $required_type:ty,)*]
        $(#[$meta:meta])* pub struct $name:ident { optional { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* } }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$required_meta])* pub $required: $required_type,)*
            $($(#[$field_meta])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)*
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(debug.field(stringify!($required), &format_args!(".."));)*
                $(if self.$field.is_some() {
                    debug.field(stringify!($field), &format_args!(".."));
                })*
                debug.finish()
            }
        }
    };
}

pub(super) use request_body;

request_body! {
    /// A user to create or reactivate (`POST /users/`).
    ///
    /// Source: page `users-create` of the reference, which shows no field for the e-mail address; the older
    /// OpenAPI document and client code have it.
    pub struct UserCreate {
        required {
            /// The e-mail address. If a deactivated user has it, that user is reactivated.
            email: String,
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title. The service's words are those of [`Title`], and `other`.
            title: Title,
            /// Whether the user may sign in. The service's default is yes.
            active: bool,
            /// The labels. The reference marks them as required, but clients omit them.
            labels: Vec<LabelByName>,
            /// The roles and their scopes. The role of the account's owner cannot be granted.
            user_roles: Vec<RoleGrant>,
        }
    }
}

request_body! {
    /// The fields of a user to change (`PATCH /users/{id}/`). A field that is `None` is not sent and stays
    /// unchanged. The service documents no nullable field, and no roles here.
    ///
    /// Source: page `users-partial-update` of the reference; the older OpenAPI document for the e-mail address.
    pub struct UserUpdate {
        optional {
            /// The e-mail address. **A new one resets the user's password and revokes the user's tokens.**
            email: String,
            /// The name, at most 60 characters.
            name: String,
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the user may sign in.
            active: bool,
            /// The labels. They replace all labels of the user.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// A complete user (`PUT /users/{id}/`). The effect on fields that are not sent is not published;
    /// [`UserUpdate`] leaves them unchanged.
    ///
    /// Source: older OpenAPI document, the only source that has the operation for users.
    pub struct UserReplace {
        required {
            /// The e-mail address. **If it differs from the current one, the user's password is reset and the
            /// user's tokens are revoked.**
            email: String,
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the user may sign in. The service's default is yes.
            active: bool,
            /// The labels. They replace all labels of the user.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// A change of several users (`POST /users/bulk/update/`). A field that is `None` is not sent and stays
    /// unchanged.
    ///
    /// Source: page `users-bulk-update-create` of the reference, in its newer form except for the roles.
    pub struct UserBulkUpdate {
        required {
            /// The ids of the users. The maximum number is not published.
            ids: Vec<String>,
        }
        optional {
            /// The name of all of them, at most 60 characters. The reference marks it as required.
            name: String,
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the users may sign in.
            active: bool,
            /// The labels. They replace all labels of each user. The reference marks them as required.
            labels: Vec<LabelByName>,
            /// The roles and their scopes. Only in the older form of the reference's page; in the newer one,
            /// roles are assigned with `/user-roles/`.
            user_roles: Vec<RoleGrant>,
        }
    }
}

request_body! {
    /// An API user to create (`POST /api-users/`): a program with its own key. It has no e-mail address.
    ///
    /// Source: page `api-users-create` of the reference, except for the permissions.
    pub struct ApiUserCreate {
        required {
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title, which the reference has for API users too.
            title: Title,
            /// Whether the API user's key is accepted. The service's default is yes.
            active: bool,
            /// The labels.
            labels: Vec<LabelByName>,
            /// The roles and their scopes.
            user_roles: Vec<RoleGrant>,
            /// The ids of permissions. Only in client code.
            permissions: Vec<String>,
        }
    }
}

request_body! {
    /// The fields of an API user to change (`PATCH /api-users/{id}/`). A field that is `None` is not sent and
    /// stays unchanged. The service documents no nullable field, and no roles here.
    ///
    /// Source: page `api-users-partial-update` of the reference.
    pub struct ApiUserUpdate {
        optional {
            /// The name, at most 60 characters.
            name: String,
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the API user's key is accepted.
            active: bool,
            /// The labels. They replace all labels of the API user.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// A complete API user (`PUT /api-users/{id}/`). The effect on fields that are not sent is not published;
    /// [`ApiUserUpdate`] leaves them unchanged.
    ///
    /// Source: page `api-users-update` of the reference.
    pub struct ApiUserReplace {
        required {
            /// The name, at most 60 characters.
            name: String,
        }
        optional {
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the API user's key is accepted. The service's default is yes.
            active: bool,
            /// The labels. They replace all labels of the API user. The reference marks them as required.
            labels: Vec<LabelByName>,
        }
    }
}

request_body! {
    /// A change of several API users (`POST /api-users/bulk/update/`). A field that is `None` is not sent and
    /// stays unchanged.
    ///
    /// Source: page `api-users-bulk-update-create` of the reference. Only its newer form has the ids.
    pub struct ApiUserBulkUpdate {
        required {
            /// The ids of the API users. The maximum number is not published.
            ids: Vec<String>,
        }
        optional {
            /// The name of all of them, at most 60 characters. The reference marks it as required.
            name: String,
            /// The job title; [`Title::NotSet`] clears it.
            title: Title,
            /// Whether the API users' keys are accepted. The reference marks it as required.
            active: bool,
            /// The labels. They replace all labels of each API user. The reference marks them as required.
            labels: Vec<LabelByName>,
            /// The roles and their scopes.
            user_roles: Vec<RoleGrant>,
        }
    }
}

/// A label to assign, by its name: written labels have no id.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelByName {
    /// The text, at most 255 characters.
    pub name: String,
    /// The color: `#RRGGBB`, or a name. ASCII letters, digits, `#`, `_` and `-` are allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

impl LabelByName {
    /// Creates a label without a color.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), color: None }
    }

    /// Sets the color.
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

open_record! {
    /// The response to a bulk change.
    pub struct BulkUpdated {
        /// The ids of the changed users. Only in the newer form of the reference: if they are absent, it is
        /// not known whether all users were changed.
        ids: Vec<OpaqueId>,
    }
}

open_record! {
    /// The response to a password change.
    pub struct PasswordChanged {
        /// The service's message.
        message: String,
    }
}
