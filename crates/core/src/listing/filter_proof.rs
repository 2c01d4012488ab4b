//! Whether a service reads a filter as it is meant.

use crate::{FilterPart, ListQuery, Page, Profile, ProfileProvider, Verdict};

/// The parts of the filter that the service answered, and that a record on the page contradicts: the service reads them
/// otherwise or not at all, and may have left out others.
pub(super) fn misread_filters<P: ProfileProvider + ?Sized>(
    provider: &P,
    query: &ListQuery,
    page: &Page<Profile>,
) -> Vec<FilterPart> {
    if query.filter.is_empty() {
        return Vec::new();
    }
    let (filter, capabilities) = (&query.filter, provider.capabilities());
    let mut pushed = provider.filter_plan(query).pushed;
    pushed.retain(|part| {
        let contradicts = |profile| filter.verdict_of(*part, profile, capabilities) == Verdict::Unwanted;
        part.is_exact() && page.items.iter().any(contradicts)
    });
    pushed
}
