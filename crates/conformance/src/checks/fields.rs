//! The field table of the capabilities.

use std::collections::BTreeSet;

use anyprofile_core::{
    FieldPath, FieldState, GetOptions, Profile, ProfileProviderExt as _, Result, capabilities::Readable,
};

use super::{Checked, checks, ensure, prove};
use crate::{report::Outcome, subject::Subject};

checks! { Fields:
        "fields.declared", "only declared fields ever have a value",
            "A field that the table does not declare is unsupported." => declared;
        "fields.filled", "no field that is declared as readable is always empty",
            "A broken mapping would go unnoticed." => filled;
        "fields.json", "a profile is unchanged after it is written as JSON and read again",
            "Null and absent differ in JSON too." => json;
        "fields.states", "a declared field is never reported as unsupported in a record that contains it",
            "\"Not sent\" is not \"unsupported\"." => states;
}

/// Returns every profile in all available views.
async fn everything(subject: &Subject<'_>) -> Result<Vec<Profile>> {
    let mut profiles = subject.listed.clone();
    let operations = &subject.capabilities().operations;
    let rich = GetOptions::new().with_enrich(true);
    for kind in operations.get.kinds() {
        for profile in subject.listed.iter().filter(|it| it.id.kind == *kind).take(40) {
            profiles.push(subject.provider.get_opts(&profile.id, &rich).await?);
        }
    }
    if operations.current.is_supported() {
        profiles.push(subject.provider.current().await?);
    }
    Ok(profiles)
}

async fn declared(subject: &Subject<'_>) -> Checked {
    let fields = &subject.capabilities().fields;
    let undeclared = FieldPath::CORE.iter().filter(|path| fields.readable(path) == Readable::No);
    let undeclared: Vec<_> = undeclared.collect();
    for profile in everything(subject).await? {
        for path in &undeclared {
            ensure(
                profile.value(path).is_none(),
                format_args!("{}: {path} has a value but is not declared", profile.id),
            )?;
        }
    }
    Ok(())
}

async fn filled(subject: &Subject<'_>) -> Checked {
    let profiles = everything(subject).await?;
    prove(!profiles.is_empty(), "the test server must have profiles")?;
    let views: BTreeSet<_> = profiles
        .iter()
        .filter_map(|profile| profile.origin.as_ref())
        .flat_map(|origin| origin.views().map(|view| view.as_str().to_owned()))
        .collect();
    let is_seen = |spec: &&anyprofile_core::capabilities::FieldSpec| {
        // Without named records, a field may be in any of them.
        views.is_empty()
            || spec.sources.iter().any(|it| it.view.as_ref().is_none_or(|view| views.contains(view.as_str())))
    };
    let readable =
        subject.capabilities().fields.iter().filter(|spec| spec.read == Readable::Yes).filter(is_seen);
    let empty = readable.filter(|spec| !profiles.iter().any(|profile| profile.value(&spec.path).is_some()));
    let empty: Vec<_> = empty.map(|spec| spec.path.as_str()).collect();
    ensure(empty.is_empty(), format_args!("always empty: {}", empty.join(", ")))?;
    Ok(())
}

async fn json(subject: &Subject<'_>) -> Checked {
    let profiles = everything(subject).await?;
    prove(!profiles.is_empty(), "the test server must have profiles")?;
    for profile in profiles {
        let Ok(text) = serde_json::to_string(&profile) else {
            return Err(Outcome::failed(format!("{} cannot be written as JSON", profile.id)));
        };
        let Ok(again) = serde_json::from_str::<Profile>(&text) else {
            return Err(Outcome::failed(format!("{} cannot be read from its JSON", profile.id)));
        };
        ensure(again == profile, format_args!("{} differs after it was written and read", profile.id))?;
    }
    Ok(())
}

async fn states(subject: &Subject<'_>) -> Checked {
    let capabilities = subject.capabilities();
    for profile in everything(subject).await? {
        let views: Vec<_> = profile.origin.iter().flat_map(anyprofile_core::profile::Origin::views).collect();
        for spec in capabilities.fields.iter() {
            let is_there = views.iter().any(|view| spec.is_in(view));
            let state = profile.state(&spec.path, capabilities);
            ensure(
                !is_there || state != FieldState::Unsupported,
                format_args!("{}: {} is declared but reported as unsupported", profile.id, spec.path),
            )?;
        }
    }
    Ok(())
}
