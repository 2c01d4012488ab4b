//! What `check` finds out about a server.

use std::sync::Arc;

use anyprofile_core::ProfileProvider as _;
use serde_json::{Value, json as value};

use crate::{
    ABLE, provider, provider_with,
    support::{Script, json, page},
};

/// What a server does otherwise: it changes the response to a path, or its status.
type Odd = Box<dyn Fn(&str, &mut Value) -> Option<u16> + Send>;

/// Changes the responses to the paths with this part.
fn changed(part: &'static str, change: fn(&mut Value)) -> Odd {
    Box::new(move |path, body| {
        if path.contains(part) {
            change(body);
        }
        None
    })
}

/// Gives the responses to the paths with this part a status.
fn refused(part: &'static str, status: u16) -> Odd {
    Box::new(move |path, _| path.contains(part).then_some(status))
}

/// A server of three users that does everything right, but for this.
fn able(odd: Odd) -> Arc<Script> {
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
    let script = able(refused("nothing", 0));
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
    fn without(body: &mut Value, key: &str) {
        body.as_object_mut().unwrap().remove(key);
    }
    let cases: [(Odd, &str); 14] = [
        (refused("/ServiceProviderConfig", 404), "/ServiceProviderConfig cannot be read"),
        (refused("/Schemas", 404), "/Schemas cannot be read"),
        (refused("/ResourceTypes", 501), "/ResourceTypes cannot be read"),
        (changed("startIndex=2", |page| page["Resources"][0]["id"] = "1".into()), "`startIndex` is ignored"),
        (
            changed("/Users?startIndex=1", |page| page["itemsPerPage"] = 50.into()),
            "`itemsPerPage` is not the number of users on the page",
        ),
        (
            changed("/Users?startIndex=1&count=20", |page| {
                page["Resources"].as_array_mut().unwrap().pop();
            }),
            "a page has fewer users than were asked for",
        ),
        (changed("/Users", |page| page["totalResults"] = 1.into()), "fewer users are declared than came"),
        (changed("/Users", |page| without(page, "totalResults")), "the number of users is not declared"),
        (changed("/Users", |page| page["Resources"][0]["active"] = "False".into()), "`active` is text"),
        (
            changed("/Users", |page| without(&mut page["Resources"][0], "schemas")),
            "records have no `schemas`",
        ),
        (
            changed("/Users", |page| without(&mut page["Resources"][0], "meta")),
            "set `quirks = { etag = false }`",
        ),
        (
            changed("emails.value", |page| page["Resources"] = value!([])),
            "by e-mail address: it is applied here",
        ),
        (changed("filter=userName", |page| page["Resources"] = value!([{ "id": "2" }])), "by user name"),
        // `active` is text, and compared as text.
        (changed("filter=active", |page| page["Resources"] = value!([])), "by `active`: it is applied here"),
    ];
    for (odd, part) in cases {
        let found = found(&able(odd)).await;
        assert!(found.iter().any(|it| it.starts_with("quirk: ") && it.contains(part)), "{part}: {found:#?}");
    }
}

#[tokio::test]
async fn a_server_that_lacks_its_cursors_is_told_from_one_that_has_them() {
    let script = able(refused("cursor=", 501));
    let provider = provider_with(&script, |quirks| quirks.paging = Some(anyprofile_scim::Paging::Cursor));
    let found = provider.examine().await.unwrap();
    assert!(found.iter().any(|it| it.hint.as_deref() == Some(r#"set `quirks = { paging = "index" }`"#)));
}

#[tokio::test]
async fn a_refused_credential_is_no_quirk() {
    let script = Script::by(|_| json(401, "{}").into());
    assert_eq!(provider(&script).examine().await.unwrap_err().status(), Some(401));
}
