//! Which parts of a filter are sent to the service.

use std::borrow::Cow;

use serde::Serialize;

use super::ListQuery;
use crate::{
    Capabilities, Expected, FieldPath, Filter, IdKind,
    capabilities::{ListedCollection, Readable},
    query::FilterPart,
};

/// Which parts of a filter are sent to the service, and which are applied locally.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{Expected, Filter, ListQuery, ProfileProvider, Status, query::FilterPart};
///
/// let mut filter = Filter::new();
/// filter.status = vec![Expected::Is(Status::Suspended)];
/// // Which parts does the service apply, and which are applied to what it sends?
/// let plan = ListQuery::new().with_filter(filter).filter_plan(provider.prepare().await?);
/// assert!(plan.asks_for(FilterPart::Status));
/// assert!(plan.unanswerable.is_empty());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FilterPlan {
    /// Parts that are sent to the service, so that it returns fewer profiles.
    pub pushed: Vec<FilterPart>,
    /// Parts that are applied to the profiles that the service returns.
    pub applied: Vec<FilterPart>,
    /// Parts whose field this listing never shows. Such a part can never match in this listing, which says nothing
    /// about the profiles. [`ListQuery::enrich`] may add the field.
    pub unanswerable: Vec<FilterPart>,
    /// Parts whose field is missing from one of several collections.
    pub unanswerable_in: Vec<UnanswerableIn>,
    /// Which changes a filter by the time of change misses, because they do not move it; `None` if none are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_caveat: Option<Cow<'static, str>>,
}

/// A part of a filter whose field one collection does not show.
///
/// ```
/// # use anyprofile_core::{Capabilities, capabilities::{FieldSpec, ListedCollection}, profile::View};
/// # let mut capabilities = Capabilities::default();
/// # let (user, invite) = (View::new("user"), View::new("invite"));
/// # capabilities.fields =
/// #     [FieldSpec::read_in(anyprofile_core::FieldPath::STATUS, user.clone(), "is_active")].into_iter().collect();
/// # capabilities.listing.collections =
/// #     vec![ListedCollection::new(IdKind::USER, [user]), ListedCollection::new(IdKind::new("invite"), [invite])];
/// use anyprofile_core::{Filter, IdKind, ListQuery, Status, query::FilterPart};
///
/// // Users have a status at this service, and invites have none.
/// let filter = Filter::new().with_status(Status::Active);
/// let plan = ListQuery::new().with_filter(filter).filter_plan(&capabilities);
/// let [gap] = plan.unanswerable_in.as_slice() else { panic!("one collection has no status") };
/// // No invite is listed, which does not mean that there is none.
/// assert_eq!((gap.part, gap.collection.as_str()), (FilterPart::Status, "invite"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnanswerableIn {
    /// The part.
    pub part: FilterPart,
    /// The collection.
    pub collection: IdKind,
}

impl FilterPlan {
    /// Returns whether the filter has this part.
    pub fn asks_for(&self, part: FilterPart) -> bool {
        self.pushed.contains(&part) || self.applied.contains(&part)
    }
}

impl ListQuery {
    /// Returns which parts of the filter are sent to the service, and which are applied locally.
    pub fn filter_plan(&self, capabilities: &Capabilities) -> FilterPlan {
        let listing = capabilities.listing_of(self);
        let can_push = |part: &FilterPart| match part {
            // A service filters by one status of its own; it cannot filter by several, or by "unknown".
            FilterPart::Status => match &self.filter.status[..] {
                [Expected::Is(status)] => listing.filter_statuses.contains(status),
                _ => false,
            },
            FilterPart::Role => self.filter.role.as_ref().is_none_or(|role| {
                listing.filter_roles.is_empty() || listing.filter_roles.iter().any(|word| word == role)
            }),
            FilterPart::Kind => matches!(self.filter.kind[..], [Expected::Is(_)]),
            FilterPart::Mfa => matches!(self.filter.mfa, Some(Expected::Is(_))),
            // A service finds an address by its search, and a request has one search text.
            FilterPart::Email => self.search.is_none(),
            _ => true,
        };
        // A collection that the query names may be one that the service does not filter, unlike the others. Where it is the same for all
        // collections, the part is sent, and applied to what comes as well.
        let all = &listing.collections;
        let is_filtered = |it: &ListedCollection, part: &FilterPart| !it.unfiltered.contains(part);
        let is_sent = |part: &FilterPart| {
            capabilities.collections_of(self).any(|it| is_filtered(it, part))
                || !all.iter().any(|it| is_filtered(it, part))
        };
        let (pushed, applied): (Vec<_>, Vec<_>) = self.filter.parts().into_iter().partition(|part| {
            !self.local_filter && listing.filters.contains(part) && can_push(part) && is_sent(part)
        });
        let mut plan = FilterPlan { pushed, applied, ..FilterPlan::default() };
        if self.filter.parts().contains(&FilterPart::UpdatedSince) {
            plan.updated_caveat.clone_from(&listing.updated_caveat);
        }
        let is_unanswered =
            |part: &&FilterPart| capabilities.collections_of(self).any(|it| it.unfiltered.contains(part));
        plan.applied.extend(plan.pushed.iter().filter(is_unanswered).copied().collect::<Vec<_>>());
        for part in self.filter.parts() {
            let is_pushed = plan.pushed.contains(&part);
            let is_shown = |path: &FieldPath| capabilities.listed(path, self) == Readable::Yes;
            if !is_pushed && !self.filter.can_match(part, &is_shown) {
                plan.unanswerable.push(part);
                continue;
            }
            let asked = self.filter.asked(part);
            for collection in asked.iter().flat_map(|path| capabilities.unlisted(path, self)) {
                let is_shown = |path: &FieldPath| !capabilities.unlisted(path, self).contains(&collection);
                let can_match = self.filter.can_match(part, &is_shown);
                let gap = UnanswerableIn { part, collection };
                if !can_match && !plan.unanswerable_in.contains(&gap) {
                    plan.unanswerable_in.push(gap);
                }
            }
        }
        plan
    }
}

impl Filter {
    /// Returns whether an unknown value meets the part.
    fn takes_unknown(&self, part: FilterPart) -> bool {
        match part {
            FilterPart::Status => self.status.contains(&Expected::Unknown),
            FilterPart::Kind => self.kind.contains(&Expected::Unknown),
            FilterPart::Mfa => self.mfa == Some(Expected::Unknown),
            _ => false,
        }
    }

    /// Returns whether a profile can meet the part although only some fields are shown.
    fn can_match(&self, part: FilterPart, is_shown: &dyn Fn(&FieldPath) -> bool) -> bool {
        match (part.path(), &self.condition) {
            (Some(path), _) => self.takes_unknown(part) || is_shown(&path),
            (None, Some(condition)) => condition.can_match(is_shown),
            (None, None) => true,
        }
    }

    /// Returns the fields that deciding the part needs.
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
