//! Why a snapshot cannot be written or read.

use std::{fmt, io};

use anyprofile_files::FileError;

/// The result of what is done with a snapshot.
pub type Result<T, E = SnapshotError> = std::result::Result<T, E>;

/// Why a snapshot cannot be written or read. `Display` says what failed, where, and what to do; it repeats nothing of a profile.
///
/// ```
/// use anyprofile_snapshot::{SnapshotError, Target};
///
/// let error = "people.xlsx".parse::<Target>().unwrap_err();
/// assert!(matches!(error, SnapshotError::Refused(_)));
/// assert!(error.to_string().contains("*.ndjson"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// A file cannot be read or written.
    File(FileError),
    /// What was asked for is not possible, or not without saying so.
    Refused(String),
    /// What is there is not a snapshot, or is not what its manifest says.
    Unreadable {
        /// Where it is, without credentials.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A database or an object store failed, and nothing of the snapshot can be seen there.
    Store {
        /// Where it is, without credentials.
        place: String,
        /// What it said.
        reason: String,
    },
    /// A service failed.
    Service(anyprofile_core::Error),
}

impl SnapshotError {
    /// Creates the error for a target that is there already.
    pub fn exists(place: impl fmt::Display) -> Self {
        Self::Refused(format!("{place}: it exists, and a snapshot replaces nothing; name another one"))
    }

    pub(crate) fn unreadable(place: impl fmt::Display, reason: impl Into<String>) -> Self {
        Self::Unreadable { place: place.to_string(), reason: reason.into() }
    }

    #[cfg(any(feature = "postgres", feature = "sqlite", feature = "object-store"))]
    pub(crate) fn store(place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        // What a server says may hold anything, also what steers a terminal.
        let reason = reason.to_string().replace(char::is_control, " ");
        Self::Store { place: place.to_string(), reason }
    }

    /// Returns whether space is missing, so that a later try may succeed.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::File(error) if error.is_full())
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(formatter),
            Self::Refused(why) => formatter.write_str(why),
            Self::Unreadable { place, reason } => write!(formatter, "{place}: {reason}"),
            Self::Store { place, reason } => write!(formatter, "{place}: {reason}"),
            Self::Service(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::Service(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FileError> for SnapshotError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<anyprofile_core::Error> for SnapshotError {
    fn from(error: anyprofile_core::Error) -> Self {
        Self::Service(error)
    }
}

/// Names the file in an error of the file system.
pub(crate) fn at(path: &std::path::Path) -> impl Fn(io::Error) -> SnapshotError + use<> {
    let path = path.to_owned();
    move |error| FileError::new(&path, error).into()
}
