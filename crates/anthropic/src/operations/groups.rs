//! Groups, their members, and roles (Admin API). Only organizations of Claude Enterprise have them.

use anyprofile_http::{Listed, Operation, Request, Response};
use serde::Serialize;

use super::{
    paging::{CursorPaging, MAX_LIMIT},
    reading::deleted,
    rules,
};
use crate::wire::{
    CursorPage, Deleted, DeletedMembership, RbacGroup, RbacGroupMember, RbacRole, RbacRolePermission,
};

pub(crate) fn list_rbac_groups(paging: &CursorPaging) -> Operation<Listed<CursorPage<RbacGroup>>> {
    paging.listed(groups(Request::get("AdminListGroups")), MAX_LIMIT)
}

pub(crate) fn get_rbac_group(rbac_group_id: &str) -> Operation<RbacGroup> {
    Operation::new(group(Request::get("AdminGetGroup"), rbac_group_id), Response::decode_record)
}

pub(crate) fn create_rbac_group(name: &str) -> Operation<RbacGroup> {
    let request = groups(Request::post("AdminCreateGroup")).json(&Named { name }).checked(rules::name(name));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the group was created, and names are not unique: look at the list before you try again",
    )
}

pub(crate) fn update_rbac_group(rbac_group_id: &str, name: &str) -> Operation<RbacGroup> {
    let request = group(Request::post("AdminUpdateGroup"), rbac_group_id)
        .json(&Named { name })
        .checked(rules::name(name));
    Operation::new(request, Response::decode_record).reading_back(&get_rbac_group(rbac_group_id))
}

pub(crate) fn delete_rbac_group(rbac_group_id: &str) -> Operation<Deleted> {
    Operation::new(group(Request::delete("AdminDeleteGroup"), rbac_group_id), deleted)
}

pub(crate) fn list_rbac_group_members(
    rbac_group_id: &str,
    paging: &CursorPaging,
) -> Operation<Listed<CursorPage<RbacGroupMember>>> {
    paging.listed(members(Request::get("AdminListGroupMembers"), rbac_group_id), MAX_LIMIT)
}

pub(crate) fn add_rbac_group_member(rbac_group_id: &str, user_id: &str) -> Operation<RbacGroupMember> {
    #[derive(Serialize)]
    struct Body<'a> {
        user_id: &'a str,
    }

    let request = members(Request::post("AdminAddGroupMember"), rbac_group_id)
        .json(&Body { user_id })
        .checked(rules::required("user_id", user_id));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the user was added: look at the members of the group before you try again",
    )
}

pub(crate) fn remove_rbac_group_member(rbac_group_id: &str, user_id: &str) -> Operation<DeletedMembership> {
    let request = members(Request::delete("AdminRemoveGroupMember"), rbac_group_id).segment(user_id);
    Operation::new(request, deleted)
}

pub(crate) fn list_rbac_roles(paging: &CursorPaging) -> Operation<Listed<CursorPage<RbacRole>>> {
    paging.listed(roles(Request::get("AdminListRoles")), MAX_LIMIT)
}

pub(crate) fn get_rbac_role(rbac_role_id: &str) -> Operation<RbacRole> {
    let request = roles(Request::get("AdminGetRole")).segment(rbac_role_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn list_rbac_role_permissions(
    rbac_role_id: &str,
    paging: &CursorPaging,
) -> Operation<Listed<CursorPage<RbacRolePermission>>> {
    let request = roles(Request::get("AdminListRolePermissions")).segment(rbac_role_id).path("/permissions");
    paging.listed(request, MAX_LIMIT)
}

/// A body with a name alone.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

/// Adds the path of the groups.
fn groups(request: Request) -> Request {
    request.path("/v1/organizations/rbac_groups")
}

/// Adds the path of a group.
fn group(request: Request, rbac_group_id: &str) -> Request {
    groups(request).segment(rbac_group_id)
}

/// Adds the path of a group's members.
fn members(request: Request, rbac_group_id: &str) -> Request {
    group(request, rbac_group_id).path("/members")
}

/// Adds the path of the roles.
fn roles(request: Request) -> Request {
    request.path("/v1/organizations/rbac_roles")
}
