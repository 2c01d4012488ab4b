//! Tests of the targets: what is written to each reads back as the same profiles.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[cfg(any(feature = "arrow", feature = "parquet", feature = "postgres", feature = "sqlite"))]
#[allow(dead_code, reason = "not every target uses all of it")]
mod people;

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
