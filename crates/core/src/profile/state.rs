//! What is known of a field, beside what a service can show.

use super::Profile;
use crate::{
    Capabilities, FieldPath, FieldState,
    capabilities::Readable,
    profile::{MissingReason, Origin},
};

impl Profile {
    /// The state of a field: value, null or absent as the profile says, and where it is absent whether the service
    /// supports it in the records that the profile was read from and shows it to this credential.
    ///
    /// A field that the service shows in another record only is [`FieldState::Unsupported`] here;
    /// [`FieldTable::get`](crate::capabilities::FieldTable::get) names the record, and
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

    /// The state of a field that none of the records has that were read: those that were asked for and cannot be read
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
