//! Role assignments of users and API users.

use std::fmt::Write as _;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_probely::{
    ProbelyClient, RoleHolders,
    wire::{
        AssignmentChange, AssignmentOperations, AssignmentUpdate, AssignmentWrite, GrantScope, RoleGrant,
    },
};

use crate::{
    check_that_no_write_is_repeated, client,
    support::{Script, Sent, json, page, response},
};

const FAMILIES: [RoleHolders; 2] = [RoleHolders::Users, RoleHolders::ApiUsers];
const ASSIGNMENT: &str = r#"{"id":"8Ur5t6Yh7jKl","user":{"id":"2aB3cD4eF5gH"},"role":{"id":"3R7q9TzWk2Lm"},
    "scope":{"tier":"account"},"added":1}"#;

fn whole(scope: GrantScope) -> AssignmentWrite {
    AssignmentWrite::new("2aB3cD4eF5gH", RoleGrant::new("3R7q9TzWk2Lm", scope))
}

fn of_team() -> GrantScope {
    GrantScope::Team("4Tk_m2Qx8vBn".to_owned())
}

fn of_target() -> GrantScope {
    GrantScope::Target("-Gh-w3Zp6rCd".to_owned())
}

fn changes() -> Vec<AssignmentChange> {
    vec![
        AssignmentChange::new("8Ur5t6Yh7jKl", whole(GrantScope::Account)),
        AssignmentChange::new("8Ur5t6Yh7jK2", whole(of_target())),
    ]
}

fn whole_update() -> AssignmentUpdate {
    let mut update = AssignmentUpdate::default();
    update.user_id = Some("2aB3cD4eF5gH".to_owned());
    update.role_id = Some("3R7q9TzWk2Lm".to_owned());
    update.scope = Some(of_team());
    update
}

fn all_operations() -> AssignmentOperations {
    let mut operations = AssignmentOperations::default();
    operations.create = vec![whole(of_team())];
    operations.update = changes();
    operations.delete = vec!["8Ur5t6Yh7jK3".to_owned()];
    operations
}

/// Returns a request without its headers.
fn shown(sent: &Sent) -> String {
    format!("{} {}\n    {}\n", sent.method, sent.target(), sent.body)
}

/// Each write of both families once.
async fn every_write(client: &ProbelyClient) -> Vec<(String, Result<(), Error>)> {
    let mut results = Vec::new();
    for holders in FAMILIES {
        let id = "-Ur5t6Yh7jKl";
        let family = if holders == RoleHolders::Users { "user_roles" } else { "api_user_roles" };
        let ids = ["8Ur5t6Yh7jKl".to_owned(), "8Ur5t6Yh7jK2".to_owned()];
        let create = whole(GrantScope::Account);
        for (action, result) in [
            ("create", client.create_role_assignment(holders, &create).await.map(drop)),
            ("update", client.replace_role_assignment(holders, id, &whole(of_target())).await.map(drop)),
            ("partial_update", client.update_role_assignment(holders, id, &whole_update()).await.map(drop)),
            ("destroy", client.delete_role_assignment(holders, id).await),
            ("bulk_create", client.bulk_create_role_assignments(holders, &[create, whole(of_team())]).await),
            ("bulk_update", client.bulk_update_role_assignments(holders, &changes()).await),
            ("bulk_delete", client.bulk_delete_role_assignments(holders, &ids).await),
            ("bulk_operations", client.bulk_change_role_assignments(holders, &all_operations()).await),
        ] {
            results.push((format!("{family}_{action}"), result));
        }
    }
    results
}

#[tokio::test]
async fn both_families_send_what_is_documented() {
    let script = Script::by(|_| json(200, ASSIGNMENT).into());
    let client = client(&script);
    for (operation, result) in every_write(&client).await {
        result.unwrap_or_else(|error| panic!("{operation}: {error}"));
    }
    for holders in FAMILIES {
        let assignment = client.get_role_assignment(holders, "a/../b?c=d").await.unwrap();
        assert!(assignment.unknown.get("added").is_some());
    }
    insta::assert_snapshot!(script.sent().iter().map(shown).collect::<String>());
}

#[tokio::test]
async fn nothing_is_sent_but_what_is_set() {
    let script = Script::by(|_| json(200, ASSIGNMENT).into());
    let client = client(&script);
    let sets: [fn(&mut AssignmentUpdate); 4] = [
        |_| {},
        |update| update.user_id = Some("u".to_owned()),
        |update| update.role_id = Some("r".to_owned()),
        |update| update.scope = Some(GrantScope::Account),
    ];
    for set in sets {
        let mut update = AssignmentUpdate::default();
        set(&mut update);
        client.update_role_assignment(RoleHolders::Users, "a", &update).await.unwrap();
    }
    let sets: [fn(&mut AssignmentOperations); 4] = [
        |_| {},
        |operations| operations.create = vec![whole(GrantScope::Account)],
        |operations| operations.update = changes(),
        |operations| operations.delete = vec!["a".to_owned()],
    ];
    for set in sets {
        let mut operations = AssignmentOperations::default();
        set(&mut operations);
        client.bulk_change_role_assignments(RoleHolders::Users, &operations).await.unwrap();
    }
    insta::assert_snapshot!(script.sent().into_iter().map(|sent| sent.body).collect::<Vec<_>>().join("\n"));
}

/// A bulk update is an array, and a bulk change of all kinds an object: swapped, the service refuses them.
#[tokio::test]
async fn a_bulk_update_is_an_array_and_a_change_of_all_kinds_an_object() {
    let script = Script::by(|_| response(200).into());
    let client = client(&script);
    let starts = |expected: char| {
        assert_eq!(script.sent().last().unwrap().body.chars().next(), Some(expected));
    };
    let holders = RoleHolders::ApiUsers;
    client.bulk_create_role_assignments(holders, &[whole(of_team())]).await.unwrap();
    starts('[');
    client.bulk_update_role_assignments(holders, &changes()).await.unwrap();
    starts('[');
    client.bulk_delete_role_assignments(holders, &["a".to_owned()]).await.unwrap();
    starts('[');
    client.bulk_change_role_assignments(holders, &all_operations()).await.unwrap();
    starts('{');
}

#[tokio::test]
async fn a_bulk_change_may_have_any_response_but_a_web_page() {
    for done in
        [response(200), response(204), json(200, "[]"), json(201, format!("[{ASSIGNMENT}]")), json(200, "{}")]
    {
        let script = Script::by(move |_| done.clone().into());
        let client = client(&script);
        for holders in FAMILIES {
            client.bulk_create_role_assignments(holders, &[whole(of_team())]).await.unwrap();
            client.bulk_update_role_assignments(holders, &changes()).await.unwrap();
            client.bulk_delete_role_assignments(holders, &["a".to_owned()]).await.unwrap();
            client.bulk_change_role_assignments(holders, &all_operations()).await.unwrap();
            client.delete_role_assignment(holders, "a").await.unwrap();
        }
    }
    let script = Script::by(|_| page(200).into());
    for (operation, result) in every_write(&client(&script)).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Decode, "{operation}");
    }
}

#[tokio::test]
async fn an_empty_response_to_a_change_is_read_again_and_one_to_a_new_assignment_is_none() {
    let script =
        Script::by(
            |sent| {
                if sent.method == "GET" { json(200, ASSIGNMENT).into() } else { response(204).into() }
            },
        );
    let client = client(&script);
    let holders = RoleHolders::ApiUsers;
    let scope = GrantScope::Account;
    client.replace_role_assignment(holders, "a", &whole(scope.clone())).await.unwrap();
    client.update_role_assignment(holders, "a", &whole_update()).await.unwrap();
    let error = client.create_role_assignment(holders, &whole(scope)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("not known whether the role was assigned"), "{error}");
    assert_eq!(
        script.requests(),
        [
            "PUT /api-user-roles/a/",
            "GET /api-user-roles/a/",
            "PATCH /api-user-roles/a/",
            "GET /api-user-roles/a/",
            "POST /api-user-roles/",
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
        writeln!(told, "{error}").unwrap();
    };
    let empty = || AssignmentWrite::new("", RoleGrant::new("", GrantScope::Team(String::new())));
    let mut update = AssignmentUpdate::default();
    update.user_id = Some(String::new());
    update.role_id = Some(String::new());
    update.scope = Some(GrantScope::Target(String::new()));
    let mut operations = AssignmentOperations::default();
    operations.create = vec![empty()];
    operations.update = vec![AssignmentChange::new("", empty())];
    operations.delete = vec!["a".to_owned(), String::new()];
    let holders = RoleHolders::Users;
    refused(client.create_role_assignment(holders, &empty()).await.unwrap_err());
    refused(client.replace_role_assignment(holders, "a", &empty()).await.unwrap_err());
    refused(client.update_role_assignment(holders, "a", &update).await.unwrap_err());
    refused(client.bulk_change_role_assignments(holders, &operations).await.unwrap_err());
    let holders = RoleHolders::ApiUsers;
    refused(client.bulk_create_role_assignments(holders, &[]).await.unwrap_err());
    refused(client.bulk_create_role_assignments(holders, &[empty()]).await.unwrap_err());
    refused(client.bulk_update_role_assignments(holders, &[]).await.unwrap_err());
    refused(
        client
            .bulk_update_role_assignments(holders, &[AssignmentChange::new("", empty())])
            .await
            .unwrap_err(),
    );
    refused(client.bulk_delete_role_assignments(holders, &[]).await.unwrap_err());
    insta::assert_snapshot!(told);
    for id in ["", ".", ".."] {
        for error in [
            client.get_role_assignment(holders, id).await.unwrap_err(),
            client.replace_role_assignment(holders, id, &whole(of_team())).await.unwrap_err(),
            client.update_role_assignment(holders, id, &whole_update()).await.unwrap_err(),
            client.delete_role_assignment(holders, id).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
}

#[tokio::test]
async fn an_error_names_the_operation_of_its_family() {
    for (status, of_one, of_all) in [
        (400, ErrorKind::InvalidRequest, ErrorKind::InvalidRequest),
        (401, ErrorKind::Unauthenticated, ErrorKind::Unauthenticated),
        (403, ErrorKind::PermissionDenied, ErrorKind::PermissionDenied),
        (404, ErrorKind::NotFound, ErrorKind::Config),
    ] {
        let script = Script::by(move |_| json(status, r#"{"detail":"ada@example.com may not."}"#).into());
        for (operation, result) in every_write(&client(&script)).await {
            let error = result.unwrap_err();
            let names_one =
                ["_update", "_partial_update", "_destroy"].iter().any(|end| operation.ends_with(end))
                    && !operation.contains("bulk");
            assert_eq!(error.operation(), Some(operation.as_str()));
            assert_eq!(error.kind(), if names_one { of_one } else { of_all }, "{error}");
            assert!(!format!("{error} {error:?}").contains("ada@"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_write_is_ever_repeated() {
    check_that_no_write_is_repeated(every_write).await;
}

#[test]
fn debug_shows_no_ids() {
    let shown = format!("{:?} {:?} {:?} {:?}", whole(of_team()), changes(), whole_update(), all_operations());
    for hidden in ["2aB3cD4eF5gH", "3R7q9TzWk2Lm", "4Tk_m2Qx8vBn", "8Ur5t6Yh7jK"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(shown.contains("role_id: .."), "{shown}");
    assert!(shown.ends_with("AssignmentOperations { create: 1, update: 2, delete: 1 }"), "{shown}");
}
