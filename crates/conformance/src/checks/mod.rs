//! The checks.
#![allow(clippy::unused_async, reason = "all checks have the same signature")]

mod behaviour;
mod comparison;
mod elsewhere;
mod executions;
mod fields;
mod fixtures;
mod identity;
mod listing;
mod plans;
mod reading;
mod writing;

use std::{fmt, future::Future, pin::Pin};

use anyprofile_core::{ListQuery, Write, listing::ListReport};
use serde::Serialize;

use crate::{
    report::Outcome,
    subject::{Disturbance, Subject},
};

/// The subject of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Group {
    /// Listings, page by page.
    Listing,
    /// Reading one profile or the credential's own, and finding profiles.
    Reading,
    /// The field table.
    Fields,
    /// Creating, updating, deactivating, deleting and enrolling, and their plans.
    Writing,
    /// Failures, cancellation, concurrency and secrecy.
    Behaviour,
}

/// A check of a provider.
#[non_exhaustive]
pub struct Check {
    /// The id, such as `listing.complete`.
    pub id: &'static str,
    /// The subject.
    pub group: Group,
    /// What the check proves, as a clause after "that".
    pub proves: &'static str,
    /// Why the check matters.
    pub basis: &'static str,
    pub(crate) run: Run,
}

/// The result of a check. An error means failed or not applicable, so that `?` ends the check. An unexpected error of
/// the provider is a failure.
pub(crate) type Checked<T = ()> = Result<T, Outcome>;

/// A running check.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Checked> + Send + 'a>>;
pub(crate) type Run = for<'a> fn(&'a Subject<'a>) -> Running<'a>;

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Check({})", self.id)
    }
}

/// Fails a check if a condition is false.
pub(crate) fn ensure(holds: bool, reason: impl fmt::Display) -> Checked {
    if holds { Ok(()) } else { Err(Outcome::failed(reason.to_string())) }
}

/// Ends a check as not applicable if a condition is false.
pub(crate) fn require(holds: bool, reason: &str) -> Checked {
    if holds { Ok(()) } else { Err(Outcome::not_applicable(reason)) }
}

/// Ends a check as not proven if a condition is false; `needs` is what the test server must have or allow.
pub(crate) fn prove(holds: bool, needs: &str) -> Checked {
    if holds { Ok(()) } else { Err(Outcome::not_proven(needs)) }
}

/// Ends a check unless profiles are listed.
pub(crate) fn some_listed(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().operations.list.is_supported(), "listing is not supported")?;
    prove(!subject.listed.is_empty(), "the test server must have profiles")
}

/// Ends a check unless the provider has a write that can be tried.
pub(crate) fn some_writes(subject: &Subject<'_>, writes: &[Write]) -> Checked {
    let operations = &subject.capabilities().operations;
    let all = [
        &operations.create,
        &operations.update,
        &operations.deactivate,
        &operations.delete,
        &operations.enroll,
    ];
    require(all.iter().any(|support| support.is_supported()), "no write is supported")?;
    prove(!writes.is_empty(), "the test server must have profiles that can be written")
}

/// Ends a check unless there are profiles that can be updated.
pub(crate) fn some_updatable<T>(subject: &Subject<'_>, people: &[T]) -> Checked {
    let is_supported = subject.capabilities().operations.update.is_supported();
    require(is_supported, "updating is not supported")?;
    prove(!people.is_empty(), "the test server must have a profile that can be updated")
}

/// Starts a disturbance.
pub(crate) fn disturb(subject: &Subject<'_>, disturbance: Disturbance) -> Checked {
    if subject.server.disturb(disturbance) {
        return Ok(());
    }
    require(!subject.server.cannot_happen(disturbance), "it cannot happen at this service")?;
    Err(Outcome::not_proven(format!("the test server must simulate it: {}", disturbance.in_words())))
}

/// Returns a query whose listing has several pages: with a small page size, or the pages of the service if the size cannot be set.
pub(crate) fn paged(subject: &Subject<'_>, pages: usize) -> Checked<ListQuery> {
    some_listed(subject)?;
    let listing = &subject.capabilities().listing;
    if !listing.page_size {
        let needs =
            "the page size cannot be set: the test server must have more profiles than a page of the service";
        prove(subject.pages > 1, needs)?;
        return Ok(ListQuery::new());
    }
    prove(subject.listed.len() >= pages, &format!("the test server must have at least {pages} profiles"))?;
    let size = u32::try_from(subject.listed.len() / pages).unwrap_or(u32::MAX).max(1);
    Ok(ListQuery::new().with_page_size(listing.max_page_size.map_or(size, |max| size.min(max))))
}

/// Defines the checks of a group, in order.
macro_rules! checks {
    ($group:ident: $($id:literal, $proves:literal, $basis:literal => $run:ident;)+) => {
        pub(super) const CHECKS: &[$crate::checks::Check] = &[$($crate::checks::Check {
            id: $id,
            group: $crate::checks::Group::$group,
            proves: $proves,
            basis: $basis,
            run: |subject| Box::pin($run(subject)),
        }),+];
    };
}

/// Returns whether every profile was listed. Data that the credential may not see is reported, and is not a failure
/// of the provider.
pub(crate) fn is_whole(report: &ListReport) -> bool {
    report.reached_end && report.missing() == Some(0) && report.quarantined == 0 && report.undetermined == 0
}

pub(crate) use checks;

const GROUPS: [&[Check]; 8] = [
    listing::CHECKS,
    reading::CHECKS,
    fields::CHECKS,
    behaviour::CHECKS,
    identity::CHECKS,
    writing::CHECKS,
    plans::CHECKS,
    executions::CHECKS,
];

/// All checks, in the order in which they run. The checks that write run last.
pub static CHECKS: std::sync::LazyLock<Vec<&'static Check>> =
    std::sync::LazyLock::new(|| GROUPS.into_iter().flatten().collect());
