//! The client's operations of workspaces, groups, roles and service accounts, and the betas of single operations.

use anyprofile_anthropic::{
    AnthropicClient, AnthropicConfig, BETA_2026_03_24, CursorPaging, IdPaging, ListServiceAccounts,
    ListWorkspaces,
    wire::{
        self, DataControlsUpdate, DataResidencyInput, GoogleBucketInput, GoogleEncryptionInput,
        GoogleStorageInput, InferenceGeos, ServiceAccountCreate, ServiceAccountRole, ServiceAccountUpdate,
        WorkspaceCreate, WorkspaceRole, WorkspaceUpdate,
    },
};
use anyprofile_core::{Change, Error, ErrorKind, Field, Result, wire::Tolerant as _};

use crate::{
    client, config, http,
    support::{Script, json, read},
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn by_cursor() -> CursorPaging {
    let mut paging = CursorPaging::default();
    (paging.limit, paging.page) = (Some(100), Some(text("page_a+b/c==")));
    paging
}

fn by_id() -> IdPaging {
    let mut paging = IdPaging::default();
    (paging.limit, paging.after_id) = (Some(1000), Some(text("user_01A/b?c")));
    paging
}

fn workspaces() -> ListWorkspaces {
    let mut list = ListWorkspaces::default();
    list.paging.before_id = Some(text("wrkspc_01Z"));
    list.ids = vec![text("wrkspc_1"), text("wrkspc_2")];
    (list.include_archived, list.include_default) = (Some(true), Some(false));
    list
}

fn accounts() -> ListServiceAccounts {
    let mut list = ListServiceAccounts::default();
    list.paging = by_cursor();
    list.include_archived = Some(true);
    list
}

fn workspace() -> WorkspaceCreate {
    let mut create = WorkspaceCreate::new("Research");
    let mut residency = DataResidencyInput::default();
    residency.allowed_inference_geos = Some(InferenceGeos::Only(vec![text("us")]));
    (residency.default_inference_geo, residency.workspace_geo) = (Some(text("us")), Some(text("us")));
    create.data_residency = Some(residency);
    create.display_color = Some(text("#6C5BB9"));
    create.external_key_id = Some(text("key_1"));
    create.tags = [(text("team"), text("blau"))].into();
    create.user_profile_id = Some(text("uprof_1"));
    create
}

fn workspace_update() -> WorkspaceUpdate {
    let mut update = WorkspaceUpdate::default();
    update.name = Some(text("Research 2"));
    let mut residency = DataResidencyInput::default();
    residency.allowed_inference_geos = Some(InferenceGeos::Unrestricted);
    update.data_residency = Some(residency);
    update.tags = [(text("old"), None), (text("team"), Some(text("rot")))].into();
    update
}

fn account() -> ServiceAccountCreate {
    let mut create = ServiceAccountCreate::new("ci-runner-2");
    create.description = Some(text("builds"));
    create.organization_role = Some(ServiceAccountRole::Admin);
    create
}

fn account_update() -> ServiceAccountUpdate {
    let mut update = ServiceAccountUpdate::default();
    update.description = Change::Clear;
    update.organization_role = Some(ServiceAccountRole::Developer);
    update
}

fn controls() -> DataControlsUpdate {
    let mut update = DataControlsUpdate::default();
    update.cmek = Some(GoogleEncryptionInput::Enabled {
        external_key_ids: [(text("us-east5"), Some(text("key_1"))), (text("europe-west1"), None)].into(),
    });
    update.storage = Some(GoogleStorageInput::Enabled {
        buckets: [(text("us-east5"), Some(GoogleBucketInput::new("acme", "1234")))].into(),
    });
    update
}

/// Each operation once, with everything that can be sent.
async fn every_operation(client: &AnthropicClient) -> Vec<(&'static str, Result<(), Error>)> {
    let (developer, account_id) = (WorkspaceRole::Developer, "svac_01");
    vec![
        ("AdminSignOutUser", client.sign_out_organization_user("user_01A").await.map(drop)),
        ("AdminListWorkspaces", client.list_workspaces(&workspaces()).await.map(drop)),
        ("AdminGetWorkspace", client.get_workspace("a/../b?c").await.map(drop)),
        ("AdminCreateWorkspace", client.create_workspace(&workspace()).await.map(drop)),
        ("AdminUpdateWorkspace", client.update_workspace("w", &workspace_update()).await.map(drop)),
        ("AdminArchiveWorkspace", client.archive_workspace("w").await.map(drop)),
        ("AdminListWorkspaceMembers", client.list_workspace_members("w", &by_id()).await.map(drop)),
        ("AdminGetWorkspaceMember", client.get_workspace_member("w", "u").await.map(drop)),
        ("AdminAddWorkspaceMember", client.add_workspace_member("w", "u", &developer).await.map(drop)),
        (
            "AdminUpdateWorkspaceMember",
            client.update_workspace_member("w", "u", &WorkspaceRole::Billing).await.map(drop),
        ),
        ("AdminRemoveWorkspaceMember", client.remove_workspace_member("w", "u").await.map(drop)),
        ("AdminListGroups", client.list_rbac_groups(&by_cursor()).await.map(drop)),
        ("AdminGetGroup", client.get_rbac_group("g").await.map(drop)),
        ("AdminCreateGroup", client.create_rbac_group("Auditors").await.map(drop)),
        ("AdminUpdateGroup", client.update_rbac_group("g", "Auditors 2").await.map(drop)),
        ("AdminDeleteGroup", client.delete_rbac_group("g").await.map(drop)),
        ("AdminListGroupMembers", client.list_rbac_group_members("g", &by_cursor()).await.map(drop)),
        ("AdminAddGroupMember", client.add_rbac_group_member("g", "u").await.map(drop)),
        ("AdminRemoveGroupMember", client.remove_rbac_group_member("g", "u").await.map(drop)),
        ("AdminListRoles", client.list_rbac_roles(&by_cursor()).await.map(drop)),
        ("AdminGetRole", client.get_rbac_role("r").await.map(drop)),
        ("AdminListRolePermissions", client.list_rbac_role_permissions("r", &by_cursor()).await.map(drop)),
        ("AdminListServiceAccounts", client.list_service_accounts(&accounts()).await.map(drop)),
        ("AdminGetServiceAccount", client.get_service_account(account_id).await.map(drop)),
        ("AdminCreateServiceAccount", client.create_service_account(&account()).await.map(drop)),
        (
            "AdminUpdateServiceAccount",
            client.update_service_account(account_id, &account_update()).await.map(drop),
        ),
        ("AdminArchiveServiceAccount", client.archive_service_account(account_id).await.map(drop)),
        (
            "AdminListServiceAccountWorkspaces",
            client.list_service_account_workspaces(account_id, &by_cursor()).await.map(drop),
        ),
        (
            "AdminAddServiceAccountWorkspace",
            client.add_service_account_workspace(account_id, "w", &developer).await.map(drop),
        ),
        (
            "AdminRemoveServiceAccountWorkspace",
            client.remove_service_account_workspace(account_id, "w").await.map(drop),
        ),
        (
            "AdminListWorkspaceServiceAccounts",
            client.list_workspace_service_accounts("w", &by_cursor()).await.map(drop),
        ),
        (
            "AdminGetWorkspaceServiceAccount",
            client.get_workspace_service_account("w", account_id).await.map(drop),
        ),
        (
            "AdminAddWorkspaceServiceAccount",
            client.add_workspace_service_account("w", account_id, &developer).await.map(drop),
        ),
        (
            "AdminUpdateWorkspaceServiceAccount",
            client.update_workspace_service_account("w", account_id, &developer).await.map(drop),
        ),
        (
            "AdminRemoveWorkspaceServiceAccount",
            client.remove_workspace_service_account("w", account_id).await.map(drop),
        ),
        ("BetaGetGoogleDataControls", client.get_data_controls("uprof_1").await.map(drop)),
        ("BetaUpdateGoogleDataControls", client.update_data_controls("uprof_1", &controls()).await.map(drop)),
    ]
}

#[tokio::test]
async fn every_operation_of_the_admin_api_sends_what_is_documented() {
    let script = Script::by(|_| json(200, r#"{"data":[],"has_more":false,"id":"x"}"#).into());
    let client = client(&script);
    for (operation, result) in every_operation(&client).await {
        result.unwrap_or_else(|error| panic!("{operation}: {error}"));
    }
    let sent: Vec<_> = script
        .sent()
        .iter()
        .map(|sent| {
            let betas = sent.header("anthropic-beta").filter(|betas| *betas != BETA_2026_03_24);
            format!("{} {} {} {}", sent.method, sent.target(), sent.body, betas.unwrap_or_default())
                .trim_end()
                .to_owned()
        })
        .collect();
    insta::assert_snapshot!(sent.join("\n"));
}

#[tokio::test]
async fn no_write_of_the_admin_api_is_repeated_and_every_error_names_its_operation() {
    let body = r#"{"type":"error","error":{"type":"api_error","message":"x"},"request_id":"req_1"}"#;
    let script = Script::by(move |_| json(500, body).into());
    let config = AnthropicConfig::with_admin_key("claude".parse().unwrap(), "an-admin-key")
        .at("https://api.example.com")
        .with_http(http(&script).with_max_attempts(3));
    let client = AnthropicClient::new(config).unwrap();
    for (operation, result) in every_operation(&client).await {
        let error = result.unwrap_err();
        assert_eq!((error.operation(), error.request_id()), (Some(operation), Some("req_1")));
        assert_eq!(error.kind(), ErrorKind::Upstream, "{operation}");
    }
    let sent = script.sent();
    let count = |method: &str| sent.iter().filter(|it| it.method == method).count();
    // Reads are repeated, as far as the account's budget of repetitions reaches.
    assert_eq!((count("POST"), count("DELETE")), (16, 5));
    assert!(count("GET") > 16);
}

#[tokio::test]
async fn an_operation_of_another_beta_sends_it_beside_those_of_the_account() {
    const SIGN_OUT: &str = "admin-user-sign-out-2026-10-08";
    const CONTROLS: &str = "google-managed-data-controls-2026-09-01";
    let script = Script::by(|_| json(200, r#"{"id":"x"}"#).into());
    let key = AnthropicConfig::with_admin_key("claude".parse().unwrap(), "an-admin-key")
        .at("https://api.example.com")
        .with_http(http(&script));
    let ga = config(&script).without_beta();
    let both = format!("user-profiles-2026-09-04,{CONTROLS}");
    for (config, sign_out, controls) in [
        (key.clone(), SIGN_OUT.to_owned(), both.clone()),
        (
            key.with_other_beta(format!("oauth-2025-04-20,{SIGN_OUT}")),
            format!("oauth-2025-04-20,{SIGN_OUT}"),
            format!("oauth-2025-04-20,{SIGN_OUT},{both}"),
        ),
        (ga, SIGN_OUT.to_owned(), both.clone()),
        // The account's own beta of user profiles is not sent: these operations need others.
        (config(&script), SIGN_OUT.to_owned(), both),
    ] {
        let client = AnthropicClient::new(config).unwrap();
        client.sign_out_organization_user("user_1").await.unwrap();
        client.get_data_controls("uprof_1").await.unwrap();
        let sent = script.sent();
        let last: Vec<_> = sent.iter().rev().take(2).map(|sent| sent.header("anthropic-beta")).collect();
        assert_eq!(last, [Some(&*controls), Some(&*sign_out)]);
        let lines = |at: usize| sent[at].headers.get_all("anthropic-beta").iter().count();
        assert!((sent.len() - 2..sent.len()).all(|at| lines(at) == 1));
    }
}

#[tokio::test]
async fn what_breaks_a_rule_of_the_admin_api_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let mut too_many = ListWorkspaces::default();
    too_many.ids = vec![text("wrkspc_1"); 101];
    let mut paging = by_cursor();
    paging.limit = Some(1001);
    let mut list = ListServiceAccounts::default();
    list.paging.limit = Some(101);
    let mut moved = WorkspaceUpdate::default();
    let mut residency = DataResidencyInput::default();
    residency.workspace_geo = Some(text("us"));
    moved.data_residency = Some(residency);
    let billing = WorkspaceRole::Billing;
    let long = "x".repeat(256);
    for (error, told) in [
        (client.list_workspaces(&too_many).await.map(drop), "at most 100 ids"),
        (client.list_rbac_groups(&paging).await.map(drop), "limit must be in the documented range"),
        (client.list_service_accounts(&list).await.map(drop), "limit must be in the documented range"),
        (client.create_workspace(&WorkspaceCreate::new("")).await.map(drop), "name is required"),
        (client.update_workspace("w", &moved).await.map(drop), "workspace_geo cannot be changed"),
        (client.add_workspace_member("w", "u", &billing).await.map(drop), "must not be workspace_billing"),
        (client.add_workspace_member("w", "", &WorkspaceRole::User).await.map(drop), "user_id is required"),
        (client.create_rbac_group("").await.map(drop), "name must have 1 to 255 characters"),
        (client.update_rbac_group("g", &long).await.map(drop), "name must have 1 to 255 characters"),
        (client.add_rbac_group_member("g", "").await.map(drop), "user_id is required"),
        (
            client.create_service_account(&ServiceAccountCreate::new("CI Runner")).await.map(drop),
            "lower-case letters, digits and hyphens",
        ),
        (client.add_service_account_workspace("s", "w", &billing).await.map(drop), "must not be"),
        (client.update_workspace_service_account("w", "s", &billing).await.map(drop), "must not be"),
        (client.update_data_controls("u", &DataControlsUpdate::default()).await.map(drop), "is required"),
    ] {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None));
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn roles_that_could_not_be_read_are_not_no_roles() {
    let unread: wire::RbacGroup = read(r#"{"id":"rbac_group_1","source_type":"scim","role_ids":null}"#);
    let none: wire::RbacGroup = read(r#"{"id":"rbac_group_1","source_type":"direct","role_ids":[]}"#);
    assert_eq!((unread.role_ids, none.role_ids), (Field::Null, Field::Value(Vec::new())));
    let residency: wire::DataResidency = read(r#"{"allowed_inference_geos":"unrestricted"}"#);
    assert_eq!(residency.allowed_inference_geos, Field::Value(InferenceGeos::Unrestricted));
    // A word that is not published is kept, and is no permission.
    let unknown = wire::DataResidency::tolerant(r#"{"allowed_inference_geos":"most"}"#).unwrap();
    assert!(unknown.allowed_inference_geos.is_absent());
    assert_eq!(unknown.unknown.get("allowed_inference_geos").unwrap().get(), r#""most""#);
}

#[tokio::test]
async fn an_empty_page_with_a_cursor_is_followed_and_one_that_leads_to_itself_is_not() {
    let script = Script::of([
        json(200, r#"{"data":[{"id":"rbac_group_1"}],"next_page":"page_1","has_more":true}"#),
        json(200, r#"{"data":[],"next_page":"page_2"}"#),
        json(200, r#"{"data":[{"id":"rbac_group_2"}],"next_page":null}"#),
    ]);
    let client = client(&script);
    let (mut paging, mut seen) = (CursorPaging::default(), 0);
    loop {
        let page = client.list_rbac_groups(&paging).await.unwrap().list;
        seen += page.data.len();
        let Some(next) = paging.following(&page).unwrap() else { break };
        paging = next;
    }
    assert_eq!((seen, script.sent().len()), (2, 3));
    let page: wire::CursorPage<wire::RbacGroup> =
        serde_json::from_str(r#"{"data":[],"next_page":"page_2"}"#).unwrap();
    assert_eq!(paging.following(&page).unwrap_err().kind(), ErrorKind::Decode);
    // More follow, and nothing says where.
    let page: wire::CursorPage<wire::RbacGroup> =
        serde_json::from_str(r#"{"data":[],"has_more":true}"#).unwrap();
    assert_eq!(paging.following(&page).unwrap_err().kind(), ErrorKind::Decode);
    assert!(!format!("{:?}", by_cursor()).contains("page_a"));
}

#[test]
fn debug_shows_no_values() {
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        workspace(),
        workspace_update(),
        controls(),
        account(),
        account_update()
    );
    for hidden in ["Research", "blau", "key_1", "acme", "1234", "ci-runner", "builds"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
