//! Listings, by page and by profile.

mod both_ends;
pub(crate) mod drift;
mod early_stop;
mod follow;
mod one_end;
mod pace;
pub(crate) mod pages;
pub(crate) mod report;
mod second_look;
mod stall;
pub(crate) mod stream;
mod watermarks;
mod whole;
mod window;

pub use self::{
    drift::Drift,
    pages::Pages,
    report::{CollectionReport, ListReport, QuarantinedRecord},
    stream::ProfileStream,
    watermarks::Watermarks,
    whole::Listing,
};
pub use crate::{
    cursor::{Cursor, CursorError, CursorPosition, RemainingPages},
    guard::{CursorGuard, DuplicateCounter},
    page::{Next, Page, Quarantined},
};
