//! Reading one profile or the credential's own, and finding profiles.

use anyprofile_core::{ErrorKind, FindKey, GetOptions, ProfileId, ProfileProviderExt as _, find::FindMethod};

use super::{Checked, checks, ensure, prove, require, some_listed};
use crate::{report::Outcome, subject::Subject};

checks! { Reading:
        "get.listed", "a listed profile can be read by its id, and is the same profile",
            "The id identifies the profile." => listed;
        "get.nobody", "an unused id is not found",
            "The service returns 404, or rejects the id." => nobody;
        "get.another-account", "an id of another account is rejected, and nothing is sent",
            "An id names its account." => another_account;
        "get.another-kind", "an id of a kind that the provider does not have is rejected, and nothing is sent",
            "The capabilities declare the kinds." => another_kind;
        "get.enrich", "an enriched profile names the records that it was read from, and has no fewer values",
            "Added values name their source." => enrich;
        "current", "the credential's own profile has a declared kind, or is rejected without a request",
            "Not every service has an own profile." => current;
        "find.id", "a listed profile is found by the service's id",
            "It is looked up if the service supports that, else all profiles are listed." => find_id;
        "find.email", "a listed profile is found by its e-mail address, and no profile by an unused address",
            "\"Not found\" differs from \"cannot search\"." => find_email;
        "check", "the credential is verified with few requests",
            "It is the first step with a new account." => check;
}

async fn listed(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.get.kinds();
    require(!kinds.is_empty(), "profiles cannot be read by id")?;
    let mut count = 0;
    for kind in kinds {
        for profile in subject.some(kind) {
            let got = subject.provider.get(&profile.id).await?;
            ensure(got.id == profile.id, format_args!("the response for {} is {}", profile.id, got.id))?;
            // Another record may have fewer values, but must not contradict the listed one.
            let is_same =
                |one: Option<&str>, other: Option<&str>| one.is_none() || other.is_none() || one == other;
            ensure(
                is_same(got.email(), profile.email()),
                format_args!("{} has another e-mail address", profile.id),
            )?;
            count += 1;
        }
    }
    prove(count > 0, "the test server must have a profile of a kind that can be read")?;
    Ok(())
}

async fn nobody(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.get.kinds().first() else {
        return Err(Outcome::not_applicable("profiles cannot be read by id"));
    };
    let Some(id) = subject.unused_id(kind) else {
        return Err(Outcome::not_proven(
            "the test server must have profiles, so that an id of their form can be made",
        ));
    };
    match subject.provider.get(&id).await {
        Ok(_) => Err(Outcome::failed("a profile is returned for an unused id")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::InvalidRequest && error.status().is_some() => Ok(()),
        Err(error) => Err(Outcome::failed(format!("wrong error kind: {}", error.kind()))),
    }
}

async fn another_account(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.get.kinds().first() else {
        return Err(Outcome::not_applicable("profiles cannot be read by id"));
    };
    let info = subject.info();
    let Ok(account) = format!("{}-other", info.account).parse() else {
        return Err(Outcome::not_applicable("no test account can be created"));
    };
    let Ok(id) = ProfileId::new(info.service.clone(), account, kind.clone(), "x") else {
        return Err(Outcome::not_applicable("no test id can be created"));
    };
    let error = subject.refused("an id of another account", subject.provider.get(&id)).await?;
    ensure(error.kind() == ErrorKind::InvalidRequest, format_args!("wrong error kind: {}", error.kind()))?;
    Ok(())
}

async fn another_kind(subject: &Subject<'_>) -> Checked {
    let info = subject.info();
    let text = format!("{}:{}/spaceship/x", info.service, info.account);
    let Ok(id) = text.parse::<ProfileId>() else {
        return Err(Outcome::not_applicable("no test id can be created"));
    };
    let options = GetOptions::new();
    let asked = subject.provider.get_opts(&id, &options);
    let error = subject.refused("an id of another kind", asked).await?;
    ensure(error.kind() == ErrorKind::Unsupported, format_args!("wrong error kind: {}", error.kind()))?;
    Ok(())
}

async fn enrich(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.enrich.kinds();
    require(!kinds.is_empty(), "enriching is not supported")?;
    for kind in kinds {
        for profile in subject.some(kind).take(2) {
            let plain = subject.provider.get(&profile.id).await?;
            let rich = subject.provider.get_opts(&profile.id, &GetOptions::new().with_enrich(true)).await?;
            // Where a listing shows less, one profile may be read from the richer record itself.
            let collections = &subject.capabilities().listing.collections;
            let is_rich =
                |view| collections.iter().any(|it| it.kind == *kind && it.enrich_views.contains(view));
            let is_reported = rich.origin.as_ref().is_some_and(|origin| {
                !origin.merged.is_empty() || !origin.missing.is_empty() || is_rich(&origin.view)
            });
            ensure(is_reported, format_args!("{} does not name the added records", profile.id))?;
            for spec in subject.capabilities().fields.iter() {
                let is_lost = plain.value(&spec.path).is_some() && rich.value(&spec.path).is_none();
                ensure(!is_lost, format_args!("{}: {} is missing", profile.id, spec.path))?;
            }
        }
    }
    Ok(())
}

async fn current(subject: &Subject<'_>) -> Checked {
    let support = &subject.capabilities().operations.current;
    if support.is_supported() {
        let own = subject.provider.current().await?;
        ensure(
            support.kinds().contains(&own.id.kind),
            format_args!("the kind of {} is not declared", own.id),
        )?;
        return Ok(());
    }
    let error = subject.refused("the own profile", subject.provider.current()).await?;
    ensure(error.kind() == ErrorKind::Unsupported, format_args!("wrong error kind: {}", error.kind()))?;
    Ok(())
}

async fn find_id(subject: &Subject<'_>) -> Checked {
    let Some(profile) = subject.listed.first() else {
        return some_listed(subject);
    };
    let key = FindKey::NativeId(profile.id.native().to_owned());
    let found = subject.provider.find_by(&key).await?;
    ensure(found.profiles.iter().any(|it| it.id == profile.id), format_args!("{} is not found", profile.id))?;
    Ok(())
}

async fn find_email(subject: &Subject<'_>) -> Checked {
    let unused = FindKey::Email("nobody.at.all@conformance.example.com".to_owned());
    let none = subject.provider.find_by(&unused).await?;
    ensure(none.profiles.is_empty(), "a profile is found by an unused e-mail address")?;
    let Some(profile) = subject.listed.iter().find(|profile| profile.email().is_some()) else {
        prove(
            none.method == FindMethod::Unanswerable,
            "the test server must have a profile with an e-mail address",
        )?;
        return Ok(());
    };
    let address = profile.email().unwrap_or_default().to_owned();
    let found = subject.provider.find_by(&FindKey::Email(address)).await?;
    ensure(found.profiles.iter().any(|it| it.id == profile.id), format_args!("{} is not found", profile.id))?;
    Ok(())
}

async fn check(subject: &Subject<'_>) -> Checked {
    let (checked, requests) = subject.counted(subject.provider.check()).await;
    checked?;
    ensure(requests <= 2, format_args!("it takes {requests} requests"))?;
    Ok(())
}
