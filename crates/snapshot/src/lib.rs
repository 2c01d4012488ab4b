//! Snapshots of user profiles: data with a manifest that proves its completeness.
//!
//! A snapshot is what is handed to somebody else: an auditor, another tool, next quarter's review. Its [`Manifest`] says who was asked,
//! when, with whose credential and which query; how many people each service declares and how many came; what is hidden, missing or not
//! known; and the hash of all that was written.
//!
//! [`Snapshot::write`] exports accounts to a [`Target`], [`Snapshot::open`] reads what is there, [`Snapshot::verify`] finds what was
//! altered, and [`Snapshot::diff`] what differs from another snapshot.
//!
//! [`form`] writes profiles in the forms that other tools read, with a report of what those forms lose.
//!
//! # Three things to know
//! - **A reader never sees a part.** An export goes into a stage of its own first, which can be interrupted at any moment and resumed. Only
//!   a stage that is whole is written to the target, and appears there in one step.
//! - **A format loses nothing.** Each target keeps the whole profile as JSON beside its columns, so that the five states of a field
//!   survive, and reads back as the same profiles. A form of another tool is the exception.
//! - **A file with personal data is private.** It can be read by the current user only.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `csv` | `*.csv` |
//! | `gzip`, `zstd` | `*.ndjson.gz`, `*.ndjson.zst` |
//! | `arrow` | profiles as Arrow record batches, and back |
//! | `parquet` | `*.parquet`, and partitioned folders |
//! | `sqlite` | `sqlite:FILE` |
//! | `postgres` | `postgres://…` |
//! | `object-store` | `s3://…`, `gs://…`, `az://…` |
//! | `schema` | the JSON Schema of a manifest |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "arrow")]
pub mod arrow;
mod check;
#[cfg(any(feature = "arrow", feature = "csv", feature = "postgres", feature = "sqlite"))]
mod columns;
pub mod diff;
mod digest;
mod error;
mod evidence;
pub mod form;
#[cfg(feature = "csv")]
pub mod formula;
#[cfg(any(feature = "arrow", feature = "csv", feature = "postgres", feature = "sqlite"))]
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "databases alone have a table for each list")
)]
mod lists;
mod manifest;
mod privacy;
mod snapshot;
mod stage;
mod store;

#[cfg(feature = "object-store")]
pub use self::store::environment_store;
pub use self::{
    check::check_store,
    error::{Result, SnapshotError},
    manifest::{AccountManifest, CollectionManifest, FileManifest, FormManifest, Manifest, Tool},
    privacy::{FieldClass, Hiding, Privacy, REDACTED, UnknownClass},
    snapshot::Snapshot,
    stage::{AccountExport, CollectionExport, ExportObserver, ExportOptions, Stage},
    store::{Row, SnapshotStore, Target},
};

/// The JSON Schema of a [`Manifest`], as a JSON value.
#[cfg(feature = "schema")]
pub fn manifest_schema() -> serde_json::Value {
    anyprofile_core::__private::schema_of::<Manifest>("anyprofile snapshot manifest")
}
