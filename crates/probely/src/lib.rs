//! Users and API users of Probely, also known as Snyk API & Web.
//!
//! [`ProbelyConfig`] is one account. [`connect`](ProbelyConfig::connect) creates its anyprofile provider;
//! [`ProbelyClient`] has a method for each operation of the API and returns the service's own records
//! ([`wire`]), also of roles and their assignments, permissions, labels and teams.
//!
//! ```no_run
//! # async fn example() -> anyprofile_core::Result<()> {
//! use anyprofile_core::{ListQuery, ProfileProviderExt};
//! use anyprofile_probely::{ListEntries, ProbelyClient, ProbelyConfig, Region};
//!
//! // The provider returns normalized profiles.
//! let config = ProbelyConfig::new("probely-eu".parse()?, "an API key").in_region(&Region::Eu);
//! let provider = config.connect()?;
//! let mut profiles = provider.list(ListQuery::new());
//! while let Some(profile) = profiles.try_next().await? {
//!     println!("{} {}", profile.id, profile.label());
//! }
//!
//! // The typed client returns the service's records, here over the provider's connections.
//! let client = ProbelyClient::over(provider.http());
//! let roles = client.list_roles(&ListEntries::default()).await?.list;
//! println!("{} roles", roles.results.len());
//! # Ok(())
//! # }
//! ```
//!
//! # Four things to know
//! - **API users are profiles too.** A listing returns all users, including deactivated ones, then the API
//!   users (`probely:eu/api_user/…`, kind `service`).
//! - **Creating may reactivate.** If a deactivated user has the e-mail address, creating a user reactivates
//!   that user.
//! - **A new e-mail address locks the user out for the moment.** The service resets the user's password and
//!   revokes the user's tokens. A plan warns of this.
//! - **Each role is a record of its own.** A change of a user's roles is one request for each role that is granted
//!   or taken away. The role of the account's owner can be neither.
//!
//! # Sources
//! Facts are from Probely's published reference. Where it contradicts itself, they are from Probely's own
//! clients and recorded responses; the documentation of the item says which.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of a profile |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod config;
mod connector;
mod dialect;
mod map;
mod operations;
pub mod wire;

pub use self::{
    client::ProbelyClient,
    config::{PROBELY_API_URL, ProbelyConfig, Region, SERVICE, service},
    connector::API_USER,
    map::ProbelyExtension,
    operations::{ListAssignments, ListEntries, ListUsers, LogicalOperator, RoleHolders},
};
