//! Groups.

use anyprofile_http::{Listed, Operation, Request, Response};

use super::{ListUsers, change, creation, deletion, list_response, scim};
use crate::wire::{Group, GroupInput, ListResponse, PatchRequest};

/// Lists groups. The parameters are those of users.
pub(crate) fn list_groups(list: &ListUsers) -> Operation<Listed<ListResponse<Group>>> {
    Operation::new(list.write(groups(scim(Request::get("ListGroups")))), list_response)
}

pub(crate) fn get_group(id: &str) -> Operation<Group> {
    Operation::new(group(scim(Request::get("GetGroup")), id), Response::decode_record)
}

pub(crate) fn create_group(input: &GroupInput) -> Operation<Group> {
    let hint = "it is not known whether the group was created: look for the name before you try again";
    creation(groups(Request::post("CreateGroup").json(input)), hint)
}

/// Replaces a group by all of its attributes. Attributes that are not sent are removed, and so are members.
pub(crate) fn replace_group(id: &str, input: &GroupInput, version: Option<&str>) -> Operation<Group> {
    change(group(Request::put("ReplaceGroup", input), id), version, &get_group(id))
}

pub(crate) fn patch_group(id: &str, patch: &PatchRequest, version: Option<&str>) -> Operation<Group> {
    change(group(Request::patch("PatchGroup", patch), id), version, &get_group(id))
}

pub(crate) fn delete_group(id: &str, version: Option<&str>) -> Operation<()> {
    deletion(group(Request::delete("DeleteGroup"), id), version)
}

/// Adds the path of a group.
fn group(request: Request, id: &str) -> Request {
    groups(request).segment(id)
}

/// Adds the path of the groups.
fn groups(request: Request) -> Request {
    request.path("/Groups")
}
