//! The field tables tell the truth, in every shape that the services have.

use std::{collections::BTreeSet, sync::Arc};

use anyprofile::{
    FieldPath, FieldState, ListQuery, Profile, ProfileProvider, ProfileProviderExt,
    anthropic::{AnthropicConfig, AnthropicProvider, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
};
use futures_util::TryStreamExt;

use crate::{Fixture, fixture};

/// The paths of the fields that some profile has a value or null for, as JSON shows them.
fn filled(profiles: &[Profile]) -> BTreeSet<String> {
    let groups = ["name", "organization", "billing", "access", "security", "times", "extension"];
    let mut paths = BTreeSet::new();
    for profile in profiles {
        let json = serde_json::to_value(profile).unwrap();
        for (key, value) in json.as_object().unwrap() {
            if groups.contains(&key.as_str()) {
                paths.extend(value.as_object().unwrap().keys().map(|inner| format!("{key}.{inner}")));
            } else {
                paths.insert(key.clone());
            }
        }
    }
    // Ours, and what we do not know.
    for ours in ["notes", "unknown", "raw", "name.derived"] {
        paths.remove(ours);
    }
    paths
}

async fn everything(fixture: &Fixture, provider: &dyn ProfileProvider) -> Vec<Profile> {
    let mut profiles: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
    profiles.extend(provider.current().await);
    if provider.info().service == "upsun" {
        for organization in &fixture.sandbox.description().upsun.organizations {
            let id = format!("upsun:upsun/organization/{organization}").parse().unwrap();
            profiles.push(provider.get(&id).await.unwrap());
        }
    }
    profiles
}

#[tokio::test]
async fn what_is_declared_readable_is_sometimes_filled_and_nothing_else_ever_is() {
    let fixture = fixture(300).await;
    let mut providers = fixture.providers.clone();
    let anthropic = &fixture.sandbox.description().anthropic;
    for beta in [Some(BETA_2026_03_24), Some(BETA_2026_08_18), Some(BETA_2026_09_04), None] {
        let mut config =
            AnthropicConfig::with_api_key("anthropic".parse().unwrap(), anthropic.api_key.clone())
                .at(&anthropic.base_url);
        config.beta = beta.map(str::to_owned);
        providers.push(Arc::new(AnthropicProvider::new(config).unwrap()));
    }
    for provider in &providers {
        let profiles = everything(&fixture, provider.as_ref()).await;
        let declared: BTreeSet<_> =
            provider.capabilities().fields.iter().map(|spec| spec.path.to_string()).collect();
        let filled = filled(&profiles);
        let undeclared: Vec<_> = filled.difference(&declared).collect();
        assert!(
            undeclared.is_empty(),
            "{}: filled and not declared: {undeclared:?}",
            provider.info().service
        );
        let empty: Vec<_> = declared.difference(&filled).map(String::as_str).collect();
        // Only a value of an unknown form is kept as it came; the sandbox has none of it.
        let allowed = ["extension.enforcement_actions"];
        let empty: Vec<_> = empty.into_iter().filter(|path| !allowed.contains(path)).collect();
        assert!(empty.is_empty(), "{}: declared and never filled: {empty:?}", provider.info().service);
    }
}

#[tokio::test]
async fn no_mfa_is_never_confused_with_not_known() {
    let fixture = fixture(200).await;
    let mut states = BTreeSet::new();
    for provider in &fixture.providers {
        let profiles: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
        for profile in profiles {
            let mfa = &profile.security.mfa_enabled;
            let state = profile.state(&FieldPath::SECURITY_MFA_ENABLED, provider.capabilities());
            assert_eq!(state == FieldState::Value, mfa.is_known());
            states.insert((
                provider.info().service.to_string(),
                format!(
                    "{state} {}",
                    mfa.as_ref().map(|on| *on).into_value().map_or("", |on| if on { "on" } else { "off" })
                ),
            ));
        }
    }
    insta::assert_debug_snapshot!(states, @r#"
    {
        (
            "anthropic",
            "unsupported ",
        ),
        (
            "probely",
            "absent ",
        ),
        (
            "probely",
            "value off",
        ),
        (
            "probely",
            "value on",
        ),
        (
            "upsun",
            "absent ",
        ),
    }
    "#);
}

#[tokio::test]
async fn every_profile_is_valid_against_the_schema_and_survives_json() {
    let fixture = fixture(200).await;
    let validator = jsonschema::validator_for(&anyprofile::profile_schema()).unwrap();
    for provider in &fixture.providers {
        for profile in everything(&fixture, provider.as_ref()).await {
            let json = serde_json::to_value(&profile).unwrap();
            let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", profile.id);
            let text = serde_json::to_string(&profile).unwrap();
            let read: Profile = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), json);
            assert!(read == profile, "{}", profile.id);
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
