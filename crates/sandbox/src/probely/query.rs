//! The sixteen parameters of the list of users.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::user::User;
use crate::exchange::Query;

const DEFAULT_LENGTH: u64 = 10;

/// A field that users can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    Name,
    Email,
    Changed,
    LastLogin,
}

/// The sort key of a user, separate from the user: an ordered listing holds one for each.
#[derive(Debug)]
pub(super) enum SortKey {
    Text(String),
    Time(i64),
    /// Last in ascending order and first in descending order, as in the database.
    Nothing,
}

/// A request for a page of users.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UsersQuery {
    pub(super) page: u64,
    pub(super) length: u64,
    exclude: Vec<String>,
    ordering: Vec<(Field, bool)>,
    account: Option<bool>,
    active: Option<bool>,
    mfa_enabled: Option<bool>,
    no_access: Option<bool>,
    search: String,
    labels: Vec<String>,
    all_labels: bool,
    roles: Vec<String>,
    teams: Vec<String>,
    targets: Vec<String>,
    without_teams: Vec<String>,
    without_targets: Vec<String>,
}

impl UsersQuery {
    pub(super) fn parse(query: &Query, max_length: u64) -> Result<Self, Map<String, Value>> {
        let mut reader = Reader { query, errors: Map::new() };
        let parsed = Self {
            page: reader.number("page", 1),
            length: reader.number("length", DEFAULT_LENGTH).min(max_length),
            exclude: reader.list("exclude"),
            ordering: reader.ordering(),
            account: reader.boolean("account"),
            active: reader.boolean("active"),
            mfa_enabled: reader.boolean("mfa_enabled"),
            no_access: reader.boolean("no_access"),
            search: query.get("search").unwrap_or_default().to_lowercase(),
            labels: reader.list("label"),
            all_labels: reader.all_labels(),
            roles: reader.list("role"),
            teams: reader.list("team"),
            targets: reader.list("target"),
            without_teams: reader.list("exclude_team"),
            without_targets: reader.list("exclude_target"),
        };
        if reader.errors.is_empty() { Ok(parsed) } else { Err(reader.errors) }
    }

    /// Returns whether the query selects every user, so that none must be generated to count them.
    pub(super) fn takes_all(&self) -> bool {
        let switches = [self.account, self.active, self.mfa_enabled, self.no_access];
        let lists = [
            &self.labels,
            &self.roles,
            &self.teams,
            &self.targets,
            &self.without_teams,
            &self.without_targets,
        ];
        switches.iter().all(Option::is_none)
            && self.search.is_empty()
            && lists.iter().all(|list| list.is_empty())
    }

    /// Returns the part of the query that is the same for every page of a listing.
    pub(super) fn selection(&self) -> Self {
        Self { page: 1, length: 1, exclude: Vec::new(), ..self.clone() }
    }

    pub(super) fn is_ordered(&self) -> bool {
        !self.ordering.is_empty()
    }

    pub(super) fn accepts(&self, user: &User) -> bool {
        let is = |wanted: Option<bool>, actual: bool| wanted.is_none_or(|wanted| wanted == actual);
        // All users belong to the account.
        is(self.account, true)
            && is(self.active, user.active)
            && is(self.mfa_enabled, user.mfa_enabled)
            && is(self.no_access, user.roles.is_empty())
            && self.search_finds(user)
            && self.labels_fit(user)
            && (self.roles.is_empty() || user.roles.iter().any(|role| has(&self.roles, Some(role.id()))))
            && (self.teams.is_empty() || user.roles.iter().any(|role| has(&self.teams, role.team_id())))
            && (self.targets.is_empty() || user.roles.iter().any(|role| has(&self.targets, role.target_id())))
            && !user.roles.iter().any(|role| has(&self.without_teams, role.team_id()))
            && !user.roles.iter().any(|role| has(&self.without_targets, role.target_id()))
    }

    pub(super) fn sort_keys(&self, user: &User) -> Vec<SortKey> {
        let key = |(field, _): &(Field, bool)| match field {
            Field::Id => SortKey::Text(user.id.clone()),
            Field::Name => SortKey::Text(user.name.to_lowercase()),
            Field::Email => SortKey::Text(user.email.to_lowercase()),
            Field::Changed => SortKey::Time(user.changed),
            Field::LastLogin => user.last_login.map_or(SortKey::Nothing, SortKey::Time),
        };
        self.ordering.iter().map(key).collect()
    }

    pub(super) fn compare(&self, left: &[SortKey], right: &[SortKey]) -> Ordering {
        let fields = self.ordering.iter().zip(left.iter().zip(right));
        let compared = fields.map(|((_, down), (left, right))| {
            let order = match (left, right) {
                (SortKey::Text(left), SortKey::Text(right)) => left.cmp(right),
                (SortKey::Time(left), SortKey::Time(right)) => left.cmp(right),
                (SortKey::Nothing, SortKey::Nothing) => Ordering::Equal,
                (SortKey::Nothing, _) => Ordering::Greater,
                _ => Ordering::Less,
            };
            if *down { order.reverse() } else { order }
        });
        compared.fold(Ordering::Equal, Ordering::then)
    }

    /// Returns the requested fields of a user.
    pub(super) fn show(&self, user: &User) -> Value {
        let mut shown = user.to_json();
        if let Some(fields) = shown.as_object_mut() {
            fields.retain(|name, _| !self.exclude.iter().any(|excluded| excluded == name));
        }
        shown
    }

    fn search_finds(&self, user: &User) -> bool {
        self.search.is_empty()
            || user.name.to_lowercase().contains(&self.search)
            || user.email.to_lowercase().contains(&self.search)
    }

    fn labels_fit(&self, user: &User) -> bool {
        let mut labels = self.labels.iter();
        match (self.labels.is_empty(), self.all_labels) {
            (true, _) => true,
            (false, true) => labels.all(|id| user.has_label(id)),
            (false, false) => labels.any(|id| user.has_label(id)),
        }
    }
}

fn has(wanted: &[String], id: Option<&str>) -> bool {
    id.is_some_and(|id| wanted.iter().any(|wanted| wanted == id))
}

/// Returns the page and its length, for the lists without other parameters.
pub(super) fn page_and_length(query: &Query, max_length: u64) -> Result<(u64, u64), Map<String, Value>> {
    let mut reader = Reader { query, errors: Map::new() };
    let wanted = (reader.number("page", 1), reader.number("length", DEFAULT_LENGTH).min(max_length));
    if reader.errors.is_empty() { Ok(wanted) } else { Err(reader.errors) }
}

/// Reads parameters and collects their errors.
struct Reader<'a> {
    query: &'a Query,
    errors: Map<String, Value>,
}

impl Reader<'_> {
    fn refuse(&mut self, name: &str, message: &str) {
        self.errors.insert(name.to_owned(), json!([message]));
    }

    fn number(&mut self, name: &str, default: u64) -> u64 {
        match self.query.get(name).map(str::parse) {
            None => default,
            Some(Ok(number)) if number > 0 => number,
            Some(Ok(_)) => {
                self.refuse(name, "Ensure this value is greater than or equal to 1.");
                default
            }
            Some(Err(_)) => {
                self.refuse(name, "A valid integer is required.");
                default
            }
        }
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.query.get(name) {
            None => None,
            Some("true" | "True" | "1") => Some(true),
            Some("false" | "False" | "0") => Some(false),
            Some(_) => {
                self.refuse(name, "Must be a valid boolean.");
                None
            }
        }
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.query.all(name).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    fn all_labels(&mut self) -> bool {
        match self.query.get("label_logical_operator") {
            None | Some("or") => false,
            Some("and") => true,
            Some(_) => {
                self.refuse("label_logical_operator", "Select a valid choice.");
                false
            }
        }
    }

    fn ordering(&mut self) -> Vec<(Field, bool)> {
        let asked = self.query.get("ordering").unwrap_or_default();
        let mut fields = Vec::new();
        for name in asked.split(',').filter(|name| !name.is_empty()) {
            let field = match name.trim_start_matches('-') {
                "id" => Field::Id,
                "name" => Field::Name,
                "email" => Field::Email,
                "changed" => Field::Changed,
                "last_login" => Field::LastLogin,
                _ => {
                    self.refuse("ordering", "Select a valid choice.");
                    continue;
                }
            };
            fields.push((field, name.starts_with('-')));
        }
        fields
    }
}
