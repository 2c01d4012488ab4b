//! The operations on teams and their members, and the teams that a list refers to.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind, RequestedPage};
use super::errors::error;
use super::organizations::by_ulid;
use super::rules::{Rule, Writable, read_body, read_whole_body};
use super::teams::{Team, Teams};
use crate::exchange::{Call, Query, Reply};
use crate::server::lock;

const TEAMS: Dialect = Dialect {
    filters: &[("organization_id", Kind::Text), ("id", Kind::Text), ("updated_at", Kind::Time)],
    sort: &[("label", Kind::Text), ("created_at", Kind::Time), ("updated_at", Kind::Time)],
};
const MAX_TEAMS: u64 = 100;
const MAX_MEMBERS: u64 = 50;
const NEW_TEAM: [Writable; 2] = [("organization_id", Rule::Filled), ("label", Rule::Filled)];
const PERMISSIONS: [Writable; 1] = [("project_permissions", Rule::List)];
const TEAM: [Writable; 2] = [("label", Rule::Filled), ("project_permissions", Rule::List)];
const MEMBER: [Writable; 1] = [("user_id", Rule::Filled)];

impl Upsun {
    pub(super) fn list_teams(&self, call: &Call) -> Reply {
        let teams = lock(&self.teams);
        let visible = teams.iter().filter(|team| team.organization.is_accessible()).map(Team::shown);
        match self.page(&call.query, &TEAMS, ("/teams", MAX_TEAMS), visible.collect()) {
            Ok((mut body, total)) => {
                body["count"] = total.into();
                Reply::json(200, &body)
            }
            Err(detail) => error(400, &detail),
        }
    }

    pub(super) fn create_team(&self, call: &Call) -> Reply {
        let bodies =
            read_whole_body(call, &NEW_TEAM).and_then(|body| Ok((body, read_body(call, &PERMISSIONS)?)));
        let (mut body, permissions) = match bodies {
            Ok(bodies) => bodies,
            Err(refusal) => return refusal.of_user(),
        };
        if !are_texts(&permissions) {
            return error(400, "The permissions must be texts.");
        }
        body.extend(permissions);
        let organization = body.get("organization_id").and_then(Value::as_str).and_then(by_ulid);
        // Every third organization has a trial, which has no teams of its own.
        if organization.is_none_or(|it| !it.is_accessible() || it.number % 3 == 2) {
            return error(403, "The user may not create teams in this organization.");
        }
        match lock(&self.teams).create(&body, &self.now()) {
            Some(team) => Reply::json(201, &team),
            None => error(400, "The organization is invalid."),
        }
    }

    pub(super) fn get_team(&self, id: &str) -> Reply {
        match visible(&lock(&self.teams), id) {
            Ok(team) => Reply::json(200, &team.shown()),
            Err(refusal) => refusal,
        }
    }

    pub(super) fn update_team(&self, call: &Call, id: &str) -> Reply {
        let mut teams = lock(&self.teams);
        let team = match visible_mut(&mut teams, id) {
            Ok(team) => team,
            Err(refusal) => return refusal,
        };
        match read_body(call, &TEAM) {
            Ok(change) if are_texts(&change) => team.change(change, &self.now()),
            Ok(_) => return error(400, "The permissions must be texts."),
            Err(refusal) => return refusal.of_user(),
        }
        Reply::json(200, &team.shown())
    }

    pub(super) fn delete_team(&self, id: &str) -> Reply {
        let mut teams = lock(&self.teams);
        if let Err(refusal) = visible(&teams, id) {
            return refusal;
        }
        teams.delete(id);
        Reply::empty(204)
    }

    pub(super) fn list_team_members(&self, call: &Call, id: &str) -> Reply {
        let teams = lock(&self.teams);
        let team = match visible(&teams, id) {
            Ok(team) => team,
            Err(refusal) => return refusal,
        };
        // Members do not change, so that both times give the same order.
        let down = match call.query.get("sort") {
            None | Some("created_at" | "updated_at") => false,
            Some("-created_at" | "-updated_at") => true,
            Some(_) => return error(400, "Members are sorted by their times."),
        };
        let path = format!("/teams/{id}/members");
        let window =
            match RequestedPage::parse(&call.query, self.records.seed, &path, self.page_size, MAX_MEMBERS) {
                Ok(window) => window,
                Err(detail) => return error(400, &detail),
            };
        let total = team.total();
        let places = window.range(total).map(|place| if down { total - 1 - place } else { place });
        let items: Vec<Value> = places.map(|place| teams.member(team, team.at(place))).collect();
        let mut links = window.links(&self.origin, total);
        self.refer_to_users(&mut links, &items);
        Reply::json(200, &json!({"items": items, "_links": links}))
    }

    pub(super) fn create_team_member(&self, call: &Call, id: &str) -> Reply {
        let organization = match visible(&lock(&self.teams), id) {
            Ok(team) => team.organization,
            Err(refusal) => return refusal,
        };
        let body = match read_whole_body(call, &MEMBER) {
            Ok(body) => body,
            Err(refusal) => return refusal.of_user(),
        };
        let user_id = body.get("user_id").and_then(Value::as_str).unwrap_or_default();
        let Some(index) = self.index_of_user(user_id) else {
            return error(404, "There is no such user.");
        };
        if self.members_of(&lock(&self.members), organization).find(user_id).is_none() {
            return error(400, "The user is no member of the organization.");
        }
        let mut teams = lock(&self.teams);
        match teams.get_mut(id) {
            Some(team) if team.find(index).is_some() => {
                return error(400, "The user is in the team already.");
            }
            Some(team) => team.add(index, &self.now()),
            None => return no_such_team(),
        }
        show_member(&teams, id, index, 201)
    }

    pub(super) fn get_team_member(&self, id: &str, user_id: &str) -> Reply {
        let teams = lock(&self.teams);
        match (visible(&teams, id), self.records.index_of(user_id)) {
            (Err(refusal), _) => refusal,
            (Ok(_), Some(index)) => show_member(&teams, id, index, 200),
            (Ok(_), None) => no_such_member(),
        }
    }

    pub(super) fn delete_team_member(&self, id: &str, user_id: &str) -> Reply {
        let mut teams = lock(&self.teams);
        let team = match visible_mut(&mut teams, id) {
            Ok(team) => team,
            Err(refusal) => return refusal,
        };
        match self.records.index_of(user_id) {
            Some(index) if team.remove(index) => Reply::empty(204),
            _ => no_such_member(),
        }
    }

    /// Adds the signed link to the teams of a user. Which lists have it is not documented.
    pub(super) fn refer_to_teams(&self, links: &mut Value, index: u64) {
        let teams = lock(&self.teams).of_user(index);
        let ids: Vec<&str> = teams.iter().filter_map(|team| team["id"].as_str()).collect();
        if !ids.is_empty() {
            let list = ids.join(",");
            let signature = self.signature(&list);
            links["ref:teams:0"] = json!({"href": format!("/ref/teams?in={list}&sig={signature}")});
        }
    }

    /// Returns the teams of a signed link.
    pub(super) fn list_referenced_teams(&self, query: &Query) -> Reply {
        let (Some(list), Some(signature)) = (query.get("in"), query.get("sig")) else {
            return error(400, "The parameters \"in\" and \"sig\" are required.");
        };
        if signature != self.signature(list) {
            return error(400, "The signature is invalid.");
        }
        let teams = lock(&self.teams);
        let found = list.split(',').filter_map(|id| Some((id.to_owned(), teams.reference(id)?)));
        Reply::json(200, &Value::Object(found.collect()))
    }
}

fn show_member(teams: &Teams, id: &str, index: u64, status: u16) -> Reply {
    let found = teams.get(id).and_then(|team| Some((team, team.find(index)?)));
    found.map_or_else(no_such_member, |(team, seat)| Reply::json(status, &teams.member(team, seat)))
}

/// Returns a team, if the token may see it.
fn visible<'a>(teams: &'a Teams, id: &str) -> Result<&'a Team, Reply> {
    match teams.get(id) {
        None => Err(no_such_team()),
        Some(team) if team.organization.is_accessible() => Ok(team),
        Some(_) => Err(error(403, "The user may not see this team.")),
    }
}

fn visible_mut<'a>(teams: &'a mut Teams, id: &str) -> Result<&'a mut Team, Reply> {
    visible(teams, id)?;
    teams.get_mut(id).ok_or_else(no_such_team)
}

fn no_such_team() -> Reply {
    error(404, "There is no such team.")
}

fn no_such_member() -> Reply {
    error(404, "There is no such member.")
}

/// Returns whether the permissions of a body are texts: the words of requests are open.
fn are_texts(body: &Map<String, Value>) -> bool {
    body.get("project_permissions").and_then(Value::as_array).into_iter().flatten().all(Value::is_string)
}
