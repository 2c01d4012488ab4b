//! Service accounts and their workspaces (Admin API). Only OAuth tokens with `org:admin` may use them.

use anyprofile_http::{Listed, Operation, Request, Response};
use serde::Serialize;

use super::{
    paging::CursorPaging,
    reading::deleted,
    rules,
    workspaces::{RoleInWorkspace, workspace},
};
use crate::wire::{
    CursorPage, DeletedMembership, ServiceAccount, ServiceAccountCreate, ServiceAccountUpdate,
    ServiceAccountWorkspaceMember, WorkspaceRole,
};

/// The maximum page size of service accounts, and of their workspaces.
pub(crate) const MAX_SERVICE_ACCOUNTS: u32 = 100;

/// The filter and page of a list of service accounts (`GET /v1/organizations/service_accounts`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListServiceAccounts {
    /// The page; at most 100 records.
    pub paging: CursorPaging,
    /// Whether archived service accounts are listed. The service's default is no.
    pub include_archived: Option<bool>,
}

pub(crate) fn list_service_accounts(
    list: &ListServiceAccounts,
) -> Operation<Listed<CursorPage<ServiceAccount>>> {
    let request = accounts(Request::get("AdminListServiceAccounts"));
    list.paging.listed(request.query("include_archived", list.include_archived), MAX_SERVICE_ACCOUNTS)
}

pub(crate) fn get_service_account(service_account_id: &str) -> Operation<ServiceAccount> {
    let request = account(Request::get("AdminGetServiceAccount"), service_account_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn create_service_account(create: &ServiceAccountCreate) -> Operation<ServiceAccount> {
    let request = accounts(Request::post("AdminCreateServiceAccount"))
        .json(create)
        .checked(rules::service_account_name(&create.name));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the service account was created: look for its name, which is unique, in the list",
    )
}

pub(crate) fn update_service_account(
    service_account_id: &str,
    update: &ServiceAccountUpdate,
) -> Operation<ServiceAccount> {
    let request = account(Request::post("AdminUpdateServiceAccount"), service_account_id).json(update);
    Operation::new(request, Response::decode_record).reading_back(&get_service_account(service_account_id))
}

pub(crate) fn archive_service_account(service_account_id: &str) -> Operation<ServiceAccount> {
    let request = account(Request::post("AdminArchiveServiceAccount"), service_account_id).path("/archive");
    Operation::new(request, Response::decode_record).reading_back(&get_service_account(service_account_id))
}

pub(crate) fn list_service_account_workspaces(
    service_account_id: &str,
    paging: &CursorPaging,
) -> Operation<Listed<CursorPage<ServiceAccountWorkspaceMember>>> {
    paging.listed(
        of_account(Request::get("AdminListServiceAccountWorkspaces"), service_account_id),
        MAX_SERVICE_ACCOUNTS,
    )
}

pub(crate) fn add_service_account_workspace(
    service_account_id: &str,
    workspace_id: &str,
    role: &WorkspaceRole,
) -> Operation<ServiceAccountWorkspaceMember> {
    #[derive(Serialize)]
    struct Body<'a> {
        workspace_id: &'a str,
        workspace_role: &'a WorkspaceRole,
    }

    let request = of_account(Request::post("AdminAddServiceAccountWorkspace"), service_account_id)
        .json(&Body { workspace_id, workspace_role: role })
        .checked(rules::required("workspace_id", workspace_id))
        .checked(rules::addable(role));
    Operation::new(request, Response::decode_record)
        .reading_back(&get_workspace_service_account(workspace_id, service_account_id))
}

pub(crate) fn remove_service_account_workspace(
    service_account_id: &str,
    workspace_id: &str,
) -> Operation<DeletedMembership> {
    let request = of_account(Request::delete("AdminRemoveServiceAccountWorkspace"), service_account_id);
    Operation::new(request.segment(workspace_id), deleted)
}

pub(crate) fn list_workspace_service_accounts(
    workspace_id: &str,
    paging: &CursorPaging,
) -> Operation<Listed<CursorPage<ServiceAccountWorkspaceMember>>> {
    paging.listed(
        of_workspace(Request::get("AdminListWorkspaceServiceAccounts"), workspace_id),
        MAX_SERVICE_ACCOUNTS,
    )
}

pub(crate) fn get_workspace_service_account(
    workspace_id: &str,
    service_account_id: &str,
) -> Operation<ServiceAccountWorkspaceMember> {
    let request = of_workspace(Request::get("AdminGetWorkspaceServiceAccount"), workspace_id);
    Operation::new(request.segment(service_account_id), Response::decode_record)
}

pub(crate) fn add_workspace_service_account(
    workspace_id: &str,
    service_account_id: &str,
    role: &WorkspaceRole,
) -> Operation<ServiceAccountWorkspaceMember> {
    #[derive(Serialize)]
    struct Body<'a> {
        service_account_id: &'a str,
        workspace_role: &'a WorkspaceRole,
    }

    let request = of_workspace(Request::post("AdminAddWorkspaceServiceAccount"), workspace_id)
        .json(&Body { service_account_id, workspace_role: role })
        .checked(rules::required("service_account_id", service_account_id))
        .checked(rules::addable(role));
    Operation::new(request, Response::decode_record)
        .reading_back(&get_workspace_service_account(workspace_id, service_account_id))
}

pub(crate) fn update_workspace_service_account(
    workspace_id: &str,
    service_account_id: &str,
    role: &WorkspaceRole,
) -> Operation<ServiceAccountWorkspaceMember> {
    let request = of_workspace(Request::post("AdminUpdateWorkspaceServiceAccount"), workspace_id)
        .segment(service_account_id)
        .json(&RoleInWorkspace { workspace_role: role })
        .checked(rules::addable(role));
    Operation::new(request, Response::decode_record)
        .reading_back(&get_workspace_service_account(workspace_id, service_account_id))
}

pub(crate) fn remove_workspace_service_account(
    workspace_id: &str,
    service_account_id: &str,
) -> Operation<DeletedMembership> {
    let request = of_workspace(Request::delete("AdminRemoveWorkspaceServiceAccount"), workspace_id);
    Operation::new(request.segment(service_account_id), deleted)
}

/// Adds the path of the service accounts.
fn accounts(request: Request) -> Request {
    request.path("/v1/organizations/service_accounts")
}

/// Adds the path of a service account.
fn account(request: Request, service_account_id: &str) -> Request {
    accounts(request).segment(service_account_id)
}

/// Adds the path of a service account's workspaces.
fn of_account(request: Request, service_account_id: &str) -> Request {
    account(request, service_account_id).path("/workspaces")
}

/// Adds the path of a workspace's service accounts.
fn of_workspace(request: Request, workspace_id: &str) -> Request {
    workspace(request, workspace_id).path("/service_accounts")
}
