//! Finding a profile whose creation got no response.

use std::time::{Duration, SystemTime};

use crate::{
    Change, Error, ErrorKind, FieldPath, FindKey, Profile, ProfileDraft, ProfileProvider, Result, Status,
    Timestamp, find::FindMethod, listing::Pages, query::OrderField,
};

/// How far the service's clock may be behind the local one, if the service sends no date.
const SKEW: Duration = Duration::from_secs(300);
/// The same tolerance if it sends a date, which has whole seconds and is delayed by the network.
const ROUNDING: Duration = Duration::from_secs(10);
/// The largest tolerance for any clock: older profiles are not read.
const LONGEST_SKEW: Duration = Duration::from_secs(24 * 60 * 60);

/// The profiles that a creation with an unknown outcome may have created; see
/// [`ProfileProviderExt::find_created`](crate::ProfileProviderExt::find_created).
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, IdKind, ProfileDraft, ProfileProviderExt, Timestamp};
///
/// let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "Ada");
/// // The outcome of a creation is unknown: is there such a profile, and is it a new one?
/// let found = provider.find_created(&draft, Timestamp::now()).await?;
/// let new = found.candidates.iter().filter(|candidate| candidate.is_new).count();
/// assert_eq!((found.candidates.len(), new), (1, 0));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundCreated {
    /// The profiles that may be the created one.
    pub candidates: Vec<Candidate>,
    /// How the profiles were searched; with [`FindMethod::Unanswerable`] no search was possible.
    pub method: FindMethod,
    /// The number of requests that the search took.
    pub requests: u64,
    /// The number of records that could not be decoded. The created profile may be among them.
    pub quarantined: u64,
}

/// A profile that a creation may have created. It is in the draft's collection, and has the draft's address, user
/// name or external id, or else all fields of the draft.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # ada.emails = vec![anyprofile_core::Email::new("ada@example.org")].into();
/// # ada.title = "analyst".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, IdKind, ProfileDraft, ProfileProviderExt, Timestamp};
///
/// let draft = ProfileDraft::new(IdKind::USER)
///     .set(FieldPath::EMAILS, "ada@example.org")
///     .set(FieldPath::TITLE, "countess");
/// let found = provider.find_created(&draft, Timestamp::now()).await?;
/// let [candidate] = found.candidates.as_slice() else { panic!("one profile has the address") };
/// // It has another title than the draft, and nothing shows that it is new: it existed before.
/// assert_eq!(candidate.differs, [FieldPath::TITLE]);
/// assert!(!candidate.is_new);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// The profile.
    pub profile: Profile,
    /// The fields that differ from the draft, and the status if a new profile would not have it.
    pub differs: Vec<FieldPath>,
    /// Whether the profile was created after the draft was sent, by the creation time that the service shows. If not,
    /// it may have existed before.
    pub is_new: bool,
    /// Whether the profile was created before the draft was sent. The service's own clock is used if the service
    /// sends its date. Such a profile matches but existed before.
    pub is_older: bool,
}

/// Returns the key by which a profile created from the draft can be found.
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

/// Checks that the profile in the response to a creation has the identifying fields of the draft.
///
/// # Errors
/// [`ErrorKind::Decode`] if it is another profile; the new one may have been created.
pub(crate) fn check_created<P: ProfileProvider + ?Sized>(
    provider: &P,
    draft: &ProfileDraft,
    created: &Profile,
) -> Result<()> {
    let identifying = [FieldPath::EMAILS, FieldPath::USERNAME, FieldPath::EXTERNAL_ID];
    let ignored = draft.ignored(created, provider.capabilities());
    let Some(path) = identifying.iter().find(|path| ignored.contains(path)) else { return Ok(()) };
    let message =
        format!("the service sent the record of {}, whose {path} differs from the draft", created.id);
    Err(Error::new(ErrorKind::Decode, message)
        .with_provider(provider.info())
        .with_operation("create")
        .of_another_profile()
        .as_written_to_somebody_else()
        .with_hint("it is not known whether the profile was created: search for it before you try again"))
}

/// Searches for a profile that was created from a draft after the time `sent`.
pub(crate) async fn find_created<P: ProfileProvider + ?Sized>(
    provider: &P,
    draft: &ProfileDraft,
    sent: Timestamp,
) -> Result<FoundCreated> {
    let capabilities = provider.capabilities();
    let key = key_of(draft);
    // Uses the local clock, until the service sends its own date.
    let mut since = sent.saturating_sub(SKEW);
    let (profiles, method, requests, quarantined) =
        if capabilities.listing.orders.contains(&OrderField::Created) {
            // The newest profiles come first, and are few.
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
    // Keep the profiles that have the draft's key, or all of its fields.
    candidates.retain(|it| it.differs.is_empty() || key.as_ref().is_some_and(|key| key.matches(&it.profile)));
    Ok(FoundCreated { candidates, method, requests, quarantined })
}

/// Converts a local time to the service's clock. `date` is the service's time at the local time `now`.
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
