//! Reports failures to the user.

use std::io;

use crate::{
    diagnostics,
    exit::{Exit, Failure},
};

impl Failure {
    /// Prints the failure, and returns the exit code.
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
            // The reader of the output has seen enough, such as `head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Complete,
            Self::Output(error) => {
                say!("error: cannot write the output: {error}");
                Exit::Partial
            }
        }
    }
}

/// Returns the exit code of a run that printed the results of its writes. A reader that closed the output is not an
/// error. If the output cannot be written for another reason, `written` says what was written, on standard error.
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
