//! Listings: page by page, and profile by profile.

mod both_ends;
pub(crate) mod drift;
mod early_stop;
pub(crate) mod pages;
pub(crate) mod report;
mod second_look;
mod source;
mod stall;
pub(crate) mod stream;
mod window;
