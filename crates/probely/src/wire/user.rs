//! Users and their labels.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, SecretText, TimeText},
};

use super::UserRoles;

open_enum! {
    /// A job title. The empty word means that there is none.
    pub enum Title {
        /// No title.
        NotSet = "",
        /// Chief executive officer.
        Ceo = "ceo",
        /// Chief technology officer.
        Cto = "cto",
        /// Chief security officer.
        Cso = "cso",
        /// Security engineer.
        SecurityEngineer = "seceng",
        /// Developer.
        Developer = "dev",
        /// DevOps.
        DeveloperOperations = "devop",
        /// Manager.
        Manager = "manager",
    }
}

open_record! {
    /// A user (`GET /users/`, `/users/{id}/`) or the credential's own profile (`GET /profile/`).
    pub struct User {
        /// The id: letters, digits, `_` and `-`, though the reference calls it Base58.
        id: OpaqueId,
        /// The e-mail address.
        email: String,
        /// The name, at most 60 characters.
        name: String,
        /// The job title.
        title: Title,
        /// Whether the user may manage billing.
        is_billing_admin: bool,
        /// The user who made the last change.
        changed_by: ChangedBy,
        /// The time of the last change. The documented examples may have no UTC offset.
        changed: TimeText,
        /// Whether the user may sign in. The documented default is true, but it is not assumed here.
        active: bool,
        /// The labels.
        labels: Vec<Label>,
        /// The roles and their scopes.
        user_roles: UserRoles,
        /// The time of the last sign-in; null before the first.
        last_login: TimeText,
        /// Whether the user is a program rather than a person.
        is_apiuser: bool,
        /// Whether the service asks for a second factor. The documented default is true, but it is not
        /// assumed here.
        mfa_enabled: bool,
        /// The user's id at Intercom. Only in the own profile.
        intercom_user_id: String,
        /// Whether the user signs in through single sign-on. Only in the own profile.
        is_sso: bool,
        /// Whether the user owns the account. Only in the own profile.
        is_owner: bool,
        /// The time of the first sign-in; null before it. Only in the own profile.
        first_login: TimeText,
        /// The key of a new API user, which the service shows once. Whether it is in the response at all is not
        /// published.
        key: SecretText,
    }
}

open_record! {
    /// A user in another record: the author of a change, or the holder of a role.
    pub struct ChangedBy {
        /// The user's id.
        id: OpaqueId,
        /// The user's e-mail address; may be empty, null or missing.
        email: String,
        /// The user's name.
        name: String,
    }
}

open_record! {
    /// A label.
    pub struct Label {
        /// The id.
        id: OpaqueId,
        /// The text, at most 255 characters.
        name: String,
        /// The color: `#RRGGBB`, or a name.
        color: String,
        /// The user who made the last change.
        changed_by: ChangedBy,
        /// The time of the last change.
        changed: TimeText,
    }
}
