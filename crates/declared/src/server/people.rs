//! Invented records: the inverse of a definition's rules.

use anyprofile_core::Timestamp;
use serde_json::{Map as JsonMap, Value, json};

use super::places::{append, meet, put};
use crate::{
    definition::{Case, EmailRule, ItemRule, Map, Rule, RuleTable, Scalar, TimeForm},
    mapping::fields::{GROUPS, group},
    template::remove_at,
};

/// The first moment of the invented people, 2024-01-01, in seconds since 1970.
const BEGIN: i64 = 1_704_067_200;

pub(super) fn json_of(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Bool(value) => json!(value),
        Scalar::Number(number) => json!(number),
        Scalar::Text(text) => json!(text),
    }
}

/// A time of the invented people.
fn time(form: TimeForm, seconds: i64) -> Value {
    let text = || {
        let time = Timestamp::from_unix_nanoseconds(i128::from(seconds) * 1_000_000_000);
        time.map(|time| time.to_string()).unwrap_or_default()
    };
    match form {
        TimeForm::Rfc3339 => text().into(),
        TimeForm::Date => text().split('T').next().unwrap_or_default().into(),
        TimeForm::Seconds => seconds.into(),
        TimeForm::Milliseconds => (seconds * 1000).into(),
        TimeForm::FileTime => ((seconds + 11_644_473_600) * 10_000_000).into(),
    }
}

/// Which kind of value a field has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Bool,
    Time,
}

/// Returns the service's value for one of ours.
fn theirs(table: &RuleTable, ours: &Value) -> Value {
    let known = table.values.iter().find(|(_, meaning)| json_of(meaning) == *ours);
    match known {
        Some((word, _)) if word == "true" || word == "false" => json!(word == "true"),
        Some((word, _)) => json!(word),
        // Any other word.
        None if table.otherwise.as_ref().is_some_and(|meaning| json_of(meaning) == *ours) => {
            let is_number = table.values.keys().all(|word| word.parse::<i64>().is_ok());
            if is_number { json!(BEGIN * 1000) } else { json!("another") }
        }
        None => ours.clone(),
    }
}

/// Makes a rule say a value.
pub(super) fn say(record: &mut Value, rule: &Rule, ours: &Value) {
    let table = &rule.0;
    if let Some(pick) = &table.pick {
        // One element for all rules with the same conditions.
        let mut items = record.pointer(&pick.from).and_then(Value::as_array).cloned().unwrap_or_default();
        let has = |item: &Value| {
            pick.conditions.iter().all(|(pointer, values)| {
                item.pointer(pointer)
                    .is_some_and(|value| values.0.iter().any(|wanted| json_of(wanted) == *value))
            })
        };
        let place = items.iter().position(has).unwrap_or_else(|| {
            let mut element = json!({ "mock_field": 1 });
            meet(&mut element, &pick.conditions);
            items.push(element);
            items.len() - 1
        });
        put(&mut items[place], &pick.at, theirs(table, ours));
        put(record, &pick.from, items.into());
    } else if let Some(any) = &table.any {
        let mut element = json!({ "mock_field": 1 });
        meet(&mut element, &any.conditions);
        let is_there =
            record.pointer(&any.of).and_then(Value::as_array).is_some_and(|items| !items.is_empty());
        match (*ours == json!(true), is_there) {
            (true, true) => {}
            (true, false) => put(record, &any.of, json!([element])),
            (false, _) => put(record, &any.of, json!([])),
        }
    } else if !table.first.is_empty() {
        if let Some(place) = table.first.iter().position(|case| says(case, ours)) {
            apply(record, &table.first, place, ours);
        }
    } else if let Some(pointer) = table.join.first() {
        put(record, pointer, ours.clone());
    } else if let Some(pointer) = table.at.0.first() {
        put(record, pointer, theirs(table, ours));
    }
}

fn says(case: &Case, ours: &Value) -> bool {
    case.say.as_ref().is_some_and(|say| json_of(say) == *ours)
        || case.values.values().any(|meaning| json_of(meaning) == *ours)
}

/// Makes one case apply, and those before it not.
fn apply(record: &mut Value, cases: &[Case], place: usize, ours: &Value) {
    for case in &cases[..place] {
        fail(record, case);
    }
    let case = &cases[place];
    let Some(at) = &case.at else { return };
    if let Some((word, _)) = case.values.iter().find(|(_, meaning)| json_of(meaning) == *ours) {
        let word = if word == "true" || word == "false" { json!(word == "true") } else { json!(word) };
        put(record, at, word);
        return;
    }
    let value = if let Some(is) = &case.is {
        Some(json_of(is))
    } else if let Some(one) = case.one_of.first() {
        Some(json_of(one))
    } else if let Some(part) = &case.contains {
        Some(json!([part]))
    } else if case.non_empty == Some(true) {
        Some(json!(["one"]))
    } else if case.non_empty == Some(false) {
        Some(json!([]))
    } else if let Some(limit) = case.below {
        Some(json!((limit - 1.0).trunc()))
    } else if case.in_future == Some(true) {
        Some(json!("2199-01-01T00:00:00Z"))
    } else if case.in_future == Some(false) {
        Some(json!("2020-01-01T00:00:00Z"))
    } else if case.present == Some(true) {
        // What is there already may be an object with more.
        // Otherwise it is a time, if its name says so.
        let is_time =
            ["at", "time", "date", "until", "on"].iter().any(|end| at.to_ascii_lowercase().ends_with(end));
        let value = match (is_time, at.ends_with("Id")) {
            (true, _) => json!("2024-01-01T00:00:00Z"),
            (false, true) => json!("present"),
            (false, false) => json!({ "mock_field": 1 }),
        };
        record.pointer(at).is_none_or(Value::is_null).then_some(value)
    } else {
        None
    };
    if let Some(value) = value {
        put(record, at, value);
    }
}

/// Makes a case not apply.
fn fail(record: &mut Value, case: &Case) {
    let Some(at) = &case.at else { return };
    let text = record.pointer(at).and_then(Value::as_str);
    if let (Some(text), Some(part)) = (text, &case.contains)
        && !text.contains(part.as_str())
    {
        return;
    }
    let value = match (&case.is, case.one_of.first()) {
        (Some(Scalar::Bool(value)), _) => json!(!value),
        (Some(Scalar::Number(number)), _) => json!(number + 1),
        (Some(Scalar::Text(_)), _) | (None, Some(_)) => json!("another"),
        (None, None) if case.contains.is_some() || case.non_empty == Some(true) => json!([]),
        (None, None) if case.non_empty == Some(false) => json!(["one"]),
        (None, None) if case.below.is_some() => json!(case.below.unwrap_or_default().trunc() + 1.0),
        (None, None) if case.in_future == Some(true) => json!("2020-01-01T00:00:00Z"),
        (None, None) if case.in_future == Some(false) => json!("2199-01-01T00:00:00Z"),
        (None, None) if case.present == Some(false) => json!("2024-01-01T00:00:00Z"),
        (None, None) if !case.values.is_empty() => json!("another"),
        // What is not there is not present.
        (None, None) => {
            if case.present == Some(true) {
                remove_at(record, at);
            }
            return;
        }
    };
    put(record, at, value);
}

/// Creates the record of a person.
pub(super) fn record(map: &Map, number: u64, prefix: &str, statuses: &[&str]) -> Value {
    let mut record = json!({});
    let place = i64::try_from(number).unwrap_or_default();
    let id = format!("{prefix}{number:05}");
    for (number, rule) in map.emails.iter().flatten().enumerate() {
        email(&mut record, rule, place, number, prefix);
    }
    let lists = [
        ("role", map.roles.as_deref()),
        ("group", map.groups.as_deref()),
        ("label", map.labels.as_deref()),
        ("entitlement", map.entitlements.as_deref()),
        ("phone", map.phones.as_deref()),
        ("method", map.mfa_methods.as_ref().map(std::slice::from_ref)),
    ];
    for (name, rules) in lists {
        for rule in rules.into_iter().flatten() {
            item(&mut record, rule, name, place);
        }
    }
    for (name, rule) in map.texts() {
        if let Some(rule) = rule {
            fill(&mut record, rule, name, Type::Text, place, prefix);
        }
    }
    for (name, _) in GROUPS {
        for (field, rule) in group(map, name) {
            let kind = match (*name, field.as_str()) {
                ("times", _) | (_, "last_login" | "first_login") => Type::Time,
                ("access" | "security", _) => Type::Bool,
                _ => Type::Text,
            };
            fill(&mut record, rule, field, kind, place, prefix);
        }
    }
    for (name, actor) in [("manager", &map.manager), ("owner", &map.owner), ("changed", &map.changed_by)] {
        let Some(actor) = actor else { continue };
        for (part, rule) in [("id", &actor.id), ("name", &actor.name), ("email", &actor.email)] {
            if let Some(rule) = rule {
                fill(&mut record, rule, &format!("{name} {part}"), Type::Text, place, prefix);
            }
        }
    }
    // Last, since a status must be what it is, whatever else reads the same place.
    let words: [(&Option<Rule>, &[&str]); 2] = [(&map.kind, &["human", "service"]), (&map.status, statuses)];
    for (rule, words) in words {
        let Some(rule) = rule else { continue };
        let known: Vec<&&str> = words.iter().filter(|word| can_say(rule, &json!(word))).collect();
        let wanted = usize::try_from(place).unwrap_or_default() % known.len().max(1);
        if let Some(word) = known.get(wanted) {
            say(&mut record, rule, &json!(word));
        }
    }
    // The id decides over everything that reads the same place.
    if let Some(rule) = &map.id {
        say(&mut record, rule, &json!(id));
    }
    // A field that the definition does not know.
    if let Value::Object(fields) = &mut record {
        fields.insert("mock_field".to_owned(), json!({ "number": place }));
    }
    record
}

/// Gives a record another id.
pub(super) fn with_id(mut record: Value, map: &Map, id: &str) -> Value {
    if let Some(rule) = &map.id {
        say(&mut record, rule, &json!(id));
    }
    record
}

/// Returns whether a rule can say a value.
pub(super) fn can_say(rule: &Rule, ours: &Value) -> bool {
    let table = &rule.0;
    if !table.first.is_empty() {
        return table.first.iter().any(|case| says(case, ours));
    }
    if let Some(constant) = &table.constant {
        return json_of(constant) == *ours;
    }
    table.values.is_empty()
        || table.values.values().chain(&table.otherwise).any(|meaning| json_of(meaning) == *ours)
}

fn fill(record: &mut Value, rule: &Rule, name: &str, kind: Type, place: i64, prefix: &str) {
    let table = &rule.0;
    if table.constant.is_some() {
        return;
    }
    // Some have no value, and some records do not say.
    let is_plain =
        table.first.is_empty() && table.any.is_none() && table.pick.is_none() && table.join.is_empty();
    if is_plain && name != "username" && name != "external_id" {
        match place % 11 {
            5 => {
                if let Some(pointer) = table.at.0.first() {
                    put(record, pointer, Value::Null);
                }
                return;
            }
            7 => return,
            _ => {}
        }
    }
    if !table.join.is_empty() {
        for (number, pointer) in table.join.iter().enumerate() {
            if record.pointer(pointer).is_none() {
                put(
                    record,
                    pointer,
                    json!(format!("{}{place}", if number == 0 { "Ada" } else { "Example" })),
                );
            }
        }
        return;
    }
    if !table.first.is_empty() {
        let place = usize::try_from(place).unwrap_or_default() % table.first.len();
        let ours = table.first[place].say.as_ref().map_or(Value::Null, json_of);
        apply(record, &table.first, place, &ours);
        return;
    }
    let ours = match kind {
        Type::Bool => json!(place % 2 == 0),
        Type::Time => {
            let value = time(table.time.unwrap_or_default(), BEGIN + place * 60);
            if let Some(pointer) = table.at.0.first() {
                put(record, pointer, value);
            }
            return;
        }
        Type::Text => match name {
            "picture" | "website" => json!(format!("https://example.com/{place}")),
            "country" => json!("CH"),
            "locale" => json!("de-CH"),
            "username" => json!(format!("{prefix}user{place:05}")),
            name => json!(format!("{name} {place}")),
        },
    };
    if !table.values.is_empty() {
        let place = usize::try_from(place).unwrap_or_default();
        if let Some((word, _)) = table.values.iter().nth(place % table.values.len())
            && let Some(pointer) = table.at.0.first()
        {
            let word = if word == "true" || word == "false" { json!(word == "true") } else { json!(word) };
            put(record, pointer, word);
        }
        return;
    }
    say(record, rule, &ours);
}

fn email(record: &mut Value, rule: &EmailRule, place: i64, number: usize, prefix: &str) {
    let address = json!(format!("{prefix}person{place:05}{}@example.com", "x".repeat(number)));
    let Some(at) = rule.at.0.first() else { return };
    if let Some(each) = &rule.each {
        let mut element = if at.is_empty() { address.clone() } else { json!({}) };
        if !at.is_empty() {
            put(&mut element, at, address);
        }
        meet(&mut element, &rule.conditions);
        if let Some(verified) = &rule.verified {
            say(&mut element, verified, &json!(place % 2 == 0));
        }
        if let Some(primary) = &rule.primary {
            say(&mut element, primary, &json!(true));
        }
        append(record, each, element);
    } else {
        if number > 0 && place % 2 == 1 {
            return;
        }
        if record.pointer(at).is_none() {
            put(record, at, address);
        }
        if let Some(verified) = &rule.verified {
            say(record, verified, &json!(place % 2 == 0));
        }
    }
}

fn item(record: &mut Value, rule: &ItemRule, name: &str, place: i64) {
    let text = |part: &str| json!(format!("{name}-{part}-{}", place % 4));
    let write = |target: &mut Value| {
        for (part, rule) in
            [("id", &rule.id), ("name", &rule.name), ("kind", &rule.kind), ("color", &rule.color)]
        {
            let Some(rule) = rule else { continue };
            if !rule.0.first.is_empty() {
                if place % 3 == 0 {
                    let ours = rule.0.first[0].say.as_ref().map_or(Value::Null, json_of);
                    apply(target, &rule.0.first, 0, &ours);
                }
                continue;
            }
            let values: Vec<&String> = rule.0.values.keys().collect();
            match values.get(usize::try_from(place).unwrap_or_default() % values.len().max(1)) {
                Some(word) => {
                    if let Some(pointer) = rule.0.at.0.first() {
                        put(target, pointer, json!(word));
                    }
                }
                None => say(target, rule, &text(part)),
            }
        }
        for rule in [&rule.scope, &rule.scope_id, &rule.scope_name].into_iter().flatten() {
            say(target, rule, &json!("team"));
        }
    };
    if let Some(flag) = &rule.flag {
        if record.pointer(flag).is_none() {
            put(record, flag, json!(place % 5 == 0));
        }
        return;
    }
    if let Some(each) = &rule.each {
        let is_text =
            [&rule.id, &rule.name].into_iter().flatten().any(|rule| rule.0.at.0.iter().any(String::is_empty));
        let mut element = if is_text { text("name") } else { Value::Object(JsonMap::new()) };
        if !is_text {
            write(&mut element);
            meet(&mut element, &rule.conditions);
        }
        append(record, each, element);
    } else {
        let pointers = [&rule.id, &rule.name].into_iter().flatten().flat_map(|rule| &rule.0.at.0);
        if pointers.clone().all(|pointer| record.pointer(pointer).is_none()) {
            write(record);
        }
    }
}

/// Returns the rule of a field with one value.
pub(super) fn rule_of<'a>(map: &'a Map, path: &str) -> Option<&'a Rule> {
    if let Some((name, field)) = path.split_once('.') {
        return GROUPS.iter().any(|(known, _)| *known == name).then(|| group(map, name).get(field)).flatten();
    }
    match path {
        "id" => map.id.as_ref(),
        "kind" => map.kind.as_ref(),
        "status" => map.status.as_ref(),
        _ => map.texts().into_iter().find(|(name, _)| *name == path)?.1.as_ref(),
    }
}
