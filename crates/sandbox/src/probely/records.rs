//! The users, generated.

use serde_json::{Value, json};

use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::fields::Fields;
use crate::ids::IdSpace;
use crate::people::{Person, person};
use crate::rng::{Rng, key};

/// The last is none of the documented ones.
const TITLES: [&str; 10] = ["seceng", "", "ceo", "dev", "cso", "devop", "manager", "other", "cto", "ciso"];
pub(super) const ROLES: [(&str, &str); 4] = [
    ("sbxRoleAdmin", "Administrator"),
    ("sbxRoleDevel", "Developer"),
    ("_bxRoleAudit", "Auditeur·rice"),
    ("-bxRoleGuest", "ゲスト"),
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
/// What API users' numbers begin at, where they must not be the same as users'.
const API_USERS: u64 = 1 << 40;
const APPLICATIONS: [&str; 4] = ["Jenkins", "Prüfroboter", "Деплой", "スキャナー"];
/// What changes a record that no user changed. Its id starts with a dash.
const SYSTEM_USER: (&str, &str, &str) = ("-sandboxSys0", "system@example.com", "Probely");

/// Makes the records of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    pub(super) seed: u64,
    users: IdSpace,
    api_users: IdSpace,
}

/// How a user's roles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RolesShape {
    List,
    Text,
    Null,
    Absent,
}

/// A role and where it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    named: (&'static str, &'static str),
    tier: &'static str,
    team: Option<(&'static str, &'static str)>,
    target: Option<(&'static str, &'static str)>,
}

impl Role {
    pub(super) fn id(&self) -> &'static str {
        self.named.0
    }

    pub(super) fn team_id(&self) -> Option<&'static str> {
        self.team.map(|(id, _)| id)
    }

    pub(super) fn target_id(&self) -> Option<&'static str> {
        self.target.map(|(id, _)| id)
    }
}

/// A user, before it is written down.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) index: u64,
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) active: bool,
    pub(super) mfa_enabled: bool,
    pub(super) changed: i64,
    pub(super) last_login: Option<i64>,
    pub(super) roles: Vec<Role>,
    labels: Vec<usize>,
    seed: u64,
    /// Whether this is one of the API users' list: an application, not a person.
    is_service: bool,
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
            // Applications need none.
            email: if index % 16 == 14 { String::new() } else { person.email },
            name: person.display,
            active: recorded_2022 || index % 9 != 2,
            mfa_enabled: recorded_2022 || index % 10 == 7 || index % 5 != 1,
            changed,
            last_login: (index % 6 != 3).then_some(last_login),
            roles: roles(index, &mut rng),
            labels: if recorded_2022 { Vec::new() } else { labels(index) },
            seed: self.seed,
            is_service: false,
        }
    }

    pub(super) fn index_of_api_user(self, id: &str) -> Option<u64> {
        self.api_users.index_of_short(id)
    }

    /// An application that acts by a key of its own.
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
            labels: labels(index.wrapping_add(1)),
            seed: self.seed,
            is_service: true,
        }
    }

    /// Two of three people have the same address here as at Upsun; the others are somebody else.
    fn person(self, index: u64) -> Person {
        if index % 3 == 2 { person(self.seed ^ 0x0074_6869_7264, index) } else { person(self.seed, index) }
    }

    fn changed_by(self, index: u64) -> Value {
        let owner = self.person(0);
        let id = self.users.short(0);
        let name = owner.display;
        match index % 6 {
            1 => json!({"id": id, "name": name}),
            2 => json!({"id": SYSTEM_USER.0, "email": SYSTEM_USER.1, "name": SYSTEM_USER.2}),
            4 => json!({"id": id, "email": "", "name": name}),
            5 => json!({"id": id, "email": null, "name": name}),
            _ => json!({"id": id, "email": owner.email, "name": name}),
        }
    }
}

impl User {
    pub(super) fn has_label(&self, id: &str) -> bool {
        self.labels.iter().any(|label| LABELS[*label].0 == id)
    }

    /// As in the list of users.
    pub(super) fn to_json(&self) -> Value {
        let records = Records::new(self.seed);
        let index = self.index;
        let mut fields = Fields::new(index);
        fields.put("id", self.id.as_str());
        fields.put("name", self.name.as_str());
        if !self.is_service {
            fields.put("email", self.email.as_str());
            fields.put("title", TITLES[at(index % 10)]);
        }
        fields.put("is_billing_admin", !self.is_service && index.is_multiple_of(5));
        fields.put("changed_by", records.changed_by(index));
        fields.put("changed", written(index, self.changed));
        fields.put("last_login", self.last_login.map(|at| written(index, at)));
        fields.put("is_apiuser", self.is_service || index % 8 == 6);
        if is_recorded_2022(index) && !self.is_service {
            return Value::Object(fields.finish());
        }
        fields.put("active", self.active);
        fields.put("labels", self.labels.iter().map(|place| label(self.seed, *place)).collect::<Vec<_>>());
        match roles_shape(index) {
            RolesShape::List => {
                let roles = self.roles.iter().enumerate().map(|(place, role)| self.role(place, role));
                fields.put("user_roles", roles.collect::<Vec<_>>());
            }
            RolesShape::Text => fields.put("user_roles", ""),
            RolesShape::Null => fields.put("user_roles", Value::Null),
            RolesShape::Absent => {}
        }
        if index % 10 != 7 && !self.is_service {
            fields.put("mfa_enabled", self.mfa_enabled);
        }
        if index % 11 == 8 {
            fields.put("is_trial", false);
        }
        Value::Object(fields.finish())
    }

    /// As the credential's own profile, which says more.
    pub(super) fn to_profile_json(&self) -> Value {
        let mut profile = self.to_json();
        profile["intercom_user_id"] = self.id.as_str().into();
        profile["is_sso"] = false.into();
        profile["is_owner"] = true.into();
        profile["first_login"] = self.last_login.map(|at| written(self.index, at - 400 * DAY)).into();
        profile
    }

    /// The assignment of a role.
    pub(super) fn role(&self, place: usize, role: &Role) -> Value {
        let place = u64::try_from(place).unwrap_or(0);
        let number = if self.is_service { API_USERS.wrapping_add(self.index) } else { self.index };
        let id =
            IdSpace::new(self.seed, "probely user role").short(number.wrapping_mul(4).wrapping_add(place));
        let mut scope = json!({"tier": role.tier});
        for (name, reference) in [("team", role.team), ("target", role.target)] {
            if let Some((id, title)) = reference {
                scope[name] = json!({"id": id, "name": title});
            }
        }
        json!({"id": id, "role": {"id": role.named.0, "name": role.named.1}, "scope": scope})
    }
}

/// A label that users carry.
pub(super) fn label(seed: u64, place: usize) -> Value {
    let (id, name, color) = LABELS[place];
    let changed = EPOCH + i64::try_from(place).unwrap_or(0) * DAY + 511_953;
    json!({
        "id": id,
        "name": name,
        "color": color,
        "changed_by": Records::new(seed).changed_by(0),
        "changed": stamp(changed, 6, "Z"),
    })
}

/// The shape of the records of 2022: without `active`, `labels`, `user_roles` and `mfa_enabled`.
fn is_recorded_2022(index: u64) -> bool {
    index % 7 == 4
}

fn roles_shape(index: u64) -> RolesShape {
    match index % 12 {
        3 => RolesShape::Text,
        8 => RolesShape::Null,
        10 => RolesShape::Absent,
        _ => RolesShape::List,
    }
}

/// The filters see what the record shows: no list, no roles.
fn roles(index: u64, rng: &mut Rng) -> Vec<Role> {
    if is_recorded_2022(index) || roles_shape(index) != RolesShape::List || index % 12 == 5 {
        return Vec::new();
    }
    let count = if index == 0 { 1 } else { 1 + rng.below(2) };
    (0..count)
        .map(|place| {
            let (named, team, target) = (*rng.pick(&ROLES), *rng.pick(&TEAMS), *rng.pick(&TARGETS));
            match (index + place) % 6 {
                1 => Role { named, tier: "team", team: Some(team), target: None },
                2 => Role { named, tier: "target", team: None, target: Some(target) },
                3 => Role { named, tier: "scope", team: Some(team), target: Some(target) },
                // No documented tier.
                4 => Role { named, tier: "domain", team: None, target: None },
                _ => Role { named, tier: "account", team: None, target: None },
            }
        })
        .collect()
}

fn labels(index: u64) -> Vec<usize> {
    (0..LABELS.len()).filter(|place| (index >> place) & 1 == 1).collect()
}

/// Microseconds and `Z`; now and then seven digits and no zone, as the documentation has it.
fn written(index: u64, micros: i64) -> String {
    if index % 8 == 5 { format!("{}2", stamp(micros, 6, "")) } else { stamp(micros, 6, "Z") }
}

/// The same second, with a fraction of six digits none of which is a 0 at the end.
fn with_six_digits(micros: i64) -> i64 {
    micros - micros % SECOND + 100_001 + micros % 89_999 * 10
}

fn micros_below(rng: &mut Rng, limit: i64) -> i64 {
    i64::try_from(rng.below(limit.unsigned_abs())).unwrap_or(0)
}

fn at(turn: u64) -> usize {
    usize::try_from(turn).unwrap_or(0)
}
