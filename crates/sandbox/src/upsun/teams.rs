//! The teams: four of each organization from the start, with the changes applied to them, and new ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::memberships::PERMISSIONS;
use super::organizations::{self, Organization, by_ulid};
use super::projects;
use super::records::{Records, Times};
use crate::clock::{EPOCH, SECOND, stamp};

const OF_ORGANIZATION: u64 = 4;
const LABELS: [&str; 4] = ["Développement", "Ops", "", "デザイン"];
/// The time between the joining of two members.
const STEP: i64 = 53 * SECOND;

/// The members that a team has from the start: every user of the organization, or every second one.
#[derive(Debug, Clone, Copy)]
struct Rule {
    first: u64,
    step: u64,
    count: u64,
}

impl Rule {
    const NOBODY: Self = Self { first: 0, step: 1, count: 0 };

    /// Returns the rule of an organization's team: it has the users of the organization with an even index, or
    /// those with an odd one.
    fn of(organization: Organization, team: u64, profiles: u64) -> Self {
        let odd = team % 2;
        let (first, step) = match (organization.step % 2, odd) {
            (0, 1) => return Self::NOBODY,
            (0, _) => (0, organization.step),
            (_, odd) => (odd * organization.step, 2 * organization.step),
        };
        Self { first, step, count: profiles.saturating_sub(first).div_ceil(step) }
    }

    fn at(self, place: u64) -> u64 {
        self.first + place * self.step
    }

    fn place_of(self, index: u64) -> Option<u64> {
        let distance = index.checked_sub(self.first).filter(|it| it.is_multiple_of(self.step))?;
        Some(distance / self.step).filter(|place| *place < self.count)
    }
}

/// A team.
#[derive(Debug)]
pub(super) struct Team {
    /// The number, for a team that exists from the start.
    number: Option<u64>,
    pub(super) organization: Organization,
    record: Map<String, Value>,
    rule: Rule,
    /// The removed places of the rule.
    removed: BTreeSet<u64>,
    /// The users that were added, with the time.
    added: Vec<(u64, String)>,
    /// The projects, with the time of the grant.
    pub(super) projects: BTreeMap<u64, String>,
}

/// All teams.
#[derive(Debug)]
pub(super) struct Teams {
    records: Records,
    all: BTreeMap<String, Team>,
    deleted: BTreeSet<String>,
    count: u64,
}

impl Teams {
    pub(super) fn new(records: Records, profiles: u64) -> Self {
        let mut this = Self { records, all: BTreeMap::new(), deleted: BTreeSet::new(), count: 0 };
        for organization in organizations::all() {
            for team in 0..OF_ORGANIZATION {
                let number = organization.number * OF_ORGANIZATION + team;
                let times = Times::of(records.seed, number + 1_000);
                let label = LABELS[turn(team, 4)];
                let permissions = json!(PERMISSIONS[turn(number, 5)]);
                let id = this.insert(organization, label, &permissions, &times.created());
                let Some(created) = this.all.get_mut(&id) else { continue };
                if number % 5 == 2 {
                    created.record.remove("updated_at");
                } else {
                    created.record.insert("updated_at".to_owned(), times.updated().into());
                }
                created.number = Some(number);
                created.rule = Rule::of(organization, team, profiles);
                let first = organization.number * projects::OF_ORGANIZATION;
                created.projects =
                    (first..first + number % 3).map(|project| (project, times.created())).collect();
            }
        }
        this
    }

    fn insert(&mut self, organization: Organization, label: &str, permissions: &Value, now: &str) -> String {
        let id = format!("01HSANDB0XTEAM{:012}", self.count);
        self.count += 1;
        let record = json!({
            "id": id,
            "organization_id": organization.ulid,
            "label": label,
            "project_permissions": permissions,
            "created_at": now,
            "updated_at": now,
        });
        let team = Team {
            number: None,
            organization,
            record: record.as_object().cloned().unwrap_or_default(),
            rule: Rule::NOBODY,
            removed: BTreeSet::new(),
            added: Vec::new(),
            projects: BTreeMap::new(),
        };
        self.all.insert(id.clone(), team);
        id
    }

    pub(super) fn create(&mut self, body: &Map<String, Value>, now: &str) -> Option<Value> {
        let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
        let organization = by_ulid(text("organization_id"))?;
        let permissions = body.get("project_permissions").cloned().unwrap_or_else(|| json!([]));
        let id = self.insert(organization, text("label"), &permissions, now);
        self.all.get(&id).map(Team::shown)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Team> {
        self.all.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Team> {
        self.all.get_mut(id)
    }

    pub(super) fn delete(&mut self, id: &str) {
        if self.all.remove(id).is_some() {
            self.deleted.insert(id.to_owned());
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Team> {
        self.all.values()
    }

    /// Returns the teams of a user.
    pub(super) fn of_user(&self, index: u64) -> Vec<Value> {
        self.iter().filter(|team| team.find(index).is_some()).map(Team::shown).collect()
    }

    /// Removes a user from all teams of an organization.
    pub(super) fn leave(&mut self, organization: Organization, index: u64) {
        for team in self.all.values_mut().filter(|team| team.organization.number == organization.number) {
            team.remove(index);
        }
    }

    /// Returns a team as another record refers to it: null if it is deleted, nothing if it never existed, and
    /// sometimes only its name.
    pub(super) fn reference(&self, id: &str) -> Option<Value> {
        match self.all.get(id) {
            Some(team) if team.number.is_some_and(|number| number % 4 == 3) => {
                Some(json!({"id": id, "label": team.record["label"]}))
            }
            Some(team) => Some(team.shown()),
            None => self.deleted.contains(id).then_some(Value::Null),
        }
    }

    /// Returns the record of a member.
    pub(super) fn member(&self, team: &Team, seat: Seat) -> Value {
        let (index, at) = match seat {
            Seat::Listed(place) => {
                let number = i64::try_from(place).unwrap_or(i64::MAX);
                let micros = EPOCH.saturating_add(number.saturating_mul(STEP)).saturating_add(9_003);
                (team.rule.at(place), stamp(micros, [6, 0, 3][turn(place, 3)], "Z"))
            }
            Seat::Added(number) => team.added.get(number).cloned().unwrap_or_default(),
        };
        json!({
            "team_id": team.record["id"],
            "user_id": self.records.user_id(index),
            "created_at": at,
            "updated_at": at,
        })
    }
}

/// A member of a team: by the rule, or added later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    Listed(u64),
    Added(usize),
}

impl Team {
    fn listed(&self) -> u64 {
        self.rule.count - u64::try_from(self.removed.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn total(&self) -> u64 {
        self.listed() + u64::try_from(self.added.len()).unwrap_or(u64::MAX)
    }

    /// Returns the member at a position of the list.
    pub(super) fn at(&self, position: u64) -> Seat {
        match position.checked_sub(self.listed()) {
            Some(number) => Seat::Added(usize::try_from(number).unwrap_or(usize::MAX)),
            None => Seat::Listed(
                self.removed.iter().fold(position, |place, removed| place + u64::from(*removed <= place)),
            ),
        }
    }

    pub(super) fn find(&self, index: u64) -> Option<Seat> {
        let place = self.rule.place_of(index).filter(|place| !self.removed.contains(place));
        place
            .map(Seat::Listed)
            .or_else(|| self.added.iter().position(|(added, _)| *added == index).map(Seat::Added))
    }

    pub(super) fn add(&mut self, index: u64, now: &str) {
        self.added.push((index, now.to_owned()));
    }

    /// Removes a user. Returns whether the team had it.
    pub(super) fn remove(&mut self, index: u64) -> bool {
        match self.find(index) {
            Some(Seat::Listed(place)) => self.removed.insert(place),
            Some(Seat::Added(number)) => {
                self.added.remove(number);
                true
            }
            None => false,
        }
    }

    pub(super) fn change(&mut self, change: Map<String, Value>, now: &str) {
        if !change.is_empty() {
            self.record.extend(change);
            self.record.insert("updated_at".to_owned(), now.into());
        }
    }

    pub(super) fn shown(&self) -> Value {
        let mut record = self.record.clone();
        if self.number.is_none_or(|number| number % 6 != 4) {
            let counts = json!({"member_count": self.total(), "project_count": self.projects.len()});
            record.insert("counts".to_owned(), counts);
        }
        Value::Object(record)
    }

    /// Returns the record of the access to a project, if the team has it.
    pub(super) fn access(&self, project: u64) -> Option<Value> {
        let granted = self.projects.get(&project)?;
        let (team, id) = (self.record["id"].as_str().unwrap_or_default(), projects::id(project));
        let own = format!("/teams/{team}/project-access/{id}");
        Some(json!({
            "team_id": team,
            "organization_id": self.organization.ulid,
            "project_id": id,
            "project_title": projects::title(project),
            "granted_at": granted,
            "updated_at": granted,
            "_links": {"self": {"href": own}, "update": null, "delete": {"href": own, "method": "DELETE"}},
        }))
    }
}

fn turn(number: u64, every: u64) -> usize {
    usize::try_from(number % every).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_of_a_team_has_one_place_in_it() {
        for profiles in [0, 1, 2, 7, 40] {
            for organization in organizations::all() {
                for team in 0..OF_ORGANIZATION {
                    let rule = Rule::of(organization, team, profiles);
                    let users: Vec<u64> = (0..rule.count).map(|place| rule.at(place)).collect();
                    let is_member = |index: &u64| {
                        index.is_multiple_of(organization.step) && (index + team).is_multiple_of(2)
                    };
                    assert_eq!(users, (0..profiles).filter(is_member).collect::<Vec<_>>());
                    for index in 0..profiles + 3 {
                        assert_eq!(rule.place_of(index).is_some(), users.contains(&index));
                    }
                }
            }
        }
    }
}
