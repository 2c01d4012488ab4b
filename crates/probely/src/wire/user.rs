//! Users, and what they carry.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

use super::UserRoles;

open_enum! {
    /// A job title. The empty word means that there is none.
    pub enum Title {
        /// None was chosen.
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
        /// Developer operations.
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
        /// Who last changed the user.
        changed_by: ChangedBy,
        /// When the user was last changed. The documented examples may name no offset from UTC.
        changed: TimeText,
        /// Whether the user may sign in. Documented to default to true; never assumed here.
        active: bool,
        /// Labels.
        labels: Vec<Label>,
        /// Roles and where they hold.
        user_roles: UserRoles,
        /// The last sign-in; null before the first.
        last_login: TimeText,
        /// Whether it is a program and not a person.
        is_apiuser: bool,
        /// Whether a second factor is asked for. Documented to default to true; never assumed here.
        mfa_enabled: bool,
        /// The user's id at Intercom. In the own profile only.
        intercom_user_id: String,
        /// Whether the user signs in through single sign-on. In the own profile only.
        is_sso: bool,
        /// Whether the user answers for the account. In the own profile only.
        is_owner: bool,
        /// The first sign-in; null before it. In the own profile only.
        first_login: TimeText,
    }
}

open_record! {
    /// A user as other records name one: who made a change, who holds a role.
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
        /// `#RRGGBB`, or the name of a color.
        color: String,
        /// Who last changed the label.
        changed_by: ChangedBy,
        /// When the label was last changed.
        changed: TimeText,
    }
}
