//! What a creation made of which no answer came.

use std::time::Duration;

use crate::{
    Change, FieldPath, FindKey, FindMethod, ListQuery, Order, OrderField, Pages, Profile, ProfileDraft,
    ProfileProvider, Result, Status, Timestamp,
};

/// How far the service's clock may be behind ours.
const SKEW: Duration = Duration::from_secs(300);

/// Profiles that a creation may have made of which the outcome is not known:
/// [`ProfileProviderExt::find_created`](crate::ProfileProviderExt::find_created).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundCreated {
    /// The profiles that may be it.
    pub candidates: Vec<Candidate>,
    /// How they were looked for; with [`FindMethod::Unanswerable`] they could not be.
    pub method: FindMethod,
    /// How many requests it took.
    pub requests: u64,
    /// Records that did not decode: what was made may be among them.
    pub quarantined: u64,
}

/// A profile that a creation may have made: of the draft's collection, not known to be older, and with the draft's
/// address, user name or external id or else with all of its fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// The profile.
    pub profile: Profile,
    /// The fields that it shows otherwise than the draft has them, and the status if it is not the one of a new profile.
    pub differs: Vec<FieldPath>,
    /// Whether the service shows when it was made, which then was not before the draft was sent. Else it may have been there
    /// before.
    pub is_new: bool,
}

/// What a draft can be found by.
fn key_of(draft: &ProfileDraft) -> Option<FindKey> {
    let text = |path| match draft.fields().get(&path) {
        Change::Set(value) => value.as_str().map(str::to_owned),
        Change::Keep | Change::Clear => None,
    };
    text(FieldPath::EMAILS)
        .map(FindKey::Email)
        .or_else(|| text(FieldPath::USERNAME).map(FindKey::Username))
        .or_else(|| text(FieldPath::EXTERNAL_ID).map(FindKey::ExternalId))
}

/// Looks for what was made from a draft that was sent at a time.
pub(crate) async fn find_created<P: ProfileProvider + ?Sized>(
    provider: &P,
    draft: &ProfileDraft,
    sent: Timestamp,
) -> Result<FoundCreated> {
    let capabilities = provider.capabilities();
    let since = sent.saturating_sub(SKEW);
    let is_old = |profile: &Profile| profile.times.created.value().is_some_and(|created| *created < since);
    let key = key_of(draft);
    let (profiles, method, requests, quarantined) =
        if capabilities.listing.orders.contains(&OrderField::Created) {
            // The newest come first: there are few of them, whatever they can be found by.
            let query = ListQuery::new().with_order(Order::descending(OrderField::Created));
            let mut pages = Pages::new(provider, query);
            let mut profiles = Vec::new();
            while let Some(page) = pages.next_page().await {
                let items = page?.items;
                let is_last = items.iter().any(is_old);
                profiles.extend(items);
                if is_last {
                    break;
                }
            }
            (profiles, FindMethod::Listed, pages.report().requests, pages.report().quarantined)
        } else if let Some(key) = &key {
            let found = provider.find_by(key).await?;
            (found.profiles, found.method, found.requests, 0)
        } else {
            (Vec::new(), FindMethod::Unanswerable, 0, 0)
        };
    let candidates =
        profiles.into_iter().filter(|profile| profile.id.kind == *draft.kind() && !is_old(profile));
    let mut candidates: Vec<_> = candidates
        .map(|profile| {
            let mut differs = draft.ignored(&profile, capabilities);
            let is_kept_out = matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted));
            if is_kept_out && draft.fields().get(&FieldPath::STATUS).is_keep() {
                differs.push(FieldPath::STATUS);
            }
            Candidate { differs, is_new: profile.times.created.is_known(), profile }
        })
        .collect();
    // What can be told from others by a key or by all of its fields is told.
    candidates.retain(|it| it.differs.is_empty() || key.as_ref().is_some_and(|key| key.matches(&it.profile)));
    Ok(FoundCreated { candidates, method, requests, quarantined })
}
