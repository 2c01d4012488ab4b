//! What every command that writes has in common: how a plan is shown, how it is executed, and what is said of it then.

mod execute;
mod outcome;
mod several;
mod shown;

pub(crate) use self::{
    execute::{Ended, execute, execute_and_look},
    outcome::{FailureRate, Outcome, Outcomes},
    several::{Planned, print_outcomes, write_all},
    shown::{Shown, in_words},
};
