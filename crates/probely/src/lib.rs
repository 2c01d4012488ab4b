//! Users and the own profile at Probely, also known as Snyk API & Web. Its native client also makes and changes users
//! and API users, and reads roles, labels, teams and who holds which role.
//!
//! [`ProbelyConfig::connect`] makes an account an anyprofile provider; [`ProbelyClient`] has the API operation by
//! operation, with its records as they come ([`wire`]).
//!
//! Facts are from Probely's published reference, and where that disagrees with itself, from what its
//! own clients and recorded answers show; the place says which.
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
    operations::{ListEntries, ListUsers, LogicalOperator},
};
