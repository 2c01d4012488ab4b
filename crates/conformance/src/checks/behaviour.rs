//! Failures, cancellation, concurrency, secrecy.

use std::{collections::BTreeSet, fmt::Write as _, pin::pin, task::Poll};

use anyprofile_core::{
    Error, ErrorKind, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _,
    listing::ListReport,
};
use futures_util::{TryStreamExt as _, future};

use super::{Checked, checks, ensure, is_whole, require};
use crate::{
    report::{NOT_PROVOKED, Outcome},
    subject::{Disturbance, Subject},
};

checks! { Behaviour:
    "failure.once", "a failure that passes loses nothing",
        "Reads are repeated." => once;
    "failure.lasting", "a failure that lasts ends with an error, behind all that came before",
        "Never a silent gap." => lasting;
    "failure.again", "after an error the same page can be asked for again, and nothing is lost",
        "Pages keep their place." => again;
    "failure.web-page", "a web page with a success status is no response",
        "Something in front of the service may answer in its place." => web_page;
    "failure.bad-record", "one bad record is set aside and told, and costs no other",
        "A record is not worth a page." => bad_record;
    "failure.cycle", "a listing that leads back to itself ends with an error",
        "A cursor that was seen before never ends." => cycle;
    "failure.lost-record", "a record that is counted and does not come is missed",
        "Declared totals are checked." => lost_record;
    "cancellation", "a listing that is dropped at any moment harms nothing",
        "Futures are dropped by timeouts and by selects." => cancellation;
    "concurrency", "listings side by side deliver the same",
        "A provider is shared by clones." => concurrency;
    "secrecy", "`Debug` and errors show nothing of a person",
        "Both end up in logs." => secrecy;
    "description", "`Debug` of the provider and its errors show no credential, and its account is named",
        "Both end up in logs." => description;
}

/// A size of pages so small that there are several.
fn query(subject: &Subject<'_>) -> Option<ListQuery> {
    let listing = &subject.capabilities().listing;
    let size = u32::try_from(subject.listed.len() / 4).ok()?.max(1);
    (listing.page_size && subject.listed.len() > 3)
        .then(|| ListQuery::new().with_page_size(listing.max_page_size.map_or(size, |max| size.min(max))))
}

const NO_PAGES: &str = "the page size cannot be chosen, or there are too few profiles";

/// What a listing came to.
struct Listed {
    ids: BTreeSet<ProfileId>,
    error: Option<Error>,
    report: ListReport,
}

impl Listed {
    /// Whether everybody came, and the report says so.
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

/// What a listing comes to while something goes wrong.
async fn disturbed(subject: &Subject<'_>, disturbance: Disturbance) -> Checked<Listed> {
    let Some(query) = query(subject) else { return Err(Outcome::not_applicable(NO_PAGES)) };
    let provider = subject.another()?;
    require(subject.server.disturb(disturbance), NOT_PROVOKED)?;
    // What goes wrong is counted by requests: one after the other.
    Ok(list(provider.as_ref(), query.with_concurrency(1)).await)
}

async fn once(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::FailsOnce).await?;
    ensure(listed.error.is_none(), "it ends with an error")?;
    let (came, all) = (listed.ids.len(), subject.listed.len());
    ensure(came == all && is_whole(&listed.report), format_args!("{came} of {all} come"))?;
    // Who counts requests counts the repeated one too.
    let report = &listed.report;
    ensure(
        report.requests == 0 || report.attempts > report.requests,
        "the report does not say that it was repeated",
    )?;
    Ok(())
}

async fn lasting(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::Fails).await?;
    let Some(error) = listed.error else { return Err(Outcome::failed("no error is told")) };
    let is_right = matches!(error.kind(), ErrorKind::Upstream | ErrorKind::Transport | ErrorKind::Timeout);
    ensure(is_right, format_args!("the kind of the error is {}", error.kind()))?;
    ensure(!listed.ids.is_empty(), "what came before is lost")?;
    ensure(!listed.report.is_complete(), "the report calls it complete")?;
    ensure(error.hint().is_some(), "nothing says what to do")?;
    Ok(())
}

async fn again(subject: &Subject<'_>) -> Checked {
    let Some(query) = query(subject) else { return Err(Outcome::not_applicable(NO_PAGES)) };
    let provider = subject.another()?;
    require(subject.server.disturb(Disturbance::Fails), NOT_PROVOKED)?;
    let mut pages = provider.pages(query);
    let (mut ids, mut failures) = (BTreeSet::new(), 0);
    while let Some(page) = pages.next_page().await {
        if let Ok(page) = page {
            ids.extend(page.items.into_iter().map(|profile| profile.id));
        } else {
            failures += 1;
            ensure(failures < 3, "it fails when nothing is wrong any more")?;
            subject.server.calm();
        }
    }
    ensure(failures > 0, "nothing failed")?;
    ensure(
        ids.len() == subject.listed.len(),
        format_args!("{} of {} come", ids.len(), subject.listed.len()),
    )?;
    Ok(())
}

async fn web_page(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::WebPage).await?;
    let Some(error) = listed.error else { return Err(Outcome::failed("it is taken for a response")) };
    ensure(error.kind() == ErrorKind::Decode, format_args!("the kind of the error is {}", error.kind()))?;
    ensure(error.status().is_some(), "the status is lost")?;
    Ok(())
}

async fn bad_record(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::BadRecord).await?;
    ensure(listed.error.is_none(), "it costs the listing")?;
    let set_aside = usize::try_from(listed.report.quarantined).unwrap_or(usize::MAX);
    ensure(set_aside > 0 && !listed.report.is_complete(), "nothing says that a record was set aside")?;
    let (came, all) = (listed.ids.len(), subject.listed.len());
    ensure(came + set_aside == all, format_args!("{came} come and {set_aside} are set aside, of {all}"))?;
    Ok(())
}

async fn cycle(subject: &Subject<'_>) -> Checked {
    let listed = disturbed(subject, Disturbance::Cycle).await?;
    let Some(error) = listed.error else { return Err(Outcome::failed("it is taken for the end")) };
    ensure(error.kind() == ErrorKind::Decode, format_args!("the kind of the error is {}", error.kind()))?;
    ensure(!listed.ids.is_empty(), "what came before is lost")?;
    Ok(())
}

async fn lost_record(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().listing.declares_total, "the service does not say how many there are")?;
    let listed = disturbed(subject, Disturbance::LostRecord).await?;
    ensure(listed.error.is_some() || !listed.report.is_complete(), "the report calls it complete")?;
    Ok(())
}

async fn cancellation(subject: &Subject<'_>) -> Checked {
    let query = query(subject).unwrap_or_default();
    require(subject.capabilities().operations.list.is_supported(), "nothing is listed")?;
    for polls in 0..20 {
        let mut pages = subject.provider.pages(query.clone());
        for _ in 0..polls % 3 {
            if let Some(page) = pages.next_page().await {
                page?;
            }
        }
        // Polled so many times, and dropped wherever it then is.
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
        format_args!("a listing after that is not complete: {} came", listed.ids.len()),
    )?;
    Ok(())
}

async fn concurrency(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().operations.list.is_supported(), "nothing is listed")?;
    let query = query(subject).unwrap_or_default();
    let listings = (0..8).map(|_| list(subject.provider.as_ref(), query.clone()));
    for listed in future::join_all(listings).await {
        ensure(listed.is_all(subject), format_args!("one is not complete: {} came", listed.ids.len()))?;
    }
    Ok(())
}

/// What a profile says of a person.
fn personal(profile: &Profile) -> Vec<String> {
    let addresses = profile.emails.items().iter().filter_map(|email| email.address.value().cloned());
    let names = [&profile.name.display, &profile.name.given, &profile.name.family, &profile.username];
    let names = names.into_iter().filter_map(|name| name.value().cloned());
    // What is as short as this may be anywhere.
    addresses.chain(names).filter(|text| text.chars().count() > 3).collect()
}

/// An error in all its forms.
fn told(error: &Error) -> String {
    let mut told = format!("{error} {error:?} {error:#?} {:?}", error.field_errors());
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        let _ = write!(told, " {it} {it:?}");
        cause = it.source();
    }
    told
}

async fn secrecy(subject: &Subject<'_>) -> Checked {
    require(!subject.listed.is_empty(), "nobody is listed")?;
    for profile in &subject.listed {
        // The id may be made of the name.
        let id = profile.id.to_string();
        let shown = format!("{profile:?} {:?} {:?} {:?}", profile.emails, profile.name, profile.extension);
        for text in personal(profile) {
            ensure(
                id.contains(&text) || !shown.contains(&text),
                format_args!("`Debug` of {id} shows what it holds"),
            )?;
        }
    }
    for disturbance in [Disturbance::WebPage, Disturbance::BadRecord, Disturbance::Fails] {
        let listed = match disturbed(subject, disturbance).await {
            Ok(listed) => listed,
            Err(Outcome::NotApplicable(_)) => continue,
            Err(outcome) => return Err(outcome),
        };
        if let Some(error) = listed.error {
            let shown = format!("{} {:?}", told(&error), listed.report);
            for text in subject.listed.iter().flat_map(personal) {
                ensure(!shown.contains(&text), "an error repeats what was answered")?;
            }
        }
        subject.server.calm();
    }
    Ok(())
}

async fn description(subject: &Subject<'_>) -> Checked {
    let info = subject.info();
    ensure(!info.display_name.is_empty() && !info.base_url.is_empty(), "the service is not named")?;
    ensure(!info.base_url.contains('@'), "the base URL holds a credential")?;
    let mut shown = format!("{:?} {info:?}", subject.provider);
    if let Some(Err(error)) = match subject.nobody(&anyprofile_core::IdKind::USER) {
        Some(id) => Some(subject.provider.get(&id).await),
        None => None,
    } {
        shown.push_str(&told(&error));
    }
    for secret in subject.secrets() {
        ensure(!shown.contains(&secret), "a credential is shown")?;
    }
    let another = subject.another()?;
    ensure(another.info() == info, "another provider of the account says something else of itself")?;
    ensure(another.capabilities() == subject.capabilities(), "another provider can do something else")?;
    Ok(())
}
