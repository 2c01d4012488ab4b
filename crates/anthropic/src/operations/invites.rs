//! Writes of the organization's users and invites.

use anyprofile_http::{Operation, Request, Response};
use serde::Serialize;

use super::{
    organization::{get_organization_user, invites, users},
    reading::deleted,
    rules,
};
use crate::wire::{Deleted, Invite, InviteCreate, OrganizationRole, OrganizationUser};

pub(crate) fn update_organization_user(
    user_id: &str,
    role: &OrganizationRole,
) -> Operation<OrganizationUser> {
    #[derive(Serialize)]
    struct Body<'a> {
        role: &'a OrganizationRole,
    }

    let request = users(Request::post("AdminUpdateUser"))
        .segment(user_id)
        .json(&Body { role })
        .checked(rules::role(role));
    Operation::new(request, Response::decode_record).reading_back(&get_organization_user(user_id))
}

pub(crate) fn remove_organization_user(user_id: &str) -> Operation<Deleted> {
    Operation::new(users(Request::delete("AdminRemoveUser")).segment(user_id), deleted)
}

pub(crate) fn create_invite(create: &InviteCreate) -> Operation<Invite> {
    let request = invites(Request::post("AdminCreateInvite")).json(create).checked(rules::invite(create));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the invite was created: look for the address in the list of invites before you try again",
    )
}

pub(crate) fn delete_invite(invite_id: &str) -> Operation<Deleted> {
    Operation::new(invites(Request::delete("AdminDeleteInvite")).segment(invite_id), deleted)
}
