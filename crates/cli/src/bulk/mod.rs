//! Changes of many profiles: the file that they are read from, the journal of what became of them, and what is said of it.

mod csv_file;
mod file;
mod journal;
mod load;
mod outcome;
mod row;

pub(crate) use self::{
    file::Entry,
    journal::{Journal, State},
    load::{load, refused},
    outcome::{FailureRate, Outcome, Outcomes},
    row::Row,
};
