//! Teams.

use anyprofile_http::{Operation, Request, Response};

use super::list::{ListEntries, ListOf, result_list};
use crate::wire::{Team, TeamCreate, TeamUpdate};

pub(crate) fn list_teams(list: &ListEntries) -> ListOf<Team> {
    Operation::new(list.request("teams_list", "/teams/"), result_list)
}

pub(crate) fn create_team(create: &TeamCreate) -> Operation<Team> {
    let request = Request::post("teams_create").path("/teams/").json(create);
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the team was created: look for its name before you try again",
    )
}

pub(crate) fn get_team(id: &str) -> Operation<Team> {
    Operation::new(team(Request::get("teams_retrieve"), id), Response::decode_record)
}

pub(crate) fn update_team(id: &str, update: &TeamUpdate) -> Operation<Team> {
    let request = team(Request::patch("teams_partial_update", update), id);
    Operation::new(request, Response::decode_record).reading_back(&get_team(id))
}

pub(crate) fn delete_team(id: &str) -> Operation<()> {
    Operation::new(team(Request::delete("teams_destroy"), id), Response::acknowledged)
}

fn team(request: Request, id: &str) -> Request {
    request.path("/teams").segment(id).path("/")
}
