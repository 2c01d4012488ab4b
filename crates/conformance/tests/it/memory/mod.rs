//! A provider in memory, written against the core alone: what a fourth service would begin with. It can have a flaw.

mod provider;
mod store;
mod writes;

use std::sync::Arc;

use anyprofile_conformance::Connect;
use anyprofile_core::{Email, Profile, ProfileProvider, Result, Status, Timestamp, profile::View};

use self::provider::Memory;
pub(crate) use self::store::Store;

const RECORD: View = View::new("record");

/// What is wrong with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// Every page ends one record early.
    LosesRecords,
    /// Every page begins with the last record of the one before.
    Overlaps,
    /// A title is never read.
    DeadField,
    /// A field has a value that is not declared.
    UndeclaredField,
    /// A change of the title is accepted, and nothing happens.
    IgnoresTitle,
    /// A plan writes.
    PlanWrites,
    /// Who is looked at is written to.
    WritesWhileReading,
    /// What cannot be is asked for.
    AsksFirst,
    /// Who is deactivated goes on.
    KeepsActive,
    /// A cursor is taken as it comes.
    TakesAnyCursor,
    /// Whatever record comes is that of the id that was asked for.
    TakesAnyRecord,
    /// A 404 is one of the service, whoever sends it.
    TakesAny404,
    /// An empty page is the end, and nobody says how many there are.
    EndsAtEmptyPage,
    /// A filter is sent although none was to be.
    SendsFilterAllTheSame,
    /// Whoever comes has the status that was asked for.
    BelievesFilter,
    /// Nobody comes behind the first one who was not changed since.
    BelievesOrder,
    /// What is sent has another body than what was shown.
    SendsAnotherBody,
    /// What is sent has a header that was not shown.
    HidesHeader,
    /// A write is sent that was not shown.
    HidesStep,
    /// The writes are sent in another order.
    SendsBackwards,
    /// A plan shows something else each time.
    PlansAnew,
    /// Who is given is read all the same.
    ReadsGiven,
    /// A plan shows what is so already.
    ShowsSettled,
    /// What is so already is written.
    WritesSettled,
    /// A spent plan is made anew and executed.
    ExecutesTwice,
    /// The plan of another account is made anew and executed.
    TakesAnyPlan,
    /// A plan is spent by a write that was refused.
    SpendsRefused,
    /// The first failure is the provider's own: nothing says which writes it was.
    ForgetsSteps,
    /// What is not answered is sent again.
    RepeatsLost,
    /// What is not answered is said not to have been made.
    DeniesLost,
    /// Where one write fails, those before it are said not to have been made.
    ForgetsMade,
    /// What comes behind a write that failed is sent.
    GoesOn,
}

/// A store and the flaw of those who connect to it.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) store: Arc<Store>,
    flaw: Flaw,
}

impl Connector {
    pub(crate) fn new(flaw: Flaw) -> Self {
        let people = (0..25).map(|number| person(number, flaw)).collect();
        Self { store: Arc::new(Store::new(people)), flaw }
    }
}

impl Connect for Connector {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok(Arc::new(Memory::new(Arc::clone(&self.store), self.flaw)?))
    }
}

fn person(number: usize, flaw: Flaw) -> Profile {
    let mut profile = Profile::read_from(RECORD, format!("memory:test/user/m{number}").parse().unwrap());
    profile.name.display = format!("Person {number}").into();
    profile.emails = Email::login(format!("person.{number}@example.com").into());
    profile.status = if number.is_multiple_of(3) { Status::Suspended } else { Status::Active }.into();
    // In another order than that of the list.
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
