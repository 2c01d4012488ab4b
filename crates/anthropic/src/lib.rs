//! User profiles of the Anthropic API, and the organization's own users, invites and service accounts.
//!
//! [`AnthropicConfig`] is one account. [`connect`](AnthropicConfig::connect) creates an anyprofile provider
//! of the end users of a platform that is built on the API;
//! [`connect_organization`](AnthropicConfig::connect_organization) creates one of the organization's own
//! people. [`AnthropicClient`] has a method for each operation of the API and returns the service's own
//! records ([`wire`]).
//!
//! ```no_run
//! # async fn example() -> anyprofile_core::Result<()> {
//! use anyprofile_anthropic::{AnthropicClient, AnthropicConfig, BETA_2026_09_04, ListUserProfiles};
//! use anyprofile_core::{ListQuery, ProfileProviderExt};
//!
//! // The provider returns normalized profiles.
//! let config = AnthropicConfig::with_api_key("claude".parse()?, "an API key").with_beta(BETA_2026_09_04);
//! let provider = config.clone().connect()?;
//! let mut profiles = provider.list(ListQuery::new());
//! while let Some(profile) = profiles.try_next().await? {
//!     println!("{} {}", profile.id, profile.label());
//! }
//!
//! // The typed client returns the service's records, here over the provider's connections.
//! let client = AnthropicClient::over(provider.http(), &config);
//! let page = client.list_user_profiles(&ListUserProfiles::default()).await?.list;
//! println!("{} user profiles", page.data.len());
//! # Ok(())
//! # }
//! ```
//!
//! # Three things to know
//! - **The beta decides which fields exist.** Each dated beta changed the API. One set of types covers all of
//!   them; [`AnthropicConfig::beta`] selects one, and
//!   [`capabilities`](anyprofile_core::ProfileProvider::capabilities) lists its fields.
//! - **Two kinds of people need two kinds of keys.** An API key reads the end users of a platform; an admin
//!   key reads the organization's users and invites. Service accounts need a bearer token with `org:admin`.
//! - **Enrollment links are credentials.** Until it expires, a link gives access to anyone who has it.
//!
//! # Sources
//! Facts are from Anthropic's published reference and its official SDKs.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of a profile |
//! | `webhooks` | the verification of events that the service sends (module `webhook`) |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod beta;
mod client;
mod config;
mod connector;
mod dialect;
mod map;
mod operations;
#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub mod webhook;
pub mod wire;

pub use self::{
    beta::{BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    client::AnthropicClient,
    config::{ANTHROPIC_API_URL, API_VERSION, AnthropicConfig, SERVICE, service},
    connector::{
        INVITE, ORGANIZATION_USER, RBAC_GROUP, RBAC_GROUP_MEMBER, SERVICE_ACCOUNT, WORKSPACE,
        WORKSPACE_MEMBER, WORKSPACE_SERVICE_ACCOUNT, rbac_group_member_id, workspace_member_id,
        workspace_service_account_id,
    },
    map::AnthropicExtension,
    operations::{
        CursorPaging, IdPaging, ListInvites, ListOrganizationUsers, ListServiceAccounts, ListUserProfiles,
        ListWorkspaces, OrderBy, SortDirection,
    },
};
