//! Several records of one profile in a list that has one for each.

use anyprofile_core::{
    Field, Profile,
    profile::{Note, NoteKind},
};

use super::{RecordPlan, actors::set_actor, fields::Target, items::set_list};

impl RecordPlan {
    /// Leaves in a profile what another record says, too. What they say otherwise is absent, and noted: nobody knows which one is right.
    pub(crate) fn agree(&self, profile: &mut Profile, other: &Profile) {
        let mut differing = Vec::new();
        for rule in &self.scalars {
            if profile.value(&rule.path) == other.value(&rule.path)
                && profile.is_null(&rule.path) == other.is_null(&rule.path)
            {
                continue;
            }
            differing.push(rule.path.clone());
            match rule.target {
                Target::Text(field) => *field(profile) = Field::Absent,
                Target::Bool(field) => *field(profile) = Field::Absent,
                Target::Time(field) => *field(profile) = Field::Absent,
                Target::Kind => profile.kind = Field::Absent,
                Target::Status => profile.status = Field::Absent,
                Target::OrganizationKind => profile.organization.kind = Field::Absent,
            }
        }
        for field in &self.lists {
            if profile.value(&field.path) != other.value(&field.path) {
                differing.push(field.path.clone());
                set_list(profile, &field.path, Field::Absent);
            }
        }
        for (field, _, _) in &self.actors {
            let path = field.path();
            if profile.value(&path) != other.value(&path) {
                differing.push(path);
                set_actor(profile, *field, Field::Absent);
            }
        }
        for path in differing {
            profile.notes.push(Note::new(path, NoteKind::RecordsDiffer));
        }
    }
}
