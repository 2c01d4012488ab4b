//! Changes of many profiles: the file that they are read from, and the journal of what became of them.

mod file;
mod journal;

pub(crate) use self::{
    file::{Entry, read},
    journal::{Journal, State},
};
