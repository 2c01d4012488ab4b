//! The organization's generated users and invites.

use serde_json::{Map, Value, json};

use super::groups::{FIRST_GROUPS, GROUPS};
use super::ids::Ids;
use crate::clock::{DAY, EPOCH, SECOND, stamp};
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
    "managed",
    "membership_admin",
    "owner",
    "claude_code_user",
    "auditor",
];
/// The roles of most users, who can be removed.
const COMMON_ROLES: [&str; 9] = [
    "developer",
    "user",
    "claude_code_user",
    "developer",
    "user",
    "billing",
    "developer",
    "user",
    "claude_code_user",
];
pub(super) const PENDING: &str = "pending";
pub(super) const EXPIRED: &str = "expired";
pub(super) const ACCEPTED: &str = "accepted";
pub(super) const DELETED: &str = "deleted";
/// The last one is undocumented.
const STATUSES: [&str; 5] = [ACCEPTED, PENDING, EXPIRED, DELETED, "bounced"];
const STEP: i64 = 3_607 * SECOND;
const FRACTION_DIGITS: [usize; 3] = [0, 6, 3];

/// Generates the people of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrgPeople {
    seed: u64,
    ids: Ids,
}

impl OrgPeople {
    pub(super) fn new(seed: u64, ids: Ids) -> Self {
        Self { seed, ids }
    }

    pub(super) fn role(index: u64) -> &'static str {
        match (index.checked_sub(1), index.div_ceil(9) % 2) {
            // There is exactly one primary owner.
            (None, _) => ROLES[0],
            (Some(place), 1) => ROLES[turn(place, 9) + 1],
            (Some(place), _) => COMMON_ROLES[turn(place, 9)],
        }
    }

    /// Two of three are the people at these indexes at Upsun; half of them are also at Probely.
    fn person(self, index: u64) -> Person {
        if index % 3 == 1 { person(self.seed ^ 0x6F72_6761, index) } else { person(self.seed, index) }
    }

    pub(super) fn email(self, index: u64) -> String {
        self.person(index).email
    }

    pub(super) fn user(self, index: u64) -> Value {
        let person = self.person(index);
        let mut user = Map::new();
        let mut put = |name: &str, value: Value| drop(user.insert(name.to_owned(), value));
        put("id", self.ids.id(USERS, index).into());
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

    pub(super) fn invite_status(index: u64) -> &'static str {
        STATUSES[turn(index, 5)]
    }

    /// People with accepted invites are users; the others are not known elsewhere.
    pub(super) fn invite_email(self, index: u64) -> String {
        if Self::invite_status(index) == ACCEPTED {
            self.email(index)
        } else {
            person(self.seed ^ 0x696E_7669, index).email
        }
    }

    pub(super) fn invite_role(index: u64) -> &'static str {
        if Self::invite_status(index) == ACCEPTED { Self::role(index) } else { "user" }
    }

    pub(super) fn invite(self, index: u64) -> Value {
        let is_accepted = Self::invite_status(index) == ACCEPTED;
        let invited = added(index) - 2 * DAY;
        let group = (index % 3 == 1).then(|| self.ids.id(GROUPS, index % FIRST_GROUPS));
        json!({
            "id": self.ids.id(INVITES, index),
            "type": "invite",
            "email": self.invite_email(index),
            "role": Self::invite_role(index),
            "status": Self::invite_status(index),
            "invited_at": written(index, invited),
            "expires_at": written(index, invited + 21 * DAY),
            "accepted_at": is_accepted.then(|| written(index, added(index))),
            "rbac_group_ids": Vec::from_iter(group),
        })
    }
}

/// Returns an address as the service compares it: in lower case, without the part after a plus sign.
pub(super) fn normalized(email: &str) -> String {
    let email = email.to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else { return email };
    let local = local.split_once('+').map_or(local, |(before, _)| before);
    format!("{local}@{domain}")
}

/// Returns the index that the address of a generated person ends in.
pub(super) fn index_in_email(normalized: &str) -> Option<u64> {
    normalized.rsplit_once('@')?.0.rsplit_once('.')?.1.parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case_and_plus_part() {
        assert_eq!(normalized("Jane+Hiring+2@Example.com"), "jane@example.com");
        assert_eq!(normalized("ÆSOP@x+y.example"), "æsop@x+y.example");
        assert_eq!(normalized("Nobody"), "nobody");
    }

    #[test]
    fn every_role_is_some_user_s_and_of_the_second_nine_each_can_be_removed() {
        let all: Vec<_> = (1..19).map(OrgPeople::role).collect();
        assert!(ROLES[1..].iter().all(|role| all[..9].contains(role)));
        assert_eq!(all[9..], COMMON_ROLES);
        assert_eq!(OrgPeople::role(19), ROLES[1]);
    }
}
