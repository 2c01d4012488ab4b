//! Groups.

use anyprofile_http::{Listed, Operation, Request, Response};

use super::{ListUsers, list_response, scim};
use crate::wire::{Group, ListResponse};

/// Lists groups. The parameters are those of users.
pub(crate) fn list_groups(list: &ListUsers) -> Operation<Listed<ListResponse<Group>>> {
    Operation::new(list.write(groups(scim(Request::get("ListGroups")))), list_response)
}

pub(crate) fn get_group(id: &str) -> Operation<Group> {
    Operation::new(groups(scim(Request::get("GetGroup"))).segment(id), Response::decode_record)
}

/// Adds the path of the groups.
fn groups(request: Request) -> Request {
    request.path("/Groups")
}
