//! Where snapshots are kept.

mod target;

#[cfg(feature = "csv")]
mod csv_file;
mod file;
mod folder;
mod form_file;
mod ndjson;
#[cfg(feature = "object-store")]
mod objects;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod postgres_address;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod tables;

use std::{fmt, sync::Arc};

use anyprofile_core::{Capabilities, Profile};
use async_trait::async_trait;
use futures_core::stream::BoxStream;

pub(crate) use self::file::MISSING;
#[cfg(feature = "arrow")]
pub(crate) use self::ndjson::profile_of;
#[cfg(feature = "object-store")]
pub use self::objects::environment_store;
pub use self::target::Target;
use crate::{error::Result, manifest::Manifest};

/// A profile on its way into a snapshot.
#[derive(Clone)]
#[non_exhaustive]
pub struct Row {
    /// The place of its account in [`Manifest::accounts`].
    pub account: usize,
    /// The profile.
    pub profile: Profile,
    /// The profile as one line of JSON, without the end of the line.
    pub line: Box<str>,
    /// What its provider can do, to ask for the [state](Profile::state) of a field.
    pub capabilities: Arc<Capabilities>,
}

impl Row {
    /// Creates a row of a profile of the account at this place of a manifest.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`](crate::SnapshotError::Refused) if the profile cannot be written as JSON.
    pub fn new(account: usize, profile: Profile, capabilities: Arc<Capabilities>) -> Result<Self> {
        let line = serde_json::to_string(&profile)
            .map_err(|_| crate::SnapshotError::Refused("a profile cannot be written as JSON".to_owned()))?;
        Ok(Self { account, profile, line: line.into(), capabilities })
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Row")
            .field("id", &format_args!("{}", self.profile.id))
            .finish_non_exhaustive()
    }
}

/// A place that keeps a snapshot, or those of several runs: a file, a folder, a database, an object store, or one of your own.
///
/// [`check_store`](crate::check_store) checks an implementation.
///
/// # Contract
/// - Nothing of a snapshot can be read before [`commit`](Self::commit) returns, and all of it afterwards. If writing ends before that, the
///   place has the snapshot that it had before.
/// - [`read`](Self::read) returns the profiles in the order in which they were written, each as it was.
#[async_trait]
pub trait SnapshotStore: Send + Sync + fmt::Debug {
    /// Begins a snapshot. The manifest lacks what only the written data can tell.
    ///
    /// # Errors
    /// If the place cannot be written, or has something that must not be replaced.
    async fn begin(&mut self, manifest: &Manifest) -> Result<()>;

    /// Adds profiles.
    ///
    /// # Errors
    /// If they cannot be written.
    async fn write(&mut self, rows: &[Row]) -> Result<()>;

    /// Makes the snapshot visible as a whole, and returns its manifest, [sealed](Manifest::sealed) and with its files.
    ///
    /// # Errors
    /// If it cannot be written. Nothing of it is then visible.
    async fn commit(&mut self, manifest: Manifest) -> Result<Manifest>;

    /// Reads the manifest of the snapshot that is there.
    ///
    /// # Errors
    /// [`SnapshotError::Unreadable`](crate::SnapshotError::Unreadable) if there is none.
    async fn manifest(&self) -> Result<Manifest>;

    /// Reads the profiles of the snapshot that is there.
    fn read(&self) -> BoxStream<'_, Result<Profile>>;

    /// Returns whether the place keeps the snapshots of several runs. One that does not is not written again.
    fn keeps_several(&self) -> bool {
        false
    }

    /// Compares the files of the snapshot with its manifest, and returns what differs, one sentence each. By default there are no files.
    ///
    /// # Errors
    /// If they cannot be read.
    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        let _ = manifest;
        Ok(Vec::new())
    }
}
