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

use anyprofile_core::listing::ListReport;
use serde::Serialize;

use crate::{report::Outcome, subject::Subject};

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
