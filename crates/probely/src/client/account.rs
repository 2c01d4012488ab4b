//! The account: the credential's own profile, and what users' roles and labels refer to.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListEntries, operations,
    wire::{Label, ResultList, Role, Team, User, UserRoleAssignment},
};

impl ProbelyClient {
    /// Gets the profile of the credential: `GET /profile/`. The parameters that the reference calls
    /// required are those of a list; the service wants none.
    ///
    /// Source: page `profile-list` of the reference, and recorded answers for its form.
    ///
    /// # Errors
    /// [`Unauthenticated`](anyprofile_core::ErrorKind::Unauthenticated);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is a list of none or several.
    pub async fn get_profile(&self) -> Result<User> {
        self.call(operations::get_profile()).await
    }

    /// Lists the roles that users can hold: one page of `GET /roles/`, which says how many there are.
    ///
    /// Source: client code; the reference's page `user-roles` tells what a role is.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's words by parameter;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if the key may not see them.
    pub async fn list_roles(&self, list: &ListEntries) -> Result<Listed<ResultList<Role>>> {
        self.call(operations::list_roles(list)).await
    }

    /// Lists the labels of the account: one page of `GET /labels/`, which says how many there are.
    ///
    /// Source: client code for the path; the record is documented with users.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_labels(&self, list: &ListEntries) -> Result<Listed<ResultList<Label>>> {
        self.call(operations::list_labels(list)).await
    }

    /// Lists the teams of the account: one page of `GET /teams/`, which says how many there are.
    ///
    /// Source: client code for the path; id and name are documented where a role names its team.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_teams(&self, list: &ListEntries) -> Result<Listed<ResultList<Team>>> {
        self.call(operations::list_teams(list)).await
    }

    /// Lists which roles are assigned, and where they hold: one page of `GET /user-roles/`, which says how many
    /// there are.
    ///
    /// Source: the reference's page `user-roles` for the operation; the record is that of a user's roles.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_user_roles(
        &self,
        list: &ListEntries,
    ) -> Result<Listed<ResultList<UserRoleAssignment>>> {
        self.call(operations::list_user_roles(list)).await
    }
}
