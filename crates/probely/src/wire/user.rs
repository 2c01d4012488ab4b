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
        id: OpaqueId = "id",
        /// The e-mail address.
        email: String = "email",
        /// The name, at most 60 characters.
        name: String = "name",
        /// The job title.
        title: Title = "title",
        /// Whether the user may manage billing.
        is_billing_admin: bool = "is_billing_admin",
        /// Who last changed the user.
        changed_by: ChangedBy = "changed_by",
        /// When the user was last changed. The documented examples may name no offset from UTC.
        changed: TimeText = "changed",
        /// Whether the user may sign in. Documented to default to true; never assumed here.
        active: bool = "active",
        /// Labels.
        labels: Vec<Label> = "labels",
        /// Roles and where they hold.
        user_roles: UserRoles = "user_roles",
        /// The last sign-in; null before the first.
        last_login: TimeText = "last_login",
        /// Whether it is a program and not a person.
        is_apiuser: bool = "is_apiuser",
        /// Whether a second factor is asked for. Documented to default to true; never assumed here.
        mfa_enabled: bool = "mfa_enabled",
        /// The user's id at Intercom. In the own profile only.
        intercom_user_id: String = "intercom_user_id",
        /// Whether the user signs in through single sign-on. In the own profile only.
        is_sso: bool = "is_sso",
        /// Whether the user answers for the account. In the own profile only.
        is_owner: bool = "is_owner",
        /// The first sign-in; null before it. In the own profile only.
        first_login: TimeText = "first_login",
    }
}

open_record! {
    /// A user as other records name one: who made a change, who holds a role.
    pub struct ChangedBy {
        /// The user's id.
        id: OpaqueId = "id",
        /// The user's e-mail address; may be empty, null or missing.
        email: String = "email",
        /// The user's name.
        name: String = "name",
    }
}

open_record! {
    /// A label.
    pub struct Label {
        /// The id.
        id: OpaqueId = "id",
        /// The text, at most 255 characters.
        name: String = "name",
        /// `#RRGGBB`, or the name of a color.
        color: String = "color",
        /// Who last changed the label.
        changed_by: ChangedBy = "changed_by",
        /// When the label was last changed.
        changed: TimeText = "changed",
    }
}
