//! The labels of users. Client code has the operations of `/labels/` too, which are taken to have the same
//! labels.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::input::Write;
use super::records::LABELS;
use super::store::Store;
use super::user::{label, written_label};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};
use crate::ids::IdSpace;

/// Which of the two paths of labels was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelPath {
    /// `/labels/users/`, where every write needs the name and the color.
    OfUsers,
    /// `/labels/`, where a write needs at most the name.
    OfAll,
}

impl Store {
    pub(super) fn all_labels(&self) -> Vec<Value> {
        let owner = self.owner.as_deref();
        self.labels.all((0..LABELS.len()).map(|place| label(self.records.seed, place, owner)))
    }

    fn label(&self, id: &str) -> Option<Value> {
        self.all_labels().into_iter().find(|label| label["id"] == id)
    }

    fn has_label_named(&self, name: &str, except: Option<&str>) -> bool {
        let mut labels = self.all_labels().into_iter();
        labels.any(|label| label["name"] == name && label["id"].as_str() != except)
    }

    fn create_label(&mut self, written: (&str, &str), now: i64) -> Value {
        self.version += 1;
        let id = IdSpace::new(self.records.seed, "probely label").short(self.labels.next());
        let label = written_label(self.records.seed, &id, written, self.owner.as_deref(), now);
        Arc::make_mut(&mut self.labels).create(&id, label.clone());
        label
    }

    fn write_label(&mut self, id: &str, label: Option<Value>) {
        self.version += 1;
        Arc::make_mut(&mut self.labels).write(id, label);
    }

    /// Returns the labels by name, and creates those that do not exist.
    pub(super) fn resolve_labels(&mut self, written: &[(String, String)], now: i64) -> Vec<Value> {
        let mut labels: Vec<Value> = Vec::new();
        for (name, color) in written {
            if labels.iter().any(|label| label["name"] == *name) {
                continue;
            }
            let known = self.all_labels().into_iter().find(|label| label["name"] == *name);
            labels.push(known.unwrap_or_else(|| self.create_label((name, color), now)));
        }
        labels
    }
}

impl Probely {
    pub(super) fn list_labels(&self, call: &Call) -> Reply {
        let search = call.query.get("search").unwrap_or_default().to_lowercase();
        let mut labels = self.read_store().all_labels();
        labels.retain(|label| label["name"].as_str().unwrap_or_default().to_lowercase().contains(&search));
        self.page_of_all(call, &labels)
    }

    pub(super) fn retrieve_label(&self, id: &str) -> Reply {
        self.read_store().label(id).map_or_else(not_found, |label| Reply::json(200, &label))
    }

    /// Creates a label. The response for a name that exists is not published; here, it is refused.
    pub(super) fn create_label(&self, call: &Call, path: LabelPath) -> Reply {
        let (name, color) = match self.read_label(call, path, Write::Create) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let (name, color) = (name.unwrap_or_default(), color.unwrap_or_default());
        let mut store = self.write_store();
        if store.has_label_named(&name, None) {
            return name_is_taken();
        }
        let now = self.clock.now();
        Reply::json(201, &store.create_label((&name, &color), now))
    }

    /// Changes a label, also where users have it.
    pub(super) fn update_label(&self, call: &Call, id: &str, path: LabelPath, write: Write) -> Reply {
        if self.read_store().label(id).is_none() {
            return not_found();
        }
        let (name, color) = match self.read_label(call, path, write) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let Some(before) = store.label(id) else { return not_found() };
        if name.as_deref().is_some_and(|name| store.has_label_named(name, Some(id))) {
            return name_is_taken();
        }
        let kept = |field: &str| before[field].as_str().unwrap_or_default().to_owned();
        let (name, color) = (name.unwrap_or_else(|| kept("name")), color.unwrap_or_else(|| kept("color")));
        let now = self.clock.now();
        let label = written_label(store.records.seed, id, (&name, &color), store.owner.as_deref(), now);
        store.write_label(id, Some(label.clone()));
        Reply::json(200, &label)
    }

    /// Deletes a label, and takes it from users. Nothing is published about users that have it.
    pub(super) fn destroy_label(&self, id: &str) -> Reply {
        let mut store = self.write_store();
        if store.label(id).is_none() {
            return not_found();
        }
        store.write_label(id, None);
        Reply::empty(204)
    }

    fn read_label(
        &self,
        call: &Call,
        path: LabelPath,
        write: Write,
    ) -> Result<(Option<String>, Option<String>), Reply> {
        let mut reader = self.reader(call)?;
        let needs_both = path == LabelPath::OfUsers;
        let read = reader.label(needs_both || write == Write::Create, needs_both);
        reader.finish(read)
    }
}

fn not_found() -> Reply {
    detail(404, "Not found.")
}

fn name_is_taken() -> Reply {
    let messages = json!(["A label with this name already exists."]);
    field_errors(Map::from_iter([("name".to_owned(), messages)]))
}
