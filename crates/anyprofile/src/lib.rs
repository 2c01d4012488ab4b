//! Read and update user profiles at any service through one trait.
//!
//! A [`ProfileProvider`] is one account of one service, and [`ProfileProviderExt`] has the methods that you call on it. Features of
//! this crate turn services on; configuration chooses the accounts.
//!
//! ```toml
//! [dependencies]
//! anyprofile = { version = "0.1", features = ["probely"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! ```no_run
//! use anyprofile::{Accounts, FieldPath, FieldState, ListQuery, ProfileProviderExt, Result};
//!
//! #[tokio::main]
//! async fn main() -> Result<()> {
//!     // One account for each service whose variables are set, such as `PROBELY_API_KEY`.
//!     for provider in Accounts::from_env()?.connect()? {
//!         // Everybody, or an error.
//!         for profile in provider.list_all(ListQuery::new()).await?.profiles {
//!             let mfa = match profile.state(&FieldPath::SECURITY_MFA_ENABLED, provider.capabilities()) {
//!                 FieldState::Value if profile.security.mfa_enabled.is_known_to_be(&true) => "on",
//!                 FieldState::Value => "off",
//!                 FieldState::Null | FieldState::Absent => "not known: the service does not say",
//!                 FieldState::Unsupported => "not known: not in the records that were read",
//!                 FieldState::Withheld => "not known: this credential may not see it",
//!             };
//!             println!("{} {} mfa {mfa}", profile.id, profile.label());
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `anyprofile sandbox` of the command serves all services on this machine, and prints the variables to set for this program.
//!
//! The module [`guide`] goes on from here.
//!
//! # Three things to know
//! - **A field has one of five states.** A [`Field`] keeps *value*, *null* and *absent* apart, and [`Profile::state`] adds *unsupported*
//!   and *withheld*. Only a value compares as a value: "MFA is off" and "MFA is not known" are never the same.
//! - **A listing says whether it is complete.** It delivers every profile, or its [`ListReport`](listing::ListReport) says what is
//!   missing.
//! - **Errors are safe to log, and retries are safe.** No error, `Debug` output or log line holds a secret or personal data. Reads are
//!   retried where that may help. Writes are retried only if the service did not process them; otherwise the error says whether the
//!   write may have taken effect.
//!
//! # Features
//! | feature | default | what it turns on |
//! |---|---|---|
//! | `upsun` | | Upsun and Platform.sh: the module `upsun` |
//! | `probely` | | Probely, also known as Snyk API & Web: the module `probely` |
//! | `anthropic` | | the Anthropic API's user profiles: the module `anthropic` |
//! | `scim` | | any service that speaks SCIM 2.0: the module `scim` |
//! | `declared` | | services that a definition file describes, with a catalog of them: the module `declared` |
//! | `config` | | accounts from a TOML file: `Accounts::load` |
//! | `engine` | | the engine, the HTTP client and accounts, for a service of one's own: the modules `engine` and `http_client`; each service turns it on |
//! | `schema` | | the JSON Schema of a profile: `profile_schema` |
//! | `blocking` | | providers for programs without an async runtime: the module `blocking` |
//! | `filter` | | conditions on profiles as text, in the grammar of SCIM filters: the module `filter` |
//! | `layers` | | providers around a provider, which restrict, remember or observe what it does: the module `layers` |
//! | `memory` | | a provider whose profiles are in memory, for tests and prototypes: the module `memory` |
//! | `snapshot` | | snapshots of profiles, with a manifest that proves their completeness: the module `snapshot`. Its targets are features of `anyprofile-snapshot` |
//! | `review` | | access reviews: a policy, findings, a page for reviewers, and their decisions: the module `review`; turns on `snapshot` |
//! | `webhooks` | | the verification of Anthropic's events about the programs and restrictions of a user profile: `anthropic::webhook` |
//! | `full` | | the services, `config` and `schema` |
//! | `rustls` | yes | TLS by rustls with ring, which trusts what the platform trusts |
//! | `rustls-aws-lc` | | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | | TLS by rustls with the `CryptoProvider` that the program has installed for its process |
//! | `native-tls` | | TLS by the platform's own library |
//! | `plan-record` | | plans that are kept, in a file or for an approval: `PlanRecord` |
//! | `jwt` | | `http_client::JwtAssertion`: OAuth clients that sign a token in place of sending a secret |
//! | `brotli`, `zstd` | | responses compressed so, beside gzip, which is always on |
//! | `tower` | | `http_client::TowerTransport` and `TransportService`: a transport out of a tower service, and the other way round |
//! | `reqwest-middleware` | | `http_client::MiddlewareTransport`: a transport out of a client of reqwest-middleware |
//!
//! Without a service, this crate has only the trait and the model, for programs that write their own provider. Features only add. With
//! several TLS features, the first of this order is used, unless the account chooses another (`HttpOptions::tls`): `rustls`,
//! `rustls-aws-lc`, `native-tls`, `rustls-no-provider`. With none, `https` fails with a configuration error, unless the account brings
//! its own transport.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "engine")]
mod accounts;
#[cfg(feature = "blocking")]
pub mod blocking;
mod built_in;
mod directory;
#[doc = include_str!("../docs/guide.md")]
pub mod guide {}
#[cfg(not(feature = "engine"))]
mod no_accounts;
mod persons;
pub mod writing;

pub use anyprofile_core::*;

#[cfg(feature = "anthropic")]
pub use anyprofile_anthropic as anthropic;
#[cfg(feature = "declared")]
pub use anyprofile_declared as declared;
#[cfg(feature = "engine")]
pub use anyprofile_engine as engine;
#[cfg(feature = "filter")]
pub use anyprofile_filter as filter;
#[cfg(feature = "engine")]
pub use anyprofile_http as http_client;
#[cfg(feature = "probely")]
pub use anyprofile_probely as probely;
#[cfg(feature = "review")]
pub use anyprofile_review as review;
#[cfg(feature = "scim")]
pub use anyprofile_scim as scim;
#[cfg(feature = "snapshot")]
pub use anyprofile_snapshot as snapshot;
#[cfg(feature = "upsun")]
pub use anyprofile_upsun as upsun;

#[cfg(feature = "engine")]
pub use self::accounts::{AccountEntry, Accounts, COMMON_KEYS, SecretSource, Services};
pub use self::directory::{AccountFound, AccountReport, Directory, DirectoryListing};
#[cfg(not(feature = "engine"))]
pub use self::no_accounts::Accounts;
pub use self::persons::DirectoryPersons;
