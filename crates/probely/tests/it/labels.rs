//! Labels and teams, and the roles and permissions of the account.

use std::fmt::Write as _;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_probely::{
    ProbelyClient,
    wire::{LabelCreate, LabelUpdate, TeamCreate, TeamUpdate, UserLabelWrite},
};

use crate::{
    check_that_no_write_is_repeated, client,
    support::{Script, Sent, json, page, response},
};

const RECORD: &str = r#"{"id":"6Lb2n4Vc8xDs","name":"Ada","added":1}"#;

fn label() -> UserLabelWrite {
    UserLabelWrite::new("Zürich", "#00FF00")
}

fn whole_create() -> LabelCreate {
    let mut create = LabelCreate::new("Zürich");
    create.color = Some("green".to_owned());
    create
}

fn whole_update() -> LabelUpdate {
    let mut update = LabelUpdate::default();
    update.name = Some("Zürich".to_owned());
    update.color = Some(String::new());
    update
}

fn whole_team() -> TeamCreate {
    let mut create = TeamCreate::new("日本");
    create.description = Some("Those in Tōkyō".to_owned());
    create
}

fn whole_team_update() -> TeamUpdate {
    let mut update = TeamUpdate::default();
    update.name = Some("日本".to_owned());
    update.description = Some(String::new());
    update
}

/// Returns a request without its headers.
fn shown(sent: &Sent) -> String {
    format!("{} {}\n    {}\n", sent.method, sent.target(), sent.body)
}

/// Each write once.
async fn every_write(client: &ProbelyClient) -> Vec<(&'static str, Result<(), Error>)> {
    let id = "-Lb2n4Vc8xDs";
    vec![
        ("labels_users_create", client.create_user_label(&label()).await.map(drop)),
        ("labels_users_update", client.replace_user_label(id, &label()).await.map(drop)),
        ("labels_users_partial_update", client.update_user_label(id, &label()).await.map(drop)),
        ("labels_users_destroy", client.delete_user_label(id).await),
        ("labels_create", client.create_label(&whole_create()).await.map(drop)),
        ("labels_partial_update", client.update_label(id, &whole_update()).await.map(drop)),
        ("labels_destroy", client.delete_label(id).await),
        ("teams_create", client.create_team(&whole_team()).await.map(drop)),
        ("teams_partial_update", client.update_team(id, &whole_team_update()).await.map(drop)),
        ("teams_destroy", client.delete_team(id).await),
    ]
}

#[tokio::test]
async fn every_operation_sends_what_is_documented() {
    let script = Script::by(|_| json(200, RECORD).into());
    let client = client(&script);
    for (operation, result) in every_write(&client).await {
        result.unwrap_or_else(|error| panic!("{operation}: {error}"));
    }
    let id = "a/../b?c=d";
    assert!(client.get_user_label(id).await.unwrap().unknown.get("added").is_some());
    assert_eq!(client.get_label(id).await.unwrap().name, "Ada".into());
    assert_eq!(client.get_team(id).await.unwrap().name, "Ada".into());
    assert_eq!(client.get_role(id).await.unwrap().name, "Ada".into());
    insta::assert_snapshot!(script.sent().iter().map(shown).collect::<String>());
}

#[tokio::test]
async fn nothing_is_sent_but_what_is_set_and_a_label_of_users_always_whole() {
    let script = Script::by(|_| json(200, RECORD).into());
    let client = client(&script);
    client.create_label(&LabelCreate::new("Zürich")).await.unwrap();
    let sets: [fn(&mut LabelUpdate); 3] = [
        |_| {},
        |update| update.name = Some("Zürich".to_owned()),
        |update| update.color = Some("#c0ffee".to_owned()),
    ];
    for set in sets {
        let mut update = LabelUpdate::default();
        set(&mut update);
        client.update_label("l", &update).await.unwrap();
    }
    client.create_team(&TeamCreate::new("日本")).await.unwrap();
    client.update_team("t", &TeamUpdate::default()).await.unwrap();
    let bodies: Vec<_> = script.sent().into_iter().map(|sent| sent.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"name":"Zürich"}"#,
            "{}",
            r#"{"name":"Zürich"}"#,
            r##"{"color":"#c0ffee"}"##,
            r#"{"name":"日本"}"#,
            "{}",
        ]
    );
    client.update_user_label("l", &UserLabelWrite::new("", "")).await.unwrap();
    assert_eq!(script.sent().last().unwrap().body, r#"{"name":"","color":""}"#);
}

#[tokio::test]
async fn an_empty_response_to_a_change_is_read_again_and_one_to_a_create_is_none() {
    let script =
        Script::by(|sent| if sent.method == "GET" { json(200, RECORD).into() } else { response(204).into() });
    let client = client(&script);
    for (operation, result) in every_write(&client).await {
        if !operation.ends_with("create") {
            result.unwrap();
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{operation}");
        assert!(error.hint().unwrap().contains("not known whether"), "{error}");
    }
    let read: Vec<_> = script.requests().into_iter().filter(|request| request.starts_with("GET")).collect();
    assert_eq!(
        read,
        [
            "GET /labels/users/-Lb2n4Vc8xDs/",
            "GET /labels/users/-Lb2n4Vc8xDs/",
            "GET /labels/-Lb2n4Vc8xDs/",
            "GET /teams/-Lb2n4Vc8xDs/",
        ]
    );
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
    let wrong = UserLabelWrite::new("ß".repeat(256), "secret grün");
    refused(client.create_user_label(&wrong).await.unwrap_err());
    refused(client.replace_user_label("l", &wrong).await.unwrap_err());
    refused(client.update_user_label("l", &wrong).await.unwrap_err());
    let mut create = LabelCreate::new("l".repeat(300));
    create.color = Some("#00 FF00".to_owned());
    refused(client.create_label(&create).await.unwrap_err());
    let mut update = LabelUpdate::default();
    update.name = Some("ß".repeat(256));
    refused(client.update_label("l", &update).await.unwrap_err());
    insta::assert_snapshot!(told);
    // Lists, and not ids of labels.
    for id in ["users", "targets", "", ".", ".."] {
        for error in [
            client.get_label(id).await.unwrap_err(),
            client.update_label(id, &LabelUpdate::default()).await.unwrap_err(),
            client.delete_label(id).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
    for id in ["", ".", ".."] {
        for error in [
            client.get_user_label(id).await.unwrap_err(),
            client.replace_user_label(id, &label()).await.unwrap_err(),
            client.update_user_label(id, &label()).await.unwrap_err(),
            client.delete_user_label(id).await.unwrap_err(),
            client.get_team(id).await.unwrap_err(),
            client.update_team(id, &TeamUpdate::default()).await.unwrap_err(),
            client.delete_team(id).await.unwrap_err(),
            client.get_role(id).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
}

#[tokio::test]
async fn an_error_names_the_operation_and_a_web_page_is_none() {
    for (body, of_one, of_all) in [
        (json(400, r#"{"name":["Ada is taken."]}"#), ErrorKind::InvalidRequest, ErrorKind::InvalidRequest),
        (json(401, r#"{"detail":"No."}"#), ErrorKind::Unauthenticated, ErrorKind::Unauthenticated),
        (json(403, r#"{"detail":"No."}"#), ErrorKind::PermissionDenied, ErrorKind::PermissionDenied),
        (json(404, r#"{"detail":"Not found."}"#), ErrorKind::NotFound, ErrorKind::Config),
        (page(200), ErrorKind::Decode, ErrorKind::Decode),
    ] {
        let script = Script::by(move |_| body.clone().into());
        for (operation, result) in every_write(&client(&script)).await {
            let error = result.unwrap_err();
            assert_eq!(error.operation(), Some(operation));
            let kind = if operation.ends_with("_create") { of_all } else { of_one };
            assert_eq!(error.kind(), kind, "{error}");
            assert!(!format!("{error} {error:?}").contains("Ada"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_write_is_ever_repeated() {
    check_that_no_write_is_repeated(every_write).await;
}

#[test]
fn debug_shows_what_is_set_and_nothing_of_it() {
    let all = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        label(),
        whole_create(),
        whole_update(),
        whole_team(),
        whole_team_update()
    );
    for hidden in ["Zürich", "green", "00FF00", "日本", "Tōkyō"] {
        assert!(!all.contains(hidden), "{all}");
    }
    assert!(all.starts_with("UserLabelWrite { name: .., color: .. }"), "{all}");
}
