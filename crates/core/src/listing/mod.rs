//! Listings: page by page, and profile by profile.

mod both_ends;
mod drift;
mod early_stop;
mod filter_proof;
mod pages;
mod report;
mod second_look;
mod stall;
mod stream;
mod window;

use self::both_ends::BothEnds;
pub use self::{
    drift::Drift,
    pages::Pages,
    report::{CollectionReport, ListReport, SetAside},
    stream::ProfileStream,
};
