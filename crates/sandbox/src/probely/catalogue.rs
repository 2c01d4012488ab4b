//! The roles and permissions of users.

use serde_json::{Map, Value, json};

use super::query::page_and_length;
use super::records::{OWNER, PERMISSIONS, ROLES};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// The descriptions of the assignable roles; the last of them is the account's own.
const DESCRIPTIONS: [&str; 4] = ["All permissions", "", "Lecture seule", "外部の人"];

impl Probely {
    pub(super) fn list_roles(&self, call: &Call) -> Reply {
        self.page_of_all(call, &(0..=ROLES.len()).map(role).collect::<Vec<_>>())
    }

    pub(super) fn list_permissions(&self, call: &Call) -> Reply {
        let permissions = PERMISSIONS.iter().enumerate().map(|(place, (id, name))| {
            let mut permission = json!({"id": id, "name": name});
            // One permission without a description.
            if place != 1 {
                permission["description"] = if place == 2 { "" } else { "Of a role" }.into();
            }
            permission
        });
        self.page_of_all(call, &permissions.collect::<Vec<_>>())
    }

    pub(super) fn page_of_all(&self, call: &Call, all: &[Value]) -> Reply {
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

/// Responds with the role that has this id.
pub(super) fn retrieve_role(id: &str) -> Reply {
    match (0..=ROLES.len()).map(role).find(|role| role["id"] == id) {
        Some(role) => Reply::json(200, &role),
        None => detail(404, "Not found."),
    }
}

/// Returns a role with all its fields. After the assignable roles comes the owner's.
pub(super) fn role(place: usize) -> Value {
    let (id, name) = *ROLES.get(place).unwrap_or(&OWNER);
    let mut role = Map::new();
    role.insert("id".to_owned(), id.into());
    role.insert("name".to_owned(), name.into());
    role.insert("custom".to_owned(), (place == 3).into());
    // One role without a description.
    if place != 2 {
        role.insert("description".to_owned(), (*DESCRIPTIONS.get(place).unwrap_or(&"")).into());
    }
    let permissions = PERMISSIONS.iter().skip(place % ROLES.len());
    let permissions = permissions.map(|(id, name)| json!({"id": id, "name": name}));
    role.insert("permissions".to_owned(), permissions.collect());
    Value::Object(role)
}
