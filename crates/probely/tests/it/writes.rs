//! Writes of users and API users: what is sent and what is not, responses, refusals, errors.

use std::fmt::Write as _;

use anyprofile_core::{
    Error, ErrorKind, ExecuteOptions, Field, FieldPath, PlanOptions, ProfileChange, ProfileProvider as _,
    ProfileProviderExt as _, Result, Write,
};
use anyprofile_http::Secret;
use anyprofile_probely::{
    ProbelyClient,
    wire::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, GrantScope, LabelByName, RoleGrant,
        Title, UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
};

use crate::{
    check_that_no_write_is_repeated, client,
    support::{Response, Script, Sent, json, page, response},
};

const USER: &str = r#"{"id":"u","name":"Ada","added":1}"#;

fn labels() -> Vec<LabelByName> {
    vec![LabelByName::new("Zürich"), LabelByName::new("on call").with_color("#00FF00")]
}

fn roles() -> Vec<RoleGrant> {
    vec![
        RoleGrant::new("3R7q9TzWk2Lm", GrantScope::Account),
        RoleGrant::new("3R7q9TzWk2Lm", GrantScope::Team("4Tk_m2Qx8vBn".to_owned())),
        RoleGrant::new("3R7q9TzWk2Lm", GrantScope::Target("-Gh-w3Zp6rCd".to_owned())),
    ]
}

fn whole_create() -> UserCreate {
    let mut create = UserCreate::new("ada@example.com", "Ada");
    create.title = Some(Title::SecurityEngineer);
    create.active = Some(true);
    create.labels = Some(labels());
    create.user_roles = Some(roles());
    create
}

fn whole_update() -> UserUpdate {
    let mut update = UserUpdate::default();
    update.email = Some("ada@example.com".to_owned());
    update.name = Some("Ada".to_owned());
    update.title = Some("other".into());
    update.active = Some(false);
    update.labels = Some(labels());
    update
}

fn whole_replace() -> UserReplace {
    let mut replace = UserReplace::new("ada@example.com", "Ada");
    replace.title = Some(Title::NotSet);
    replace.active = Some(true);
    replace.labels = Some(labels());
    replace
}

fn whole_bulk_update() -> UserBulkUpdate {
    let mut update = UserBulkUpdate::new(["u".to_owned(), "-sDw5iRCtV_Y".to_owned()]);
    update.name = Some("Ada".to_owned());
    update.title = Some(Title::Manager);
    update.active = Some(false);
    update.labels = Some(labels());
    update.user_roles = Some(roles());
    update
}

fn whole_api_create() -> ApiUserCreate {
    let mut create = ApiUserCreate::new("Ada's robot");
    create.title = Some(Title::Developer);
    create.active = Some(true);
    create.labels = Some(labels());
    create.user_roles = Some(roles());
    create.permissions = Some(vec!["view_target".to_owned()]);
    create
}

fn whole_api_update() -> ApiUserUpdate {
    let mut update = ApiUserUpdate::default();
    update.name = Some("Ada's robot".to_owned());
    update.title = Some(Title::NotSet);
    update.active = Some(false);
    update.labels = Some(labels());
    update
}

fn whole_api_replace() -> ApiUserReplace {
    let mut replace = ApiUserReplace::new("Ada's robot");
    replace.title = Some(Title::NotSet);
    replace.active = Some(true);
    replace.labels = Some(labels());
    replace
}

fn whole_api_bulk_update() -> ApiUserBulkUpdate {
    let mut update = ApiUserBulkUpdate::new(["x".to_owned()]);
    update.name = Some("Ada's robot".to_owned());
    update.title = Some(Title::Manager);
    update.active = Some(false);
    update.labels = Some(labels());
    update.user_roles = Some(roles());
    update
}

fn secret(text: &str) -> Secret {
    text.into()
}

/// Returns a request without its headers.
fn shown(sent: &Sent) -> String {
    format!("{} {}\n    {}\n", sent.method, sent.target(), sent.body)
}

/// Each operation once, with only what is required.
async fn every_write(client: &ProbelyClient) -> Vec<(&'static str, Result<(), Error>)> {
    let mut update = UserUpdate::default();
    update.active = Some(false);
    let mut api_update = ApiUserUpdate::default();
    api_update.active = Some(false);
    let (ids, api_ids) = (UserBulkUpdate::new(["u".to_owned()]), ApiUserBulkUpdate::new(["x".to_owned()]));
    let (current, new) = (secret("hunter2-current"), secret("hunter2-new-one"));
    vec![
        ("users_create", client.create_user(&UserCreate::new("ada@example.com", "Ada")).await.map(drop)),
        ("users_partial_update", client.update_user("u", &update).await.map(drop)),
        (
            "users_update",
            client.replace_user("u", &UserReplace::new("ada@example.com", "Ada")).await.map(drop),
        ),
        ("users_destroy", client.deactivate_user("u").await),
        ("users_bulk_update_create", client.bulk_update_users(&ids).await.map(drop)),
        ("profile_change_password_create", client.change_password(&current, &new).await.map(drop)),
        ("api_users_create", client.create_api_user(&ApiUserCreate::new("Robot")).await.map(drop)),
        ("api_users_partial_update", client.update_api_user("x", &api_update).await.map(drop)),
        ("api_users_update", client.replace_api_user("x", &ApiUserReplace::new("Robot")).await.map(drop)),
        ("api_users_destroy", client.delete_api_user("x").await),
        ("api_users_bulk_update_create", client.bulk_update_api_users(&api_ids).await.map(drop)),
    ]
}

#[tokio::test]
async fn every_write_sends_every_field_that_is_set() {
    let script = Script::by(|_| json(200, USER).into());
    let client = client(&script);
    client.create_user(&whole_create()).await.unwrap();
    client.update_user("-sDw5iRCtV_Y", &whole_update()).await.unwrap();
    client.replace_user("u", &whole_replace()).await.unwrap();
    client.deactivate_user("a/../b?c=d").await.unwrap();
    client.bulk_update_users(&whole_bulk_update()).await.unwrap();
    client.change_password(&secret("the current one"), &secret("pässwörter!")).await.unwrap();
    client.create_api_user(&whole_api_create()).await.unwrap();
    client.update_api_user("x", &whole_api_update()).await.unwrap();
    client.replace_api_user("x", &whole_api_replace()).await.unwrap();
    client.delete_api_user("x").await.unwrap();
    client.bulk_update_api_users(&whole_api_bulk_update()).await.unwrap();
    let sent = script.sent();
    insta::assert_snapshot!(sent.iter().map(shown).collect::<String>());
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        insta::assert_snapshot!("headers_of_writes", [&sent[1], &sent[3]].map(Sent::text).join("\n"));
    });
}

#[tokio::test]
async fn nothing_is_sent_but_what_is_set() {
    let script = Script::by(|_| json(200, USER).into());
    let client = client(&script);
    every_write(&client).await.into_iter().for_each(|(_, result)| result.unwrap());

    let changes: [fn(&mut UserUpdate); 7] = [
        |update| update.email = Some("ada@example.com".to_owned()),
        |update| update.name = Some("Ada".to_owned()),
        |update| update.title = Some("astronaut".into()),
        |update| update.title = Some(Title::NotSet),
        |update| update.active = Some(true),
        |update| update.labels = Some(vec![]),
        |_| {},
    ];
    for change in changes {
        let mut update = UserUpdate::default();
        change(&mut update);
        client.update_user("u", &update).await.unwrap();
    }
    let mut bulk = UserBulkUpdate::new(["u".to_owned(), "v".to_owned()]);
    bulk.active = Some(false);
    client.bulk_update_users(&bulk).await.unwrap();
    insta::assert_snapshot!(script.sent().iter().map(shown).collect::<String>());
}

#[tokio::test]
async fn what_was_made_or_changed_is_given_as_it_is_told() {
    for status in [200, 201] {
        let script = Script::by(move |_| json(status, USER).into());
        let client = client(&script);
        for user in [
            client.create_user(&whole_create()).await.unwrap(),
            client.update_user("u", &whole_update()).await.unwrap(),
            client.replace_user("u", &whole_replace()).await.unwrap(),
            client.create_api_user(&whole_api_create()).await.unwrap(),
            client.update_api_user("u", &whole_api_update()).await.unwrap(),
            client.replace_api_user("u", &whole_api_replace()).await.unwrap(),
        ] {
            assert_eq!((user.name.value().map(String::as_str), user.active), (Some("Ada"), Field::Absent));
            assert!(user.unknown.get("added").is_some());
        }
        assert_eq!(script.sent().len(), 6);
    }
}

#[tokio::test]
async fn an_empty_response_to_a_change_is_read_again_and_one_to_a_create_is_none() {
    for empty in [response(200), response(204), json(202, "\n")] {
        let script =
            Script::by(
                move |sent| {
                    if sent.method == "GET" { json(200, USER).into() } else { empty.clone().into() }
                },
            );
        let client = client(&script);
        for user in [
            client.update_user("u", &whole_update()).await.unwrap(),
            client.replace_user("u", &whole_replace()).await.unwrap(),
            client.update_api_user("u", &whole_api_update()).await.unwrap(),
            client.replace_api_user("u", &whole_api_replace()).await.unwrap(),
        ] {
            assert_eq!(user.name, "Ada".into());
        }
        let requests = script.requests();
        assert_eq!(
            requests,
            [
                "PATCH /users/u/",
                "GET /users/u/",
                "PUT /users/u/",
                "GET /users/u/",
                "PATCH /api-users/u/",
                "GET /api-users/u/",
                "PUT /api-users/u/",
                "GET /api-users/u/",
            ]
        );
        // It is not known which user to read.
        for error in [
            client.create_user(&whole_create()).await.unwrap_err(),
            client.create_api_user(&whole_api_create()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.hint().unwrap().contains("not known whether"), "{error}");
        }
    }
    let script = Script::of([response(204), json(500, "{}")]);
    let error = client(&script).update_user("u", &whole_update()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Upstream, Some(500)));
    assert!(error.hint().unwrap().contains("the change was made"), "{error}");
}

#[tokio::test]
async fn a_deactivation_needs_no_response_and_a_web_page_is_none() {
    for done in [response(204), response(200), json(200, "{}"), json(202, USER)] {
        let script = Script::by(move |_| done.clone().into());
        let client = client(&script);
        client.deactivate_user("u").await.unwrap();
        client.delete_api_user("u").await.unwrap();
    }
    let script = Script::by(|_| page(200).into());
    for (operation, result) in every_write(&client(&script)).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Decode, "{operation}");
    }
}

#[tokio::test]
async fn a_change_of_several_says_who_was_changed_or_does_not() {
    for (body, ids) in [
        (json(200, r#"{"ids":["u","-sDw5iRCtV_Y"]}"#), Some(2)),
        (json(201, r#"{"ids":[]}"#), Some(0)),
        // The older form of the page shows a user and no ids.
        (json(200, USER), None),
        (json(200, r#"{"ids":"all"}"#), None),
        (response(204), None),
    ] {
        let script = Script::by(move |_| body.clone().into());
        let client = client(&script);
        for told in [
            client.bulk_update_users(&whole_bulk_update()).await.unwrap(),
            client.bulk_update_api_users(&whole_api_bulk_update()).await.unwrap(),
        ] {
            assert_eq!(told.ids.value().map(Vec::len), ids);
        }
    }
    let script = Script::of([json(200, r#"["u"]"#)]);
    let error = client(&script).bulk_update_users(&whole_bulk_update()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("may have been made"), "{error}");
}

#[tokio::test]
async fn a_new_password_is_sent_and_shown_nowhere() {
    let script = Script::of([
        json(200, r#"{"message":"Password changed."}"#),
        response(204),
        json(400, r#"{"error":"hunter2-current is wrong."}"#),
        json(400, r#"{"password":["hunter2-new-one is too common."]}"#),
    ]);
    let client = client(&script);
    let (current, new) = (secret("hunter2-current"), secret("hunter2-new-one"));
    let told = client.change_password(&current, &new).await.unwrap();
    assert_eq!(told.message, "Password changed.".into());
    let told = client.change_password(&current, &new).await.unwrap();
    assert!(told.message.is_absent());
    let wrong = client.change_password(&current, &new).await.unwrap_err();
    assert_eq!(wrong.service_message(), Some("hunter2-current is wrong."));
    let common = client.change_password(&current, &new).await.unwrap_err();
    assert_eq!(common.field_errors()["password"].len(), 1);
    let short = client.change_password(&current, &secret("hunter2")).await.unwrap_err();
    assert_eq!(short.field_errors()["password"], ["must have at least 10 characters"]);
    for error in [wrong, common, short] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!format!("{error} {error:?} {error:#?}").contains("hunter2"), "{error}");
    }
    assert_eq!(
        script.sent()[0].body,
        r#"{"current_password":"hunter2-current","password":"hunter2-new-one","confpassword":"hunter2-new-one"}"#
    );
}

#[tokio::test]
async fn the_key_of_a_new_api_user_is_a_secret() {
    for (sent, key) in [(r#""hunter2-key""#, "hunter2-key"), ("7", "7")] {
        let record = format!(r#"{{"id":"x","name":"Robot","key":{sent}}}"#);
        let script = Script::by(move |_| json(201, record.clone()).into());
        let user = client(&script).create_api_user(&ApiUserCreate::new("Robot")).await.unwrap();
        assert_eq!(user.key.value().unwrap().expose(), key);
        assert!(user.unknown.is_empty() && !format!("{user:?}").contains("hunter2"));
        assert_eq!(serde_json::to_value(&user).unwrap()["key"], "[withheld]");
        // A profile has no place for it.
        let profile = crate::provider(&script).get(&crate::id("probely:eu/api_user/x")).await.unwrap();
        assert!(!format!("{profile:?} {}", crate::shown(&profile)).contains("key"), "{profile:?}");
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let mut told = String::new();
    let mut refused = |error: Error| {
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        writeln!(told, "{error}").unwrap();
    };
    let long_name = || "ö".repeat(61);
    let long_label = || Some(vec![LabelByName::new("ß".repeat(256)), LabelByName::new("l".repeat(300))]);
    let empty_ids = || {
        Some(vec![
            RoleGrant::new("", GrantScope::Account),
            RoleGrant::new("r", GrantScope::Team(String::new())),
            RoleGrant::new("r", GrantScope::Target(String::new())),
        ])
    };

    let mut create = UserCreate::new("secret", long_name());
    create.labels = Some(vec![LabelByName::new("ß".repeat(256)).with_color("secret grün")]);
    create.user_roles = empty_ids();
    refused(client.create_user(&create).await.unwrap_err());
    for email in ["", "secret", "@secret", "secret@", "ada secret@example.com"] {
        let mut update = UserUpdate::default();
        update.email = Some(email.to_owned());
        let error = client.update_user("u", &update).await.unwrap_err();
        assert_eq!(error.field_errors()["email"], ["must be an e-mail address"], "{error}");
    }
    let mut update = UserUpdate::default();
    (update.name, update.labels) = (Some(long_name()), long_label());
    refused(client.update_user("u", &update).await.unwrap_err());
    refused(client.replace_user("u", &UserReplace::new("secret", long_name())).await.unwrap_err());
    for ids in [vec![], vec!["u".to_owned(), String::new()]] {
        refused(client.bulk_update_users(&UserBulkUpdate::new(ids.clone())).await.unwrap_err());
        refused(client.bulk_update_api_users(&ApiUserBulkUpdate::new(ids)).await.unwrap_err());
    }
    let mut create = ApiUserCreate::new(long_name());
    create.user_roles = empty_ids();
    refused(client.create_api_user(&create).await.unwrap_err());
    let mut update = ApiUserUpdate::default();
    update.labels = long_label();
    refused(client.update_api_user("x", &update).await.unwrap_err());
    refused(client.replace_api_user("x", &ApiUserReplace::new(long_name())).await.unwrap_err());
    insta::assert_snapshot!(told);
    for id in ["", ".", ".."] {
        for error in [
            client.update_user(id, &UserUpdate::default()).await.unwrap_err(),
            client.replace_user(id, &whole_replace()).await.unwrap_err(),
            client.deactivate_user(id).await.unwrap_err(),
            client.update_api_user(id, &ApiUserUpdate::default()).await.unwrap_err(),
            client.replace_api_user(id, &whole_api_replace()).await.unwrap_err(),
            client.delete_api_user(id).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
}

#[tokio::test]
async fn lengths_are_in_characters_and_unknown_words_are_the_services_matter() {
    let script = Script::by(|_| json(200, USER).into());
    let client = client(&script);
    let mut update = UserUpdate::default();
    update.name = Some("😀".repeat(60));
    update.title = Some("astronaut".into());
    update.labels = Some(vec![LabelByName::new("ö".repeat(255)).with_color("")]);
    client.update_user("u", &update).await.unwrap();
    client.change_password(&secret(""), &secret("öööööööööö")).await.unwrap();
    assert_eq!(script.sent().len(), 2);
}

#[test]
fn debug_shows_what_is_set_and_nothing_of_it() {
    let mut one = UserUpdate::default();
    one.email = Some("ada@example.com".to_owned());
    let all = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {one:?}",
        whole_create(),
        whole_update(),
        whole_replace(),
        whole_bulk_update(),
        whole_api_create(),
        whole_api_update(),
        whole_api_replace(),
        whole_api_bulk_update(),
    );
    let parts = format!("{:?} {:?} {:?}", labels(), roles(), roles()[1].scope);
    for hidden in ["ada", "Ada", "Zürich", "on call", "3R7q9TzWk2Lm", "4Tk_m2Qx8vBn", "sDw5iRCtV_Y"] {
        assert!(!all.contains(hidden) && !parts.contains(hidden), "{all} {parts}");
    }
    assert!(all.ends_with("UserUpdate { email: .. }"), "{all}");
    assert!(parts.contains("GrantScope(team)"), "{parts}");
}

#[tokio::test(start_paused = true)]
async fn no_write_is_ever_repeated() {
    check_that_no_write_is_repeated(every_write).await;
}

async fn errors_of(response: Response) -> Vec<Error> {
    let script = Script::by(move |_| response.clone().into());
    let results = every_write(&client(&script)).await;
    results.into_iter().map(|(_, result)| result.unwrap_err()).collect()
}

#[tokio::test]
async fn an_error_of_a_write_names_its_fields_and_repeats_no_value() {
    for (body, kind, fields) in [
        (
            json(
                400,
                r#"{"email":["ada@example.com is taken."],"non_field_errors":["Not for ada@example.com."]}"#,
            ),
            ErrorKind::InvalidRequest,
            "email non_field_errors",
        ),
        (
            json(400, r#"{"user_roles":[{"role":["ada@example.com may not."]},{}],"labels":["Required."]}"#),
            ErrorKind::InvalidRequest,
            "labels user_roles",
        ),
        (json(400, r#"{"detail":"Malformed ada@example.com."}"#), ErrorKind::InvalidRequest, ""),
        (json(401, r#"{"detail":"Incorrect authentication credentials."}"#), ErrorKind::Unauthenticated, ""),
        (json(403, r#"{"detail":"ada@example.com may not do this."}"#), ErrorKind::PermissionDenied, ""),
        (json(404, r#"{"detail":"Not found."}"#), ErrorKind::NotFound, ""),
        (json(409, ""), ErrorKind::Conflict, ""),
        (page(403), ErrorKind::Upstream, ""),
        // A write is not redirected: its body would be lost.
        (response(301).header("location", "https://api.example.com/users/"), ErrorKind::Decode, ""),
    ] {
        for error in errors_of(body).await {
            // A request without an id cannot fail with "not found".
            let names_nobody = error.operation().is_some_and(|operation| operation.ends_with("_create"));
            let kind = if kind == ErrorKind::NotFound && names_nobody { ErrorKind::Config } else { kind };
            assert_eq!(error.kind(), kind, "{error}");
            assert_eq!(error.field_errors().keys().cloned().collect::<Vec<_>>().join(" "), fields, "{error}");
            assert!(!format!("{error} {error:?} {error:#?}").contains("ada@"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_status_that_the_service_does_not_show_is_not_said_to_be_ignored() {
    // The response of 2022.
    let script =
        Script::by(|_| json(200, r#"{"id":"u","email":"ada@example.com","name":"Ada","title":""}"#).into());
    let provider = crate::provider(&script);
    let change = ProfileChange::new().set(FieldPath::STATUS, "suspended");
    let plan = provider
        .plan(&Write::update(crate::id("probely:eu/user/u"), change), &PlanOptions::new())
        .await
        .unwrap();
    let applied = provider.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!((applied.ignored, applied.unshown), (Vec::new(), vec![FieldPath::STATUS]));
}
