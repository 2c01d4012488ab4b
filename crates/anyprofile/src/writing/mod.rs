//! Writes that are proven: sent once, read back where the response does not show them, and guarded.
//!
//! [`Directory::execute`](crate::Directory::execute) executes a plan, and [`Directory::off_board`](crate::Directory::off_board)
//! plans that a person leaves every account. A program that executes plans of its own, such as a command that can be interrupted,
//! calls [`execute`] itself.

mod execute;
mod guard;
mod interruption;
mod journal;
mod look;
mod off_boarding;
mod outcome;
mod remains;

pub use self::{
    execute::{Written, execute},
    guard::{Guard, OwnProfiles, guards},
    interruption::{Interruption, Never},
    journal::{WriteJournal, WriteState},
    look::Note,
    off_boarding::{Departure, OffBoarding},
    outcome::{Done, FailedWrite, Made, WriteOutcome},
    remains::{NotKnown, Remainder, RemainderKind, Remains},
};
