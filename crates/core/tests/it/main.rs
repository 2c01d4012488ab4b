//! Listings, the extension methods and the serialized form, with an in-memory provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod both_ends;
mod collections;
mod created;
#[cfg(feature = "memory")]
mod in_memory;
#[cfg(all(feature = "layers", feature = "memory"))]
mod layers;
mod listing;
mod lists;
mod memory;
mod pages;
mod plans;
mod profile;
mod proof;
mod provider;
mod side_by_side;
mod whole;
mod writing;
