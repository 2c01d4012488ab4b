//! The client's own operations and records.

use anyprofile_core::{Error, ErrorKind, Field, wire::OpaqueId};
use anyprofile_http::Listed;
use anyprofile_probely::{
    ListAssignments, ListEntries, ListUsers, LogicalOperator, ProbelyClient, RoleHolders,
    wire::{self, ResultList, Tier, UserRoles},
};
use serde::Serialize;

use crate::{
    client,
    support::{Script, json, read, response},
};

const EMPTY: &str = r#"{"count":0,"page_total":1,"page":1,"length":10,"results":[]}"#;

/// Returns a page with these records.
fn page(records: &str) -> String {
    format!(r#"{{"count":3,"page_total":1,"page":1,"length":10,"results":[{records}]}}"#)
}

/// Sets every parameter of a list of users.
fn all_of_users() -> ListUsers {
    let list = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut users = ListUsers::default();
    users.account = Some(false);
    users.active = Some(true);
    users.exclude = list(&["labels", "changed_by"]);
    users.exclude_target = list(&["t1", "t2"]);
    users.exclude_team = list(&["e1"]);
    users.label = list(&["l1", "l2"]);
    users.label_logical_operator = Some(LogicalOperator::Or);
    users.length = Some(1000);
    users.mfa_enabled = Some(true);
    users.no_access = Some(false);
    users.ordering = Some("-last_login".to_owned());
    users.page = Some(2);
    users.role = list(&["r1"]);
    users.search = Some("ada & co".to_owned());
    users.target = list(&["t3"]);
    users.team = list(&["e2", "e3"]);
    users
}

fn all_of_entries() -> ListEntries {
    let mut list = ListEntries::default();
    list.length = Some(50);
    list.ordering = Some("-changed".to_owned());
    list.page = Some(3);
    list.search = Some("ada & co".to_owned());
    list
}

fn all_of_assignments() -> ListAssignments {
    let mut list = ListAssignments::default();
    list.length = Some(50);
    list.ordering = Some("-id".to_owned());
    list.page = Some(3);
    list.role = vec!["r1".to_owned(), "r2".to_owned()];
    list.user = vec!["u1".to_owned(), "u2".to_owned()];
    list
}

#[tokio::test]
async fn every_operation_of_the_client_sends_what_is_documented() {
    let script = Script::by(|sent| {
        let is_one = sent.url.contains("/api-users/-");
        json(200, if is_one { r#"{"id":"-sDw5iRCtV_Y"}"# } else { EMPTY }).into()
    });
    let client = client(&script);
    client.list_api_users(&ListUsers::default()).await.unwrap();
    client.list_api_users(&all_of_users()).await.unwrap();
    client.get_api_user("-sDw5iRCtV_Y").await.unwrap();
    client.get_api_user("-a/../b?c=d").await.unwrap();
    for list in [ListEntries::default(), all_of_entries()] {
        client.list_roles(&list).await.unwrap();
        client.list_labels(&list).await.unwrap();
        client.list_teams(&list).await.unwrap();
        client.list_user_labels(&list).await.unwrap();
        client.list_permissions(&list).await.unwrap();
    }
    for holders in [RoleHolders::Users, RoleHolders::ApiUsers] {
        for list in [ListAssignments::default(), all_of_assignments()] {
            client.list_role_assignments(holders, &list).await.unwrap();
        }
    }
    // The headers are those of every request, and are shown with those of the provider.
    let sent = script.requests();
    insta::assert_snapshot!(sent.join("\n"));
    assert!(script.sent().iter().all(|sent| sent.body.is_empty()));
    assert!(script.sent().iter().all(|sent| sent.header("authorization") == Some("JWT an-api-key")));
}

#[tokio::test]
async fn an_id_that_would_address_something_else_is_not_sent() {
    let script = Script::silent();
    let client = client(&script);
    for id in ["", ".", ".."] {
        for error in [client.get_user(id).await.unwrap_err(), client.get_api_user(id).await.unwrap_err()] {
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
        }
    }
}

#[test]
fn debug_shows_no_search() {
    let shown = format!("{:?} {:?} {:?}", all_of_users(), all_of_entries(), all_of_assignments());
    assert!(shown.contains("page: Some(3)") && shown.contains("length: Some(50)"), "{shown}");
    for hidden in ["ada", "r1", "l1", "u1", "last_login"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn records_keep_null_absent_and_unknown_apart() {
    let role: wire::Role = read(
        r#"{"id":"rrrrrrrrrrrr","name":"Auditor","description":null,"custom":true,
        "permissions":[{"id":"view_target","name":"View target","level":1},{}]}"#,
    );
    assert_eq!((&role.description, role.custom.value()), (&Field::Null, Some(&true)));
    let permissions = role.permissions.value().unwrap();
    assert_eq!((&permissions[0].id, permissions.len()), (&OpaqueId::from("view_target").into(), 2));
    assert!(permissions[0].unknown.get("level").is_some() && permissions[0].description.is_absent());
    let role: wire::Role = read(r#"{"id":"r","name":"ゲスト","description":"","added":1.10}"#);
    assert_eq!((role.description.value().map(String::as_str), role.custom.is_absent()), (Some(""), true));
    assert_eq!(role.unknown.get("added").unwrap().get(), "1.10");

    let team: wire::Team =
        read(r#"{"id":"t","name":null,"description":"","members":[{"email":"ada@example.com"}]}"#);
    assert!(team.name.is_null() && team.unknown.get("members").is_some());
    let label: wire::Label = read(
        r#"{"id":"l","name":"first_label","color":"green","changed_by":{"id":"u","email":"ada@example.com"},
        "changed":"2024-04-15T22:54:24.511953Z","targets":3}"#,
    );
    assert_eq!(label.color, "green".into());

    let assignment: wire::UserRoleAssignment = read(
        r#"{"id":"a","user":{"id":"u","email":"ada@example.com","name":"Ada"},"role":{"id":"r","name":"Admin",
        "description":"All","custom":false},"scope":{"tier":"galaxy","team":null,"domain":{"id":"d"}},"added":[]}"#,
    );
    let scope = assignment.scope.value().unwrap();
    let of_target: wire::UserRoleAssignment = read(
        r#"{"scope":{"tier":"target","target":{"id":"t","name":"Shop","url":"https://shop.example.com"}}}"#,
    );
    assert_eq!(
        of_target.scope.value().unwrap().target.value().unwrap().url,
        "https://shop.example.com".into()
    );
    assert_eq!(scope.tier, Tier::from("galaxy").into());
    assert!(scope.team.is_null() && scope.target.is_absent() && scope.unknown.get("domain").is_some());
    assert_eq!(assignment.user.value().unwrap().name, "Ada".into());
    let assignment: wire::UserRoleAssignment = read(r#"{"role":null}"#);
    assert!(assignment.role.is_null() && assignment.user.is_absent() && assignment.scope.is_absent());
}

fn shown<R: Serialize>(listed: &Listed<ResultList<R>>) -> serde_json::Value {
    let quarantined: Vec<_> = listed.quarantined.iter().map(|bad| (bad.position, &bad.reason)).collect();
    assert!(!format!("{quarantined:?}").contains("ada@"), "{quarantined:?}");
    serde_json::json!({
        "count": listed.list.count,
        "length": listed.list.length,
        "results": listed.list.results,
        "quarantined": quarantined,
    })
}

#[tokio::test]
async fn one_bad_record_costs_no_list() {
    let mixed = |records: &str| json(200, page(records));
    let script = Script::of([
        mixed(r#"{"id":"r","name":"Admin"},"ada@example.com",{"id":"s","custom":"yes"}"#),
        mixed(r##"{"id":"l","color":"#00FF00"},["ada@example.com"],{"id":"m","changed_by":7}"##),
        mixed(r#"{"id":"t"},null,{"id":8,"name":["Blue"]}"#),
        mixed(r#"{"id":"a","role":{"id":"r"}},7,{"id":"b","role":"admin","user":"ada@example.com"}"#),
        mixed(r#"{"id":"view_target"},"ada@example.com",{"id":"p","name":7}"#),
        mixed(r#"{"id":"x","is_apiuser":true},true,{"id":"y","active":"yes","user_roles":7}"#),
    ]);
    let client = client(&script);
    let entries = ListEntries::default();
    let told = [
        shown(&client.list_roles(&entries).await.unwrap()),
        shown(&client.list_labels(&entries).await.unwrap()),
        shown(&client.list_teams(&entries).await.unwrap()),
        shown(
            &client.list_role_assignments(RoleHolders::ApiUsers, &ListAssignments::default()).await.unwrap(),
        ),
        shown(&client.list_permissions(&entries).await.unwrap()),
        shown(&client.list_api_users(&ListUsers::default()).await.unwrap()),
    ];
    insta::assert_json_snapshot!(told);
}

/// Returns the type of a user's roles, in a word.
fn shape(roles: &Field<UserRoles>) -> String {
    match roles {
        Field::Value(UserRoles::List(roles)) => format!("{} roles", roles.len()),
        Field::Value(UserRoles::Text(text)) => format!("text '{text}'"),
        Field::Value(_) => "other".to_owned(),
        other => other.record_state().to_string(),
    }
}

#[tokio::test]
async fn the_roles_of_an_api_user_come_in_every_shape() {
    for (roles, expected) in [
        ("", "absent"),
        (r#","user_roles":null"#, "null"),
        (r#","user_roles":"""#, "text ''"),
        (r#","user_roles":"Admin""#, "text 'Admin'"),
        (r#","user_roles":[]"#, "0 roles"),
        (r#","user_roles":[{"id":"a","role":{"id":"r"},"scope":{"tier":"account"}},{}]"#, "2 roles"),
        (r#","user_roles":{"role":"admin"}"#, "other"),
    ] {
        let record = format!(r#"{{"id":"x","name":"Jenkins","is_apiuser":true{roles}}}"#);
        let script = Script::of([json(200, page(&record)), json(200, record.clone())]);
        let client = client(&script);
        let listed = client.list_api_users(&ListUsers::default()).await.unwrap();
        let one = client.get_api_user("x").await.unwrap();
        assert_eq!(listed.list.results[0], one);
        assert!(listed.quarantined.is_empty());
        assert_eq!(shape(&one.user_roles), expected, "{record}");
        assert!(one.email.is_absent() && one.title.is_absent() && one.mfa_enabled.is_absent());
        let again = serde_json::to_value(&one).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(&record).unwrap());
    }
}

#[tokio::test]
async fn the_remaining_pages_follow_from_the_numbers_alone() {
    for (numbers, remaining) in [
        // An empty list has one page, which is this one.
        (r#""count":0,"page_total":1,"page":1,"length":30"#, Some(0..0)),
        // `length` is the requested page size: neither the number of records, nor whether more follow.
        (r#""count":1,"page_total":1,"page":1,"length":30"#, Some(0..0)),
        (r#""count":1,"page_total":3,"page":1,"length":30"#, Some(2..4)),
        (r#""count":90,"page_total":3,"page":2,"length":30"#, Some(3..4)),
        (r#""count":90,"page_total":3,"page":3,"length":30"#, Some(0..0)),
        (r#""count":90,"page_total":3,"page":9,"length":30"#, Some(0..0)),
        (r#""page_total":0,"page":1"#, Some(0..0)),
        (r#""page_total":2,"page":1"#, Some(2..3)),
        (r#""page_total":18446744073709551615,"page":18446744073709551613"#, Some(u64::MAX - 1..u64::MAX)),
        (r#""page_total":18446744073709551615,"page":18446744073709551615"#, Some(0..0)),
        // A missing number is not the end.
        (r#""count":90,"page":1,"length":30"#, None),
        (r#""count":90,"page_total":3,"length":30"#, None),
        (r#""count":90,"page_total":null,"page":1"#, None),
    ] {
        let script = Script::of([json(200, format!(r#"{{{numbers},"results":[{{"id":"a"}}]}}"#))]);
        let roles = client(&script).list_roles(&ListEntries::default()).await.unwrap();
        assert_eq!(roles.list.remaining(), remaining, "{numbers}");
    }
}

async fn every_list(client: &ProbelyClient) -> [Result<(), Error>; 8] {
    let (entries, assignments) = (ListEntries::default(), ListAssignments::default());
    [
        client.list_api_users(&ListUsers::default()).await.map(drop),
        client.list_roles(&entries).await.map(drop),
        client.list_labels(&entries).await.map(drop),
        client.list_teams(&entries).await.map(drop),
        client.list_user_labels(&entries).await.map(drop),
        client.list_permissions(&entries).await.map(drop),
        client.list_role_assignments(RoleHolders::Users, &assignments).await.map(drop),
        client.list_role_assignments(RoleHolders::ApiUsers, &assignments).await.map(drop),
    ]
}

#[tokio::test]
async fn an_error_names_the_operation() {
    let operations = [
        "api_users_list",
        "roles_list",
        "labels_list",
        "teams_list",
        "labels_users_list",
        "permissions_list",
        "user_roles_list",
        "api_user_roles_list",
    ];
    for (response, kind) in [
        (json(400, r#"{"ordering":["Select a valid choice."]}"#), ErrorKind::InvalidRequest),
        (json(401, r#"{"detail":"Incorrect authentication credentials."}"#), ErrorKind::Unauthenticated),
        (
            json(403, r#"{"detail":"You do not have permission to perform this action."}"#),
            ErrorKind::PermissionDenied,
        ),
        // No page was requested: the list does not exist at that URL.
        (json(404, r#"{"detail":"Not found."}"#), ErrorKind::Config),
        // An object where a page is expected, like the own profile.
        (json(200, r#"{"id":"x"}"#), ErrorKind::Decode),
        (json(200, "[]"), ErrorKind::Decode),
        (response(204), ErrorKind::Decode),
    ] {
        let script = Script::by(move |_| response.clone().into());
        for (result, operation) in every_list(&client(&script)).await.into_iter().zip(operations) {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.operation()), (kind, Some(operation)), "{error}");
        }
    }
    let script = Script::of([json(404, r#"{"detail":"Not found."}"#)]);
    let error = client(&script).get_api_user("x").await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotFound, Some("api_users_retrieve")));
}
