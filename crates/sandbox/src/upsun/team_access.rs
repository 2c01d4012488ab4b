//! The operations on a team's access to projects.

use serde_json::Value;

use super::Upsun;
use super::cursor::{Dialect, Kind};
use super::errors::member_error;
use super::organizations::Access;
use super::projects;
use super::teams::{Team, Teams};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const ACCESS: Dialect = Dialect {
    filters: &[],
    sort: &[("project_title", Kind::Text), ("granted_at", Kind::Time), ("updated_at", Kind::Time)],
};
const MAX_PROJECTS: u64 = 200;

impl Upsun {
    pub(super) fn list_team_project_access(&self, call: &Call, id: &str) -> Reply {
        let teams = lock(&self.teams);
        let team = match visible(&teams, id) {
            Ok(team) => team,
            Err(refusal) => return refusal,
        };
        let path = format!("/teams/{id}/project-access");
        let all = team.projects.keys().filter_map(|project| team.access(*project)).collect();
        match self.page(&call.query, &ACCESS, (&path, MAX_PROJECTS), all) {
            Ok((body, _)) => Reply::json(200, &body),
            Err(detail) => member_error(400, &detail),
        }
    }

    /// Grants all projects of the body, or none.
    pub(super) fn grant_team_project_access(&self, call: &Call, id: &str) -> Reply {
        let mut teams = lock(&self.teams);
        // The document lists no 404 here.
        let Ok(organization) = visible(&teams, id).map(|team| team.organization) else {
            return member_error(403, "The user may not change this team.");
        };
        if !call.is_json() {
            return member_error(415, "The body must be JSON.");
        }
        let grants = serde_json::from_slice::<Vec<Value>>(&call.body).unwrap_or_default();
        let project = |grant: &Value| {
            let (number, owner) = projects::find(grant["project_id"].as_str()?)?;
            (owner.number == organization.number).then_some(number)
        };
        let Some(numbers) =
            grants.iter().map(project).collect::<Option<Vec<u64>>>().filter(|it| !it.is_empty())
        else {
            return member_error(400, "The body must name projects of the team's organization.");
        };
        let Some(team) = teams.get_mut(id) else { return no_access() };
        if numbers.iter().any(|number| team.projects.contains_key(number)) {
            return member_error(409, "The team has access to such a project already.");
        }
        let now = self.now();
        team.projects.extend(numbers.into_iter().map(|number| (number, now.clone())));
        Reply::empty(204)
    }

    pub(super) fn get_team_project_access(&self, id: &str, project_id: &str) -> Reply {
        let teams = lock(&self.teams);
        let team = match visible(&teams, id) {
            Ok(team) => team,
            Err(refusal) => return refusal,
        };
        let access = projects::find(project_id).and_then(|(number, _)| team.access(number));
        access.map_or_else(no_access, |access| Reply::json(200, &access))
    }

    pub(super) fn remove_team_project_access(&self, id: &str, project_id: &str) -> Reply {
        let mut teams = lock(&self.teams);
        if let Err(refusal) = visible(&teams, id) {
            return refusal;
        }
        let removed = projects::find(project_id)
            .and_then(|(number, _)| teams.get_mut(id).and_then(|team| team.projects.remove(&number)));
        if removed.is_some() { Reply::empty(204) } else { no_access() }
    }
}

/// Returns a team, if the token may see it.
fn visible<'a>(teams: &'a Teams, id: &str) -> Result<&'a Team, Reply> {
    match teams.get(id) {
        None => Err(member_error(404, "There is no such team.")),
        Some(team) if team.organization.access == Access::Denied => {
            Err(member_error(403, "The user may not see this team."))
        }
        Some(team) => Ok(team),
    }
}

fn no_access() -> Reply {
    member_error(404, "The team has no access to such a project.")
}
