//! Labels and teams as they were written.

use std::collections::BTreeMap;

use serde_json::Value;

/// The created, changed and deleted records of one kind; all others are generated.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// The records by id. A deleted record is `None`.
    records: BTreeMap<String, Option<Value>>,
    /// The ids of the created records, in order, including deleted ones.
    created: Vec<String>,
}

impl Written {
    /// Returns a record as it is now; `None` if it is deleted.
    pub(super) fn current(&self, record: Value) -> Option<Value> {
        match record["id"].as_str().and_then(|id| self.records.get(id)) {
            None => Some(record),
            Some(written) => written.clone(),
        }
    }

    /// Returns the record with this id if it was written and is not deleted.
    pub(super) fn get(&self, id: &str) -> Option<&Value> {
        self.records.get(id)?.as_ref()
    }

    pub(super) fn is_deleted(&self, id: &str) -> bool {
        self.records.get(id).is_some_and(Option::is_none)
    }

    /// Returns the generated records as they are now, followed by the created ones.
    pub(super) fn all(&self, generated: impl Iterator<Item = Value>) -> Vec<Value> {
        let created = self.created.iter().filter_map(|id| self.records.get(id)?.clone());
        generated.filter_map(|record| self.current(record)).chain(created).collect()
    }

    /// Returns the number of the next created record.
    pub(super) fn next(&self) -> u64 {
        u64::try_from(self.created.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn create(&mut self, id: &str, record: Value) {
        self.created.push(id.to_owned());
        self.records.insert(id.to_owned(), Some(record));
    }

    /// Changes a record, or deletes it.
    pub(super) fn write(&mut self, id: &str, record: Option<Value>) {
        self.records.insert(id.to_owned(), record);
    }
}
