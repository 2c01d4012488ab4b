//! Reads many profiles by listing them: one page of a hundred instead of a hundred requests.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use anyprofile::{ListQuery, Profile, ProfileId, ProfileProvider, listing::Pages};

/// The minimum number of profiles of an account to use a listing.
const FEWEST: usize = 20;
/// The number of profiles per page.
const PAGE_SIZE: u32 = 100;

/// Profiles from listings.
#[derive(Default)]
pub(crate) struct ListedProfiles(HashMap<ProfileId, Arc<Profile>>);

impl ListedProfiles {
    /// Lists the accounts with many wanted profiles, while that takes fewer requests than reading the profiles one by
    /// one.
    ///
    /// Profiles that are not found this way, and all profiles of an account whose listing fails, must still be read.
    /// `found` is called for each profile that is found.
    pub(crate) async fn read<'a>(
        wanted: impl Iterator<Item = (&'a Arc<dyn ProfileProvider>, &'a ProfileId)>,
        mut found: impl FnMut(&ProfileId),
    ) -> Self {
        let mut listed = Self::default();
        let mut accounts: Vec<(&Arc<dyn ProfileProvider>, HashSet<&ProfileId>)> = Vec::new();
        for (provider, id) in wanted {
            match accounts.iter_mut().find(|(known, _)| Arc::ptr_eq(known, provider)) {
                Some((_, ids)) => drop(ids.insert(id)),
                None => accounts.push((provider, HashSet::from([id]))),
            }
        }
        for (provider, mut ids) in accounts.into_iter().filter(|(_, ids)| ids.len() >= FEWEST) {
            let capabilities = provider.capabilities();
            if !capabilities.operations.list.is_supported() {
                continue;
            }
            let mut query = ListQuery::new();
            if capabilities.listing.page_size {
                let most = capabilities.listing.max_page_size.unwrap_or(PAGE_SIZE);
                query = query.with_page_size(PAGE_SIZE.min(most));
            }
            let mut pages = Pages::new(provider.as_ref(), query);
            let mut requests_left = ids.len();
            while let Some(Ok(page)) = pages.next_page().await {
                for profile in page.items {
                    if ids.remove(&profile.id) {
                        found(&profile.id);
                        listed.0.insert(profile.id.clone(), Arc::new(profile));
                    }
                }
                requests_left = requests_left.saturating_sub(1);
                let pages_left = pages_left(page.declared_total, pages.report().seen);
                if ids.is_empty() || ids.len() <= pages_left || requests_left == 0 {
                    break;
                }
            }
        }
        listed
    }

    /// Returns a listed profile.
    pub(crate) fn get(&self, id: &ProfileId) -> Option<Arc<Profile>> {
        self.0.get(id).cloned()
    }
}

/// Returns the minimum number of pages left, as far as the service declares a total.
fn pages_left(declared_total: Option<u64>, seen: u64) -> usize {
    let left = declared_total.map_or(0, |total| total.saturating_sub(seen).div_ceil(u64::from(PAGE_SIZE)));
    usize::try_from(left).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_that_are_left_are_known_where_the_total_is() {
        for (total, seen, left) in
            [(None, 5, 0), (Some(16_000), 100, 159), (Some(101), 0, 2), (Some(1), 2, 0)]
        {
            assert_eq!(pages_left(total, seen), left);
        }
    }
}
