//! The client's operations of the organization: requests, records, pages, errors.

use std::fmt::Write as _;

use anyprofile_anthropic::{
    AnthropicClient, ListInvites, ListOrganizationUsers, ListUserProfiles,
    wire::{self, EnforcementStatus, IdPage, InviteStatus, OrganizationRole},
};
use anyprofile_core::{Error, ErrorKind, Field, Result};

use crate::{
    client, config,
    support::{Script, json, read, response},
};

const EMPTY: &str = r#"{"data":[],"first_id":null,"has_more":false,"last_id":null}"#;

/// Sets every parameter of a list of users.
fn all_of_users() -> ListOrganizationUsers {
    let mut list = ListOrganizationUsers::default();
    list.paging.limit = Some(1000);
    list.paging.after_id = Some("user_01A/b?c".to_owned());
    list.paging.before_id = Some("user_01Z".to_owned());
    list.email = Some("ada+x@example.com".to_owned());
    list.roles = vec![OrganizationRole::Admin, OrganizationRole::ClaudeCodeUser, "auditor".into()];
    list
}

fn all_of_invites() -> ListInvites {
    let mut list = ListInvites::default();
    list.paging.limit = Some(1);
    list.paging.after_id = Some("invite_01A".to_owned());
    list.paging.before_id = Some("invite_01Z".to_owned());
    list.email = Some("ada@example.com".to_owned());
    list.roles = vec![OrganizationRole::User, "auditor".into()];
    list.statuses = vec![InviteStatus::Pending, InviteStatus::Expired];
    list
}

#[tokio::test]
async fn every_operation_of_the_organization_sends_what_is_documented() {
    let script = Script::by(|sent| {
        let path = sent.target().split('?').next().unwrap().to_owned();
        let is_list = path.ends_with("/users") || path.ends_with("/invites");
        json(200, if is_list { EMPTY } else { r#"{"id":"x"}"# }).into()
    });
    let client = client(&script);
    client.get_organization().await.unwrap();
    client.list_organization_users(&ListOrganizationUsers::default()).await.unwrap();
    client.list_organization_users(&all_of_users()).await.unwrap();
    client.get_organization_user("user_01A").await.unwrap();
    client.get_organization_user("a/../b?c").await.unwrap();
    client.list_invites(&ListInvites::default()).await.unwrap();
    client.list_invites(&all_of_invites()).await.unwrap();
    client.get_invite("invite_01A").await.unwrap();
    let sent = script.requests();
    insta::assert_snapshot!(sent.join("\n"));
    assert!(script.sent().iter().all(|sent| sent.body.is_empty()));
    assert!(script.sent().iter().all(|sent| sent.header("anthropic-version") == Some("2023-06-01")));
    assert!(script.sent().iter().all(|sent| sent.header("x-api-key") == Some("an-api-key")));
}

#[tokio::test]
async fn the_status_that_the_service_decides_is_a_filter_of_user_profiles() {
    let script = Script::by(|_| json(200, r#"{"data":[],"next_page":null}"#).into());
    let client = AnthropicClient::new(config(&script).without_beta()).unwrap();
    let mut list = ListUserProfiles::default();
    list.enforcement_status = vec![EnforcementStatus::Banned, EnforcementStatus::from("watched")];
    list.paging.limit = Some(3);
    client.list_user_profiles(&list).await.unwrap();
    assert_eq!(
        script.only().target(),
        "/v1/user_profiles?enforcement_status%5B%5D=banned&enforcement_status%5B%5D=watched&limit=3"
    );
    assert_eq!(EnforcementStatus::WORDS, ["unrestricted", "pending", "restricted", "banned"]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let mut told = Vec::new();
    for limit in [0, 1001] {
        let (mut users, mut invites) = (ListOrganizationUsers::default(), ListInvites::default());
        (users.paging.limit, invites.paging.limit) = (Some(limit), Some(limit));
        told.push(client.list_organization_users(&users).await.unwrap_err());
        told.push(client.list_invites(&invites).await.unwrap_err());
    }
    for id in ["", ".", ".."] {
        told.push(client.get_organization_user(id).await.unwrap_err());
        told.push(client.get_invite(id).await.unwrap_err());
    }
    assert!(told.iter().all(|error| (error.kind(), error.status()) == (ErrorKind::InvalidRequest, None)));
    assert!(
        told[0].to_string().contains("AdminListUsers: the limit must be in the documented range"),
        "{}",
        told[0]
    );
}

#[test]
fn debug_shows_no_address_and_no_cursor() {
    let mut profiles = ListUserProfiles::default();
    profiles.paging.page = Some("page_QWRh".to_owned());
    let shown = format!("{:?} {:?} {profiles:?}", all_of_users(), all_of_invites());
    assert!(shown.contains("limit: Some(1000)") && shown.contains("ClaudeCodeUser"), "{shown}");
    for hidden in ["example.com", "user_01", "invite_01", "page_QWRh"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn records_keep_null_absent_and_unknown_apart() {
    let organization: wire::Organization = read(
        r#"{"id":"5a4d0b0c-5a4d-4b0c-8000-000000000001","name":"Example Ünlimited","type":"organization"}"#,
    );
    assert_eq!(organization.record_type, "organization".into());

    let user: wire::OrganizationUser = read(
        r#"{"id":"user_01A","type":"user","email":"ada@example.com","name":"","role":"primary_owner",
        "added_at":"2024-10-30T23:58:27.427722Z","last_active_at":null}"#,
    );
    assert_eq!(user.role, Field::Value(OrganizationRole::PrimaryOwner));
    assert_eq!((user.name.value().unwrap().as_str(), user.unknown.iter().count()), ("", 1));
    let user: wire::OrganizationUser = read(r#"{"role":"auditor","email":null}"#);
    assert_eq!(user.role.value().unwrap().as_str(), "auditor");
    assert!(user.email.is_null() && user.id.is_absent() && user.added_at.is_absent());

    let invite: wire::Invite = read(
        r#"{"id":"invite_01A","type":"invite","email":"ada@example.com","role":"user","status":"pending",
        "invited_at":"2024-10-30T23:58:27Z","expires_at":"2024-11-20T23:58:27Z","accepted_at":null,
        "rbac_group_ids":["rbac_01"]}"#,
    );
    assert_eq!(invite.status, Field::Value(InviteStatus::Pending));
    assert!(invite.accepted_at.is_null());
    let invite: wire::Invite = read(r#"{"status":"bounced","rbac_group_ids":[],"added":1.10}"#);
    assert_eq!(invite.status.value().unwrap().as_str(), "bounced");
    assert!(invite.rbac_group_ids.items().is_empty() && invite.accepted_at.is_absent());
    assert_eq!(invite.unknown.get("added").unwrap().get(), "1.10");
    assert_eq!((OrganizationRole::WORDS.len(), InviteStatus::WORDS.len()), (9, 4));
}

#[tokio::test]
async fn one_bad_record_costs_no_list() {
    let mixed = r#"{"data":[{"id":"a"},"ada@example.com",{"id":"b","role":7,"rbac_group_ids":"none"}],
        "first_id":"a","has_more":false,"last_id":"b"}"#;
    let script = Script::of([json(200, mixed), json(200, mixed)]);
    let client = client(&script);
    let users = client.list_organization_users(&ListOrganizationUsers::default()).await.unwrap();
    let invites = client.list_invites(&ListInvites::default()).await.unwrap();
    assert_eq!((users.list.data.len(), invites.list.data.len()), (2, 2));
    assert_eq!(users.list.data[1].role, Field::Absent);
    assert_eq!(users.list.data[1].unknown.get("role").unwrap().get(), "7");
    assert_eq!(invites.list.data[1].unknown.get("rbac_group_ids").unwrap().get(), r#""none""#);
    for quarantined in [users.quarantined, invites.quarantined] {
        assert_eq!((quarantined.len(), quarantined[0].position), (1, 1));
        assert!(!format!("{quarantined:?}").contains("ada@"), "{quarantined:?}");
    }
}

fn page(data: &str, rest: &str) -> String {
    format!(r#"{{"data":[{data}]{rest}}}"#)
}

async fn listed(body: String) -> IdPage<wire::OrganizationUser> {
    let script = Script::of([json(200, body)]);
    client(&script).list_organization_users(&ListOrganizationUsers::default()).await.unwrap().list
}

/// Returns the ids of the pages after and before, or the error.
fn ways(page: &IdPage<wire::OrganizationUser>) -> [String; 2] {
    let told = |way: Result<Option<&str>>| match way {
        Ok(id) => id.unwrap_or("the end").to_owned(),
        Err(error) => error.to_string(),
    };
    [told(page.next_after_id()), told(page.next_before_id())]
}

#[tokio::test]
async fn only_a_page_that_says_so_is_the_last() {
    let mut told = String::new();
    for (data, rest) in [
        (r#"{"id":"a"},{"id":"b"}"#, r#","first_id":"a","has_more":true,"last_id":"b""#),
        (r#"{"id":"a"}"#, r#","first_id":"a","has_more":false,"last_id":"a""#),
        // An empty page is the end only if it says so.
        ("", r#","first_id":null,"has_more":false,"last_id":null"#),
        ("", r#","first_id":"a","has_more":true,"last_id":"b""#),
        ("", r#","first_id":null,"has_more":true,"last_id":null"#),
        (r#"{"id":"a"}"#, r#","has_more":true"#),
        (r#"{"id":"a"}"#, r#","first_id":"","has_more":true,"last_id":"""#),
        (r#"{"id":"a"}"#, r#","first_id":"a","last_id":"a""#),
        (r#"{"id":"a"}"#, r#","first_id":"a","has_more":null,"last_id":"a""#),
    ] {
        let [after, before] = ways(&listed(page(data, rest)).await);
        writeln!(told, "[{data}]{rest}\n  after: {after}\n  before: {before}").unwrap();
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn a_list_goes_on_over_an_empty_page_to_its_end() {
    let script = Script::of([
        json(200, page(r#"{"id":"a"}"#, r#","first_id":"a","has_more":true,"last_id":"a""#)),
        json(200, page("", r#","first_id":"b","has_more":true,"last_id":"c""#)),
        json(200, page(r#"{"id":"d"}"#, r#","first_id":"d","has_more":false,"last_id":"d""#)),
    ]);
    let client = client(&script);
    let mut list = ListOrganizationUsers::default();
    list.paging.limit = Some(2);
    list.roles = vec![OrganizationRole::User];
    let mut ids = Vec::new();
    loop {
        let page = client.list_organization_users(&list).await.unwrap().list;
        ids.extend(page.data.iter().map(|user| user.id.value().unwrap().as_str().to_owned()));
        let Some(next) = list.paging.following(&page).unwrap() else { break };
        list.paging = next;
    }
    assert_eq!(ids, ["a", "d"]);
    let targets: Vec<_> = script.sent().iter().map(|sent| sent.target().to_owned()).collect();
    assert_eq!(
        targets,
        [
            "/v1/organizations/users?limit=2&roles%5B%5D=user",
            "/v1/organizations/users?limit=2&after_id=a&roles%5B%5D=user",
            "/v1/organizations/users?limit=2&after_id=c&roles%5B%5D=user",
        ]
    );
}

#[tokio::test]
async fn a_list_that_goes_back_follows_the_first_ids() {
    let script = Script::of([
        json(200, page(r#"{"id":"c"}"#, r#","first_id":"c","has_more":true,"last_id":"c""#)),
        json(200, page(r#"{"id":"a"},{"id":"b"}"#, r#","first_id":"a","has_more":false,"last_id":"b""#)),
    ]);
    let client = client(&script);
    let mut list = ListInvites::default();
    list.paging.before_id = Some("d".to_owned());
    let first = client.list_invites(&list).await.unwrap().list;
    list.paging = list.paging.following(&first).unwrap().unwrap();
    assert_eq!((list.paging.before_id.as_deref(), list.paging.after_id.as_deref()), (Some("c"), None));
    let second = client.list_invites(&list).await.unwrap().list;
    assert_eq!(list.paging.following(&second).unwrap(), None);
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_not_followed() {
    let body = page(r#"{"id":"a"}"#, r#","first_id":"a","has_more":true,"last_id":"a""#);
    let page = listed(body).await;
    let (mut users, mut invites) = (ListOrganizationUsers::default(), ListInvites::default());
    users.paging.after_id = Some("a".to_owned());
    invites.paging.before_id = Some("a".to_owned());
    for error in [users.paging.following(&page).unwrap_err(), invites.paging.following(&page).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.hint().unwrap().contains("there may be more"), "{error}");
    }
    // The page itself is delivered, and the caller sees duplicate records.
    assert_eq!(page.data.len(), 1);
    assert!(users.paging.following(&listed(EMPTY.to_owned()).await).unwrap().is_none());
}

async fn every_operation(client: &AnthropicClient) -> [Result<(), Error>; 5] {
    [
        client.get_organization().await.map(drop),
        client.list_organization_users(&ListOrganizationUsers::default()).await.map(drop),
        client.get_organization_user("user_01A").await.map(drop),
        client.list_invites(&ListInvites::default()).await.map(drop),
        client.get_invite("invite_01A").await.map(drop),
    ]
}

#[tokio::test]
async fn an_error_names_the_operation_and_which_credential_is_asked_for() {
    let operations =
        ["AdminGetOrganization", "AdminListUsers", "AdminGetUser", "AdminListInvites", "AdminGetInvite"];
    let envelope = |status, code: &str| {
        json(status, format!(r#"{{"type":"error","error":{{"type":"{code}","message":"ada@example.com"}}}}"#))
    };
    for (response, kind, names_the_key) in [
        (envelope(400, "invalid_request_error"), ErrorKind::InvalidRequest, false),
        (envelope(401, "authentication_error"), ErrorKind::Unauthenticated, true),
        (envelope(403, "permission_error"), ErrorKind::PermissionDenied, true),
        (envelope(404, "not_found_error"), ErrorKind::NotFound, false),
        (envelope(529, "overloaded_error"), ErrorKind::Upstream, false),
        (json(200, "[]"), ErrorKind::Decode, false),
        (response(204), ErrorKind::Decode, false),
    ] {
        let script = Script::by(move |_| response.clone().into());
        for (result, operation) in every_operation(&client(&script)).await.into_iter().zip(operations) {
            let error = result.unwrap_err();
            // If the request has no id, the URL is wrong.
            let names_nobody = ["AdminGetOrganization", "AdminListUsers", "AdminListInvites"];
            let is_place = kind == ErrorKind::NotFound && names_nobody.contains(&operation);
            let kind = if is_place { ErrorKind::Config } else { kind };
            assert_eq!((error.kind(), error.operation()), (kind, Some(operation)), "{error}");
            let hint = error.hint().unwrap_or_default();
            assert_eq!(hint.contains("admin key"), names_the_key, "{error}");
            assert!(!format!("{error} {error:?}").contains("ada@"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_list_of_user_profiles_is_no_list_of_the_organization() {
    for body in [
        r#"{"users":[]}"#,
        r#"{"data":null,"has_more":false}"#,
        r#"{"data":[],"has_more":"no"}"#,
        r#"{"data":[],"has_more":false,"last_id":7}"#,
    ] {
        let script = Script::of([json(200, body)]);
        let error = client(&script).list_invites(&ListInvites::default()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::Decode, Some("AdminListInvites")),
            "{body}"
        );
    }
    // The other envelope says nothing of a next page: that is not the end.
    let page = listed(r#"{"data":[],"next_page":null}"#.to_owned()).await;
    assert_eq!(page.next_after_id().unwrap_err().kind(), ErrorKind::Decode);
}
