//! The account: the credential's own profile, and the roles and permissions of its users.

use anyprofile_core::{ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{Operation, Request, Response};

use super::list::{ListEntries, ListOf, result_list};
use crate::wire::{Permission, Role, User};

pub(crate) fn get_profile() -> Operation<User> {
    Operation::new(Request::get("profile_list").path("/profile/"), own_profile)
}

pub(crate) fn list_roles(list: &ListEntries) -> ListOf<Role> {
    Operation::new(list.request("roles_list", "/roles/"), result_list)
}

pub(crate) fn get_role(id: &str) -> Operation<Role> {
    let request = Request::get("roles_retrieve").path("/roles").segment(id).path("/");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn list_permissions(list: &ListEntries) -> ListOf<Permission> {
    Operation::new(list.request("permissions_list", "/permissions/"), result_list)
}

/// Reads the own profile: documented as a list of one, sent as an object.
pub(crate) fn own_profile<T: Tolerant>(response: &Response) -> Result<T> {
    if response.json()?.trim_ascii_start().first() != Some(&b'[') {
        return response.decode_record();
    }
    let mut records = response.decode::<Vec<T>>()?.into_iter();
    match (records.next(), records.next()) {
        (Some(record), None) => Ok(record),
        _ => Err(response
            .error(ErrorKind::Decode, "the response must contain one profile, but contains none or several")),
    }
}
