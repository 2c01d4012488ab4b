//! Merging several records of a service into one profile.

use std::collections::BTreeMap;

use super::{Email, Note, NoteKind, Profile};
use crate::{
    Error, Field, FieldPath, Result,
    email::is_same_address,
    origin::{Fill, fill},
    profile::{MissingReason, MissingView, Origin, RawJson, View},
};

impl Profile {
    /// Adds what another record of the service says about the same profile.
    ///
    /// The values of this profile stay. A value that the other record has differently is noted
    /// ([`NoteKind::RecordsDiffer`]). Of the two update times the later one is used. A display name of the service
    /// replaces a derived one. [`Profile::origin`] then says which record each field came from.
    pub fn merge(&mut self, view: View, mut other: Self) {
        let (mut taken, mut null) = (Vec::new(), Vec::new());
        let mut differing = Vec::new();
        // E-mail addresses are merged one by one.
        if merge_emails(&mut self.emails, other.emails.take()) {
            taken.push(FieldPath::EMAILS);
        }
        settle_names(self, &mut other);
        if let (Field::Value(own), Field::Value(its)) = (&self.times.updated, &other.times.updated)
            && its > own
        {
            self.times.updated = other.times.updated;
            taken.push(FieldPath::TIMES_UPDATED);
        }
        let (unknown, extension, raw) =
            (std::mem::take(&mut other.unknown), other.extension.take(), other.raw.take());
        let notes = std::mem::take(&mut other.notes);
        self.fill_from(other, |path, filled| match filled {
            Fill::Taken => taken.push(path.clone()),
            Fill::TakenOverNull => {
                null.push(path.clone());
                taken.push(path.clone());
            }
            // Each record has its own times and its own status word.
            Fill::Differs if is_of_record(path) => {}
            Fill::Differs => differing.push(path.clone()),
            Fill::Kept => {}
        });
        if let Some(extension) = extension {
            let (merged, keys, others) = match &self.extension {
                Some(own) => own.filled_from(&extension),
                None => (extension.clone(), extension.keys(), Vec::new()),
            };
            self.extension = Some(merged);
            let path = |key: &String| format!("extension.{key}").parse::<FieldPath>().ok();
            taken.extend(keys.iter().filter_map(path));
            differing.extend(others.iter().filter_map(path));
        }
        for (key, value) in unknown {
            // A field without a name has no path.
            let path = (!key.is_empty()).then(|| FieldPath::unknown(&key));
            match self.unknown.get(&key) {
                None => {
                    taken.extend(path);
                    self.unknown.insert(key, value);
                }
                Some(own) if *own != value => differing.extend(path),
                Some(_) => {}
            }
        }
        // A note about a field that was not taken is dropped.
        let is_about_taken = |note: &Note| {
            // That its own records differ says why it has no value.
            taken.contains(&note.field) || matches!(note.kind, NoteKind::NoTime | NoteKind::RecordsDiffer)
        };
        let is_new = |note: &Note| !self.notes.contains(note);
        let mut notes: Vec<_> =
            notes.into_iter().filter(|note| is_about_taken(note) && is_new(note)).collect();
        notes.extend(differing.into_iter().map(|path| Note::new(path, NoteKind::RecordsDiffer)));
        self.notes.append(&mut notes);
        let origin = self.origin.get_or_insert_with(|| Origin::new(View::named(self.id.kind.as_str())));
        self.raw = merge_raw(origin, self.raw.take(), &view, raw);
        origin.missing.retain(|missing| missing.view != view);
        // The null belongs to the first record only if no merged record set the field.
        null.retain(|path| !origin.fields.contains_key(path));
        origin.null.extend(null);
        origin.fields.extend(taken.into_iter().map(|path| (path, view.clone())));
        origin.merged.push(view);
    }

    /// Adds another record of the service, or notes in [`Origin::missing`] that it could not be read.
    ///
    /// `reason_of` decides which errors are noted: [`MissingReason::of`] for one profile,
    /// [`MissingReason::of_one_among_many`] in a listing.
    ///
    /// # Errors
    /// Any other failure, such as a timeout: it says nothing about the record.
    pub fn merge_or_note(
        &mut self,
        view: View,
        other: Result<Self>,
        reason_of: fn(&Error) -> Option<MissingReason>,
    ) -> Result<()> {
        match other {
            Ok(other) => self.merge(view, other),
            Err(error) => self.note_missing(view, reason_of(&error).ok_or(error)?),
        }
        Ok(())
    }

    /// Notes that a record of the service could not be read.
    pub fn note_missing(&mut self, view: View, reason: MissingReason) {
        let origin = self.origin.get_or_insert_with(|| Origin::new(View::named(self.id.kind.as_str())));
        origin.missing.push(MissingView { view, reason });
    }
}

/// Returns whether each record has its own value of the field.
fn is_of_record(path: &FieldPath) -> bool {
    [FieldPath::TIMES_CREATED, FieldPath::TIMES_UPDATED, FieldPath::STATUS_RAW].contains(path)
}

/// Removes a derived display name if the other record has the service's own.
fn settle_names(one: &mut Profile, other: &mut Profile) {
    let is_derived = |profile: &Profile| profile.name.derived.is_known_to_be(&true);
    let names_itself = |profile: &Profile| profile.name.display.is_known() && !is_derived(profile);
    let gives_way = match (names_itself(one), names_itself(other)) {
        (true, _) if is_derived(other) => other,
        (false, true) if is_derived(one) => one,
        _ => return,
    };
    gives_way.name.display = Field::Absent;
    gives_way.name.derived = Field::Absent;
}

/// Adds the other addresses, and returns whether that changed anything.
fn merge_emails(emails: &mut Field<Vec<Email>>, others: Field<Vec<Email>>) -> bool {
    let (Field::Value(own), Field::Value(others)) = (&mut *emails, &others) else {
        return fill(emails, others).is_taken();
    };
    let mut is_taken = false;
    for other in others {
        let is_same = |email: &&mut Email| match (email.address.value(), other.address.value()) {
            (Some(one), Some(two)) => is_same_address(one, two),
            (one, two) => one == two,
        };
        let same = own.iter_mut().find(is_same);
        if let Some(email) = same {
            is_taken |= email.fill_from(other.clone());
        } else {
            own.push(Email { primary: Field::Absent, ..other.clone() });
            is_taken = true;
        }
    }
    is_taken
}

/// Returns the raw records: one alone, or several in an object by the names of their views.
fn merge_raw(origin: &Origin, own: Option<RawJson>, view: &View, other: Option<RawJson>) -> Option<RawJson> {
    let (own, other) = match (own, other) {
        (Some(own), Some(other)) => (own, other),
        (own, other) => return own.or(other),
    };
    // A merged record may have had no text, so the names show whether there are several.
    let is_view = |key: &String| origin.views().any(|view| view.as_str() == key);
    let several = own.decode::<BTreeMap<String, RawJson>>().ok();
    let several = several.filter(|records| records.len() > 1 && records.keys().all(is_view));
    let mut records = several.unwrap_or_else(|| BTreeMap::from([(origin.view.to_string(), own)]));
    records.insert(view.to_string(), other);
    RawJson::encode(&records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capabilities, ErrorKind, FieldState, capabilities::FieldSpec};

    const PROFILE: View = View::new("profile");
    const USER: View = View::new("user");

    fn profile(view: View) -> Profile {
        Profile::read_from(view, "upsun:acme/user/x".parse().unwrap())
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
        assert_eq!(merged.name.display, "Ada".into(), "the service's own name replaces a derived one");
        assert!(merged.name.derived.is_absent());
        assert_eq!(merged.country, "GB".into(), "a value says more than null");
        assert_eq!(merged.website, Field::Null, "null says more than nothing");
        assert_eq!(merged.emails.items().len(), 1);
        assert_eq!(merged.emails.items()[0].verified, true.into());
        assert_eq!(merged.origin_of(&FieldPath::USERNAME), Some(&PROFILE));
        assert_eq!(merged.origin_of(&FieldPath::SECURITY_MFA_ENABLED), Some(&USER));
        assert_eq!(merged.origin_of(&FieldPath::PICTURE), None);
        assert_eq!(merged.notes, [Note::new(FieldPath::USERNAME, NoteKind::RecordsDiffer)]);
        insta::assert_snapshot!(serde_json::to_string(&merged.origin).unwrap(), @r#"{"view":"profile","merged":["user"],"fields":{"country":"user","emails":"user","security.mfa_enabled":"user","website":"user"},"null":["country"]}"#);
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
        assert!(merged.merge_or_note(USER, failure(ErrorKind::Timeout), MissingReason::of).is_err());
        assert_eq!(state(&merged), FieldState::Unsupported);
        merged.merge_or_note(USER, failure(ErrorKind::PermissionDenied), MissingReason::of).unwrap();
        assert_eq!(state(&merged), FieldState::Withheld);
        let json = serde_json::to_string(&merged.origin).unwrap();
        assert_eq!(json, r#"{"view":"profile","missing":[{"view":"user","reason":"withheld"}]}"#);
        assert_eq!(serde_json::from_str::<Option<Origin>>(&json).unwrap(), merged.origin);
        merged.merge(USER, profile(USER));
        assert_eq!(state(&merged), FieldState::Absent);
        assert!(merged.origin.unwrap().missing.is_empty(), "it was read in the end");

        // The profile has no such record: the service has the field, and this profile does not.
        let mut merged = profile(PROFILE);
        merged.merge_or_note(USER, failure(ErrorKind::NotFound), MissingReason::of).unwrap();
        assert_eq!(state(&merged), FieldState::Absent);
        let mut merged = profile(PROFILE);
        assert!(merged.merge_or_note(USER, failure(ErrorKind::Decode), MissingReason::of).is_err());
        merged.merge_or_note(USER, failure(ErrorKind::Decode), MissingReason::of_one_among_many).unwrap();
        assert_eq!(state(&merged), FieldState::Absent);
        merged
            .merge_or_note(USER, failure(ErrorKind::Unauthenticated), MissingReason::of_one_among_many)
            .unwrap_err();
    }

    #[test]
    fn the_latest_change_counts_and_the_services_own_name_whichever_record_has_it() {
        let mut merged = profile(USER);
        merged.name.display = "Ada Lovelace".into();
        merged.name.derived = true.into();
        merged.times.updated = "2024-01-01T00:00:00Z".parse::<crate::Timestamp>().unwrap().into();
        let mut other = profile(PROFILE);
        other.name.display = "Ada".into();
        other.times.updated = "2025-01-01T00:00:00Z".parse::<crate::Timestamp>().unwrap().into();
        other.unknown.insert("", serde_json::from_str("1").unwrap());
        merged.merge(PROFILE, other);
        assert_eq!(merged.name.display, "Ada".into());
        assert!(merged.name.derived.is_absent() && merged.notes.is_empty());
        assert_eq!(merged.times.updated.value().unwrap().to_string(), "2025-01-01T00:00:00Z");
        assert_eq!(merged.origin_of(&FieldPath::TIMES_UPDATED), Some(&PROFILE));
        let json = serde_json::to_string(&merged).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), merged);
    }

    #[test]
    fn records_that_are_kept_are_kept_by_their_names() {
        let record = |text: &str| serde_json::from_str::<RawJson>(text).ok();
        let mut merged = profile(PROFILE).with_raw(record(r#"{"a":1}"#));
        merged.merge(USER, profile(USER).with_raw(record(r#"{"b":2}"#)));
        merged.merge(View::new("address"), profile(USER).with_raw(record(r#"{"c":3}"#)));
        assert_eq!(merged.raw.unwrap().get(), r#"{"address":{"c":3},"profile":{"a":1},"user":{"b":2}}"#);

        // A record without a text in between changes nothing.
        let mut merged = profile(PROFILE).with_raw(record(r#"{"user":"a key of the record"}"#));
        merged.merge(View::new("reference"), profile(USER));
        merged.merge(USER, profile(USER).with_raw(record(r#"{"b":2}"#)));
        assert_eq!(merged.raw.unwrap().get(), r#"{"profile":{"user":"a key of the record"},"user":{"b":2}}"#);
    }
}
