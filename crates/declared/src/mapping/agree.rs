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
    pub(crate) fn agree(&self, profile: &mut Profile, other: &Profile) {
        let fields = self.scalars.iter().map(|rule| rule.path.clone());
        let fields = fields.chain(self.lists.iter().map(|field| field.path.clone()));
        let fields = fields.chain(self.actors.iter().map(|(field, _, _)| field.path()));
        for path in fields {
            let (own, its) = (profile.value(&path).map(in_order), other.value(&path).map(in_order));
            let note = Note::new(path.clone(), NoteKind::RecordsDiffer);
            match (&own, &its) {
                // They differ already, or one of them says nothing.
                _ if profile.notes.contains(&note) => {}
                (None, Some(_)) if !profile.is_null(&path) => self.take(profile, &path, other),
                (Some(_), None) if !other.is_null(&path) => {}
                _ if own == its && profile.is_null(&path) == other.is_null(&path) => {}
                (None, None) => self.take(profile, &path, other),
                _ => {
                    if let Some(both) = RawJson::encode(&[own, its]) {
                        profile.unknown.insert(path.as_str(), both);
                    }
                    self.take(profile, &path, &Profile::new(profile.id.clone()));
                    profile.notes.push(note);
                }
            }
        }
        for (name, value) in other.unknown.iter() {
            if profile.unknown.get(name).is_none() {
                profile.unknown.insert(name, value.clone());
            }
        }
    }

    /// Sets a field to what another profile has.
    fn take(&self, profile: &mut Profile, path: &FieldPath, other: &Profile) {
        let mut other = other.clone();
        for rule in self.scalars.iter().filter(|rule| rule.path == *path) {
            match rule.target {
                Target::Text(field) => *field(profile) = field(&mut other).take(),
                Target::Bool(field) => *field(profile) = field(&mut other).take(),
                Target::Time(field) => *field(profile) = field(&mut other).take(),
                Target::Kind => profile.kind = other.kind.take(),
                Target::Status => profile.status = other.status.take(),
                Target::OrganizationKind => profile.organization.kind = other.organization.kind.take(),
            }
        }
        if self.lists.iter().any(|field| field.path == *path) {
            take_list(profile, path, &mut other);
        }
        for (field, _, _) in self.actors.iter().filter(|(field, _, _)| field.path() == *path) {
            take_actor(profile, *field, &mut other);
        }
    }
}

/// Returns a value in which the order of a list does not matter.
fn in_order(value: Value) -> Value {
    let Value::Array(mut items) = value else { return value };
    items.sort_by_key(Value::to_string);
    items.into()
}
