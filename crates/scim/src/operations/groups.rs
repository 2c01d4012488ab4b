//! Groups.

use anyprofile_http::{Listed, Operation, Request, Response};

use super::{ListUsers, if_match, list_response, scim, with_body};
use crate::wire::{Group, GroupInput, ListResponse, PatchRequest};

/// Lists groups. The parameters are those of users.
pub(crate) fn list_groups(list: &ListUsers) -> Operation<Listed<ListResponse<Group>>> {
    Operation::new(list.write(groups(scim(Request::get("ListGroups")))), list_response)
}

pub(crate) fn get_group(id: &str) -> Operation<Group> {
    Operation::new(group(scim(Request::get("GetGroup")), id), Response::decode_record)
}

pub(crate) fn create_group(input: &GroupInput) -> Operation<Group> {
    let request = groups(with_body(Request::post("CreateGroup").json(input)));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the group was created: look for the name before you try again",
    )
}

/// Replaces a group by all of its attributes. Attributes that are not sent are removed, and so are members.
pub(crate) fn replace_group(id: &str, input: &GroupInput, version: Option<&str>) -> Operation<Group> {
    let request = group(with_body(Request::put("ReplaceGroup", input)), id);
    Operation::new(if_match(request, version), Response::decode_record).reading_back(&get_group(id))
}

/// Changes single attributes. A server responds with the group, or with 204 and nothing.
pub(crate) fn patch_group(id: &str, patch: &PatchRequest, version: Option<&str>) -> Operation<Group> {
    let request = group(with_body(Request::patch("PatchGroup", patch)), id);
    Operation::new(if_match(request, version), Response::decode_record).reading_back(&get_group(id))
}

pub(crate) fn delete_group(id: &str, version: Option<&str>) -> Operation<()> {
    let request = group(scim(Request::delete("DeleteGroup")), id);
    Operation::new(if_match(request, version), Response::acknowledged)
}

/// Adds the path of a group.
fn group(request: Request, id: &str) -> Request {
    groups(request).segment(id)
}

/// Adds the path of the groups.
fn groups(request: Request) -> Request {
    request.path("/Groups")
}
