//! The Admin API, and the data controls of a user profile.

use anyprofile::{
    Change,
    anthropic::{
        AnthropicClient, CursorPaging, IdPaging, ListInvites, ListOrganizationUsers, ListServiceAccounts,
        ListWorkspaces,
        wire::{
            CursorPage, DataControlsUpdate, DataResidencyInput, GoogleBucketInput, GoogleEncryptionInput,
            GoogleStorageInput, IdPage, InferenceGeos, InviteCreate, InviteStatus, OrganizationRole,
            ServiceAccountCreate, ServiceAccountRole, ServiceAccountUpdate, WorkspaceCreate, WorkspaceRole,
            WorkspaceUpdate,
        },
    },
    http_client::Listed,
};

use super::ID;
use crate::{
    check::{Check, Record, Seen},
    fields::bodies,
};

const USER: &str = "user_01Wx00000000000000000001";
const INVITE: &str = "invite_015g00000000000000000001";
const WORKSPACE: &str = "wrkspc_01Ab00000000000000000001";
const GROUP: &str = "rbac_group_012r000000000000000001";
const ROLE: &str = "rbac_role_016J000000000000000001";
const ACCOUNT: &str = "svac_01SD00000000000000000001";

/// The service shows service accounts to tokens alone.
pub(super) async fn call(check: &mut Check, client: &AnthropicClient, is_token: bool) {
    users(check, client).await;
    invites(check, client).await;
    workspaces(check, client).await;
    workspace_members(check, client).await;
    groups(check, client).await;
    roles(check, client).await;
    if is_token {
        service_accounts(check, client).await;
        service_account_workspaces(check, client).await;
    }
    data_controls(check, client).await;
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn by_ids<T: Record>(page: &Listed<IdPage<T>>) -> Seen {
    Seen::many("/data", &page.list.data, page.quarantined.len())
}

fn by_cursors<T: Record>(page: &Listed<CursorPage<T>>) -> Seen {
    Seen::many("/data", &page.list.data, page.quarantined.len())
}

/// The pages of a list whose cursors are ids: as it comes, forward, and backward.
fn id_pages() -> [IdPaging; 3] {
    let [first, mut after, mut before] = [(); 3].map(|()| IdPaging::default());
    (after.limit, after.after_id) = (Some(1), Some(text(USER)));
    (before.limit, before.before_id) = (Some(1000), Some(text(USER)));
    [first, after, before]
}

/// The pages of a list with cursors: the first, and another one of the largest size.
fn cursor_pages(limit: u32) -> [CursorPaging; 2] {
    let [first, mut other] = [(); 2].map(|()| CursorPaging::default());
    (other.limit, other.page) = (Some(limit), Some(text("page_MjAyNS0wNS0xNFQwMDowMDowMFo=")));
    [first, other]
}

async fn users(check: &mut Check, client: &AnthropicClient) {
    let own = async || Ok(Seen::one(&client.get_organization().await?));
    check.operation("retrieve_organization", own).await;
    let lists = id_pages().map(|paging| {
        let mut list = ListOrganizationUsers::default();
        list.email = paging.limit.map(|_| text("jane+hiring@example.com"));
        list.roles =
            paging.limit.iter().flat_map(|_| OrganizationRole::WORDS).map(|it| (*it).into()).collect();
        list.paging = paging;
        list
    });
    let list = async |list: &ListOrganizationUsers| Ok(by_ids(&client.list_organization_users(list).await?));
    check.bodies("list_users", &lists, list).await;
    let user = async || Ok(Seen::one(&client.get_organization_user(USER).await?));
    check.operation("retrieve_user", user).await;
    let update =
        async |role: &OrganizationRole| Ok(Seen::one(&client.update_organization_user(USER, role).await?));
    check.bodies("update_user", OrganizationRole::SETTABLE, update).await;
    let sign_out = async || Ok(Seen::one(&client.sign_out_organization_user(USER).await?));
    check.operation("sign_out_user", sign_out).await;
    let remove = async || Ok(Seen::one(&client.remove_organization_user(USER).await?));
    check.operation("remove_user", remove).await;
}

async fn invites(check: &mut Check, client: &AnthropicClient) {
    let lists = id_pages().map(|paging| {
        let mut list = ListInvites::default();
        if paging.limit.is_some() {
            list.email = Some(text("jane+hiring@example.com"));
            list.roles = vec![OrganizationRole::User, OrganizationRole::Managed];
            list.statuses = vec![InviteStatus::Accepted, InviteStatus::Expired, InviteStatus::Pending];
        }
        list.paging = paging;
        list
    });
    let list = async |list: &ListInvites| Ok(by_ids(&client.list_invites(list).await?));
    check.bodies("list_invites", &lists, list).await;
    let invite = async || Ok(Seen::one(&client.get_invite(INVITE).await?));
    check.operation("retrieve_invite", invite).await;
    let mut creates = vec![InviteCreate::new("jane@example.com", OrganizationRole::User)];
    creates.extend(OrganizationRole::SETTABLE.iter().map(|role| {
        let mut create = InviteCreate::new("jane@example.com", role.clone());
        create.rbac_group_ids = vec![text(GROUP)];
        create
    }));
    let create = async |create: &InviteCreate| Ok(Seen::one(&client.create_invite(create).await?));
    check.bodies("create_invite", &creates, create).await;
    let delete = async || Ok(Seen::one(&client.delete_invite(INVITE).await?));
    check.operation("delete_invite", delete).await;
}

fn residency(change: impl FnOnce(&mut DataResidencyInput)) -> DataResidencyInput {
    let mut residency = DataResidencyInput::default();
    change(&mut residency);
    residency
}

const CREATE_WORKSPACE: &[fn(&mut WorkspaceCreate)] = &[
    |it| it.name = text("Research"),
    |it| {
        let residency = residency(|it| it.allowed_inference_geos = Some(InferenceGeos::Unrestricted));
        it.data_residency = Some(residency);
    },
    |it| {
        it.data_residency = Some(residency(|it| {
            it.allowed_inference_geos = Some(InferenceGeos::Only(vec![text("us"), text("global")]));
            it.default_inference_geo = Some(text("us"));
            it.workspace_geo = Some(text("us"));
        }));
    },
    |it| it.display_color = Some(text("#6C5BB9")),
    |it| it.external_key_id = Some(text("key_1")),
    |it| it.tags = [(text("team"), text("blue"))].into(),
    |it| it.user_profile_id = Some(text(ID)),
];

const UPDATE_WORKSPACE: &[fn(&mut WorkspaceUpdate)] = &[
    |it| it.name = Some(text("Research")),
    |it| {
        it.data_residency = Some(residency(|it| {
            it.allowed_inference_geos = Some(InferenceGeos::Unrestricted);
            it.default_inference_geo = Some(text("global"));
        }));
    },
    |it| it.display_color = Some(text("#6C5BB9")),
    |it| it.external_key_id = Some(text("key_1")),
    |it| it.tags = [(text("team"), Some(text("blue"))), (text("old"), None)].into(),
    |it| it.user_profile_id = Some(text(ID)),
];

async fn workspaces(check: &mut Check, client: &AnthropicClient) {
    let lists = id_pages().map(|paging| {
        let mut list = ListWorkspaces::default();
        if paging.limit.is_some() {
            list.ids = vec![text(WORKSPACE); 2];
            (list.include_archived, list.include_default) = (Some(true), Some(true));
        }
        list.paging = paging;
        list
    });
    let list = async |list: &ListWorkspaces| Ok(by_ids(&client.list_workspaces(list).await?));
    check.bodies("list_workspaces", &lists, list).await;
    let workspace = async || Ok(Seen::one(&client.get_workspace(WORKSPACE).await?));
    check.operation("retrieve_workspace", workspace).await;
    let creates = bodies(&WorkspaceCreate::new("Research"), CREATE_WORKSPACE);
    let create = async |create: &WorkspaceCreate| Ok(Seen::one(&client.create_workspace(create).await?));
    check.bodies("create_workspace", &creates, create).await;
    let updates = bodies(&WorkspaceUpdate::default(), UPDATE_WORKSPACE);
    let update =
        async |update: &WorkspaceUpdate| Ok(Seen::one(&client.update_workspace(WORKSPACE, update).await?));
    check.bodies("update_workspace", &updates, update).await;
    let archive = async || Ok(Seen::one(&client.archive_workspace(WORKSPACE).await?));
    check.operation("archive_workspace", archive).await;
}

async fn workspace_members(check: &mut Check, client: &AnthropicClient) {
    let list = async |paging: &IdPaging| Ok(by_ids(&client.list_workspace_members(WORKSPACE, paging).await?));
    check.bodies("list_workspace_members", &id_pages(), list).await;
    let member = async || Ok(Seen::one(&client.get_workspace_member(WORKSPACE, USER).await?));
    check.operation("retrieve_workspace_member", member).await;
    let add = async |role: &WorkspaceRole| {
        Ok(Seen::one(&client.add_workspace_member(WORKSPACE, USER, role).await?))
    };
    check.bodies("add_workspace_member", &addable(), add).await;
    let update = async |role: &WorkspaceRole| {
        Ok(Seen::one(&client.update_workspace_member(WORKSPACE, USER, role).await?))
    };
    check.bodies("update_workspace_member", &all_roles(), update).await;
    let remove = async || Ok(Seen::one(&client.remove_workspace_member(WORKSPACE, USER).await?));
    check.operation("remove_workspace_member", remove).await;
}

fn all_roles() -> Vec<WorkspaceRole> {
    WorkspaceRole::WORDS.iter().map(|word| (*word).into()).collect()
}

fn addable() -> Vec<WorkspaceRole> {
    all_roles().into_iter().filter(|role| *role != WorkspaceRole::Billing).collect()
}

async fn groups(check: &mut Check, client: &AnthropicClient) {
    let list = async |paging: &CursorPaging| Ok(by_cursors(&client.list_rbac_groups(paging).await?));
    check.bodies("list_rbac_groups", &cursor_pages(1000), list).await;
    let group = async || Ok(Seen::one(&client.get_rbac_group(GROUP).await?));
    check.operation("retrieve_rbac_group", group).await;
    let create = async || Ok(Seen::one(&client.create_rbac_group("ä").await?));
    check.operation("create_rbac_group", create).await;
    let long = "ä".repeat(255);
    let update = async || Ok(Seen::one(&client.update_rbac_group(GROUP, &long).await?));
    check.operation("update_rbac_group", update).await;
    let delete = async || Ok(Seen::one(&client.delete_rbac_group(GROUP).await?));
    check.operation("delete_rbac_group", delete).await;
    let list =
        async |paging: &CursorPaging| Ok(by_cursors(&client.list_rbac_group_members(GROUP, paging).await?));
    check.bodies("list_rbac_group_members", &cursor_pages(1000), list).await;
    let add = async || Ok(Seen::one(&client.add_rbac_group_member(GROUP, USER).await?));
    check.operation("add_rbac_group_member", add).await;
    let remove = async || Ok(Seen::one(&client.remove_rbac_group_member(GROUP, USER).await?));
    check.operation("remove_rbac_group_member", remove).await;
}

async fn roles(check: &mut Check, client: &AnthropicClient) {
    let list = async |paging: &CursorPaging| Ok(by_cursors(&client.list_rbac_roles(paging).await?));
    check.bodies("list_rbac_roles", &cursor_pages(1000), list).await;
    let role = async || Ok(Seen::one(&client.get_rbac_role(ROLE).await?));
    check.operation("retrieve_rbac_role", role).await;
    let list =
        async |paging: &CursorPaging| Ok(by_cursors(&client.list_rbac_role_permissions(ROLE, paging).await?));
    check.bodies("list_rbac_role_permissions", &cursor_pages(1000), list).await;
}

const CREATE_ACCOUNT: &[fn(&mut ServiceAccountCreate)] = &[
    |it| it.name = "a-0".repeat(85),
    |it| it.description = Some(text("builds")),
    |it| it.organization_role = Some(ServiceAccountRole::Admin),
    |it| it.organization_role = Some(ServiceAccountRole::Developer),
];

const UPDATE_ACCOUNT: &[fn(&mut ServiceAccountUpdate)] = &[
    |it| it.description = Change::Clear,
    |it| it.description = Change::Set(text("builds")),
    |it| it.organization_role = Some(ServiceAccountRole::Developer),
];

async fn service_accounts(check: &mut Check, client: &AnthropicClient) {
    let lists = cursor_pages(100).map(|paging| {
        let mut list = ListServiceAccounts::default();
        list.include_archived = paging.limit.map(|_| true);
        list.paging = paging;
        list
    });
    let list = async |list: &ListServiceAccounts| Ok(by_cursors(&client.list_service_accounts(list).await?));
    check.bodies("list_service_accounts", &lists, list).await;
    let account = async || Ok(Seen::one(&client.get_service_account(ACCOUNT).await?));
    check.operation("retrieve_service_account", account).await;
    let creates = bodies(&ServiceAccountCreate::new("ci-runner"), CREATE_ACCOUNT);
    let create =
        async |create: &ServiceAccountCreate| Ok(Seen::one(&client.create_service_account(create).await?));
    check.bodies("create_service_account", &creates, create).await;
    let updates = bodies(&ServiceAccountUpdate::default(), UPDATE_ACCOUNT);
    let update = async |update: &ServiceAccountUpdate| {
        Ok(Seen::one(&client.update_service_account(ACCOUNT, update).await?))
    };
    check.bodies("update_service_account", &updates, update).await;
    let archive = async || Ok(Seen::one(&client.archive_service_account(ACCOUNT).await?));
    check.operation("archive_service_account", archive).await;
}

async fn service_account_workspaces(check: &mut Check, client: &AnthropicClient) {
    let pages = cursor_pages(100);
    let list = async |paging: &CursorPaging| {
        Ok(by_cursors(&client.list_service_account_workspaces(ACCOUNT, paging).await?))
    };
    check.bodies("list_service_account_workspaces", &pages, list).await;
    let add = async |role: &WorkspaceRole| {
        Ok(Seen::one(&client.add_service_account_workspace(ACCOUNT, WORKSPACE, role).await?))
    };
    check.bodies("add_service_account_workspace", &addable(), add).await;
    let remove = async || Ok(Seen::one(&client.remove_service_account_workspace(ACCOUNT, WORKSPACE).await?));
    check.operation("remove_service_account_workspace", remove).await;
    let list = async |paging: &CursorPaging| {
        Ok(by_cursors(&client.list_workspace_service_accounts(WORKSPACE, paging).await?))
    };
    check.bodies("list_workspace_service_accounts", &pages, list).await;
    let member = async || Ok(Seen::one(&client.get_workspace_service_account(WORKSPACE, ACCOUNT).await?));
    check.operation("retrieve_workspace_service_account", member).await;
    let add = async |role: &WorkspaceRole| {
        Ok(Seen::one(&client.add_workspace_service_account(WORKSPACE, ACCOUNT, role).await?))
    };
    check.bodies("add_workspace_service_account", &addable(), add).await;
    let update = async |role: &WorkspaceRole| {
        Ok(Seen::one(&client.update_workspace_service_account(WORKSPACE, ACCOUNT, role).await?))
    };
    check.bodies("update_workspace_service_account", &addable(), update).await;
    let remove = async || Ok(Seen::one(&client.remove_workspace_service_account(WORKSPACE, ACCOUNT).await?));
    check.operation("remove_workspace_service_account", remove).await;
}

const CONTROLS: &[fn(&mut DataControlsUpdate)] = &[
    |it| it.cmek = Some(GoogleEncryptionInput::Disabled),
    |it| {
        it.cmek = Some(GoogleEncryptionInput::Enabled {
            external_key_ids: [(text("us-east5"), Some(text("key_1"))), (text("europe-west1"), None)].into(),
        });
    },
    |it| it.storage = Some(GoogleStorageInput::Disabled),
    |it| {
        let bucket = GoogleBucketInput::new("acme", "123456789012");
        it.storage = Some(GoogleStorageInput::Enabled {
            buckets: [(text("us-east5"), Some(bucket)), (text("europe-west1"), None)].into(),
        });
    },
];

async fn data_controls(check: &mut Check, client: &AnthropicClient) {
    let controls = async || Ok(Seen::one(&client.get_data_controls(ID).await?));
    check.operation("retrieve_google_data_controls", controls).await;
    let updates = bodies(&DataControlsUpdate::default(), CONTROLS);
    let update =
        async |update: &DataControlsUpdate| Ok(Seen::one(&client.update_data_controls(ID, update).await?));
    check.bodies("update_google_data_controls", &updates, update).await;
}
