//! Failures as the person is told of them.

use std::io;

use crate::{
    diagnostics,
    exit::{Exit, Failure},
};

impl Failure {
    /// Tells the person, and gives the exit code.
    pub(crate) fn report(self) -> Exit {
        match self {
            Self::Library(error) => {
                diagnostics::error(&error);
                Exit::of(&error)
            }
            Self::Usage(message) => {
                say!("error: {message}");
                Exit::Usage
            }
            // Whoever reads the output has seen enough: no fault of anybody's.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Complete,
            Self::Output(error) => {
                say!("error: the output cannot be written: {error}");
                Exit::Partial
            }
        }
    }
}

/// How a run ended that printed what it had written. Where nobody reads any more, that changes nothing; where the output cannot
/// be written, `written` says what was, on standard error.
pub(crate) fn after_write(
    printed: Result<(), Failure>,
    written: impl FnOnce() -> String,
) -> Result<Exit, Failure> {
    match printed {
        Ok(()) => Ok(Exit::Complete),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(failure @ Failure::Output(_)) => {
            let exit = failure.report();
            say!("{}", written());
            Ok(exit)
        }
        Err(failure) => Err(failure),
    }
}
