//! A connector with a flaw does not pass, at a service whose page size cannot be chosen.

mod connector;
mod server;

use std::sync::Arc;

use anyprofile::{ProfileProvider, Result};
use anyprofile_conformance::{Connect, run, run_some};

use self::connector::{API_KEY, connect};

/// The flaw of a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    /// A failure behind the first page ends the list quietly.
    SwallowsFailures,
    /// A page of the web ends the list quietly.
    SwallowsWebPages,
    /// A bad record costs its page.
    LosesPages,
    /// A bad record is left out quietly.
    DropsBadRecords,
    /// A listing that was resumed skips a page.
    SkipsWhenResumed,
    /// A page that is shorter than others ends the list.
    EndsAtShortPage,
    /// Each page has its last record left out, where it is not the last page.
    DropsLastRecord,
    /// A write is sent again if its outcome is unknown.
    RepeatsLostWrites,
    /// A field has a value and is not declared.
    UndeclaredField,
    /// A declared field is never filled.
    DeadField,
    /// A deactivation is sent and deactivates nobody.
    KeepsActive,
    /// A change has no effect.
    ChangesNothing,
    /// A plan changes something.
    PlanWrites,
    /// A plan differs each time.
    PlansAnew,
    /// The page size is declared and not sent.
    InventsPageSize,
    /// An order is declared and not sent.
    InventsOrder,
    /// Whoever is asked for by address, somebody is found.
    FindsAnybody,
    /// A profile that does not exist is an error of the service.
    DeniesNotFound,
    /// A record has the id that was asked for, whosever it is.
    TakesAnyRecord,
    /// `Debug` shows the API key.
    ShowsKey,
    /// An error repeats the record.
    RepeatsRecord,
}

/// What a flaw breaks.
const KILLED_BY: [(Flaw, &str); 21] = [
    (Flaw::SwallowsFailures, "failure.lasting"),
    (Flaw::SwallowsWebPages, "failure.web-page"),
    (Flaw::LosesPages, "failure.bad-record"),
    (Flaw::DropsBadRecords, "failure.bad-record"),
    (Flaw::SkipsWhenResumed, "listing.resume"),
    (Flaw::EndsAtShortPage, "listing.short-page"),
    (Flaw::DropsLastRecord, "listing.complete"),
    (Flaw::RepeatsLostWrites, "plan.lost"),
    (Flaw::UndeclaredField, "fields.declared"),
    (Flaw::DeadField, "fields.filled"),
    (Flaw::KeepsActive, "deactivate"),
    (Flaw::ChangesNothing, "update.apply"),
    (Flaw::PlanWrites, "update.plan"),
    (Flaw::PlansAnew, "plan.repeatable"),
    (Flaw::InventsPageSize, "listing.page-size"),
    (Flaw::InventsOrder, "listing.orders"),
    (Flaw::FindsAnybody, "find.email"),
    (Flaw::DeniesNotFound, "get.nobody"),
    (Flaw::TakesAnyRecord, "identity.get"),
    (Flaw::ShowsKey, "description"),
    (Flaw::RepeatsRecord, "secrecy"),
];

#[derive(Debug)]
struct Mutant {
    flaw: Flaw,
    base_url: String,
}

impl Connect for Mutant {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        connect(&self.base_url, self.flaw)
    }

    fn secrets(&self) -> Vec<String> {
        vec![API_KEY.to_owned()]
    }
}

#[tokio::test]
async fn the_connector_without_a_flaw_passes_and_nothing_is_left_unproven() {
    let server = server::start().await;
    let report = run(&Mutant { flaw: Flaw::None, base_url: server.base_url() }, &server).await;
    assert!(report.is_proven(), "{report}");
}

#[tokio::test]
async fn each_flaw_of_a_connector_is_killed_by_its_check() {
    for (flaw, check) in KILLED_BY {
        let server = server::start().await;
        let mutant = Mutant { flaw, base_url: server.base_url() };
        let report = run_some(&mutant, &server, |it| it.id == check).await;
        let found: Vec<_> = report.failures().map(|(check, _)| check.id).collect();
        assert!(found.contains(&check), "{flaw:?} is not found by {check}: {found:?} {report}");
    }
}
