//! The common parts of all commands that write: showing a plan, executing it, and reporting the outcome.

mod confirm;
mod execute;
mod look;
mod one;
mod outcome;
mod several;
mod shown;

pub(crate) use self::{
    confirm::confirmed,
    one::write_one,
    outcome::{FailureRate, Outcomes, WriteOutcome},
    several::{ShownWrite, print_outcomes, write_all},
    shown::{ShownAs, ShownPlan},
};
