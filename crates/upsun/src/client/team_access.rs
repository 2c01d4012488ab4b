//! The projects that a team has access to.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{CursorPage, ListTeamProjectAccess, operations, wire::TeamProjectAccess};

impl UpsunClient {
    /// Lists the projects that a team has access to: `GET /teams/{team_id}/project-access`.
    ///
    /// The permissions there are [those of the team](crate::wire::Team::project_permissions). Source: OpenAPI
    /// document (`list-team-project-access`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page size
    /// is invalid, and if the service responds with 400.
    pub async fn list_team_project_access(
        &self,
        team_id: &str,
        list: &ListTeamProjectAccess,
    ) -> Result<CursorPage<TeamProjectAccess>> {
        self.call(operations::list_team_project_access(team_id, list)).await
    }

    /// Grants a team access to projects: `POST /teams/{team_id}/project-access`. The response does not contain
    /// the grants.
    ///
    /// If some of several projects are invalid, it is not documented whether the service applies the others.
    /// Source: OpenAPI document (`grant-team-project-access`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if no project is
    /// named or an id is empty, and if the service refuses it;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not documented (inferred: the team
    /// already has access to such a project);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn grant_team_project_access(&self, team_id: &str, project_ids: &[&str]) -> Result<()> {
        self.call(operations::grant_team_project_access(team_id, project_ids)).await
    }

    /// Gets a team's access to one project: `GET /teams/{team_id}/project-access/{project_id}`.
    ///
    /// Source: OpenAPI document (`get-team-project-access`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the team has no access;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_team_project_access(
        &self,
        team_id: &str,
        project_id: &str,
    ) -> Result<TeamProjectAccess> {
        self.call(operations::get_team_project_access(team_id, project_id)).await
    }

    /// Removes a team's access to a project: `DELETE /teams/{team_id}/project-access/{project_id}`. Members of
    /// the team lose the access that came through it.
    ///
    /// Source: OpenAPI document (`remove-team-project-access`); for the effect, the service's documentation.
    ///
    /// # Errors
    /// See [`get_team_project_access`](Self::get_team_project_access).
    pub async fn remove_team_project_access(&self, team_id: &str, project_id: &str) -> Result<()> {
        self.call(operations::remove_team_project_access(team_id, project_id)).await
    }
}
