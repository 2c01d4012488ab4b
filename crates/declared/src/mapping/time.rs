//! Times in the forms of services.

use anyprofile_core::{
    Field, Profile, Timestamp,
    profile::{Note, NoteKind},
    wire::{TimeText, read_time},
};

use super::{ScalarRule, rule::Said};
use crate::{definition::TimeForm, record::Captured};

/// The time between 1601, where Windows' file time begins, and 1970, in 100 ns.
const FILE_TIME_BEFORE_1970: i128 = 116_444_736_000_000_000;

/// Returns the time of a number; `None` if it is out of range.
pub(super) fn of_number(number: i64, form: TimeForm) -> Option<Timestamp> {
    let nanoseconds = match form {
        TimeForm::Seconds | TimeForm::Rfc3339 | TimeForm::Date => i128::from(number) * 1_000_000_000,
        TimeForm::Milliseconds => i128::from(number) * 1_000_000,
        TimeForm::FileTime => (i128::from(number) - FILE_TIME_BEFORE_1970) * 100,
    };
    Timestamp::from_unix_nanoseconds(nanoseconds)
}

/// Reads a time into a profile.
pub(super) fn read(
    profile: &mut Profile,
    of: &ScalarRule,
    record: &Captured,
    now: Timestamp,
) -> Field<Timestamp> {
    let (path, name, rule) = (&of.path, &*of.name, &of.rule);
    let is_secret = rule.places().iter().any(|place| place.is_secret);
    let said = rule.say(record, now).said;
    if rule.is_never(&said) {
        return Field::Null;
    }
    let number = |number: i64| of_number(number, rule.time);
    let not_a_time = |profile: &mut Profile, said: &Said<'_>| {
        profile.notes.push(Note::new(path.clone(), NoteKind::NoTime));
        let text = match said {
            Said::Number(number) => number.to_string(),
            Said::Bool(value) => value.to_string(),
            Said::Text(text) => serde_json::to_string(text).unwrap_or_default(),
            _ => return Field::Absent,
        };
        if !is_secret && let Ok(raw) = serde_json::value::RawValue::from_string(text) {
            profile.unknown.insert(name, raw.into());
        }
        Field::Absent
    };
    match (&said, rule.time) {
        (Said::Absent, _) => Field::Absent,
        (Said::Null, _) => Field::Null,
        // A text that is no time would be kept.
        (Said::Text(text), TimeForm::Rfc3339) if is_secret => match TimeText::from(&**text).timestamp() {
            Some(time) => Field::Value(time),
            None => not_a_time(profile, &said),
        },
        (Said::Text(text), TimeForm::Rfc3339) => {
            read_time(profile, path.clone(), name, Field::Value(TimeText::from(&**text)))
        }
        (Said::Text(text), TimeForm::Date) if !text.is_empty() => match format!("{text}T00:00:00Z").parse() {
            Ok(time) => {
                profile.notes.push(Note::new(path.clone(), NoteKind::AssumedUtc));
                Field::Value(time)
            }
            Err(_) => not_a_time(profile, &said),
        },
        (Said::Text(text), _) if text.is_empty() => Field::Null,
        (Said::Text(text), _) => match text.parse().ok().and_then(number) {
            Some(time) => Field::Value(time),
            None => not_a_time(profile, &said),
        },
        // A number where a text was expected is no time: its unit is not known.
        (Said::Number(value), TimeForm::Seconds | TimeForm::Milliseconds | TimeForm::FileTime) => {
            match number(*value) {
                Some(time) => Field::Value(time),
                None => not_a_time(profile, &said),
            }
        }
        (Said::Number(_) | Said::Bool(_) | Said::Other, _) => not_a_time(profile, &said),
    }
}
