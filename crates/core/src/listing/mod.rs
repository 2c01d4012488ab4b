//! Listings: page by page, and profile by profile.

mod pages;
mod report;
mod stream;

pub use self::{
    pages::Pages,
    report::{CollectionReport, ListReport, SetAside},
    stream::ProfileStream,
};
