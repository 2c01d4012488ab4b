//! User and organization profiles of Upsun, formerly Platform.sh.
//!
//! [`UpsunConfig`] is one account. [`connect`](UpsunConfig::connect) creates its anyprofile provider;
//! [`UpsunClient`] has a method for each operation of the API and returns the service's own records
//! ([`wire`]).
//!
//! ```no_run
//! # async fn example() -> anyprofile_core::Result<()> {
//! use anyprofile_core::{ListQuery, ProfileProviderExt};
//! use anyprofile_upsun::{UpsunClient, UpsunConfig};
//!
//! // The provider returns normalized profiles.
//! let provider = UpsunConfig::with_api_token("acme".parse()?, "an API token").connect()?;
//! let mut profiles = provider.list(ListQuery::new());
//! while let Some(profile) = profiles.try_next().await? {
//!     println!("{} {}", profile.id, profile.label());
//! }
//!
//! // The typed client returns the service's records, here over the provider's connections.
//! let client = UpsunClient::over(provider.http());
//! println!("{:?}", client.get_current_user().await?.email_verified);
//! # Ok(())
//! # }
//! ```
//!
//! # Four things to know
//! - **A person has several records.** The listing reads `/profiles`, which shows neither the status nor the
//!   second factor. [`ListQuery::enrich`](anyprofile_core::ListQuery::enrich) adds the user of `/users` and
//!   the postal address, at the cost of further requests.
//! - **Organizations are listed only on request.** [`UpsunConfig::organizations`] selects them. They are
//!   listed after the profiles of `/profiles`.
//! - **A record must be the requested one.** The provider compares the id in each record with the requested
//!   id. The profile of an organization is the exception: it has an id of its own, so it cannot be checked.
//! - **A membership is a profile of its own.** [`member_id`] names the membership of a user in an
//!   organization. To delete it removes the member; no operation deletes the user.
//!
//! # Sources
//! Facts are from Upsun's published reference and OpenAPI document. What is known only from its official
//! clients is marked as such.
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
    client::UpsunClient,
    config::{
        ListedOrganizations, PLATFORM_SH_API_URL, PLATFORM_SH_AUTH_URL, SERVICE, UPSUN_API_URL,
        UPSUN_AUTH_URL, UpsunConfig, service,
    },
    connector::{
        COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, MEMBER, PROJECT_OPTIONS_URL, UI_COLORSCHEME, member_id,
    },
    map::UpsunExtension,
    operations::{
        ArrayFilter, CursorPage, DateTimeFilter, InvitationSort, ListInvitations, ListOrganizationMembers,
        ListOrganizations, ListProfiles, ListTeamMembers, ListTeamProjectAccess, ListTeams,
        ListUserExtendedAccess, ListUserOrganizations, ListUserProjectAccess, ListUserTeams,
        OrganizationSort, PageLink, PagePosition, ProjectAccessSort, Sort, StringFilter, TeamSort, TimeSort,
    },
};
