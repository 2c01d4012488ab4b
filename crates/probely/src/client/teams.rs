//! Teams.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListEntries, operations,
    wire::{ResultList, Team, TeamCreate, TeamUpdate},
};

impl ProbelyClient {
    /// Lists the teams of the account: one page of `GET /teams/`, with the total. The members of a team are the
    /// users with a role in it: [`ListUsers::team`](crate::ListUsers::team).
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_teams(&self, list: &ListEntries) -> Result<Listed<ResultList<Team>>> {
        self.call(operations::list_teams(list)).await
    }

    /// Creates a team without members: `POST /teams/`. A user is added by
    /// [assigning a role](Self::create_role_assignment) in the scope of the team.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the team. The team may have
    /// been created then.
    pub async fn create_team(&self, create: &TeamCreate) -> Result<Team> {
        self.call(operations::create_team(create)).await
    }

    /// Gets a team: `GET /teams/{id}/`.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_team(&self, id: &str) -> Result<Team> {
        self.call(operations::get_team(id)).await
    }

    /// Updates a team and returns it: `PATCH /teams/{id}/`. Only the fields that are set are sent.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_team(&self, id: &str, update: &TeamUpdate) -> Result<Team> {
        self.call(operations::update_team(id, update)).await
    }

    /// Deletes a team: `DELETE /teams/{id}/`. The effect on a team with members or targets is not published.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_team(&self, id: &str) -> Result<()> {
        self.call(operations::delete_team(id)).await
    }
}
