//! The mapping of records to profiles.

use anyprofile_core::{
    ErrorKind, Field, FieldPath, FieldState, Kind, Profile, ProfileProvider, ProfileProviderExt,
    profile::RawJson,
};
use anyprofile_upsun::{UpsunExtension, wire};

use crate::{
    ORGANIZATION, USER, config, id, provider, shown,
    support::unread,
    support::{Script, json},
};

/// A profile with every field of the reference, and a trial in its documented format.
const FULL: &str = r#"{
    "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "display_name": "Ada Example",
    "email": "ada@example.com", "username": "ada", "type": "user",
    "picture": "https://example.com/ada.png", "company_type": "company", "company_name": "Acme",
    "currency": "EUR", "vat_number": "XX123456789", "company_role": "Engineer",
    "website_url": "https://example.com", "new_ui": true, "ui_colorscheme": "dark",
    "default_catalog": "https://example.com/catalog", "project_options_url": "https://example.com/options",
    "marketing": false, "created_at": "2021-01-27T13:58:38.06968Z",
    "updated_at": "2024-01-01T00:00:00+00:00", "billing_contact": "billing@example.com",
    "current_trial": {
        "active": true, "created": "2023-11-07T05:31:56Z", "description": "A trial",
        "expiration": "2023-12-07T05:31:56Z",
        "current": {"formatted": "1 €", "amount": "1.00", "currency": "EUR", "currency_symbol": "€"},
        "spend": {"formatted": "1 €", "amount": "1.00", "currency": "EUR", "currency_symbol": "€"},
        "spend_remaining": {"formatted": "29 €", "amount": "29.00", "currency": "EUR", "currency_symbol": "€", "unlimited": false},
        "projects": {"id": "p1", "name": "One", "total": {"amount": 123, "currency_code": "EUR", "currency_symbol": "€", "formatted": "123 €"}},
        "pending_verification": "credit-card", "model": "spend", "days_remaining": 12
    },
    "invoiced": true, "customer_type": "corporation", "legal_entity_name": "Acme Ltd"
}"#;

async fn get(address: &str, record: impl Into<String>) -> Profile {
    provider(&Script::of([json(200, record.into())])).get(&id(address)).await.unwrap()
}

async fn current(record: &str) -> Profile {
    provider(&Script::of([json(200, record.to_owned())])).current().await.unwrap()
}

fn extension(profile: &Profile) -> UpsunExtension {
    profile.extension_as::<UpsunExtension>().unwrap().into_owned()
}

#[tokio::test]
async fn a_full_profile_loses_nothing() {
    let profile = get(USER, FULL).await;
    assert!(profile.unknown.is_empty() && profile.notes.is_empty(), "{:?}", profile.unknown);
    insta::assert_json_snapshot!("full_profile", shown(&profile));
}

#[tokio::test]
async fn a_listed_profile_is_the_same_as_the_one_that_is_got() {
    let script = Script::of([json(200, format!(r#"{{"count":1,"profiles":[{FULL}]}}"#))]);
    let page = provider(&script).list_page(&anyprofile_core::ListQuery::new(), None).await.unwrap();
    assert_eq!(page.items, [get(USER, FULL).await]);
}

#[tokio::test]
async fn what_is_empty_is_null_and_what_is_missing_is_absent() {
    let record = r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","display_name":"","email":"","username":null,"type":"user","picture":"",
        "company_type":"","company_name":"","currency":"","vat_number":null,"website_url":"",
        "created_at":"0001-01-01T00:00:00Z","updated_at":"","billing_contact":"","invoiced":null,
        "customer_type":"","legal_entity_name":"","default_catalog":"","current_trial":null,"new_ui":null}"#;
    let profile = get(USER, record).await;
    insta::assert_json_snapshot!("empty_values", shown(&profile));
    let capabilities = provider(&Script::silent()).capabilities().clone();
    for (path, state) in [
        (FieldPath::PICTURE, FieldState::Null),
        (FieldPath::TIMES_CREATED, FieldState::Absent),
        (FieldPath::ORGANIZATION_ROLE, FieldState::Absent),
        (FieldPath::SECURITY_LAST_LOGIN, FieldState::Unsupported),
        (FieldPath::extension("extension.marketing"), FieldState::Absent),
        (FieldPath::extension("extension.new_ui"), FieldState::Null),
        (FieldPath::extension("extension.no_such"), FieldState::Unsupported),
    ] {
        assert_eq!(profile.state(&path, &capabilities), state, "{path}");
    }
}

#[tokio::test]
async fn a_record_of_nothing_but_its_id_is_a_profile() {
    let nobody = provider(&Script::of([json(200, "{}")])).get(&id(USER)).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::Decode, "nobody knows whose it is");
    let profile = get(USER, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a"}"#).await;
    assert_eq!(profile.id, id(USER));
    assert_eq!((profile.kind.clone(), profile.emails.record_state()), (Field::Absent, FieldState::Absent));
}

#[tokio::test]
async fn unknown_words_and_fields_survive_a_round_trip() {
    let record = r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","type":"robot","customer_type":"co-operative","ui_contrast":"high",
        "resources_limit":{"cpu":1.50},"z":18446744073709551616}"#;
    let profile = get(USER, record).await;
    assert_eq!(profile.kind, Kind::Other("robot".to_owned()).into());
    insta::assert_json_snapshot!("unknown_values", shown(&profile));
    assert_eq!(profile.unknown.get("z").unwrap().get(), "18446744073709551616");
    let text = serde_json::to_string(&profile).unwrap();
    let again: Profile = serde_json::from_str(&text).unwrap();
    assert_eq!(again, profile);
    assert_eq!(extension(&again), extension(&profile));
}

#[tokio::test]
async fn an_organization_keeps_its_address_and_its_bodys_own_id() {
    let record = r#"{"id":"9f1c3c9e-0000-4000-8000-000000000001","type":"organization","company_name":"Acme",
        "customer_type":"government","billing_contact":"billing@example.com","invoiced":false,
        "security_contact":"security@example.com"}"#;
    let profile = get(ORGANIZATION, record).await;
    assert_eq!(profile.id, id(ORGANIZATION));
    insta::assert_json_snapshot!("organization_profile", shown(&profile));
    let by_name = get("upsun:acme/organization/name=acme", record).await;
    assert_eq!(by_name.id.native(), "name=acme");
}

#[tokio::test]
async fn ids_are_opaque() {
    for (sent, native) in
        [("1", "1"), (r#""free text""#, "free text"), ("18446744073709551615", "18446744073709551615")]
    {
        let script = Script::of([json(200, format!(r#"{{"profiles":[{{"id":{sent}}}]}}"#))]);
        let page = provider(&script).list_page(&anyprofile_core::ListQuery::new(), None).await.unwrap();
        assert_eq!(page.items[0].id.native(), native);
    }
}

#[tokio::test]
async fn a_trial_in_any_shape_is_told_as_one_object_or_not_at_all() {
    for (sent, told, is_kept) in [
        (r#"{"active":true}"#, r#"{"active":true}"#, false),
        (
            r#"{"spend":"30","days_remaining":7,"projects":[]}"#,
            r#"{"spend":{"amount":"30"},"days_remaining":"7","projects":[]}"#,
            false,
        ),
        (
            r#"{"spend":{"amount":30,"currency_code":"EUR"},"projects":[{"id":1},{"id":"2"}]}"#,
            r#"{"spend":{"amount":"30","currency_code":"EUR"},"projects":[{"id":"1"},{"id":"2"}]}"#,
            false,
        ),
        (
            r#"{"projects":{"id":"p","total":{"amount":10.50}},"pending_verification":null,"new":1}"#,
            r#"{"projects":[{"id":"p","total":{"amount":"10.50"}}],"pending_verification":null,"new":1}"#,
            false,
        ),
        ("{}", "{}", false),
        (
            r#"[{"description":"a","spend_remaining":12.50}]"#,
            r#"{"description":"a","spend_remaining":{"amount":"12.50"}}"#,
            false,
        ),
        (r#"[{"description":"a"},{"active":true}]"#, r#"{"active":true}"#, true),
        (r#"[{"description":"a"},{}]"#, r#"{"description":"a"}"#, true),
        ("[]", "absent", false),
        (r#""soon""#, "absent", true),
        ("7", "absent", true),
        ("false", "absent", true),
        ("[7]", "absent", true),
        (r#"{"active":"perhaps"}"#, r#"{"active":"perhaps"}"#, false),
        ("null", "null", false),
    ] {
        let profile =
            get(USER, format!(r#"{{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","current_trial":{sent}}}"#))
                .await;
        let shown = shown(&profile);
        let trial = shown["extension"].get("current_trial").cloned();
        let told = (told != "absent").then(|| serde_json::from_str::<serde_json::Value>(told).unwrap());
        assert_eq!(trial, told, "{sent}");
        assert_eq!(profile.unknown.get("current_trial").is_some(), is_kept, "{sent}");
        assert_eq!(profile.notes.len(), usize::from(is_kept), "{sent}");
    }
    // A client that reads the record itself gets it as the service sent it.
    let record: wire::Profile = serde_json::from_str(r#"{"current_trial":[{"spend":30},{}]}"#).unwrap();
    let trial = record.current_trial.into_value().unwrap();
    assert_eq!((trial.trials().len(), trial.raw().get()), (2, r#"[{"spend":30},{}]"#));
    assert_eq!(trial.trials()[0].spend.value().unwrap().amount(), Field::Value("30"));
}

#[tokio::test]
async fn the_documented_trial_is_read_to_its_amounts() {
    let extension = extension(&get(USER, FULL).await);
    let trial = &extension.current_trial.value().unwrap().trials()[0];
    assert_eq!(trial.active, true.into());
    let remaining = trial.spend_remaining.value().unwrap();
    assert_eq!((remaining.amount(), remaining.currency()), (Field::Value("29.00"), Field::Value("EUR")));
    let wire::OneOrMany::Many(projects) = trial.projects.value().unwrap() else { panic!("a list") };
    let project = &projects[0];
    let total = project.total.value().unwrap();
    assert_eq!((total.amount(), total.currency()), (Field::Value("123"), Field::Value("EUR")));
}

#[tokio::test]
async fn the_user_of_the_token_is_read_from_its_own_record() {
    let profile = current(
        r#"{"id":"u-1","deactivated":false,"namespace":"ns","username":"ada","email":"ada@example.com",
        "email_verified":true,"first_name":"Ada","last_name":"Example","picture":"https://example.com/a.png",
        "company":"Acme","website":"https://example.com","country":"NO","created_at":"2010-04-19T10:00:00Z",
        "updated_at":"2021-01-27T13:58:38.06968Z","consented_at":"2010-04-19T10:00:00Z",
        "consent_method":"opt-in","phone_number_verified":true,"mfa_enabled":true,"sso_enabled":false,
        "added_later":1}"#,
    )
    .await;
    insta::assert_json_snapshot!("current_user", shown(&profile));
}

#[tokio::test]
async fn a_user_of_zero_values_claims_nothing() {
    let profile = current(
        r#"{"id":"u-1","deactivated":true,"namespace":"","username":"","email":"","email_verified":false,
        "first_name":"","last_name":"","picture":"","company":"","website":"","country":"",
        "created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z","consent_method":""}"#,
    )
    .await;
    insta::assert_json_snapshot!("current_user_of_zero_values", shown(&profile));
    let capabilities = provider(&Script::silent()).capabilities().clone();
    assert_eq!(profile.state(&FieldPath::SECURITY_MFA_ENABLED, &capabilities), FieldState::Absent);
}

#[tokio::test]
async fn times_keep_their_precision_and_odd_ones_are_noted() {
    let profile = get(
        USER,
        r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","created_at":"2021-05-24T07:20:35.683264+02:00","updated_at":"2023-08-09T13:27:43.8208302"}"#,
    )
    .await;
    assert_eq!(shown(&profile)["times"]["created"], "2021-05-24T05:20:35.683264Z");
    assert_eq!(shown(&profile)["times"]["updated"], "2023-08-09T13:27:43.8208302Z");
    assert_eq!(shown(&profile)["notes"][0]["kind"], "assumed_utc");
    let profile =
        get(USER, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","created_at":"1525125600"}"#).await;
    assert_eq!(profile.times.created, Field::Absent);
    assert_eq!(profile.unknown.get("created_at").unwrap().get(), r#""1525125600""#);
}

#[tokio::test]
async fn the_whole_record_is_kept_where_it_was_asked_for_and_only_there() {
    let user = r#"{"id":"u","email":"ada@example.com"}"#;
    for keep_raw in [true, false] {
        let script = Script::of([json(200, FULL), json(200, user), json(200, FULL)]);
        let provider = config(&script).with_raw_records(keep_raw).connect().unwrap();
        let change = anyprofile_core::ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "Acme");
        let profiles = [
            provider.get(&id(USER)).await.unwrap(),
            provider.current().await.unwrap(),
            unread::update(&provider, id(ORGANIZATION), &change).await.unwrap(),
        ];
        let texts: Vec<_> = profiles.iter().map(|profile| profile.raw.as_ref().map(RawJson::get)).collect();
        let expected = if keep_raw { [Some(FULL), Some(user), Some(FULL)] } else { [None; 3] };
        assert_eq!(texts, expected);
    }
}
