//! The profile APIs of Upsun, Probely, Anthropic and SCIM 2.0 as one stateful, deterministic local server.
//!
//! A [`Sandbox`] listens on 127.0.0.1, with a port for each service, and behaves like the services: authentication, paging,
//! validation, update semantics and error bodies. Any client of these APIs works with it, without credentials
//! of the services and without internet access.
//!
//! ```
//! use anyprofile_sandbox::{Fault, Sandbox, SandboxOptions};
//!
//! # async fn example() -> std::io::Result<()> {
//! let sandbox = Sandbox::start(SandboxOptions::new().profiles(50).seed(7)).await?;
//! sandbox.add_fault(Fault::new("users_list").first(1).respond(503));
//!
//! let probely = &sandbox.description().probely;
//! println!("GET {}/users/ with `Authorization: JWT {}`", probely.base_url, probely.api_key);
//!
//! for request in sandbox.requests() {
//!     println!("{} {} -> {}", request.operation, request.path, request.status);
//! }
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(example()).unwrap();
//! ```
//!
//! # Three things to know
//! - **It is deterministic.** The records depend only on the seed, and on what was written.
//! - **It is stateful.** A write is visible in every operation that shows the record: lists, filters, orders,
//!   counts, look-ups and references.
//! - **It can fail on purpose.** A [`Fault`] changes the response of chosen requests; [`NamedFault::all`]
//!   lists ready-made faults.
//!
//! # Operations
//!
//! | Service | Operations that read |
//! |---|---|
//! | `upsun-auth` | `oauth2-token` |
//! | `upsun` | `list-profiles`, `get-profile`, `get-address` |
//! | | `get-current-user`, `get-user`, `get-user-by-email-address`, `get-user-by-username` |
//! | | `get-current-user-deprecated`, `get-current-user-verification-status`, `get-current-user-verification-status-full` |
//! | | `list-user-orgs`, `list-user-teams`, `list-user-project-access`, `get-user-project-access`, `list-user-extended-access` |
//! | | `list-login-connections`, `get-login-connection`, `list-api-tokens`, `get-api-token`, `get-totp-enrollment` |
//! | | `list-orgs`, `get-org`, `get-org-address`, `get-org-profile`, `get-org-mfa-enforcement` |
//! | | `list-org-members`, `get-org-member`, `list-org-invites`, `list-project-invites` |
//! | | `list-teams`, `get-team`, `list-team-members`, `get-team-member`, `list-team-project-access`, `get-team-project-access` |
//! | | `list-referenced-users`, `list-referenced-teams`, `list-referenced-orgs` |
//! | `probely` | `profile_list`, `users_list`, `users_retrieve`, `api_users_list`, `api_users_retrieve` |
//! | | `roles_list`, `roles_retrieve`, `permissions_list`, `teams_list`, `teams_retrieve` |
//! | | `labels_list`, `labels_retrieve`, `labels_users_list`, `labels_users_retrieve` |
//! | | `user_roles_list`, `user_roles_retrieve`, `api_user_roles_list`, `api_user_roles_retrieve` |
//! | `anthropic` | `BetaListUserProfiles`, `BetaGetUserProfile`, `BetaGetGoogleDataControls` |
//! | `anthropic`, admin key | `AdminGetOrganization`, `AdminListUsers`, `AdminGetUser`, `AdminListInvites`, `AdminGetInvite` |
//! | | `AdminListWorkspaces`, `AdminGetWorkspace`, `AdminListWorkspaceMembers`, `AdminGetWorkspaceMember` |
//! | | `AdminListGroups`, `AdminGetGroup`, `AdminListGroupMembers` |
//! | | `AdminListRoles`, `AdminGetRole`, `AdminListRolePermissions` |
//! | `anthropic`, OAuth token | `AdminListServiceAccounts`, `AdminGetServiceAccount`, `AdminListServiceAccountWorkspaces` |
//! | | `AdminListWorkspaceServiceAccounts`, `AdminGetWorkspaceServiceAccount` |
//! | `scim` | `GetServiceProviderConfig`, `ListSchemas`, `GetSchema`, `ListResourceTypes`, `GetResourceType`, `GetMe` |
//! | | `ListUsers`, `SearchUsers`, `GetUser`, `ListGroups`, `SearchGroups`, `GetGroup` |
//!
//! | Service | Operations that write |
//! |---|---|
//! | `upsun` | `update-profile`, `update-address`, `create-profile-picture`, `delete-profile-picture` |
//! | | `update-user`, `reset-email-address`, `reset-password`, `verify-phone-number`, `confirm-phone-number` |
//! | | `confirm-totp-enrollment`, `withdraw-totp-enrollment`, `recreate-recovery-codes` |
//! | | `create-api-token`, `delete-api-token`, `delete-login-connection` |
//! | | `grant-user-project-access`, `update-user-project-access`, `remove-user-project-access` |
//! | | `update-org-profile`, `update-org-address`, `create-org-member`, `update-org-member`, `delete-org-member` |
//! | | `create-org-invite`, `cancel-org-invite`, `create-project-invite`, `cancel-project-invite` |
//! | | `enable-org-mfa-enforcement`, `disable-org-mfa-enforcement`, `send-org-mfa-reminders` |
//! | | `create-team`, `update-team`, `delete-team`, `create-team-member`, `delete-team-member` |
//! | | `grant-team-project-access`, `remove-team-project-access` |
//! | `probely` | `users_create`, `users_update`, `users_partial_update`, `users_destroy`, `users_bulk_update_create` |
//! | | `api_users_create`, `api_users_update`, `api_users_partial_update`, `api_users_destroy`, `api_users_bulk_update_create` |
//! | | `profile_change_password_create`, `teams_create`, `teams_partial_update`, `teams_destroy` |
//! | | `labels_create`, `labels_partial_update`, `labels_destroy` |
//! | | `labels_users_create`, `labels_users_update`, `labels_users_partial_update`, `labels_users_destroy` |
//! | | `user_roles_create`, `user_roles_update`, `user_roles_partial_update`, `user_roles_destroy` |
//! | | `user_roles_bulk_create`, `user_roles_bulk_update`, `user_roles_bulk_delete`, `user_roles_bulk_operations` |
//! | | `api_user_roles_create`, `api_user_roles_update`, `api_user_roles_partial_update`, `api_user_roles_destroy` |
//! | | `api_user_roles_bulk_create`, `api_user_roles_bulk_update`, `api_user_roles_bulk_delete`, `api_user_roles_bulk_operations` |
//! | `anthropic` | `BetaCreateUserProfile`, `BetaUpdateUserProfile`, `BetaCreateEnrollmentUrl` |
//! | | `DeleteUserProfile`, `CreateUserProfileActionUrl`, `BetaUpdateGoogleDataControls` |
//! | `anthropic`, admin key | `AdminUpdateUser`, `AdminRemoveUser`, `AdminSignOutUser`, `AdminCreateInvite`, `AdminDeleteInvite` |
//! | | `AdminCreateWorkspace`, `AdminUpdateWorkspace`, `AdminArchiveWorkspace` |
//! | | `AdminAddWorkspaceMember`, `AdminUpdateWorkspaceMember`, `AdminRemoveWorkspaceMember` |
//! | | `AdminCreateGroup`, `AdminUpdateGroup`, `AdminDeleteGroup`, `AdminAddGroupMember`, `AdminRemoveGroupMember` |
//! | `anthropic`, OAuth token | `AdminCreateServiceAccount`, `AdminUpdateServiceAccount`, `AdminArchiveServiceAccount` |
//! | | `AdminAddServiceAccountWorkspace`, `AdminRemoveServiceAccountWorkspace` |
//! | | `AdminAddWorkspaceServiceAccount`, `AdminUpdateWorkspaceServiceAccount`, `AdminRemoveWorkspaceServiceAccount` |
//! | `scim` | `CreateUser`, `ReplaceUser`, `PatchUser`, `DeleteUser`, `CreateGroup`, `ReplaceGroup`, `PatchGroup`, `DeleteGroup` |
//!
//! The names are the services' own operation ids. Where none is known, the name follows the service's style.
//! [`Fault`] and [`RecordedRequest`] use these names.
//!
//! One tenth of Probely's profiles are API users, which its list of users does not contain; with fewer than
//! ten profiles, none is. Anthropic's organization has, in addition to the profiles, one fourth as many users
//! and as many invites: at least one of each, unless the sandbox has no profiles. It also has four workspaces and
//! one more for every 40 profiles, four groups and one more for every 20 users, five roles, and three service
//! accounts and one more for every 15 users. The OAuth token is accepted in the whole Admin API. SCIM has five
//! groups and one more for every 40 profiles; one of them contains another.
//!
//! # Writes
//!
//! A refused write changes nothing. The credential may change every user, and at Upsun every organization
//! that it may read. Where the behaviour of a service is not known, the sandbox does this:
//!
//! - Upsun: `null` is refused, and so is an empty text for a field with a format. The username and the e-mail
//!   address are the same in a person's profile and user; every other field belongs to the record that it was
//!   written to. A new e-mail address is confirmed at once, or never ([`SandboxOptions::upsun_emails_stay`]).
//!   The code of every phone is [`UPSUN_PHONE_CODE`], and the passcode of every authenticator app
//!   [`UPSUN_PASSCODE`]. Of a picture only its path is stored, and a body of
//!   more than 1 MiB is refused. Any current password is accepted. Only the token's own user has API tokens and a
//!   second factor that can be read and changed. A created API token can be exchanged until it is deleted; that of
//!   the [description](SandboxDescription) is none of the listed ones, and always valid. Access to a project makes
//!   the user a member of its organization. The paths of the official JavaScript client, which begin with
//!   `/platform` or `/v1`, are the same operations.
//! - Probely: a label is identified by its name, and created if it does not exist. A bulk update with an
//!   unknown id changes no user. `PUT` without `active` activates the user. Any current password is accepted
//!   until the password is changed in the sandbox.
//! - Anthropic: `null` clears a name and an external id, and resets the other two nullable fields to their
//!   default. An enrollment link expires after 15 minutes of the sandbox's clock. A withdrawn invite stays in
//!   the list as `deleted`. Every user is in the default workspace, which cannot be changed. An archived
//!   workspace can only be read, and archived again. A new key or bucket at Google is used after a minute of the
//!   sandbox's clock.
//!
//! - SCIM: a change without a difference is not a new version. Attributes that no schema has are ignored in a
//!   body, and stay where a record already has them. `remove` with a list of values removes these alone. A group
//!   may contain only users and groups that exist; one that is deleted is not shown as a member any more.
//!
//! Passwords and codes are not stored, and the log of requests hides them. [`Fault::after_effect`] carries
//! out a write and then lets it appear to fail; [`RecordedRequest::took_effect`] tells whether a write was
//! carried out.
//!
//! # Determinism and memory
//!
//! Record *i* of a service is a pure function of the seed and *i*. Only written records are stored, so a
//! sandbox of a million profiles holds one page of them at a time. The same writes in the same order produce
//! the same records, and with [`SandboxOptions::fixed_clock`] the same times. A few operations scan or sort
//! generated records, so their cost grows with the number of profiles: Probely's filters and its list of
//! assigned roles take time; Probely's `ordering` and Anthropic's `order_by=name` also take memory, as do
//! SCIM's filters and orders (intended for up to 200,000 profiles).
//!
//! Index 0 is the credential's own user. An index is the same person at every service: for two thirds of the
//! indexes, Upsun and Probely have the person under the same e-mail address. What exists only once per person
//! (Upsun's `/me` and the state of its verification) varies with the seed.
//!
//! Records vary what real services vary: null, absent and empty values, the number of fraction digits,
//! unknown enumeration values and unknown fields. Each variation occurs within the first 20 records.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod anthropic;
mod clock;
mod connection;
mod delivery;
mod description;
mod exchange;
mod fault;
mod fields;
mod ids;
mod multipart;
mod named;
mod options;
mod people;
mod probely;
mod recorder;
mod rng;
mod route;
mod schedule;
mod scim;
mod secrets;
mod server;
mod upsun;

pub use axum::body::Body;
pub use description::{
    AnthropicSandbox, ProbelySandbox, SERVICES, SandboxDescription, ScimSandbox, UPSUN_PASSCODE,
    UPSUN_PHONE_CODE, UpsunSandbox,
};
pub use fault::Fault;
pub use named::{NamedFault, Scene};
pub use options::SandboxOptions;
pub use recorder::RecordedRequest;
pub use server::{NoResponse, Sandbox};

#[cfg(test)]
mod tests {
    use crate::anthropic::Anthropic;
    use crate::probely::Probely;
    use crate::route::Service;
    use crate::scim::Scim;
    use crate::upsun::{Upsun, UpsunAuth};

    /// Returns the names of a service's operations, and whether each writes.
    fn operations<S: Service>() -> impl Iterator<Item = (&'static str, bool)> {
        S::routes().iter().map(|route| (route.operation, route.writes))
    }

    #[test]
    fn the_documentation_lists_every_operation_in_its_table() {
        let text = include_str!("lib.rs");
        let (_, tables) = text.split_once("Operations that read").expect("a table");
        let (reads, writes) = tables.split_once("Operations that write").expect("a table");
        let all = operations::<Upsun>()
            .chain(operations::<UpsunAuth>())
            .chain(operations::<Probely>())
            .chain(operations::<Anthropic>())
            .chain(operations::<Scim>());
        for (operation, is_write) in all {
            let table = if is_write { writes } else { reads };
            assert!(table.contains(&format!("`{operation}`")), "{operation} is missing");
        }
    }
}
