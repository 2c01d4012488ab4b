//! `anyprofile export`

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyprofile::{
    Error, ListQuery, ProviderInfo,
    snapshot::{
        AccountExport, ExportObserver, ExportOptions, SnapshotError, SnapshotStore, Stage, Target, Tool,
        form::Form,
    },
};
use etcetera::BaseStrategy as _;
use serde_json::json;

use crate::{
    args::{ExportArguments, Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    files::write_whole,
    interrupt,
    progress::Progress,
    session::Session,
    summary::{self, counted},
};

/// Writes a snapshot of all accounts. An interrupted export can be resumed.
pub(crate) async fn run(global: &Global, arguments: ExportArguments) -> Result<Exit, Failure> {
    if matches!(global.chosen.format(), Some(Format::Csv | Format::Json | Format::Ndjson)) {
        let why = "the name of the target says what is written: --to people.ndjson, people.csv, people.parquet; omit -o, or use list -o csv";
        return Err(Failure::Usage(why.to_owned()));
    }
    let target = target_of(global, &arguments)?;
    let work = arguments.work.clone().map_or_else(state_folder, Ok)?;
    check_report(&target, &work, arguments.report.as_deref())?;
    // Opened before anybody is asked: what is not built in, or not there, is told at once.
    let mut store = target.open().await?;
    let hiding = arguments.hiding.hiding()?;
    let session = Session::start(global).await?;
    let mut query = ListQuery::new();
    query.page_size = arguments.paging.page_size;
    query.enrich = arguments.enrich;
    query.filter = arguments.filters.filter();
    query.unordered = arguments.paging.unordered;
    query.concurrency = arguments.paging.concurrency;
    query.max_empty_pages = arguments.paging.max_empty_pages;
    let mut options = ExportOptions::new(query, Tool::new(global.program.name(), global.program.version()));
    options.hiding = hiding;
    options.allows_incomplete = arguments.allow_incomplete;
    // A sandbox of this run has a new port each time, but the same profiles.
    options.has_new_places = session.is_sandbox();
    let mut export = Export { to: target.to_string(), global, exits: Vec::new(), progress: None };
    let stage_path = target.stage(&work);
    if target.path().is_none() {
        fs::create_dir_all(&work).map_err(|error| crate::files::failure(&work, &error))?;
    }
    if !stage_path.exists() && is_finished(&target, &mut *store).await {
        return Err(SnapshotError::exists(&target).into());
    }
    let opened = Stage::open(&stage_path, session.directory.providers(), options, &mut export).await;
    let stage = match opened {
        Ok(stage) => stage,
        Err(error) if error.is_full() => {
            say!("error: {error}, then run the same command again");
            return Ok(Exit::Partial);
        }
        Err(error) => return Err(error.into()),
    };
    if stage.is_resumed() && !global.quiet {
        let seen: u64 = stage.accounts().iter().map(|it| it.seen).sum();
        say!("resuming {target}: it already holds {}", counted(seen, "profile", "profiles"));
    }
    let is_of_one_service = global.chosen.form().is_some_and(Form::is_of_one_service);
    if is_of_one_service && session.directory.providers().len() > 1 && !global.quiet {
        say!(
            "note: this form has no column for the service, and its tool wants a file for each; use --account"
        );
    }
    export.progress = Some(Progress::start(global));
    export.run(stage, &mut *store, &session, arguments.allow_incomplete, arguments.report.as_deref()).await
}

/// Returns the target that the arguments name.
fn target_of(global: &Global, arguments: &ExportArguments) -> Result<Target, Failure> {
    if let Some(folder) = &arguments.evidence {
        return match global.chosen.form() {
            None => Ok(Target::evidence(folder)),
            Some(form) => Err(Failure::Usage(format!(
                "evidence has whole profiles; omit -o, or use --to FILE -o {form}"
            ))),
        };
    }
    match arguments.to.as_deref() {
        Some("-") | None => Err(Failure::Usage(
            "--to must name a target, so that the export can be resumed; list -o ndjson writes to standard output".to_owned(),
        )),
        Some(text) => match global.chosen.form() {
            Some(form) => Ok(Target::form(text, form, arguments.form.options())?),
            None => Ok(text.parse()?),
        },
    }
}

/// Returns the folder for what was read of a target that is not on this machine.
fn state_folder() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::Usage("the home directory is not known; name a folder with --work".to_owned())
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("anyprofile"))
}

/// Returns whether a snapshot, or something else, is at a target that holds only one. Told before everybody is asked; an export that was
/// interrupted goes on, and is refused by its store at the end.
async fn is_finished(target: &Target, store: &mut dyn SnapshotStore) -> bool {
    if let Some(path) = target.path().filter(|_| target.is_file()) {
        let is_empty_folder = path.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        let is_empty_file = |it: fs::Metadata| it.is_file() && it.len() == 0;
        if path.symlink_metadata().is_ok_and(|it| !is_empty_folder && !is_empty_file(it)) {
            return true;
        }
    }
    !store.keeps_several() && store.manifest().await.is_ok()
}

/// Checks that the report does not overwrite the snapshot.
fn check_report(target: &Target, work: &Path, report: Option<&Path>) -> Result<(), Failure> {
    let Some(report) = report.filter(|report| *report != Path::new("-")) else { return Ok(()) };
    let mut ours: Vec<_> = target.companions(work).iter().map(|path| resolved(path)).collect();
    ours.extend(target.path().map(resolved));
    let is_link_to = |file: &PathBuf| same_file::is_same_file(report, file).unwrap_or(false);
    if ours.contains(&resolved(report)) || ours.iter().any(is_link_to) {
        return Err(Failure::Usage(
            "--report must not be the file of the export or its checkpoint".to_owned(),
        ));
    }
    if report.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        return Err(Failure::Usage(format!("the report {}: its directory does not exist", report.display())));
    }
    Ok(())
}

/// Returns the path of a file without `.`, `..` and links, also if the file does not exist.
pub(super) fn resolved(file: &Path) -> PathBuf {
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

/// A running export, as it is shown.
struct Export<'a> {
    to: String,
    global: &'a Global,
    exits: Vec<Exit>,
    progress: Option<Progress>,
}

impl ExportObserver for Export<'_> {
    fn page(&mut self, account: &AccountExport) {
        if let Some(progress) = &self.progress {
            progress.tell(&account.account, account.seen);
        }
    }

    fn failed(&mut self, error: &Error) {
        diagnostics::error(error);
        self.exits.push(Exit::of(error));
    }

    fn owner_not_known(&mut self, info: &ProviderInfo, error: &Error) {
        if !self.global.quiet {
            say!(
                "note: {}: the owner of the credential could not be read ({}), and is not compared with an earlier run",
                info.account,
                error.kind()
            );
        }
    }
}

impl Export<'_> {
    /// Reads all accounts, writes the snapshot if it is whole, and reports.
    async fn run(
        mut self,
        mut stage: Stage,
        store: &mut dyn SnapshotStore,
        session: &Session,
        allows_incomplete: bool,
        report_to: Option<&Path>,
    ) -> Result<Exit, Failure> {
        let ended = stage.run(interrupt::signalled(), &mut self).await;
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
        let accounts = stage.accounts().to_vec();
        let unusable: Vec<_> = session.unusable.iter().map(|(name, _)| name.to_string()).collect();
        let is_over = ended.is_ok() && stage.is_over();
        let is_stopped = matches!(ended, Ok(true));
        let mut broken = ended.err().map(Failure::from);
        let mut written = None;
        if (is_over || allows_incomplete) && broken.is_none() && !is_stopped {
            match stage.into_snapshot(store, &unusable).await {
                Ok(manifest) => written = Some(manifest),
                Err(error) => broken = Some(error.into()),
            }
        }
        let is_complete = written.as_ref().is_some_and(|manifest| manifest.complete);
        let reported = report(report_to, &self.to, &accounts, session.unusable.len(), is_complete);
        if let Some(failure) = broken {
            if let Err(failure) = reported {
                failure.report();
            }
            return cut_off(failure);
        }
        reported?;
        if is_stopped {
            say!("interrupted");
        }
        if !self.global.quiet {
            if let Some(loss) =
                written.as_ref().and_then(|it| it.form.as_ref()).and_then(|form| form.loss.as_ref())
            {
                diagnostics::say_lines(&loss.to_string());
            }
            tell(&accounts, is_complete);
            if accounts.iter().any(|it| it.is_stuck) {
                say!(
                    "the service returned to an earlier page, so that the export cannot be resumed; export to another file"
                );
            } else if written.is_none() {
                say!("run the same command again to resume");
            } else if !is_complete {
                say!(
                    "the snapshot holds all others, and its manifest says what is missing; to try again, export to another target"
                );
            }
        }
        if is_complete {
            return Ok(Exit::Complete);
        }
        // Some profiles were delivered before the accounts failed.
        let is_anything = accounts.iter().any(|it| it.seen > 0);
        Ok(if is_anything { Exit::Partial } else { Exit::of_all(self.exits).unless_complete() })
    }
}

/// Ends an export whose file cannot be written any more. What was written before can be resumed.
fn cut_off(failure: Failure) -> Result<Exit, Failure> {
    match failure {
        Failure::Output(error) => {
            say!("error: {error}; then run the same command again to resume");
            Ok(Exit::Partial)
        }
        other => Err(other),
    }
}

/// Prints a line for each account, and one for all.
fn tell(accounts: &[AccountExport], is_complete: bool) {
    for account in accounts {
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
}

/// Writes the report of the export for programs.
fn report(
    file: Option<&Path>,
    to: &str,
    accounts: &[AccountExport],
    unusable: usize,
    is_complete: bool,
) -> Result<(), Failure> {
    let accounts: Vec<_> = accounts.iter().map(AccountExport::document).collect();
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

fn line(account: &AccountExport) -> String {
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
fn warnings(account: &AccountExport) -> Vec<String> {
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
