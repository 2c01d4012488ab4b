//! What a creation made of which no response came.

use std::time::{Duration, SystemTime};

use crate::{
    Change, Error, ErrorKind, FieldPath, FindKey, Profile, ProfileDraft, ProfileProvider, Result, Status,
    Timestamp, find::FindMethod, listing::Pages, query::OrderField,
};

/// How far the service's clock may be behind ours where it does not say what time it is.
const SKEW: Duration = Duration::from_secs(300);
/// How far it may be behind where it does: its dates are whole seconds, and time passes on the way.
const ROUNDING: Duration = Duration::from_secs(10);
/// How far any clock may be off: nobody older is looked at.
const LONGEST_SKEW: Duration = Duration::from_secs(24 * 60 * 60);

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

/// A profile that a creation may have made: of the draft's collection, and with the draft's address, user name or external
/// id or else with all of its fields.
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
    /// Whether the service shows that it was made before the draft was sent, by the service's own clock where it says what
    /// time it is: then it is somebody who was there, who matches.
    pub is_older: bool,
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

/// Checks that what a creation was answered with is what was to be created, by what tells people apart.
///
/// # Errors
/// [`ErrorKind::Decode`] if it is somebody else; the profile may have been made.
pub(crate) fn check_created<P: ProfileProvider + ?Sized>(
    provider: &P,
    draft: &ProfileDraft,
    created: &Profile,
) -> Result<()> {
    let identifying = [FieldPath::EMAILS, FieldPath::USERNAME, FieldPath::EXTERNAL_ID];
    let ignored = draft.ignored(created, provider.capabilities());
    let Some(path) = identifying.iter().find(|path| ignored.contains(path)) else { return Ok(()) };
    let message =
        format!("the service sent the record of {}, whose {path} is not what was to be created", created.id);
    Err(Error::new(ErrorKind::Decode, message)
        .with_provider(provider.info())
        .with_operation("create")
        .of_another_profile()
        .as_written_to_somebody_else()
        .with_hint("whether the profile was made is not known: look for it before trying again"))
}

/// Looks for what was made from a draft that was sent at a time.
pub(crate) async fn find_created<P: ProfileProvider + ?Sized>(
    provider: &P,
    draft: &ProfileDraft,
    sent: Timestamp,
) -> Result<FoundCreated> {
    let capabilities = provider.capabilities();
    let key = key_of(draft);
    // By our clock, until the service says what time it is by its own.
    let mut since = sent.saturating_sub(SKEW);
    let (profiles, method, requests, quarantined) =
        if capabilities.listing.orders.contains(&OrderField::Created) {
            // The newest come first: there are few of them, whatever they can be found by.
            let mut pages = Pages::created_since(provider, sent.saturating_sub(LONGEST_SKEW));
            let mut profiles = Vec::new();
            while let Some(page) = pages.next_page().await {
                let page = page?;
                if let (1, Some(date)) = (pages.report().pages, page.date)
                    && let Ok(now) = Timestamp::try_from(SystemTime::now())
                {
                    since = in_time_of(date, now, sent).saturating_sub(ROUNDING);
                }
                profiles.extend(page.items);
            }
            (profiles, FindMethod::Listed, pages.report().requests, pages.report().quarantined)
        } else if let Some(key) = &key {
            let found = provider.find_by(key).await?;
            (found.profiles, found.method, found.requests, 0)
        } else {
            (Vec::new(), FindMethod::Unanswerable, 0, 0)
        };
    let is_older = |profile: &Profile| profile.times.created.value().is_some_and(|created| *created < since);
    let mut candidates: Vec<_> = profiles
        .into_iter()
        .filter(|profile| profile.id.kind == *draft.kind())
        .map(|profile| {
            let mut differs = draft.ignored(&profile, capabilities);
            let is_kept_out = matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted));
            if is_kept_out && draft.fields().get(&FieldPath::STATUS).is_keep() {
                differs.push(FieldPath::STATUS);
            }
            let is_older = is_older(&profile);
            Candidate { differs, is_new: profile.times.created.is_known() && !is_older, is_older, profile }
        })
        .collect();
    // What can be told from others by a key or by all of its fields is told.
    candidates.retain(|it| it.differs.is_empty() || key.as_ref().is_some_and(|key| key.matches(&it.profile)));
    Ok(FoundCreated { candidates, method, requests, quarantined })
}

/// A time of our clock as the service's clock has it. `date` is what that one showed when ours showed `now`.
fn in_time_of(date: Timestamp, now: Timestamp, time: Timestamp) -> Timestamp {
    let [date, now, instant] = [date, now, time].map(SystemTime::from);
    let there = match now.duration_since(instant) {
        Ok(ago) => date.checked_sub(ago),
        Err(ahead) => date.checked_add(ahead.duration()),
    };
    there.and_then(|there| Timestamp::try_from(there).ok()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_by_the_services_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (date, now, time, there) in [
            ("2026-01-31T11:50:00Z", "2026-01-31T12:00:00Z", "2026-01-31T11:59:30Z", "2026-01-31T11:49:30Z"),
            ("2026-01-31T12:10:00Z", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T12:10:00Z"),
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T12:00:05Z", "2026-01-31T12:00:05Z"),
        ] {
            assert_eq!(in_time_of(at(date), at(now), at(time)), at(there));
        }
    }
}
