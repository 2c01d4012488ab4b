//! The organization through the trait: service accounts, the members of workspaces and groups, and memberships.

use std::sync::Arc;

use anyprofile_anthropic::{
    AnthropicConfig, RBAC_GROUP_MEMBER, SERVICE_ACCOUNT, rbac_group_member_id, workspace_member_id,
    workspace_service_account_id,
};
use anyprofile_core::{
    ErrorKind, Filter, FindKey, ListQuery, PlanOptions, Profile, ProfileProvider, ProfileProviderExt, Status,
    Write, find::FindMethod, query::FilterPart,
};
use futures_util::TryStreamExt as _;

use crate::{
    http, id,
    support::{Script, Sent, json},
};

const ACCOUNTS: &str = r#"{"data":[{"id":"svac_1","type":"service_account","name":"ci-runner","description":"builds",
    "organization_role":"developer","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-02-02T03:04:05Z",
    "archived_at":null,"created_by_actor_id":"user_1","updated_by_actor_id":null,"archived_by_actor_id":null},
    {"id":"svac_2","name":"old","organization_role":"admin","archived_at":"2026-03-01T00:00:00Z"}],"next_page":null}"#;
const EMPTY: &str = r#"{"data":[],"has_more":false,"next_page":null}"#;

fn with_token(script: &Arc<Script>) -> anyprofile_engine::Connection {
    AnthropicConfig::with_auth_token("claude".parse().unwrap(), "a-token")
        .at("https://api.example.com")
        .with_http(http(script))
        .connect_organization()
        .unwrap()
}

fn with_key(script: &Arc<Script>) -> anyprofile_engine::Connection {
    AnthropicConfig::with_admin_key("claude".parse().unwrap(), "an-admin-key")
        .at("https://api.example.com")
        .with_http(http(script))
        .connect_organization()
        .unwrap()
}

fn user(number: usize) -> String {
    format!(
        r#"{{"id":"user_{number}","type":"user","email":"u{number}@example.com","name":"U{number}","role":"admin","added_at":"2026-01-01T00:00:00Z"}}"#
    )
}

fn page(records: impl Iterator<Item = String>) -> String {
    let records: Vec<_> = records.collect();
    format!(r#"{{"data":[{}],"has_more":false,"next_page":null}}"#, records.join(","))
}

fn member(number: usize) -> String {
    format!(
        r#"{{"type":"workspace_member","user_id":"user_{number}","workspace_id":"wrkspc_1","workspace_role":"workspace_developer"}}"#
    )
}

fn group_member(number: usize) -> String {
    format!(
        r#"{{"type":"rbac_group_member","user_id":"user_{number}","email":"u{number}@example.com","rbac_group_id":"rbac_group_1","created_at":"2026-01-01T00:00:00Z"}}"#
    )
}

/// An organization of ten users, with a workspace of `members` and a group of seven.
fn service(members: usize) -> Arc<Script> {
    Script::by(move |sent: &Sent| {
        let path = sent.target().split('?').next().unwrap();
        let body = match path {
            "/v1/organizations/users" => page((1..=10).map(user)),
            "/v1/organizations/me" => r#"{"id":"o","type":"organization"}"#.to_owned(),
            "/v1/organizations/invites" => EMPTY.to_owned(),
            "/v1/organizations/service_accounts" => ACCOUNTS.to_owned(),
            "/v1/organizations/service_accounts/svac_1" => r#"{"id":"svac_1","name":"ci-runner","organization_role":"admin"}"#.to_owned(),
            "/v1/organizations/workspaces/wrkspc_1/members" => page((1..=members).map(member)),
            "/v1/organizations/workspaces/wrkspc_1/members/user_2" => member(2),
            "/v1/organizations/workspaces/wrkspc_1/service_accounts" => {
                r#"{"data":[{"service_account_id":"svac_1","workspace_id":"wrkspc_1","workspace_role":"workspace_user","implicit":false}],"next_page":null}"#.to_owned()
            }
            "/v1/organizations/rbac_groups/rbac_group_1/members" if sent.target().contains("page=") => {
                page((5..=7).map(group_member))
            }
            "/v1/organizations/rbac_groups/rbac_group_1/members" => {
                page((1..=4).map(group_member)).replace("\"next_page\":null", "\"next_page\":\"page_1\"")
            }
            _ => {
                let number = path.strip_prefix("/v1/organizations/users/user_").map(str::parse);
                let Some(Ok(number @ 1..=10)) = number else {
                    let body = r#"{"type":"error","error":{"type":"not_found_error","message":"x"}}"#;
                    return json(404, body).into();
                };
                user(number)
            }
        };
        json(200, body).into()
    })
}

fn targets(script: &Script) -> Vec<String> {
    script.sent().iter().map(|sent| sent.target().to_owned()).collect()
}

#[tokio::test]
async fn a_token_lists_service_accounts_and_an_admin_key_does_not() {
    let script = service(0);
    let provider = with_token(&script);
    let all: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(
        targets(&script),
        [
            "/v1/organizations/users?limit=100",
            "/v1/organizations/invites?limit=100",
            "/v1/organizations/service_accounts?include_archived=true&limit=100"
        ]
    );
    assert!(script.sent().iter().all(|sent| sent.header("anthropic-beta").is_none()));
    let accounts: Vec<_> = all.iter().filter(|it| it.id.kind == SERVICE_ACCOUNT).collect();
    insta::assert_json_snapshot!(accounts);
    assert_eq!(accounts[1].status, Status::Suspended.into());
    assert!(provider.capabilities().operations.deactivate.is_supported());

    let script = service(0);
    let provider = with_key(&script);
    provider.list(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(script.sent().len(), 2);
    assert!(!provider.capabilities().operations.deactivate.is_supported());
    let error = provider.get(&id("anthropic:claude/service_account/svac_1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn the_size_of_a_page_is_never_more_than_a_list_allows() {
    let script = service(0);
    let query = ListQuery::new().with_page_size(1000);
    with_token(&script).list(query).try_collect::<Vec<_>>().await.unwrap();
    assert!(targets(&script)[0].ends_with("limit=1000"));
    assert!(targets(&script)[2].ends_with("limit=100"));
}

#[tokio::test]
async fn the_members_of_a_workspace_have_their_role_there_and_what_is_known_of_the_user() {
    // Few members are read one by one, many from the list of users.
    for (members, requests) in [(2, 1 + 2 + 1 + 1), (8, 1 + 1 + 1 + 1)] {
        let script = service(members);
        let provider = with_token(&script);
        let workspace = id("anthropic:claude/workspace/wrkspc_1");
        let all: Vec<_> = provider.members(&workspace, ListQuery::new()).try_collect().await.unwrap();
        assert_eq!((all.len(), script.sent().len()), (members + 1, requests), "{:?}", targets(&script));
        let [first, .., account] = &all[..] else { panic!("{all:?}") };
        insta::allow_duplicates! { insta::assert_json_snapshot!([first, account]); }
        assert!(all.iter().all(|it| it.origin.as_ref().unwrap().missing.is_empty()));
    }
}

#[tokio::test]
async fn a_member_without_a_user_is_delivered_and_says_so() {
    let script = service(12);
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let all: Vec<_> = with_key(&script).members(&workspace, ListQuery::new()).try_collect().await.unwrap();
    let lacking: Vec<_> = all
        .iter()
        .filter(|it| !it.origin.as_ref().unwrap().missing.is_empty())
        .map(|it| it.id.native())
        .collect();
    assert_eq!(lacking, ["wrkspc_1/user_11", "wrkspc_1/user_12"]);
}

#[tokio::test]
async fn the_members_of_a_group_are_users_alone() {
    let script = service(0);
    let group = id("anthropic:claude/rbac_group/rbac_group_1");
    let all: Vec<_> = with_token(&script).members(&group, ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(all.len(), 7);
    assert!(all.iter().all(|it| it.id.kind == RBAC_GROUP_MEMBER && it.name.display.is_known()));
    assert!(targets(&script).iter().all(|target| !target.contains("service_accounts")));
}

#[tokio::test]
async fn a_membership_is_read_and_removed_and_the_user_stays() {
    let script = service(3);
    let provider = with_key(&script);
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let member = workspace_member_id(&workspace, "user_2").unwrap();
    let profile = provider.get(&member).await.unwrap();
    assert_eq!(profile.id, member);
    assert_eq!(profile.emails.value().unwrap()[0].address, "u2@example.com".into());
    let group = id("anthropic:claude/rbac_group/rbac_group_1");
    let of_group = rbac_group_member_id(&group, "user_6").unwrap();
    assert_eq!(provider.get(&of_group).await.unwrap().id, of_group);
    let nobody = rbac_group_member_id(&group, "user_9").unwrap();
    let error = provider.get(&nobody).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    for wrong in ["wrkspc_1", "wrkspc_1/", "/user_2", "wrkspc_1/user_2/x"] {
        let Ok(wrong) = format!("anthropic:claude/workspace_member/{wrong}").parse() else { continue };
        assert_eq!(provider.get(&wrong).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    let plan = provider.plan(&Write::delete(member), &PlanOptions::given(profile.clone())).await.unwrap();
    let planned: Vec<_> = plan.requests().iter().map(|it| format!("{} {}", it.method, it.url)).collect();
    assert_eq!(
        planned,
        ["DELETE https://api.example.com/v1/organizations/workspaces/wrkspc_1/members/user_2"]
    );
}

#[tokio::test]
async fn invites_are_filtered_by_the_service() {
    let script = service(0);
    let provider = with_key(&script);
    let filter = Filter::new().with_status(Status::Pending).with_email("ada@example.com").with_role("user");
    let query = ListQuery::new().with_filter(filter);
    let plan = query.filter_plan(provider.capabilities());
    assert!(
        [FilterPart::Status, FilterPart::Email, FilterPart::Role].iter().all(|it| plan.pushed.contains(it))
    );
    assert_eq!(plan.unanswerable_in.len(), 1, "the status of users");
    provider.list(query).try_collect::<Vec<_>>().await.unwrap();
    // Only an invite can be pending: nothing else is listed.
    assert_eq!(
        targets(&script),
        [
            "/v1/organizations/invites?limit=100&email=ada%40example.com&roles%5B%5D=user&statuses%5B%5D=pending"
        ]
    );
    // The service cannot filter for deleted invites.
    let deleted = ListQuery::new().with_filter(Filter::new().with_status(Status::Deleted));
    assert!(!deleted.filter_plan(provider.capabilities()).pushed.contains(&FilterPart::Status));
}

/// Answers a path with a status and a body, and everything else as the service does.
fn with(path: &'static str, respond: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Arc<Script> {
    Script::by(move |sent: &Sent| {
        let target = sent.target();
        if target.split('?').next() == Some(path) {
            let (status, body) = respond(target);
            return json(status, body).into();
        }
        let body = match target.split('?').next().unwrap() {
            "/v1/organizations/me" => r#"{"id":"o","type":"organization"}"#.to_owned(),
            "/v1/organizations/users" => page((1..=10).map(user)),
            "/v1/organizations/workspaces/wrkspc_1/members" => page((1..=8).map(member)),
            "/v1/organizations/workspaces/wrkspc_1/service_accounts/svac_1" => {
                r#"{"service_account_id":"svac_1","workspace_id":"wrkspc_1","workspace_role":"workspace_user"}"#.to_owned()
            }
            "/v1/organizations/service_accounts/svac_1" => r#"{"id":"svac_1","name":"ci-runner"}"#.to_owned(),
            _ => EMPTY.to_owned(),
        };
        json(200, body).into()
    })
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_end_with_an_error() {
    const GROUP: &str = "/v1/organizations/rbac_groups/rbac_group_1/members";
    let circle = |target: &str| if target.contains("page=page_1") { "page_2" } else { "page_1" };
    let script =
        with(GROUP, move |target| (200, format!(r#"{{"data":[],"next_page":"{}"}}"#, circle(target))));
    let group = id("anthropic:claude/rbac_group/rbac_group_1");
    let nobody = rbac_group_member_id(&group, "user_9").unwrap();
    assert_eq!(with_key(&script).get(&nobody).await.unwrap_err().kind(), ErrorKind::Decode);
    assert!(script.sent().len() <= 4, "{:?}", targets(&script));

    let circle = |target: &str| if target.contains("after_id=user_a") { "user_b" } else { "user_a" };
    let script = with("/v1/organizations/users", move |target| {
        (200, format!(r#"{{"data":[],"has_more":true,"last_id":"{}"}}"#, circle(target)))
    });
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let listed = with_key(&script).members(&workspace, ListQuery::new()).try_collect::<Vec<_>>().await;
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::Decode);
    assert!(script.sent().len() <= 5, "{:?}", targets(&script));
}

#[tokio::test]
async fn a_page_that_says_that_more_follow_but_not_where_is_no_end() {
    let script = with("/v1/organizations/rbac_groups/rbac_group_1/members", |_| {
        (
            200,
            page((1..=2).map(group_member))
                .replace("\"has_more\":false,\"next_page\":null", "\"has_more\":true"),
        )
    });
    let group = id("anthropic:claude/rbac_group/rbac_group_1");
    let listed = with_key(&script).members(&group, ListQuery::new()).try_collect::<Vec<_>>().await;
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn members_of_another_place_are_not_delivered() {
    let script = with("/v1/organizations/workspaces/wrkspc_1/members", |_| {
        (200, page((1..=3).map(member)).replacen("wrkspc_1", "wrkspc_2", 1))
    });
    let provider = with_key(&script);
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let mut pages = provider.pages(ListQuery::new().with_member_of(workspace));
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.quarantined.len()), (2, 1));
}

#[tokio::test]
async fn members_whose_users_may_not_be_read_are_delivered_and_say_so() {
    let refused = r#"{"type":"error","error":{"type":"permission_error","message":"x"}}"#;
    let script = with("/v1/organizations/users", move |_| (403, refused.to_owned()));
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let all: Vec<_> = with_key(&script).members(&workspace, ListQuery::new()).try_collect().await.unwrap();
    assert_eq!((all.len(), script.sent().len()), (8, 2), "{:?}", targets(&script));
    assert!(all.iter().all(|it| it.origin.as_ref().unwrap().missing.len() == 1 && it.roles.is_known()));
}

#[tokio::test]
async fn a_service_account_in_a_workspace_is_a_membership_too_and_what_cannot_be_seen_is_not_missing() {
    let script = with("/none", |_| (200, EMPTY.to_owned()));
    let workspace = id("anthropic:claude/workspace/wrkspc_1");
    let membership = workspace_service_account_id(&workspace, "svac_1").unwrap();
    let provider = with_token(&script);
    let profile = provider.get(&membership).await.unwrap();
    assert_eq!((profile.id, profile.name.display), (membership.clone(), "ci-runner".into()));
    let plan = provider
        .plan(&Write::delete(membership.clone()), &PlanOptions::given(Profile::new(membership)))
        .await
        .unwrap();
    assert!(plan.requests()[0].url.ends_with("/workspaces/wrkspc_1/service_accounts/svac_1"));
    let account = id("anthropic:claude/service_account/svac_1");
    let plan = provider
        .plan(&Write::deactivate(account.clone()), &PlanOptions::given(Profile::new(account)))
        .await
        .unwrap();
    assert!(plan.warnings()[0].contains("for good"), "{:?}", plan.warnings());
    // With an admin key, the service shows no service account: that none was found would not be true.
    let key = FindKey::NativeId("svac_1".to_owned());
    let found = with_key(&script).find_by(&key).await.unwrap();
    assert_eq!(found.method, FindMethod::Unanswerable);
    assert_eq!(provider.find_by(&key).await.unwrap().profiles.len(), 1);
    // Service accounts have no address, so they are not read for one.
    let query = ListQuery::new().with_filter(Filter::new().with_email("ada@example.com"));
    let before = script.sent().len();
    provider.list(query).try_collect::<Vec<_>>().await.unwrap();
    assert!(targets(&script)[before..].iter().all(|target| !target.contains("service_accounts")));
}
