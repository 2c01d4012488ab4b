//! Builds records whose fields are sometimes a value, and sometimes null, absent or empty.

use serde_json::{Map, Value};

/// The turns of a field's cycle at which it is not a plain value. Turn 0 always is one, so record 0 is
/// complete. Cycles of at most 20 turns show every variation within the first 20 records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gaps {
    every: u64,
    null: u64,
    absent: u64,
    empty: u64,
}

impl Gaps {
    pub(crate) const fn every(every: u64) -> Self {
        Self { every, null: 0, absent: 0, empty: 0 }
    }

    pub(crate) const fn null(self, at: u64) -> Self {
        Self { null: at, ..self }
    }

    pub(crate) const fn absent(self, at: u64) -> Self {
        Self { absent: at, ..self }
    }

    pub(crate) const fn empty(self, at: u64) -> Self {
        Self { empty: at, ..self }
    }
}

/// A JSON object under construction.
#[derive(Debug)]
pub(crate) struct Fields {
    index: u64,
    map: Map<String, Value>,
}

impl Fields {
    pub(crate) fn new(index: u64) -> Self {
        Self { index, map: Map::new() }
    }

    pub(crate) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.map.insert(name.to_owned(), value.into());
    }

    /// Sets the value, unless it is this record's turn to have a gap.
    pub(crate) fn vary(&mut self, name: &str, gaps: Gaps, value: impl Into<Value>) {
        let turn = self.index % gaps.every;
        if turn == 0 {
            self.put(name, value);
        } else if turn == gaps.null {
            self.put(name, Value::Null);
        } else if turn == gaps.empty {
            self.put(name, "");
        } else if turn != gaps.absent {
            self.put(name, value);
        }
    }

    pub(crate) fn finish(self) -> Map<String, Value> {
        self.map
    }
}
