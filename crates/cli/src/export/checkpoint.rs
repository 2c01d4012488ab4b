//! The file that an export goes to, and beside it the one that says how far it is.
//!
//! A page is written to the file, and then the checkpoint says how long the file is and where to go on. A run that was
//! killed in between leaves lines that the checkpoint does not count: the next one cuts them off and asks for the page
//! again. So the file holds the same profiles, however often the export was cut off.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyprofile::ProfileId;
use serde::{Deserialize, Serialize};

use super::AccountProgress;
use crate::exit::Failure;

const VERSION: u32 = 1;

/// What the name of a checkpoint ends in, behind that of its file.
pub(crate) const CHECKPOINT: &str = ".checkpoint";
/// What that of a file ends in that is to take the place of another.
pub(crate) const NEW: &str = ".new";

/// How far an export is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    version: u32,
    /// What is exported.
    export: Identity,
    /// How long the file is, in bytes.
    length: u64,
    pub(crate) accounts: Vec<AccountProgress>,
}

/// What is exported, as hashes: an export goes on with the same alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) accounts: String,
    /// Where they are.
    pub(crate) places: String,
    /// Whose credentials are used, where the services show it.
    pub(crate) owners: String,
    pub(crate) query: String,
}

impl Identity {
    /// What differs, in words.
    fn differences(&self, other: &Self) -> String {
        let same_accounts = self.accounts == other.accounts;
        // Of other accounts, all that belongs to them differs too.
        let parts = [
            ("other accounts", !same_accounts),
            ("another address of a service", same_accounts && self.places != other.places),
            ("credentials of somebody else", same_accounts && self.owners != other.owners),
            ("another query", self.query != other.query),
        ];
        parts
            .into_iter()
            .filter_map(|(what, differs)| differs.then_some(what))
            .collect::<Vec<_>>()
            .join(" and ")
    }
}

/// The file of an export.
#[derive(Debug)]
pub(crate) struct Export {
    path: PathBuf,
    checkpoint_path: PathBuf,
    file: File,
    pub(crate) checkpoint: Checkpoint,
    /// Whether there was a checkpoint to go on from.
    pub(crate) is_resumed: bool,
}

/// Where a file is made that holds people's data, nobody else reads it.
#[cfg(unix)]
fn only_ours(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn only_ours(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

impl Export {
    /// Opens the file for an export of these accounts: a new one, or one that was cut off.
    pub(crate) fn open(
        path: &Path,
        export: &Identity,
        accounts: impl Iterator<Item = AccountProgress>,
    ) -> Result<Self, Failure> {
        let told = |why: &str| Failure::Usage(format!("{}: {why}", path.display()));
        let failed = |error: io::Error| told(&error.to_string());
        let checkpoint_path = beside(path, CHECKPOINT);
        if !path.exists() && checkpoint_path.exists() {
            let checkpoint = checkpoint_path.display();
            return Err(told(&format!(
                "it is not there any more, and {checkpoint} is: put it back to go on, or remove that one to begin anew"
            )));
        }
        let mut options = OpenOptions::new();
        let file = only_ours(options.create(true).truncate(false).read(true).write(true)).open(path);
        let file = file.map_err(failed)?;
        // Before anything is read: another run may be about to end.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(told("another export writes to it")),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let accounts: Vec<_> = accounts.collect();
        let stored = match std::fs::read(&checkpoint_path) {
            Ok(text) => Some(Checkpoint::parse(&text, export, &accounts).map_err(|why| {
                let checkpoint = checkpoint_path.display();
                told(&format!(
                    "{why}; export to another file, or remove both this one and {checkpoint} to begin anew"
                ))
            })?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let length = file.metadata().map_err(failed)?.len();
        let is_resumed = stored.is_some();
        let checkpoint = match stored {
            None if length > 0 => {
                return Err(told("it is there already, and no export that was cut off: name another file"));
            }
            None => Checkpoint { version: VERSION, export: export.clone(), length: 0, accounts },
            Some(stored) if stored.length > length => {
                return Err(told(
                    "it is shorter than it was when the export was cut off: export to another file",
                ));
            }
            Some(stored) => stored,
        };
        let mut export = Self { path: path.to_owned(), checkpoint_path, file, checkpoint, is_resumed };
        export.cut().map_err(failed)?;
        if !export.ends_with_a_line().map_err(failed)? {
            return Err(told("it is not as it was when the export was cut off: export to another file"));
        }
        if !is_resumed {
            export.save()?;
        }
        Ok(export)
    }

    /// Cuts off what the checkpoint does not count.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.checkpoint.length)?;
        self.file.seek(SeekFrom::Start(self.checkpoint.length)).map(drop)
    }

    /// Whether what the checkpoint counts is whole lines. Leaves the file at its end.
    fn ends_with_a_line(&mut self) -> io::Result<bool> {
        if self.checkpoint.length == 0 {
            return Ok(true);
        }
        self.file.seek(SeekFrom::Start(self.checkpoint.length - 1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last == *b"\n")
    }

    /// Has each id that is in the file already.
    pub(crate) fn for_each_id(&self, mut each: impl FnMut(ProfileId)) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Line {
            id: ProfileId,
        }

        let failed = |error: io::Error| Failure::Usage(format!("{}: {error}", self.path.display()));
        let file = File::open(&self.path).map_err(failed)?;
        for line in io::BufReader::new(file).lines() {
            let line = serde_json::from_str::<Line>(&line.map_err(failed)?);
            let Ok(Line { id }) = line else {
                let why = "it is not as it was when the export was cut off: export to another file";
                return Err(Failure::Usage(format!("{}: {why}", self.path.display())));
            };
            each(id);
        }
        Ok(())
    }

    /// Adds a page, and then notes how far an account is.
    pub(crate) fn add(
        &mut self,
        lines: &[u8],
        account: usize,
        progress: AccountProgress,
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::Usage(format!("{}: {error}", self.path.display()));
        self.file.write_all(lines).map_err(failed)?;
        self.checkpoint.length += lines.len() as u64;
        self.note(account, progress)
    }

    /// Notes how far an account is.
    pub(crate) fn note(&mut self, account: usize, progress: AccountProgress) -> Result<(), Failure> {
        if let Some(known) = self.checkpoint.accounts.get_mut(account) {
            *known = progress;
        }
        self.save()
    }

    fn save(&self) -> Result<(), Failure> {
        let failed =
            |error: io::Error| Failure::Usage(format!("{}: {error}", self.checkpoint_path.display()));
        let new = beside(&self.checkpoint_path, NEW);
        let text = serde_json::to_string(&self.checkpoint)?;
        // Either the old checkpoint is there or the new one, whole.
        let mut options = OpenOptions::new();
        let file = only_ours(options.create(true).truncate(true).write(true)).open(&new);
        let saved = file.and_then(|mut file| file.write_all(text.as_bytes()));
        saved.and_then(|()| std::fs::rename(&new, &self.checkpoint_path)).map_err(failed)
    }

    /// Ends an export that has everything that there is to be had: there is nothing to go on with.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::Usage(format!("{}: {error}", self.path.display()));
        self.file.sync_all().map_err(failed)?;
        std::fs::remove_file(&self.checkpoint_path).map_err(failed)
    }
}

impl Checkpoint {
    fn parse(text: &[u8], export: &Identity, accounts: &[AccountProgress]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }

        let version = serde_json::from_slice::<Version>(text)
            .map_err(|_| "its checkpoint cannot be read".to_owned())?;
        if version.version != VERSION {
            return Err(format!("its checkpoint is of version {}, and this is {VERSION}", version.version));
        }
        let stored: Self =
            serde_json::from_slice(text).map_err(|_| "its checkpoint cannot be read".to_owned())?;
        let names = |accounts: &[AccountProgress]| -> Vec<_> {
            accounts.iter().map(|account| account.account.clone()).collect()
        };
        if stored.export != *export {
            return Err(format!("it was begun with {}", stored.export.differences(export)));
        }
        if names(&stored.accounts) != names(accounts) {
            return Err("its checkpoint cannot be read".to_owned());
        }
        Ok(stored)
    }
}
