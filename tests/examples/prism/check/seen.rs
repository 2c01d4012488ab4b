//! What a call gives, beside what was sent for it.

use std::collections::{BTreeMap, BTreeSet};

use anyprofile::{Field, profile::UnknownFields};
use serde::Serialize;
use serde_json::Value;

/// A record that keeps what it does not know.
pub(crate) trait Record: Serialize {
    /// The keys that the type does not have.
    fn unknown(&self) -> &UnknownFields;
}

/// Records of these types keep the keys that they do not have in `unknown`.
macro_rules! records {
    ($($record:ty),+ $(,)?) => {
        $(impl $crate::check::Record for $record {
            fn unknown(&self) -> &::anyprofile::profile::UnknownFields {
                &self.unknown
            }
        })+
    };
}
pub(crate) use records;

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The records, written again.
    pub(super) records: Value,
    /// Where they are in the response.
    pub(super) at: &'static str,
    pub(super) quarantined: usize,
    pub(super) unknown: BTreeSet<String>,
}

impl Seen {
    /// Nothing, of a response without a body.
    pub(crate) fn nothing() -> Self {
        Self::value(Value::Null)
    }

    /// What is no record.
    pub(crate) fn value(value: Value) -> Self {
        Self { at: "", records: value, quarantined: 0, unknown: BTreeSet::new() }
    }

    /// One record, which is the whole response.
    pub(crate) fn one<T: Record>(record: &T) -> Self {
        Self { unknown: unknown(record).collect(), ..Self::value(written(record)) }
    }

    /// Records by name, null ones among them.
    pub(crate) fn named<T: Record>(records: &BTreeMap<String, Field<T>>, quarantined: usize) -> Self {
        let known = records.values().filter_map(Field::value);
        Self { quarantined, unknown: known.flat_map(unknown).collect(), ..Self::value(written(records)) }
    }

    /// A list of records.
    pub(crate) fn many<T: Record>(at: &'static str, records: &[T], quarantined: usize) -> Self {
        Self {
            at,
            records: records.iter().map(written).collect(),
            quarantined,
            unknown: records.iter().flat_map(unknown).collect(),
        }
    }
}

fn written<T: Serialize>(record: &T) -> Value {
    serde_json::to_value(record).unwrap_or_else(|error| Value::from(format!("cannot be written: {error}")))
}

fn unknown<T: Record>(record: &T) -> impl Iterator<Item = String> {
    record.unknown().iter().map(|(key, _)| key.to_owned())
}

/// What a record writes in place of a secret.
const WITHHELD: &str = "[withheld]";

/// Where a record that was read and written again is not what was sent. An id may have become a text, and a secret is
/// not written.
pub(super) fn difference(place: &str, sent: &Value, kept: &Value) -> Option<String> {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => {
            let keys: BTreeSet<_> = sent.keys().chain(kept.keys()).collect();
            keys.into_iter().find_map(|key| match (sent.get(key), kept.get(key)) {
                (Some(sent), Some(kept)) => difference(&format!("{place}/{key}"), sent, kept),
                (Some(_), None) => Some(format!("{place}/{key} is lost")),
                (None, _) => Some(format!("{place}/{key} is made up")),
            })
        }
        (Value::Array(sent), Value::Array(kept)) if sent.len() == kept.len() => sent
            .iter()
            .zip(kept)
            .enumerate()
            .find_map(|(index, (sent, kept))| difference(&format!("{place}/{index}"), sent, kept)),
        (Value::Number(sent), Value::String(kept)) if sent.to_string() == *kept => None,
        _ if sent == kept || kept == WITHHELD => None,
        _ => Some(format!("{place}/ is another")),
    }
}
