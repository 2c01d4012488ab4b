//! Listings: page by page, and profile by profile.

mod both_ends;
mod drift;
mod pages;
mod report;
mod stream;
mod window;

use self::both_ends::BothEnds;
pub use self::{
    drift::Drift,
    pages::Pages,
    report::{CollectionReport, ListReport, SetAside},
    stream::ProfileStream,
};
