//! Read and update user profiles at any service through one trait.
//!
//! A [`ProfileProvider`] is one account of one service; [`ProfileProviderExt`] is what you call on it.
//! Which services there are is a matter of features; which one is used is a matter of configuration:
//!
//! ```no_run
//! # #[cfg(all(feature = "upsun", feature = "probely", feature = "anthropic"))]
//! # async fn example() -> anyprofile::Result<()> {
//! use anyprofile::{Accounts, ListQuery, ProfileProviderExt};
//! use futures_util::TryStreamExt;
//!
//! for provider in Accounts::from_env()?.connect()? {
//!     let mut profiles = provider.list(ListQuery::new());
//!     while let Some(profile) = profiles.try_next().await? {
//!         println!("{} {}", profile.id, profile.label());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! | feature | default | what it turns on |
//! |---|---|---|
//! | `upsun` | | Upsun and Platform.sh: the module `upsun` |
//! | `probely` | | Probely, also known as Snyk API & Web: the module `probely` |
//! | `anthropic` | | the Anthropic API's user profiles: the module `anthropic` |
//! | `config` | | accounts from a TOML file: `Services::load` |
//! | `engine` | | the engine, the HTTP client and accounts, for a service of one's own: the modules `engine` and `http`; each service turns it on |
//! | `schema` | | the JSON Schema of a profile: `profile_schema` |
//! | `blocking` | | providers for programs without an async runtime: the module `blocking` |
//! | `filter` | | conditions on profiles as text, in the grammar of SCIM filters: the module `filter` |
//! | `layers` | | providers around a provider, which restrict, remember or observe what it does: the module `layers` |
//! | `memory` | | a provider whose profiles are in memory, for tests and prototypes: the module `memory` |
//! | `full` | | the services, `config` and `schema` |
//! | `rustls` | yes | TLS by rustls with ring, which trusts what the platform trusts |
//! | `rustls-aws-lc` | | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | | TLS by rustls with the `CryptoProvider` that the program has installed for its process |
//! | `native-tls` | | TLS by the platform's own library |
//! | `plan-record` | | plans that are kept, in a file or for an approval: `PlanRecord` |
//! | `brotli`, `zstd` | | responses compressed so, beside gzip, which is always on |
//! | `tower` | | `http::TowerTransport` and `TransportService`: a transport out of a tower service, and the other way round |
//! | `reqwest-middleware` | | `http::MiddlewareTransport`: a transport out of a client of reqwest-middleware |
//!
//! Without a service this crate is the trait and the model alone, for those who write a provider. Features
//! only add. With several TLS features the first of this order is used, unless the account says otherwise (`HttpOptions::tls`):
//! `rustls`, `rustls-aws-lc`, `native-tls`, `rustls-no-provider`. With none, `https` is refused with a configuration error unless
//! the account brings a transport of its own.
//!
//! # What you can rely on
//! - *False*, *null*, *not sent*, *not supported* and *not shown* are five different things: [`Field`] and
//!   [`Profile::state`].
//! - A listing delivers every profile or says what is missing: [`ListReport`](listing::ListReport).
//! - No secret and no personal data in an error, a `Debug` or a log line.
//! - Reads are repeated where that may help; writes are not, unless the service refused them unread.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "engine")]
mod accounts;
#[cfg(feature = "blocking")]
pub mod blocking;
mod directory;

pub use anyprofile_core::*;

#[cfg(feature = "anthropic")]
pub use anyprofile_anthropic as anthropic;
#[cfg(feature = "engine")]
pub use anyprofile_engine as engine;
#[cfg(feature = "filter")]
pub use anyprofile_filter as filter;
#[cfg(feature = "engine")]
pub use anyprofile_http as http;
#[cfg(feature = "probely")]
pub use anyprofile_probely as probely;
#[cfg(feature = "upsun")]
pub use anyprofile_upsun as upsun;

#[cfg(feature = "engine")]
pub use self::accounts::{AccountEntry, Accounts, COMMON_KEYS, SecretSource, Services};
pub use self::directory::{AccountFound, AccountReport, Directory, DirectoryListing};
