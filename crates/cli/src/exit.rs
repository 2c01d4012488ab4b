//! Exit codes, and failures that end the command.

use std::io;

use anyprofile::{Error, ErrorKind, error::Effect, snapshot::SnapshotError};

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Complete.
    Complete = 0,
    /// A defect of this program.
    Defect = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// The credential was rejected, or lacks a permission.
    Access = 3,
    /// An account, a page or a record failed; the rest was delivered.
    Partial = 4,
    /// The service failed.
    Service = 5,
    /// Not found.
    NotFound = 6,
    /// `verify` found something altered, `diff --exit-code` found differences, or `review` a finding that it was to fail on.
    Differences = 10,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// Returns the exit code for one error.
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            // Part of the write, or all of it, took effect.
            _ if matches!(error.effect(), Effect::Partial | Effect::Whole) => Self::Partial,
            _ if error.effect() == Effect::Possible && error.status().is_some_and(|status| status < 500) => {
                Self::Partial
            }
            ErrorKind::Config | ErrorKind::InvalidRequest | ErrorKind::Unsupported => Self::Usage,
            // The plan is outdated, and nothing was sent.
            ErrorKind::Conflict if error.status().is_none() => Self::Usage,
            ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => Self::Access,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Incomplete => Self::Partial,
            ErrorKind::Internal => Self::Defect,
            _ => Self::Service,
        }
    }
}

impl Exit {
    /// Returns the exit code of several outcomes: their common code, or [`Exit::Partial`] if they differ.
    pub(crate) fn of_all(exits: impl IntoIterator<Item = Self>) -> Self {
        let alike = exits.into_iter().map(Some).reduce(|one, other| if one == other { one } else { None });
        alike.map_or(Self::Complete, |exit| exit.unwrap_or(Self::Partial))
    }

    /// Returns the exit code of a run that had both outcomes.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::of_all([self, other])
    }

    /// Returns the exit code, or [`Exit::Partial`] instead of [`Exit::Complete`].
    pub(crate) fn unless_complete(self) -> Self {
        if self == Self::Complete { Self::Partial } else { self }
    }
}

/// A failure that ends the command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of a service or the configuration.
    Library(Error),
    /// Wrong usage, as a message for the user.
    Usage(String),
    /// The output could not be written.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Service(error) => Self::Library(error),
            full if full.is_full() => {
                Self::Output(io::Error::new(io::ErrorKind::StorageFull, full.to_string()))
            }
            SnapshotError::Store { .. } => Self::Output(io::Error::other(error.to_string())),
            other => Self::Usage(other.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        Self::Output(match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }
}
