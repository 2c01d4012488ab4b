//! What `check` finds out about a server.

use std::sync::Arc;

use anyprofile_core::ProfileProvider as _;
use serde_json::{Value, json as value};

use crate::{
    ABLE, provider, provider_with,
    support::{Script, json, page},
};

/// A server of three users that does everything right.
fn able(odd: fn(&str, &mut Value) -> Option<u16>) -> Arc<Script> {
    Script::by(move |sent| {
        let path = sent.target().strip_prefix("/v2").unwrap();
        let user = |number: u64| {
            value!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": number.to_string(),
                "userName": format!("user{number}"), "active": true, "meta": { "version": "W/\"1\"" },
                "emails": [{ "value": format!("user{number}@example.com") }],
            })
        };
        let list = |records: Vec<Value>, total: u64| value!({ "totalResults": total, "itemsPerPage": records.len(), "startIndex": 1, "Resources": records });
        let mut body = match path {
            "/ServiceProviderConfig" => serde_json::from_str(ABLE).unwrap(),
            "/Schemas" | "/ResourceTypes" => list(vec![value!({ "id": "User" })], 1),
            "/Me" => user(1),
            "/Groups/g" => value!({ "id": "g", "members": [] }),
            _ if path.starts_with("/Groups") => list(vec![value!({ "id": "g" })], 1),
            _ if path.contains("filter=") => list(vec![user(1)], 1),
            _ if path.contains("startIndex=2") => list(vec![user(2)], 3),
            _ => list(vec![user(1), user(2), user(3)], 3),
        };
        let status = odd(path, &mut body);
        match status {
            Some(404) => page(404).into(),
            status => json(status.unwrap_or(200), body.to_string()).into(),
        }
    })
}

async fn found(script: &Arc<Script>) -> Vec<String> {
    let found = provider(script).examine().await.unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_server_without_quirks_is_described() {
    let script = able(|_, _| None);
    insta::assert_snapshot!(found(&script).await.join("\n"), @r"
    users are listed by index, 100 a page, of 200 that the server allows
    filters are applied by the server
    single attributes are changed (PATCH)
    a write names the version of the record, so that no other change is overwritten (If-Match)
    the order can be chosen
    the users of a group are listed (members)
    /Me is the user of the credential; set `quirks = { me = true }` to use it
    ");
    assert!(script.requests().iter().all(|request| request.starts_with("GET ")));
}

#[tokio::test]
async fn quirks_are_named_with_the_setting_that_helps() {
    type Odd = fn(&str, &mut Value) -> Option<u16>;
    let cases: [(Odd, &str); 14] = [
        (
            |path, _| path.starts_with("/ServiceProviderConfig").then_some(404),
            "/ServiceProviderConfig cannot be read",
        ),
        (|path, _| path.starts_with("/Schemas").then_some(404), "/Schemas cannot be read"),
        (|path, _| path.starts_with("/ResourceTypes").then_some(501), "/ResourceTypes cannot be read"),
        (
            |path, body| {
                if path.contains("startIndex=2") {
                    body["Resources"][0]["id"] = "1".into();
                }
                None
            },
            "`startIndex` is ignored",
        ),
        (
            |path, body| {
                if path.starts_with("/Users?startIndex=1") {
                    body["itemsPerPage"] = 50.into();
                }
                None
            },
            "`itemsPerPage` is not the number of users on the page",
        ),
        (
            |path, body| {
                if path.starts_with("/Users?startIndex=1&count=20") {
                    body["Resources"].as_array_mut().unwrap().pop();
                }
                None
            },
            "a page has fewer users than were asked for",
        ),
        (
            |path, body| {
                if path.starts_with("/Users") {
                    body["totalResults"] = 1.into();
                }
                None
            },
            "fewer users are declared than came",
        ),
        (
            |path, body| {
                if path.starts_with("/Users") {
                    body.as_object_mut().unwrap().remove("totalResults");
                }
                None
            },
            "the number of users is not declared",
        ),
        (
            |path, body| {
                if path.starts_with("/Users") {
                    body["Resources"][0]["active"] = "False".into();
                }
                None
            },
            "`active` is text",
        ),
        (
            |path, body| {
                if path.starts_with("/Users") {
                    body["Resources"][0].as_object_mut().unwrap().remove("schemas");
                }
                None
            },
            "records have no `schemas`",
        ),
        (
            |path, body| {
                if path.starts_with("/Users") {
                    body["Resources"][0].as_object_mut().unwrap().remove("meta");
                }
                None
            },
            "set `quirks = { etag = false }`",
        ),
        (
            |path, body| {
                if path.contains("emails.value") {
                    body["Resources"] = value!([]);
                }
                None
            },
            "by e-mail address: it is applied here",
        ),
        (
            |path, body| {
                if path.contains("filter=userName") {
                    body["Resources"] = value!([{ "id": "2" }]);
                }
                None
            },
            "by user name",
        ),
        (
            // `active` is text, and compared as text.
            |path, body| {
                if path.contains("filter=active") {
                    body["Resources"] = value!([]);
                }
                None
            },
            "by `active`: it is applied here",
        ),
    ];
    for (odd, part) in cases {
        let found = found(&able(odd)).await;
        assert!(found.iter().any(|it| it.starts_with("quirk: ") && it.contains(part)), "{part}: {found:#?}");
    }
}

#[tokio::test]
async fn a_server_that_lacks_its_cursors_is_told_from_one_that_has_them() {
    let script = able(|path, _| path.contains("cursor=").then_some(501));
    let provider = provider_with(&script, |quirks| quirks.paging = Some(anyprofile_scim::Paging::Cursor));
    let found = provider.examine().await.unwrap();
    assert!(found.iter().any(|it| it.hint.as_deref() == Some(r#"set `quirks = { paging = "index" }`"#)));
}

#[tokio::test]
async fn a_refused_credential_is_no_quirk() {
    let script = Script::by(|_| json(401, "{}").into());
    assert_eq!(provider(&script).examine().await.unwrap_err().status(), Some(401));
}
