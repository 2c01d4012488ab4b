//! The common parts of all commands that write: showing a plan, executing it, and reporting the outcome.

mod confirm;
mod one;
mod outcome;
mod several;
mod shown;

use anyprofile::{
    Executed, Plan, ProfileProvider,
    writing::{self, Note, WriteOutcome},
};

pub(crate) use self::{
    confirm::{ask, confirmed, question, terminal},
    one::write_one,
    outcome::{FailureRate, Outcomes, exit_of},
    several::{ShownWrite, print_outcomes, write_all},
    shown::{ShownAs, ShownPlan},
};
use crate::{diagnostics, interrupt::Interrupt};

/// Executes a plan, prints what a person should know of it, and returns its outcome.
async fn execute(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    interrupt: &Interrupt,
) -> (WriteOutcome, Option<Executed>) {
    let written = writing::execute(provider, plan, interrupt).await;
    written.notes.iter().for_each(print_note);
    (written.outcome, written.executed)
}

/// Prints a note; an error with its causes, and what the service said about it.
pub(crate) fn print_note(note: &Note) {
    match note {
        Note::Error(error) => diagnostics::error(error),
        note => say!("{note}"),
    }
}
