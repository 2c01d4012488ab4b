//! Changes of many profiles: the file that they are read from, the journal of what became of them, and what is said of it.

mod file;
mod journal;
mod outcome;

pub(crate) use self::{
    file::{Entry, read},
    journal::{Journal, State, fingerprint},
    outcome::{FailureRate, Outcome, Outcomes},
};
