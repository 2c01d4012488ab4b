//! What a write changed besides what it was for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Plan;
use crate::{
    Capabilities, Field, FieldPath, FieldState, Profile, Write,
    profile::{Origin, View},
    written::canonical,
};

/// What a service changes by itself.
const KEPT_BY_SERVICE: [FieldPath; 6] = [
    FieldPath::CHANGED_BY,
    FieldPath::SECURITY_FIRST_LOGIN,
    FieldPath::SECURITY_LAST_LOGIN,
    FieldPath::TIMES_STATUS_CHANGED,
    FieldPath::TIMES_UPDATED,
    FieldPath::ID,
];

/// The fields that an update was not for and that differ from the profile before.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// Those with another value, or with null now.
    pub(super) changed: Vec<FieldPath>,
    /// Those that had a value, and of which the record that should have it says nothing.
    pub(super) gone: Vec<FieldPath>,
}

impl Aside {
    /// Compares the profile that a plan was made with and what the service shows after its requests.
    pub(super) fn of(plan: &Plan, written: &Profile, capabilities: &Capabilities) -> Self {
        let mut aside = Self::default();
        let (Some(before), Write::Update { .. }) = (plan.current(), plan.write()) else { return aside };
        let asked: Vec<&FieldPath> = plan.asked().map(|it| &it.field).collect();
        for spec in capabilities.fields.iter() {
            let path = &spec.path;
            // What only the service sets, such as the version of a record, changes with each write.
            let is_its_own = path.as_str().starts_with("extension.") && spec.write.is_none();
            if KEPT_BY_SERVICE.contains(path) || is_its_own || asked.iter().any(|asked| follows(path, asked))
            {
                continue;
            }
            // A record that was read only once says nothing about a change.
            if !is_of_both(path, before, written) {
                continue;
            }
            let comparable = |profile: &Profile| {
                let value = profile.value(path).map(|value| comparable(value, path, &asked));
                value.and_then(|value| canonical(&Field::Value(value), path, capabilities).into_value())
            };
            match (comparable(before), comparable(written)) {
                (Some(was), Some(is)) if was == is => {}
                (Some(_), Some(_)) => aside.changed.push(path.clone()),
                (Some(_), None) if written.is_null(path) => aside.changed.push(path.clone()),
                (None, Some(_)) if before.is_null(path) => aside.changed.push(path.clone()),
                (Some(_), None) if written.state(path, capabilities) == FieldState::Absent => {
                    aside.gone.push(path.clone());
                }
                _ => {}
            }
        }
        aside
    }

    /// Returns all of them, and further ones.
    pub(super) fn into_fields(self, further: Vec<FieldPath>) -> Vec<FieldPath> {
        let all: BTreeSet<FieldPath> = self.changed.into_iter().chain(self.gone).chain(further).collect();
        all.into_iter().collect()
    }
}

/// Returns whether a field is another form of one that was written, or follows from it.
fn follows(path: &FieldPath, asked: &FieldPath) -> bool {
    let of_name = |path: &FieldPath| path.group() == Some("name");
    path == asked
        || (of_name(path) && of_name(asked))
        || (*asked == FieldPath::STATUS && *path == FieldPath::STATUS_RAW)
        || (*asked == FieldPath::ROLES
            && (*path == FieldPath::GROUPS
                || *path == FieldPath::ENTITLEMENTS
                || path.group() == Some("access")))
}

/// Returns whether the records that show a field were read before and after.
fn is_of_both(path: &FieldPath, before: &Profile, written: &Profile) -> bool {
    let is_read = |view: Option<&View>, profile: &Profile| {
        let mut views = profile.origin.iter().flat_map(Origin::views);
        view.is_none_or(|view| views.any(|read| read == view))
    };
    is_read(before.origin_of(path), written) && is_read(written.origin_of(path), before)
}

/// Returns a value without the keys that were written, and in a form in which the order of a list does not matter.
fn comparable(value: Value, path: &FieldPath, asked: &[&FieldPath]) -> Value {
    match value {
        Value::Array(items) => {
            let is_of_addresses = *path == FieldPath::EMAILS;
            let text = |item: &Value| {
                let text = item.to_string();
                if is_of_addresses { text.to_lowercase() } else { text }
            };
            let mut items: Vec<String> = items.iter().map(text).collect();
            items.sort();
            items.into()
        }
        Value::Object(mut fields) if *path == FieldPath::METADATA => {
            for key in asked.iter().filter_map(|asked| asked.metadata_key()) {
                fields.remove(key);
            }
            fields.into()
        }
        other => other,
    }
}
