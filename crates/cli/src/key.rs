//! The key for the digests in a journal.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The length of a key, in bytes.
const LENGTH: usize = 32;

/// A secret key of the current user. A journal holds only digests with this key (HMAC-SHA-256), so that a reader of a
/// journal cannot guess the written values.
#[derive(Clone)]
pub(crate) struct JournalKey([u8; LENGTH]);

impl JournalKey {
    /// Returns the key of this user from `anyprofile/key` in the state directory, and creates it if it does not
    /// exist.
    ///
    /// If it cannot be saved, such as without a home directory or on a full disk, returns a key for this run only. A
    /// later run then does not recognize this journal, and a note says so.
    ///
    /// # Errors
    /// If the file is not a key, so that a person must decide, and if the system provides no randomness.
    pub(crate) fn of_user() -> io::Result<Self> {
        let Some(path) = usual_path() else { return Self::random() };
        match Self::read_or_make(&path) {
            Err(error) if error.kind() != io::ErrorKind::InvalidData => {
                say!(
                    "note: cannot save the key of the journal at {} ({error}); a later run will not recognize this \
                        journal, and will read all profiles again",
                    path.display()
                );
                Self::random()
            }
            read => read,
        }
    }

    fn random() -> io::Result<Self> {
        let mut key = [0; LENGTH];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Self(key))
    }

    fn read_or_make(path: &Path) -> io::Result<Self> {
        match Self::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let key = Self::random()?;
        // Written whole or not at all: another run may read it, and this run may end at any moment.
        let new = path.with_extension(key.digest("new").get(..16).unwrap_or("new"));
        let made = key.write(&new).and_then(|()| match std::fs::hard_link(&new, path) {
            // Some file systems do not support hard links.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => std::fs::rename(&new, path),
            linked => linked,
        });
        // Removes the temporary file if linking failed.
        let _ = std::fs::remove_file(&new);
        match made {
            Ok(()) => Ok(key),
            // Another run created the key first, so its key is used.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(path),
            Err(error) => Err(error),
        }
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(&self.0)?;
        file.sync_all()
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut key = Vec::new();
        std::fs::File::open(path)?.take(LENGTH as u64 + 1).read_to_end(&mut key)?;
        let wrong = |_| {
            let why = format!("{} is not a key of this program; remove it", path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        };
        key.try_into().map(Self).map_err(wrong)
    }

    /// Returns the digest of a text, as hexadecimal digits.
    pub(crate) fn digest(&self, text: &str) -> String {
        // HMAC accepts a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        let mut digest = String::with_capacity(2 * LENGTH);
        for byte in mac.finalize().into_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        digest
    }
}

fn usual_path() -> Option<PathBuf> {
    Some(state_folder()?.join("key"))
}

/// Returns the directory for the state of this user's runs.
pub(crate) fn state_folder() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Some(folder.join("anyprofile"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_stays_and_what_is_none_is_refused() {
        let folder = std::env::temp_dir().join(format!("anyprofile-key-{}", std::process::id()));
        let path = folder.join("deeper").join("key");
        let first = JournalKey::read_or_make(&path).unwrap().digest("cto");
        assert_eq!(JournalKey::read_or_make(&path).unwrap().digest("cto"), first);
        assert_eq!(first.len(), 64);
        assert_ne!(JournalKey::random().unwrap().digest("cto"), first);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "short").unwrap();
        assert!(JournalKey::read_or_make(&path).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
