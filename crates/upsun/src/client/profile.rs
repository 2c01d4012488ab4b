//! Profiles and addresses of users and organizations.

use std::fmt;

use anyprofile_core::{Result, wire};
use anyprofile_http::{Answer, Listed, Request};
use serde_json::value::RawValue;

use super::{UpsunClient, access::organization};
use crate::wire::{
    Address, AddressUpdate, Link, OrganizationProfileUpdate, Profile, ProfileList, ProfileUpdate,
    update::Body,
};

/// What to list (`GET /profiles`). The reference names no parameter; these are the ones that clients of the
/// service behind it send.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListProfiles {
    /// Only the profile with this user name (`filter[username]`).
    pub username: Option<String>,
    /// Profiles a page (`range`).
    pub range: Option<u32>,
    /// The page, from 1 (`page`).
    pub page: Option<u64>,
}

/// Shows whether a user name is asked for, and not which.
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

impl UpsunClient {
    /// Lists profiles of users and organizations: one page of `GET /profiles`, with how many there are and where to
    /// go on.
    pub async fn list_profiles(&self, list: &ListProfiles) -> Result<Listed<ProfileList>> {
        let answer = self.http.send(list_request(list, None)).await?;
        profile_list(&answer)
    }

    /// Goes on with a listing at a link of its last page (`_links.next` or `previous`). What was sent and the link
    /// does not repeat is sent again.
    ///
    /// # Errors
    /// [`Decode`](anyprofile_core::ErrorKind::Decode), before anything is sent, if the link has no address or
    /// leads to another host or resource.
    pub async fn follow_profiles(&self, list: &ListProfiles, link: &Link) -> Result<Listed<ProfileList>> {
        let href = link.href.value().map_or("", String::as_str);
        let answer = self.http.send(list_request(list, Some(href))).await?;
        profile_list(&answer)
    }

    /// Gets the profile of a user: `GET /profiles/{userId}`.
    pub async fn get_profile(&self, user_id: &str) -> Result<Profile> {
        self.http.send(profile_request(user_id)).await?.decode_record()
    }

    /// Gets a user's postal address, with how addresses are written in its country:
    /// `GET /profiles/{userId}/address`.
    ///
    /// Source: OpenAPI document (`get-address`), which names no error.
    pub async fn get_profile_address(&self, user_id: &str) -> Result<Address> {
        self.http.send(profile_address_request(user_id)).await?.decode_record()
    }

    /// Gets an organization's postal address: `GET /organizations/{organization_id}/address`. The API calls it
    /// deprecated since 2026-06-17.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name. Source: OpenAPI
    /// document (`get-org-address`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for an empty
    /// id or name.
    pub async fn get_organization_address(&self, organization: &str) -> Result<Address> {
        self.http.send(organization_address_request(organization)).await?.decode_record()
    }

    /// Gets the profile of an organization: `GET /organizations/{organization_id}/profile`. The API calls it
    /// deprecated since 2026-06-17.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) if the organization has moved to the new billing system, which answers
    /// with a 403 that is no matter of permission.
    pub async fn get_organization_profile(&self, organization: &str) -> Result<Profile> {
        self.http.send(organization_request(organization)).await?.decode_record()
    }

    /// Changes the profile of a user, and gives it as it then is, or the part of it that the service answers with:
    /// `PATCH /profiles/{userId}`.
    ///
    /// Only what `update` has is sent; if that is nothing, the profile is read. A name, company or website that the
    /// user's record has too is changed there by [`update_user`](Self::update_user); whether the one follows the
    /// other is not documented. Source: OpenAPI document (`update-profile`), which names no error; it has answered
    /// with 200 and, in 2020, with 201.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's words by field;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the answer is no profile, after which the change may have been
    /// made.
    pub async fn update_profile(&self, user_id: &str, update: &ProfileUpdate) -> Result<Profile> {
        if update.is_empty() {
            return self.get_profile(user_id).await;
        }
        let change = profile_update_request(user_id, update);
        self.change(change, profile_request(user_id), Profile::KEYS).await
    }

    /// Changes a user's postal address, and gives it as it then is, as a rule with how addresses are written in its
    /// country: `PATCH /profiles/{userId}/address`.
    ///
    /// Only what `update` has is sent; if that is nothing, the address is read. Source: OpenAPI document
    /// (`update-address`), which names no error.
    ///
    /// # Errors
    /// As [above](Self::update_profile).
    pub async fn update_profile_address(&self, user_id: &str, update: &AddressUpdate) -> Result<Address> {
        if update.is_empty() {
            return self.get_profile_address(user_id).await;
        }
        let change = profile_address_update_request(user_id, update);
        self.change(change, profile_address_request(user_id), Address::KEYS).await
    }

    /// Changes an organization's postal address, and gives it as it then is:
    /// `PATCH /organizations/{organization_id}/address`. The API calls it deprecated since 2026-06-17.
    ///
    /// `organization_id` is the id (a ULID); `name=` is for reading only. Only what `update` has is sent; if that is
    /// nothing, the address is read. Source: OpenAPI document (`update-org-address`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for a name in place of
    /// an id, and with the service's words by field for what it refuses;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) if the organization has moved to the new billing
    /// system; [`Decode`](anyprofile_core::ErrorKind::Decode) as [above](Self::update_profile).
    pub async fn update_organization_address(
        &self,
        organization_id: &str,
        update: &AddressUpdate,
    ) -> Result<Address> {
        self.check_id("update-org-address", organization_id)?;
        if update.is_empty() {
            return self.get_organization_address(organization_id).await;
        }
        let change = organization_address_update_request(organization_id, update);
        self.change(change, organization_address_request(organization_id), Address::KEYS).await
    }

    /// Changes the profile of an organization, and gives it as it then is:
    /// `PATCH /organizations/{organization_id}/profile`. The API calls it deprecated since 2026-06-17.
    ///
    /// `organization_id` is the id; `name=` is for reading only. Only what `update` has is sent; if that is nothing,
    /// the profile is read. Source: OpenAPI document (`update-org-profile`).
    ///
    /// # Errors
    /// As [above](Self::update_organization_address).
    pub async fn update_organization_profile(
        &self,
        organization_id: &str,
        update: &OrganizationProfileUpdate,
    ) -> Result<Profile> {
        self.check_id("update-org-profile", organization_id)?;
        if update.is_empty() {
            return self.get_organization_profile(organization_id).await;
        }
        self.change(
            update_request(organization_id, update),
            organization_request(organization_id),
            Profile::KEYS,
        )
        .await
    }
}

pub(crate) fn list_request(list: &ListProfiles, next_link: Option<&str>) -> Request {
    Request::get("list-profiles")
        .path("/profiles")
        .query("filter[username]", list.username.as_deref())
        .query("range", list.range)
        .query("page", list.page)
        .follow(next_link)
        .asking_for(list.range)
}

pub(crate) fn profile_request(user_id: &str) -> Request {
    Request::get("get-profile").path("/profiles").segment(user_id)
}

pub(crate) fn organization_request(address: &str) -> Request {
    organization(Request::get("get-org-profile"), address).path("/profile")
}

pub(crate) fn profile_address_request(user_id: &str) -> Request {
    Request::get("get-address").path("/profiles").segment(user_id).path("/address")
}

pub(crate) fn organization_address_request(address: &str) -> Request {
    organization(Request::get("get-org-address"), address).path("/address")
}

pub(crate) fn update_request(organization_id: &str, update: &OrganizationProfileUpdate) -> Request {
    Request::patch("update-org-profile", &Body(update))
        .path("/organizations")
        .segment(organization_id)
        .path("/profile")
}

pub(crate) fn profile_update_request(user_id: &str, update: &ProfileUpdate) -> Request {
    Request::patch("update-profile", &Body(update)).path("/profiles").segment(user_id)
}

pub(crate) fn profile_address_update_request(user_id: &str, update: &AddressUpdate) -> Request {
    Request::patch("update-address", &Body(update)).path("/profiles").segment(user_id).path("/address")
}

pub(crate) fn organization_address_update_request(organization_id: &str, update: &AddressUpdate) -> Request {
    Request::patch("update-org-address", &Body(update))
        .path("/organizations")
        .segment(organization_id)
        .path("/address")
}

/// A page of profiles.
pub(crate) fn profile_list<T: wire::Tolerant>(answer: &Answer) -> Result<Listed<ProfileList<T>>> {
    answer.decode_envelope::<ProfileList<T>, ProfileList<Box<RawValue>>>(|loose| {
        let ProfileList { count, profiles, links } = loose;
        wire::decode_records(profiles, |profiles| ProfileList { count, profiles, links })
    })
}
