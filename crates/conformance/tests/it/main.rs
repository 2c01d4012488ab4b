//! A correct provider passes all checks, and each flaw is found by its check.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod in_memory;
mod memory;

use std::sync::Arc;

use anyprofile_conformance::{CHECKS, Outcome, Report, Server, run};
use memory::{Connector, Flaw, Store};

async fn report_of(flaw: Flaw) -> Report {
    let connector = Connector::new(flaw);
    run(&connector, connector.store.as_ref()).await
}

#[tokio::test]
async fn a_provider_that_was_written_against_the_core_alone_passes() {
    let report = report_of(Flaw::None).await;
    assert!(report.is_passed(), "{report}");
    assert!(report.passed() > 25, "{report}");
    let document = serde_json::to_value(&report).unwrap();
    assert_eq!(document["results"][0]["id"], "listing.complete");
    assert_eq!(document["results"][0]["outcome"], "passed");
}

#[tokio::test]
async fn each_flaw_is_found() {
    for (flaw, check) in [
        (Flaw::LosesRecords, "listing.complete"),
        (Flaw::Overlaps, "listing.complete"),
        (Flaw::DeadField, "fields.filled"),
        (Flaw::UndeclaredField, "fields.declared"),
        (Flaw::IgnoresTitle, "update.apply"),
        (Flaw::PlanWrites, "update.plan"),
        (Flaw::AsksFirst, "listing.refusals"),
        (Flaw::KeepsActive, "deactivate"),
        (Flaw::TakesAnyCursor, "listing.cursor-of-another-query"),
        (Flaw::TakesAnyRecord, "identity.get"),
        (Flaw::TakesAnyRecord, "identity.find"),
        (Flaw::TakesAnyRecord, "identity.plan"),
        (Flaw::TakesAnyRecord, "identity.update"),
        (Flaw::TakesAny404, "place.get"),
        (Flaw::TakesAny404, "place.find"),
        (Flaw::EndsAtEmptyPage, "listing.empty-pages"),
        (Flaw::SendsFilterAllTheSame, "listing.filter-inverted"),
        (Flaw::BelievesFilter, "listing.filter-ignored"),
        (Flaw::BelievesOrder, "listing.order-ignored"),
        (Flaw::SendsAnotherBody, "plan.shown"),
        (Flaw::HidesHeader, "plan.shown"),
        (Flaw::HidesStep, "plan.shown"),
        (Flaw::SendsBackwards, "plan.shown"),
        (Flaw::PlanWrites, "plan.repeatable"),
        (Flaw::WritesWhileReading, "get.listed"),
        (Flaw::PlansAnew, "plan.repeatable"),
        (Flaw::ReadsGiven, "plan.given"),
        (Flaw::ShowsSettled, "plan.settled"),
        (Flaw::WritesSettled, "plan.settled"),
        (Flaw::ExecutesTwice, "plan.spent"),
        (Flaw::TakesAnyPlan, "plan.elsewhere"),
        (Flaw::SpendsRefused, "plan.refused"),
        (Flaw::ForgetsSteps, "plan.refused"),
        (Flaw::RepeatsLost, "plan.lost"),
        (Flaw::DeniesLost, "plan.lost"),
        (Flaw::ForgetsMade, "plan.partly"),
        (Flaw::GoesOn, "plan.partly"),
    ] {
        let report = report_of(flaw).await;
        let found: Vec<_> = report.failures().map(|(check, _)| check.id).collect();
        assert!(found.contains(&check), "{flaw:?}: {found:?}");
        assert!(!report.is_passed());
    }
}

#[tokio::test]
async fn a_check_that_cannot_be_made_says_why() {
    let report = report_of(Flaw::None).await;
    let skipped: Vec<_> =
        report.results.iter().filter(|it| matches!(it.outcome, Outcome::NotApplicable(_))).collect();
    assert!(skipped.iter().any(|it| it.check.id == "failure.cycle"), "this server has no such cursors");
    assert_eq!(report.results.len(), CHECKS.len());
    // Checks that the server cannot simulate are not run, and counted.
    assert!(report.not_provoked() > 4 && report.not_provoked() < skipped.len(), "{report}");
    assert!(report.to_string().contains("cannot simulate"), "{report}");
}

/// A server that only counts requests.
#[derive(Debug)]
struct Counting(Arc<Store>);

impl Server for Counting {
    fn requests(&self) -> u64 {
        self.0.requests()
    }

    fn writes(&self) -> u64 {
        self.0.writes()
    }
}

#[tokio::test]
async fn what_a_server_does_not_tell_is_not_checked_and_counted_as_open() {
    let connector = Connector::new(Flaw::HidesHeader);
    let report = run(&connector, &Counting(Arc::clone(&connector.store))).await;
    assert!(report.is_passed(), "{report}");
    let open: Vec<_> = report
        .results
        .iter()
        .filter(|it| matches!(it.outcome, Outcome::NotApplicable(_)) && it.check.id.starts_with("plan."))
        .map(|it| it.check.id)
        .collect();
    assert_eq!(open, ["plan.shown", "plan.refused", "plan.lost", "plan.partly"]);
    assert!(report.not_provoked() > open.len(), "{report}");
    assert!(report.to_string().contains("or report"), "{report}");
}
