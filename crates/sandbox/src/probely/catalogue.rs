//! The roles, labels and teams of users, and the role assignments.

use serde_json::{Map, Value, json};

use super::query::page_and_length;
use super::records::{ROLES, TEAMS};
use super::store::Group;
use super::user::User;
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// The descriptions of the roles; the last role is the account's own.
const DESCRIPTIONS: [&str; 4] = ["All permissions", "", "Lecture seule", "外部の人"];

impl Probely {
    pub(super) fn list_roles(&self, call: &Call) -> Reply {
        self.page_of_all(call, &(0..ROLES.len()).map(role).collect::<Vec<_>>())
    }

    pub(super) fn list_labels(&self, call: &Call) -> Reply {
        let labels = self.read_store().all_labels();
        self.page_of_all(call, &labels)
    }

    pub(super) fn list_teams(&self, call: &Call) -> Reply {
        let teams = TEAMS.iter().map(|(id, name)| json!({"id": id, "name": name}));
        self.page_of_all(call, &teams.collect::<Vec<_>>())
    }

    /// Lists the assignments of all users, then of all API users. Only those of the page are generated.
    pub(super) fn list_user_roles(&self, call: &Call) -> Reply {
        let (page, length) = match page_and_length(&call.query, self.max_page_size) {
            Ok(wanted) => wanted,
            Err(errors) => return field_errors(errors),
        };
        let store = self.read_store();
        let of = |group| store.indexes(group).map(move |index| (group, index));
        let users = of(Group::People).chain(of(Group::Services));
        let first = (page - 1).saturating_mul(length);
        let end = first.saturating_add(length);
        let (mut count, mut shown) = (0_u64, Vec::new());
        for (group, index) in users {
            let user = store.user(group, index);
            for place in 0..user.roles.len() {
                if (first..end).contains(&count) {
                    shown.push(assignment(&user, place));
                }
                count += 1;
            }
        }
        envelope(count, page, length, &shown)
    }

    fn page_of_all(&self, call: &Call, all: &[Value]) -> Reply {
        let (page, length) = match page_and_length(&call.query, self.max_page_size) {
            Ok(wanted) => wanted,
            Err(errors) => return field_errors(errors),
        };
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let first = (page - 1).saturating_mul(length).min(count);
        let place = |place: u64| usize::try_from(place).unwrap_or(all.len());
        let shown = &all[place(first)..place(first.saturating_add(length).min(count))];
        envelope(count, page, length, shown)
    }
}

/// Returns a page of any list.
pub(super) fn envelope(count: u64, page: u64, length: u64, results: &[Value]) -> Reply {
    let page_total = count.div_ceil(length).max(1);
    if page > page_total {
        return detail(404, "Invalid page.");
    }
    Reply::json(
        200,
        &json!({
            "count": count, "page_total": page_total, "page": page, "length": length, "results": results,
        }),
    )
}

fn role(place: usize) -> Value {
    let (id, name) = ROLES[place];
    let mut role = Map::new();
    role.insert("id".to_owned(), id.into());
    role.insert("name".to_owned(), name.into());
    role.insert("custom".to_owned(), (place == 3).into());
    // One role without a description.
    if place != 2 {
        role.insert("description".to_owned(), DESCRIPTIONS[place].into());
    }
    Value::Object(role)
}

/// Returns the assignment as in the user, with all fields of the role.
fn assignment(user: &User, place: usize) -> Value {
    let held = &user.roles[place];
    let mut shown = user.role(place, held);
    if let Some(place) = ROLES.iter().position(|(id, _)| *id == held.id()) {
        shown["role"] = role(place);
    }
    shown
}
