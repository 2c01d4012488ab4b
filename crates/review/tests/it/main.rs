//! Tests of reviews: what is found in snapshots of providers whose profiles are in memory.
#![allow(clippy::unwrap_used, clippy::panic)]

mod people;
mod reports;
mod rosters;
mod rules;
