//! The field tables tell the truth, in every shape that the services have.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyprofile::{
    Capabilities, FieldPath, FieldState, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId,
    ProfileProvider, ProfileProviderExt,
    anthropic::{AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    upsun::{ListedOrganizations, UpsunConfig},
};
use futures_util::TryStreamExt;

use crate::{Fixture, fixture};

/// The paths of the fields that some profile has a value or null for, as JSON shows them.
fn filled(profiles: &[Profile]) -> BTreeSet<String> {
    let groups = ["name", "organization", "employee", "billing", "access", "security", "times", "extension"];
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
        let address = json["billing"]["address"].as_object().into_iter().flatten();
        paths.extend(address.map(|(part, _)| format!("billing.address.{part}")));
    }
    // Ours, and what we do not know.
    for ours in ["notes", "unknown", "raw", "origin", "name.derived"] {
        paths.remove(ours);
    }
    paths
}

/// Every profile in every view that the provider has of it.
async fn everything(fixture: &Fixture, provider: &dyn ProfileProvider) -> Vec<Profile> {
    let mut profiles: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
    profiles.extend(provider.current().await);
    let info = provider.info();
    if info.service == "upsun" {
        for organization in &fixture.sandbox.description().upsun.organizations {
            let id = ProfileId::new(
                info.service.clone(),
                info.account.clone(),
                IdKind::ORGANIZATION,
                organization.as_str(),
            );
            let id = id.unwrap();
            profiles.push(provider.get(&id).await.unwrap());
            profiles.extend(provider.members(&id, ListQuery::new()).try_collect::<Vec<_>>().await.unwrap());
        }
        let people: Vec<_> =
            profiles.iter().filter(|it| it.id.kind == IdKind::USER).take(40).cloned().collect();
        for person in people {
            let enriched = GetOptions::new().with_enrich(true);
            profiles.push(provider.get_opts(&person.id, &enriched).await.unwrap());
            if let Some(address) = person.email() {
                profiles
                    .extend(provider.find_by(&FindKey::Email(address.to_owned())).await.unwrap().profiles);
            }
        }
    }
    profiles
}

#[tokio::test]
async fn what_is_declared_readable_is_sometimes_filled_and_nothing_else_ever_is() {
    let fixture = fixture(300).await;
    let description = fixture.sandbox.description();
    let mut providers = fixture.providers.clone();
    let upsun =
        UpsunConfig::with_api_token("organizations".parse().unwrap(), description.upsun.api_token.clone())
            .at(&description.upsun.base_url)
            .with_auth_url(&description.upsun.auth_url)
            .with_organizations(ListedOrganizations::Discovered);
    providers.push(Arc::new(upsun.connect().unwrap()));
    let anthropic = &description.anthropic;
    let admin =
        AnthropicConfig::with_admin_key("organization".parse().unwrap(), anthropic.admin_api_key.clone());
    providers.push(Arc::new(admin.at(&anthropic.base_url).connect_organization().unwrap()));
    for beta in [Some(BETA_2026_03_24), Some(BETA_2026_08_18), Some(BETA_2026_09_04), None] {
        let mut config =
            AnthropicConfig::with_api_key("anthropic".parse().unwrap(), anthropic.api_key.clone())
                .at(&anthropic.base_url);
        config.beta = beta.map(str::to_owned);
        providers.push(Arc::new(config.connect().unwrap()));
    }
    for provider in &providers {
        let capabilities = provider.capabilities();
        let profiles = everything(&fixture, provider.as_ref()).await;
        let mut found = BTreeSet::new();
        for profile in &profiles {
            for path in filled(std::slice::from_ref(profile)) {
                let view =
                    profile.origin_of(&path.parse().unwrap()).expect("every record says where it is from");
                found.insert(format!("{view} {path}"));
            }
        }
        let declared: BTreeSet<_> = capabilities
            .fields
            .iter()
            .flat_map(|spec| spec.sources.iter().map(move |source| (spec, source)))
            .map(|(spec, source)| format!("{} {}", source.view.as_ref().unwrap(), spec.path))
            .collect();
        let account = &provider.info().account;
        let undeclared: Vec<_> = found.difference(&declared).collect();
        assert!(undeclared.is_empty(), "{account}: filled and not declared: {undeclared:?}");
        // Views that only an account reads that lists organizations.
        let is_read = |field: &&String| {
            let view = field.split(' ').next().unwrap();
            profiles
                .iter()
                .filter_map(|it| it.origin.as_ref())
                .any(|it| it.views().any(|it| it.as_str() == view))
        };
        // The document has one schema for users' and organizations' profiles; what it describes as a user's is not
        // in the sandbox's organizations. And of the form of what the service enforces nothing is published.
        let allowed = [
            "organization_profile emails",
            "organization_profile extension.marketing",
            "organization_profile extension.new_ui",
            "organization_profile extension.ui_colorscheme",
            "organization_profile organization.role",
            "user_profile extension.enforcement_actions",
        ];
        let empty: Vec<_> = declared.difference(&found).filter(is_read).collect();
        let empty: Vec<_> = empty.into_iter().filter(|field| !allowed.contains(&field.as_str())).collect();
        assert!(empty.is_empty(), "{account}: declared and never filled: {empty:?}");
        // What each collection of a listing is said to read is what it reads.
        let mut read = BTreeMap::new();
        let mut listed = provider.list(ListQuery::new());
        while let Some(profile) = listed.try_next().await.unwrap() {
            let views: &mut BTreeSet<_> = read.entry(profile.id.kind.clone()).or_default();
            views.extend(profile.origin.as_ref().unwrap().views().cloned());
        }
        let declared = capabilities.listing.collections.iter();
        let declared: BTreeMap<_, BTreeSet<_>> =
            declared.map(|it| (it.kind.clone(), it.views.iter().cloned().collect())).collect();
        assert_eq!(read, declared, "{account}");
        assert_eq!(read.keys().collect::<Vec<_>>().len(), capabilities.operations.list.kinds().len());
    }
}

#[tokio::test]
async fn a_stored_profile_can_be_asked_by_stored_capabilities() {
    let fixture = fixture(20).await;
    for provider in &fixture.providers {
        let capabilities = provider.capabilities();
        let stored: Capabilities =
            serde_json::from_str(&serde_json::to_string(capabilities).unwrap()).unwrap();
        assert_eq!(&stored, capabilities, "{}", provider.info().service);
        for profile in provider.list_all(ListQuery::new()).await.unwrap().profiles {
            let read: Profile = serde_json::from_str(&serde_json::to_string(&profile).unwrap()).unwrap();
            for path in capabilities.fields.iter().map(|spec| &spec.path) {
                assert_eq!(read.state(path, &stored), profile.state(path, capabilities), "{path}");
            }
        }
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
            "unsupported ",
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
            "scim",
            "unsupported ",
        ),
        (
            "upsun",
            "unsupported ",
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
