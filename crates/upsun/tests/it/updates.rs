//! Updates of an organization's profile.

use std::fmt::Write as _;

use anyprofile_core::{
    ErrorKind, ExecuteOptions, FieldPath, PlanOptions, ProfileChange, ProfileProvider,
    ProfileProviderExt as _, Write,
};
use anyprofile_http::HttpOptions;
use anyprofile_upsun::{DEFAULT_CATALOG, PROJECT_OPTIONS_URL};

use crate::{
    ORGANIZATION, USER, config, id, provider,
    support::unread,
    support::{Script, json, response},
};

fn name() -> ProfileChange {
    ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "Acme")
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    for (change, body) in [
        (name(), r#"{"company_name":"Acme"}"#),
        (
            ProfileChange::new()
                .set(DEFAULT_CATALOG, "https://example.com/c")
                .set(PROJECT_OPTIONS_URL, "https://example.com/o")
                .set(FieldPath::BILLING_VAT_NUMBER, "XX1")
                .set(FieldPath::BILLING_CONTACT, "billing@example.com")
                .set(FieldPath::ORGANIZATION_LEGAL_NAME, "Acme Ltd"),
            r#"{"default_catalog":"https://example.com/c","project_options_url":"https://example.com/o","vat_number":"XX1","billing_contact":"billing@example.com","legal_entity_name":"Acme Ltd"}"#,
        ),
    ] {
        let script = Script::by(|_| json(200, r#"{"id":"x"}"#).into());
        let provider = provider(&script);
        let planned =
            unread::planned(&provider, Write::update(id(ORGANIZATION), change.clone())).await.unwrap();
        assert!(script.sent().is_empty());
        unread::update(&provider, id(ORGANIZATION), &change).await.unwrap();
        let sent = script.only_write();
        assert_eq!(
            sent.text().lines().next().unwrap(),
            "PATCH https://api.example.com/organizations/01HZX3K8Q0T7V9W2B4N6M8P0RS/profile"
        );
        assert_eq!(sent.body, body);
        assert_eq!(
            (planned.requests()[0].method.as_ref(), planned.requests()[0].url.as_str()),
            ("PATCH", sent.url.as_str())
        );
        assert_eq!(
            planned.requests()[0].body.as_ref().unwrap(),
            &serde_json::from_str::<serde_json::Value>(body).unwrap()
        );
    }
}

#[tokio::test]
async fn a_response_that_says_nothing_is_read_again() {
    for nothing in ["", "{}", "[]", "null", r#"{"result":{"id":"x"}}"#] {
        let script = Script::of([json(200, nothing), json(200, r#"{"id":"x","company_name":"Acme"}"#)]);
        let updated = unread::update(&provider(&script), id(ORGANIZATION), &name()).await.unwrap();
        assert_eq!(updated.organization.name, "Acme".into(), "{nothing}");
    }
}

#[tokio::test]
async fn a_moved_organization_is_told_from_a_missing_permission() {
    let moved = r#"{"title":"This organization profile has moved to the billing profile.","status":403}"#;
    let script = Script::of([json(403, moved)]);
    let error = unread::update(&provider(&script), id(ORGANIZATION), &name()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unsupported, Some(403)));
}

#[tokio::test]
async fn the_lines_of_a_street_keep_their_places() {
    let record = r#"{"thoroughfare":"Gate 1","premise":"","sub_premise":"2","country":"NO"}"#;
    let script = Script::by(move |sent| match sent.target() {
        target if target.ends_with("/address") => json(200, record).into(),
        _ => json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a"}"#).into(),
    });
    let provider = provider(&script);
    let street = |text: &str| ProfileChange::new().set(FieldPath::BILLING_ADDRESS_STREET_ADDRESS, text);
    let same =
        provider.plan(&Write::update(id(USER), street("Gate 1\n\n2")), &PlanOptions::new()).await.unwrap();
    assert!(same.is_settled(), "{same:?}");
    let other =
        provider.plan(&Write::update(id(USER), street("Gate 2\n\n2")), &PlanOptions::new()).await.unwrap();
    assert_eq!(
        other.requests()[0].body.as_ref().unwrap().to_string(),
        r#"{"premise":"","sub_premise":"2","thoroughfare":"Gate 2"}"#
    );
}

#[tokio::test]
async fn the_legal_form_is_written_in_the_services_own_spelling() {
    for (word, written) in [("individual", "indvidual"), ("company", "company"), ("government", "government")]
    {
        let script = Script::by(|_| json(200, r#"{"id":"x"}"#).into());
        let change = ProfileChange::new().set(FieldPath::ORGANIZATION_KIND, word);
        unread::update(&provider(&script), id(ORGANIZATION), &change).await.unwrap();
        assert_eq!(script.only_write().body, format!(r#"{{"customer_type":"{written}"}}"#));
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_and_nothing_is_sent() {
    let script = Script::silent();
    let provider = provider(&script);
    let mut told = String::new();
    for change in [
        ProfileChange::new().set(FieldPath::BILLING_CONTACT, "nobody"),
        ProfileChange::new().set(PROJECT_OPTIONS_URL, "/relative"),
        ProfileChange::new().set(FieldPath::ORGANIZATION_KIND, "corporation"),
        ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, 7),
        ProfileChange::new().clear(PROJECT_OPTIONS_URL),
        ProfileChange::new().set(FieldPath::BILLING_VAT_NUMBER, ""),
        ProfileChange::new().set(FieldPath::BILLING_CURRENCY, "EUR"),
        ProfileChange::new().set(FieldPath::LOCALE, "nb"),
        name().set(FieldPath::BILLING_CONTACT, "nobody").clear(FieldPath::ORGANIZATION_KIND),
    ] {
        let error = unread::update(&provider, id(ORGANIZATION), &change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let planned =
            unread::planned(&provider, Write::update(id(ORGANIZATION), change.clone())).await.unwrap_err();
        assert_eq!(error.to_string(), planned.to_string());
        writeln!(told, "{error}").unwrap();
    }
    let legal =
        ProfileChange::new().set(FieldPath::ORGANIZATION_LEGAL_NAME, "x").set(FieldPath::COUNTRY, "no");
    let error = unread::update(&provider, id(USER), &legal).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    writeln!(told, "{error}").unwrap();
    let error =
        unread::update(&provider, id("upsun:acme/organization/name=acme"), &name()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    writeln!(told, "{error}").unwrap();
    assert!(script.sent().is_empty());
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn a_text_is_cleared_by_the_empty_one_and_read_back_as_none() {
    let script = Script::of([
        json(200, r#"{"company_name":"Old","vat_number":"NO1"}"#),
        json(200, r#"{"company_name":"Old","vat_number":"NO1"}"#),
        json(200, r#"{"company_name":"Acme","vat_number":""}"#),
    ]);
    let provider = provider(&script);
    let change = name().clear(FieldPath::BILLING_VAT_NUMBER);
    let plan =
        provider.plan(&Write::update(id(ORGANIZATION), change.clone()), &PlanOptions::new()).await.unwrap();
    assert_eq!(plan.differences().len(), 2);
    let applied = provider.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await.unwrap();
    assert!(applied.ignored.is_empty(), "{:?}", applied.ignored);
    let sent = script.sent();
    assert_eq!(sent.iter().map(|sent| sent.method.as_str()).collect::<Vec<_>>(), ["GET", "GET", "PATCH"]);
    assert_eq!(sent[2].body, r#"{"company_name":"Acme","vat_number":""}"#);
}

#[tokio::test]
async fn any_success_is_one_and_an_empty_response_is_read_again() {
    for status in [200, 201] {
        let script = Script::of([json(status, r#"{"company_name":"Acme"}"#)]);
        let profile = unread::update(&provider(&script), id(ORGANIZATION), &name()).await.unwrap();
        assert_eq!(profile.organization.name, "Acme".into());
        assert_eq!(profile.id, id(ORGANIZATION));
    }
    for empty in [response(204), response(200), json(202, "\n")] {
        let script = Script::of([empty, json(200, r#"{"company_name":"Acme"}"#)]);
        let profile = unread::update(&provider(&script), id(ORGANIZATION), &name()).await.unwrap();
        assert_eq!(profile.organization.name, "Acme".into());
        let methods: Vec<_> = script.sent().into_iter().map(|sent| sent.method).collect();
        assert_eq!(methods, ["PATCH", "GET"]);
    }
}

#[tokio::test]
async fn no_change_sends_no_change() {
    let script = Script::of([json(200, r#"{"company_name":"Acme"}"#)]);
    let provider = provider(&script);
    let none = ProfileChange::new();
    let plan = unread::planned(&provider, Write::update(id(ORGANIZATION), none.clone())).await.unwrap();
    assert!(plan.is_settled() && script.sent().is_empty());
    let shown = provider.update(&id(ORGANIZATION), &none).await.unwrap();
    assert_eq!(shown.organization.name, "Acme".into());
    assert_eq!(script.only().method, "GET");
}

#[tokio::test(start_paused = true)]
async fn an_update_is_never_repeated() {
    for status in [408, 500, 502, 503, 504] {
        let script = Script::of([response(status).header("retry-after", "1")]);
        let http = HttpOptions::default().with_transport(script.clone());
        let provider = config(&script).with_http(http).connect().unwrap();
        let error = unread::update(&provider, id(ORGANIZATION), &name()).await.unwrap_err();
        assert_eq!(script.sent().len(), 1);
        assert!(error.hint().unwrap().contains("not known whether"), "{error}");
    }
}

#[tokio::test]
async fn each_field_of_a_user_goes_to_the_record_that_has_it() {
    let change = ProfileChange::new()
        .set(FieldPath::NAME_DISPLAY, "Ada")
        .clear(FieldPath::BILLING_VAT_NUMBER)
        .set(FieldPath::NAME_GIVEN, "Ada")
        .set(FieldPath::COUNTRY, "GB");
    let script = Script::by(|sent| match (sent.method.as_str(), sent.target().split('/').nth(1)) {
        ("PATCH", Some("users")) => {
            json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","first_name":"Ada"}"#).into()
        }
        (_, Some("users")) => {
            json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","first_name":"Ada","country":"GB"}"#)
                .into()
        }
        _ if sent.target().ends_with("/address") => json(404, r#"{"title":"Not Found","status":404}"#).into(),
        _ => {
            json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","display_name":"Ada","vat_number":""}"#)
                .into()
        }
    });
    let provider = provider(&script);
    let planned = unread::planned(&provider, Write::update(id(USER), change.clone())).await.unwrap();
    let updated = unread::update(&provider, id(USER), &change).await.unwrap();
    assert_eq!((updated.country, updated.name.display), ("GB".into(), "Ada".into()));
    let sent: Vec<_> = script.sent().into_iter().filter(|sent| sent.method == "PATCH").collect();
    assert_eq!(sent.len(), 2);
    for (planned, sent) in planned.requests().iter().zip(&sent) {
        assert_eq!((planned.method.as_ref(), &planned.url), ("PATCH", &sent.url));
        assert_eq!(planned.body, serde_json::from_str(&sent.body).ok());
    }
    assert_eq!(sent[0].body, r#"{"display_name":"Ada","vat_number":""}"#);
    assert_eq!(sent[1].body, r#"{"first_name":"Ada","country":"GB"}"#);
    // The plan reads the fields of the other record from there.
    let plan = provider
        .plan(
            &Write::update(id(USER), ProfileChange::new().set(FieldPath::COUNTRY, "GB")),
            &PlanOptions::new(),
        )
        .await
        .unwrap();
    assert!(plan.is_settled(), "{plan:?}");
}

#[tokio::test]
async fn a_change_of_which_the_second_part_fails_says_that_the_first_was_made() {
    let script = Script::of([
        json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","display_name":"Ada"}"#),
        json(403, r#"{"error":"no"}"#),
    ]);
    let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Ada").set(FieldPath::COUNTRY, "GB");
    let error = unread::update(&provider(&script), id(USER), &change).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::PermissionDenied, Some("update-user")));
    // The reason of the failure is still reported.
    let hint = error.hint().unwrap();
    assert!(
        hint.starts_with("the requests before update-user were applied, the others were not; "),
        "{hint}"
    );
}

#[tokio::test]
async fn what_another_record_says_of_a_field_is_not_what_is_written() {
    let script = Script::by(|sent| match sent.target().split('/').nth(1) {
        Some("users") => {
            json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","company":"Acme","country":"GB"}"#)
                .into()
        }
        _ if sent.target().ends_with("/address") => json(404, r#"{"title":"Not Found","status":404}"#).into(),
        _ => json(200, r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","company_name":null}"#).into(),
    });
    let change = ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "Acme").set(FieldPath::COUNTRY, "NO");
    let plan =
        provider(&script).plan(&Write::update(id(USER), change.clone()), &PlanOptions::new()).await.unwrap();
    let fields: Vec<_> = plan.differences().iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["country", "organization.name"], "only the user's other record has the name already");
}
