//! What a change does at the service is what it does to the model: the fields that it names are as it says, and all
//! others are as they were. For every provider, every kind of profile and every field that its table calls writable.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyprofile::{
    Capabilities, ExecuteOptions, Executed, FieldPath, GetOptions, IdKind, ListQuery, PlanOptions, Profile,
    ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt, Write,
    anthropic::{AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    capabilities::{FieldSpec, ValueFormat, WriteRule},
};
use futures_util::TryStreamExt;
use proptest::{
    prelude::*,
    sample::{Index, select, subsequence},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::fixture;

/// How many changes are tried at each provider.
const CASES: u32 = 48;

/// A value in a format.
fn value(format: &ValueFormat) -> BoxedStrategy<Value> {
    let text = |max: Option<u32>| {
        let characters = 1..=max.unwrap_or(40).min(60) as usize;
        let character = select(vec!['a', 'Z', '7', 'ß', '漢', '🦀', '"', '\\', '&', '-']);
        let text = proptest::collection::vec(character, characters);
        text.prop_map(|characters| characters.into_iter().collect::<String>())
    };
    match format {
        ValueFormat::Email => "[a-z]{1,9}[0-9]{1,6}@example\\.(com|org)".prop_map(Value::from).boxed(),
        ValueFormat::Uri => "https://example\\.com/[a-z0-9]{0,9}".prop_map(Value::from).boxed(),
        ValueFormat::Country => select(vec!["NO", "TR", "DE", "JP"]).prop_map(Value::from).boxed(),
        ValueFormat::Time => {
            (0..60u32).prop_map(|second| json!(format!("2025-01-31T12:00:{second:02}Z"))).boxed()
        }
        ValueFormat::OneOf(words) => select(words.clone()).prop_map(|word| Value::from(&*word)).boxed(),
        ValueFormat::Bool => any::<bool>().prop_map(Value::from).boxed(),
        ValueFormat::Names { max_characters } => {
            let names = proptest::collection::btree_set(text(*max_characters), 1..4);
            names.prop_map(|names: BTreeSet<String>| names.into_iter().collect()).boxed()
        }
        ValueFormat::Lines { max_lines } => {
            let lines = proptest::collection::vec(text(Some(20)), 1..=*max_lines as usize);
            lines.prop_map(|lines| Value::from(lines.join("\n"))).boxed()
        }
        ValueFormat::Text { max_characters } => text(*max_characters).prop_map(Value::from).boxed(),
        ValueFormat::Pairs { max_value_characters, .. } => {
            text(*max_value_characters).prop_map(Value::from).boxed()
        }
        // A role has to be one that the sandbox has: only Probely's can be changed.
        ValueFormat::Roles { .. } => {
            let roles = vec![
                "sbxRoleAdmin",
                "sbxRoleDevel",
                "sbxRoleDevel@team:sbxTeamBlue0",
                "_bxRoleAudit@team:sbxTeamBlue0",
                "-bxRoleGuest@target:sbxTargetShp",
            ];
            subsequence(roles, 1..=3).prop_map(Value::from).boxed()
        }
        other => panic!("no values for {other:?}"),
    }
}

/// The paths that a field is written by.
fn paths(spec: &FieldSpec) -> Vec<FieldPath> {
    if matches!(spec.write.as_ref().map(|rule| &rule.format), Some(ValueFormat::Pairs { .. })) {
        return ["plan", "tëam", "a.b"].map(FieldPath::metadata).to_vec();
    }
    vec![spec.path.clone()]
}

/// What becomes of one field.
fn change_of(path: FieldPath, rule: &WriteRule) -> BoxedStrategy<(FieldPath, Option<Value>)> {
    let set = value(&rule.format).prop_map(Some);
    let change = if rule.clear { prop_oneof![3 => set, 1 => Just(None)].boxed() } else { set.boxed() };
    change.prop_map(move |value| (path.clone(), value)).boxed()
}

/// Changes of some of the fields that can be changed for ids of a kind.
fn changes(capabilities: &Capabilities, kind: &IdKind) -> BoxedStrategy<ProfileChange> {
    let fields = capabilities.fields.iter().flat_map(|spec| {
        let rule = spec.write.clone().filter(|rule| rule.update && rule.id_kinds.contains(kind));
        rule.into_iter().flat_map(|rule| paths(spec).into_iter().map(move |path| change_of(path, &rule)))
    });
    let fields: Vec<_> = fields.collect();
    let count = fields.len();
    subsequence(fields, 1..=count.min(8))
        .prop_flat_map(|fields| fields)
        .prop_map(|fields| {
            fields.into_iter().fold(ProfileChange::new(), |change, (path, value)| match value {
                Some(value) => change.set(path, value),
                None => change.clear(path),
            })
        })
        .boxed()
}

/// All that a profile says of the fields that a service has, but for who changed it and when.
fn said(profile: &Profile, capabilities: &Capabilities) -> BTreeMap<FieldPath, String> {
    let follows = [FieldPath::TIMES_UPDATED, FieldPath::CHANGED_BY, FieldPath::BILLING_ADDRESS];
    let specs = capabilities.fields.iter().filter(|spec| !follows.contains(&spec.path));
    let mut said: BTreeMap<_, _> = specs
        .map(|spec| {
            (
                spec.path.clone(),
                format!("{:?} {:?}", profile.state(&spec.path, capabilities), profile.value(&spec.path)),
            )
        })
        .collect();
    said.remove(&FieldPath::METADATA);
    for (key, value) in profile.metadata.value().into_iter().flatten() {
        said.insert(FieldPath::metadata(key), value.clone());
    }
    said
}

/// Fields that are another form of a field that is written, or that the service makes of it.
fn is_of(path: &FieldPath, change: &ProfileChange) -> bool {
    let forms = [
        ("extension.address", "billing.address."),
        ("extension.customer_type", "organization.kind"),
        ("extension.labels", "labels"),
        ("extension.user_roles", "roles"),
        ("groups", "roles"),
        ("status_raw", "status"),
        ("kind", "extension.relationship"),
        ("kind", "extension.access_type"),
        ("kind", "extension.entity_type"),
        ("organization.kind", "extension.entity_type"),
        ("name.display", "name."),
        ("organization.kind", "extension.company_type"),
    ];
    let is_changed = |part: &str| change.iter().any(|(path, _)| path.as_str().starts_with(part));
    is_changed(path.as_str()) || forms.iter().any(|(form, of)| path.as_str() == *form && is_changed(of))
}

/// Makes one change and compares.
async fn check(provider: &dyn ProfileProvider, id: &ProfileId, change: &ProfileChange) -> Result<(), String> {
    let capabilities = provider.capabilities();
    let whole = GetOptions::new().with_enrich(true);
    let read = || async { provider.get_opts(id, &whole).await.map_err(|error| format!("{error}")) };
    let before = read().await?;
    let write = Write::update(id.clone(), change.clone());
    let plan = match provider.plan(&write, &PlanOptions::new()).await {
        Ok(plan) => plan,
        // Beside the pairs that there are, these may be too many.
        Err(error) if error.message().contains("has at most 16 pairs") => return Ok(()),
        Err(error) => return Err(format!("{error}")),
    };
    let applied = provider.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await;
    let applied = applied.and_then(Executed::into_result);
    let applied = applied.map_err(|error| format!("{error} {:?}", error.field_errors()))?;
    if !applied.ignored.is_empty() {
        return Err(format!("ignored: {:?}", applied.ignored));
    }
    let after = read().await?;
    let again = provider.plan(&write, &PlanOptions::new()).await.map_err(|error| format!("{error}"))?;
    if !applied.unshown.is_empty() {
        return Err(format!("not shown: {:?}", applied.unshown));
    }
    let left = again.differences();
    if !left.is_empty() {
        return Err(format!("not as the change says: {left:?}"));
    }
    let (before, after) = (said(&before, capabilities), said(&after, capabilities));
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let touched: Vec<_> = paths
        .into_iter()
        // Every change is another version.
        .filter(|path| path.as_str() != "extension.version")
        .filter(|path| before.get(path) != after.get(path) && !is_of(path, change))
        .map(|path| format!("{path}: {:?} -> {:?}", before.get(path), after.get(path)))
        .collect();
    if touched.is_empty() { Ok(()) } else { Err(format!("not named, and not as before: {touched:?}")) }
}

/// Tries changes at profiles of one kind.
fn changes_are_the_models(
    runtime: &tokio::runtime::Runtime,
    provider: &Arc<dyn ProfileProvider>,
    kind: &IdKind,
    ids: &[ProfileId],
) {
    assert!(!ids.is_empty(), "{} has nobody of kind {kind}", provider.info().account);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    // The same cases each time.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = (any::<Index>(), changes(provider.capabilities(), kind));
    let outcome = runner.run(&strategy, |(place, change)| {
        let checked = runtime.block_on(check(provider.as_ref(), place.get(ids), &change));
        checked.map_err(|reason| TestCaseError::fail(format!("{change:?}: {reason}")))
    });
    if let Err(error) = outcome {
        panic!("{} {kind}: {error}", provider.info().account);
    }
}

#[test]
fn a_change_at_the_service_is_the_change_of_the_model() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fixture = runtime.block_on(fixture(30));
    let description = fixture.sandbox.description();
    let mut providers = fixture.providers.clone();
    let anthropic = &description.anthropic;
    for beta in [Some(BETA_2026_03_24), Some(BETA_2026_08_18), Some(BETA_2026_09_04), None] {
        let name = beta.unwrap_or("generally-available").parse().unwrap();
        let mut config =
            AnthropicConfig::with_api_key(name, anthropic.api_key.clone()).at(&anthropic.base_url);
        config.beta = beta.map(str::to_owned);
        providers.push(Arc::new(config.connect().unwrap()));
    }
    let admin =
        AnthropicConfig::with_admin_key("organization".parse().unwrap(), anthropic.admin_api_key.clone());
    providers.push(Arc::new(admin.at(&anthropic.base_url).connect_organization().unwrap()));
    for provider in &providers {
        let info = provider.info();
        let listed = provider.list(ListQuery::new()).try_collect::<Vec<_>>();
        let mut ids: Vec<_> =
            runtime.block_on(listed).unwrap().into_iter().map(|profile| profile.id).collect();
        if info.service == "upsun" {
            let organizations = description.upsun.organizations.iter().take(2);
            ids.extend(organizations.map(|native| {
                ProfileId::new(
                    info.service.clone(),
                    info.account.clone(),
                    IdKind::ORGANIZATION,
                    native.as_str(),
                )
                .unwrap()
            }));
        }
        for kind in provider.capabilities().operations.update.kinds() {
            let ids: Vec<_> = ids.iter().filter(|id| id.kind == *kind).take(5).cloned().collect();
            changes_are_the_models(&runtime, provider, kind, &ids);
        }
    }
}
