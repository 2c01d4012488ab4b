//! Profiles and addresses of users and organizations.

use std::fmt;

use anyprofile_core::{Result, wire};
use anyprofile_http::{Listed, Operation, Request, Response};
use serde_json::value::RawValue;

use super::{
    access::of_organization,
    change,
    page::{by_id, is_name},
    shows,
};
use crate::wire::{
    Address, AddressUpdate, Link, OrganizationProfileUpdate, Profile, ProfileList, ProfileUpdate,
    update::Body,
};

/// The filter and page of a list of profiles (`GET /profiles`). The reference documents no parameters; these
/// are the ones that clients of the same service send.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListProfiles {
    /// The user name to filter by (`filter[username]`).
    pub username: Option<String>,
    /// The page size (`range`).
    pub range: Option<u32>,
    /// The page number, from 1 (`page`).
    pub page: Option<u64>,
}

/// Shows whether a user name is set, but not the name.
impl fmt::Debug for ListProfiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListProfiles")
            .field("username", &self.username.as_ref().map(|_| ".."))
            .field("range", &self.range)
            .field("page", &self.page)
            .finish()
    }
}

pub(crate) fn list_profiles(list: &ListProfiles) -> Operation<Listed<ProfileList>> {
    Operation::new(list.request(None), profile_list)
}

pub(crate) fn follow_profiles(list: &ListProfiles, link: &Link) -> Operation<Listed<ProfileList>> {
    let href = link.href.value().map_or("", String::as_str);
    Operation::new(list.request(Some(href)), profile_list)
}

impl ListProfiles {
    fn request(&self, next_link: Option<&str>) -> Request {
        Request::get("list-profiles")
            .path("/profiles")
            .query("filter[username]", self.username.as_deref())
            .query("range", self.range)
            .query("page", self.page)
            .follow(next_link)
            .asking_for(self.range)
    }
}

pub(crate) fn get_profile(user_id: &str) -> Operation<Profile> {
    let request = Request::get("get-profile").path("/profiles").segment(user_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn get_profile_address(user_id: &str) -> Operation<Address> {
    let request = Request::get("get-address").path("/profiles").segment(user_id).path("/address");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn get_organization_address(organization: &str) -> Operation<Address> {
    let request = of_organization(Request::get("get-org-address"), organization).path("/address");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn get_organization_profile(organization: &str) -> Operation<Profile> {
    let request = of_organization(Request::get("get-org-profile"), organization).path("/profile");
    Operation::new(request, Response::decode_record)
}

pub(crate) fn update_profile(user_id: &str, update: &ProfileUpdate) -> Operation<Profile> {
    let read = get_profile(user_id);
    if update.is_empty() {
        return read;
    }
    let request = Request::patch("update-profile", &Body(update)).path("/profiles").segment(user_id);
    change(request, &read, |response| shows(response, Profile::KEYS))
}

pub(crate) fn update_profile_address(user_id: &str, update: &AddressUpdate) -> Operation<Address> {
    let read = get_profile_address(user_id);
    if update.is_empty() {
        return read;
    }
    let request =
        Request::patch("update-address", &Body(update)).path("/profiles").segment(user_id).path("/address");
    change(request, &read, |response| shows(response, Address::KEYS))
}

pub(crate) fn update_organization_address(
    organization_id: &str,
    update: &AddressUpdate,
) -> Operation<Address> {
    let read = get_organization_address(organization_id);
    if update.is_empty() && !is_name(organization_id) {
        return read;
    }
    let request = Request::patch("update-org-address", &Body(update))
        .path("/organizations")
        .segment(organization_id)
        .path("/address");
    change(by_id(request, organization_id, CHANGED_BY_ID), &read, |response| shows(response, Address::KEYS))
}

pub(crate) fn update_organization_profile(
    organization_id: &str,
    update: &OrganizationProfileUpdate,
) -> Operation<Profile> {
    let read = get_organization_profile(organization_id);
    if update.is_empty() && !is_name(organization_id) {
        return read;
    }
    let request = Request::patch("update-org-profile", &Body(update))
        .path("/organizations")
        .segment(organization_id)
        .path("/profile");
    change(by_id(request, organization_id, CHANGED_BY_ID), &read, |response| shows(response, Profile::KEYS))
}

const CHANGED_BY_ID: &str = "the organization must be named by its id to be changed";

/// Reads a page of profiles.
pub(crate) fn profile_list<T: wire::Tolerant>(response: &Response) -> Result<Listed<ProfileList<T>>> {
    response.decode_envelope::<ProfileList<T>, ProfileList<Box<RawValue>>>(|loose| {
        let ProfileList { count, profiles, links } = loose;
        wire::decode_records(profiles, |profiles| ProfileList { count, profiles, links })
    })
}
