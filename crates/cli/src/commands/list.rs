//! `anyprofile list`

use anyprofile::{AccountReport, ListQuery};
use futures_util::StreamExt as _;

use crate::{
    args::{Global, List, Members},
    diagnostics,
    exit::{Exit, Failure},
    output::profile_writer,
    progress::Progress,
    session::Session,
    summary,
};

pub(crate) async fn run(global: &Global, list: List) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    deliver(global, &session, list, ListQuery::new()).await
}

/// `anyprofile members`
pub(crate) async fn members(global: &Global, members: Members) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &members.organization).await?;
    let query = ListQuery::new().with_member_of(members.organization);
    deliver(global, &session, members.list, query).await
}

async fn deliver(
    global: &Global,
    session: &Session,
    list: List,
    mut query: ListQuery,
) -> Result<Exit, Failure> {
    query.limit = list.limit;
    query.page_size = list.page_size;
    query.enrich = list.enrich;
    query.filter = list.filters.filter();
    let plans = session.directory.providers().iter().map(|provider| provider.filter_plan(&query));
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
    // What was asked for with --enrich and may not be seen is missing, as with one profile.
    let is_withheld = |report: &AccountReport| list.enrich && report.listing.withheld > 0;
    let has_gaps = reports
        .iter()
        .any(|report| is_withheld(report) || (!report.is_complete() && !summary::is_limited(report)));
    Ok(if exit == Exit::Complete && has_gaps { Exit::Partial } else { exit })
}
