//! Several records of one profile in a list that has one for each.

use anyprofile_core::{
    FieldPath, Profile,
    profile::{Note, NoteKind, RawJson},
};
use serde_json::Value;

use super::{RecordPlan, actors::take_actor, fields::Target, items::take_list};

impl RecordPlan {
    /// Leaves in a profile what another record says, too, and adds what only that one says. What they say otherwise is absent, and noted:
    /// nobody knows which one is right.
    pub(crate) fn agree(&self, profile: &mut Profile, mut other: Profile) {
        let fields = self.scalars.iter().map(|rule| rule.path.clone());
        let fields = fields.chain(self.lists.iter().map(|field| field.path.clone()));
        let fields = fields.chain(self.actors.iter().map(|(field, _, _)| field.path()));
        for path in fields {
            let comparable = |value| in_order(value, path == FieldPath::EMAILS);
            let (own, its) = (profile.value(&path).map(comparable), other.value(&path).map(comparable));
            let note = Note::new(path.clone(), NoteKind::RecordsDiffer);
            match (&own, &its) {
                // They differ already.
                _ if profile.notes.contains(&note) => add_to_kept(profile, &path, its),
                (None, Some(_)) if !profile.is_null(&path) => self.take(profile, &path, &mut other),
                (Some(_), None) if !other.is_null(&path) => {}
                _ if own == its && profile.is_null(&path) == other.is_null(&path) => {}
                (None, None) if other.is_null(&path) => self.take(profile, &path, &mut other),
                (None, None) => {}
                _ => {
                    if let Some(both) = RawJson::encode(&[own, its]) {
                        profile.unknown.insert(path.as_str(), both);
                    }
                    self.take(profile, &path, &mut Profile::new(profile.id.clone()));
                    profile.notes.push(note);
                }
            }
        }
        for note in other.notes {
            if !profile.notes.contains(&note) {
                profile.notes.push(note);
            }
        }
        for (name, value) in other.unknown.iter() {
            if profile.unknown.get(name).is_none() {
                profile.unknown.insert(name, value.clone());
            }
        }
    }

    /// Moves a field from another profile.
    fn take(&self, profile: &mut Profile, path: &FieldPath, other: &mut Profile) {
        for rule in self.scalars.iter().filter(|rule| rule.path == *path) {
            match rule.target {
                Target::Text(field) => *field(profile) = field(other).take(),
                Target::Bool(field) => *field(profile) = field(other).take(),
                Target::Time(field) => *field(profile) = field(other).take(),
                Target::Kind => profile.kind = other.kind.take(),
                Target::Status => {
                    profile.status = other.status.take();
                    if !self.has_status_raw {
                        profile.status_raw = other.status_raw.take();
                    }
                }
                Target::OrganizationKind => profile.organization.kind = other.organization.kind.take(),
            }
        }
        if self.lists.iter().any(|field| field.path == *path) {
            take_list(profile, path, other);
        }
        for (field, _, _) in self.actors.iter().filter(|(field, _, _)| field.path() == *path) {
            take_actor(profile, *field, other);
        }
    }
}

/// Adds a further value to those that differ.
fn add_to_kept(profile: &mut Profile, path: &FieldPath, value: Option<Value>) {
    let kept = profile.unknown.get(path.as_str()).and_then(|raw| serde_json::from_str(raw.get()).ok());
    if let (Some(value), Some(Value::Array(mut all))) = (value, kept)
        && !all.contains(&value)
    {
        all.push(value);
        if let Some(all) = RawJson::encode(&all) {
            profile.unknown.insert(path.as_str(), all);
        }
    }
}

/// Returns a value in which neither the order of a list nor the case of addresses matters.
fn in_order(value: Value, is_of_addresses: bool) -> Value {
    let Value::Array(mut items) = value else { return value };
    let text =
        |item: &Value| if is_of_addresses { item.to_string().to_lowercase() } else { item.to_string() };
    items.sort_by_key(text);
    if is_of_addresses {
        return items.iter().map(text).collect();
    }
    items.into()
}
