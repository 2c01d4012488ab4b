//! A listing that was read to its end.

use super::ListReport;
use crate::Profile;

/// The profiles of a listing, with its report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listing {
    /// The profiles, in the order in which they came.
    pub profiles: Vec<Profile>,
    /// What is known of the listing as a whole.
    pub report: ListReport,
}

impl Listing {
    pub(crate) fn new(profiles: Vec<Profile>, report: ListReport) -> Self {
        Self { profiles, report }
    }
}

impl IntoIterator for Listing {
    type Item = Profile;
    type IntoIter = std::vec::IntoIter<Profile>;

    fn into_iter(self) -> Self::IntoIter {
        self.profiles.into_iter()
    }
}
