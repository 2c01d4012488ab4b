//! What every command that writes has in common: how a plan is shown, how it is executed, and what is said of it then.

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
    several::{Planned, print_outcomes, write_all},
    shown::{Shown, ShownAs},
};
