//! Failures, cancellation, concurrency and secrecy.

use std::{collections::BTreeSet, fmt::Write as _, pin::pin, task::Poll};

use anyprofile_core::{
    Error, ErrorKind, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _,
    listing::ListReport,
};
use futures_util::future;

use super::{Checked, checks, disturb, ensure, is_whole, paged, prove, require, some_listed};
use crate::{
    report::Outcome,
    subject::{Disturbance, Subject},
};

checks! { Behaviour:
        "failure.once", "a temporary failure loses no profile",
            "Reads are retried." => once;
        "failure.lasting", "a permanent failure ends the listing with an error, after all profiles before it",
            "A listing must never have a silent gap." => lasting;
        "failure.again", "after an error the same page can be requested again, and no profile is lost",
            "Pages keep their position." => again;
        "failure.web-page", "a web page with a success status is not accepted as a response",
            "A proxy may respond instead of the service." => web_page;
        "failure.bad-record", "one bad record is quarantined and reported, and no other record is lost",
            "One record must not cost a whole page." => bad_record;
        "failure.cycle", "a listing that leads back to an earlier page ends with an error",
            "A repeated cursor would never end." => cycle;
        "failure.lost-record", "a record that is counted but not returned is reported as missing",
            "Declared totals are checked." => lost_record;
        "listing.short-page", "a page that is shorter than the others is not the end of the list",
            "A service may leave out records of a page." => short_page;
        "cancellation", "a listing can be dropped at any moment without harm",
            "Timeouts and `select!` drop futures." => cancellation;
        "concurrency", "concurrent listings return the same profiles",
            "Tasks share one provider." => concurrency;
        "secrecy", "`Debug` and errors show no personal data",
            "Both end up in logs." => secrecy;
        "description", "`Debug` of the provider and its errors show no credential, and its account is named",
            "Both end up in logs." => description;
}

/// The result of a listing.
struct Listed {
    ids: BTreeSet<ProfileId>,
    error: Option<Error>,
    report: ListReport,
}

impl Listed {
    /// Returns whether all profiles were listed, and the report says so.
    fn is_all(&self, subject: &Subject<'_>) -> bool {
        self.error.is_none() && is_whole(&self.report) && self.ids.len() == subject.listed.len()
    }
}

async fn list(provider: &dyn ProfileProvider, query: ListQuery) -> Listed {
    let mut listing = provider.list(query);
    let mut ids = BTreeSet::new();
    let error = loop {
        match listing.try_next().await {
            Ok(Some(profile)) => drop(ids.insert(profile.id)),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    Listed { ids, error, report: listing.report() }
}

/// Lists all profiles during a disturbance.
async fn disturbed(subject: &Subject<'_>, disturbance: Disturbance) -> Checked<Listed> {
    let query = paged(subject, 4)?;
    let provider = subject.another()?;
    disturb(subject, disturbance)?;
    // The disturbance counts requests, so they are sent one after another.
    Ok(list(provider.as_ref(), query.with_concurrency(1)).await)
}

async fn once(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::FailsOnce).await?;
    ensure(listed.error.is_none(), "the listing ends with an error")?;
    let (returned, all) = (listed.ids.len(), subject.listed.len());
    ensure(
        returned == all && is_whole(&listed.report),
        format_args!("{returned} of {all} profiles are returned"),
    )?;
    // A provider that counts requests must count the retry too.
    let report = &listed.report;
    ensure(report.requests == 0 || report.attempts > report.requests, "the report does not count the retry")?;
    Ok(())
}

async fn lasting(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::Fails).await?;
    let Some(error) = listed.error else { return Err(Outcome::failed("no error is reported")) };
    let is_right = matches!(error.kind(), ErrorKind::Upstream | ErrorKind::Transport | ErrorKind::Timeout);
    ensure(is_right, format_args!("wrong error kind: {}", error.kind()))?;
    ensure(!listed.ids.is_empty(), "the profiles before the failure are lost")?;
    ensure(!listed.report.is_complete(), "the report says that the listing is complete")?;
    ensure(error.hint().is_some(), "the error has no hint")?;
    Ok(())
}

async fn again(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 4)?;
    let provider = subject.another()?;
    disturb(subject, Disturbance::Fails)?;
    let mut pages = provider.pages(query);
    let (mut ids, mut failures) = (BTreeSet::new(), 0);
    while let Some(page) = pages.next_page().await {
        if let Ok(page) = page {
            ids.extend(page.items.into_iter().map(|profile| profile.id));
        } else {
            failures += 1;
            ensure(failures < 3, "it still fails after the disturbance has ended")?;
            subject.server.calm();
        }
    }
    ensure(failures > 0, "no page failed")?;
    ensure(
        ids.len() == subject.listed.len(),
        format_args!("{} of {} profiles are returned", ids.len(), subject.listed.len()),
    )?;
    Ok(())
}

async fn web_page(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::WebPage).await?;
    let Some(error) = listed.error else {
        return Err(Outcome::failed("the web page is accepted as a response"));
    };
    ensure(error.kind() == ErrorKind::Decode, format_args!("wrong error kind: {}", error.kind()))?;
    ensure(error.status().is_some(), "the error has no status")?;
    Ok(())
}

async fn bad_record(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::BadRecord).await?;
    ensure(listed.error.is_none(), "the listing ends with an error")?;
    let quarantined = usize::try_from(listed.report.quarantined).unwrap_or(usize::MAX);
    ensure(
        quarantined > 0 && !listed.report.is_complete(),
        "the report does not count a quarantined record",
    )?;
    let (returned, all) = (listed.ids.len(), subject.listed.len());
    ensure(
        returned + quarantined == all,
        format_args!("{returned} profiles are returned and {quarantined} are quarantined, of {all}"),
    )?;
    Ok(())
}

async fn cycle(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::Cycle).await?;
    let Some(error) = listed.error else { return Err(Outcome::failed("the listing ends without an error")) };
    ensure(error.kind() == ErrorKind::Decode, format_args!("wrong error kind: {}", error.kind()))?;
    ensure(!listed.ids.is_empty(), "the profiles before the cycle are lost")?;
    Ok(())
}

async fn lost_record(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().listing.declares_total, "the service does not declare a total")?;
    let listed = disturbed(subject, Disturbance::LostRecord).await?;
    ensure(
        listed.error.is_some() || !listed.report.is_complete(),
        "the report says that the listing is complete",
    )?;
    Ok(())
}

async fn short_page(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::LostRecord).await?;
    let (returned, all) = (listed.ids.len(), subject.listed.len());
    ensure(
        returned + 1 >= all,
        format_args!("one record of a page is left out, and {returned} of {all} profiles are returned"),
    )
}

async fn cancellation(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 4)?;
    for polls in 0..20 {
        let mut pages = subject.provider.pages(query.clone());
        for _ in 0..polls % 3 {
            if let Some(page) = pages.next_page().await {
                page?;
            }
        }
        // Polled this many times, and dropped wherever it is then.
        let mut asked = pin!(pages.next_page());
        for _ in 0..polls {
            let is_done =
                future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context).is_ready())).await;
            if is_done {
                break;
            }
        }
    }
    let listed = list(subject.provider.as_ref(), query).await;
    ensure(
        listed.is_all(subject),
        format_args!("the next listing is not complete: {} profiles are returned", listed.ids.len()),
    )?;
    Ok(())
}

async fn concurrency(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 4)?;
    let listings = (0..8).map(|_| list(subject.provider.as_ref(), query.clone()));
    for listed in future::join_all(listings).await {
        ensure(
            listed.is_all(subject),
            format_args!("a listing is not complete: {} profiles are returned", listed.ids.len()),
        )?;
    }
    Ok(())
}

/// Returns the personal data of a profile.
fn personal(profile: &Profile) -> Vec<String> {
    let addresses = profile.emails.items().iter().filter_map(|email| email.address.value().cloned());
    let names = [&profile.name.display, &profile.name.given, &profile.name.family, &profile.username];
    let names = names.into_iter().filter_map(|name| name.value().cloned());
    // A shorter text could appear anywhere by chance.
    addresses.chain(names).filter(|text| text.chars().count() > 3).collect()
}

/// Returns an error in all its text forms.
fn all_texts(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.field_errors());
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        let _ = write!(text, " {it} {it:?}");
        cause = it.source();
    }
    text
}

async fn secrecy(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let has_personal = subject.listed.iter().any(|profile| !personal(profile).is_empty());
    prove(has_personal, "the test server must have profiles with a name or an e-mail address")?;
    for profile in &subject.listed {
        // The id may contain the name.
        let id = profile.id.to_string();
        let shown = format!("{profile:?} {:?} {:?} {:?}", profile.emails, profile.name, profile.extension);
        for text in personal(profile) {
            ensure(
                id.contains(&text) || !shown.contains(&text),
                format_args!("`Debug` of {id} shows personal data"),
            )?;
        }
    }
    let mut has_error = false;
    for disturbance in [Disturbance::WebPage, Disturbance::BadRecord, Disturbance::Fails] {
        let listed = match disturbed(subject, disturbance).await {
            Ok(listed) => listed,
            Err(Outcome::NotApplicable(_) | Outcome::NotProven(_)) => continue,
            Err(outcome) => return Err(outcome),
        };
        if let Some(error) = listed.error {
            has_error = true;
            let shown = format!("{} {:?}", all_texts(&error), listed.report);
            for text in subject.listed.iter().flat_map(personal) {
                ensure(!shown.contains(&text), "an error repeats personal data of a response")?;
            }
        }
        subject.server.calm();
    }
    prove(has_error, "the test server must simulate a page that fails, a web page or a bad record")
}

async fn description(subject: &Subject<'_>) -> Checked {
    let info = subject.info();
    ensure(
        !info.display_name.is_empty() && !info.base_url.is_empty(),
        "the service has no name or base URL",
    )?;
    ensure(!info.base_url.contains('@'), "the base URL contains a credential")?;
    let mut shown = format!("{:?} {info:?}", subject.provider);
    if let Some(Err(error)) = match subject.unused_id(&anyprofile_core::IdKind::USER) {
        Some(id) => Some(subject.provider.get(&id).await),
        None => None,
    } {
        shown.push_str(&all_texts(&error));
    }
    for secret in subject.secrets() {
        ensure(!shown.contains(&secret), "a credential is shown")?;
    }
    let another = subject.another()?;
    ensure(another.info() == info, "another provider of the account has another description")?;
    // Both have asked the service, where it says itself what it supports.
    ensure(
        another.prepare().await? == subject.provider.prepare().await?,
        "another provider has other capabilities",
    )?;
    Ok(())
}
