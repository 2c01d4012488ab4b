//! Reading one profile, and what may be believed of the response.

use std::time::Duration;

use crate::{
    ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider, RequestStats, Result,
    check::{CheckMethod, CheckReport},
};

/// Reads a profile. Who is not there is so only where the place is proven to be right, and whoever comes must be who was
/// asked for.
///
/// # Errors
/// The provider's; and [`ErrorKind::Decode`] for the record of somebody else.
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
            match prove_place(provider).await {
                Ok(_) => Err(error),
                Err(unproven) => Err(unproven.with_effort_before(stats)),
            }
        }
        Err(error) => Err(error),
    }
}

/// Checks that a profile that came is the one that was asked for.
///
/// # Errors
/// [`ErrorKind::Decode`] if it is another one.
pub(crate) fn check_same<P: ProfileProvider + ?Sized>(
    provider: &P,
    asked: &ProfileId,
    came: &Profile,
) -> Result<()> {
    if provider.capabilities().is_same(asked, &came.id) {
        Ok(())
    } else {
        Err(provider.info().somebody_else(asked, &came.id))
    }
}

/// Proves that the account is where the configuration says: by a request that must succeed there, as
/// [`ProfileProviderExt::check`](crate::ProfileProviderExt::check) sends it, unless one has just done so. Gives what that took.
///
/// # Errors
/// Why it is not proven.
pub async fn prove_place<P: ProfileProvider + ?Sized>(provider: &P) -> Result<RequestStats> {
    let proof = &provider.info().proof;
    if proof.is_fresh() {
        return Ok(RequestStats::default());
    }
    let stats = match check(provider).await {
        Ok(report) => report.stats,
        // The service itself knows the credential and refuses this one request: it is the right place.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && error.is_from_service() => error.stats(),
        Err(error) => return Err(error),
    };
    proof.renew();
    Ok(stats)
}

/// Proves that the credential works: [`ProfileProviderExt::check`](crate::ProfileProviderExt::check). What a cache holds proves
/// nothing.
///
/// # Errors
/// The provider's.
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
            // The service showed it, and the scope does not: a listing proves as much.
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
