//! Reading one profile, and checking the response.

use std::time::Duration;

use crate::{
    ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider, RequestStats, Result,
    check::{CheckMethod, CheckReport},
};

/// Reads a profile, and checks that the response has the requested id. [`ErrorKind::NotFound`] is returned only after
/// another request has proven that the account is at the configured URL.
///
/// # Errors
/// Those of the provider, and [`ErrorKind::Decode`] for the record of another profile.
pub(crate) async fn read<P: ProfileProvider + ?Sized>(
    provider: &P,
    id: &ProfileId,
    options: &GetOptions,
) -> Result<Profile> {
    provider.info().check_id(id)?;
    match provider.get_opts(id, options).await {
        Ok(profile) => check_same(provider, id, &profile).map(|()| profile),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let stats = error.stats();
            provider.info().proof.doubt(&error);
            match prove_place(provider).await {
                Ok(_) => Err(error),
                Err(unproven) => Err(unproven.with_effort_before(stats)),
            }
        }
        Err(error) => Err(error),
    }
}

/// Checks that the received profile is the requested one.
///
/// # Errors
/// [`ErrorKind::Decode`] if it is another profile.
pub(crate) fn check_same<P: ProfileProvider + ?Sized>(
    provider: &P,
    requested: &ProfileId,
    received: &Profile,
) -> Result<()> {
    if provider.capabilities().is_same(requested, &received.id) {
        Ok(())
    } else {
        Err(provider.info().somebody_else(requested, &received.id))
    }
}

/// Proves that the account is at the configured URL, with the request of
/// [`ProfileProviderExt::check`](crate::ProfileProviderExt::check). Sends nothing if a request proved it in the last
/// seconds. Returns what the proof cost.
///
/// # Errors
/// The failure of the request.
pub async fn prove_place<P: ProfileProvider + ?Sized>(provider: &P) -> Result<RequestStats> {
    let proof = &provider.info().proof;
    if proof.is_fresh() {
        return Ok(RequestStats::default());
    }
    let stats = match check(provider).await {
        Ok(report) => report.stats,
        // The service knows the credential and refuses this one request, so the URL is right.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && error.is_from_service() => error.stats(),
        Err(error) => return Err(error),
    };
    proof.renew();
    Ok(stats)
}

/// Proves that the credential works; see [`ProfileProviderExt::check`](crate::ProfileProviderExt::check). A cached
/// response proves nothing and is not used.
///
/// # Errors
/// Those of the provider.
pub(crate) async fn check<P: ProfileProvider + ?Sized>(provider: &P) -> Result<CheckReport> {
    if provider.capabilities().operations.current.is_supported() {
        match provider.current_opts(&GetOptions::new().with_fresh(true)).await {
            Ok(profile) => {
                return Ok(CheckReport {
                    method: CheckMethod::Current,
                    profile: Some(profile.id),
                    declared_total: None,
                    stats: RequestStats::new(1, Duration::ZERO),
                });
            }
            // The service returned the profile, and the scope excludes it. A listing proves as much.
            Err(error) if error.is_out_of_scope() => {}
            Err(error) => return Err(error),
        }
    }
    let mut query = ListQuery::new().with_limit(1).with_fresh(true);
    if provider.capabilities().listing.page_size {
        query = query.with_page_size(1);
    }
    let page = provider.list_page(&query, None).await?;
    Ok(CheckReport {
        method: CheckMethod::List,
        profile: None,
        declared_total: page.declared_total,
        stats: page.stats,
    })
}
