//! The account: the credential's own profile, and the roles and permissions of its users.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListEntries, operations,
    wire::{Permission, ResultList, Role, User},
};

impl ProbelyClient {
    /// Gets the profile of the credential: `GET /profile/`. The parameters that the reference marks as
    /// required belong to a list; the service does not need them.
    ///
    /// Source: page `profile-list` of the reference, and recorded responses for the format.
    ///
    /// # Errors
    /// [`Unauthenticated`](anyprofile_core::ErrorKind::Unauthenticated);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is a list with no profile or several.
    pub async fn get_profile(&self) -> Result<User> {
        self.call(operations::get_profile()).await
    }

    /// Lists the roles that users can have: one page of `GET /roles/`, with the total. A page has 10 roles by
    /// default, so the role that is looked for may be on a later page.
    ///
    /// Source: client code; page `user-roles` of the reference describes roles.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by
    /// parameter; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if the key may not see
    /// them.
    pub async fn list_roles(&self, list: &ListEntries) -> Result<Listed<ResultList<Role>>> {
        self.call(operations::list_roles(list)).await
    }

    /// Gets a role with its permissions: `GET /roles/{id}/`.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_role(&self, id: &str) -> Result<Role> {
        self.call(operations::get_role(id)).await
    }

    /// Lists the permissions that roles can grant: one page of `GET /permissions/`, with the total.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_permissions(&self, list: &ListEntries) -> Result<Listed<ResultList<Permission>>> {
        self.call(operations::list_permissions(list)).await
    }
}
