//! Looking a profile up, and what may be believed where nobody is found.

use super::{FindKey, FindMethod, Found};
use crate::{
    Error, ErrorKind, Filter, GetOptions, IdKind, ListQuery, Profile, ProfileId, ProfileProvider,
    RequestStats, Result,
    capabilities::Readable,
    listing::Pages,
    reading::{check_same, prove_place},
};

/// The result of a look-up in which "there is no such profile" is a response, once a request that must succeed has proven
/// that the account is where it is looked for. Who is found must have what was asked for.
///
/// # Errors
/// Every failure that says nothing of the profile; and [`ErrorKind::Decode`] for somebody else's.
pub async fn found_or_nobody<P: ProfileProvider + ?Sized>(
    provider: &P,
    key: &FindKey,
    result: Result<Profile>,
) -> Result<Found> {
    let mut found = look_up_result(result)?;
    match found.profiles.first() {
        None => found.requests += proven(provider, found.requests).await?,
        Some(profile) if !key.is_of(profile) => {
            let message = format!(
                "the service sent a profile that does not have the {} that was asked for",
                key.noun()
            );
            return Err(Error::new(ErrorKind::Decode, message)
                .with_provider(provider.info())
                .with_operation("find")
                .with_effort_before(effort_of(found.requests))
                .with_hint("nothing can be said of whom you looked for; report it to the service"));
        }
        Some(_) => {}
    }
    Ok(found)
}

/// [Proves the place](prove_place) after so many requests. Gives how many that took.
async fn proven<P: ProfileProvider + ?Sized>(provider: &P, before: u64) -> Result<u64> {
    let proof = prove_place(provider).await.map_err(|error| error.with_effort_before(effort_of(before)))?;
    Ok(u64::from(proof.requests))
}

/// So many requests, of which it is not known more.
fn effort_of(requests: u64) -> RequestStats {
    let requests = u32::try_from(requests).unwrap_or(u32::MAX);
    RequestStats { requests, attempts: requests, ..RequestStats::default() }
}

/// Somebody, or nobody as far as the service says.
fn look_up_result(result: Result<Profile>) -> Result<Found> {
    match result {
        Ok(profile) => Ok(Found::looked_up(Some(profile))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::looked_up(None)),
        // Services answer 400 where the text cannot be one of their ids; a credential or a configuration that they
        // refuse with it is of another kind.
        Err(error)
            if error.kind() == ErrorKind::InvalidRequest
                && error.status() == Some(400)
                && error.is_from_service() =>
        {
            Ok(Found::looked_up(None))
        }
        Err(error) => Err(error),
    }
}

/// Looks an id of the service up, in one of these collections after the other until somebody is there. That nobody is there
/// is believed once a request that must succeed has proven that the account is where it is looked for.
///
/// # Errors
/// Every failure that says nothing of the profile; and [`ErrorKind::Decode`] for somebody else's.
pub async fn look_up<P: ProfileProvider + ?Sized>(
    provider: &P,
    native: &str,
    kinds: &[IdKind],
) -> Result<Found> {
    let info = provider.info();
    let mut found = Found { requests: 0, ..Found::looked_up(None) };
    for kind in kinds {
        // What cannot be an id is nobody's.
        let id = ProfileId::new(info.service.clone(), info.account.clone(), kind.clone(), native);
        let Ok(id) = id else { break };
        let before = |error: Error, requests| error.with_effort_before(effort_of(requests));
        let here = look_up_result(provider.get_opts(&id, &GetOptions::default()).await)
            .map_err(|error| before(error, found.requests))?;
        found.requests += here.requests;
        if let Some(profile) = here.profiles.first() {
            check_same(provider, &id, profile).map_err(|error| before(error, found.requests))?;
            return Ok(Found { requests: found.requests, ..here });
        }
    }
    if found.requests > 0 {
        found.requests += proven(provider, found.requests).await?;
    }
    Ok(found)
}

/// Finds with what every provider has: the service's id is looked up, everything else is listed, with the
/// service's search where a filter can use it.
///
/// # Errors
/// The provider's.
pub async fn find_by_listing<P: ProfileProvider + ?Sized>(provider: &P, key: &FindKey) -> Result<Found> {
    let capabilities = provider.capabilities();
    if let FindKey::NativeId(native) = key {
        return look_up(provider, native, capabilities.operations.get.kinds()).await;
    }
    if capabilities.listed(&key.path(), &ListQuery::new()) != Readable::Yes {
        return Ok(Found::unanswerable());
    }
    let mut filter = Filter::default();
    if let FindKey::Email(address) = key {
        filter.email = Some(address.clone());
    }
    let query = ListQuery::new().with_filter(filter);
    // Where a collection does not answer, it is read whole.
    let plan = query.filter_plan(capabilities);
    let is_searched = plan.pushed.iter().any(|part| !plan.applied.contains(part));
    let mut pages = Pages::new(provider, query);
    let mut profiles = Vec::new();
    while let Some(page) = pages.next_page().await {
        profiles.extend(page?.items.into_iter().filter(|profile| key.matches(profile)));
    }
    let method = if is_searched { FindMethod::Searched } else { FindMethod::Listed };
    let (requests, is_complete) = (pages.report().requests, pages.report().is_complete());
    Ok(Found { profiles, method, requests, is_complete })
}
