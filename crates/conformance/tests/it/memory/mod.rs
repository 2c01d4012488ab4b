//! An in-memory provider, written only against the core, like the start of a new service. It can have a flaw.

mod provider;
mod store;
mod writes;

use std::sync::Arc;

use anyprofile_conformance::Connect;
use anyprofile_core::{Email, Profile, ProfileProvider, Result, Status, Timestamp, profile::View};

use self::provider::Memory;
pub(crate) use self::store::Store;

const RECORD: View = View::new("record");

/// The flaw of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// Every page ends one record early.
    LosesRecords,
    /// Every page repeats the last record of the page before.
    Overlaps,
    /// The title is never read.
    DeadField,
    /// An undeclared field has a value.
    UndeclaredField,
    /// A change of the title is accepted but has no effect.
    IgnoresTitle,
    /// Planning writes.
    PlanWrites,
    /// Reading a profile writes to it.
    WritesWhileReading,
    /// An unsupported query is sent.
    AsksFirst,
    /// A deactivated profile stays active.
    KeepsActive,
    /// A cursor is not checked.
    TakesAnyCursor,
    /// The record in a response is not compared with the requested id.
    TakesAnyRecord,
    /// A 404 is believed from any sender.
    TakesAny404,
    /// An empty page ends the listing, and no total is declared.
    EndsAtEmptyPage,
    /// A filter that was to be applied locally is sent.
    SendsFilterAllTheSame,
    /// Every returned profile is assumed to have the requested status.
    BelievesFilter,
    /// The listing stops at the first profile that was not updated since.
    BelievesOrder,
    /// The sent body differs from the shown one.
    SendsAnotherBody,
    /// A header is sent that was not shown.
    HidesHeader,
    /// A write is sent that was not shown.
    HidesStep,
    /// The writes are sent in another order.
    SendsBackwards,
    /// A plan differs each time.
    PlansAnew,
    /// A given profile is read again.
    ReadsGiven,
    /// A plan shows unchanged fields.
    ShowsSettled,
    /// Unchanged fields are written.
    WritesSettled,
    /// A spent plan is created again and executed.
    ExecutesTwice,
    /// The plan of another account is created again and executed.
    TakesAnyPlan,
    /// A rejected write spends its plan.
    SpendsRefused,
    /// The first failure is returned as the provider's own error, without the outcome of each request.
    ForgetsSteps,
    /// A request without a response is sent again.
    RepeatsLost,
    /// A request without a response is reported as not made.
    DeniesLost,
    /// If one write fails, the writes before it are reported as not made.
    ForgetsMade,
    /// The writes after a failed one are sent.
    GoesOn,
    /// A failure behind the first page ends the listing quietly.
    EndsAtFailure,
    /// A record that cannot be read costs its page.
    LosesPage,
    /// A listing that was resumed skips a page.
    SkipsWhenResumed,
}

/// A store, and the flaw of the providers that connect to it.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) store: Arc<Store>,
    flaw: Flaw,
    /// Whether the size of a page can be chosen.
    has_page_size: bool,
}

impl Connector {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self::with(flaw, 25)
    }

    /// Has the store choose the size of its pages.
    pub(crate) fn with_own_pages(self) -> Self {
        Self { has_page_size: false, ..self }
    }

    /// Creates a store with so many people.
    pub(crate) fn with(flaw: Flaw, people: usize) -> Self {
        let people = (0..people).map(|number| person(number, flaw)).collect();
        Self { store: Arc::new(Store::new(people)), flaw, has_page_size: true }
    }
}

impl Connect for Connector {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok(Arc::new(Memory::new(Arc::clone(&self.store), self.flaw, self.has_page_size)?))
    }
}

fn person(number: usize, flaw: Flaw) -> Profile {
    let mut profile = Profile::read_from(RECORD, format!("memory:test/user/m{number}").parse().unwrap());
    profile.name.display = format!("Person {number}").into();
    profile.emails = Email::login(format!("person.{number}@example.com").into());
    profile.status = if number.is_multiple_of(3) { Status::Suspended } else { Status::Active }.into();
    // In another order than the list.
    profile.times.updated =
        format!("2026-01-{:02}T12:00:00Z", number * 7 % 25 + 1).parse::<Timestamp>().ok().into();
    if flaw != Flaw::DeadField {
        profile.title = "engineer".into();
    }
    if flaw == Flaw::UndeclaredField {
        profile.website = "https://example.com".into();
    }
    profile
}
