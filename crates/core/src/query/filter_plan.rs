//! Which parts of a query's filter the service answers.

use serde::Serialize;

use super::ListQuery;
use crate::{Capabilities, Expected, FieldPath, Filter, IdKind, capabilities::Readable, query::FilterPart};

/// Which parts of a filter the service answers, and which are applied to what comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FilterPlan {
    /// Sent to the service, so that it need not send the rest.
    pub pushed: Vec<FilterPart>,
    /// Applied to what the service sends.
    pub applied: Vec<FilterPart>,
    /// Those parts whose field is in nothing that the listing shows: nobody can be found by them here, which says
    /// nothing of anybody. With [`ListQuery::enrich`] it may be there.
    pub unanswerable: Vec<FilterPart>,
    /// Those parts whose field one of several collections does not show.
    pub unanswerable_in: Vec<UnanswerableIn>,
}

/// A part of a filter that one of several collections cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnanswerableIn {
    /// The part.
    pub part: FilterPart,
    /// The collection.
    pub collection: IdKind,
}

impl FilterPlan {
    /// Whether the filter has this part.
    pub fn asks_for(&self, part: FilterPart) -> bool {
        self.pushed.contains(&part) || self.applied.contains(&part)
    }
}

impl ListQuery {
    /// Which parts of the filter the service answers, and which are applied to what comes.
    pub fn filter_plan(&self, capabilities: &Capabilities) -> FilterPlan {
        let listing = capabilities.listing_of(self);
        let can_push = |part: &FilterPart| match part {
            // A service answers for one word of its own; several of ours, or "unknown", it does not have.
            FilterPart::Status => match &self.filter.status[..] {
                [Expected::Is(status)] => listing.filter_statuses.contains(status),
                _ => false,
            },
            FilterPart::Role => self.filter.role.as_ref().is_none_or(|role| {
                listing.filter_roles.is_empty() || listing.filter_roles.iter().any(|word| word == role)
            }),
            FilterPart::Kind => matches!(self.filter.kind[..], [Expected::Is(_)]),
            FilterPart::Mfa => matches!(self.filter.mfa, Some(Expected::Is(_))),
            // An address is found by searching for it, and there is one text to search for.
            FilterPart::Email => self.search.is_none(),
            _ => true,
        };
        let (pushed, applied): (Vec<_>, Vec<_>) = self
            .filter
            .parts()
            .into_iter()
            .partition(|part| !self.local_filter && listing.filters.contains(part) && can_push(part));
        let mut plan = FilterPlan { pushed, applied, ..FilterPlan::default() };
        let is_unanswered =
            |part: &&FilterPart| listing.collections.iter().any(|it| it.unfiltered.contains(part));
        plan.applied.extend(plan.pushed.iter().filter(is_unanswered).copied().collect::<Vec<_>>());
        for part in self.filter.parts() {
            let asked = self.filter.asked(part);
            let is_pushed = plan.pushed.contains(&part);
            if !is_pushed && asked.iter().any(|path| capabilities.listed(path, self) != Readable::Yes) {
                plan.unanswerable.push(part);
                continue;
            }
            let without = asked.iter().flat_map(|path| capabilities.unlisted(path, self));
            for collection in without {
                let gap = UnanswerableIn { part, collection };
                if !plan.unanswerable_in.contains(&gap) {
                    plan.unanswerable_in.push(gap);
                }
            }
        }
        plan
    }
}

impl Filter {
    /// Whether a part is met by what is not known, too.
    fn takes_unknown(&self, part: FilterPart) -> bool {
        match part {
            FilterPart::Status => self.status.contains(&Expected::Unknown),
            FilterPart::Kind => self.kind.contains(&Expected::Unknown),
            FilterPart::Mfa => self.mfa == Some(Expected::Unknown),
            _ => false,
        }
    }

    /// The fields without which a part cannot be answered.
    fn asked(&self, part: FilterPart) -> Vec<FieldPath> {
        if self.takes_unknown(part) {
            return Vec::new();
        }
        match (part.path(), &self.condition) {
            (Some(path), _) => vec![path],
            (None, Some(condition)) => condition.compared(),
            (None, None) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Status, capabilities::ListingCapabilities};

    #[test]
    fn a_part_is_pushed_where_the_service_has_a_word_for_it() {
        let capabilities = Capabilities {
            listing: ListingCapabilities {
                filters: vec![FilterPart::Status, FilterPart::Mfa],
                filter_statuses: vec![Status::Active],
                ..ListingCapabilities::default()
            },
            ..Capabilities::default()
        };
        let mut query = ListQuery::new();
        query.filter.status = vec![Status::Active.into()];
        query.filter.mfa = Some(Expected::Unknown);
        query.filter.label = Some("x".to_owned());
        let plan = query.filter_plan(&capabilities);
        assert_eq!(plan.pushed, [FilterPart::Status]);
        assert_eq!(plan.applied, [FilterPart::Mfa, FilterPart::Label]);
        assert_eq!(
            plan.unanswerable,
            [FilterPart::Label],
            "this service has no fields; unknown is any profile's mfa"
        );
    }
}
