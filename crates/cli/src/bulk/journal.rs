//! What became of each profile of a file, so that a run that was cut off goes on where it was.
//!
//! A line is added before a profile is written and after. It holds the id and what became of it, no value.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    hash::Hasher as _,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyprofile::ProfileId;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What became of one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It is about to be written. Where nothing follows, it is not known whether it was.
    Sending,
    /// It was written.
    Written,
    /// It was written, and the service shows something else.
    Ignored,
    /// The service refused it.
    Failed,
    /// It was sent, and no answer came.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Head {
    changes: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: ProfileId,
    state: State,
}

/// The journal of one file of changes.
pub(crate) struct Journal {
    path: PathBuf,
    fingerprint: String,
    states: HashMap<ProfileId, State>,
    /// How long the journal was when it was read, in bytes.
    length: u64,
    file: Option<File>,
}

impl Journal {
    /// Reads what there is, and writes nothing yet.
    pub(crate) fn read(path: PathBuf, changes: &str) -> Result<Self, Failure> {
        let mut hasher = fnv::FnvHasher::default();
        hasher.write(changes.as_bytes());
        let fingerprint = format!("{:016x}", hasher.finish());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unreadable(&path, &error.to_string())),
        };
        let mut lines = text.lines();
        let mut states = HashMap::new();
        if let Some(head) = lines.next() {
            let head: Head = serde_json::from_str(head).map_err(|_| unreadable(&path, "it is no journal"))?;
            if head.changes != fingerprint {
                return Err(unreadable(
                    &path,
                    "it belongs to other changes: name another journal with --journal, or remove it",
                ));
            }
        }
        // The last line of a run that was cut off may be half a line: what it was about is then not known.
        states.extend(
            lines
                .filter_map(|line| serde_json::from_str::<Line>(line).ok())
                .map(|line| (line.id, line.state)),
        );
        Ok(Self { path, fingerprint, states, length: text.len() as u64, file: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a profile was written in an earlier run.
    pub(crate) fn is_written(&self, id: &ProfileId) -> bool {
        matches!(self.state_of(id), Some(State::Written | State::Ignored))
    }

    /// What was noted last of a profile.
    pub(crate) fn state_of(&self, id: &ProfileId) -> Option<State> {
        self.states.get(id).copied()
    }

    /// Notes what became of a profile. It is with the operating system before this returns: an end of this process does
    /// not lose it, one of the machine may.
    ///
    /// # Errors
    /// If the file cannot be written, or another run writes to it or has done so since it was read: both would write the
    /// same profiles.
    pub(crate) fn note(&mut self, id: &ProfileId, state: State) -> Result<(), Failure> {
        let mut lines = String::new();
        if self.file.is_none() {
            let file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(unreadable(&self.path, "another run writes to it"));
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if file.metadata()?.len() != self.length {
                return Err(unreadable(&self.path, "another run has written to it meanwhile: start again"));
            }
            // After half a line a new one starts.
            lines = match self.length {
                0 => serde_json::to_string(&Head { changes: self.fingerprint.clone() })? + "\n",
                _ => "\n".to_owned(),
            };
            self.file = Some(file);
        }
        lines.push_str(&serde_json::to_string(&Line { id: id.clone(), state })?);
        lines.push('\n');
        self.states.insert(id.clone(), state);
        if let Some(file) = &mut self.file {
            let written = file.write_all(lines.as_bytes());
            written.map_err(|error| unreadable(&self.path, &error.to_string()))?;
        }
        Ok(())
    }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Usage(format!("the journal {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_do_not_write_with_one_journal() {
        let path = std::env::temp_dir().join(format!("anyprofile-journal-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let id: ProfileId = "probely:eu/user/x".parse().unwrap();
        let [mut first, mut second, mut third] =
            [(); 3].map(|()| Journal::read(path.clone(), "changes").unwrap());
        first.note(&id, State::Written).unwrap();
        let told = |failure: Failure| format!("{failure:?}");
        assert!(told(second.note(&id, State::Sending).unwrap_err()).contains("another run writes to it"));
        drop(first);
        assert!(told(third.note(&id, State::Sending).unwrap_err()).contains("has written to it meanwhile"));
        let again = Journal::read(path.clone(), "changes").unwrap();
        assert!(again.is_written(&id));
        std::fs::remove_file(path).unwrap();
    }
}
