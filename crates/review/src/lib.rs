//! Access reviews: who has access where, who should not, what is not known, and what reviewers decided.
//!
//! A [`Review`] reads a [snapshot](anyprofile_snapshot::Snapshot), links its profiles to [persons](anyprofile_core::person), compares them
//! with a [`Policy`] and a [`Roster`], and finds what breaks a rule. What the services do not say is a [finding](Finding) of its own:
//! never taken for kept, and never for broken.
//!
//! It is shown as a [page](Review::page) that opens in a browser without a network, where reviewers decide, and as [SARIF](Review::sarif)
//! or [`JUnit`](Review::junit) for a CI. [`Decisions`] are what the page saved.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of a policy |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod against_roster;
mod changes;
mod counts;
mod date;
mod decisions;
mod digest;
mod document;
mod error;
mod finding;
mod findings;
mod judge;
mod page;
mod policy;
mod report;
mod review;
mod roster;
mod seal;
mod unchecked;
mod word;

pub use self::{
    changes::{ChangedProfile, Changes},
    counts::{AccountCounts, LastLoginCounts, MfaCounts},
    date::{Date, DateError},
    decisions::{Decision, DecisionKind, Decisions},
    error::{Result, ReviewError},
    finding::{Finding, FindingState, Severity},
    policy::{Check, Exception, Policy, Rule, RuleCondition},
    review::{Review, ReviewOptions},
    roster::{Roster, RosterEntry, RosterStatus},
    seal::sealed,
    word::WordError,
};

/// The JSON Schema of a [`Policy`], as a JSON value.
#[cfg(feature = "schema")]
pub fn policy_schema() -> serde_json::Value {
    anyprofile_core::__private::schema_of::<Policy>("anyprofile review policy")
}
