//! Applying a change to a profile, without a service.

use serde_json::Value;

use crate::{
    Capabilities, Change, Email, Error, ErrorKind, Field, FieldPath, Profile, ProfileChange, Result,
    profile::{Extension, Label, Origin, RawJson, RoleAssignment},
};

/// Returns the profile with a change applied. Values have the form in which they are written: one e-mail address,
/// names of labels, references of roles.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for a value that the field cannot hold. The error does not repeat the value.
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
        set(&mut profile, path, value).ok_or_else(|| {
            let message = format!("{} cannot hold the value to write", path.redacted());
            Error::new(ErrorKind::InvalidRequest, message)
        })?;
        if let Some(origin) = &mut profile.origin {
            settle(origin, path, capabilities);
        }
    }
    // The raw record shows the values before the change.
    profile.raw = None;
    Ok(profile)
}

/// Sets or clears a field; `None` if it cannot hold the value.
fn set(profile: &mut Profile, path: &FieldPath, value: Option<&Value>) -> Option<()> {
    match (path, value) {
        (path, Some(Value::String(address))) if *path == FieldPath::EMAILS => {
            set_email(&mut profile.emails, address);
            return Some(());
        }
        (path, Some(value)) if *path == FieldPath::LABELS => {
            let known = profile.labels.items();
            let label = |name: &&str| {
                let same = known.iter().find(|label| label.name.is_known_to_be(*name));
                same.cloned().unwrap_or_else(|| Label::new(*name))
            };
            profile.labels = texts(value)?.iter().map(label).collect::<Vec<_>>().into();
            return Some(());
        }
        (path, Some(value)) if *path == FieldPath::ROLES => {
            let known = profile.roles.items();
            let role = |name: &&str| {
                let same = known.iter().find(|role| role.reference().as_deref() == Some(name));
                same.cloned().map_or_else(|| name.parse::<RoleAssignment>().ok(), Some)
            };
            profile.roles = texts(value)?.iter().map(role).collect::<Option<Vec<_>>>()?.into();
            return Some(());
        }
        _ => {}
    }
    if *path == FieldPath::STATUS {
        profile.status_raw = Field::Absent;
    } else if *path == FieldPath::NAME_DISPLAY {
        profile.name.derived = Field::Absent;
    }
    match path.as_str().split_once('.') {
        Some(("metadata", key)) => set_pair(profile, key, value),
        Some(("unknown", key)) => set_unknown(profile, key, value),
        Some(("extension", key)) => set_in_extension(profile, key, value),
        _ => profile.set_known(path, value),
    }
}

/// Sets a pair of the metadata, or removes it.
fn set_pair(profile: &mut Profile, key: &str, value: Option<&Value>) -> Option<()> {
    let mut pairs = profile.metadata.take().into_value().unwrap_or_default();
    match value {
        Some(value) => drop(pairs.insert(key.to_owned(), value.as_str()?.to_owned())),
        None => drop(pairs.remove(key)),
    }
    profile.metadata = Field::Value(pairs);
    Some(())
}

fn set_unknown(profile: &mut Profile, key: &str, value: Option<&Value>) -> Option<()> {
    match value {
        Some(value) => profile.unknown.insert(key, RawJson::encode(value)?),
        None => profile.unknown.remove(key),
    }
    Some(())
}

fn set_in_extension(profile: &mut Profile, key: &str, value: Option<&Value>) -> Option<()> {
    let value = RawJson::encode(&value)?;
    let extension = match profile.extension.take() {
        Some(extension) => extension,
        None => Extension::empty()?,
    };
    profile.extension = Some(extension.with(key, value)?);
    Some(())
}

/// Replaces the primary address, which is the one that a write changes.
fn set_email(emails: &mut Field<Vec<Email>>, address: &str) {
    let primary =
        emails.items().iter().position(|email| email.primary.is_known_to_be(&true)).unwrap_or_default();
    match emails {
        Field::Value(emails) if primary < emails.len() => {
            emails[primary].address = address.into();
            emails[primary].verified = Field::Absent;
        }
        none => *none = Email::login(address.into()),
    }
}

/// Returns the items of a list of texts; one text counts as a list of one.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Records that a field was written to the record that owns it.
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
    use crate::{
        IdKind,
        capabilities::{FieldSpec, ValueFormat, WriteRule},
        profile::View,
        written::value_of,
    };

    const USERS: &[IdKind] = &[IdKind::USER];

    fn capabilities() -> Capabilities {
        let formats = [
            (FieldPath::LABELS, ValueFormat::Names { max_characters: None }),
            (FieldPath::ROLES, ValueFormat::roles(["account", "team"])),
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
