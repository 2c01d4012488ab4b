//! Exit codes, and failures that end the command.

use std::io;

use anyprofile::{Error, ErrorKind, error::Effect};

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Complete.
    Complete = 0,
    /// A defect of ours.
    Defect = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// The credential was refused, or may not do this.
    Access = 3,
    /// Some account, page or record failed; the rest was delivered.
    Partial = 4,
    /// The service failed.
    Service = 5,
    /// Not found.
    NotFound = 6,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// The code that stands for one error.
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            // Something was written.
            _ if matches!(error.effect(), Effect::Partial | Effect::Whole) => Self::Partial,
            _ if error.effect() == Effect::Possible && error.status().is_some_and(|status| status < 500) => {
                Self::Partial
            }
            ErrorKind::Config | ErrorKind::InvalidRequest | ErrorKind::Unsupported => Self::Usage,
            // What was planned does not fit any more, and nothing was sent.
            ErrorKind::Conflict if error.status().is_none() => Self::Usage,
            ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => Self::Access,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Internal => Self::Defect,
            _ => Self::Service,
        }
    }
}

impl Exit {
    /// The code of several outcomes: that of all where they are alike, else that of a part.
    pub(crate) fn of_all(exits: impl IntoIterator<Item = Self>) -> Self {
        let alike = exits.into_iter().map(Some).reduce(|one, other| if one == other { one } else { None });
        alike.map_or(Self::Complete, |exit| exit.unwrap_or(Self::Partial))
    }

    /// The code of a run that did both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::of_all([self, other])
    }

    /// The code, where something is known to be left.
    pub(crate) fn unless_complete(self) -> Self {
        if self == Self::Complete { Self::Partial } else { self }
    }
}

/// What ends the command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A service or the configuration.
    Library(Error),
    /// Wrong usage, in words for the person.
    Usage(String),
    /// Writing the output.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
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
