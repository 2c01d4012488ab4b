//! The profile APIs of Upsun, Probely and Anthropic as one stateful, deterministic local server.
//!
//! A [`Sandbox`] listens on a port of 127.0.0.1 and answers as the three services do: their
//! authentication, paging, validation, update semantics and error bodies. A client of ours, or
//! anybody's, works against it with no credential and no network.
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
//! ```
//!
//! # What is behind a prefix
//!
//! | Prefix | Operations that read |
//! |---|---|
//! | `/upsun-auth` | `oauth2-token` |
//! | `/upsun` | `list-profiles`, `get-profile`, `get-address` |
//! | | `get-current-user`, `get-user`, `get-user-by-email-address`, `get-user-by-username` |
//! | | `get-current-user-deprecated`, `get-current-user-verification-status`, `get-current-user-verification-status-full` |
//! | | `list-user-orgs`, `list-user-teams`, `list-user-project-access`, `get-user-project-access`, `list-user-extended-access` |
//! | | `list-login-connections`, `get-login-connection`, `list-api-tokens`, `get-api-token` |
//! | | `list-orgs`, `get-org`, `list-org-members`, `list-referenced-users`, `get-org-address`, `get-org-profile` |
//! | `/probely` | `profile_list`, `users_list`, `users_retrieve`, `api_users_list`, `api_users_retrieve` |
//! | | `roles_list`, `labels_list`, `teams_list`, `user_roles_list` |
//! | `/anthropic` | `BetaListUserProfiles`, `BetaGetUserProfile` |
//! | `/anthropic`, admin key | `AdminGetOrganization`, `AdminListUsers`, `AdminGetUser`, `AdminListInvites`, `AdminGetInvite` |
//!
//! | Prefix | Operations that write |
//! |---|---|
//! | `/upsun` | `update-profile`, `update-address`, `create-profile-picture`, `delete-profile-picture` |
//! | | `update-user`, `reset-email-address`, `reset-password`, `verify-phone-number`, `confirm-phone-number` |
//! | | `update-org-profile`, `update-org-address` |
//! | `/probely` | `users_create`, `users_update`, `users_partial_update`, `users_destroy`, `users_bulk_update_create` |
//! | | the same of `api_users_`, `profile_change_password_create` |
//! | `/anthropic` | `BetaCreateUserProfile`, `BetaUpdateUserProfile`, `BetaCreateEnrollmentUrl` |
//! | | without a date of the beta: `DeleteUserProfile`, `CreateUserProfileActionUrl` |
//! | `/anthropic`, admin key | `AdminUpdateUser`, `AdminDeleteUser`, `AdminCreateInvite`, `AdminDeleteInvite` |
//!
//! The names are the services' own operation ids, or in their style where none is known, and those that the clients have;
//! [`Fault`] and [`RecordedRequest`] use them.
//!
//! A tenth of Probely's profiles are API users, which its list of users does not have: none of fewer than ten.
//! Anthropic's organization has, beside the profiles, a fourth as many users, and as many invites: at least one
//! of each, unless there are no profiles.
//!
//! # Writes
//!
//! What was written is read back by every operation that shows it: lists, filters, orders, counts, look-ups
//! and references. A write that is refused changes nothing. The credential may change every user that there
//! is, and at Upsun every organization that it may read. Where nothing is known of a service, the sandbox
//! does this:
//!
//! - Upsun: `null` is refused, and so is an empty text where a form is asked for. The username and the e-mail
//!   address are the same in a person's profile and user, everything else belongs to the record that it was
//!   written to. A new e-mail address is confirmed at once, or never
//!   ([`SandboxOptions::upsun_emails_stay`]); the code of every phone is [`UPSUN_PHONE_CODE`]. Of a picture only
//!   its path is kept, and a body of more than 1 MiB is refused. Any current password is the right one.
//! - Probely: a label is known by its name, and made when nobody has it. A bulk update with an unknown id
//!   changes none. `PUT` without `active` makes active. Any current password is the right one until it was
//!   changed here.
//! - Anthropic: `null` takes a name and an external id away, and stands for the default of the other two. An
//!   enrollment link ends after a quarter of an hour by the sandbox's clock. A withdrawn invite stays, as `deleted`.
//!
//! Passwords and codes are kept nowhere, and the log of requests hides them. A write that is carried out and
//! then seems to fail is made with [`Fault::after_effect`]; [`RecordedRequest::took_effect`] tells it from one
//! that was not.
//!
//! # Determinism and memory
//!
//! Record *i* of a service is a pure function of the seed and *i*. Only what was written is kept, so
//! a sandbox of a million profiles holds one page of them at a time. The same writes in the same order
//! give the same records, and with [`SandboxOptions::fixed_clock`] the same times. The exceptions scan or sort
//! generated records and grow with the number of profiles: Probely's filters and its list of assigned
//! roles take time, Probely's `ordering` and Anthropic's `order_by=name` also memory (meant for up to 200,000 profiles).
//!
//! Index 0 is the credential's own user, and the same index is the same person at every service: for
//! two thirds of the indexes Upsun and Probely know the person under the same e-mail address.
//!
//! What a person has only once (Upsun's `/me` and the state of its verification) varies with the seed.
//!
//! Records vary what real services vary: null, absent and empty values, the number of fraction
//! digits, unknown enumeration values and unknown fields. Each variation shows within the first 20
//! records.

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
mod secrets;
mod server;
mod upsun;

pub use axum::body::Body;
pub use description::{
    AnthropicSandbox, ProbelySandbox, SERVICES, SandboxDescription, UPSUN_PHONE_CODE, UpsunSandbox,
};
pub use fault::Fault;
pub use named::{NamedFault, Scene};
pub use options::SandboxOptions;
pub use recorder::RecordedRequest;
pub use server::{NoResponse, Sandbox};
