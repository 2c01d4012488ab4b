//! A correct provider passes all checks, and each flaw is found by its check.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod documented;
mod in_memory;
mod memory;

use std::sync::Arc;

use anyprofile_conformance::{CHECKS, Outcome, Report, Server, run, run_some};
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

/// The size of a page cannot be chosen, so that the listing has the service's own pages.
#[tokio::test]
async fn flaws_are_found_on_the_pages_of_the_service_too() {
    let with_own_pages = |flaw| Connector::new(flaw).with_own_pages();
    let sound = with_own_pages(Flaw::None);
    let report = run(&sound, sound.store.as_ref()).await;
    assert!(report.is_passed(), "{report}");
    let open: Vec<_> = report.not_proven().map(|(check, _)| check.id).collect();
    let of_listing: Vec<_> = open.iter().filter(|id| id.starts_with("listing.")).collect();
    assert_eq!(of_listing, [&"listing.short-page"], "the store leaves out no record");
    for (flaw, check) in [
        (Flaw::TakesAnyCursor, "listing.cursor-of-another-query"),
        (Flaw::EndsAtFailure, "failure.lasting"),
        (Flaw::LosesPage, "failure.bad-record"),
        (Flaw::SkipsWhenResumed, "listing.resume"),
        (Flaw::RepeatsLost, "plan.lost"),
    ] {
        let connector = with_own_pages(flaw);
        let report = run_some(&connector, connector.store.as_ref(), |it| it.id == check).await;
        assert_eq!(report.failures().map(|(check, _)| check.id).collect::<Vec<_>>(), [check], "{flaw:?}");
    }
}

#[tokio::test]
async fn a_server_with_one_page_proves_nothing_of_pages() {
    let connector = Connector::with(Flaw::None, 8).with_own_pages();
    let report = run(&connector, connector.store.as_ref()).await;
    let (_, needs) = report.not_proven().find(|(check, _)| check.id == "listing.resume").unwrap();
    assert!(needs.contains("more profiles than a page"), "{needs}");
}

#[tokio::test]
async fn a_check_that_cannot_be_made_says_why() {
    let report = report_of(Flaw::None).await;
    assert_eq!(report.results.len(), CHECKS.len());
    let open: Vec<_> = report.not_proven().map(|(check, _)| check.id).collect();
    assert!(open.contains(&"failure.cycle") && !open.contains(&"enroll"), "{open:?}");
    // It is not passed for proven.
    assert!(report.is_passed() && !report.is_proven(), "{report}");
    let shown = report.to_string();
    let needs = "failure.cycle not proven: the test server must simulate it: a further page leads back to an earlier one";
    assert!(shown.contains(needs), "{shown}");
    let enroll = report.results.iter().find(|it| it.check.id == "enroll").unwrap();
    assert_eq!(enroll.outcome, Outcome::NotApplicable("enrolling is not supported".to_owned()));
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
        .filter(|it| matches!(it.outcome, Outcome::NotProven(_)) && it.check.id.starts_with("plan."))
        .map(|it| it.check.id)
        .collect();
    assert_eq!(open, ["plan.shown", "plan.refused", "plan.lost", "plan.partly"]);
    assert!(report.to_string().contains("must report the received requests"), "{report}");
}
