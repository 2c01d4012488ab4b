//! User and organization profiles of Upsun, formerly Platform.sh.
//!
//! [`UpsunConfig::connect`] makes an account an anyprofile provider; [`UpsunClient`] has the API operation by
//! operation, with its records as they come ([`wire`]).
//!
//! Facts are from Upsun's published reference and OpenAPI document, and from the behaviour of its
//! official clients, which is said where it matters.
//!
//! Whoever comes is checked to be who was asked for, by the id in the record. Only the profile of an organization has another
//! id than the organization, so that of this one record it cannot be told whether it is the one that was asked for.
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
    connector::{COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, PROJECT_OPTIONS_URL, UI_COLORSCHEME},
    map::UpsunExtension,
    operations::{
        ArrayFilter, CursorPage, DateTimeFilter, ListOrganizationMembers, ListOrganizations, ListProfiles,
        ListUserExtendedAccess, ListUserOrganizations, ListUserProjectAccess, ListUserTeams,
        OrganizationSort, PageLink, PagePosition, ProjectAccessSort, Sort, StringFilter, TimeSort,
    },
};
