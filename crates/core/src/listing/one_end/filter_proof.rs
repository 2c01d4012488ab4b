//! Checks that a service applies a filter as it is meant.

use std::ops::Deref;

use super::OneEnd;
use crate::{Profile, ProfileProvider, Verdict, listing::Page, query::FilterPart};

impl<'a, P> OneEnd<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    /// Returns the parts of the filter that were sent to the service and that a record of the page contradicts. The
    /// service ignores or misunderstands them, and may have left out matching profiles.
    pub(super) fn misread_filters(&self, page: &Page<Profile>) -> Vec<FilterPart> {
        let filter = &self.query.filter;
        if filter.is_empty() {
            return Vec::new();
        }
        let capabilities = self.provider.capabilities();
        let mut pushed = self.query.filter_plan(capabilities).pushed;
        // Records that a layer removed are not on the page; their contradictions are noted separately.
        let is_contradicted =
            |part: &FilterPart| page.left_out.as_ref().is_some_and(|it| it.contradicted.contains(part));
        pushed.retain(|part| {
            let contradicts = |profile| filter.verdict_of(*part, profile, capabilities) == Verdict::No;
            part.is_exact() && (page.items.iter().any(contradicts) || is_contradicted(part))
        });
        pushed
    }
}
