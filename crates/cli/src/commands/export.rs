//! `anyprofile export`

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    pin::Pin,
    time::Instant,
};

use anyprofile::{
    ListQuery, ProfileProvider, ProfileProviderExt as _, ProviderInfo,
    listing::{Cursor, DuplicateCounter, Pages},
};
use serde_json::json;

use crate::{
    args::{ExportArguments, Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    export::{AccountProgress, CHECKPOINT, Export, Identity, digest},
    files::{NEW, SystemDisk, beside, write_whole},
    interrupt,
    session::Session,
    summary::{self, counted},
};

/// Writes the profiles of all accounts to a file, page by page. An interrupted export can be resumed.
pub(crate) async fn run(global: &Global, arguments: ExportArguments) -> Result<Exit, Failure> {
    let ExportArguments { to, report: report_to, filters, enrich, paging } = arguments;
    check_files(global, &to, report_to.as_deref())?;
    let session = Session::start(global).await?;
    let providers = session.directory.providers();
    let mut query = ListQuery::new();
    query.page_size = paging.page_size;
    query.enrich = enrich;
    query.filter = filters.filter();
    // Checked for all accounts now, not when the turn of an account comes.
    for provider in providers {
        query.check(provider.info(), provider.capabilities())?;
    }
    let identity = identity_of(global, &session, &query).await;
    // These settings change how profiles are read, not which ones, so they are not part of the identity.
    query.unordered = paging.unordered;
    query.concurrency = paging.concurrency;
    query.max_empty_pages = paging.max_empty_pages;
    let empty = providers
        .iter()
        .map(|it| AccountProgress::new(it.info().account.as_str(), it.info().service.as_str()));
    let mut export = match Export::open(SystemDisk, &to, &identity, empty) {
        Ok(export) => export,
        Err(failure) => return full(failure),
    };
    if export.is_resumed && !global.quiet {
        let seen: u64 = export.checkpoint.accounts.iter().map(|it| it.seen).sum();
        say!("resuming {}: it already holds {}", to.display(), counted(seen, "profile", "profiles"));
    }
    let mut counters = vec![DuplicateCounter::default(); providers.len()];
    if export.is_resumed {
        export.for_each_id(|id| {
            let account = providers.iter().position(|it| it.info().account == id.account);
            if let Some(account) = account {
                counters[account].note(&id);
            }
        })?;
    }
    let mut run =
        Run { export, counters, query, interrupt: Box::pin(interrupt::signalled()), is_interrupted: false };
    let mut exits = Vec::new();
    let mut broken = None;
    for (account, provider) in providers.iter().enumerate() {
        match run.account(provider.as_ref(), account).await {
            Ok(exit) => exits.push(exit),
            // The file cannot be written any more. The results so far are still reported.
            Err(failure) => {
                broken = Some(failure);
                break;
            }
        }
    }
    let Run { mut export, is_interrupted, .. } = run;
    // Also after a failure, so that the pages on the device are not requested again.
    broken = broken.or(export.store().err());
    let accounts = export.checkpoint.accounts.clone();
    let is_over = broken.is_none() && accounts.iter().all(|it| it.reached_end);
    if is_over {
        broken = export.finish().err();
    }
    let is_complete = is_over
        && broken.is_none()
        && session.unusable.is_empty()
        && accounts.iter().all(AccountProgress::is_complete);
    let reported = report(report_to.as_deref(), &to, &accounts, session.unusable.len(), is_complete);
    if let Some(failure) = broken {
        if let Err(failure) = reported {
            failure.report();
        }
        return cut_off(failure);
    }
    reported?;
    if is_interrupted {
        say!("interrupted");
    }
    if !global.quiet {
        for account in &accounts {
            for bad in &account.quarantined_records {
                let place = bad["position"].as_u64().unwrap_or_default() + 1;
                let reason = bad["reason"].as_str().unwrap_or_default();
                say!("warning: {}: page {}, record {place}: {reason}", account.account, bad["page"]);
            }
            say!("{}", line(account));
            for warning in warnings(account) {
                say!("warning: {}: {warning}", account.account);
            }
        }
        let seen: u64 = accounts.iter().map(|it| it.seen).sum();
        let verdict = if is_complete { "complete" } else { "incomplete" };
        let of = counted(accounts.len() as u64, "account", "accounts");
        say!("{} of {of}: {verdict}", counted(seen, "profile", "profiles"));
        if accounts.iter().any(|it| it.is_stuck) {
            say!(
                "the service returned to an earlier page, so that the export cannot be resumed; export to another file"
            );
        } else if !is_over {
            say!("run the same command again to resume");
        } else if !is_complete {
            say!(
                "some records could not be read; the file holds all others; to try again, export to another file"
            );
        }
    }
    if is_complete {
        return Ok(Exit::Complete);
    }
    // Some profiles were delivered before the accounts failed.
    let is_anything = accounts.iter().any(|it| it.seen > 0);
    Ok(if is_anything { Exit::Partial } else { Exit::of_all(exits).unless_complete() })
}

/// Ends an export whose file cannot be created for lack of space.
fn full(failure: Failure) -> Result<Exit, Failure> {
    match failure {
        Failure::Output(error) => {
            say!("error: {error}, then run the same command again");
            Ok(Exit::Partial)
        }
        other => Err(other),
    }
}

/// Ends an export whose file cannot be written any more. What was written before can be resumed.
fn cut_off(failure: Failure) -> Result<Exit, Failure> {
    let why = match failure {
        Failure::Output(error) => error.to_string(),
        Failure::Usage(why) => why,
        other @ Failure::Library(_) => return Err(other),
    };
    say!("error: {why}; then run the same command again to resume");
    Ok(Exit::Partial)
}

/// Checks that the export has a file, and that the report does not overwrite it.
fn check_files(global: &Global, to: &Path, report: Option<&Path>) -> Result<(), Failure> {
    let usage = |why: &str| Err(Failure::Usage(why.to_owned()));
    if matches!(global.output, Format::Csv | Format::Json) {
        return usage("an export is always ndjson; omit -o, or use list -o csv");
    }
    if to == Path::new("-") || to.exists() && !to.is_file() {
        return usage(
            "--to must name a file, so that the export can be resumed; list -o ndjson writes to standard output",
        );
    }
    let Some(report) = report.filter(|report| *report != Path::new("-")) else { return Ok(()) };
    let file = resolved(to);
    let ours = [file.clone(), beside(&file, CHECKPOINT), beside(&beside(&file, CHECKPOINT), NEW)];
    let is_link_to = |file: &PathBuf| same_file::is_same_file(report, file).unwrap_or(false);
    if ours.contains(&resolved(report)) || ours.iter().any(is_link_to) {
        return usage("--report must not be the file of the export or its checkpoint");
    }
    if report.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        return Err(Failure::Usage(format!("the report {}: its directory does not exist", report.display())));
    }
    Ok(())
}

/// Returns the path of a file without `.`, `..` and links, also if the file does not exist.
fn resolved(file: &Path) -> PathBuf {
    /// The maximum number of links to follow; more than any system follows.
    const MOST_LINKS: usize = 40;

    let mut file = file.to_owned();
    for _ in 0..MOST_LINKS {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        let (Ok(folder), Some(name)) = (folder, file.file_name()) else { return file };
        file = folder.join(name);
        // A link to a missing file is followed too.
        match file.read_link() {
            Ok(target) => file = folder.join(target),
            Err(_) => break,
        }
    }
    file
}

/// Returns what is exported, as hashes, since a filter may contain an e-mail address.
async fn identity_of(global: &Global, session: &Session, query: &ListQuery) -> Identity {
    let providers = session.directory.providers();
    let names: Vec<_> = providers.iter().map(|it| (&it.info().service, &it.info().account)).collect();
    // A sandbox of this run has a new port each time, but the same profiles.
    let place = |info: &ProviderInfo| {
        if session.is_sandbox() { "sandbox".to_owned() } else { info.base_url.clone() }
    };
    let places: Vec<_> = providers.iter().map(|it| (place(it.info()), it.info().shape.clone())).collect();
    let mut owners = Vec::new();
    for provider in providers {
        // Several customers of a service share its base URL, so the owner of the credential matters too.
        let is_shown = provider.capabilities().operations.current.is_supported();
        let owner = match provider.current().await {
            Ok(profile) => Some(digest(&profile.id.to_string())),
            Err(error) => {
                if is_shown && !global.quiet {
                    say!(
                        "note: {}: the owner of the credential could not be read ({}), and is not compared with an earlier run",
                        provider.info().account,
                        error.kind()
                    );
                }
                None
            }
        };
        owners.push(owner);
    }
    Identity {
        accounts: digest(&json!(names).to_string()),
        places: digest(&json!(places).to_string()),
        owners,
        query: digest(&json!(query).to_string()),
    }
}

/// A running export.
struct Run {
    export: Export,
    /// The profiles of each account that earlier runs wrote to the file.
    counters: Vec<DuplicateCounter>,
    query: ListQuery,
    interrupt: Pin<Box<dyn Future<Output = io::Result<()>> + Send>>,
    is_interrupted: bool,
}

impl Run {
    /// Exports one account from its checkpoint on.
    async fn account(&mut self, provider: &dyn ProfileProvider, account: usize) -> Result<Exit, Failure> {
        let mut before = self.export.checkpoint.accounts.get(account).cloned().unwrap_or_default();
        if before.reached_end {
            return Ok(Exit::Complete);
        }
        if before.is_stuck || self.is_interrupted {
            return Ok(Exit::Partial);
        }
        before.failure = None;
        let mut pages = match before.cursor.as_deref().map(str::parse::<Cursor>) {
            None => Pages::new(provider, self.query.clone()),
            Some(Ok(cursor)) => Pages::resume(provider, self.query.clone(), cursor),
            Some(Err(error)) => {
                say!("error: {}: {error}; export to another file", before.account);
                return Ok(Exit::Usage);
            }
        };
        let noted = std::mem::take(&mut self.counters[account]);
        // During a second read of the list, profiles come again that are already in the file.
        let mut in_file = before.reads_again.then(|| noted.clone());
        let mut left_out = 0;
        pages = pages.with_noted(noted);
        loop {
            let page = tokio::select! {
                biased;
                _ = &mut self.interrupt => {
                    self.is_interrupted = true;
                    return Ok(Exit::Partial);
                }
                page = pages.next_page() => page,
            };
            let mut page = match page {
                None => break,
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    diagnostics::error(&error);
                    let mut failed = at(&before, left_out, &pages).failed(error.kind());
                    // Before the first page of this run, the position has not changed.
                    if pages.report().pages == 0 {
                        (failed.cursor, failed.is_stuck) = (before.cursor.clone(), before.is_stuck);
                    }
                    self.export.note(account, failed);
                    return Ok(Exit::of(&error));
                }
            };
            if let Some(in_file) = &mut in_file {
                let received = page.items.len();
                page.items.retain(|profile| !in_file.note(&profile.id));
                left_out += (received - page.items.len()) as u64;
            }
            let mut lines = Vec::new();
            for profile in &page.items {
                serde_json::to_writer(&mut lines, profile)?;
                lines.push(b'\n');
            }
            self.export.add(&lines, account, at(&before, left_out, &pages), Instant::now())?;
        }
        // The end may be known only now, for example if older profiles are not requested.
        self.export.note(account, at(&before, left_out, &pages));
        Ok(Exit::Complete)
    }
}

/// Returns the progress since `before`, with the current position of the pages.
fn at(before: &AccountProgress, left_out: u64, pages: &Pages<'_, &dyn ProfileProvider>) -> AccountProgress {
    let mut progress = before.with(pages.report()).without(left_out);
    progress.cursor = pages.cursor().map(ToString::to_string);
    progress.is_stuck = pages.leads_back();
    progress.reads_again = !progress.reached_end && (before.reads_again || pages.reads_again());
    progress
}

/// Writes the report of the export for programs.
fn report(
    file: Option<&Path>,
    to: &Path,
    accounts: &[AccountProgress],
    unusable: usize,
    is_complete: bool,
) -> Result<(), Failure> {
    let accounts: Vec<_> = accounts.iter().map(AccountProgress::document).collect();
    let to = to.display().to_string();
    let document =
        json!({"complete": is_complete, "to": to, "accounts": accounts, "unusable_accounts": unusable});
    write_report(file, &document)
}

/// Writes a report to a file, or as one line to standard error for `-`.
pub(super) fn write_report(file: Option<&Path>, document: &serde_json::Value) -> Result<(), Failure> {
    match file {
        None => Ok(()),
        Some(file) if file == Path::new("-") => {
            say!("{document}");
            Ok(())
        }
        Some(file) => write_whole(file, format!("{document}\n").as_bytes()),
    }
}

fn line(account: &AccountProgress) -> String {
    let declared = if account.declares_totals() { "" } else { ", no total declared" };
    let mut parts = vec![format!("{} seen{declared}", account.seen)];
    parts.push(counted(account.pages, "page", "pages"));
    if account.runs > 1 {
        parts.push(format!("in {} runs", account.runs));
    }
    if account.duplicates > 0 {
        parts.push(counted(account.duplicates, "duplicate", "duplicates"));
    }
    if account.quarantined > 0 {
        parts.push(format!("{} quarantined", account.quarantined));
    }
    if account.undetermined > 0 {
        parts.push(format!("{} left out because a filtered field is not known", account.undetermined));
    }
    if account.not_at_one_moment && !account.changed_while_read {
        parts.push(summary::NOT_AT_ONE_MOMENT.to_owned());
    }
    if account.empty_pages > 0 {
        parts.push(format!("{} before the end", counted(account.empty_pages, "empty page", "empty pages")));
    }
    let missing = account.missing();
    if missing > 0 {
        // Collections that were not started are not counted.
        let at_least = if account.reached_end { "" } else { "at least " };
        parts.push(format!("{at_least}{missing} missing"));
    }
    if let Some(failure) = &account.failure {
        parts.push(format!("failed ({failure})"));
    } else if !account.reached_end {
        parts.push("not finished".to_owned());
    }
    format!("{}  {}", account.account, parts.join(", "))
}

/// Returns what a reader of the file must know, one sentence each.
fn warnings(account: &AccountProgress) -> Vec<String> {
    let mut warnings = Vec::new();
    if account.duplicates_unchecked {
        warnings.push(summary::DUPLICATES_UNCHECKED.to_owned());
    }
    let words = |parts: &BTreeSet<String>| summary::flags(parts.iter().map(String::as_str));
    if !account.misread_filters.is_empty() {
        warnings.push(summary::misread(&words(&account.misread_filters)));
    }
    if !account.contradicted_filters.is_empty() {
        warnings.push(summary::contradicted(&words(&account.contradicted_filters)));
    }
    if account.changed_while_read {
        warnings.push(summary::CHANGED_WHILE_READ.to_owned());
    }
    if account.end_unproven {
        warnings.push(summary::END_UNPROVEN.to_owned());
    }
    if account.partial > 0 {
        warnings.push(summary::partial(account.partial));
    }
    warnings
}
