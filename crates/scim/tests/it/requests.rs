//! What is sent.

use anyprofile_core::{
    Expected, GetOptions, ListQuery, ProfileProvider as _, ProfileProviderExt as _, Status,
};
use anyprofile_engine::{Secrets, Settings};
use anyprofile_scim::{
    ClientCredentials, ListUsers, Page, ScimConfig,
    wire::{GroupInput, PatchOperation, PatchRequest, UserInput},
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json as value};

use crate::{
    ABLE, client, id, provider, provider_with,
    support::{Script, json, response},
};

#[tokio::test]
async fn every_operation_sends_what_rfc_7644_says() {
    let script = Script::by(|sent| match sent.method.as_str() {
        "DELETE" => response(204).into(),
        _ => json(200, r#"{"id":"a/b@c d","totalResults":0}"#).into(),
    });
    let client = client(&script);
    client.get_service_provider_config().await.unwrap();
    let group = GroupInput::new("Testers").with_user("a/b@c d");
    client.create_group(&group).await.unwrap();
    client.replace_group("g/1", &group, Some("W/\"1\"")).await.unwrap();
    let members = vec![PatchOperation::add_member("a/b@c d"), PatchOperation::remove_member("o\"neil")];
    client.patch_group("g/1", &PatchRequest::new(members), None).await.unwrap();
    client.delete_group("g/1", None).await.unwrap();
    client.list_schemas().await.unwrap();
    client.list_resource_types().await.unwrap();
    let mut list = ListUsers::default();
    list.count = Some(5);
    list.filter = Some(r#"userName eq "a&b""#.into());
    list.sort_by = Some("userName".into());
    list.is_descending = true;
    list.excluded_attributes = vec!["groups".into(), "photos".into()];
    client.list_users(&list).await.unwrap();
    list.page = Page::Cursor(Some("x".into()));
    client.list_users(&list).await.unwrap();
    client.get_user("a/b@c d").await.unwrap();
    client.get_me().await.unwrap();
    client.list_groups(&ListUsers::default()).await.unwrap();
    client.get_group("a/b").await.unwrap();
    let input = UserInput::new("ola");
    client.create_user(&input).await.unwrap();
    client.replace_user("a/b@c d", &input, Some(r#"W/"3""#)).await.unwrap();
    let patch =
        PatchRequest::new(vec![PatchOperation::replace("active", false), PatchOperation::remove("nickName")]);
    client.patch_user("a/b@c d", &patch, None).await.unwrap();
    client.delete_user("a/b@c d", Some(r#"W/"3""#)).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(crate::support::Sent::text).collect();
    insta::assert_snapshot!(sent.join("\n"));
}

#[tokio::test]
async fn a_password_is_sent_as_basic_authentication() {
    let script = Script::of([json(200, r#"{"id":"7"}"#)]);
    let http = anyprofile_http::HttpOptions::default().with_transport(script.clone() as _);
    let config = ScimConfig::with_password("x".parse().unwrap(), "https://scim.example.com", "ola", "p:w");
    let client = anyprofile_scim::ScimClient::new(config.with_http(http)).unwrap();
    client.get_me().await.unwrap();
    assert_eq!(script.only().header("authorization"), Some("Basic b2xhOnA6dw=="));
}

#[tokio::test]
async fn a_client_fetches_its_access_token() {
    let script = Script::by(|sent| match sent.method.as_str() {
        "POST" => json(200, r#"{"access_token":"access","token_type":"bearer","expires_in":900}"#).into(),
        _ => json(200, r#"{"id":"7"}"#).into(),
    });
    let http = anyprofile_http::HttpOptions::default().with_transport(script.clone() as _);
    let secrets =
        ClientCredentials::new("https://id.example.com/oauth/token", "a client", "s:e").with_scope("a b");
    let config = ScimConfig::with_client("x".parse().unwrap(), "https://scim.example.com", secrets);
    assert!(!format!("{config:?}").contains("s:e"));
    anyprofile_scim::ScimClient::new(config.with_http(http)).unwrap().get_me().await.unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].url, "https://id.example.com/oauth/token");
    assert_eq!(sent[0].body, "grant_type=client_credentials&scope=a+b");
    // `a client` and `s:e`, encoded as in a form.
    assert_eq!(sent[0].header("authorization"), Some("Basic YStjbGllbnQ6cyUzQWU="));
    assert_eq!(sent[1].header("authorization"), Some("Bearer access"));
}

/// Connects an account with these settings and this credential, as of a file, and reads its own user; returns what was sent.
async fn sent_by_account(
    settings: Value,
    (key, secret): (&'static str, &str),
) -> anyprofile_core::Result<Vec<crate::support::Sent>> {
    let script = Script::by(|sent| match sent.method.as_str() {
        "POST" => json(200, r#"{"access_token":"access","expires_in":900}"#).into(),
        _ => json(200, r#"{"id":"7"}"#).into(),
    });
    let provider = account(&settings, (key, secret), &script)?;
    provider.get_opts(&"scim:x/user/7".parse().unwrap(), &GetOptions::default()).await?;
    Ok(script.sent())
}

/// Connects an account with these settings and this credential, as of a file.
fn account(
    settings: &Value,
    (key, secret): (&'static str, &str),
    script: &std::sync::Arc<Script>,
) -> anyprofile_core::Result<std::sync::Arc<dyn anyprofile_core::ProfileProvider>> {
    let http = anyprofile_http::HttpOptions::default().with_transport(script.clone() as _);
    let mut all = Settings::default();
    for (key, value) in settings.as_object().unwrap() {
        all.insert(key, value.clone());
    }
    all.insert("base_url", "https://scim.example.com");
    let configured = anyprofile_scim::service().configure(all, &[key])?;
    let secrets = Secrets::new().with(key, secret);
    configured.connect("x".parse().unwrap(), &secrets, http)
}

#[tokio::test]
async fn a_file_says_how_an_oauth_client_proves_who_it_is() {
    let of_client = |more: Value| {
        let mut settings = value!({"token_url": "https://id.example.com/token", "client_id": "a client"});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    };
    let in_form = of_client(value!({"client_auth": "form", "audience": "urn:people"}));
    let sent = sent_by_account(in_form, ("client_secret", "s:e")).await.unwrap();
    assert_eq!(
        sent[0].body,
        "grant_type=client_credentials&audience=urn%3Apeople&client_id=a+client&client_secret=s%3Ae"
    );
    assert_eq!(sent[0].header("authorization"), None);
    for (settings, credential, error) in [
        (of_client(value!({"key_id": "1"})), "client_secret", "key_id"),
        (value!({"audience": "urn:people"}), "token", "audience"),
        (of_client(value!({"client_auth": "none"})), "client_secret", "client_auth"),
    ] {
        let failed = sent_by_account(settings, (credential, "the-secret")).await.err().unwrap();
        assert!(failed.to_string().contains(error), "{failed}");
    }
}

/// A key on the curve P-256, which signs nothing but these tests.
#[cfg(feature = "jwt")]
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWRpZlAGDuXsSPOwqatXaSQoD2VuYqeQsruaVWuPwglyhRANCAATWAozkdbXdmt+mf+iTTqlNvi+27nmSY9FZy0nSk+YBtDxeI22Yde2N5OkXhlHGn+sWlLs8itCmoCXqw6/MPm8e\n-----END PRIVATE KEY-----\n";

#[cfg(feature = "jwt")]
#[tokio::test]
async fn a_client_with_a_private_key_signs_in_place_of_sending_a_secret() {
    let settings =
        value!({"token_url": "https://id.example.com/token", "client_id": "a client", "key_id": "2026"});
    let sent = sent_by_account(settings.clone(), ("private_key", PRIVATE_KEY)).await.unwrap();
    let form: std::collections::BTreeMap<_, _> = anyprofile_http::Url::parse(&format!("x:?{}", sent[0].body))
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert_eq!(form["client_assertion"].split('.').count(), 3);
    assert_eq!((&*form["client_id"], form.get("client_secret")), ("a client", None));
    let error = sent_by_account(settings, ("private_key", "no key")).await.err().unwrap();
    assert!(error.to_string().contains("private key") && !error.to_string().contains("no key"), "{error}");
}

#[cfg(feature = "jwt")]
#[tokio::test]
async fn a_signed_assertion_is_not_shown_where_a_server_repeats_it() {
    let script = Script::by(|sent| {
        let assertion = sent.body.split('&').find_map(|part| part.strip_prefix("client_assertion=")).unwrap();
        let body =
            value!({"error": "invalid_client", "error_description": format!("{assertion} is expired")});
        json(400, body.to_string()).into()
    });
    let settings = value!({"token_url": "https://id.example.com/token", "client_id": "a client"});
    let provider = account(&settings, ("private_key", PRIVATE_KEY), &script).unwrap();
    let error = provider.get(&"scim:x/user/7".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.service_message(), Some("… is expired"), "{error:?}");
}

/// Returns the target of the list that a query sends.
async fn target(config: &'static str, query: ListQuery) -> String {
    let script = Script::by(move |sent| {
        let body = match sent.url.as_str() {
            url if url.ends_with("Config") => config,
            // How the server compares addresses is tried with ten users.
            url if url.ends_with("count=10") => {
                r#"{"Resources":[{"id":"1","active":true,"emails":[{"value":"a@x.test"}]}]}"#
            }
            _ => r#"{"totalResults":0}"#,
        };
        json(200, body).into()
    });
    let provider = provider(&script);
    let _: Vec<_> = provider.list(query).try_collect().await.unwrap();
    script.requests().pop().unwrap()
}

#[tokio::test]
async fn filters_are_sent_where_the_server_applies_them() {
    let mut query = ListQuery::new();
    query.filter.email = Some(r#"o"neil@example.com"#.into());
    query.filter.status = vec![Expected::Is(Status::Suspended)];
    assert_eq!(
        target(ABLE, query.clone()).await,
        "GET /v2/Users?filter=active+eq+false+and+emails.value+eq+%22o%5C%22neil%40example.com%22&startIndex=1&count=100"
    );
    assert_eq!(target("{}", query.clone()).await, "GET /v2/Users?startIndex=1&count=100");
    // Of two statuses at once, the server is not asked.
    query.filter.email = None;
    query.filter.status.push(Expected::Is(Status::Active));
    assert_eq!(target(ABLE, query).await, "GET /v2/Users?startIndex=1&count=100");
}

#[tokio::test]
async fn a_filter_that_the_server_ignores_is_applied_again() {
    let script = Script::by(|sent| {
        let users = r#"{"totalResults":2,"Resources":[
            {"id":"1","active":true},{"id":"2","active":false}]}"#;
        json(200, if sent.url.ends_with("Config") { ABLE } else { users }).into()
    });
    let mut query = ListQuery::new();
    query.filter.status = vec![Expected::Is(Status::Suspended)];
    let profiles: Vec<_> = provider(&script).list(query).try_collect().await.unwrap();
    let ids: Vec<_> = profiles.iter().map(|profile| profile.id.clone()).collect();
    assert_eq!(ids, [id("2")]);
}

#[tokio::test]
async fn the_capabilities_are_those_that_the_server_names() {
    let script = Script::of([json(200, ABLE)]);
    let provider = provider(&script);
    assert!(!provider.capabilities().listing.filters.contains(&anyprofile_core::query::FilterPart::Email));
    provider.prepare().await.unwrap();
    assert!(provider.capabilities().listing.filters.contains(&anyprofile_core::query::FilterPart::Email));
    // Once is enough.
    provider.prepare().await.unwrap();
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn the_fields_are_those_of_the_schemas() {
    let schemas = r#"{"Resources":[
        {"id":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[
            {"name":"userName","required":true,"mutability":"immutable"},
            {"name":"displayName","mutability":"readOnly"},
            {"name":"title","mutability":"readWrite"},
            {"name":"name","subAttributes":[{"name":"familyName","required":"True"}]},
            {"name":"locale"}]},
        {"id":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","attributes":[{"name":"department"}]}]}"#;
    let answered = |schemas: &'static str| {
        Script::by(move |sent| json(200, if sent.url.ends_with("/Schemas") { schemas } else { ABLE }).into())
    };
    let shown = async |script| {
        let provider = provider_with(&script, |quirks| quirks.schemas = None);
        let fields = provider.prepare().await.unwrap().fields.clone();
        let rows = fields.iter().map(|spec| {
            let rule =
                spec.write.as_ref().map(|rule| format!("update {}, creation {}", rule.update, rule.create));
            format!("{}: {}", spec.path, rule.unwrap_or_else(|| "read".to_owned()))
        });
        rows.collect::<Vec<_>>()
    };
    insta::assert_snapshot!(shown(answered(schemas)).await.join("\n"), @r"
    id: read
    kind: read
    external_id: update true, creation optional
    username: update false, creation required
    name.display: read
    name.family: update true, creation optional
    title: update true, creation optional
    locale: read
    employee.department: read
    times.created: read
    times.updated: read
    extension.locale: read
    extension.version: read
    ");
    // Schemas without a user name are not those of users.
    let all = shown(answered(
        r#"{"Resources":[{"id":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[]}]}"#,
    ))
    .await;
    assert_eq!(all, shown(answered("{}")).await);
    assert!(all.contains(&"nickname: update true, creation optional".to_owned()));
}
