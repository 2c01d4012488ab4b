//! The state of a field, from the profile and the service's capabilities.

use super::Profile;
use crate::{
    Capabilities, FieldPath, FieldState,
    capabilities::Readable,
    profile::{MissingReason, Origin},
};

impl Profile {
    /// Returns the state of a field.
    ///
    /// The profile itself says value, null or absent. If the field is absent, `capabilities` say whether the records
    /// that the profile was read from can have it, and whether this credential may see it.
    ///
    /// A field that only another record of the service has is [`FieldState::Unsupported`] here.
    /// [`FieldTable::get`](crate::capabilities::FieldTable::get) names that record, and
    /// [`GetOptions::enrich`](crate::GetOptions::enrich) adds it.
    pub fn state(&self, path: &FieldPath, capabilities: &Capabilities) -> FieldState {
        match self.record_state(path) {
            FieldState::Absent => {}
            known => return known,
        }
        let views = self.origin.iter().flat_map(Origin::views);
        match capabilities.fields.readable_in(path, views) {
            Readable::Yes => FieldState::Absent,
            Readable::Withheld { .. } => FieldState::Withheld,
            Readable::No => self.state_in_missing(path, capabilities),
        }
    }

    /// Returns the state of a field that none of the records that were read can have. A record that could not be read
    /// may have it.
    fn state_in_missing(&self, path: &FieldPath, capabilities: &Capabilities) -> FieldState {
        let Some(spec) = capabilities.fields.get(path) else { return FieldState::Unsupported };
        let missing = self.origin.iter().flat_map(|origin| &origin.missing);
        let reasons: Vec<_> = missing.filter(|it| spec.is_in(&it.view)).map(|it| &it.reason).collect();
        if reasons.contains(&&MissingReason::Withheld) {
            FieldState::Withheld
        } else if reasons.iter().any(|reason| **reason != MissingReason::Unsupported) {
            FieldState::Absent
        } else {
            FieldState::Unsupported
        }
    }
}
