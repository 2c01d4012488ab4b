//! A listing that was read to its end.

use super::ListReport;
use crate::Profile;

/// The profiles of a listing, with its report.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, ProfileProviderExt};
///
/// // An error if somebody lacks. `list(query).read_all()` returns what came all the same.
/// let listing = provider.list_all(ListQuery::new()).await?;
/// let names: Vec<_> = listing.into_iter().map(|profile| profile.label().into_owned()).collect();
/// assert_eq!(names, ["Ada"]);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
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
