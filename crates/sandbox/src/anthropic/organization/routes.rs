//! The table of the Admin API's operations, which have no published names.

use super::{Anthropic, reply};
use crate::route::Route;

/// Returns the operations, by what they are about.
pub(in crate::anthropic) fn routes() -> impl Iterator<Item = Route<Anthropic>> {
    people().into_iter().chain(workspaces()).chain(access()).chain(service_accounts())
}

fn people() -> Vec<Route<Anthropic>> {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    vec![
        get("/v1/organizations/me", "AdminGetOrganization", |it, call, _| {
            reply(call, Ok(it.get_organization()))
        }),
        get("/v1/organizations/users", "AdminListUsers", |it, call, _| reply(call, it.list_users(call))),
        get("/v1/organizations/users/{user_id}", "AdminGetUser", |it, call, ids| {
            reply(call, it.get_user(&ids[0]))
        }),
        post("/v1/organizations/users/{user_id}", "AdminUpdateUser", |it, call, ids| {
            reply(call, it.update_user(call, &ids[0]))
        }),
        delete("/v1/organizations/users/{user_id}", "AdminRemoveUser", |it, call, ids| {
            reply(call, it.remove_user(&ids[0]))
        }),
        post("/v1/organizations/users/{user_id}/sign_out", "AdminSignOutUser", |it, call, ids| {
            reply(call, it.sign_out_user(call, &ids[0]))
        }),
        get("/v1/organizations/invites", "AdminListInvites", |it, call, _| {
            reply(call, it.list_invites(call))
        }),
        post("/v1/organizations/invites", "AdminCreateInvite", |it, call, _| {
            reply(call, it.create_invite(call))
        }),
        get("/v1/organizations/invites/{invite_id}", "AdminGetInvite", |it, call, ids| {
            reply(call, it.get_invite(&ids[0]))
        }),
        delete("/v1/organizations/invites/{invite_id}", "AdminDeleteInvite", |it, call, ids| {
            reply(call, it.delete_invite(&ids[0]))
        }),
    ]
}

fn workspaces() -> Vec<Route<Anthropic>> {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    vec![
        get("/v1/organizations/workspaces", "AdminListWorkspaces", |it, call, _| {
            reply(call, it.list_workspaces(call))
        }),
        post("/v1/organizations/workspaces", "AdminCreateWorkspace", |it, call, _| {
            reply(call, it.create_workspace(call))
        }),
        get("/v1/organizations/workspaces/{workspace_id}", "AdminGetWorkspace", |it, call, ids| {
            reply(call, it.get_workspace(&ids[0]))
        }),
        post("/v1/organizations/workspaces/{workspace_id}", "AdminUpdateWorkspace", |it, call, ids| {
            reply(call, it.update_workspace(call, &ids[0]))
        }),
        post(
            "/v1/organizations/workspaces/{workspace_id}/archive",
            "AdminArchiveWorkspace",
            |it, call, ids| reply(call, it.archive_workspace(&ids[0])),
        ),
        get(
            "/v1/organizations/workspaces/{workspace_id}/members",
            "AdminListWorkspaceMembers",
            |it, call, ids| reply(call, it.list_workspace_members(call, &ids[0])),
        ),
        post(
            "/v1/organizations/workspaces/{workspace_id}/members",
            "AdminAddWorkspaceMember",
            |it, call, ids| reply(call, it.add_workspace_member(call, &ids[0])),
        ),
        get(
            "/v1/organizations/workspaces/{workspace_id}/members/{user_id}",
            "AdminGetWorkspaceMember",
            |it, call, ids| reply(call, it.get_workspace_member(&ids[0], &ids[1])),
        ),
        post(
            "/v1/organizations/workspaces/{workspace_id}/members/{user_id}",
            "AdminUpdateWorkspaceMember",
            |it, call, ids| reply(call, it.update_workspace_member(call, &ids[0], &ids[1])),
        ),
        delete(
            "/v1/organizations/workspaces/{workspace_id}/members/{user_id}",
            "AdminRemoveWorkspaceMember",
            |it, call, ids| reply(call, it.remove_workspace_member(&ids[0], &ids[1])),
        ),
        get(
            "/v1/organizations/workspaces/{workspace_id}/service_accounts",
            "AdminListWorkspaceServiceAccounts",
            |it, call, ids| reply(call, it.list_workspace_service_accounts(call, &ids[0])),
        ),
        post(
            "/v1/organizations/workspaces/{workspace_id}/service_accounts",
            "AdminAddWorkspaceServiceAccount",
            |it, call, ids| reply(call, it.add_workspace_service_account(call, &ids[0])),
        ),
        get(
            "/v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}",
            "AdminGetWorkspaceServiceAccount",
            |it, call, ids| reply(call, it.get_workspace_service_account(&ids[0], &ids[1])),
        ),
        post(
            "/v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}",
            "AdminUpdateWorkspaceServiceAccount",
            |it, call, ids| reply(call, it.update_workspace_service_account(call, &ids[0], &ids[1])),
        ),
        delete(
            "/v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}",
            "AdminRemoveWorkspaceServiceAccount",
            |it, call, ids| reply(call, it.remove_service_account_workspace(&ids[0], &ids[1])),
        ),
    ]
}

fn access() -> Vec<Route<Anthropic>> {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    vec![
        get("/v1/organizations/rbac_groups", "AdminListGroups", |it, call, _| {
            reply(call, it.list_groups(call))
        }),
        post("/v1/organizations/rbac_groups", "AdminCreateGroup", |it, call, _| {
            reply(call, it.create_group(call))
        }),
        get("/v1/organizations/rbac_groups/{rbac_group_id}", "AdminGetGroup", |it, call, ids| {
            reply(call, it.get_group(&ids[0]))
        }),
        post("/v1/organizations/rbac_groups/{rbac_group_id}", "AdminUpdateGroup", |it, call, ids| {
            reply(call, it.update_group(call, &ids[0]))
        }),
        delete("/v1/organizations/rbac_groups/{rbac_group_id}", "AdminDeleteGroup", |it, call, ids| {
            reply(call, it.delete_group(&ids[0]))
        }),
        get(
            "/v1/organizations/rbac_groups/{rbac_group_id}/members",
            "AdminListGroupMembers",
            |it, call, ids| reply(call, it.list_group_members(call, &ids[0])),
        ),
        post(
            "/v1/organizations/rbac_groups/{rbac_group_id}/members",
            "AdminAddGroupMember",
            |it, call, ids| reply(call, it.add_group_member(call, &ids[0])),
        ),
        delete(
            "/v1/organizations/rbac_groups/{rbac_group_id}/members/{user_id}",
            "AdminRemoveGroupMember",
            |it, call, ids| reply(call, it.remove_group_member(&ids[0], &ids[1])),
        ),
        get("/v1/organizations/rbac_roles", "AdminListRoles", |it, call, _| reply(call, it.list_roles(call))),
        get("/v1/organizations/rbac_roles/{rbac_role_id}", "AdminGetRole", |it, call, ids| {
            reply(call, it.get_role(&ids[0]))
        }),
        get(
            "/v1/organizations/rbac_roles/{rbac_role_id}/permissions",
            "AdminListRolePermissions",
            |it, call, ids| reply(call, it.list_role_permissions(call, &ids[0])),
        ),
    ]
}

fn service_accounts() -> Vec<Route<Anthropic>> {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    vec![
        get("/v1/organizations/service_accounts", "AdminListServiceAccounts", |it, call, _| {
            reply(call, it.list_service_accounts(call))
        }),
        post("/v1/organizations/service_accounts", "AdminCreateServiceAccount", |it, call, _| {
            reply(call, it.create_service_account(call))
        }),
        get(
            "/v1/organizations/service_accounts/{service_account_id}",
            "AdminGetServiceAccount",
            |it, call, ids| reply(call, it.get_service_account(&ids[0])),
        ),
        post(
            "/v1/organizations/service_accounts/{service_account_id}",
            "AdminUpdateServiceAccount",
            |it, call, ids| reply(call, it.update_service_account(call, &ids[0])),
        ),
        post(
            "/v1/organizations/service_accounts/{service_account_id}/archive",
            "AdminArchiveServiceAccount",
            |it, call, ids| reply(call, it.archive_service_account(&ids[0])),
        ),
        get(
            "/v1/organizations/service_accounts/{service_account_id}/workspaces",
            "AdminListServiceAccountWorkspaces",
            |it, call, ids| reply(call, it.list_service_account_workspaces(call, &ids[0])),
        ),
        post(
            "/v1/organizations/service_accounts/{service_account_id}/workspaces",
            "AdminAddServiceAccountWorkspace",
            |it, call, ids| reply(call, it.add_service_account_workspace(call, &ids[0])),
        ),
        delete(
            "/v1/organizations/service_accounts/{service_account_id}/workspaces/{workspace_id}",
            "AdminRemoveServiceAccountWorkspace",
            |it, call, ids| reply(call, it.remove_service_account_workspace(&ids[1], &ids[0])),
        ),
    ]
}
