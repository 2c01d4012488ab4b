//! The organization and its users (Admin API).

use std::fmt;

use anyprofile_http::{Listed, Operation, Request, Response, header::HeaderName};
use serde::Serialize;

use super::{
    paging::{IdPaging, hidden},
    reading::{deleted, id_page},
    rules,
};
use crate::{
    beta::{BETA_HEADER, Beta},
    wire::{Deleted, IdPage, Organization, OrganizationRole, OrganizationUser},
};

/// The beta of signing users out (official SDKs; without it, the service refuses the request).
const SIGN_OUT_BETA: &str = "admin-user-sign-out-2026-10-08";

/// The filters and page of a list of the organization's users (`GET /v1/organizations/users`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOrganizationUsers {
    /// The page.
    pub paging: IdPaging,
    /// The e-mail address that users must have. The service ignores its case, and a part after a plus sign.
    pub email: Option<String>,
    /// The roles, one of which users must have (`roles[]`).
    pub roles: Vec<OrganizationRole>,
}

/// Shows which parameters are set, but no ids and no address.
impl fmt::Debug for ListOrganizationUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListOrganizationUsers")
            .field("paging", &self.paging)
            .field("email", &hidden(self.email.as_ref()))
            .field("roles", &self.roles)
            .finish()
    }
}

pub(crate) fn get_organization() -> Operation<Organization> {
    Operation::new(Request::get("AdminGetOrganization").path("/v1/organizations/me"), Response::decode_record)
}

pub(crate) fn list_organization_users(
    list: &ListOrganizationUsers,
) -> Operation<Listed<IdPage<OrganizationUser>>> {
    let request = list.paging.write(users(Request::get("AdminListUsers")));
    let request = request.query("email", list.email.as_deref()).query_each("roles[]", &list.roles);
    Operation::new(request, id_page)
}

pub(crate) fn get_organization_user(user_id: &str) -> Operation<OrganizationUser> {
    Operation::new(user(Request::get("AdminGetUser"), user_id), Response::decode_record)
}

pub(crate) fn update_organization_user(
    user_id: &str,
    role: &OrganizationRole,
) -> Operation<OrganizationUser> {
    #[derive(Serialize)]
    struct Body<'a> {
        role: &'a OrganizationRole,
    }

    let request =
        user(Request::post("AdminUpdateUser"), user_id).json(&Body { role }).checked(rules::role(role));
    Operation::new(request, Response::decode_record).reading_back(&get_organization_user(user_id))
}

pub(crate) fn remove_organization_user(user_id: &str) -> Operation<Deleted> {
    Operation::new(user(Request::delete("AdminRemoveUser"), user_id), deleted)
}

pub(crate) fn sign_out_organization_user(beta: &Beta, user_id: &str) -> Operation<OrganizationUser> {
    let request = user(Request::post("AdminSignOutUser"), user_id)
        .path("/sign_out")
        .header(HeaderName::from_static(BETA_HEADER), beta.header_of(&[SIGN_OUT_BETA]));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the user was signed out everywhere: send it again; sessions that were ended stay ended",
    )
}

/// Adds the path of the organization's users.
fn users(request: Request) -> Request {
    request.path("/v1/organizations/users")
}

/// Adds the path of a user of the organization.
fn user(request: Request, user_id: &str) -> Request {
    users(request).segment(user_id)
}
