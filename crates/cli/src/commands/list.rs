//! `anyprofile list`

use anyprofile::ListQuery;
use futures_util::StreamExt as _;

use crate::{
    args::{Global, List},
    diagnostics,
    exit::{Exit, Failure},
    output::profile_writer,
    progress::Progress,
    session::Session,
    summary,
};

pub(crate) async fn run(global: &Global, list: List) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let mut query = ListQuery::new();
    query.limit = list.limit;
    query.page_size = list.page_size;
    query.filter = list.filters.filter();
    let plans =
        session.directory.providers().iter().map(|provider| query.filter_plan(provider.capabilities()));
    let plans: Vec<_> = plans.collect();
    let mut writer = profile_writer(global.output, list.fields.paths(), &list.csv_null);
    let progress = Progress::start(global);
    let mut listing = session.directory.list(query);
    let mut last_failure = None;
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let profile = tokio::select! {
            biased;
            Ok(()) = &mut interrupted => {
                // What was begun is ended properly, and the summary says that there is more.
                say!("interrupted");
                break;
            }
            profile = listing.next() => profile,
        };
        let Some(profile) = profile else { break };
        match profile {
            Ok(profile) => {
                let provider = session.directory.provider_of(&profile.id);
                let Some(provider) = provider else {
                    return Err(Failure::Usage("two accounts have the same name".to_owned()));
                };
                writer.write(&profile, provider.capabilities())?;
                progress.advance(|| listing.reports());
            }
            Err(error) => {
                progress.suspend(|| diagnostics::error(&error));
                last_failure = Some(Exit::of(&error));
            }
        }
    }
    progress.finish();
    writer.finish()?;
    let reports = listing.reports();
    if !global.quiet {
        summary::print(&reports, &plans);
    }
    let failed = reports.iter().filter(|report| report.failure.is_some()).count();
    let anything = reports.iter().any(|report| report.listing.seen > 0);
    let exit = match session.exit(failed, last_failure) {
        // Something was delivered before the account failed.
        exit if anything && exit != Exit::Complete => Exit::Partial,
        exit => exit,
    };
    let has_gaps = reports.iter().any(|report| !report.is_complete() && !summary::is_limited(report));
    Ok(if exit == Exit::Complete && has_gaps { Exit::Partial } else { exit })
}
