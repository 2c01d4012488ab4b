//! Users.

use std::fmt;

use anyprofile_core::wire::Tolerant;
use anyprofile_http::{Listed, Operation, Request, Response};

use super::{change, creation, deletion, list_response, scim};
use crate::wire::{ListResponse, PatchRequest, User, UserInput};

/// Where a page of a list begins.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Page {
    /// At the record with this number, from 1 (RFC 7644 §3.4.2.4).
    Index(u64),
    /// At a cursor (RFC 9865); `None` for the first page.
    Cursor(Option<String>),
}

impl Default for Page {
    fn default() -> Self {
        Self::Index(1)
    }
}

/// Shows no cursor.
impl fmt::Debug for Page {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => formatter.debug_tuple("Index").field(index).finish(),
            Self::Cursor(cursor) => {
                formatter.debug_tuple("Cursor").field(&cursor.as_ref().map(|_| "..")).finish()
            }
        }
    }
}

/// The filter, order, attributes and page of a list of users (`GET /Users`) or groups (`GET /Groups`).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListUsers {
    /// Where the page begins.
    pub page: Page,
    /// The page size that is asked for. A server may return fewer.
    pub count: Option<u32>,
    /// The filter (RFC 7644 §3.4.2.2): `active eq true`.
    pub filter: Option<String>,
    /// The attribute to order by: `userName`, `meta.lastModified`.
    pub sort_by: Option<String>,
    /// Whether the largest value comes first.
    pub is_descending: bool,
    /// The attributes to return; all if empty.
    pub attributes: Vec<String>,
    /// The attributes to leave out.
    pub excluded_attributes: Vec<String>,
}

/// Shows which parameters are set. A filter may have a person's name or address.
impl fmt::Debug for ListUsers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListUsers")
            .field("page", &self.page)
            .field("count", &self.count)
            .field("filter", &self.filter.as_ref().map(|_| ".."))
            .field("sort_by", &self.sort_by)
            .finish_non_exhaustive()
    }
}

impl ListUsers {
    pub(super) fn write(&self, request: Request) -> Request {
        let (index, cursor) = match &self.page {
            Page::Index(index) => (Some(*index), None),
            // An empty cursor asks for the first page of a list with cursors (RFC 9865 §2).
            Page::Cursor(cursor) => (None, Some(cursor.as_deref().unwrap_or_default())),
        };
        let order =
            self.sort_by.as_ref().map(|_| if self.is_descending { "descending" } else { "ascending" });
        let listed = |names: &[String]| (!names.is_empty()).then(|| names.join(","));
        request
            .query("filter", self.filter.as_deref())
            .query("sortBy", self.sort_by.as_deref())
            .query("sortOrder", order)
            .query("attributes", listed(&self.attributes))
            .query("excludedAttributes", listed(&self.excluded_attributes))
            .query("startIndex", index)
            .query("cursor", cursor)
            .query("count", self.count)
            .asking_for(self.count)
    }
}

pub(crate) fn list_users<T: Tolerant + 'static>(list: &ListUsers) -> Operation<Listed<ListResponse<T>>> {
    Operation::new(list.write(users(scim(Request::get("ListUsers")))), list_response)
}

pub(crate) fn get_user(id: &str) -> Operation<User> {
    Operation::new(user(scim(Request::get("GetUser")), id), Response::decode_record)
}

/// Reads the user of the credential (RFC 7644 §3.11).
pub(crate) fn get_me() -> Operation<User> {
    Operation::new(scim(Request::get("GetMe").path("/Me")), Response::decode_record)
}

pub(crate) fn create_user(input: &UserInput) -> Operation<User> {
    let hint = "it is not known whether the user was created: look for the user name before you try again";
    creation(users(Request::post("CreateUser").json(input)), hint)
}

/// Replaces a user by all of its attributes. Attributes that are not sent are removed.
pub(crate) fn replace_user(id: &str, input: &UserInput, version: Option<&str>) -> Operation<User> {
    change(user(Request::put("ReplaceUser", input), id), version, &get_user(id))
}

/// The name of the operation that changes single attributes.
pub(crate) const PATCH_USER: &str = "PatchUser";

pub(crate) fn patch_user(id: &str, patch: &PatchRequest, version: Option<&str>) -> Operation<User> {
    change(user(Request::patch(PATCH_USER, patch), id), version, &get_user(id))
}

pub(crate) fn delete_user(id: &str, version: Option<&str>) -> Operation<()> {
    deletion(user(Request::delete("DeleteUser"), id), version)
}

/// Adds the path of the users.
fn users(request: Request) -> Request {
    request.path("/Users")
}

/// Adds the path of a user.
fn user(request: Request, id: &str) -> Request {
    users(request).segment(id)
}
