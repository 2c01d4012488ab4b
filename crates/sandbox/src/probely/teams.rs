//! The teams of users.

use serde_json::{Value, json};

use super::input::Write;
use super::records::TEAMS;
use super::store::Store;
use super::user::User;
use super::{Probely, detail};
use crate::exchange::{Call, Reply};
use crate::ids::IdSpace;

impl Store {
    fn all_teams(&self) -> Vec<Value> {
        self.teams.all(TEAMS.iter().enumerate().map(|(place, (id, name))| {
            let mut team = json!({"id": id, "name": name});
            // One team without a description.
            if place != 2 {
                team["description"] = if place == 0 { "The blue team" } else { "" }.into();
            }
            team
        }))
    }

    fn team(&self, id: &str) -> Option<Value> {
        self.all_teams().into_iter().find(|team| team["id"] == id)
    }

    /// Returns the ids and names of all teams.
    pub(super) fn team_names(&self) -> Vec<(String, String)> {
        let text = |team: &Value, field: &str| team[field].as_str().unwrap_or_default().to_owned();
        self.all_teams().iter().map(|team| (text(team, "id"), text(team, "name"))).collect()
    }

    /// Shows the roles of a user with the current names of teams, and without those in deleted teams.
    pub(super) fn settle_teams(&self, user: &mut User) {
        user.roles.retain_mut(|role| {
            let Some((id, name)) = &mut role.scope.team else { return true };
            if let Some(team) = self.teams.get(id) {
                *name = team["name"].as_str().unwrap_or_default().to_owned().into();
            }
            !self.teams.is_deleted(id)
        });
    }
}

impl Probely {
    pub(super) fn list_teams(&self, call: &Call) -> Reply {
        let teams = self.read_store().all_teams();
        self.page_of_all(call, &teams)
    }

    pub(super) fn retrieve_team(&self, id: &str) -> Reply {
        self.read_store().team(id).map_or_else(not_found, |team| Reply::json(200, &team))
    }

    pub(super) fn create_team(&self, call: &Call) -> Reply {
        let (name, description) = match self.read_team(call, Write::Create) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        store.version += 1;
        let id = IdSpace::new(store.records.seed, "probely team").short(store.teams.next());
        let (name, description) = (name.unwrap_or_default(), description.unwrap_or_default());
        let team = json!({"id": id, "name": name, "description": description});
        store.teams.create(&id, team.clone());
        Reply::json(201, &team)
    }

    pub(super) fn update_team(&self, call: &Call, id: &str) -> Reply {
        if self.read_store().team(id).is_none() {
            return not_found();
        }
        let (name, description) = match self.read_team(call, Write::Update) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let Some(mut team) = store.team(id) else { return not_found() };
        for (field, value) in [("name", name), ("description", description)] {
            if let Some(value) = value {
                team[field] = value.into();
            }
        }
        store.version += 1;
        store.teams.write(id, Some(team.clone()));
        Reply::json(200, &team)
    }

    /// Deletes a team with the roles in its scope. Nothing is published about a team with members.
    pub(super) fn destroy_team(&self, id: &str) -> Reply {
        let mut store = self.write_store();
        if store.team(id).is_none() {
            return not_found();
        }
        store.version += 1;
        store.teams.write(id, None);
        Reply::empty(204)
    }

    fn read_team(&self, call: &Call, write: Write) -> Result<(Option<String>, Option<String>), Reply> {
        let mut reader = self.reader(call)?;
        let read = reader.team(write == Write::Create);
        reader.finish(read)
    }
}

fn not_found() -> Reply {
    detail(404, "Not found.")
}
