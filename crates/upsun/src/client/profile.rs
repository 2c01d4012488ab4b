//! Profiles and addresses of users and organizations.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::UpsunClient;
use crate::{
    ListProfiles, operations,
    wire::{Address, AddressUpdate, Link, OrganizationProfileUpdate, Profile, ProfileList, ProfileUpdate},
};

impl UpsunClient {
    /// Lists the profiles of users and organizations: one page of `GET /profiles`, with the total and the
    /// links to other pages.
    pub async fn list_profiles(&self, list: &ListProfiles) -> Result<Listed<ProfileList>> {
        self.call(operations::list_profiles(list)).await
    }

    /// Gets the page that a link of another page leads to (`_links.next` or `previous`). Parameters of `list`
    /// that the link does not repeat are added to it.
    ///
    /// # Errors
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) before anything is sent, if the link has no URL or
    /// leads to another host or resource.
    pub async fn follow_profiles(&self, list: &ListProfiles, link: &Link) -> Result<Listed<ProfileList>> {
        self.call(operations::follow_profiles(list, link)).await
    }

    /// Gets the profile of a user: `GET /profiles/{userId}`.
    pub async fn get_profile(&self, user_id: &str) -> Result<Profile> {
        self.call(operations::get_profile(user_id)).await
    }

    /// Gets a user's postal address, with the address format of its country:
    /// `GET /profiles/{userId}/address`.
    ///
    /// Source: OpenAPI document (`get-address`), which lists no errors.
    pub async fn get_profile_address(&self, user_id: &str) -> Result<Address> {
        self.call(operations::get_profile_address(user_id)).await
    }

    /// Gets an organization's postal address: `GET /organizations/{organization_id}/address`. The API has
    /// deprecated the operation since 2026-06-17.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name. Source: OpenAPI
    /// document (`get-org-address`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id or
    /// name is empty.
    pub async fn get_organization_address(&self, organization: &str) -> Result<Address> {
        self.call(operations::get_organization_address(organization)).await
    }

    /// Gets the profile of an organization: `GET /organizations/{organization_id}/profile`. The API has
    /// deprecated the operation since 2026-06-17.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) if the organization has moved to the new
    /// billing system. The service returns a 403 for it, which is not a permission problem.
    pub async fn get_organization_profile(&self, organization: &str) -> Result<Profile> {
        self.call(operations::get_organization_profile(organization)).await
    }

    /// Updates the profile of a user: `PATCH /profiles/{userId}`. Returns the updated profile, or the part of
    /// it that the service returns.
    ///
    /// Only the fields that are set in `update` are sent; if none is, the profile is read instead. A name,
    /// company or website that the user record also has is changed there by
    /// [`update_user`](Self::update_user); whether the records follow each other is not documented. Source:
    /// OpenAPI document (`update-profile`), which lists no errors; the service has responded with 200 and, in
    /// 2020, with 201.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by field;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is not a profile. The change may have
    /// been made then.
    pub async fn update_profile(&self, user_id: &str, update: &ProfileUpdate) -> Result<Profile> {
        self.call(operations::update_profile(user_id, update)).await
    }

    /// Updates a user's postal address: `PATCH /profiles/{userId}/address`. Returns the updated address,
    /// usually with the address format of its country.
    ///
    /// Only the fields that are set in `update` are sent; if none is, the address is read instead. Source:
    /// OpenAPI document (`update-address`), which lists no errors.
    ///
    /// # Errors
    /// See [`update_profile`](Self::update_profile).
    pub async fn update_profile_address(&self, user_id: &str, update: &AddressUpdate) -> Result<Address> {
        self.call(operations::update_profile_address(user_id, update)).await
    }

    /// Updates an organization's postal address and returns it:
    /// `PATCH /organizations/{organization_id}/address`. The API has deprecated the operation since
    /// 2026-06-17.
    ///
    /// `organization_id` is the id (a ULID); `name=` works only for reads. Only the fields that are set in
    /// `update` are sent; if none is, the address is read instead. Source: OpenAPI document
    /// (`update-org-address`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if a name is
    /// used instead of the id, and with the service's messages by field if it refuses the change;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) if the organization has moved to the new
    /// billing system; [`Decode`](anyprofile_core::ErrorKind::Decode) as in
    /// [`update_profile`](Self::update_profile).
    pub async fn update_organization_address(
        &self,
        organization_id: &str,
        update: &AddressUpdate,
    ) -> Result<Address> {
        self.call(operations::update_organization_address(organization_id, update)).await
    }

    /// Updates the profile of an organization and returns it:
    /// `PATCH /organizations/{organization_id}/profile`. The API has deprecated the operation since
    /// 2026-06-17.
    ///
    /// `organization_id` is the id; `name=` works only for reads. Only the fields that are set in `update`
    /// are sent; if none is, the profile is read instead. Source: OpenAPI document (`update-org-profile`).
    ///
    /// # Errors
    /// See [`update_organization_address`](Self::update_organization_address).
    pub async fn update_organization_profile(
        &self,
        organization_id: &str,
        update: &OrganizationProfileUpdate,
    ) -> Result<Profile> {
        self.call(operations::update_organization_profile(organization_id, update)).await
    }
}
