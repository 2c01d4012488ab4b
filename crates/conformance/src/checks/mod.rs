//! The checks.
#![allow(clippy::unused_async, reason = "all checks have one form")]

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

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Group {
    /// Listing, page by page.
    Listing,
    /// One profile, the credential's own, and finding.
    Reading,
    /// The field table.
    Fields,
    /// Creating, changing, deactivating, deleting, enrolling, and the plans of these.
    Writing,
    /// Failures, cancellation, concurrency, secrecy.
    Behaviour,
}

/// A check.
#[non_exhaustive]
pub struct Check {
    /// Its id, such as `listing.complete`.
    pub id: &'static str,
    /// What it is about.
    pub group: Group,
    /// What it proves, as the rest of "that …".
    pub proves: &'static str,
    /// The fact that it rests on.
    pub basis: &'static str,
    pub(crate) run: Run,
}

/// How a check ends: with an error unless it passed, so that `?` ends it where it fails or cannot be made. A provider's error
/// where none was expected is a failure.
pub(crate) type Checked<T = ()> = Result<T, Outcome>;

/// A check at work.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Checked> + Send + 'a>>;
pub(crate) type Run = for<'a> fn(&'a Subject<'a>) -> Running<'a>;

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Check({})", self.id)
    }
}

/// Fails a check unless a condition holds.
pub(crate) fn ensure(holds: bool, reason: impl fmt::Display) -> Checked {
    if holds { Ok(()) } else { Err(Outcome::failed(reason.to_string())) }
}

/// Ends a check as one that cannot be made, unless a condition holds.
pub(crate) fn require(holds: bool, reason: &str) -> Checked {
    if holds { Ok(()) } else { Err(Outcome::not_applicable(reason)) }
}

/// Defines the checks of a group, in their order.
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

/// Whether every profile came. What the credential may not see of one is told, and no fault of the provider's.
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

/// All checks, in the order in which they are made. Those that write come last.
pub static CHECKS: std::sync::LazyLock<Vec<&'static Check>> =
    std::sync::LazyLock::new(|| GROUPS.into_iter().flatten().collect());
