//! Whether a profile meets a condition.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Attribute, Comparison, Condition, Operator, comparison::time};
use crate::{
    Capabilities, Field, FieldPath, FieldState, Profile, Verdict,
    email::is_same_address,
    profile::value::Record,
    profile::{FieldRef, ValueRef, ValueType},
};

/// The profile to test, or an item of one of its lists.
struct Subject<'a> {
    profile: &'a Profile,
    capabilities: &'a Capabilities,
    /// The list and its item, inside brackets.
    item: Option<(&'a FieldPath, ValueRef<'a>)>,
}

impl Condition {
    /// Returns whether the profile meets the condition. `capabilities` are those of its provider.
    pub fn matches(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        self.holds(&Subject { profile, capabilities, item: None })
    }

    /// Returns whether the profile meets the condition. Returns [`Verdict::Unknown`] if it does not, but might if more fields were
    /// known.
    pub fn verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let subject = Subject { profile, capabilities, item: None };
        if self.holds(&subject) {
            return Verdict::Yes;
        }
        match self.known(&subject) {
            Verdict::Unknown => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    /// Returns whether it is known that the profile meets the condition. Returns [`Verdict::Unknown`] if the result depends on an
    /// unknown field, also under `not` and `ne`.
    pub fn known_verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        self.known(&Subject { profile, capabilities, item: None })
    }

    /// Returns whether a profile can meet the condition although only some fields are shown. A field that is not shown has no
    /// value, so that its comparisons do not hold; every other test may have either result.
    pub(crate) fn can_match(&self, is_shown: &dyn Fn(&FieldPath) -> bool) -> bool {
        self.can_be(true, is_shown)
    }

    /// Whether the condition can have this result.
    fn can_be(&self, result: bool, is_shown: &dyn Fn(&FieldPath) -> bool) -> bool {
        match self {
            Self::And(conditions) if result => conditions.iter().all(|it| it.can_be(true, is_shown)),
            Self::And(conditions) => conditions.iter().any(|it| it.can_be(false, is_shown)),
            Self::Or(conditions) if result => conditions.iter().any(|it| it.can_be(true, is_shown)),
            Self::Or(conditions) => conditions.iter().all(|it| it.can_be(false, is_shown)),
            Self::Not(condition) => condition.can_be(!result, is_shown),
            Self::Compare(comparison) => !result || is_shown(comparison.attribute().field()),
            Self::Is { .. } => true,
            Self::Item(item) => !result || is_shown(item.list()) && item.condition().can_be(true, is_shown),
        }
    }

    fn holds(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::And(conditions) => conditions.iter().all(|it| it.holds(subject)),
            Self::Or(conditions) => conditions.iter().any(|it| it.holds(subject)),
            Self::Not(condition) => !condition.holds(subject),
            Self::Compare(comparison) => subject.compare(comparison).is_yes(),
            Self::Is { attribute, state } => subject.has_state(attribute, *state),
            Self::Item(item) => {
                subject.items(item.list(), |subject| item.condition().holds(subject).into()).is_yes()
            }
        }
    }

    fn known(&self, subject: &Subject<'_>) -> Verdict {
        match self {
            Self::And(conditions) => {
                conditions.iter().fold(Verdict::Yes, |verdict, it| verdict.and(it.known(subject)))
            }
            Self::Or(conditions) => {
                conditions.iter().fold(Verdict::No, |verdict, it| verdict.or(it.known(subject)))
            }
            Self::Not(condition) => !condition.known(subject),
            Self::Compare(comparison) => subject.compare(comparison),
            Self::Is { attribute, state } => subject.has_state(attribute, *state).into(),
            Self::Item(item) => subject.items(item.list(), |subject| item.condition().known(subject)),
        }
    }
}

impl Subject<'_> {
    /// Compares a field, or a part of it; inside the brackets of a list, a part of the item.
    fn compare(&self, comparison: &Comparison) -> Verdict {
        let attribute = comparison.attribute();
        if let Some((list, item)) = &self.item
            && *list == attribute.field()
            && let Some(part) = attribute.part()
        {
            return compare_field(&part_of(item, part), comparison);
        }
        let field = attribute.field();
        match self.profile.state(field, self.capabilities) {
            FieldState::Value => {}
            FieldState::Null => return without_value(comparison),
            _ => return Verdict::Unknown,
        }
        let Field::Value(value) = self.profile.get(field) else { return Verdict::Unknown };
        match (attribute.part(), &value) {
            (None, ValueRef::List(list)) => {
                let parts = list.items().iter().map(|item| default_part(field, item)).collect();
                compare_parts(parts, comparison)
            }
            (None, ValueRef::Record(record)) => {
                let parts = record.fields().into_iter().map(|(_, part)| vec![part]).collect();
                compare_parts(parts, comparison)
            }
            (None, value) => compare_field(&Field::Value(value.clone()), comparison),
            (Some(part), ValueRef::List(list)) => {
                let parts = list.items().iter().map(|item| vec![part_of(item, part)]).collect();
                compare_parts(parts, comparison)
            }
            (Some(part), value) => compare_field(&part_of(value, part), comparison),
        }
    }

    fn has_state(&self, attribute: &Attribute, state: FieldState) -> bool {
        let Some(part) = attribute.part() else {
            return self.profile.state(attribute.field(), self.capabilities) == state;
        };
        match &self.item {
            Some((list, item)) if *list == attribute.field() => part_of(item, part).record_state() == state,
            _ => match self.profile.get(attribute.field()) {
                Field::Value(ValueRef::List(list)) => {
                    list.items().iter().any(|item| part_of(item, part).record_state() == state)
                }
                Field::Value(value) => part_of(&value, part).record_state() == state,
                // A field without a value has no parts: they are in its state.
                _ => self.profile.state(attribute.field(), self.capabilities) == state,
            },
        }
    }

    /// Whether one item of a list meets a condition.
    fn items(&self, list: &FieldPath, mut verdict: impl FnMut(&Subject<'_>) -> Verdict) -> Verdict {
        match (self.profile.state(list, self.capabilities), self.profile.get(list)) {
            (FieldState::Value, Field::Value(ValueRef::List(items))) => {
                items.items().into_iter().fold(Verdict::No, |found, item| {
                    let subject = Subject {
                        profile: self.profile,
                        capabilities: self.capabilities,
                        item: Some((list, item)),
                    };
                    found.or(verdict(&subject))
                })
            }
            (FieldState::Value | FieldState::Null, _) => Verdict::No,
            _ => Verdict::Unknown,
        }
    }
}

/// The parts that stand for an item of a list, the one that decides first: a label or a role is named by its name, or by its id.
fn default_part<'a>(list: &FieldPath, item: &ValueRef<'a>) -> Vec<FieldRef<'a>> {
    let names: &[&str] = match list {
        list if *list == FieldPath::EMAILS => &["address"],
        list if *list == FieldPath::LABELS => &["name", "id"],
        list if *list == FieldPath::ROLES => &["role.name", "role.id"],
        _ => return vec![Field::Value(item.clone())],
    };
    names.iter().map(|name| part_of(item, name)).collect()
}

/// A part of a record, by names that are joined by dots.
fn part_of<'a>(value: &ValueRef<'a>, part: &str) -> FieldRef<'a> {
    let ValueRef::Record(record) = value else { return Field::Absent };
    let record: &'a dyn Record = *record;
    if let Some(field) = record.field(part) {
        return field;
    }
    match part.split_once('.') {
        Some((name, rest)) => match record.field(name) {
            Some(field) => field.and_then(|value| part_of(&value, rest)),
            None => Field::Absent,
        },
        None => Field::Absent,
    }
}

/// The result of a comparison with null. Null is known to have no value; whether a switch is on, or when something happened, it
/// does not say.
fn without_value(comparison: &Comparison) -> Verdict {
    match comparison.value_type() {
        ValueType::Bool | ValueType::Time => Verdict::Unknown,
        _ => Verdict::No,
    }
}

fn compare_field(field: &FieldRef<'_>, comparison: &Comparison) -> Verdict {
    match field {
        Field::Value(value) => compare(value, comparison.operator(), comparison).into(),
        Field::Null => without_value(comparison),
        Field::Absent => Verdict::Unknown,
    }
}

/// Compares the items of a list, each by the parts that stand for it: an item that is equal, or with `ne` none that is. The first
/// part decides, and where it is not known the others can only agree.
fn compare_parts(items: Vec<Vec<FieldRef<'_>>>, comparison: &Comparison) -> Verdict {
    let is_negated = comparison.operator() == Operator::NotEqual;
    let asked = if is_negated { Operator::Equal } else { comparison.operator() };
    let (mut found, mut has_value, is_empty) = (Verdict::No, false, items.is_empty());
    for parts in items {
        let agrees = parts.iter().flatten().any(|value| compare(value, asked, comparison));
        has_value |= parts.iter().any(Field::is_known);
        found = found.or(match parts.first() {
            _ if agrees => Verdict::Yes,
            Some(Field::Absent) => Verdict::Unknown,
            Some(Field::Null) if parts.iter().skip(1).all(|part| !part.is_known()) => {
                without_value(comparison)
            }
            _ => Verdict::No,
        });
    }
    match (is_negated, found) {
        (true, Verdict::No) if !has_value && !is_empty => without_value(comparison),
        (true, found) => !found,
        (false, found) => found,
    }
}

/// Whether a value compares so with the wanted one.
fn compare(value: &ValueRef<'_>, operator: Operator, comparison: &Comparison) -> bool {
    let wanted = comparison.value();
    match value {
        // The conditions of a part reach no list in it.
        ValueRef::List(_) | ValueRef::Record(_) => false,
        ValueRef::Json(json) => json.decode().is_ok_and(|json: Value| compare_json(&json, operator, wanted)),
        ValueRef::Bool(value) => compare_json(&Value::Bool(*value), operator, wanted),
        ValueRef::Time(value) => match wanted.as_str().and_then(time) {
            Some(wanted) if !operator.is_of_text() => holds(operator, value.cmp(&wanted)),
            _ => compare_text(&value.to_string(), operator, wanted),
        },
        // The service's own id, or ours.
        ValueRef::Id(id) => match (operator, wanted.as_str()) {
            (Operator::Equal, Some(wanted)) => id.native() == wanted || id.to_string() == wanted,
            (Operator::NotEqual, Some(wanted)) => id.native() != wanted && id.to_string() != wanted,
            _ => compare_text(&id.to_string(), operator, wanted),
        },
        ValueRef::Text(text) => match (operator, wanted.as_str()) {
            (Operator::Equal, Some(wanted)) if comparison.is_of_address() => is_same_address(text, wanted),
            (Operator::NotEqual, Some(wanted)) if comparison.is_of_address() => {
                !is_same_address(text, wanted)
            }
            _ => compare_text(text, operator, wanted),
        },
    }
}

fn compare_json(value: &Value, operator: Operator, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Null, _) => false,
        (Value::Array(_) | Value::Object(_), _) if operator == Operator::NotEqual => {
            !compare_json(value, Operator::Equal, wanted)
        }
        (Value::Array(items), _) => items.iter().any(|item| compare_json(item, operator, wanted)),
        (Value::Object(fields), _) => fields.values().any(|field| compare_json(field, operator, wanted)),
        (Value::String(text), _) => compare_text(text, operator, wanted),
        (Value::Number(value), Value::Number(wanted)) => compare_numbers(value, operator, wanted),
        (Value::Bool(value), Value::Bool(wanted)) if operator.is_equality() => {
            holds(operator, value.cmp(wanted))
        }
        // Of two types, and so not equal.
        _ => operator == Operator::NotEqual,
    }
}

/// Compares whole numbers exactly, and others as 64-bit floating-point numbers.
fn compare_numbers(value: &Number, operator: Operator, wanted: &Number) -> bool {
    let order = match (value.as_i128(), wanted.as_i128()) {
        (Some(value), Some(wanted)) => Some(value.cmp(&wanted)),
        _ => value.as_f64().zip(wanted.as_f64()).and_then(|(value, wanted)| value.partial_cmp(&wanted)),
    };
    order.is_some_and(|order| holds(operator, order))
}

/// Compares a text with a text, or as a number with a number. Texts that are both times are ordered as times; a part of a text is
/// found in letters of either case.
fn compare_text(text: &str, operator: Operator, wanted: &Value) -> bool {
    let wanted = match wanted {
        Value::String(wanted) => wanted,
        Value::Number(wanted) => {
            return match serde_json::from_str(text.trim()) {
                Ok(Value::Number(value)) => compare_numbers(&value, operator, wanted),
                _ => operator == Operator::NotEqual,
            };
        }
        _ => return operator == Operator::NotEqual,
    };
    let lower = str::to_lowercase;
    match operator {
        Operator::Contains => lower(text).contains(&lower(wanted)),
        Operator::StartsWith => lower(text).starts_with(&lower(wanted)),
        Operator::EndsWith => lower(text).ends_with(&lower(wanted)),
        Operator::Equal => text == wanted,
        Operator::NotEqual => text != wanted,
        _ => {
            let times = text.parse().ok().and_then(|text: crate::Timestamp| Some((text, time(wanted)?)));
            holds(operator, times.map_or_else(|| text.cmp(wanted), |(text, wanted)| text.cmp(&wanted)))
        }
    }
}

/// Whether an order is the one that is asked for.
fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    }
}
