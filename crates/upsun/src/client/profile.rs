//! Profiles and addresses of users and organizations.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::UpsunClient;
use crate::{
    ListProfiles, operations,
    wire::{Address, AddressUpdate, Link, OrganizationProfileUpdate, Profile, ProfileList, ProfileUpdate},
};

impl UpsunClient {
    /// Lists profiles of users and organizations: one page of `GET /profiles`, with how many there are and where to
    /// go on.
    pub async fn list_profiles(&self, list: &ListProfiles) -> Result<Listed<ProfileList>> {
        self.call(operations::list_profiles(list)).await
    }

    /// Goes on with a listing at a link of its last page (`_links.next` or `previous`). What was sent and the link
    /// does not repeat is sent again.
    ///
    /// # Errors
    /// [`Decode`](anyprofile_core::ErrorKind::Decode), before anything is sent, if the link has no address or
    /// leads to another host or resource.
    pub async fn follow_profiles(&self, list: &ListProfiles, link: &Link) -> Result<Listed<ProfileList>> {
        self.call(operations::follow_profiles(list, link)).await
    }

    /// Gets the profile of a user: `GET /profiles/{userId}`.
    pub async fn get_profile(&self, user_id: &str) -> Result<Profile> {
        self.call(operations::get_profile(user_id)).await
    }

    /// Gets a user's postal address, with how addresses are written in its country:
    /// `GET /profiles/{userId}/address`.
    ///
    /// Source: OpenAPI document (`get-address`), which names no error.
    pub async fn get_profile_address(&self, user_id: &str) -> Result<Address> {
        self.call(operations::get_profile_address(user_id)).await
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
        self.call(operations::get_organization_address(organization)).await
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
        self.call(operations::get_organization_profile(organization)).await
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
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is no profile, after which the change may have been
    /// made.
    pub async fn update_profile(&self, user_id: &str, update: &ProfileUpdate) -> Result<Profile> {
        self.call(operations::update_profile(user_id, update)).await
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
        self.call(operations::update_profile_address(user_id, update)).await
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
        self.call(operations::update_organization_address(organization_id, update)).await
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
        self.call(operations::update_organization_profile(organization_id, update)).await
    }
}
