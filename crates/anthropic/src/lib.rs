//! User profiles of the Anthropic API: the end users of a platform that is built on it. Its native client also
//! makes, changes and deletes them, and does so with the organization that holds the account, its users and invites.
//!
//! [`AnthropicConfig::connect`] makes the end users of an account an anyprofile provider, and
//! [`AnthropicConfig::connect_organization`] the people of the organization; [`AnthropicClient`] has the API operation by
//! operation, with its records as they come ([`wire`]).
//!
//! The API has changed its shape with each dated beta. One set of types holds them all; the account's
//! [`beta`](AnthropicConfig::beta) says which is spoken, and
//! [`capabilities`](anyprofile_core::ProfileProvider::capabilities) which fields it has.
//!
//! Facts are from Anthropic's published reference and from its official SDKs.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of a profile |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod beta;
mod client;
mod config;
mod connector;
mod dialect;
mod map;
mod operations;
pub mod wire;

pub use self::{
    beta::{BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    client::AnthropicClient,
    config::{ANTHROPIC_API_URL, API_VERSION, AnthropicConfig, SERVICE, service},
    connector::{INVITE, ORGANIZATION_USER},
    map::AnthropicExtension,
    operations::{ListInvites, ListOrganizationUsers, ListUserProfiles, OrderBy, SortDirection},
};
