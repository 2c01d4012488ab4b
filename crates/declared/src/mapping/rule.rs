//! Rules, with their places resolved, and what they say of a record.

use std::{borrow::Cow, collections::BTreeMap};

use anyprofile_core::{Timestamp, wire::TimeText};
use serde_json::Value;

use crate::{
    definition::{Any, Case, Pick, Rule, RuleTable, Scalar, Scalars, TimeForm},
    record::{Look, Lookup, is_comparable, is_value},
};

/// A rule, whose places are those of a record (`SlotRef`) or of an element of a list (a pointer).
#[derive(Clone, Debug)]
pub(crate) struct Resolved<P> {
    source: Source<P>,
    values: BTreeMap<String, Scalar>,
    otherwise: Option<Scalar>,
    absent_means: Option<Scalar>,
    absent_is_null: bool,
    pub(crate) time: TimeForm,
    never: Vec<Never>,
}

/// The values that an element of a list has, by their places in it.
pub(super) type Conditions<P> = Vec<(P, Scalars)>;

#[derive(Clone, Debug)]
enum Source<P> {
    At(Vec<P>),
    Join(Vec<P>),
    Pick { from: P, conditions: Conditions<Box<str>>, at: String },
    Any { of: P, conditions: Conditions<Box<str>> },
    Constant(Scalar),
    First(Vec<ResolvedCase<P>>),
}

#[derive(Clone, Debug)]
pub(crate) struct ResolvedCase<P> {
    at: Option<P>,
    /// The place as a name: `profile.status`.
    name: String,
    test: Case,
}

#[derive(Clone, Debug)]
struct Never {
    value: Scalar,
    time: Option<Timestamp>,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said<'a> {
    Absent,
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
    /// A value that is no scalar.
    Other,
}

/// A word with its meaning.
pub(crate) struct Meant<'a> {
    pub(crate) said: Said<'a>,
    /// Whether the word has no meaning in the rule, which has meanings.
    pub(crate) is_unknown_word: bool,
    /// What decided, as a text for `status_raw`.
    pub(crate) raw: Option<Cow<'a, str>>,
}

impl<'a> Said<'a> {
    pub(crate) fn of(look: Look<'a>) -> Self {
        match look {
            Look::Absent => Self::Absent,
            Look::Null => Self::Null,
            Look::Bool(value) => Self::Bool(value),
            Look::Integer(number) => Self::Number(number),
            Look::Text(text) => Self::Text(Cow::Borrowed(text)),
            Look::Float(_) => look.text().map_or(Self::Other, Self::Text),
            Look::Tree(_) => Self::Other,
        }
    }

    fn of_scalar(scalar: &Scalar) -> Said<'static> {
        match scalar {
            Scalar::Bool(value) => Said::Bool(*value),
            Scalar::Number(number) => Said::Number(*number),
            Scalar::Text(text) => Said::Text(Cow::Owned(text.clone())),
        }
    }

    const fn is_known(&self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }
}

impl<P> Resolved<P> {
    /// Resolves a rule. `place` returns the place of a pointer.
    pub(crate) fn new(rule: &Rule, place: &mut dyn FnMut(&str) -> P) -> Self {
        let table = &rule.0;
        Self {
            source: Source::new(table, place),
            values: table.values.clone(),
            otherwise: table.otherwise.clone(),
            absent_means: table.absent_means.clone(),
            absent_is_null: table.absent_is_null,
            time: table.time.unwrap_or_default(),
            never: table
                .never
                .iter()
                .map(|value| Never { value: value.clone(), time: value.to_string().parse().ok() })
                .collect(),
        }
    }

    /// Returns the only place that the rule reads as it is, whose value may be moved out of the record.
    pub(crate) fn plain(&self) -> Option<&P> {
        match &self.source {
            Source::At(places) if self.is_plain() => match &**places {
                [only] => Some(only),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_plain(&self) -> bool {
        self.values.is_empty()
            && self.otherwise.is_none()
            && self.absent_means.is_none()
            && !self.absent_is_null
            && self.never.is_empty()
    }

    /// Returns the places that the rule reads.
    pub(crate) fn places(&self) -> Vec<&P> {
        match &self.source {
            Source::At(places) | Source::Join(places) => places.iter().collect(),
            Source::Pick { from: place, .. } | Source::Any { of: place, .. } => vec![place],
            Source::Constant(_) => Vec::new(),
            Source::First(cases) => cases.iter().filter_map(|case| case.at.as_ref()).collect(),
        }
    }

    /// Returns whether the rule reads a word of the service.
    pub(crate) fn has_word(&self) -> bool {
        match &self.source {
            Source::First(cases) => cases.iter().any(ResolvedCase::tests_a_word),
            Source::Constant(_) | Source::Any { .. } => false,
            _ => true,
        }
    }

    /// Returns whether the rule decides between cases.
    pub(crate) const fn has_cases(&self) -> bool {
        matches!(self.source, Source::First(_))
    }

    /// Returns the value that every record has, if it is a fact of the list.
    pub(crate) fn constant(&self) -> Option<&Scalar> {
        match &self.source {
            Source::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Returns what the rule says of a record.
    pub(crate) fn say<'a, L: Lookup<Place = P>>(&'a self, record: &'a L, now: Timestamp) -> Meant<'a> {
        let (said, raw) = self.source.say(record, now);
        if matches!(said, Said::Absent) {
            let absent = if self.absent_is_null { Said::Null } else { Said::Absent };
            let said = self.absent_means.as_ref().map_or(absent, Said::of_scalar);
            return Meant { said, is_unknown_word: false, raw: None };
        }
        if let Source::First(cases) = &self.source {
            // The word of a case that gives words a meaning, and has none for this one.
            let is_unknown_word = match (&said, &raw) {
                (Said::Text(text), Some(raw)) => {
                    text == raw && cases.iter().any(|case| !case.test.values.is_empty())
                }
                _ => false,
            };
            return Meant { said, is_unknown_word, raw };
        }
        if (self.values.is_empty() && self.otherwise.is_none()) || !said.is_known() {
            return Meant { said, is_unknown_word: false, raw };
        }
        let word: Cow<'_, str> = match &said {
            Said::Text(text) => Cow::Borrowed(text),
            Said::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Said::Number(number) => Cow::Owned(number.to_string()),
            _ => return Meant { said, is_unknown_word: false, raw },
        };
        match self.values.get(&*word).or(self.otherwise.as_ref()) {
            Some(meaning) => Meant { said: Said::of_scalar(meaning), is_unknown_word: false, raw },
            None => Meant { said, is_unknown_word: true, raw },
        }
    }

    /// Returns whether a value means *never*.
    pub(crate) fn is_never(&self, said: &Said<'_>) -> bool {
        self.never.iter().any(|never| match (said, &never.value) {
            (Said::Number(number), Scalar::Number(sentinel)) => number == sentinel,
            (Said::Text(text), Scalar::Text(sentinel)) if **text == *sentinel => true,
            (Said::Text(text), _) => never
                .time
                .is_some_and(|time| TimeText::from(&**text).read().is_ok_and(|read| read.timestamp == time)),
            _ => false,
        })
    }
}

impl<P> Source<P> {
    fn new(table: &RuleTable, place: &mut dyn FnMut(&str) -> P) -> Self {
        let pairs = |conditions: &BTreeMap<String, Scalars>| {
            conditions.iter().map(|(pointer, value)| (pointer.as_str().into(), value.clone())).collect()
        };
        if let Some(value) = &table.constant {
            return Self::Constant(value.clone());
        }
        if let Some(Pick { from, conditions, at }) = &table.pick {
            return Self::Pick { from: place(from), conditions: pairs(conditions), at: at.clone() };
        }
        if let Some(Any { of, conditions }) = &table.any {
            return Self::Any { of: place(of), conditions: pairs(conditions) };
        }
        if !table.join.is_empty() {
            return Self::Join(table.join.iter().map(|pointer| place(pointer)).collect());
        }
        if !table.first.is_empty() {
            return Self::First(table.first.iter().map(|case| ResolvedCase::new(case, place)).collect());
        }
        Self::At(table.at.0.iter().map(|pointer| place(pointer)).collect())
    }

    fn say<'a, L: Lookup<Place = P>>(
        &'a self,
        record: &'a L,
        now: Timestamp,
    ) -> (Said<'a>, Option<Cow<'a, str>>) {
        match self {
            Self::At(places) => {
                let mut said = Said::Absent;
                for place in places {
                    let look = record.look(place);
                    // An empty text is no value; another place may have one.
                    if matches!(look, Look::Text("")) {
                        said = Said::Null;
                        continue;
                    }
                    if look.is_scalar() || matches!(look, Look::Tree(_)) {
                        let raw = look.word();
                        return (Said::of(look), raw);
                    }
                    if matches!(look, Look::Null) {
                        said = Said::Null;
                    }
                }
                (said, None)
            }
            Self::Join(places) => (join(record, places), None),
            Self::Pick { from, conditions, at } => (pick(record.look(from), conditions, at), None),
            Self::Any { of, conditions } => (any(record.look(of), conditions), None),
            Self::Constant(value) => (Said::of_scalar(value), None),
            Self::First(cases) => first(cases, record, now),
        }
    }
}

fn join<'a, L: Lookup<Place = P>, P>(record: &'a L, places: &[P]) -> Said<'a> {
    let mut joined = String::new();
    let mut is_null = false;
    for place in places {
        let look = record.look(place);
        is_null |= !look.is_absent();
        let Some(text) = look.text() else { continue };
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(text);
    }
    match (joined.is_empty(), is_null) {
        (false, _) => Said::Text(Cow::Owned(joined)),
        (true, true) => Said::Null,
        (true, false) => Said::Absent,
    }
}

/// Returns whether an element of a list has values; `None` if it does not say.
pub(super) fn says_values<L: Lookup>(element: &L, conditions: &[(L::Place, Scalars)]) -> Option<bool> {
    let mut all = Some(true);
    for (place, wanted) in conditions {
        let look = element.look(place);
        if wanted.0.iter().any(|wanted| is_value(look, wanted)) {
            continue;
        }
        if wanted.0.iter().any(|wanted| is_comparable(look, wanted)) {
            return Some(false);
        }
        all = None;
    }
    all
}

fn pick<'a>(list: Look<'a>, conditions: &[(Box<str>, Scalars)], at: &str) -> Said<'a> {
    match list {
        Look::Absent => Said::Absent,
        Look::Null => Said::Null,
        Look::Tree(Value::Array(items)) => {
            match items.iter().find(|item| says_values(*item, conditions) == Some(true)) {
                Some(item) => Said::of(Look::of(item.pointer(at))),
                // One of them may be it.
                None if items.iter().any(|item| says_values(item, conditions).is_none()) => Said::Absent,
                // The list is there, and has no such element.
                None => Said::Null,
            }
        }
        _ => Said::Other,
    }
}

fn any<'a>(list: Look<'a>, conditions: &[(Box<str>, Scalars)]) -> Said<'a> {
    match list {
        Look::Absent => Said::Absent,
        Look::Null => Said::Null,
        Look::Tree(Value::Array(items)) => {
            let mut said = items.iter().map(|item| says_values(item, conditions));
            if said.clone().any(|said| said == Some(true)) {
                Said::Bool(true)
            } else if said.any(|said| said.is_none()) {
                Said::Absent
            } else {
                Said::Bool(false)
            }
        }
        _ => Said::Other,
    }
}

impl<P> ResolvedCase<P> {
    /// Returns whether the case is about a word, a number, or true or false.
    fn tests_a_word(&self) -> bool {
        self.test.is.is_some() || !self.test.one_of.is_empty() || !self.test.values.is_empty()
    }

    pub(crate) fn new(case: &Case, place: &mut dyn FnMut(&str) -> P) -> Self {
        let name = case.at.as_deref().unwrap_or_default().trim_start_matches('/').replace('/', ".");
        Self { at: case.at.as_deref().map(place), name, test: case.clone() }
    }

    /// Returns whether the case applies; `None` if the record does not say.
    pub(crate) fn applies<L: Lookup<Place = P>>(&self, record: &L, now: Timestamp) -> Option<bool> {
        let Some(at) = &self.at else { return Some(true) };
        let (look, test) = (record.look(at), &self.test);
        if let Some(present) = test.present {
            let is_present = !matches!(look, Look::Absent | Look::Null);
            if is_present != present {
                return Some(false);
            }
        }
        let has_further = test.is.is_some()
            || !test.one_of.is_empty()
            || test.non_empty.is_some()
            || test.contains.is_some()
            || test.in_future.is_some()
            || test.below.is_some()
            || !test.values.is_empty();
        if !has_further {
            return Some(true);
        }
        match look {
            Look::Absent if test.absent_is_no => return Some(false),
            Look::Absent => return None,
            Look::Null => return Some(test.non_empty == Some(false)),
            _ => {}
        }
        let is_one = |wanted: &Scalar| is_value(look, wanted);
        // A value of another type is neither the word nor another one.
        let wanted = || test.is.iter().chain(&test.one_of);
        let is_other_type = (wanted().next().is_some()
            && !wanted().any(|wanted| is_comparable(look, wanted)))
            || (test.contains.is_some() && !matches!(look, Look::Text(_) | Look::Tree(_)))
            || (test.below.is_some() && !matches!(look, Look::Integer(_) | Look::Float(_)));
        if is_other_type {
            return None;
        }
        let holds = test.is.as_ref().is_none_or(is_one)
            && (test.one_of.is_empty() || test.one_of.iter().any(is_one))
            && test.non_empty.is_none_or(|wanted| has_content(look) == wanted)
            && test.contains.as_deref().is_none_or(|part| contains(look, part))
            && test.below.is_none_or(|limit| is_below(look, limit))
            // A word without a meaning is kept as it is.
            && (test.values.is_empty() || look.is_scalar());
        if !holds {
            return Some(false);
        }
        match test.in_future {
            // What is no time says nothing.
            Some(wanted) => time_of(look).map(|time| (time > now) == wanted),
            None => Some(true),
        }
    }
}

fn has_content(look: Look<'_>) -> bool {
    match look {
        Look::Text(text) => !text.is_empty(),
        Look::Tree(Value::Array(items)) => !items.is_empty(),
        Look::Tree(Value::Object(fields)) => !fields.is_empty(),
        Look::Absent | Look::Null => false,
        _ => true,
    }
}

fn contains(look: Look<'_>, part: &str) -> bool {
    match look {
        Look::Text(text) => text.contains(part),
        Look::Tree(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(part)),
        Look::Tree(Value::Object(fields)) => fields.contains_key(part),
        _ => false,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a limit is a small number")]
fn is_below(look: Look<'_>, limit: f64) -> bool {
    match look {
        Look::Integer(number) => (number as f64) < limit,
        Look::Float(number) => number < limit,
        _ => false,
    }
}

fn time_of(look: Look<'_>) -> Option<Timestamp> {
    match look {
        Look::Text(text) => TimeText::from(text).timestamp(),
        // The unit of a number is not known.
        _ => None,
    }
}

fn first<'a, L: Lookup<Place = P>, P>(
    cases: &'a [ResolvedCase<P>],
    record: &'a L,
    now: Timestamp,
) -> (Said<'a>, Option<Cow<'a, str>>) {
    for case in cases {
        match case.applies(record, now) {
            Some(true) => {
                let look = case.at.as_ref().map_or(Look::Absent, |at| record.look(at));
                // As `suspended=true`; a word by itself. A time or a list that is there is no word.
                let raw = match look {
                    _ if !case.tests_a_word() => None,
                    Look::Text(text) => Some(Cow::Borrowed(text)),
                    other => other.word().map(|word| Cow::Owned(format!("{}={word}", case.name))),
                };
                if let Some(say) = &case.test.say {
                    return (Said::of_scalar(say), raw);
                }
                let word = look.word().unwrap_or_default();
                return match case.test.values.get(&*word) {
                    Some(meaning) => (Said::of_scalar(meaning), raw),
                    None => (Said::of(look), raw),
                };
            }
            Some(false) => {}
            // It may apply: whatever follows would be a guess.
            None => return (Said::Absent, None),
        }
    }
    (Said::Absent, None)
}
