//! The export into a file of its own, which can be interrupted at any moment and resumed.
//!
//! What is read from the services goes into the stage, page by page. Only a stage that has reached its end becomes a snapshot, so no
//! reader of the target sees a part of one.

mod checkpoint;
mod file;
mod hand_over;
mod progress;

use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Instant,
};

use anyprofile_core::{
    Error, ListQuery, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo, Timestamp,
    listing::{Cursor, DuplicateCounter, Pages},
};
use anyprofile_files::{SystemDisk, beside};
use futures_util::future::{Either, select};
use serde_json::json;

pub use self::progress::{AccountExport, CollectionExport};
use self::{checkpoint::Identity, file::StageFile};
use crate::{
    digest::digest,
    error::{Result, SnapshotError, at},
    manifest::{AccountManifest, FORMAT, Manifest, SCHEMA_VERSION, Tool},
    privacy::{Hiding, Privacy},
};

/// What is exported, and how.
///
/// ```
/// use anyprofile_core::ListQuery;
/// use anyprofile_snapshot::{ExportOptions, Tool};
///
/// let options = ExportOptions::new(ListQuery::new(), Tool::new("review", "1.0"));
/// assert!(!options.allows_incomplete);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Which profiles are exported. The limit is not used.
    pub query: ListQuery,
    /// The program, for the manifest.
    pub tool: Tool,
    /// What is hidden or replaced in the snapshot. What was read is kept as it came until the export ends, in a file that only the current
    /// user can read.
    pub hiding: Hiding,
    /// Whether the accounts are asked at base URLs that differ from run to run, as those of a sandbox do. They are then not compared
    /// with those of an interrupted run.
    pub has_new_places: bool,
    /// Whether a snapshot is written although an account failed or was not read to its end. Its manifest says so.
    pub allows_incomplete: bool,
}

impl ExportOptions {
    /// Creates options of a program for a query.
    pub fn new(query: ListQuery, tool: Tool) -> Self {
        Self { query, tool, hiding: Hiding::default(), has_new_places: false, allows_incomplete: false }
    }
}

/// What an export says while it runs. Each method does nothing by default.
pub trait ExportObserver: Send {
    /// A page was written.
    fn page(&mut self, account: &AccountExport) {
        let _ = account;
    }

    /// An account failed. The export goes on with the next one.
    fn failed(&mut self, error: &Error) {
        let _ = error;
    }

    /// The owner of the credential could not be read, so it is not compared with that of an interrupted run.
    fn owner_not_known(&mut self, info: &ProviderInfo, error: &Error) {
        let _ = (info, error);
    }
}

/// Hears nothing.
impl ExportObserver for () {}

/// An export in progress.
pub struct Stage {
    file: StageFile,
    providers: Vec<Arc<dyn ProfileProvider>>,
    options: ExportOptions,
    /// The profiles of each account that earlier runs wrote to the file.
    counters: Vec<DuplicateCounter>,
    /// Whom each account's credential belongs to, or why that is not known; `Err(None)` if the service does not tell.
    owners: Vec<Result<ProfileId, Option<String>>>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stage").field("accounts", &self.accounts().len()).finish_non_exhaustive()
    }
}

/// The suffix of the stage of a file or folder.
pub(crate) const PARTIAL: &str = ".partial";

/// The suffix of the checkpoint of a stage.
pub(crate) const CHECKPOINT: &str = file::CHECKPOINT;

/// Returns the files that an export to this path may write beside it: the stage, its checkpoint, and what replaces that.
pub(crate) fn companions(stage: &Path) -> [PathBuf; 3] {
    let checkpoint = beside(stage, CHECKPOINT);
    [stage.to_owned(), checkpoint.clone(), beside(&checkpoint, anyprofile_files::NEW)]
}

impl Stage {
    /// Opens the stage of an export of these accounts: a new file, or that of an interrupted export. Reads whom each credential belongs to.
    ///
    /// # Errors
    /// If the query is not possible at an account, the file cannot be opened, or is not this export.
    pub async fn open(
        path: &Path,
        providers: &[Arc<dyn ProfileProvider>],
        options: ExportOptions,
        observer: &mut dyn ExportObserver,
    ) -> Result<Self> {
        // Checked for all accounts now, not when the turn of an account comes.
        for provider in providers {
            options.query.check(provider.info(), provider.capabilities())?;
        }
        let mut owners = Vec::new();
        for provider in providers {
            // Several customers of a service share its base URL, so the owner of the credential matters too.
            owners.push(match provider.current().await {
                Ok(profile) => Ok(profile.id),
                Err(error) if provider.capabilities().operations.current.is_supported() => {
                    observer.owner_not_known(provider.info(), &error);
                    Err(Some(error.kind().to_string()))
                }
                Err(_) => Err(None),
            });
        }
        let identity = identity_of(providers, &owners, &options);
        let names = |it: &Arc<dyn ProfileProvider>| {
            AccountExport::new(it.info().account.as_str(), it.info().service.as_str())
        };
        let file = StageFile::open(SystemDisk, path, &identity, providers.iter().map(names))?;
        let counters = vec![DuplicateCounter::default(); providers.len()];
        let mut stage = Self { file, providers: providers.to_vec(), options, counters, owners };
        if stage.is_resumed() {
            stage.note_written()?;
        }
        Ok(stage)
    }

    /// Reads the ids of what earlier runs wrote.
    fn note_written(&mut self) -> Result<()> {
        let accounts: Vec<_> = self.providers.iter().map(|it| it.info().account.clone()).collect();
        let counters = &mut self.counters;
        self.file.for_each_id(|id| {
            if let Some(account) = accounts.iter().position(|it| *it == id.account) {
                counters[account].note(&id);
            }
        })?;
        Ok(())
    }

    /// Returns whether an interrupted export is resumed.
    pub const fn is_resumed(&self) -> bool {
        self.file.is_resumed
    }

    /// Returns the progress of each account.
    pub fn accounts(&self) -> &[AccountExport] {
        &self.file.checkpoint.accounts
    }

    /// Returns whether every account was read to its end.
    pub fn is_over(&self) -> bool {
        self.accounts().iter().all(|it| it.reached_end)
    }

    /// Reads every account from where it stopped. An account that fails is told to the observer, and the others go on. Ends early when
    /// `stop` resolves, and returns whether it did.
    ///
    /// # Errors
    /// If the stage cannot be written any more. What was written before can be resumed.
    pub async fn run(
        &mut self,
        stop: impl Future<Output = ()>,
        observer: &mut dyn ExportObserver,
    ) -> Result<bool> {
        let mut stop = pin!(stop);
        let mut is_stopped = false;
        for account in 0..self.providers.len() {
            if is_stopped {
                break;
            }
            let provider = Arc::clone(&self.providers[account]);
            match self.account(&*provider, account, stop.as_mut(), observer).await {
                Ok(stopped) => is_stopped = stopped,
                Err(failure) => {
                    // The pages on the device are not requested again.
                    let _ = self.file.store();
                    return Err(failure);
                }
            }
        }
        self.file.store()?;
        Ok(is_stopped)
    }

    /// Exports one account from its checkpoint on. Returns whether it was stopped.
    async fn account(
        &mut self,
        provider: &dyn ProfileProvider,
        account: usize,
        mut stop: std::pin::Pin<&mut impl Future<Output = ()>>,
        observer: &mut dyn ExportObserver,
    ) -> Result<bool> {
        let mut before = self.accounts().get(account).cloned().unwrap_or_default();
        if before.reached_end || before.is_stuck {
            return Ok(false);
        }
        before.failure = None;
        let query = self.options.query.clone();
        let mut pages = match before.cursor.as_deref().map(str::parse::<Cursor>) {
            None => Pages::new(provider, query),
            Some(Ok(cursor)) => Pages::resume(provider, query, cursor),
            Some(Err(error)) => {
                let why = format!("{}: {error}; export to another file", before.account);
                return Err(SnapshotError::Refused(why));
            }
        };
        let noted = std::mem::take(&mut self.counters[account]);
        // During a second read of the list, profiles come again that are already in the file.
        let mut in_file = before.reads_again.then(|| noted.clone());
        let mut left_out = 0;
        pages = pages.with_noted(noted);
        loop {
            let page = match select(stop.as_mut(), pin!(pages.next_page())).await {
                Either::Left(_) => return Ok(true),
                Either::Right((page, _)) => page,
            };
            let mut page = match page {
                None => break,
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    observer.failed(&error);
                    let mut failed = at_pages(&before, left_out, &pages).failed(error.kind());
                    // Before the first page of this run, the position has not changed.
                    if pages.report().pages == 0 {
                        (failed.cursor, failed.is_stuck) = (before.cursor.clone(), before.is_stuck);
                    }
                    self.file.note(account, failed);
                    return Ok(false);
                }
            };
            if let Some(in_file) = &mut in_file {
                let received = page.items.len();
                page.items.retain(|profile| !in_file.note(&profile.id));
                left_out += (received - page.items.len()) as u64;
            }
            let mut lines = Vec::new();
            for profile in page.items {
                serde_json::to_writer(&mut lines, &profile)
                    .map_err(io::Error::from)
                    .map_err(at(&self.file.path))?;
                lines.push(b'\n');
            }
            let progress = at_pages(&before, left_out, &pages);
            observer.page(&progress);
            self.file.add(&lines, account, progress, Instant::now())?;
        }
        // The end may be known only now, for example if older profiles are not requested.
        self.file.note(account, at_pages(&before, left_out, &pages));
        Ok(false)
    }

    fn account_of(&self, id: &ProfileId) -> Option<usize> {
        let is_here = |it: &Arc<dyn ProfileProvider>| {
            (&it.info().service, &it.info().account) == (&id.service, &id.account)
        };
        self.providers.iter().position(is_here)
    }

    /// Returns the manifest, without what only the written data can tell.
    fn manifest(&self, unusable: &[String]) -> Manifest {
        let progress = self.accounts().iter();
        let accounts: Vec<_> = self
            .providers
            .iter()
            .zip(progress)
            .zip(&self.owners)
            .map(|((provider, export), owner)| {
                let credential = match owner {
                    Ok(id) => Ok(self.options.hiding.id(id).to_string()),
                    Err(why) => Err(why.clone()),
                };
                AccountManifest::new(provider.info(), provider.capabilities(), export, credential)
            })
            .collect();
        let now = Timestamp::now();
        let started = self.accounts().iter().filter_map(|it| it.started).min();
        let privacy: Privacy = self.options.hiding.privacy().clone();
        let query = self.options.hiding.query(self.options.query.clone());
        Manifest {
            format: FORMAT.to_owned(),
            version: Manifest::VERSION,
            schema_version: SCHEMA_VERSION,
            tool: self.options.tool.clone(),
            started: started.unwrap_or(now),
            ended: now,
            complete: self.is_over() && unusable.is_empty() && accounts.iter().all(|it| it.complete),
            hides_condition: self.options.query.filter.condition.is_some()
                && query.filter.condition.is_none(),
            query,
            accounts,
            unusable_accounts: unusable.to_vec(),
            privacy,
            form: None,
            rows: 0,
            files: Vec::new(),
            seal: String::new(),
        }
    }
}

/// Returns what is exported, as hashes, since a filter may contain an e-mail address.
fn identity_of(
    providers: &[Arc<dyn ProfileProvider>],
    owners: &[Result<ProfileId, Option<String>>],
    options: &ExportOptions,
) -> Identity {
    let names: Vec<_> = providers.iter().map(|it| (&it.info().service, &it.info().account)).collect();
    let place = |info: &ProviderInfo| {
        if options.has_new_places { String::new() } else { info.base_url.clone() }
    };
    let places: Vec<_> = providers.iter().map(|it| (place(it.info()), it.info().shape.clone())).collect();
    // How profiles are read does not change which ones.
    let mut query = options.query.clone();
    (query.unordered, query.concurrency, query.max_empty_pages) = Default::default();
    Identity {
        accounts: digest(json!(names).to_string().as_bytes()),
        places: digest(json!(places).to_string().as_bytes()),
        owners: owners
            .iter()
            .map(|id| id.as_ref().ok().map(|id| digest(id.to_string().as_bytes())))
            .collect(),
        query: digest(json!(query).to_string().as_bytes()),
        privacy: digest(json!(options.hiding.privacy()).to_string().as_bytes()),
    }
}

/// Returns the progress since `before`, with the current position of the pages.
fn at_pages(before: &AccountExport, left_out: u64, pages: &Pages<'_, &dyn ProfileProvider>) -> AccountExport {
    let mut progress = before.with(pages.report()).without(left_out);
    progress.cursor = pages.cursor().map(ToString::to_string);
    progress.is_stuck = pages.leads_back();
    progress.reads_again = !progress.reached_end && (before.reads_again || pages.reads_again());
    progress
}
