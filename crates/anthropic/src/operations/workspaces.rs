//! Workspaces and their members (Admin API). Only organizations of the Console have them.

use anyprofile_http::{Listed, Operation, Request, Response};
use serde::Serialize;

use super::{
    paging::IdPaging,
    reading::{deleted, id_page},
    rules,
};
use crate::wire::{
    DeletedMembership, IdPage, Workspace, WorkspaceCreate, WorkspaceMember, WorkspaceRole, WorkspaceUpdate,
};

/// The most ids of a filter.
const MAX_IDS: usize = 100;

/// The filters and page of a list of workspaces (`GET /v1/organizations/workspaces`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListWorkspaces {
    /// The page.
    pub paging: IdPaging,
    /// The ids of the workspaces, at most 100 (`ids[]`). All if empty.
    pub ids: Vec<String>,
    /// Whether archived workspaces are listed. The service's default is no.
    pub include_archived: Option<bool>,
    /// Whether the default workspace is listed. The service's default is no.
    pub include_default: Option<bool>,
}

pub(crate) fn list_workspaces(list: &ListWorkspaces) -> Operation<Listed<IdPage<Workspace>>> {
    let request = list
        .paging
        .write(workspaces(Request::get("AdminListWorkspaces")))
        .query_each("ids[]", &list.ids)
        .query("include_archived", list.include_archived)
        .query("include_default", list.include_default)
        .refused_if(list.ids.len() > MAX_IDS, "at most 100 ids are allowed", Some("list them in parts"));
    Operation::new(request, id_page)
}

pub(crate) fn get_workspace(workspace_id: &str) -> Operation<Workspace> {
    Operation::new(workspace(Request::get("AdminGetWorkspace"), workspace_id), Response::decode_record)
}

pub(crate) fn create_workspace(create: &WorkspaceCreate) -> Operation<Workspace> {
    let request = workspaces(Request::post("AdminCreateWorkspace"))
        .json(create)
        .checked(rules::required("name", &create.name));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the workspace was created: look for its name in the list before you try again",
    )
}

pub(crate) fn update_workspace(workspace_id: &str, update: &WorkspaceUpdate) -> Operation<Workspace> {
    let request = workspace(Request::post("AdminUpdateWorkspace"), workspace_id)
        .json(update)
        .checked(rules::workspace_update(update));
    Operation::new(request, Response::decode_record).reading_back(&get_workspace(workspace_id))
}

pub(crate) fn archive_workspace(workspace_id: &str) -> Operation<Workspace> {
    let request = workspace(Request::post("AdminArchiveWorkspace"), workspace_id).path("/archive");
    Operation::new(request, Response::decode_record).reading_back(&get_workspace(workspace_id))
}

pub(crate) fn list_workspace_members(
    workspace_id: &str,
    paging: &IdPaging,
) -> Operation<Listed<IdPage<WorkspaceMember>>> {
    Operation::new(paging.write(members(Request::get("AdminListWorkspaceMembers"), workspace_id)), id_page)
}

pub(crate) fn get_workspace_member(workspace_id: &str, user_id: &str) -> Operation<WorkspaceMember> {
    let request = members(Request::get("AdminGetWorkspaceMember"), workspace_id).segment(user_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn add_workspace_member(
    workspace_id: &str,
    user_id: &str,
    role: &WorkspaceRole,
) -> Operation<WorkspaceMember> {
    #[derive(Serialize)]
    struct Body<'a> {
        user_id: &'a str,
        workspace_role: &'a WorkspaceRole,
    }

    let request = members(Request::post("AdminAddWorkspaceMember"), workspace_id)
        .json(&Body { user_id, workspace_role: role })
        .checked(rules::required("user_id", user_id))
        .checked(rules::addable(role));
    Operation::new(request, Response::decode_record)
        .reading_back(&get_workspace_member(workspace_id, user_id))
}

pub(crate) fn update_workspace_member(
    workspace_id: &str,
    user_id: &str,
    role: &WorkspaceRole,
) -> Operation<WorkspaceMember> {
    let request = members(Request::post("AdminUpdateWorkspaceMember"), workspace_id)
        .segment(user_id)
        .json(&RoleInWorkspace { workspace_role: role });
    Operation::new(request, Response::decode_record)
        .reading_back(&get_workspace_member(workspace_id, user_id))
}

pub(crate) fn remove_workspace_member(workspace_id: &str, user_id: &str) -> Operation<DeletedMembership> {
    let request = members(Request::delete("AdminRemoveWorkspaceMember"), workspace_id).segment(user_id);
    Operation::new(request, deleted)
}

/// A body with the role in a workspace alone.
#[derive(Serialize)]
pub(super) struct RoleInWorkspace<'a> {
    pub(super) workspace_role: &'a WorkspaceRole,
}

/// Adds the path of the workspaces.
fn workspaces(request: Request) -> Request {
    request.path("/v1/organizations/workspaces")
}

/// Adds the path of a workspace.
pub(super) fn workspace(request: Request, workspace_id: &str) -> Request {
    workspaces(request).segment(workspace_id)
}

/// Adds the path of a workspace's members.
fn members(request: Request, workspace_id: &str) -> Request {
    workspace(request, workspace_id).path("/members")
}
