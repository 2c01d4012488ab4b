//! What a profile is after a change, worked out without a service.

use serde_json::{Map, Value};

use crate::{
    Capabilities, Change, Email, Error, ErrorKind, Field, FieldPath, Label, Origin, Profile, ProfileChange,
    Result, RoleAssignment,
};

/// Returns the profile as a change makes it. Values have the forms that they are written in: one e-mail address, names of labels,
/// references of roles.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for a value that the field cannot hold. The value is not repeated.
pub(crate) fn applied(
    profile: &Profile,
    change: &ProfileChange,
    capabilities: &Capabilities,
) -> Result<Profile> {
    let mut profile = profile.clone();
    for (path, change) in change.iter() {
        let value = match change {
            Change::Set(value) => Some(value),
            Change::Clear => None,
            Change::Keep => continue,
        };
        profile = set(profile, path, value).ok_or_else(|| {
            let message = format!("{} cannot hold the value that is to be written", path.redacted());
            Error::new(ErrorKind::InvalidRequest, message)
        })?;
        if let Some(origin) = &mut profile.origin {
            settle(origin, path, capabilities);
        }
    }
    // The record as it came shows what was there before.
    profile.raw = None;
    Ok(profile)
}

/// Sets a field, or clears it.
fn set(mut profile: Profile, path: &FieldPath, value: Option<&Value>) -> Option<Profile> {
    match (path, value) {
        (path, Some(Value::String(address))) if *path == FieldPath::EMAILS => {
            set_email(&mut profile.emails, address);
            Some(profile)
        }
        (path, Some(value)) if *path == FieldPath::LABELS => {
            let names = texts(value)?;
            let known = profile.labels.items();
            let label = |name: &&str| {
                let same = known.iter().find(|label| label.name == *name);
                same.cloned().unwrap_or_else(|| Label { name: (*name).into(), ..Label::default() })
            };
            profile.labels = names.iter().map(label).collect::<Vec<_>>().into();
            Some(profile)
        }
        (path, Some(value)) if *path == FieldPath::ROLES => {
            let names = texts(value)?;
            let known = profile.roles.items();
            let role = |name: &&str| {
                let same = known.iter().find(|role| role.reference().as_deref() == Some(name));
                same.cloned().map_or_else(|| name.parse::<RoleAssignment>().ok(), Some)
            };
            profile.roles = names.iter().map(role).collect::<Option<Vec<_>>>()?.into();
            Some(profile)
        }
        _ => {
            if *path == FieldPath::STATUS {
                profile.status_raw = Field::Absent;
            } else if *path == FieldPath::NAME_DISPLAY {
                profile.name.derived = Field::Absent;
            }
            set_json(profile, path, value)
        }
    }
}

/// Replaces the primary address, which is the one that is written.
fn set_email(emails: &mut Field<Vec<Email>>, address: &str) {
    let primary = emails.items().iter().position(|email| email.primary == true).unwrap_or_default();
    match emails {
        Field::Value(emails) if primary < emails.len() => {
            emails[primary].address = address.into();
            emails[primary].verified = Field::Absent;
        }
        none => *none = Email::login(address.into()),
    }
}

/// The texts of a list, or the one text where a field holds one of several words.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Sets a field by its place in the serialized form.
fn set_json(mut profile: Profile, path: &FieldPath, value: Option<&Value>) -> Option<Profile> {
    let (group, rest) = path.as_str().split_once('.').map_or((path.as_str(), None), |(a, b)| (a, Some(b)));
    // What is not touched keeps its types and the very text that it came in.
    let (origin, notes) = (profile.origin.take(), std::mem::take(&mut profile.notes));
    let extension = if group == "extension" { None } else { profile.extension.take() };
    let unknown = (group != "unknown").then(|| std::mem::take(&mut profile.unknown));
    profile.raw = None;
    let mut json = serde_json::to_value(&profile).ok()?;
    let record = json.as_object_mut()?;
    match rest {
        // The key of a pair may hold dots, and what is cleared is gone.
        Some(key) if matches!(group, "metadata" | "unknown") => {
            let pairs = object(record, group)?;
            match value {
                Some(value) => drop(pairs.insert(key.to_owned(), value.clone())),
                None => drop(pairs.remove(key)),
            }
        }
        Some(rest) => {
            let mut keys: Vec<_> = rest.split('.').collect();
            let last = keys.pop()?;
            let place = keys.into_iter().try_fold(object(record, group)?, object)?;
            place.insert(last.to_owned(), value.cloned().unwrap_or(Value::Null));
        }
        None => drop(record.insert(group.to_owned(), value.cloned().unwrap_or(Value::Null))),
    }
    let mut profile: Profile = serde_json::from_value(json).ok()?;
    (profile.origin, profile.notes) = (origin, notes);
    profile.extension = extension.or(profile.extension);
    profile.unknown = unknown.unwrap_or(profile.unknown);
    Some(profile)
}

/// The object at a key, which is made where there is none.
fn object<'a>(parent: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    let place = parent.entry(key).or_insert(Value::Null);
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    place.as_object_mut()
}

/// Notes that a field was written to the record that has it.
fn settle(origin: &mut Origin, path: &FieldPath, capabilities: &Capabilities) {
    let whole = if path.address_key().is_some() { &FieldPath::BILLING_ADDRESS } else { path };
    origin.null.remove(whole);
    let sources = capabilities.fields.get(path).map_or(&[][..], |spec| &spec.sources);
    let views: Vec<_> = origin.views().cloned().collect();
    match sources.iter().filter_map(|source| source.view.clone()).find(|view| views.contains(view)) {
        Some(owner) if owner != origin.view => drop(origin.fields.insert(whole.clone(), owner)),
        _ => drop(origin.fields.remove(whole)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{FieldSpec, IdKind, ValueFormat, View, WriteRule, written::value_of};

    const USERS: &[IdKind] = &[IdKind::USER];

    fn capabilities() -> Capabilities {
        let formats = [
            (FieldPath::LABELS, ValueFormat::Names { max_characters: None }),
            (FieldPath::ROLES, ValueFormat::Roles { tiers: ["account", "team"][..].into() }),
            (FieldPath::EMAILS, ValueFormat::Email),
        ];
        let spec = |(path, format)| FieldSpec::read(path, "x").writable(WriteRule::set_only(USERS, format));
        Capabilities { fields: formats.into_iter().map(spec).collect(), ..Capabilities::default() }
    }

    fn profile() -> Profile {
        Profile::new("memory:test/user/x".parse().unwrap())
    }

    #[test]
    fn each_field_is_then_what_was_written_to_it() {
        for (path, value) in [
            ("name.display", json!("Ada")),
            ("status", json!("suspended")),
            ("kind", json!("robot")),
            ("emails", json!("ada@example.com")),
            ("labels", json!(["on call", "contractor"])),
            ("roles", json!(["admin", "auditor@team:7"])),
            ("metadata.cost.centre", json!("42")),
            ("billing.invoiced", json!(true)),
            ("billing.address.locality", json!("London")),
            ("security.last_login", json!("2026-01-31T12:00:00Z")),
            ("extension.new_ui", json!({"on": [1, 2]})),
            ("unknown.a", json!(7)),
        ] {
            let path: FieldPath = path.parse().unwrap();
            let change = ProfileChange::new().set(path.clone(), value.clone());
            let set = applied(&profile(), &change, &capabilities()).unwrap();
            assert_eq!(value_of(&set, &path, &capabilities()), Field::Value(value), "{path}");
            let cleared = applied(&set, &ProfileChange::new().clear(path.clone()), &capabilities()).unwrap();
            assert_eq!(cleared.value(&path), None, "{path}");
        }
        let cleared = ProfileChange::new().clear(FieldPath::TITLE).clear(FieldPath::EMAILS);
        let cleared = applied(&profile(), &cleared, &capabilities()).unwrap();
        assert!(cleared.title.is_null() && cleared.emails.is_null());
    }

    #[test]
    fn what_is_not_written_stays_and_what_cannot_be_held_is_refused_without_repeating_it() {
        let mut before = profile();
        before.unknown.insert("precise", serde_json::from_str("1.000000000000000000001").unwrap());
        before.labels = vec![Label { id: "7".into(), name: "on call".into(), ..Label::default() }].into();
        before.status_raw = "aktiv".into();
        let change = ProfileChange::new().set(FieldPath::LABELS, json!(["new", "on call"]));
        let after = applied(&before, &change, &capabilities()).unwrap();
        assert_eq!(after.labels.items()[1], before.labels.items()[0]);
        assert_eq!((&after.unknown, &after.status_raw), (&before.unknown, &before.status_raw));
        for (path, value) in [
            (FieldPath::TITLE, json!(["hunter2"])),
            (FieldPath::LABELS, json!({"a": "hunter2"})),
            (FieldPath::TIMES_UPDATED, json!("hunter2")),
            (FieldPath::TITLE, json!({"hunter2": 1})),
        ] {
            let error =
                applied(&before, &ProfileChange::new().set(path, value), &capabilities()).unwrap_err();
            assert!(error.kind() == ErrorKind::InvalidRequest && !format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_field_that_another_record_has_is_written_to_that_record() {
        const FIRST: View = View::new("first");
        const SECOND: View = View::new("second");
        let capabilities = Capabilities {
            fields: [FieldSpec::read_in(FieldPath::TITLE, SECOND, "title").and_in(FIRST, "title")]
                .into_iter()
                .collect(),
            ..Capabilities::default()
        };
        let mut before = Profile::read_from(FIRST, profile().id);
        before.title = "cto".into();
        let mut second = Profile::read_from(SECOND, profile().id);
        second.title = Field::Null;
        before.merge(SECOND, second);
        let change = ProfileChange::new().set(FieldPath::TITLE, "ceo");
        let after = applied(&before, &change, &capabilities).unwrap();
        assert_eq!(value_of(&after, &FieldPath::TITLE, &capabilities), Field::Value(json!("ceo")));
    }
}
