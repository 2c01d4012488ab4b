//! The mapping of records of every dated version to profiles.

use std::fmt::Write as _;

use anyprofile_anthropic::{AnthropicExtension, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04, wire};
use anyprofile_core::{
    Field, FieldPath, FieldState, ListQuery, Profile, ProfileProvider, ProfileProviderExt,
};
use futures_util::TryStreamExt as _;

use crate::{
    client, config, id, provider, shown,
    support::{Script, json},
};

/// The format of the first publication.
const FIRST: &str = r#"{"id":"uprof_1","created_at":"2019-12-27T18:11:19.117Z","metadata":{"foo":"string"},
    "trust_grants":{"foo":{"status":"status"}},"type":"type","updated_at":"2019-12-27T18:11:19.117Z",
    "external_id":"external_id"}"#;

const MARCH: &str = r#"{"id":"uprof_1","type":"user_profile","created_at":"2026-03-15T10:00:00Z",
    "updated_at":"2026-03-15T10:00:00Z","metadata":{},"trust_grants":{"cyber":{"status":"active"},
    "bio":{"status":"pending"},"x":{"status":"rejected"}},"name":"Example User","external_id":"user_12345",
    "relationship":"resold"}"#;

const AUGUST: &str = r#"{"id":"uprof_1","type":"user_profile","created_at":"2026-08-20T10:00:00Z",
    "updated_at":"2026-08-20T10:00:00Z","metadata":{"team":"blue"},"trust_grants":{},"name":null,
    "external_id":null,"access_type":"passthrough","external_user_onboarded_at":"2026-08-19T10:00:00.5Z"}"#;

const SEPTEMBER: &str = r#"{"id":"uprof_1","type":"user_profile","created_at":"2026-09-05T10:00:00Z",
    "updated_at":"2026-09-05T10:00:00Z","metadata":{},"trust_grants":{},"name":"Example",
    "access_type":"application","external_user_details":{"account_status":"blocked","country":"NO",
    "email_hash":"aa","name_hash":"bb","entity_type":"non_profit","onboarded_at":"2026-09-01T00:00:00Z",
    "reference_id":"ref-1","added_later":true}}"#;

const AVAILABLE: &str = r#"{"id":"uprof_1","type":"user_profile","created_at":"2026-11-05T10:00:00Z",
    "updated_at":"2026-11-05T10:00:00Z","metadata":{},"name":"",
    "access_type":"application","external_user_details":{"account_status":null,"country":null,
    "email_hash":null,"name_hash":null,"entity_type":null,"onboarded_at":null,"reference_id":null},
    "enforcement_status":"restricted","enforcement_actions":[{"id":"enac_1","type":"cooldown","reason":"court_order",
    "action":null,"opened_at":"2026-11-03T06:00:00Z","expires_at":null}],"programs":{"cyber":{"status":"active",
    "requirements":{"data_retention":true,"human_review":false},"tiers":{"a":{"status":"active"},
    "b":{"status":"inactive"}}},"efs":null,"bio":{"status":"active"}}}"#;

async fn get(record: impl Into<String>) -> Profile {
    let script = Script::of([json(200, record.into())]);
    provider(&script).get(&id("anthropic:claude/user/uprof_1")).await.unwrap()
}

#[tokio::test]
async fn every_dated_shape_is_read_whole() {
    for (name, record) in [
        ("first_published", FIRST),
        ("march", MARCH),
        ("august", AUGUST),
        ("september", SEPTEMBER),
        ("generally_available", AVAILABLE),
    ] {
        let profile = get(record).await;
        insta::assert_json_snapshot!(name, shown(&profile));
        let again: Profile = serde_json::from_str(&serde_json::to_string(&profile).unwrap()).unwrap();
        assert_eq!(again, profile);
        assert!(again.extension_as::<AnthropicExtension>().is_some());
    }
}

#[tokio::test]
async fn the_native_record_is_written_as_it_came() {
    for record in [FIRST, MARCH, AUGUST, SEPTEMBER, AVAILABLE] {
        let script = Script::of([json(200, record)]);
        let user = client(&script).get_user_profile("uprof_1").await.unwrap();
        let written = serde_json::to_value(&user).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(record).unwrap());
    }
}

#[test]
fn the_beta_decides_which_fields_there_are() {
    let profile = Profile::new(id("anthropic:claude/user/uprof_1"));
    let mut told = String::new();
    for beta in [
        Some(BETA_2026_03_24),
        Some(BETA_2026_08_18),
        Some(BETA_2026_09_04),
        None,
        Some("user-profiles-2027-01-01"),
    ] {
        let config = config(&Script::silent());
        let config = match beta {
            Some(beta) => config.with_beta(beta),
            None => config.without_beta(),
        };
        let provider = config.connect().unwrap();
        let capabilities = provider.capabilities();
        // This API has no e-mail addresses.
        assert_eq!(profile.state(&FieldPath::EMAILS, capabilities), FieldState::Unsupported);
        let known: Vec<_> = capabilities.fields.iter().map(|spec| spec.path.as_str()).collect();
        writeln!(told, "{}: {}", beta.unwrap_or("none"), known.join(" ")).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn grants_are_open_and_a_missing_one_was_never_asked_for() {
    for (grants, expected) in [
        (r#","trust_grants":{}"#, serde_json::json!({})),
        (r#","trust_grants":{"cyber":{"status":"frozen"}}"#, serde_json::json!({"cyber": "frozen"})),
        (r#","trust_grants":{"cyber":{}}"#, serde_json::json!({"cyber": ""})),
        (r#","trust_grants":null"#, serde_json::Value::Null),
    ] {
        let profile = get(format!(r#"{{"id":"uprof_1"{grants}}}"#)).await;
        assert_eq!(shown(&profile)["grants"], expected);
    }
    assert!(shown(&get(r#"{"id":"uprof_1"}"#).await).get("grants").is_none());
}

#[tokio::test]
async fn statuses_are_the_services_and_ours_stays_apart() {
    for (word, status) in [
        ("unrestricted", "active"),
        ("pending", "pending"),
        ("restricted", "suspended"),
        ("banned", "suspended"),
        // A word that is not published yet means a restriction.
        ("throttled", "suspended"),
    ] {
        let profile = get(format!(
            r#"{{"id":"uprof_1","enforcement_status":"{word}","external_user_details":{{"account_status":"active"}}}}"#
        ))
        .await;
        let shown = shown(&profile);
        assert_eq!((&shown["status"], &shown["status_raw"]), (&status.into(), &word.into()));
        assert_eq!(shown["declared_status"], "active");
    }
    let shown = shown(&get(r#"{"id":"uprof_1","external_user_details":null}"#).await);
    assert!(shown.get("status").is_none() && shown.get("declared_status").is_none());
}

#[tokio::test]
async fn unknown_words_fields_and_odd_times_survive() {
    let record = r#"{"id":"uprof_1","relationship":"friend","access_type":"pigeon","created_at":"soon","updated_at":"",
        "external_user_details":{"entity_type":"robot","shoe":44},"shoe":{"n":1.10}}"#;
    let profile = get(record).await;
    insta::assert_json_snapshot!("unknown_values", shown(&profile));
    assert_eq!(profile.unknown.get("shoe").unwrap().get(), r#"{"n":1.10}"#);
}

/// In the generally available API only the record of one profile reports all programs.
#[tokio::test]
async fn a_list_leaves_out_programs_and_one_profile_or_enriching_has_them() {
    let (start, rest) = AVAILABLE.split_once(r#""programs":"#).unwrap();
    let listed = format!(r#"{start}"programs":{{"cyber":null,"efs":null}}}}"#);
    let page = || json(200, format!(r#"{{"data":[{listed}],"next_page":null}}"#));
    assert!(rest.contains("active"));
    let grants =
        |profile: &Profile| profile.grants.as_ref().map(|grants| grants.keys().cloned().collect::<Vec<_>>());
    let connect = |script: &std::sync::Arc<Script>| config(script).without_beta().connect().unwrap();

    let script = Script::of([page()]);
    let provider = connect(&script);
    let [profile] = &provider.list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap()[..] else {
        panic!()
    };
    assert!(grants(profile).is_absent());
    assert_eq!(profile.state(&FieldPath::GRANTS, provider.capabilities()), FieldState::Unsupported);

    let script = Script::of([page(), json(200, AVAILABLE)]);
    let query = ListQuery::new().with_enrich(true);
    let enriched = connect(&script).list(query).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(grants(&enriched[0]), Field::from(vec!["cyber".to_owned()]));
    let extension = enriched[0].extension_as::<AnthropicExtension>().unwrap();
    let programs = extension.programs.value().unwrap();
    let tiers = programs.cyber.value().unwrap().tiers.value().unwrap();
    assert!(tiers["a"].status.is_known_to_be(&wire::ProgramPartStatus::Active));
    assert!(tiers["b"].status.is_known_to_be(&wire::ProgramPartStatus::Inactive));
    assert_eq!(enriched[0].unknown.get("programs.bio").unwrap().get(), r#"{"status":"active"}"#);

    let script = Script::of([json(200, AVAILABLE)]);
    let one = connect(&script).get(&id("anthropic:claude/user/uprof_1")).await.unwrap();
    assert_eq!(grants(&one), Field::from(vec!["cyber".to_owned()]));
}
