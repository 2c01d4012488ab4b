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
//! sandbox.add_fault(Fault::new("users-list").first(1).respond(503));
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
//! | Prefix | Operations |
//! |---|---|
//! | `/upsun-auth` | `oauth2-token` |
//! | `/upsun` | `list-profiles`, `get-profile`, `get-address` |
//! | | `get-current-user`, `get-user`, `get-user-by-email-address`, `get-user-by-username` |
//! | | `get-current-user-deprecated`, `get-current-user-verification-status`, `get-current-user-verification-status-full` |
//! | | `list-user-orgs`, `list-user-teams`, `list-user-project-access`, `get-user-project-access`, `list-user-extended-access` |
//! | | `list-login-connections`, `get-login-connection`, `list-api-tokens`, `get-api-token` |
//! | | `list-orgs`, `get-org`, `list-org-members`, `list-referenced-users`, `get-org-address`, `get-org-profile`, `update-org-profile` |
//! | `/probely` | `profile-list`, `users-list`, `users-retrieve`, `api-users-list`, `api-users-retrieve` |
//! | | `roles-list`, `labels-list`, `teams-list`, `user-roles-list` |
//! | `/anthropic` | `BetaListUserProfiles`, `BetaGetUserProfile` |
//! | `/anthropic`, admin key | `AdminGetOrganization`, `AdminListUsers`, `AdminGetUser`, `AdminListInvites`, `AdminGetInvite` |
//!
//! The names are the services' own operation ids, or in their style where none is known; [`Fault`] and
//! [`RecordedRequest`] use them.
//!
//! A tenth of Probely's profiles are API users, which its list of users does not have: none of fewer than ten.
//! Anthropic's organization has, beside the profiles, a fourth as many users, and as many invites: at least one
//! of each, unless there are no profiles.
//!
//! # Determinism and memory
//!
//! Record *i* of a service is a pure function of the seed and *i*. Only what was changed is kept, so
//! a sandbox of a million profiles holds one page of them at a time. The exceptions scan or sort
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

mod anthropic;
mod base64;
mod clock;
mod description;
mod exchange;
mod fault;
mod fields;
mod ids;
mod options;
mod people;
mod probely;
mod recorder;
mod rng;
mod route;
mod server;
mod upsun;

pub use description::{AnthropicSandbox, ProbelySandbox, SandboxDescription, UpsunSandbox};
pub use fault::Fault;
pub use options::SandboxOptions;
pub use recorder::RecordedRequest;
pub use server::Sandbox;
