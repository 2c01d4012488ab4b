//! Writes: by PATCH, by PUT, with versions, and at servers that confirm what they did not do.

use std::sync::{Arc, Mutex};

use anyprofile_core::{
    ErrorKind, ExecuteOptions, Executed, FieldPath, GetOptions, IdKind, Plan, PlanOptions, ProfileChange,
    ProfileDraft, ProfileProvider as _, Result, Write,
};
use anyprofile_engine::Connection;
use anyprofile_scim::Patching;
use serde_json::{Value, json as value};

use crate::{
    ABLE, id, provider, provider_with,
    support::{Response, Script, Sent, json, page, response},
};

const NO_PATCH: &str = r#"{"patch":{"supported":false},"etag":{"supported":false}}"#;
const NO_ETAG: &str = r#"{"patch":{"supported":true}}"#;

/// A server with one user, who is changed as the function says.
fn server(
    config: &'static str,
    answer: impl Fn(&Sent, &mut Value) -> Response + Send + 'static,
) -> Arc<Script> {
    let user = Mutex::new(value!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "7", "userName": "ola", "active": true,
        "displayName": "Ola", "name": null, "emails": [{"value": "old@example.com", "type": "home"}],
        "urn:example:badge:1.0": {"badge": 12}, "groups": [{"value": "g1"}],
        "meta": {"version": "W/\"3\"", "resourceType": "User"},
    }));
    Script::by(move |sent| {
        let mut user = user.lock().unwrap();
        match sent.method.as_str() {
            "GET" if sent.url.ends_with("Config") => json(200, config).into(),
            "GET" if sent.url.ends_with("Schemas") => page(404).into(),
            "GET" => json(200, user.to_string()).into(),
            _ => answer(sent, &mut user).into(),
        }
    })
}

async fn written(script: &Arc<Script>, write: Write) -> Result<Executed> {
    written_by(&provider(script), write).await
}

async fn written_by(provider: &Connection, write: Write) -> Result<Executed> {
    let plan = provider.plan(&write, &PlanOptions::new()).await?;
    provider.execute(&plan, &ExecuteOptions::new()).await.and_then(Executed::into_result)
}

/// Returns the version that a plan names.
fn version(plan: &Plan) -> Option<&str> {
    let headers = &plan.requests()[0].headers;
    headers.iter().find(|(name, _)| name == "if-match").map(|(_, value)| value.as_str())
}

fn rename() -> Write {
    Write::update(id("7"), ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Ola N"))
}

#[tokio::test]
async fn the_smallest_change_is_sent_with_the_version_of_the_plan() {
    // With the record, or with nothing: the user is read then.
    for has_record in [true, false] {
        let script = server(ABLE, move |_, user| {
            user["displayName"] = "Ola N".into();
            if has_record { json(200, user.to_string()) } else { response(204) }
        });
        let applied = written(&script, rename()).await.unwrap();
        assert!(applied.ignored.is_empty());
        let sent = script.only_write();
        assert_eq!((sent.method.as_str(), sent.header("if-match")), ("PATCH", Some(r#"W/"3""#)));
        assert_eq!(
            sent.body,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"Ola N"}]}"#
        );
    }
}

#[tokio::test]
async fn a_given_profile_says_its_version() {
    let script = server(ABLE, |_, user| json(200, user.to_string()));
    let provider = provider(&script);
    let profile = provider.get_opts(&id("7"), &GetOptions::new()).await.unwrap();
    let reads = script.requests().len();
    let write = Write::delete(id("7"));
    let plan = provider.plan(&write, &PlanOptions::given(profile.clone())).await.unwrap();
    assert_eq!(script.requests().len(), reads);
    assert_eq!(version(&plan), Some(r#"W/"3""#));
    // One that does not say it is read.
    let mut silent = profile;
    silent.extension = None;
    let plan = provider.plan(&write, &PlanOptions::given(silent)).await.unwrap();
    assert_eq!(script.requests().len(), reads + 1);
    assert_eq!(version(&plan), Some(r#"W/"3""#));
}

#[tokio::test]
async fn a_user_is_replaced_whole_where_single_attributes_cannot_be_changed() {
    let script = server(NO_PATCH, |sent, user| {
        *user = serde_json::from_str(&sent.body).unwrap();
        json(200, user.to_string())
    });
    let change =
        ProfileChange::new().set(FieldPath::NAME_GIVEN, "Ola").set(FieldPath::EMAILS, "new@example.com");
    written(&script, Write::update(id("7"), change)).await.unwrap();
    let sent = script.only_write();
    assert_eq!((sent.method.as_str(), sent.header("if-match")), ("PUT", None));
    assert_eq!(
        serde_json::from_str::<Value>(&sent.body).unwrap(),
        value!({
            // RFC 7643 §3: the schemas name every extension that the record has.
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:badge:1.0"], "id": "7",
            "userName": "ola", "active": true, "displayName": "Ola", "name": {"givenName": "Ola"},
            "emails": [{"value": "new@example.com", "type": "home"}],
            "urn:example:badge:1.0": {"badge": 12},
        })
    );
}

#[tokio::test]
async fn where_only_active_can_be_patched_the_rest_replaces_the_user() {
    let patched = |sent: &Sent, user: &mut Value| {
        if sent.method == "PATCH" {
            user["active"] = false.into();
        } else {
            *user = serde_json::from_str(&sent.body).unwrap();
        }
        json(200, user.to_string())
    };
    let status = Write::update(id("7"), ProfileChange::new().set(FieldPath::STATUS, "suspended"));
    let both = ProfileChange::new().set(FieldPath::STATUS, "suspended").set(FieldPath::TITLE, "CTO");
    for (write, method) in [
        (Write::deactivate(id("7")), "PATCH"),
        (status, "PATCH"),
        (rename(), "PUT"),
        (Write::update(id("7"), both), "PUT"),
    ] {
        let script = server(NO_ETAG, patched);
        let provider = provider_with(&script, |quirks| quirks.patch = Some(Patching::Active));
        let applied = written_by(&provider, write).await.unwrap();
        assert!(applied.ignored.is_empty());
        assert_eq!(script.only_write().method, method);
    }
}

#[tokio::test]
async fn a_refused_patch_says_how_to_do_without() {
    let error = |status: u16, kind: &str| {
        let body = value!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(), "scimType": kind,
        });
        json(status, body.to_string())
    };
    for (status, kind, hint) in [
        (400, "mutability", "patch = \"active\""),
        (405, "", "patch = \"none\""),
        (501, "", "patch = \"none\""),
    ] {
        let script = server(NO_ETAG, move |_, _| error(status, kind));
        let failed = written(&script, rename()).await.unwrap_err();
        assert!(failed.hint().unwrap().contains(hint), "{failed:?}");
    }
}

#[tokio::test]
async fn an_address_that_the_user_has_becomes_the_main_one() {
    let user = r#"{"id":"7","userName":"ola","emails":[
        {"value":"old@example.com","type":"work","primary":"True"},{"value":"Home@example.com","type":"home"}]}"#;
    let script = Script::by(move |sent| {
        let shown = match sent.method.as_str() {
            "GET" if sent.url.ends_with("Config") => NO_ETAG,
            "GET" if sent.url.ends_with("Schemas") => return page(404).into(),
            _ => user,
        };
        json(200, shown).into()
    });
    let change = ProfileChange::new().set(FieldPath::EMAILS, "home@example.com");
    let _ = written(&script, Write::update(id("7"), change)).await;
    let sent: Value = serde_json::from_str(&script.only_write().body).unwrap();
    assert_eq!(
        sent["Operations"][0]["value"],
        value!([
            {"value": "old@example.com", "type": "work", "primary": false},
            {"value": "Home@example.com", "type": "home", "primary": true},
        ])
    );
}

#[tokio::test]
async fn an_attribute_that_the_record_leaves_out_is_cleared() {
    let script = server(NO_ETAG, |_, user| {
        user.as_object_mut().unwrap().remove("displayName");
        json(200, user.to_string())
    });
    let clear = || Write::update(id("7"), ProfileChange::new().clear(FieldPath::NAME_DISPLAY));
    let applied = written(&script, clear()).await.unwrap();
    assert!(applied.ignored.is_empty() && applied.unshown.is_empty());
    assert!(script.only_write().body.ends_with(r#"[{"op":"remove","path":"displayName"}]}"#));
    // It is still there.
    let script = server(NO_ETAG, |_, user| json(200, user.to_string()));
    let applied = written(&script, clear()).await.unwrap();
    assert_eq!(applied.ignored, [FieldPath::NAME_DISPLAY]);
}

#[tokio::test]
async fn a_replacement_sends_no_password_and_nothing_that_only_the_server_sets() {
    let schemas = r#"{"Resources":[{"id":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[
        {"name":"userName"},{"name":"displayName"},{"name":"lastSeen","mutability":"readOnly"},
        {"name":"pin","mutability":"writeOnly"}]}]}"#;
    let user = value!({
        "id": "7", "UserName": "ola", "DisplayName": "Ola", "password": "********", "lastSeen": "x", "pin": "*",
        "shoe": 44, "meta": {"version": "W/\"3\""},
    });
    let script = Script::by(move |sent| {
        let body = match sent.url.rsplit('/').next().unwrap() {
            "ServiceProviderConfig" => NO_PATCH.to_owned(),
            "Schemas" => schemas.to_owned(),
            _ if sent.method == "GET" => user.to_string(),
            _ => sent.body.clone(),
        };
        json(200, body).into()
    });
    let provider = provider_with(&script, |quirks| quirks.schemas = None);
    let plan = provider.plan(&rename(), &PlanOptions::new()).await.unwrap();
    assert!(plan.warnings().iter().any(|warning| warning.contains("replaced as a whole")));
    let _ = provider.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    // Case does not count in the name of an attribute, so none is sent twice.
    assert_eq!(
        serde_json::from_str::<Value>(&script.only_write().body).unwrap(),
        value!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "7", "userName": "ola",
            "displayName": "Ola N", "shoe": 44,
        })
    );
}

#[tokio::test]
async fn a_change_that_was_confirmed_and_not_made_is_told() {
    let script = server(NO_ETAG, |_, user| json(200, user.to_string()));
    let applied = written(&script, rename()).await.unwrap();
    assert_eq!(applied.ignored, [FieldPath::NAME_DISPLAY]);
    let script = server(NO_ETAG, |_, _| response(204));
    let applied = written(&script, Write::deactivate(id("7"))).await.unwrap();
    assert_eq!(applied.ignored, [FieldPath::STATUS]);
}

#[tokio::test]
async fn a_record_that_has_changed_since_the_plan_is_not_written() {
    let error = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"412"}"#;
    let script = server(ABLE, move |_, _| json(412, error));
    let failed = written(&script, rename()).await.unwrap_err();
    assert_eq!((failed.kind(), failed.status()), (ErrorKind::Conflict, Some(412)));
    assert_eq!(failed.hint(), Some("read it again, and make a new plan"));
}

#[tokio::test]
async fn deactivation_sets_active_and_deletion_deletes() {
    let script = server(ABLE, |_, user| {
        user["active"] = "False".into();
        json(200, user.to_string())
    });
    let applied = written(&script, Write::deactivate(id("7"))).await.unwrap();
    assert!(applied.ignored.is_empty());
    assert!(script.only_write().body.ends_with(r#"[{"op":"replace","path":"active","value":false}]}"#));
    let script = server(ABLE, |_, _| response(204));
    written(&script, Write::delete(id("7"))).await.unwrap();
    let sent = script.only_write();
    assert_eq!((sent.method.as_str(), sent.target()), ("DELETE", "/v2/Users/7"));
    assert_eq!(sent.header("if-match"), Some(r#"W/"3""#));
}

#[tokio::test]
async fn a_person_is_created_with_what_the_draft_has() {
    let script = server(ABLE, |sent, _| {
        let mut created: Value = serde_json::from_str(&sent.body).unwrap();
        created["id"] = "8".into();
        json(201, created.to_string())
    });
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::USERNAME, "kari")
        .set(FieldPath::NAME_GIVEN, "Kari")
        .set(FieldPath::EMAILS, "kari@example.com")
        .set(FieldPath::TITLE, "Engineer");
    let applied = written(&script, Write::create(draft)).await.unwrap();
    assert!(applied.ignored.is_empty());
    insta::assert_snapshot!(script.only_write().body);
}

#[tokio::test]
async fn an_address_has_the_parts_that_the_server_names() {
    let schemas = r#"{"totalResults":1,"Resources":[{"id":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[
        {"name":"userName"},{"name":"Emails","type":"complex","multiValued":true,"subAttributes":[{"name":"value"}]}]}]}"#;
    let script = Script::by(move |sent| {
        let body = match sent.url.rsplit('/').next().unwrap() {
            "ServiceProviderConfig" => ABLE.to_owned(),
            "Schemas" => schemas.to_owned(),
            _ => {
                value!({"id": "8", "userName": "kari", "emails": [{"value": "kari@example.com"}]}).to_string()
            }
        };
        json(200, body).into()
    });
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::USERNAME, "kari")
        .set(FieldPath::EMAILS, "kari@example.com");
    let provider = provider_with(&script, |quirks| quirks.schemas = None);
    for _ in 0..2 {
        let plan = provider.plan(&Write::create(draft.clone()), &PlanOptions::new()).await.unwrap();
        provider.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    }
    let asked = script.requests().iter().filter(|request| request.ends_with("/Schemas")).count();
    assert_eq!(asked, 1);
    let sent = script.sent();
    assert!(sent.iter().any(|sent| sent.method == "POST"));
    assert!(
        sent.iter()
            .filter(|sent| sent.method == "POST")
            .all(|sent| sent.body.contains(r#""emails":[{"value":"kari@example.com"}]"#))
    );
}

#[tokio::test]
async fn a_record_without_its_schemas_is_replaced_with_them() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let record = value!({ "id": "7", "userName": "ola", enterprise: { "department": "R&D" } });
    let script = Script::by(move |sent| match (sent.method.as_str(), sent.url.ends_with("Config")) {
        (_, true) => json(200, NO_PATCH).into(),
        ("GET", _) => json(200, record.to_string()).into(),
        _ => json(200, sent.body.clone()).into(),
    });
    written(&script, rename()).await.unwrap();
    let sent: Value = serde_json::from_str(&script.only_write().body).unwrap();
    assert_eq!(sent["schemas"], value!(["urn:ietf:params:scim:schemas:core:2.0:User", enterprise]));
    assert_eq!(sent[enterprise], value!({ "department": "R&D" }));
}

#[tokio::test]
async fn a_record_without_a_user_name_is_not_replaced() {
    let script = Script::by(|sent| {
        json(200, if sent.url.ends_with("Config") { NO_PATCH } else { r#"{"id":"7"}"# }).into()
    });
    let failed = written(&script, rename()).await.unwrap_err();
    assert!(failed.message().starts_with("nothing was sent"), "{failed}");
    assert!(script.sent().iter().all(|sent| sent.method == "GET"));
}

#[tokio::test]
async fn a_write_that_no_version_protects_says_so() {
    let script = Script::by(|sent| {
        json(200, if sent.url.ends_with("Config") { ABLE } else { r#"{"id":"7","userName":"ola"}"# }).into()
    });
    let plan = provider(&script).plan(&rename(), &PlanOptions::new()).await.unwrap();
    let shown: Vec<_> = plan.warnings().iter().map(ToString::to_string).collect();
    assert!(shown.iter().any(|warning| warning.contains("has no version")), "{shown:?}");
}
