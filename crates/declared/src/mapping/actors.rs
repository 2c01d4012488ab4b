//! People that a profile refers to.

use anyprofile_core::{Field, FieldPath, Profile, Timestamp, profile::Actor};

use super::{lists::text_of, rule::Resolved};
use crate::record::{Captured, Look, Lookup as _, SlotRef};

/// The rules of a person that a profile refers to, and where its record is.
pub(super) type ActorRules = (ActorField, Option<SlotRef>, [Option<Resolved<SlotRef>>; 3]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActorField {
    ChangedBy,
    Owner,
    Manager,
}

impl ActorField {
    pub(super) fn path(self) -> FieldPath {
        match self {
            Self::ChangedBy => FieldPath::CHANGED_BY,
            Self::Owner => FieldPath::OWNER,
            Self::Manager => FieldPath::EMPLOYEE_MANAGER,
        }
    }
}

pub(super) fn actor(
    place: Option<&SlotRef>,
    rules: &[Option<Resolved<SlotRef>>; 3],
    captured: &Captured,
    now: Timestamp,
) -> Field<Actor> {
    let of_record = place.map(|place| captured.look(place));
    let [id, name, email] = rules.each_ref().map(|rule| {
        rule.as_ref().map_or(Field::Absent, |rule| text_of(&rule.say(captured, now).said).empty_as_null())
    });
    let parts = [&id, &name, &email];
    match of_record {
        Some(Look::Absent) => return Field::Absent,
        Some(Look::Null) => return Field::Null,
        Some(_) => return Field::Value(Actor::default().with_id(id).with_name(name).with_email(email)),
        None => {}
    }
    if parts.iter().any(|part| part.is_known()) {
        return Field::Value(Actor::default().with_id(id).with_name(name).with_email(email));
    }
    if parts.iter().any(|part| part.is_null()) { Field::Null } else { Field::Absent }
}

/// Moves a person that a profile refers to from another profile.
pub(super) fn take_actor(profile: &mut Profile, field: ActorField, other: &mut Profile) {
    let actor = match field {
        ActorField::ChangedBy => other.changed_by.take(),
        ActorField::Owner => other.owner.take(),
        ActorField::Manager => other.employee.manager.take(),
    };
    set_actor(profile, field, actor);
}

pub(super) fn set_actor(profile: &mut Profile, field: ActorField, actor: Field<Actor>) {
    match field {
        ActorField::ChangedBy => profile.changed_by = actor,
        ActorField::Owner => profile.owner = actor,
        ActorField::Manager => profile.employee.manager = actor,
    }
}
