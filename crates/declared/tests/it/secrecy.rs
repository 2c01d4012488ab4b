//! A secret of a record is in no profile and in no plan.

use anyprofile_core::{FieldPath, PlanOptions, ProfileChange, ProfileProvider, Write};
use anyprofile_declared::Service;

use crate::statements::{connect, definition, list};

const NONE: &str = "paging = { style = \"none\" }";

#[tokio::test]
async fn a_secret_of_whatever_form_is_not_kept() {
    let secrets = "secrets = [\"/code\", \"/flag\", \"/lst\", \"/tk/*/x\", \"/obj/deep/*/key\", \"/auth\"]\n";
    let map = "title = { first = [{ at = \"/code\", non_empty = true, say = \"has a code\" }] }\n\
               access.owner = { first = [{ at = \"/flag\", in_future = true, say = true }] }\ngroups = [{ each = \"/lst\", id = \"/id\" }]\n\
               labels = [{ each = \"/tk\", name = \"/name\" }]\n\
               access.billing_admin = { any = { of = \"/obj/deep\" } }\nusername = \"/auth/name\"";
    let body = r#"{"members": [
        {"id": 1, "code": "SSS1", "flag": "SSS2", "lst": "SSS3", "tk": {"x": "SSS4", "name": "n"},
         "obj": {"deep": {"key": "SSS5"}}, "auth": {"name": "ada", "pin": "SSS6", "more": {"pin": "SSS7"}}},
        {"id": 2, "code": ["SSS1"], "flag": 5, "lst": [{"id": "SSS3"}], "tk": [{"x": "SSS4", "name": "n"}],
         "obj": {"deep": [{"key": "SSS5"}]}, "auth": "SSS6"}
    ]}"#;
    let definition = secrets.to_owned() + &definition(NONE, map, "");
    let (_folder, provider) = connect(&definition, &[("list", body)], None);
    let (profiles, is_complete) = list(&provider).await;
    assert!(is_complete && profiles.len() == 2);
    let text = serde_json::to_string(&profiles[0]).unwrap();
    assert!(!text.contains("SSS"), "{text}");
    // What a rule is for is shown: the definition says so.
    let text = serde_json::to_string(&profiles[1]).unwrap().replace("\"id\":\"SSS3\"", "");
    assert!(!text.contains("SSS"), "{text}");
}

#[test]
fn a_rule_that_would_show_a_secret_is_refused() {
    let secrets = "secrets = [\"/tok\", \"/keys/*/code\"]\n";
    for map in [
        "title = \"/tok\"",
        "name.display = { join = [\"/first\", \"/tok\"] }",
        "username = { at = [\"/keys/0/code\", \"/name\"] }",
        "locale = { pick = { from = \"/keys\", at = \"/code\" } }",
        "groups = [{ each = \"/keys\", id = \"/code\" }]",
        "emails = [{ each = \"/keys\", at = \"/code\" }]",
        "phones = [{ id = \"/tok\" }]",
        "mfa_methods = { each = \"/keys\", name = \"/code\" }",
        "manager = { id = \"/boss\", name = \"/tok\" }",
        "status = { first = [{ at = \"/tok\", is = \"x\", say = \"active\" }] }",
        "status = { at = \"/tok\", values = { x = \"active\" } }",
    ] {
        let flawed = secrets.to_owned() + &definition(NONE, map, "");
        let flaws = Service::parse(&flawed, "acme.toml").unwrap_err().to_string();
        assert!(flaws.contains("is a secret, which a profile would show"), "{map}: {flaws}");
    }
}

#[tokio::test]
async fn a_rule_may_ask_whether_a_secret_is_there() {
    let map = "security.mfa_enabled = { first = [{ at = \"/keys/0/code\", present = true, say = true }, { say = false }] }\n\
               access.owner = { first = [{ at = \"/auth/pin\", present = true, say = true }, { say = false }] }\n\
               title = { first = [{ at = \"/auth\", present = true, say = \"signs in\" }] }\n\
               groups = [{ each = \"/keys\", id = \"/name\" }]";
    let definition = "secrets = [\"/keys/*/code\", \"/auth/pin\"]\n".to_owned() + &definition(NONE, map, "");
    let body = r#"{"members": [{"id": 1, "keys": [{"code": "SSS", "name": "n"}], "auth": {"pin": "SSS"}}, {"id": 2, "keys": []}]}"#;
    let (_folder, provider) = connect(&definition, &[("list", body)], None);
    let (profiles, _) = list(&provider).await;
    let flags: Vec<_> = profiles
        .iter()
        .map(|it| (it.security.mfa_enabled.value().copied(), it.access.owner.value().copied()))
        .collect();
    assert_eq!(flags, [(Some(true), Some(true)), (Some(false), Some(false))]);
    assert!(!serde_json::to_string(&profiles).unwrap().contains("SSS"));
}

#[tokio::test]
async fn a_plan_shows_no_secret_and_keeps_what_is_inside_of_objects() {
    let update = |keep: &str| {
        let update = format!(
            "[[get]]\nrequest = {{ operation = \"get\", path = \"/x/{{id}}\" }}\n[[update]]\n{keep}\n\
             request = {{ operation = \"put\", method = \"PUT\", path = \"/x/{{id}}\", body = {{ prof = {{ mark = 1 }} }} }}\n\
             fields.title = {{ at = \"/prof/title\" }}"
        );
        "secrets = [\"/keys/*/code\"]\n".to_owned() + &definition(NONE, "title = \"/prof/title\"", &update)
    };
    let flaws = Service::parse(&update("keep = { whole = true }"), "acme.toml").unwrap_err().to_string();
    assert!(flaws.contains("which a plan would show"), "{flaws}");
    for keep in [
        "keep = { values = { \"/kept\" = \"/keys/0/code\" } }",
        "keep = { values = { \"/kept\" = \"/keys\" } }",
    ] {
        assert!(Service::parse(&update(keep), "acme.toml").is_err(), "{keep}");
    }
    for name in ["/keys/0/code", "/keys/main/code", "/keys/0/code:json", "/keys/0/code:number"] {
        let named = update("").replace("mark = 1", &format!("mark = \"{{record:{name}}}\""));
        let flaws = Service::parse(&named, "acme.toml").unwrap_err().to_string();
        assert!(flaws.contains("is a secret, or has one, and a plan would show it"), "{flaws}");
    }
    for without in ["/keys/*/code", "/keys/-/code", "/keys/*", "/keys"] {
        let kept = update(&format!("keep = {{ whole = true, without = [\"{without}\"] }}"));
        let record = r#"{"id": "a", "prof": {}, "keys": [{"code": "SSS", "name": "n"}]}"#;
        let (_folder, provider) = connect(&kept, &[("get", record), ("get.2", record)], None);
        let change = ProfileChange::new().set(FieldPath::TITLE, "y");
        let write = Write::update("acme:main/user/a".parse().unwrap(), change);
        let plan = provider.plan(&write, &PlanOptions::always()).await.unwrap();
        let shown = serde_json::to_string(&plan.requests()[0].body).unwrap();
        assert!(!shown.contains("SSS"), "{without}: {shown}");
    }
    let kept = update("keep = { whole = true, without = [\"/keys\"] }");
    let record =
        r#"{"id": "a", "prof": {"title": "x", "desk": 4, "at": {"room": 7}}, "keys": [{"code": "SSS"}]}"#;
    let (_folder, provider) = connect(&kept, &[("get", record), ("get.2", record)], None);
    let change = ProfileChange::new().set(FieldPath::TITLE, "y");
    let write = Write::update("acme:main/user/a".parse().unwrap(), change);
    let plan = provider.plan(&write, &PlanOptions::always()).await.unwrap();
    let body = serde_json::to_string(&plan.requests()[0].body).unwrap();
    assert_eq!(
        body, r#"{"id":"a","prof":{"at":{"room":7},"desk":4,"mark":1,"title":"y"}}"#,
        "what the service would remove is sent"
    );
}
