//! Listings: page by page, and profile by profile.

mod drift;
mod pages;
mod report;
mod stream;

pub use self::{
    drift::Drift,
    pages::Pages,
    report::{CollectionReport, ListReport, SetAside},
    stream::ProfileStream,
};
