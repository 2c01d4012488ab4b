//! What takes profiles and writes them in one form.

use anyprofile::{Capabilities, Profile};

use crate::exit::Failure;

/// Takes profiles one by one and writes them in one form.
pub(crate) trait ProfileWriter {
    /// Takes a profile. `capabilities` are those of its provider. One that cannot be written in this form is told, and left
    /// out.
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure>;

    /// Hands on what was written so far. Where that is one table it stays here.
    fn flush(&mut self) -> Result<(), Failure>;

    /// Writes what is still to be written.
    fn finish(&mut self) -> Result<(), Failure>;

    /// How many profiles were taken and are not in the output.
    fn left_out(&self) -> u64;
}

/// Profiles that cannot be written in a form.
#[derive(Debug, Default)]
pub(super) struct LeftOut(u64);

impl LeftOut {
    /// What was made of a profile; if it cannot be made, that is told and counted.
    pub(super) fn unless_converted<T, E>(&mut self, profile: &Profile, converted: Result<T, E>) -> Option<T> {
        if converted.is_err() {
            self.0 += 1;
            say!("error: {}: the record cannot be written as JSON, and is left out", profile.id);
        }
        converted.ok()
    }

    pub(super) const fn count(&self) -> u64 {
        self.0
    }
}
