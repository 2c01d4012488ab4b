//! The journal of the writes of a file, so that an interrupted run can be resumed.
//!
//! One line is added before each write and one after it. A line holds the id, a digest of the change, and the state,
//! but no value.

use std::{
    collections::HashMap,
    fs::{File, TryLockError},
    hash::Hash,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Instant,
};

use anyprofile::writing::WriteState;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{exit::Failure, files};

/// The first line, which identifies the file.
#[derive(Serialize, Deserialize)]
struct Head {
    journal: String,
    version: u32,
}

const VERSION: u32 = 2;

/// Any other line. A write is identified by a profile id, or by the digest of a plan.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum JournalLine<K> {
    Noted {
        id: K,
        /// The digest of the change and its target.
        change: String,
        state: WriteState,
    },
    /// The end of a run in which everything was written. The following lines belong to another run.
    Closed { closed: bool },
}

/// The journal of a file of changes. It records what was written, not the current state, so a profile must be read
/// before it is skipped.
///
/// The last line of a profile counts; earlier states are overwritten.
pub(crate) struct Journal<K> {
    /// The command that writes the journal.
    purpose: &'static str,
    path: PathBuf,
    states: HashMap<K, (String, WriteState)>,
    /// The states in completed runs.
    closed: HashMap<K, (String, WriteState)>,
    /// The length of the journal when it was read, in bytes.
    length: u64,
    file: Option<File>,
    /// When the file was last synced to the device.
    synced: Option<Instant>,
}

impl<K> Default for Journal<K> {
    /// Creates a journal that is never written.
    fn default() -> Self {
        Self {
            purpose: "",
            path: PathBuf::new(),
            states: HashMap::new(),
            closed: HashMap::new(),
            length: 0,
            file: None,
            synced: None,
        }
    }
}

impl<K: Clone + Eq + Hash + Serialize + DeserializeOwned> Journal<K> {
    /// Reads the journal of a command, if it exists. Writes nothing yet.
    pub(crate) fn read(purpose: &'static str, path: PathBuf) -> Result<Self, Failure> {
        // Checked now, so that the error does not come after all profiles were read.
        files::check_writable(&path).map_err(|error| unreadable(&path, &files::in_words(&error)))?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unreadable(&path, &error.to_string())),
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(unreadable(&path, "its directory does not exist"));
        }
        let mut lines = text.lines();
        if let Some(head) = lines.next() {
            let is_known = |head: &Head| head.journal == purpose && head.version == VERSION;
            if !serde_json::from_str::<Head>(head).is_ok_and(|head| is_known(&head)) {
                return Err(unreadable(
                    &path,
                    "it is not a journal of this command and version; name another file, or remove it",
                ));
            }
        }
        // The last line of an interrupted run may be incomplete; the state of its profile is then unknown.
        let (mut states, mut closed) = (HashMap::new(), HashMap::new());
        for line in lines.filter_map(|line| serde_json::from_str::<JournalLine<K>>(line).ok()) {
            match line {
                JournalLine::Noted { id, change, state } => drop(states.insert(id, (change, state))),
                JournalLine::Closed { .. } => closed.extend(states.drain()),
            }
        }
        let length = text.len() as u64;
        Ok(Self { purpose, path, states, closed, length, file: None, synced: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether a completed run wrote this change.
    pub(crate) fn was_closed_with(&self, id: &K, change: &str) -> bool {
        self.closed.get(id).is_some_and(|(last, _)| last == change)
    }

    /// Returns the state of a change, if it is the last recorded change of the profile.
    pub(crate) fn state_of(&self, id: &K, change: &str) -> Option<WriteState> {
        self.states.get(id).filter(|(last, _)| last == change).map(|(_, state)| *state)
    }

    /// Records the state of a profile. The operating system has the line before this returns, so the end of this
    /// process does not lose it. A power cut may lose the last quarter of a second.
    ///
    /// # Errors
    /// If the file cannot be written, or if another run is writing to it or has written since it was read. Both runs
    /// would write to the same profiles.
    pub(crate) fn note(&mut self, id: &K, change: &str, state: WriteState) -> Result<(), Failure> {
        let line = JournalLine::Noted { id: id.clone(), change: change.to_owned(), state };
        self.add(&line)?;
        self.states.insert(id.clone(), (change.to_owned(), state));
        Ok(())
    }

    /// Records that everything was written. The next run with this journal starts from the beginning.
    ///
    /// # Errors
    /// See [`note`](Self::note).
    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        if self.states.is_empty() {
            return Ok(());
        }
        self.add(&JournalLine::Closed { closed: true })
    }

    fn add(&mut self, line: &JournalLine<K>) -> Result<(), Failure> {
        let mut lines = String::new();
        if self.file.is_none() {
            let file = files::open_to_append(&self.path)
                .map_err(|error| unreadable(&self.path, &files::in_words(&error)))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(unreadable(&self.path, "another run is writing to it"));
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if file.metadata()?.len() != self.length {
                return Err(unreadable(&self.path, "another run has written to it; start again"));
            }
            // Starts a new line, since the last one may be incomplete.
            lines = match self.length {
                0 => {
                    serde_json::to_string(&Head { journal: self.purpose.to_owned(), version: VERSION })?
                        + "\n"
                }
                _ => "\n".to_owned(),
            };
            self.file = Some(file);
        }
        lines.push_str(&serde_json::to_string(line)?);
        lines.push('\n');
        if let Some(file) = &mut self.file {
            let now = Instant::now();
            let mut written = file.write_all(lines.as_bytes());
            if files::is_due(self.synced, now) || matches!(line, JournalLine::Closed { .. }) {
                written = written.and_then(|()| file.sync_data());
                self.synced = Some(now);
            }
            written.map_err(|error| files::failure(&self.path, &error))?;
        }
        Ok(())
    }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Usage(format!("the journal {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use anyprofile::ProfileId;

    use super::*;

    fn read(path: &Path) -> Journal<ProfileId> {
        Journal::read("anyprofile update", path.to_owned()).unwrap()
    }

    #[test]
    fn the_last_line_of_a_profile_counts_and_a_closed_journal_says_nothing() {
        let path = std::env::temp_dir().join(format!("anyprofile-journal-closed-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let id: ProfileId = "probely:eu/user/x".parse().unwrap();
        let mut journal = read(&path);
        journal.note(&id, "a", WriteState::Written).unwrap();
        journal.note(&id, "b", WriteState::Written).unwrap();
        drop(journal);
        let mut journal = read(&path);
        assert_eq!(
            (journal.state_of(&id, "a"), journal.state_of(&id, "b")),
            (None, Some(WriteState::Written))
        );
        journal.close().unwrap();
        drop(journal);
        let mut journal = read(&path);
        assert_eq!(journal.state_of(&id, "b"), None);
        assert!(journal.was_closed_with(&id, "b") && !journal.was_closed_with(&id, "a"));
        journal.note(&id, "a", WriteState::Sending).unwrap();
        drop(journal);
        assert_eq!(read(&path).state_of(&id, "a"), Some(WriteState::Sending));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn two_runs_do_not_write_with_one_journal() {
        let path = std::env::temp_dir().join(format!("anyprofile-journal-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let id: ProfileId = "probely:eu/user/x".parse().unwrap();
        let [mut first, mut second, mut third] = [(); 3].map(|()| read(&path));
        first.note(&id, "c", WriteState::Written).unwrap();
        let told = |failure: Failure| format!("{failure:?}");
        assert!(
            told(second.note(&id, "c", WriteState::Sending).unwrap_err())
                .contains("another run is writing to it")
        );
        drop(first);
        assert!(
            told(third.note(&id, "c", WriteState::Sending).unwrap_err())
                .contains("has written to it; start again")
        );
        let again = read(&path);
        assert_eq!(again.state_of(&id, "c"), Some(WriteState::Written));
        assert_eq!(again.state_of(&id, "another"), None);
        std::fs::remove_file(path).unwrap();
    }
}
