//! One profile, the credential's own, and finding.

use anyprofile_core::{ErrorKind, FindKey, GetOptions, ProfileId, ProfileProviderExt as _, find::FindMethod};

use super::{Checked, checks, ensure, require};
use crate::{report::Outcome, subject::Subject};

checks! { Reading:
    "get.listed", "who is listed can be got by the id, and is the same",
        "The id is the identity." => listed;
    "get.nobody", "an id that nobody has is not found",
        "404, or a service's refusal of the id." => nobody;
    "get.another-account", "another account's id is refused, and nothing is sent",
        "An id names its account." => another_account;
    "get.another-kind", "an id of a kind that the provider does not have is refused, and nothing is sent",
        "The capabilities name the kinds." => another_kind;
    "get.enrich", "an enriched profile says which records it was read from, and knows no less",
        "What is added says where it is from." => enrich;
    "current", "the credential's own profile is of a declared kind, or refused without a request",
        "Not every service has such a thing." => current;
    "find.id", "who is listed is found by the service's id",
        "A look-up where there is one, else a listing." => find_id;
    "find.email", "who is listed is found by the address, and nobody by an address that nobody has",
        "Nobody is a response; a service that cannot be asked says so." => find_email;
    "check", "the credential is proven with few requests",
        "The first thing that somebody does with a new account." => check;
}

async fn listed(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.get.kinds();
    require(!kinds.is_empty(), "profiles cannot be got by id")?;
    let mut count = 0;
    for kind in kinds {
        for profile in subject.some(kind) {
            let got = subject.provider.get(&profile.id).await?;
            ensure(got.id == profile.id, format_args!("{} is answered with {}", profile.id, got.id))?;
            // Another record may say less, and nothing else of who it is.
            let is_same =
                |one: Option<&str>, other: Option<&str>| one.is_none() || other.is_none() || one == other;
            ensure(
                is_same(got.email(), profile.email()),
                format_args!("{} has another address", profile.id),
            )?;
            count += 1;
        }
    }
    require(count > 0, "nobody is listed of the kinds that can be got")?;
    Ok(())
}

async fn nobody(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.get.kinds().first() else {
        return Err(Outcome::not_applicable("profiles cannot be got by id"));
    };
    let Some(id) = subject.nobody(kind) else {
        return Err(Outcome::not_applicable("no id can be made up"));
    };
    match subject.provider.get(&id).await {
        Ok(_) => Err(Outcome::failed("somebody has an id that was made up")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::InvalidRequest && error.status().is_some() => Ok(()),
        Err(error) => Err(Outcome::failed(format!("the kind of the error is {}", error.kind()))),
    }
}

async fn another_account(subject: &Subject<'_>) -> Checked {
    let Some(kind) = subject.capabilities().operations.get.kinds().first() else {
        return Err(Outcome::not_applicable("profiles cannot be got by id"));
    };
    let info = subject.info();
    let Ok(account) = format!("{}-other", info.account).parse() else {
        return Err(Outcome::not_applicable("no account can be made up"));
    };
    let Ok(id) = ProfileId::new(info.service.clone(), account, kind.clone(), "x") else {
        return Err(Outcome::not_applicable("no id can be made up"));
    };
    let error = subject.refused("another account's id", subject.provider.get(&id)).await?;
    ensure(
        error.kind() == ErrorKind::InvalidRequest,
        format_args!("the kind of the error is {}", error.kind()),
    )?;
    Ok(())
}

async fn another_kind(subject: &Subject<'_>) -> Checked {
    let info = subject.info();
    let text = format!("{}:{}/spaceship/x", info.service, info.account);
    let Ok(id) = text.parse::<ProfileId>() else {
        return Err(Outcome::not_applicable("no id can be made up"));
    };
    let options = GetOptions::new();
    let asked = subject.provider.get_opts(&id, &options);
    let error = subject.refused("an id of another kind", asked).await?;
    ensure(
        error.kind() == ErrorKind::Unsupported,
        format_args!("the kind of the error is {}", error.kind()),
    )?;
    Ok(())
}

async fn enrich(subject: &Subject<'_>) -> Checked {
    let kinds = subject.capabilities().operations.enrich.kinds();
    require(!kinds.is_empty(), "nothing can be added")?;
    for kind in kinds {
        for profile in subject.some(kind).take(2) {
            let plain = subject.provider.get(&profile.id).await?;
            let rich = subject.provider.get_opts(&profile.id, &GetOptions::new().with_enrich(true)).await?;
            let is_told = rich
                .origin
                .as_ref()
                .is_some_and(|origin| !origin.merged.is_empty() || !origin.missing.is_empty());
            ensure(is_told, format_args!("{} does not say what was added", profile.id))?;
            for spec in subject.capabilities().fields.iter() {
                let is_lost = plain.value(&spec.path).is_some() && rich.value(&spec.path).is_none();
                ensure(!is_lost, format_args!("{}: {} is gone", profile.id, spec.path))?;
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
            format_args!("{} is of a kind that is not declared", own.id),
        )?;
        return Ok(());
    }
    let error = subject.refused("the own profile", subject.provider.current()).await?;
    ensure(
        error.kind() == ErrorKind::Unsupported,
        format_args!("the kind of the error is {}", error.kind()),
    )?;
    Ok(())
}

async fn find_id(subject: &Subject<'_>) -> Checked {
    let Some(profile) = subject.listed.first() else {
        return Err(Outcome::not_applicable("nobody is listed"));
    };
    let key = FindKey::NativeId(profile.id.native().to_owned());
    let found = subject.provider.find_by(&key).await?;
    ensure(found.profiles.iter().any(|it| it.id == profile.id), format_args!("{} is not found", profile.id))?;
    Ok(())
}

async fn find_email(subject: &Subject<'_>) -> Checked {
    let nobody = FindKey::Email("nobody.at.all@conformance.example.com".to_owned());
    let none = subject.provider.find_by(&nobody).await?;
    ensure(none.profiles.is_empty(), "somebody has an address that was made up")?;
    let Some(profile) = subject.listed.iter().find(|profile| profile.email().is_some()) else {
        require(none.method == FindMethod::Unanswerable, "nobody has an address")?;
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
