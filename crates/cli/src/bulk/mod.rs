//! Changes of many profiles: their file, its journal, and its mistakes.

pub(crate) mod applied;
mod csv_file;
mod entry;
mod file;
mod journal;
mod listed;
mod load;
mod plan_file;
mod row;

pub(crate) use self::{
    entry::BulkEntry,
    journal::Journal,
    listed::ListedProfiles,
    load::{load, refused},
    plan_file::{clear_plans, load_plans, save_plans},
    row::Row,
};
