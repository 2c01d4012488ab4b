//! Users of any service that speaks SCIM 2.0 (RFC 7643, RFC 7644).
//!
//! [`ScimConfig`] is one account. [`connect`](ScimConfig::connect) creates its anyprofile provider; [`ScimClient`] has a
//! method for each operation and returns the service's own records ([`wire`]). [`service`] adds SCIM to account files and
//! to the command.
//!
//! ```no_run
//! # async fn example() -> anyprofile_core::Result<()> {
//! use anyprofile_core::{ListQuery, ProfileProviderExt};
//! use anyprofile_scim::ScimConfig;
//!
//! let provider =
//!     ScimConfig::with_token("okta".parse()?, "https://scim.example.com/v2", "a token").connect()?;
//! let mut profiles = provider.list(ListQuery::new());
//! while let Some(profile) = profiles.try_next().await? {
//!     println!("{} {}", profile.id, profile.label());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Four things to know
//! - **What a server can do is read from the server.** `/ServiceProviderConfig` says whether it filters, changes single
//!   attributes, and has cursors. Many servers do not have it, or it is not true; [`Quirks`] says what to do then.
//! - **A short page is not the end.** A server may return fewer users than were asked for. The end is where the number of
//!   users that the server declares is reached, or an empty page, or a page without a cursor.
//! - **A group that comes without `members` is not known to be empty.** The listing of its members is incomplete then. Groups
//!   in the group are left out.
//! - **A confirmation is no proof.** The user that the server returns after a change, or that is read where it returns nothing, is
//!   compared with the change.
//!
//! # Sources
//! RFC 7643 (schema), RFC 7644 (protocol), RFC 9865 (cursors).
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of a profile |
//! | `jwt` | `ClientCredentials::signed`: OAuth clients that sign a token in place of sending a secret |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod config;
mod connector;
mod dialect;
mod discovery;
mod map;
mod operations;
pub mod wire;

pub use self::{
    client::ScimClient,
    config::{ClientCredentials, Paging, Patching, Quirks, SERVICE, ScimConfig, service},
    map::ScimExtension,
    operations::{ListUsers, Page},
};
