//! Changes of invented records.

use serde_json::{Value, json};

use super::{
    people::{rule_of, say},
    places::{meet, put},
};
use crate::definition::{ItemRule, Map};

/// Sets a field of a record to one of our values, by its path.
pub(super) fn set(record: &mut Value, map: &Map, path: &str, ours: &Value) {
    if path == "emails" {
        if let Some(rule) = map.emails.iter().flatten().find(|rule| rule.each.is_none())
            && let Some(at) = rule.at.0.first()
        {
            put(record, at, ours.clone());
        } else if let Some(rule) = map.emails.iter().flatten().next()
            && let (Some(each), Some(at)) = (&rule.each, rule.at.0.first())
        {
            let mut element = json!({});
            put(&mut element, at, ours.clone());
            meet(&mut element, &rule.conditions);
            put(record, each, json!([element]));
        }
        return;
    }
    let list = match path {
        "roles" => map.roles.as_deref(),
        "groups" => map.groups.as_deref(),
        "labels" => map.labels.as_deref(),
        "phones" => map.phones.as_deref(),
        _ => None,
    };
    if let Some(rules) = list {
        set_items(record, rules, ours);
        return;
    }
    if let Some(rule) = rule_of(map, path) {
        if ours.is_null() {
            for pointer in rule.0.at.0.iter().take(1) {
                put(record, pointer, Value::Null);
            }
        } else {
            say(record, rule, ours);
        }
    }
}

fn set_items(record: &mut Value, rules: &[ItemRule], ours: &Value) {
    let values: Vec<Value> = match ours {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    };
    for rule in rules {
        let part = rule.id.as_ref().or(rule.name.as_ref());
        match (&rule.each, part, &rule.flag) {
            (Some(each), Some(part), _) => {
                let elements: Vec<Value> = values
                    .iter()
                    .map(|value| {
                        let mut element =
                            if part.0.at.0.iter().any(String::is_empty) { value.clone() } else { json!({}) };
                        if element.is_object() {
                            say(&mut element, part, value);
                            meet(&mut element, &rule.conditions);
                        }
                        element
                    })
                    .collect();
                put(record, each, elements.into());
            }
            (None, Some(part), _) => {
                if let Some(value) = values.first() {
                    say(record, part, value);
                }
            }
            (_, None, Some(flag)) => {
                let is_set = rule.name_is.as_ref().is_some_and(|name| values.contains(&json!(name)));
                put(record, flag, json!(is_set));
            }
            _ => {}
        }
    }
}
