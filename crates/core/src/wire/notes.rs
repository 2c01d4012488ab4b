//! Notes on decisions made while reading a record.

use crate::{
    Field, FieldPath, Profile, Timestamp,
    profile::{Note, NoteKind, RawJson},
    time_text::{Meaning, TimeText},
};

/// Notes the fields of a record that had an unexpected type: those of `keys` that are among the profile's unknown
/// fields. Also notes repaired values.
pub fn note_other_types(profile: &mut Profile, keys: &[&str]) {
    if profile.unknown.is_empty() {
        return;
    }
    let of = |(key, value): (&str, &RawJson)| {
        let kind = if value.is_repaired() || key.contains(char::REPLACEMENT_CHARACTER) {
            NoteKind::Repaired
        } else if keys.contains(&key) {
            NoteKind::OtherType
        } else {
            return None;
        };
        Some(Note::new(FieldPath::unknown(key), kind))
    };
    profile.notes.extend(profile.unknown.iter().filter_map(of));
}

/// Reads a time of a record into a profile. `""` is null, and year 1 is absent. A missing offset is noted. A text
/// that is not a time is noted and kept in `unknown` under the service's `key`.
pub fn read_time(
    profile: &mut Profile,
    path: FieldPath,
    key: &str,
    text: Field<TimeText>,
) -> Field<Timestamp> {
    text.and_then(|text| match text.meaning() {
        Meaning::Empty => Field::Null,
        Meaning::Never => Field::Absent,
        Meaning::Time(read) => {
            if read.assumed_utc {
                profile.notes.push(Note::new(path, NoteKind::AssumedUtc));
            }
            Field::Value(read.timestamp)
        }
        Meaning::NoTime => {
            profile.notes.push(Note::new(path, NoteKind::NoTime));
            if let Ok(raw) = serde_json::value::to_raw_value(&text) {
                profile.unknown.insert(key, raw.into());
            }
            Field::Absent
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_what_had_to_be_decided() {
        let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
        let mut read =
            |text: Field<TimeText>| read_time(&mut profile, FieldPath::TIMES_UPDATED, "changed", text);
        assert_eq!(read("".into()), Field::Null);
        assert_eq!(read(Field::Absent), Field::Absent);
        assert_eq!(read("0001-01-01T00:00:00Z".into()), Field::Absent);
        assert!(read("2023-08-09T13:27:43.8208302".into()).is_known());
        assert_eq!(read("13:27.43".into()), Field::Absent);
        let kinds: Vec<_> = profile.notes.iter().map(|note| note.kind.as_str()).collect();
        assert_eq!(kinds, ["assumed_utc", "no_time"]);
        assert_eq!(profile.unknown.get("changed").unwrap().get(), r#""13:27.43""#);
    }
}
