//! Writers of profiles.

use anyprofile::{Capabilities, Profile};

use crate::exit::Failure;

/// Writes profiles one by one in one format.
pub(crate) trait ProfileWriter {
    /// Writes a profile. `capabilities` are those of its provider. A profile that cannot be written in this format is
    /// reported and omitted.
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure>;

    /// Flushes what was written so far. A table is written only at the end.
    fn flush(&mut self) -> Result<(), Failure>;

    /// Writes the rest of the output.
    fn finish(&mut self) -> Result<(), Failure>;

    /// Returns the number of profiles that are not in the output.
    fn left_out(&self) -> u64;
}

/// Counts the profiles that cannot be written in a format.
#[derive(Debug, Default)]
pub(super) struct LeftOut(u64);

impl LeftOut {
    /// Returns a converted profile; a failed conversion is reported and counted.
    pub(super) fn unless_converted<T, E>(&mut self, profile: &Profile, converted: Result<T, E>) -> Option<T> {
        if converted.is_err() {
            self.0 += 1;
            say!("error: {}: the profile cannot be written as JSON and is omitted", profile.id);
        }
        converted.ok()
    }

    pub(super) const fn count(&self) -> u64 {
        self.0
    }
}
