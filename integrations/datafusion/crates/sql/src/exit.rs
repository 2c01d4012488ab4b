//! Exit codes, and failures that end the command.

use anyprofile::{Error, ErrorKind};
use anyprofile_snapshot::SnapshotError;
use anyprofile_terminal::printable_lines;
use datafusion::{arrow::error::ArrowError, common::DataFusionError};

/// How the command ended, as in `anyprofile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Complete.
    Complete = 0,
    /// A defect of this program.
    Defect = 1,
    /// Wrong usage or configuration, or a query that cannot be run.
    Usage = 2,
    /// A credential was rejected, or lacks a permission.
    Access = 3,
    /// Somebody may be missing.
    Partial = 4,
    /// A service failed.
    Service = 5,
    /// Not found.
    NotFound = 6,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure that ends the command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage.
    Usage(String),
    /// Of the accounts.
    Profile(Error),
    /// Of a query.
    Query(DataFusionError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Profile(error)
    }
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        Self::Query(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Query(error.into())
    }
}

impl Failure {
    /// Prints the failure, and what to do next.
    pub(crate) fn print(&self) {
        match self {
            Self::Usage(message) => say!("error: {}", printable_lines(message)),
            Self::Profile(error) => print(error),
            Self::Query(error) => {
                if let Some(error) = cause::<Error>(error) {
                    print(error);
                } else if let Some((_, message)) = of_cluster(error) {
                    say!("error: {}", printable_lines(&message));
                } else if let Some(error) = cause::<SnapshotError>(error) {
                    say!("error: {}", printable_lines(&error.to_string()));
                } else {
                    say!("error: {}", printable_lines(&message_of(error)));
                }
            }
        }
    }

    /// Returns whether nobody reads the output any more.
    pub(crate) fn is_unread(&self) -> bool {
        let Self::Query(error) = self else { return false };
        let is_pipe = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
        match error.find_root() {
            DataFusionError::IoError(error) => is_pipe(error),
            DataFusionError::ArrowError(error, _) => match &**error {
                ArrowError::IoError(_, error) => is_pipe(error),
                _ => false,
            },
            _ => false,
        }
    }

    /// Returns the exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Profile(error) => of(error),
            Self::Query(error) => {
                match (cause::<Error>(error), cause::<SnapshotError>(error), error.find_root()) {
                    (Some(error), ..) => of(error),
                    (_, Some(_), _) => Exit::Usage,
                _ if of_cluster(error).is_some() => of_cluster(error).map_or(Exit::Service, |(kind, _)| of_kind(kind)),
                    (
                        ..,
                        DataFusionError::SQL(..)
                        | DataFusionError::Plan(_)
                        | DataFusionError::SchemaError(..)
                        | DataFusionError::Configuration(_)
                        | DataFusionError::NotImplemented(_)
                        | DataFusionError::Diagnostic(..)
                        | DataFusionError::IoError(_)
                        | DataFusionError::ObjectStore(_)
                    // What a query computes, such as a division by zero.
                    | DataFusionError::Execution(_)
                    | DataFusionError::ArrowError(..),
                    ) => Exit::Usage,
                    _ => Exit::Defect,
                }
            }
        }
    }
}

/// Returns what went wrong, without the steps of the planner on the way there.
fn message_of(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::Plan(message)
        | DataFusionError::Configuration(message)
        | DataFusionError::Execution(message) => message.clone(),
        root => root.strip_backtrace(),
    }
}

/// Prints an error, whose text has what to do next.
fn print(error: &Error) {
    say!("error: {}", printable_lines(&error.to_string()));
}

fn of(error: &Error) -> Exit {
    of_kind(error.kind())
}

fn of_kind(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::Config | ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::Conflict => {
            Exit::Usage
        }
        ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => Exit::Access,
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::Incomplete => Exit::Partial,
        ErrorKind::Internal => Exit::Defect,
        _ => Exit::Service,
    }
}

/// Returns the kind and the message of a failure of a cluster, which hands on errors as the text of their `Debug`.
fn of_cluster(error: &DataFusionError) -> Option<(ErrorKind, String)> {
    let message = error.find_root().strip_backtrace();
    if message.contains("tonic::transport") || message.contains("transport error") {
        let told = "the scheduler cannot be reached; check the URL of --scheduler, and that it runs";
        return Some((ErrorKind::Transport, told.to_owned()));
    }
    let (_, message) = message.split_once("Job ")?;
    if message.trim_end().ends_with("failed: Cancelled") {
        let told = "the cluster ended the query: an executor was lost, or somebody cancelled it; run the query again";
        return Some((ErrorKind::Upstream, told.to_owned()));
    }
    let ours = message.split_once("Error { kind: ").and_then(|(_, rest)| {
        let (kind, rest) = rest.split_once(", display: ")?;
        let kind = ErrorKind::ALL.iter().find(|it| format!("{it:?}") == kind)?;
        Some((*kind, rest.split_once(", .. }").map_or(rest, |(text, _)| text).to_owned()))
    });
    let of_query = || {
        let (_, rest) = message.split_once("Plan(\"").or_else(|| message.split_once("ArrowError("))?;
        Some((ErrorKind::InvalidRequest, rest.trim_end_matches(['"', ')']).to_owned()))
    };
    Some(ours.or_else(of_query).unwrap_or_else(|| (ErrorKind::Upstream, format!("the cluster: {message}"))))
}

/// Returns the error of this type that caused an error of a query.
fn cause<E: std::error::Error + 'static>(error: &DataFusionError) -> Option<&E> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<DataFusionError>() {
            Some(DataFusionError::External(inner)) => Some(&**inner),
            Some(DataFusionError::Context(_, inner)) => Some(&**inner),
            Some(DataFusionError::Shared(inner)) => Some(&**inner),
            _ => error.source(),
        };
    }
    None
}
