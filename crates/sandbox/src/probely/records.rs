//! The generated users.

use std::sync::Arc;

use serde_json::{Value, json};

use super::change::Owner;
use super::user::{Role, Scope, User};
use crate::clock::{DAY, EPOCH, SECOND};
use crate::ids::IdSpace;
use crate::people::{Person, person};
use crate::rng::{Rng, key};

/// The last one is undocumented.
const TITLES: [&str; 10] = ["seceng", "", "ceo", "dev", "cso", "devop", "manager", "other", "cto", "ciso"];
pub(super) const ROLES: [(&str, &str); 4] = [
    ("sbxRoleAdmin", "Administrator"),
    ("sbxRoleDevel", "Developer"),
    ("_bxRoleAudit", "Auditeur·rice"),
    ("-bxRoleGuest", "ゲスト"),
];
/// The role of the account's owner, which cannot be assigned.
pub(super) const OWNER: (&str, &str) = ("sbxRoleOwner", "Owner");
/// The ids and names of the permissions. A role has every permission from its place on.
pub(super) const PERMISSIONS: [(&str, &str); 4] = [
    ("manage_users", "Manage users"),
    ("start_scan", "Start scans"),
    ("view_target", "View targets"),
    ("view_report", "Zobrazit zprávy"),
];
pub(super) const TEAMS: [(&str, &str); 3] =
    [("sbxTeamBlue0", "Blue"), ("sbx_TeamRed0", "Röd"), ("-bxTeamGreen", "Verde")];
pub(super) const TARGETS: [(&str, &str); 3] =
    [("sbxTargetShp", "Shop"), ("sbxTargetApi", "API"), ("_bxTargetWeb", "Wébsite")];
pub(super) const LABELS: [(&str, &str, &str); 4] = [
    ("sbxLabelOnca", "on-call", "#00FF00"),
    ("sbxLabelExte", "externo", "green"),
    ("-bxLabelVerw", "Verwaltung", "#c0ffee"),
    ("sbxLabelNjet", "временно", "blue"),
];
/// The first index of API users, where their indexes must differ from those of users.
pub(super) const API_USERS: u64 = 1 << 40;
/// The first index of users that were created by a write.
pub(super) const CREATED: u64 = 1 << 42;
const APPLICATIONS: [&str; 4] = ["Jenkins", "Prüfroboter", "Деплой", "スキャナー"];
/// The author of changes that no user made. Its id starts with a dash.
const SYSTEM_USER: (&str, &str, &str) = ("-sandboxSys0", "system@example.com", "Probely");

/// Generates the records of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    pub(super) seed: u64,
    users: IdSpace,
    api_users: IdSpace,
}

/// The type of a user's roles in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RolesShape {
    List,
    Text,
    Null,
    Absent,
}

impl Records {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            users: IdSpace::new(seed, "probely user"),
            api_users: IdSpace::new(seed, "probely api user"),
        }
    }

    pub(super) fn index_of(self, id: &str) -> Option<u64> {
        self.users.index_of_short(id)
    }

    pub(super) fn user(self, index: u64) -> User {
        let mut rng = Rng::new(key(&[self.seed, 0x0070_726F_6265_6C79, index]));
        let changed = with_six_digits(EPOCH + micros_below(&mut rng, 900 * DAY));
        let last_login = with_six_digits(changed - micros_below(&mut rng, 60 * DAY));
        let person = self.person(index);
        let recorded_2022 = is_recorded_2022(index);
        User {
            index,
            id: self.users.short(index),
            // API users need none.
            email: if index % 16 == 14 { String::new() } else { person.email },
            name: person.display,
            active: recorded_2022 || index % 9 != 2,
            mfa_enabled: recorded_2022 || index % 10 == 7 || index % 5 != 1,
            changed,
            last_login: (index % 6 != 3).then_some(last_login),
            roles: roles(index, &mut rng),
            title: TITLES[at(index % 10)].into(),
            labels: if recorded_2022 { Vec::new() } else { labels(index) },
            seed: self.seed,
            is_service: false,
            change: None,
            owner: None,
            written_labels: Arc::default(),
        }
    }

    pub(super) fn index_of_api_user(self, id: &str) -> Option<u64> {
        self.api_users.index_of_short(id)
    }

    /// Returns an API user, which is a program with its own key.
    pub(super) fn api_user(self, index: u64) -> User {
        let number = API_USERS.wrapping_add(index);
        let mut rng = Rng::new(key(&[self.seed, 0x0070_726F_6265_6C79, number]));
        let changed = with_six_digits(EPOCH + micros_below(&mut rng, 900 * DAY));
        User {
            index,
            id: self.api_users.short(index),
            email: String::new(),
            name: format!("{} {index}", APPLICATIONS[at(index % 4)]),
            active: index % 9 != 2,
            mfa_enabled: false,
            changed,
            last_login: None,
            roles: roles(index, &mut rng),
            title: "".into(),
            labels: labels(index.wrapping_add(1)),
            seed: self.seed,
            is_service: true,
            change: None,
            owner: None,
            written_labels: Arc::default(),
        }
    }

    /// Returns a created user before anything was written to it.
    pub(super) fn blank(self, index: u64, is_service: bool) -> User {
        let ids = if is_service { self.api_users } else { self.users };
        User {
            index,
            id: ids.short(index),
            email: String::new(),
            name: String::new(),
            active: true,
            mfa_enabled: !is_service,
            changed: 0,
            last_login: None,
            roles: Vec::new(),
            title: "".into(),
            labels: Vec::new(),
            seed: self.seed,
            is_service,
            change: None,
            owner: None,
            written_labels: Arc::default(),
        }
    }

    /// Returns the person. Two of three have the same e-mail address as at Upsun; the others are different
    /// people.
    fn person(self, index: u64) -> Person {
        if index % 3 == 2 { person(self.seed ^ 0x0074_6869_7264, index) } else { person(self.seed, index) }
    }

    pub(super) fn changed_by(self, index: u64, owner: Option<&Owner>) -> Value {
        let id = self.users.short(0);
        let (name, email) = if let Some(owner) = owner {
            (owner.name.clone(), owner.email.clone())
        } else {
            let person = self.person(0);
            (person.display, person.email)
        };
        match index % 6 {
            1 => json!({"id": id, "name": name}),
            2 => json!({"id": SYSTEM_USER.0, "email": SYSTEM_USER.1, "name": SYSTEM_USER.2}),
            4 => json!({"id": id, "email": "", "name": name}),
            5 => json!({"id": id, "email": null, "name": name}),
            _ => json!({"id": id, "email": email, "name": name}),
        }
    }
}

/// Returns whether a record has the format of 2022: without `active`, `labels`, `user_roles` and
/// `mfa_enabled`.
pub(super) fn is_recorded_2022(index: u64) -> bool {
    index % 7 == 4
}

pub(super) fn roles_shape(index: u64) -> RolesShape {
    match index % 12 {
        3 => RolesShape::Text,
        8 => RolesShape::Null,
        10 => RolesShape::Absent,
        _ => RolesShape::List,
    }
}

/// Returns the roles. Filters see what the record shows: without a list, there are no roles.
fn roles(index: u64, rng: &mut Rng) -> Vec<Role> {
    if is_recorded_2022(index) || roles_shape(index) != RolesShape::List || index % 12 == 5 {
        return Vec::new();
    }
    let count = if index == 0 { 1 } else { 1 + rng.below(2) };
    (0..count)
        .map(|place| {
            let (named, (id, name), target) = (*rng.pick(&ROLES), *rng.pick(&TEAMS), *rng.pick(&TARGETS));
            let team = (id.into(), name.into());
            let scope = match (index + place) % 6 {
                1 => Scope { tier: "team", team: Some(team), target: None },
                2 => Scope { tier: "target", team: None, target: Some(target) },
                3 => Scope { tier: "scope", team: Some(team), target: Some(target) },
                // An undocumented tier.
                4 => Scope { tier: "domain", team: None, target: None },
                _ => Scope { tier: "account", team: None, target: None },
            };
            Role { place, named, scope }
        })
        .collect()
}

fn labels(index: u64) -> Vec<usize> {
    (0..LABELS.len()).filter(|place| (index >> place) & 1 == 1).collect()
}

/// Returns the same second with a fraction of six digits that does not end in 0.
fn with_six_digits(micros: i64) -> i64 {
    micros - micros % SECOND + 100_001 + micros % 89_999 * 10
}

fn micros_below(rng: &mut Rng, limit: i64) -> i64 {
    i64::try_from(rng.below(limit.unsigned_abs())).unwrap_or(0)
}

fn at(turn: u64) -> usize {
    usize::try_from(turn).unwrap_or(0)
}
