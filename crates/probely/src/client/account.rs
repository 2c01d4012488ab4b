//! The account: the credential's own profile, and the roles, labels and teams of its users.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListEntries, operations,
    wire::{Label, ResultList, Role, Team, User, UserRoleAssignment},
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

    /// Lists the roles that users can have: one page of `GET /roles/`, with the total.
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

    /// Lists the labels of the account: one page of `GET /labels/`, with the total.
    ///
    /// Source: client code for the path; the record is documented with users.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_labels(&self, list: &ListEntries) -> Result<Listed<ResultList<Label>>> {
        self.call(operations::list_labels(list)).await
    }

    /// Lists the teams of the account: one page of `GET /teams/`, with the total.
    ///
    /// Source: client code for the path. The id and name of a team are documented as part of a role.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_teams(&self, list: &ListEntries) -> Result<Listed<ResultList<Team>>> {
        self.call(operations::list_teams(list)).await
    }

    /// Lists the role assignments with their scopes: one page of `GET /user-roles/`, with the total.
    ///
    /// Source: page `user-roles` of the reference for the operation. The record is that of a user's roles.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_user_roles(
        &self,
        list: &ListEntries,
    ) -> Result<Listed<ResultList<UserRoleAssignment>>> {
        self.call(operations::list_user_roles(list)).await
    }
}
