//! Lookups of a profile, and checks of a result without one.

use super::{FindKey, FindMethod, Found};
use crate::{
    Error, ErrorKind, Filter, GetOptions, IdKind, ListQuery, Profile, ProfileId, ProfileProvider,
    RequestStats, Result,
    capabilities::Readable,
    listing::Pages,
    reading::{check_same, prove_place},
};

/// Turns the result of a lookup into what was found. [`ErrorKind::NotFound`] becomes an empty result, once another
/// request has proven that the account is at the configured URL. A profile that was found must have the key.
///
/// # Errors
/// All other failures, and [`ErrorKind::Decode`] if the service sent a profile without the key.
pub async fn found_or_nobody<P: ProfileProvider + ?Sized>(
    provider: &P,
    key: &FindKey,
    result: Result<Profile>,
) -> Result<Found> {
    let mut found = look_up_result(provider, result)?;
    match found.profiles.first() {
        None => found.requests += proven(provider, found.requests).await?,
        Some(profile) if !key.is_of(profile) => {
            let message = format!("the service sent a profile without the requested {}", key.noun());
            return Err(Error::new(ErrorKind::Decode, message)
                .with_provider(provider.info())
                .with_operation("find")
                .with_effort_before(effort_of(found.requests))
                .with_hint("it is not known whether the profile exists; report this to the service"));
        }
        Some(_) => {}
    }
    Ok(found)
}

/// [Proves the place](prove_place), and returns the number of requests that this took. `before` is the number of
/// requests so far.
async fn proven<P: ProfileProvider + ?Sized>(provider: &P, before: u64) -> Result<u64> {
    let proof = prove_place(provider).await.map_err(|error| error.with_effort_before(effort_of(before)))?;
    Ok(u64::from(proof.requests))
}

/// Returns stats with this number of requests; nothing else is known.
fn effort_of(requests: u64) -> RequestStats {
    let requests = u32::try_from(requests).unwrap_or(u32::MAX);
    RequestStats { requests, attempts: requests, ..RequestStats::default() }
}

/// Returns one profile or none, as the service reports it.
fn look_up_result<P: ProfileProvider + ?Sized>(provider: &P, result: Result<Profile>) -> Result<Found> {
    match result {
        Ok(profile) => Ok(Found::looked_up(Some(profile))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            provider.info().proof.doubt(&error);
            Ok(Found::looked_up(None))
        }
        // Services respond with 400 if the text cannot be one of their ids. If they refuse the credential or the
        // configuration with it, the error has another kind.
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

/// Looks up an id of the service in these collections, one after the other, until a profile is found. An empty result
/// is returned only once another request has proven that the account is at the configured URL.
///
/// # Errors
/// Every failure that says nothing about the profile, and [`ErrorKind::Decode`] if the service sent another profile.
pub async fn look_up<P: ProfileProvider + ?Sized>(
    provider: &P,
    native: &str,
    kinds: &[IdKind],
) -> Result<Found> {
    let info = provider.info();
    let mut found = Found { requests: 0, ..Found::looked_up(None) };
    for kind in kinds {
        // A text that cannot be an id belongs to no profile.
        let id = ProfileId::new(info.service.clone(), info.account.clone(), kind.clone(), native);
        let Ok(id) = id else { break };
        let before = |error: Error, requests| error.with_effort_before(effort_of(requests));
        let here = look_up_result(provider, provider.get_opts(&id, &GetOptions::default()).await)
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

/// Finds profiles with the methods that every provider has. The service's id is looked up. For other keys all
/// profiles are listed, using the service's search if the filter supports it.
///
/// # Errors
/// Those of the provider.
pub async fn find_by_listing<P: ProfileProvider + ?Sized>(provider: &P, key: &FindKey) -> Result<Found> {
    let capabilities = provider.capabilities();
    let mut before = 0;
    if let FindKey::NativeId(native) = key {
        let read = capabilities.operations.get.kinds();
        let is_read = |kind: &IdKind| read.contains(kind);
        let found = look_up(provider, native, read).await?;
        // Who is listed and cannot be read alone is found in the list.
        let mut collections = capabilities.listing.collections.iter();
        if !found.profiles.is_empty() || collections.all(|it| is_read(&it.kind) && it.beyond_get.is_none()) {
            return Ok(found);
        }
        before = found.requests;
    } else if capabilities.listed(&key.path(), &ListQuery::new()) != Readable::Yes {
        return Ok(Found::unanswerable());
    }
    let found = listed(provider, key, None).await?;
    Ok(Found { requests: found.requests + before, ..found })
}

/// Finds profiles of these collections by listing them, using the service's filter where it has one.
///
/// # Errors
/// Those of the provider.
pub async fn find_in_collections<P: ProfileProvider + ?Sized>(
    provider: &P,
    key: &FindKey,
    collections: &[IdKind],
) -> Result<Found> {
    let mut all = Found { requests: 0, ..Found::looked_up(None) };
    for collection in collections {
        let query = ListQuery::new().with_collection(collection.clone());
        let shown = |query: &ListQuery| provider.capabilities().listed(&key.path(), query);
        if shown(&query) != Readable::Yes {
            // Of a kind of profile that never shows such a key, nobody has it. Otherwise nobody knows.
            all.is_complete &= shown(&query.with_enrich(true)) == Readable::No;
            continue;
        }
        let found = listed(provider, key, Some(collection))
            .await
            .map_err(|error| error.with_effort_before(effort_of(all.requests)))?;
        all.profiles.extend(found.profiles);
        all.requests += found.requests;
        all.is_complete &= found.is_complete;
        // What one list was searched for was found by listing, if another one was listed whole.
        all.method = if all.method == FindMethod::Listed { all.method } else { found.method };
    }
    Ok(all)
}

/// Lists all collections, or one, and returns the profiles with the key.
async fn listed<P: ProfileProvider + ?Sized>(
    provider: &P,
    key: &FindKey,
    collection: Option<&IdKind>,
) -> Result<Found> {
    let mut filter = Filter::default();
    if let FindKey::Email(address) = key {
        filter.email = Some(address.clone());
    }
    let mut query = ListQuery::new().with_filter(filter);
    query.collection = collection.cloned();
    // A collection that does not support the filter is read completely.
    let plan = query.filter_plan(provider.capabilities());
    let is_filtered = plan.pushed.iter().any(|part| !plan.applied.contains(part));
    let mut pages = Pages::new(provider, query);
    let mut profiles = Vec::new();
    while let Some(page) = pages.next_page().await {
        profiles.extend(page?.items.into_iter().filter(|profile| key.matches(profile)));
    }
    let report = pages.report();
    // A service may be found to filter only when it is asked.
    let is_searched = is_filtered || (!plan.pushed.is_empty() && report.received == report.seen);
    let method = if is_searched { FindMethod::Searched } else { FindMethod::Listed };
    let (requests, is_complete) = (report.requests, report.is_complete());
    Ok(Found { profiles, method, requests, is_complete })
}
