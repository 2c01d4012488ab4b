//! The organization's generated users and invites.

use serde_json::{Map, Value, json};

use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::ids::IdSpace;
use crate::people::{Person, person};

/// The prefix of the ids of users.
pub(super) const USERS: &str = "user_01";
/// The prefix of the ids of invites.
pub(super) const INVITES: &str = "invite_01";

/// The last one is undocumented.
pub(super) const ROLES: [&str; 10] = [
    "primary_owner",
    "developer",
    "user",
    "admin",
    "billing",
    "claude_code_user",
    "managed",
    "membership_admin",
    "owner",
    "auditor",
];
/// The last one is undocumented.
const STATUSES: [&str; 5] = ["accepted", "pending", "expired", "deleted", "bounced"];
const STEP: i64 = 3_607 * SECOND;
const FRACTION_DIGITS: [usize; 3] = [0, 6, 3];

/// Generates the people of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrgPeople {
    seed: u64,
    ids: IdSpace,
}

impl OrgPeople {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, ids: IdSpace::new(seed, "anthropic organization") }
    }

    pub(super) fn id(self, kind: &str, index: u64) -> String {
        self.ids.tagged(kind, index)
    }

    pub(super) fn index_of(self, kind: &str, id: &str) -> Option<u64> {
        self.ids.index_of_tagged(kind, id)
    }

    pub(super) fn index_of_email(self, email: &str) -> Option<u64> {
        let index = email.rsplit_once('@')?.0.rsplit_once('.')?.1.parse().ok()?;
        self.person(index).email.eq_ignore_ascii_case(email).then_some(index)
    }

    pub(super) fn role(index: u64) -> &'static str {
        // There is exactly one primary owner.
        if index == 0 { ROLES[0] } else { ROLES[turn(index - 1, 9) + 1] }
    }

    /// Two of three are the people at these indexes at Upsun; half of them are also at Probely.
    fn person(self, index: u64) -> Person {
        if index % 3 == 1 { person(self.seed ^ 0x6F72_6761, index) } else { person(self.seed, index) }
    }

    pub(super) fn user(self, index: u64) -> Value {
        let person = self.person(index);
        let mut user = Map::new();
        let mut put = |name: &str, value: Value| drop(user.insert(name.to_owned(), value));
        put("id", self.ids.tagged(USERS, index).into());
        put("type", "user".into());
        put("email", person.email.into());
        put("name", if index % 9 == 4 { "" } else { &person.display }.into());
        put("role", Self::role(index).into());
        put("added_at", written(index, added(index)).into());
        if index % 4 == 3 {
            put("last_active_at", Value::Null);
        }
        Value::Object(user)
    }

    /// People with accepted invites are users; the others are not known elsewhere.
    pub(super) fn invite(self, index: u64) -> Value {
        let status = STATUSES[turn(index, 5)];
        let accepted = status == "accepted";
        let email =
            if accepted { self.person(index).email } else { person(self.seed ^ 0x696E_7669, index).email };
        let invited = added(index) - 2 * DAY;
        let groups: &[&str] = if index % 3 == 1 { &["rbac_01SANDBoxGroup"] } else { &[] };
        json!({
            "id": self.ids.tagged(INVITES, index),
            "type": "invite",
            "email": email,
            "role": if accepted { Self::role(index) } else { "user" },
            "status": status,
            "invited_at": written(index, invited),
            "expires_at": written(index, invited + 21 * DAY),
            "accepted_at": accepted.then(|| written(index, added(index))),
            "rbac_group_ids": groups,
        })
    }
}

fn added(index: u64) -> i64 {
    let place = i64::try_from(index).unwrap_or(i64::MAX);
    EPOCH.saturating_add(place.saturating_mul(STEP)).saturating_add(400 * DAY + 123_457)
}

fn written(index: u64, micros: i64) -> String {
    stamp(micros, FRACTION_DIGITS[turn(index, 3)], "Z")
}

fn turn(index: u64, every: u64) -> usize {
    usize::try_from(index % every).unwrap_or(0)
}
