//! What a command compares or reviews: a snapshot, or the accounts as they are now.

use anyprofile::{
    Error, ListQuery,
    snapshot::{AccountExport, ExportObserver, ExportOptions, Snapshot, Stage, Target, Tool},
};
use tempfile::TempDir;

use super::verify;
use crate::{
    args::Global,
    diagnostics,
    exit::{Exit, Failure},
    interrupt,
    progress::Progress,
    session::Session,
};

/// A snapshot to read.
pub(super) struct Source {
    pub(super) snapshot: Snapshot,
    /// [`Exit::Partial`] if an account could not be used or failed.
    pub(super) exit: Exit,
    /// The folder of what was listed for this run alone. It is removed with this value.
    _folder: Option<TempDir>,
}

impl Source {
    /// Opens a snapshot that was written before.
    pub(super) async fn open(name: &str) -> Result<Self, Failure> {
        Ok(Self { snapshot: verify::open(name).await?, exit: Exit::Complete, _folder: None })
    }

    /// Lists the accounts now, into a private snapshot that is removed afterwards.
    pub(super) async fn live(global: &Global, session: &Session, query: ListQuery) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("anyprofile-").tempdir()?;
        let target = Target::of_path(folder.path().join("live.ndjson"))?;
        let mut options =
            ExportOptions::new(query, Tool::new(global.program.name(), global.program.version()));
        options.allows_incomplete = true;
        let mut listing = Listing { progress: Progress::start(global), has_failed: false };
        let providers = session.directory.providers();
        let mut stage = Stage::open(&target.stage(folder.path()), providers, options, &mut listing).await?;
        if stage.run(interrupt::signalled(), &mut listing).await? {
            return Err(Failure::Usage("interrupted: not everybody was read".to_owned()));
        }
        listing.progress.finish();
        let unusable: Vec<_> = session.unusable.iter().map(|(name, _)| name.to_string()).collect();
        let mut store = target.open().await?;
        stage.into_snapshot(&mut *store, &unusable).await?;
        let is_missing_some = listing.has_failed || !unusable.is_empty();
        let exit = if is_missing_some { Exit::Partial } else { Exit::Complete };
        Ok(Self { snapshot: Snapshot::of_store(store, "live").await?, exit, _folder: Some(folder) })
    }
}

/// A listing of the accounts as they are now.
struct Listing {
    progress: Progress,
    has_failed: bool,
}

impl ExportObserver for Listing {
    fn page(&mut self, account: &AccountExport) {
        self.progress.tell(&account.account, account.seen);
    }

    fn failed(&mut self, error: &Error) {
        diagnostics::error(error);
        self.has_failed = true;
    }
}
