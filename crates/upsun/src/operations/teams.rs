//! Teams and their members.

use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::{
    CursorPage, DateTimeFilter, PagePosition, Sort, StringFilter, TeamSort, TimeSort,
    access::MAX_PAGE_SIZE,
    change,
    page::{Listing, by_id},
    shows,
};
use crate::wire::{NewTeam, ReferencedTeams, SignedLink, Team, TeamMember, TeamUpdate, update::Body};

/// The maximum page size for members of teams. From client code: the OpenAPI document has no page size there.
const MAX_MEMBERS: u32 = 50;

/// The filters, order and page of a list of teams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListTeams {
    /// The filter on the id of the organization (`filter[organization_id]`).
    pub organization_id: StringFilter,
    /// The filter on the id (`filter[id]`).
    pub id: StringFilter,
    /// The filter on the time of the last change (`filter[updated_at]`).
    pub updated_at: DateTimeFilter,
    /// The page size, 1 to 100 (`page[size]`). The service's default is not documented.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<TeamSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

/// The order and page of a list of a team's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListTeamMembers {
    /// The page size, 1 to 50 (`page[size]`). From client code: the OpenAPI document has no page size here.
    pub page_size: Option<u32>,
    /// The order (`sort`). Default: the service's.
    pub sort: Option<Sort<TimeSort>>,
    /// The position to continue from, taken from a page of the same query; see
    /// [`PageLink::position`](crate::PageLink::position).
    pub position: Option<PagePosition>,
}

pub(crate) fn list_teams(list: &ListTeams) -> Operation<CursorPage<Team>> {
    Listing::new("list-teams", "/teams")
        .filter("organization_id", &list.organization_id)
        .filter("id", &list.id)
        .filter("updated_at", &list.updated_at)
        .page_size(list.page_size, MAX_PAGE_SIZE)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn create_team(team: &NewTeam) -> Operation<Team> {
    let organization_id = team.organization_id.as_deref().unwrap_or_default();
    let request = Request::post("create-team").path("/teams").json(&Body(team)).refused_if(
        organization_id.is_empty() || team.label.as_deref().unwrap_or_default().is_empty(),
        "the id of the organization and the label are required",
        None,
    );
    let request = by_id(request, organization_id, "the organization of a team must be named by its id");
    Operation::new(request, Response::decode_record)
        .with_hint_if_made("it is not known whether the team was created: list the organization's teams")
}

pub(crate) fn get_team(team_id: &str) -> Operation<Team> {
    Operation::new(of_team(Request::get("get-team"), team_id), Response::decode_record)
}

pub(crate) fn update_team(team_id: &str, update: &TeamUpdate) -> Operation<Team> {
    let read = get_team(team_id);
    if update.is_empty() {
        return read;
    }
    let is_nameless = update.label.as_deref().is_some_and(str::is_empty);
    let request = of_team(Request::patch("update-team", &Body(update)), team_id);
    let request = request.refused_if(is_nameless, "the label of a team must not be empty", None);
    change(request, &read, |response| shows(response, Team::KEYS))
}

pub(crate) fn delete_team(team_id: &str) -> Operation<()> {
    Operation::new(of_team(Request::delete("delete-team"), team_id), Response::acknowledged)
}

pub(crate) fn list_team_members(team_id: &str, list: &ListTeamMembers) -> Operation<CursorPage<TeamMember>> {
    Listing::of("list-team-members", "/teams", team_id, "/members")
        .page_size(list.page_size, MAX_MEMBERS)
        .parameter("sort", list.sort.as_ref())
        .at(list.position.as_ref())
        .operation()
}

pub(crate) fn create_team_member(team_id: &str, user_id: &str) -> Operation<TeamMember> {
    let request = of_team(Request::post("create-team-member"), team_id)
        .path("/members")
        .json(&json!({ "user_id": user_id }))
        .refused_if(user_id.is_empty(), "the id of the user is required", None);
    let read = get_team_member(team_id, user_id);
    change(request, &read, |response| shows(response, TeamMember::KEYS))
}

pub(crate) fn get_team_member(team_id: &str, user_id: &str) -> Operation<TeamMember> {
    let request = of_team(Request::get("get-team-member"), team_id).path("/members").segment(user_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn delete_team_member(team_id: &str, user_id: &str) -> Operation<()> {
    let request = of_team(Request::delete("delete-team-member"), team_id).path("/members");
    Operation::new(request.segment(user_id), Response::acknowledged)
}

pub(crate) fn get_referenced_teams(link: &SignedLink) -> Operation<ReferencedTeams> {
    let request = Request::get("list-referenced-teams").path("/ref/teams").given_link(link.as_str());
    Operation::new(request, Response::decode)
}

/// Adds the path of a team.
pub(super) fn of_team(request: Request, team_id: &str) -> Request {
    request.path("/teams").segment(team_id)
}
