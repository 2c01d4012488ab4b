//! Files that end the command if they cannot be read or written.

use std::{io, path::Path};

use anyprofile_files::FileError;
pub(crate) use anyprofile_files::{beside, check_writable, folder_of, in_words, is_due, open_to_append};

use crate::exit::Failure;

/// Writes a whole private file.
///
/// # Errors
/// A message that names the file.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    Ok(anyprofile_files::write_whole(path, content)?)
}

/// Returns the failure that ends the command when a file cannot be read or written.
pub(crate) fn failure(path: &Path, error: &io::Error) -> Failure {
    FileError::new(path, io::Error::new(error.kind(), error.to_string())).into()
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        if error.is_full() {
            Self::Output(io::Error::new(error.kind(), error.to_string()))
        } else {
            Self::Usage(error.to_string())
        }
    }
}
