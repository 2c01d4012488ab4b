//! A record of what was sent, so that an interrupted series of writes can be resumed.

use std::io;

use anyprofile_core::ProfileId;
use serde::{Deserialize, Serialize};

/// The state of the write to one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WriteState {
    /// It is about to be sent. If no other state follows, its result is unknown.
    Sending,
    /// It was written.
    Written,
    /// It was written, but the service shows another value.
    Ignored,
    /// It was not made: the service rejected it, or it was not sent.
    Failed,
    /// It was sent, and no response was received.
    Unknown,
}

/// A record of writes. Each is noted before it is sent, so that a run that ends abruptly leaves no write in doubt that was not begun.
///
/// ```
/// use std::io::{self, Write as _};
///
/// use anyprofile::{ProfileId, writing::{WriteJournal, WriteState}};
///
/// /// Appends lines to a file.
/// struct Lines(std::fs::File);
///
/// impl WriteJournal for Lines {
///     fn note(&mut self, id: &ProfileId, state: WriteState) -> io::Result<()> {
///         writeln!(self.0, "{id} {state:?}")?;
///         self.0.sync_data()
///     }
/// }
/// ```
pub trait WriteJournal: Send {
    /// Records the state of the write to a profile. The write is not sent if `Sending` cannot be recorded.
    ///
    /// # Errors
    /// If the record cannot be stored.
    fn note(&mut self, id: &ProfileId, state: WriteState) -> io::Result<()>;
}

/// Keeps the states in memory.
impl WriteJournal for Vec<(ProfileId, WriteState)> {
    fn note(&mut self, id: &ProfileId, state: WriteState) -> io::Result<()> {
        self.push((id.clone(), state));
        Ok(())
    }
}
