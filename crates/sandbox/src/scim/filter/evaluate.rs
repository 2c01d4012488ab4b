//! Applies filters to records.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::{Comparison, Filter};
use crate::scim::path::{AttributePath, Record};
use crate::scim::schema::{Attribute, Data};

impl Filter {
    /// Returns whether a record, or a value of an attribute, meets the condition.
    pub(in crate::scim) fn accepts(&self, record: &Record) -> bool {
        match self {
            Self::And(one, other) => one.accepts(record) && other.accepts(record),
            Self::Or(one, other) => one.accepts(record) || other.accepts(record),
            Self::Not(condition) => !condition.accepts(record),
            Self::Present(path) => path.values(record).into_iter().any(is_present),
            // What has no value differs from every value.
            Self::Compare(path, Comparison::NotEqual, value) => {
                !is_met(path, Comparison::Equal, value, record)
            }
            Self::Compare(path, comparison, value) => is_met(path, *comparison, value, record),
            Self::Within(path, condition) => {
                path.values(record).into_iter().filter_map(Value::as_object).any(|it| condition.accepts(it))
            }
        }
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(is_present),
        Value::Object(fields) => fields.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_met(path: &AttributePath, comparison: Comparison, wanted: &Value, record: &Record) -> bool {
    let values = path.values(record);
    match (wanted, path.last()) {
        (Value::Null, _) => !values.into_iter().any(is_present),
        (_, Some(attribute)) => {
            values.into_iter().any(|value| compares(attribute, value, comparison, wanted))
        }
        (_, None) => false,
    }
}

fn compares(attribute: &Attribute, value: &Value, comparison: Comparison, wanted: &Value) -> bool {
    match (attribute.data, value, wanted) {
        (Data::Flag, _, Value::Bool(wanted)) => flag(value) == Some(*wanted),
        (Data::Time, Value::String(value), Value::String(wanted)) => {
            match (instant(value), instant(wanted)) {
                (Some(value), Some(wanted)) => is_ordered(value.cmp(&wanted), comparison),
                _ => false,
            }
        }
        (_, Value::String(value), Value::String(wanted)) if attribute.is_case_exact => {
            compares_text(value, comparison, wanted)
        }
        (_, Value::String(value), Value::String(wanted)) => {
            compares_text(&value.to_lowercase(), comparison, &wanted.to_lowercase())
        }
        _ => false,
    }
}

fn compares_text(value: &str, comparison: Comparison, wanted: &str) -> bool {
    match comparison {
        Comparison::Contains => value.contains(wanted),
        Comparison::StartsWith => value.starts_with(wanted),
        Comparison::EndsWith => value.ends_with(wanted),
        _ => is_ordered(value.cmp(wanted), comparison),
    }
}

fn is_ordered(order: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => false,
    }
}

/// Returns a Boolean, which some records have as text.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Reads a time.
pub(in crate::scim) fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::schema::Kind;

    #[test]
    fn a_record_meets_what_is_true_of_it() {
        let record = json!({
            "userName": "Ada@Example.com", "externalId": "A-1", "active": "False", "displayName": "",
            "meta": {"created": "2024-01-02T03:04:05.500Z"},
            "emails": [{"value": "ada@example.com", "type": "work"}, {"value": "ada@example.org", "type": "home"}],
        });
        let record = record.as_object().expect("a record");
        for (text, is_met) in [
            ("username EQ \"ada@example.COM\"", true),
            ("externalId eq \"a-1\"", false),
            ("externalId eq \"A-1\"", true),
            ("userName sw \"ada\" and userName ew \".com\" and userName co \"@\"", true),
            ("active eq false", true),
            ("active ne false", false),
            ("active eq true or title pr", false),
            ("title ne \"x\" and title eq null", true),
            ("displayName pr", false),
            ("emails pr and emails eq \"ADA@example.org\"", true),
            ("emails.type eq \"home\" and emails.value ew \"com\"", true),
            ("emails[type eq \"home\" and value ew \"com\"]", false),
            ("emails[type eq \"home\" and value ew \"org\"]", true),
            ("not (emails[type eq \"sideline\"])", true),
            ("meta.created ge \"2024-01-02T04:04:05.5+01:00\"", true),
            ("meta.created gt \"2024-01-02T03:04:05.5Z\"", false),
            ("meta.created lt \"2024-01-02T03:04:06Z\" and userName le \"b\"", true),
            // `and` binds tighter than `or`.
            ("active eq false or active eq false and title pr", true),
            ("(active eq false or active eq false) and title pr", false),
        ] {
            let filter = Filter::parse(Kind::User, text).unwrap_or_else(|it| panic!("{text}: {it:?}"));
            assert_eq!(filter.accepts(record), is_met, "{text}");
        }
    }
}
