//! The projects that a team has access to.

use anyprofile_http::{Operation, Request, Response};
use serde::Serialize;

use super::{
    CursorPage, PagePosition, ProjectAccessSort, Sort, access::MAX_ACCESS_PAGE_SIZE, page::Listing,
    teams::of_team,
};
use crate::wire::TeamProjectAccess;

/// The order and page of a list of a team's project access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListTeamProjectAccess {
    /// The page size, 1 to 200 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<ProjectAccessSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

pub(crate) fn list_team_project_access(
    team_id: &str,
    list: &ListTeamProjectAccess,
) -> Operation<CursorPage<TeamProjectAccess>> {
    Listing::of("list-team-project-access", "/teams", team_id, "/project-access")
        .page_size(list.page_size, MAX_ACCESS_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

/// A project of a body.
#[derive(Serialize)]
struct Project<'a> {
    project_id: &'a str,
}

pub(crate) fn grant_team_project_access(team_id: &str, project_ids: &[&str]) -> Operation<()> {
    let projects: Vec<_> = project_ids.iter().map(|project_id| Project { project_id }).collect();
    let request = access(Request::post("grant-team-project-access").json(&projects), team_id)
        .refused_if(
            project_ids.iter().any(|project_id| project_id.is_empty()),
            "the id of each project is required",
            None,
        )
        .refused_if(project_ids.is_empty(), "at least one project is required", None);
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn get_team_project_access(team_id: &str, project_id: &str) -> Operation<TeamProjectAccess> {
    let request = access(Request::get("get-team-project-access"), team_id).segment(project_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn remove_team_project_access(team_id: &str, project_id: &str) -> Operation<()> {
    let request = access(Request::delete("remove-team-project-access"), team_id).segment(project_id);
    Operation::new(request, Response::acknowledged)
}

/// Adds the path that the operations on a team's project access have in common.
fn access(request: Request, team_id: &str) -> Request {
    of_team(request, team_id).path("/project-access")
}
