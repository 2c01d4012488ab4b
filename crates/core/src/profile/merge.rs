//! One profile from several records of a service.

use std::collections::BTreeMap;

use super::{Email, Note, NoteKind, Profile};
use crate::{
    Field, FieldPath, MissingReason, MissingView, Origin, RawJson, Result, View,
    origin::{Fill, fill},
};

impl Profile {
    /// Adds what another record of the service says of the same profile. What this profile knows stays; where the other
    /// record tells a value differently, that is noted ([`NoteKind::RecordsDiffer`]). [`Profile::origin`] then says
    /// which field came from where.
    pub fn merge(&mut self, view: View, mut other: Self) {
        let mut taken = Vec::new();
        let is_derived = other.name.derived == true;
        // Addresses are added to each other one by one.
        if merge_emails(&mut self.emails, other.emails.take()) {
            taken.push(FieldPath::EMAILS);
        }
        // A name that we put together is no word of the service's, and stands back behind one that is.
        if self.name.display.is_known() && is_derived {
            other.name.display = Field::Absent;
            other.name.derived = Field::Absent;
        }
        let (unknown, extension, raw) =
            (std::mem::take(&mut other.unknown), other.extension.take(), other.raw.take());
        self.notes.append(&mut other.notes);
        let notes = &mut Vec::new();
        self.fill_from(other, &mut |path, filled| {
            let Ok(path) = path.parse::<FieldPath>() else { return };
            match filled {
                Fill::Taken => taken.push(path),
                // Each record has times of its own, and a word of its own for the status.
                Fill::Differs if path.as_str().starts_with("times.") || path == FieldPath::STATUS_RAW => {}
                Fill::Differs => notes.push(Note::new(path, NoteKind::RecordsDiffer)),
                Fill::Kept => {}
            }
        });
        self.notes.append(notes);
        if let Some(extension) = extension {
            let (merged, keys) = match &self.extension {
                Some(own) => own.filled_from(&extension),
                None => (extension.clone(), extension.keys()),
            };
            self.extension = Some(merged);
            taken.extend(keys.iter().filter_map(|key| format!("extension.{key}").parse().ok()));
        }
        for (key, value) in unknown {
            if self.unknown.get(&key).is_none() {
                taken.push(FieldPath::unknown(&key));
                self.unknown.insert(key, value);
            }
        }
        self.raw = merge_raw(self.origin.as_ref(), self.raw.take(), &view, raw);
        let origin = self.origin.get_or_insert_with(|| Origin::new(view.clone()));
        origin.fields.extend(taken.into_iter().map(|path| (path, view.clone())));
        origin.merged.push(view);
    }

    /// Adds another record of the service if it can be read, and else notes that it cannot
    /// ([`Origin::missing`]).
    ///
    /// # Errors
    /// A failure that says nothing of the record, such as a time-out.
    pub fn merge_or_note(&mut self, view: View, other: Result<Self>) -> Result<()> {
        match other {
            Ok(other) => self.merge(view, other),
            Err(error) => {
                let Some(reason) = MissingReason::of(error.kind()) else { return Err(error) };
                if let Some(origin) = &mut self.origin {
                    origin.missing.push(MissingView { view, reason });
                }
            }
        }
        Ok(())
    }
}

/// Whether anything was taken from the other addresses.
fn merge_emails(emails: &mut Field<Vec<Email>>, others: Field<Vec<Email>>) -> bool {
    let (Field::Value(own), Field::Value(others)) = (&mut *emails, &others) else {
        return fill(emails, others) == Fill::Taken;
    };
    let mut is_taken = false;
    for other in others {
        let address = other.address.value().map(|address| address.to_lowercase());
        let same = own.iter_mut().find(|email| email.address.value().map(|it| it.to_lowercase()) == address);
        if let Some(email) = same {
            email.fill_from(other.clone(), &mut |_, filled| is_taken |= filled == Fill::Taken);
        } else {
            own.push(Email { primary: Field::Absent, ..other.clone() });
            is_taken = true;
        }
    }
    is_taken
}

/// The records as they came, by their names once there are several.
fn merge_raw(
    origin: Option<&Origin>,
    own: Option<RawJson>,
    view: &View,
    other: Option<RawJson>,
) -> Option<RawJson> {
    let (own, other) = match (own, other) {
        (Some(own), Some(other)) => (own, other),
        (own, other) => return own.or(other),
    };
    let mut records: BTreeMap<String, RawJson> = match origin {
        Some(origin) if !origin.merged.is_empty() => own.decode().unwrap_or_default(),
        Some(origin) => BTreeMap::from([(origin.view.to_string(), own)]),
        None => return Some(own),
    };
    records.insert(view.to_string(), other);
    RawJson::encode(&records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capabilities, ErrorKind, FieldSpec, FieldState};

    const PROFILE: View = View::new("profile");
    const USER: View = View::new("user");

    fn profile(view: View) -> Profile {
        Profile::new("upsun:acme/user/x".parse().unwrap()).with_view(view)
    }

    #[test]
    fn what_is_known_stays_and_what_is_not_is_filled_with_its_origin() {
        let mut merged = profile(PROFILE);
        merged.name.display = "Ada".into();
        merged.country = Field::Null;
        merged.username = "ada".into();
        merged.emails = Email::login("Ada@example.com".into());
        let mut user = profile(USER);
        user.name.display = "Ada Lovelace".into();
        user.name.derived = true.into();
        user.username = "lovelace".into();
        user.country = "GB".into();
        user.website = Field::Null;
        user.security.mfa_enabled = true.into();
        user.emails = Email::login("ada@example.com".into()).map(|mut emails| {
            emails[0].verified = true.into();
            emails
        });
        merged.merge(USER, user);
        assert_eq!(merged.name.display, "Ada", "the service's own word before one that we made");
        assert!(merged.name.derived.is_absent());
        assert_eq!(merged.country, "GB", "a value says more than null");
        assert_eq!(merged.website, Field::Null, "null says more than nothing");
        assert_eq!(merged.emails.items().len(), 1);
        assert_eq!(merged.emails.items()[0].verified, true);
        assert_eq!(merged.origin_of(&FieldPath::USERNAME), Some(&PROFILE));
        assert_eq!(merged.origin_of(&FieldPath::SECURITY_MFA_ENABLED), Some(&USER));
        assert_eq!(merged.origin_of(&FieldPath::PICTURE), None);
        assert_eq!(merged.notes, [Note::new(FieldPath::USERNAME, NoteKind::RecordsDiffer)]);
        insta::assert_snapshot!(serde_json::to_string(&merged.origin).unwrap(), @r#"{"view":"profile","merged":["user"],"fields":{"country":"user","emails":"user","security.mfa_enabled":"user","website":"user"}}"#);
    }

    #[test]
    fn a_record_that_cannot_be_read_makes_its_fields_withheld_and_a_failure_is_a_failure() {
        let capabilities = Capabilities {
            fields: [
                FieldSpec::read_in(FieldPath::USERNAME, PROFILE, "username"),
                FieldSpec::read_in(FieldPath::SECURITY_MFA_ENABLED, USER, "mfa_enabled"),
            ]
            .into_iter()
            .collect(),
            ..Capabilities::default()
        };
        let state = |profile: &Profile| profile.state(&FieldPath::SECURITY_MFA_ENABLED, &capabilities);
        let mut merged = profile(PROFILE);
        assert_eq!(merged.state(&FieldPath::USERNAME, &capabilities), FieldState::Absent);
        assert_eq!(state(&merged), FieldState::Unsupported);
        let failure = |kind| Err(crate::Error::new(kind, "x"));
        assert!(merged.merge_or_note(USER, failure(ErrorKind::Timeout)).is_err());
        assert_eq!(state(&merged), FieldState::Unsupported);
        merged.merge_or_note(USER, failure(ErrorKind::PermissionDenied)).unwrap();
        assert_eq!(state(&merged), FieldState::Withheld);
        let json = serde_json::to_string(&merged.origin).unwrap();
        assert_eq!(json, r#"{"view":"profile","missing":[{"view":"user","reason":"withheld"}]}"#);
        assert_eq!(serde_json::from_str::<Option<Origin>>(&json).unwrap(), merged.origin);
        merged.merge(USER, profile(USER));
        assert_eq!(state(&merged), FieldState::Absent);
    }

    #[test]
    fn records_that_are_kept_are_kept_by_their_names() {
        let record = |text: &str| serde_json::from_str::<RawJson>(text).ok();
        let mut merged = profile(PROFILE).with_raw(record(r#"{"a":1}"#));
        merged.merge(USER, profile(USER).with_raw(record(r#"{"b":2}"#)));
        merged.merge(View::new("address"), profile(USER).with_raw(record(r#"{"c":3}"#)));
        assert_eq!(merged.raw.unwrap().get(), r#"{"address":{"c":3},"profile":{"a":1},"user":{"b":2}}"#);
    }
}
