//! `anyprofile export`

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyprofile::{Cursor, ListQuery, Pages, ProfileProvider};
use serde_json::json;

use crate::{
    args::{ExportArguments, Global},
    bulk::fingerprint,
    diagnostics,
    exit::{Exit, Failure},
    export::{AccountProgress, Export},
    session::Session,
    summary::counted,
};

/// Writes all profiles of all accounts to a file, page by page, so that it can be cut off at any moment and gone on with.
pub(crate) async fn run(global: &Global, arguments: ExportArguments) -> Result<Exit, Failure> {
    let ExportArguments { to, report: report_to, filters, enrich, page_size } = arguments;
    let session = Session::start(global).await?;
    let providers = session.directory.providers();
    let mut query = ListQuery::new();
    query.page_size = page_size;
    query.enrich = enrich;
    query.filter = filters.filter();
    let places: Vec<_> = providers.iter().map(|it| (it.info(), it.info().shape.as_str())).collect();
    // As a hash: a filter may hold an address.
    let export = fingerprint(&json!({ "accounts": places, "query": query }).to_string());
    let empty = providers
        .iter()
        .map(|it| AccountProgress::new(it.info().account.as_str(), it.info().service.as_str()));
    let mut export = Export::open(&to, &export, empty)?;
    if export.is_resumed && !global.quiet {
        let seen: u64 = export.checkpoint.accounts.iter().map(|it| it.seen).sum();
        say!("going on with {}: {} there already", to.display(), counted(seen, "profile is", "profiles are"));
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&interrupted);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.store(true, Ordering::Relaxed);
        }
    });
    let mut exits = Vec::new();
    for (account, provider) in providers.iter().enumerate() {
        exits.push(one(provider.as_ref(), account, &query, &mut export, &interrupted).await?);
    }
    let accounts = export.checkpoint.accounts.clone();
    let is_over = accounts.iter().all(|it| it.reached_end);
    let is_complete = is_over && session.unusable == 0 && accounts.iter().all(AccountProgress::is_complete);
    if is_over {
        export.finish()?;
    }
    report(report_to.as_deref(), &to, &accounts, is_complete)?;
    if !global.quiet {
        for account in &accounts {
            say!("{}", line(account));
        }
        let seen: u64 = accounts.iter().map(|it| it.seen).sum();
        let verdict = if is_complete { "complete" } else { "INCOMPLETE" };
        let of = counted(accounts.len() as u64, "account", "accounts");
        say!("{} of {of}: {verdict}", counted(seen, "profile", "profiles"));
        if !is_over {
            say!("the same command goes on");
        }
    }
    if is_complete {
        return Ok(Exit::Complete);
    }
    // Something was delivered before the accounts failed.
    let is_anything = accounts.iter().any(|it| it.seen > 0);
    Ok(if is_anything { Exit::Partial } else { Exit::of_all(exits).unless_complete() })
}

/// Exports one account, from where it is.
async fn one(
    provider: &dyn ProfileProvider,
    account: usize,
    query: &ListQuery,
    export: &mut Export,
    interrupted: &AtomicBool,
) -> Result<Exit, Failure> {
    let mut before = export.checkpoint.accounts.get(account).cloned().unwrap_or_default();
    if before.reached_end {
        return Ok(Exit::Complete);
    }
    before.failure = None;
    let mut pages = match before.cursor.as_deref().map(str::parse::<Cursor>) {
        None => Pages::new(provider, query.clone()),
        Some(Ok(cursor)) => Pages::resume(provider, query.clone(), cursor),
        Some(Err(error)) => return Err(Failure::Usage(format!("{}: {error}", before.account))),
    };
    while !interrupted.load(Ordering::Relaxed) {
        let page = match pages.next_page().await {
            None => break,
            Some(Ok(page)) => page,
            Some(Err(error)) => {
                diagnostics::error(&error);
                let mut failed = before.with(pages.report()).failed(error.kind());
                // Where it was before: the same page is asked for again.
                failed.cursor = pages.cursor().map(ToString::to_string).or(failed.cursor);
                export.note(account, failed)?;
                return Ok(Exit::of(&error));
            }
        };
        let mut lines = Vec::new();
        for profile in &page.items {
            serde_json::to_writer(&mut lines, profile)?;
            lines.push(b'\n');
        }
        let mut progress = before.with(pages.report());
        progress.cursor = pages.cursor().map(ToString::to_string);
        export.add(&lines, account, progress)?;
    }
    Ok(if pages.report().reached_end { Exit::Complete } else { Exit::Partial })
}

/// What the run came to, for a program.
fn report(
    file: Option<&Path>,
    to: &Path,
    accounts: &[AccountProgress],
    is_complete: bool,
) -> Result<(), Failure> {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| {
            let mut document = json!(account);
            document["missing"] = account.missing().into();
            document["complete"] = account.is_complete().into();
            document
        })
        .collect();
    let document = json!({"complete": is_complete, "to": to, "accounts": accounts});
    write_report(file, &document)
}

/// Writes a report to a file, or to standard error as one line for `-`.
pub(super) fn write_report(file: Option<&Path>, document: &serde_json::Value) -> Result<(), Failure> {
    match file {
        None => Ok(()),
        Some(file) if file == Path::new("-") => {
            say!("{document}");
            Ok(())
        }
        Some(file) => std::fs::write(file, format!("{document}\n"))
            .map_err(|error| Failure::Usage(format!("the report {}: {error}", file.display()))),
    }
}

fn line(account: &AccountProgress) -> String {
    let mut parts = vec![format!("{} seen", account.seen)];
    parts.push(counted(account.pages, "page", "pages"));
    if account.runs > 1 {
        parts.push(format!("in {} runs", account.runs));
    }
    for (count, what) in [
        (account.duplicates, "twice"),
        (account.quarantined, "set aside"),
        (account.partial, "WITHOUT a record"),
        (account.undetermined, "LEFT OUT since the filter's field is not known"),
        (account.missing(), "MISSING"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if let Some(failure) = &account.failure {
        parts.push(format!("FAILED ({failure})"));
    } else if !account.reached_end {
        parts.push("cut off".to_owned());
    }
    format!("{}  {}", account.account, parts.join(", "))
}
