//! Anthropic's Admin API against the sandbox: workspaces, groups, roles, service accounts, and their members.

use std::collections::HashSet;

use anyprofile::{
    ErrorKind, ExecuteOptions, ListQuery, PlanOptions, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Write,
    anthropic::{
        AnthropicClient, AnthropicConfig, CursorPaging, ListInvites, ListOrganizationUsers,
        ListServiceAccounts, ListWorkspaces, rbac_group_member_id,
        wire::{
            DataControlsUpdate, GoogleBucketInput, GoogleRegionStatus, GoogleStorageInput, GroupSource,
            InviteStatus, RbacGroup, RbacGroupMember, ServiceAccountCreate, UserProfileCreate, Workspace,
            WorkspaceCreate, WorkspaceRole,
        },
        workspace_member_id,
    },
    engine::Connection,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use futures_util::TryStreamExt as _;

async fn sandbox() -> Sandbox {
    Sandbox::start(SandboxOptions::new().profiles(60).seed(7)).await.unwrap()
}

fn config(sandbox: &Sandbox) -> AnthropicConfig {
    let described = &sandbox.description().anthropic;
    AnthropicConfig::with_auth_token("claude".parse().unwrap(), described.admin_token.clone())
        .at(&described.base_url)
        .without_beta()
}

fn client(sandbox: &Sandbox) -> AnthropicClient {
    AnthropicClient::new(config(sandbox)).unwrap()
}

fn provider(sandbox: &Sandbox) -> Connection {
    config(sandbox).connect_organization().unwrap()
}

fn id(kind: &str, native: &str) -> ProfileId {
    format!("anthropic:claude/{kind}/{native}").parse().unwrap()
}

/// A workspace in use that is not the default one.
async fn workspace(client: &AnthropicClient) -> Workspace {
    let list = ListWorkspaces::default();
    let page = client.list_workspaces(&list).await.unwrap().list;
    page.data.into_iter().find(|it| it.archived_at.is_null()).unwrap()
}

async fn groups(client: &AnthropicClient) -> Vec<RbacGroup> {
    let (mut paging, mut groups) = (CursorPaging::default(), Vec::new());
    paging.limit = Some(1);
    loop {
        let page = client.list_rbac_groups(&paging).await.unwrap().list;
        let next = paging.following(&page).unwrap();
        groups.extend(page.data);
        let Some(next) = next else { return groups };
        paging = next;
    }
}

async fn members(provider: &Connection, place: &ProfileId) -> Vec<Profile> {
    provider.members(place, ListQuery::new().with_page_size(3)).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_member_of_a_workspace_is_removed_and_stays_in_the_organization() {
    let sandbox = sandbox().await;
    let (client, provider) = (client(&sandbox), provider(&sandbox));
    let workspace = workspace(&client).await;
    let place = id("workspace", workspace.id.value().unwrap().as_str());
    let all = members(&provider, &place).await;
    assert_eq!(all.iter().map(|it| &it.id).collect::<HashSet<_>>().len(), all.len());
    let is_inherited = |it: &&Profile| {
        let role = it.roles.value().and_then(|roles| roles[0].role.value()?.name.value());
        role.is_some_and(|role| ["workspace_admin", "workspace_billing"].contains(&role.as_str()))
    };
    let mut users = all.iter().filter(|it| it.id.kind.as_str() == "workspace_member");
    let user = users.find(|it| !is_inherited(it)).unwrap();
    assert!(user.emails.is_known());
    assert!(user.name.display.is_known() || user.name.display.is_null());

    let member = user.id.clone();
    let (_, user_id) = member.native().split_once('/').unwrap();
    assert_eq!(member, workspace_member_id(&place, user_id).unwrap());
    let plan = provider.plan(&Write::delete(member.clone()), &PlanOptions::new()).await.unwrap();
    provider.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    assert_eq!(provider.get(&member).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(members(&provider, &place).await.len(), all.len() - 1);
    let person = id("organization_user", user_id);
    assert_eq!(provider.get(&person).await.unwrap().id, person);

    // And back, natively.
    let added = client.add_workspace_member(place.native(), user_id, &WorkspaceRole::User).await.unwrap();
    assert!(added.workspace_role.is_known_to_be(&WorkspaceRole::User));
    assert_eq!(provider.get(&member).await.unwrap().id, member);
}

#[tokio::test]
async fn a_group_is_read_whole_and_its_members_leave_unless_a_directory_provides_it() {
    let sandbox = sandbox().await;
    let (client, provider) = (client(&sandbox), provider(&sandbox));
    let groups = groups(&client).await;
    assert!(groups.iter().any(|it| it.role_ids.is_null()), "roles that could not be read");
    let by_source =
        |source: GroupSource| groups.iter().find(|it| it.source_type.is_known_to_be(&source)).unwrap();

    let direct = id("rbac_group", by_source(GroupSource::Direct).id.value().unwrap().as_str());
    let all = members(&provider, &direct).await;
    let member = all[0].id.clone();
    let (_, user_id) = member.native().split_once('/').unwrap();
    assert_eq!(member, rbac_group_member_id(&direct, user_id).unwrap());
    let plan = provider.plan(&Write::delete(member.clone()), &PlanOptions::new()).await.unwrap();
    provider.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    assert_eq!(members(&provider, &direct).await.len(), all.len() - 1);
    assert_eq!(provider.get(&member).await.unwrap_err().kind(), ErrorKind::NotFound);
    let back: RbacGroupMember = client.add_rbac_group_member(direct.native(), user_id).await.unwrap();
    assert_eq!(back.user_id.value().unwrap().as_str(), user_id);
    let again = client.add_rbac_group_member(direct.native(), user_id).await.unwrap_err();
    assert_eq!((again.kind(), again.status()), (ErrorKind::InvalidRequest, Some(400)));

    let scim = by_source(GroupSource::Scim).id.value().unwrap().as_str();
    let refused = client.update_rbac_group(scim, "Renamed").await.unwrap_err();
    assert_eq!((refused.kind(), refused.status()), (ErrorKind::InvalidRequest, Some(400)));
}

#[tokio::test]
async fn what_is_made_in_the_organization_is_there_and_what_is_archived_says_so() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let workspace = client.create_workspace(&WorkspaceCreate::new("Research")).await.unwrap();
    let workspace_id = workspace.id.value().unwrap().as_str().to_owned();
    let account = client.create_service_account(&ServiceAccountCreate::new("ci-tests")).await.unwrap();
    let account_id = account.id.value().unwrap().as_str().to_owned();
    let taken = client.create_service_account(&ServiceAccountCreate::new("ci-tests")).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict);
    client
        .add_service_account_workspace(&account_id, &workspace_id, &WorkspaceRole::Developer)
        .await
        .unwrap();
    let mut one = CursorPaging::default();
    one.limit = Some(1);
    // The default workspace comes first, beyond the limit.
    let first = client.list_service_account_workspaces(&account_id, &one).await.unwrap().list;
    assert_eq!(
        first.data.iter().map(|it| it.implicit.is_known_to_be(&true)).collect::<Vec<_>>(),
        [true, false]
    );
    let of_workspace =
        client.list_workspace_service_accounts(&workspace_id, &CursorPaging::default()).await.unwrap().list;
    assert_eq!(of_workspace.data.len(), 1);

    let archived = client.archive_service_account(&account_id).await.unwrap();
    assert!(archived.archived_at.is_known());
    let mut list = ListServiceAccounts::default();
    let active = client.list_service_accounts(&list).await.unwrap().list.data.len();
    list.include_archived = Some(true);
    assert!(client.list_service_accounts(&list).await.unwrap().list.data.len() > active);
    assert!(client.archive_workspace(&workspace_id).await.unwrap().archived_at.is_known());
}

#[tokio::test]
async fn invites_are_filtered_and_a_user_is_signed_out_with_the_betas_of_the_operation() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut list = ListInvites::default();
    list.statuses = vec![InviteStatus::Pending];
    let pending = client.list_invites(&list).await.unwrap().list.data;
    assert!(!pending.is_empty());
    assert!(pending.iter().all(|it| it.status.is_known_to_be(&InviteStatus::Pending)));
    list.statuses = vec![InviteStatus::Deleted];
    assert_eq!(client.list_invites(&list).await.unwrap_err().kind(), ErrorKind::InvalidRequest);

    let users = client.list_organization_users(&ListOrganizationUsers::default()).await.unwrap().list.data;
    let (mut signed_out, mut codes) = (0, HashSet::new());
    for user in &users {
        match client.sign_out_organization_user(user.id.value().unwrap().as_str()).await {
            Ok(user) => signed_out += usize::from(user.id.is_known()),
            Err(error) => drop(codes.insert(error.code().unwrap_or_default().to_owned())),
        }
    }
    assert!(signed_out > 0);
    assert!(codes.contains("cannot_sign_out_self") && codes.contains("cannot_sign_out_owner"), "{codes:?}");
}

#[tokio::test]
async fn data_controls_are_read_and_changed_with_the_betas_of_the_operation() {
    let sandbox = sandbox().await;
    let described = &sandbox.description().anthropic;
    let config = AnthropicConfig::with_api_key("claude".parse().unwrap(), described.api_key.clone())
        .at(&described.base_url)
        .without_beta();
    let client = AnthropicClient::new(config).unwrap();
    let profile = client.create_user_profile(&UserProfileCreate::default()).await.unwrap();
    let native = profile.id.value().unwrap().as_str();
    let off = client.get_data_controls(native).await.unwrap();
    assert_eq!(off.storage.value().unwrap().record_type, "disabled".into());
    let mut update = DataControlsUpdate::default();
    update.storage = Some(GoogleStorageInput::Enabled {
        buckets: [("us-east5".to_owned(), Some(GoogleBucketInput::new("acme", "1234")))].into(),
    });
    let on = client.update_data_controls(native, &update).await.unwrap();
    let status = on.storage.value().and_then(|it| it.status.value()?.get("us-east5").cloned()).unwrap();
    assert!(status.record_type.is_known_to_be(&GoogleRegionStatus::Pending));
}
