//! `anyprofile list`

use anyprofile::{AccountReport, Capabilities, ListQuery, profile::NoteKind};

use super::export::write_report;
use crate::{
    args::{Format, Global, List, Members},
    diagnostics,
    exit::{Exit, Failure},
    output::{Columns, CsvOptions, account_order, form_writer, profile_writer_with},
    progress::Progress,
    session::Session,
    summary::{self, ListingNotes},
};

pub(crate) async fn run(global: &Global, list: List) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    deliver(global, &session, list, Columns::Review, ListQuery::new()).await
}

/// `anyprofile members`
pub(crate) async fn members(global: &Global, members: Members) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &members.organization).await?;
    let query = ListQuery::new().with_member_of(members.organization);
    deliver(global, &session, members.list, Columns::Members, query).await
}

async fn deliver(
    global: &Global,
    session: &Session,
    list: List,
    columns: Columns,
    mut query: ListQuery,
) -> Result<Exit, Failure> {
    query.limit = list.limit;
    query.page_size = list.paging.page_size;
    query.concurrency = list.paging.concurrency;
    query.max_empty_pages = list.paging.max_empty_pages;
    query.unordered = list.paging.unordered;
    query.enrich = list.enrich;
    query.filter = list.filters.filter();
    let may_enrich =
        !query.enrich && session.directory.providers().iter().any(|it| may_enrich_list(it.capabilities()));
    if list.csv_bom && global.output != Format::Csv {
        return Err(Failure::Usage("--csv-bom requires -o csv".to_owned()));
    }
    let options = CsvOptions { null: list.csv_null, byte_order_mark: list.csv_bom };
    let fields = list.fields.paths();
    let accounts = account_order(session.directory.providers());
    let mut writer = match global.chosen.form() {
        Some(form) => form_writer(form, list.form.options(), global.quiet)?,
        None => profile_writer_with(global.output, fields, columns, accounts, options),
    };
    let hiding = list.hiding.hiding()?;
    let progress = Progress::start(global);
    let mut listing = session.directory.list(query.clone());
    let mut last_failure = None;
    let mut unreadable_times = 0;
    let mut is_flushed = true;
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let profile = tokio::select! {
            biased;
            Ok(()) = &mut interrupted => {
                // The output is finished properly, and the summary says that it is incomplete.
                say!("interrupted");
                break;
            }
            profile = listing.next() => profile,
            // The next page takes time, so the reader gets the current profiles now.
            () = std::future::ready(()), if !is_flushed => {
                writer.flush()?;
                is_flushed = true;
                continue;
            }
        };
        let Some(profile) = profile else { break };
        match profile {
            Ok(profile) => {
                let provider = session.directory.provider_of(&profile.id);
                let Some(provider) = provider else {
                    return Err(Failure::Usage("two accounts have the same name".to_owned()));
                };
                let profile = hiding.profile(profile)?;
                writer.write(&profile, provider.capabilities())?;
                is_flushed = false;
                unreadable_times += u64::from(profile.notes.iter().any(|note| note.kind == NoteKind::NoTime));
                progress.advance(|| listing.reports());
            }
            Err(error) => {
                diagnostics::error(&error);
                last_failure = Some(Exit::of(&error));
            }
        }
    }
    progress.finish();
    let reports = listing.reports();
    // If all accounts failed without a profile, no table is printed.
    let is_anything = |report: &AccountReport| report.failure.is_none() || report.listing.seen > 0;
    if global.chosen.format() != Some(Format::Table) || reports.iter().any(is_anything) {
        writer.finish()?;
    }
    write_report(list.report.as_deref(), &summary::document(&reports, session.unusable.len()))?;
    if !global.quiet {
        if unreadable_times > 0 {
            let profiles = summary::counted(unreadable_times, "profile has", "profiles have");
            say!(
                "{profiles} a time that cannot be parsed: it is shown as ?, and ndjson has it in the unknown fields"
            );
        }
        // Some services say what they support when they are asked.
        let providers = session.directory.providers().iter();
        let notes: Vec<_> = providers.map(|it| ListingNotes::of(&query, it.capabilities())).collect();
        let asked_since = query.filter.updated_since;
        summary::print(&reports, &notes, session.unusable.len(), may_enrich, asked_since, global.verbose > 0);
    }
    if writer.left_out() > 0 {
        say!(
            "warning: {} not in the output",
            summary::counted(writer.left_out(), "profile is", "profiles are")
        );
    }
    let failed = reports.iter().filter(|report| report.failure.is_some()).count();
    let anything = reports.iter().any(|report| report.listing.seen > 0);
    let exit = match session.exit(failed, last_failure) {
        // Some profiles were delivered before the account failed.
        exit if anything && exit != Exit::Complete => Exit::Partial,
        exit => exit,
    };
    let has_gaps = writer.left_out() > 0
        || reports.iter().any(|report| !report.is_complete() && !summary::is_limited(report));
    Ok(if exit == Exit::Complete && has_gaps { Exit::Partial } else { exit })
}

/// Returns whether a listing can be enriched with records that it does not read anyway.
fn may_enrich_list(capabilities: &Capabilities) -> bool {
    let collections = &capabilities.listing.collections;
    let has_further = collections.is_empty() || collections.iter().any(|it| !it.enrich_views.is_empty());
    capabilities.operations.enrich.is_supported() && has_further
}
