//! Invites to the organization (Admin API).

use std::fmt;

use anyprofile_http::{Listed, Operation, Request, Response};

use super::{
    paging::{IdPaging, hidden},
    reading::{deleted, id_page},
    rules,
};
use crate::wire::{Deleted, IdPage, Invite, InviteCreate, InviteStatus, OrganizationRole};

/// The filters and page of a list of invites (`GET /v1/organizations/invites`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListInvites {
    /// The page.
    pub paging: IdPaging,
    /// The e-mail address that was invited. The service ignores its case, and a part after a plus sign.
    pub email: Option<String>,
    /// The roles, one of which invites must have (`roles[]`).
    pub roles: Vec<OrganizationRole>,
    /// The statuses, one of which invites must have (`statuses[]`): accepted, expired or pending. The service
    /// cannot filter for deleted ones.
    pub statuses: Vec<InviteStatus>,
}

/// Shows which parameters are set, but no ids and no address.
impl fmt::Debug for ListInvites {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListInvites")
            .field("paging", &self.paging)
            .field("email", &hidden(self.email.as_ref()))
            .field("roles", &self.roles)
            .field("statuses", &self.statuses)
            .finish()
    }
}

pub(crate) fn list_invites(list: &ListInvites) -> Operation<Listed<IdPage<Invite>>> {
    let asks_for_deleted = list.statuses.contains(&InviteStatus::Deleted);
    let request = list
        .paging
        .write(invites(Request::get("AdminListInvites")))
        .query("email", list.email.as_deref())
        .query_each("roles[]", &list.roles)
        .query_each("statuses[]", &list.statuses)
        .refused_if(
            asks_for_deleted,
            "the service cannot list deleted invites by their status",
            Some("ask for the other statuses, or for all invites"),
        );
    Operation::new(request, id_page)
}

pub(crate) fn get_invite(invite_id: &str) -> Operation<Invite> {
    Operation::new(invites(Request::get("AdminGetInvite")).segment(invite_id), Response::decode_record)
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

/// Adds the path of the invites to the organization.
fn invites(request: Request) -> Request {
    request.path("/v1/organizations/invites")
}
