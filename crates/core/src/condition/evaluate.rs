//! Whether a profile meets a condition.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Attribute, Comparison, Condition, Operator, comparison::time};
use crate::{
    Capabilities, Field, FieldPath, FieldState, Profile, Verdict,
    email::is_same_address,
    profile::value::Record,
    profile::{FieldRef, ValueRef},
};

/// What a condition is asked of.
struct Subject<'a> {
    profile: &'a Profile,
    capabilities: &'a Capabilities,
    /// The item of a list that is looked at.
    item: Option<(&'a FieldPath, ValueRef<'a>)>,
}

impl Condition {
    /// Returns whether the profile meets the condition. `capabilities` are those of its provider.
    pub fn matches(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        self.holds(&Subject { profile, capabilities, item: None })
    }

    /// Returns whether the profile meets the condition; [`Verdict::Unknown`] if it does not, and might if more were known of it.
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

    /// Returns whether it is known that the profile meets the condition: where that depends on a field that is not known, `not`
    /// and `ne` included, it is [`Verdict::Unknown`].
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
            Self::Item { list, condition } => !result || is_shown(list) && condition.can_be(true, is_shown),
        }
    }

    fn holds(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::And(conditions) => conditions.iter().all(|it| it.holds(subject)),
            Self::Or(conditions) => conditions.iter().any(|it| it.holds(subject)),
            Self::Not(condition) => !condition.holds(subject),
            Self::Compare(comparison) => subject.compare(comparison).is_yes(),
            Self::Is { attribute, state } => subject.has_state(attribute, *state),
            Self::Item { list, condition } => {
                subject.items(list, |item| condition.holds(item).into()).is_yes()
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
            Self::Item { list, condition } => subject.items(list, |item| condition.known(item)),
        }
    }
}

impl Subject<'_> {
    /// The field, or of the item that is looked at the part. A field that is null is known to have no value.
    fn compare(&self, comparison: &Comparison) -> Verdict {
        let attribute = comparison.attribute();
        let (operator, wanted) = (comparison.operator(), comparison.value());
        if let Some((list, item)) = &self.item
            && *list == attribute.field()
        {
            let Some(part) = attribute.part() else {
                return compare(item, operator, wanted, is_address(attribute)).into();
            };
            return match part_of(item, part) {
                Field::Value(value) => compare(&value, operator, wanted, is_address(attribute)).into(),
                Field::Null => Verdict::No,
                Field::Absent => Verdict::Unknown,
            };
        }
        let field = attribute.field();
        let value = match (self.profile.state(field, self.capabilities), self.profile.get(field)) {
            (FieldState::Value, Field::Value(value)) => value,
            (FieldState::Null, _) => return Verdict::No,
            _ => return Verdict::Unknown,
        };
        let Some(part) = attribute.part() else {
            return compare(&value, operator, wanted, is_address(attribute)).into();
        };
        // `ne` holds if no item is equal.
        let (asked, is_negated) =
            if operator == Operator::NotEqual { (Operator::Equal, true) } else { (operator, false) };
        let mut verdict = Verdict::No;
        for part in parts(&value, part) {
            verdict = verdict.or(match part {
                Field::Value(value) => compare(&value, asked, wanted, is_address(attribute)).into(),
                Field::Null => Verdict::No,
                Field::Absent => Verdict::Unknown,
            });
        }
        if is_negated { !verdict } else { verdict }
    }

    fn has_state(&self, attribute: &Attribute, state: FieldState) -> bool {
        let Some(part) = attribute.part() else {
            return self.profile.state(attribute.field(), self.capabilities) == state;
        };
        match &self.item {
            Some((list, item)) if *list == attribute.field() => part_of(item, part).state() == state,
            _ => match self.profile.get(attribute.field()) {
                Field::Value(value) => parts(&value, part).iter().any(|field| field.state() == state),
                _ => false,
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

/// Whether an attribute holds e-mail addresses.
fn is_address(attribute: &Attribute) -> bool {
    match attribute.part() {
        None => [FieldPath::EMAILS, FieldPath::BILLING_CONTACT].contains(attribute.field()),
        Some(part) => matches!(part, "address" | "email"),
    }
}

/// The part of each item of a list, or of a record.
fn parts<'a>(value: &ValueRef<'a>, part: &str) -> Vec<FieldRef<'a>> {
    match value {
        ValueRef::List(list) => list.items().iter().map(|item| part_of(item, part)).collect(),
        other => vec![part_of(other, part)],
    }
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

/// Whether a value compares so with the wanted one. A list does if one of its items does in any of its fields; `ne` holds if
/// none is equal.
fn compare(value: &ValueRef<'_>, operator: Operator, wanted: &Value, is_address: bool) -> bool {
    let any = |value: &ValueRef<'_>| compare(value, operator, wanted, is_address);
    match value {
        ValueRef::List(_) | ValueRef::Record(_) if operator == Operator::NotEqual => {
            !compare(value, Operator::Equal, wanted, is_address)
        }
        ValueRef::List(list) => list.items().iter().any(any),
        ValueRef::Record(record) => record.fields().iter().any(|(_, field)| field.iter().any(any)),
        ValueRef::Json(json) => json.decode().is_ok_and(|json: Value| compare_json(&json, operator, wanted)),
        ValueRef::Bool(value) => compare_json(&Value::Bool(*value), operator, wanted),
        ValueRef::Time(value) => match wanted.as_str().and_then(time) {
            Some(wanted) if !operator.is_of_text() => holds(operator, value.cmp(&wanted)),
            _ => compare_text(&value.to_string(), operator, wanted),
        },
        ValueRef::Id(id) => compare_text(&id.to_string(), operator, wanted),
        ValueRef::Text(text) => match (operator, wanted.as_str()) {
            (Operator::Equal, Some(wanted)) if is_address => is_same_address(text, wanted),
            (Operator::NotEqual, Some(wanted)) if is_address => !is_same_address(text, wanted),
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
        (Value::Number(_), Value::Number(_)) => match (value.as_f64(), wanted.as_f64()) {
            (Some(value), Some(wanted)) => {
                value.partial_cmp(&wanted).is_some_and(|order| holds(operator, order))
            }
            _ => false,
        },
        (Value::Bool(value), Value::Bool(wanted)) if operator.is_equality() => {
            holds(operator, value.cmp(wanted))
        }
        // Of two types, and so not equal.
        _ => operator == Operator::NotEqual,
    }
}

/// Compares texts that are both times as times, and others to the letter; a part of a text is found in letters of either case.
fn compare_text(text: &str, operator: Operator, wanted: &Value) -> bool {
    let Value::String(wanted) = wanted else { return operator == Operator::NotEqual };
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
