//! Teams and their members.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    CursorPage, ListTeamMembers, ListTeams, operations,
    wire::{NewTeam, ReferencedTeams, SignedLink, Team, TeamMember, TeamUpdate},
};

impl UpsunClient {
    /// Lists the teams that the credential can see, of all organizations: `GET /teams`. The page contains the
    /// total.
    ///
    /// Source: OpenAPI document (`list-teams`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page
    /// size or a filter is invalid.
    pub async fn list_teams(&self, list: &ListTeams) -> Result<CursorPage<Team>> {
        self.call(operations::list_teams(list)).await
    }

    /// Creates a team and returns it: `POST /teams`.
    ///
    /// The organization needs the capability `teams`
    /// ([`Organization::capabilities`](crate::wire::Organization::capabilities), from client code). Each call
    /// creates another team, so the request is never retried. Source: OpenAPI document (`create-team`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the
    /// organization or the label is missing, or the organization is named by `name=` instead of its id, and if
    /// the service refuses the request;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied), also if the organization lacks the
    /// capability (inferred).
    pub async fn create_team(&self, team: &NewTeam) -> Result<Team> {
        self.call(operations::create_team(team)).await
    }

    /// Gets a team: `GET /teams/{team_id}`.
    ///
    /// Source: OpenAPI document (`get-team`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_team(&self, team_id: &str) -> Result<Team> {
        self.call(operations::get_team(team_id)).await
    }

    /// Updates a team and returns it: `PATCH /teams/{team_id}`.
    ///
    /// Only the fields that are set in `update` are sent; if none is, the team is read instead. Source:
    /// OpenAPI document (`update-team`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the label is
    /// empty, and if the service refuses the change;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn update_team(&self, team_id: &str, update: &TeamUpdate) -> Result<Team> {
        self.call(operations::update_team(team_id, update)).await
    }

    /// Deletes a team: `DELETE /teams/{team_id}`. Its members lose the access that they had through it, and
    /// stay members of the organization.
    ///
    /// Source: OpenAPI document (`delete-team`); for the effect, the service's documentation.
    ///
    /// # Errors
    /// See [`get_team`](Self::get_team).
    pub async fn delete_team(&self, team_id: &str) -> Result<()> {
        self.call(operations::delete_team(team_id)).await
    }

    /// Lists the members of a team: `GET /teams/{team_id}/members`. The page contains no total.
    ///
    /// An example of the document links to the [`users`](CursorPage::users) of the page, as lists of an
    /// organization's members do. Source: OpenAPI document (`list-team-members`).
    ///
    /// # Errors
    /// See [`get_team`](Self::get_team);
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the page size
    /// is invalid.
    pub async fn list_team_members(
        &self,
        team_id: &str,
        list: &ListTeamMembers,
    ) -> Result<CursorPage<TeamMember>> {
        self.call(operations::list_team_members(team_id, list)).await
    }

    /// Adds a user to a team and returns the member: `POST /teams/{team_id}/members`.
    ///
    /// The user must be a member of the organization. What happens if the user already is in the team is not
    /// documented. Source: OpenAPI document (`create-team-member`); for the organization, the service's
    /// documentation.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if `user_id` is
    /// empty, and if the service refuses the request;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn create_team_member(&self, team_id: &str, user_id: &str) -> Result<TeamMember> {
        self.call(operations::create_team_member(team_id, user_id)).await
    }

    /// Gets a member of a team: `GET /teams/{team_id}/members/{user_id}`.
    ///
    /// Source: OpenAPI document (`get-team-member`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user is not in the team;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_team_member(&self, team_id: &str, user_id: &str) -> Result<TeamMember> {
        self.call(operations::get_team_member(team_id, user_id)).await
    }

    /// Removes a user from a team: `DELETE /teams/{team_id}/members/{user_id}`. The user loses the access that
    /// came through the team, and stays a member of the organization.
    ///
    /// Source: OpenAPI document (`delete-team-member`); for the effect, the service's documentation.
    ///
    /// # Errors
    /// See [`get_team_member`](Self::get_team_member).
    pub async fn delete_team_member(&self, team_id: &str, user_id: &str) -> Result<()> {
        self.call(operations::delete_team_member(team_id, user_id)).await
    }

    /// Gets the teams that a page links to ([`CursorPage::teams`]): `GET /ref/teams`.
    ///
    /// The link is sent unchanged, because the service signed it. A team may be null if it no longer exists,
    /// or missing. Source: OpenAPI document (`list-referenced-teams`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the link
    /// leads to another host or resource, and from the service if the signature is invalid.
    pub async fn get_referenced_teams(&self, link: &SignedLink) -> Result<ReferencedTeams> {
        self.call(operations::get_referenced_teams(link)).await
    }
}
