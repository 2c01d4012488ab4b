//! Changes of many profiles: the file that they are read from, the journal of what became of them, and what is said of it.

pub(crate) mod applied;
mod csv_file;
mod entry;
mod file;
mod journal;
mod kept;
mod listed;
mod load;
mod row;

pub(crate) use self::{
    entry::Entry,
    journal::{Journal, State},
    kept::{keep, keep_nothing, kept},
    listed::Listed,
    load::{load, refused},
    row::Row,
};
