//! The generated groups, and who is in them.

use serde_json::{Value, json};

use super::ids::Ids;
use super::resource::Resource;
use super::schema::{GROUP_SCHEMA, Kind};
use crate::clock::{DAY, EPOCH, stamp};
use crate::fields::Fields;

/// The groups that there are without any profile.
const NAMES: [&str; 5] = ["Administrators", "Engineering", "On call", "Alumni", "Élan & friends"];
const ADMINISTRATORS: u64 = 0;
const ENGINEERING: u64 = 1;
const ON_CALL: u64 = 2;
const FRIENDS: u64 = 4;
/// The first group of a team.
const TEAMS: u64 = 5;
/// The number of profiles of which some are a team.
const TEAM_SIZE: u64 = 40;

/// Returns the number of groups.
pub(super) fn count(profiles: u64) -> u64 {
    TEAMS + profiles / TEAM_SIZE
}

/// Returns the generated groups that a generated user is in.
pub(super) fn of_user(index: u64, profiles: u64) -> Vec<u64> {
    let team = TEAMS + index / TEAM_SIZE;
    [ADMINISTRATORS, ENGINEERING, ON_CALL, FRIENDS, team]
        .into_iter()
        .filter(|group| *group < count(profiles) && has(*group, index))
        .collect()
}

/// Returns the generated group that a generated group is in.
pub(super) fn of_group(index: u64) -> Option<u64> {
    (index == ENGINEERING).then_some(ON_CALL)
}

/// Returns whether a user is in a group.
fn has(group: u64, index: u64) -> bool {
    match group {
        ADMINISTRATORS => index < 2,
        ENGINEERING => index < TEAM_SIZE && index % 4 == 1,
        ON_CALL => index == 2,
        FRIENDS => index < TEAM_SIZE && index % 9 == 4,
        team => team >= TEAMS && team - TEAMS == index / TEAM_SIZE && index % 5 == 2,
    }
}

/// Returns a group without what was written to it.
pub(super) fn generated(ids: Ids, index: u64, profiles: u64) -> Resource {
    let mut fields = Fields::new(index);
    let named = usize::try_from(index).ok().and_then(|place| NAMES.get(place));
    let name = named.map_or_else(|| format!("Team {}", index - TEAMS + 1), |name| (*name).to_owned());
    fields.put("displayName", name);
    if index.is_multiple_of(3) {
        fields.put("externalId", format!("G-{index}"));
    }
    fields.put("schemas", json!([GROUP_SCHEMA]));
    let first = index.saturating_sub(TEAMS) * TEAM_SIZE;
    let users = (first..profiles.min(first + TEAM_SIZE)).filter(|user| has(index, *user));
    let mut members: Vec<Value> = users.map(|user| member(ids, index, user)).collect();
    if index == ON_CALL {
        members.push(json!({"value": ids.group(ENGINEERING), "type": "Group"}));
    }
    fields.put("members", members);
    let created = EPOCH + i64::try_from(index % 700).unwrap_or(0) * DAY;
    Resource {
        kind: Kind::Group,
        id: ids.group(index),
        fields: fields.finish(),
        created: stamp(created, 0, "Z"),
        modified: stamp(created + DAY, 3, "Z"),
        revision: 0,
    }
}

/// Returns a member. Many servers do not say of users what they are.
fn member(ids: Ids, group: u64, user: u64) -> Value {
    if (group + user).is_multiple_of(2) {
        json!({"value": ids.user(user)})
    } else {
        json!({"value": ids.user(user), "type": "User"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_a_group_is_the_same_from_both_sides() {
        let ids = Ids::new(1);
        for profiles in [0, 1, 39, 40, 200] {
            for user in 0..profiles {
                let of_user = of_user(user, profiles);
                for group in 0..count(profiles) {
                    let members = &generated(ids, group, profiles).fields["members"];
                    let is_member =
                        members.as_array().expect("a list").iter().any(|it| it["value"] == ids.user(user));
                    assert_eq!(is_member, of_user.contains(&group), "{user} in {group} of {profiles}");
                }
            }
        }
    }
}
