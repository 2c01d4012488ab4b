//! Files and their paths.

use std::{fs, path::Path};

/// Reads a file that is a text.
///
/// # Errors
/// The file, and why it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns a path as the argument of a program.
///
/// # Errors
/// If the path is no text.
pub(crate) fn text_of(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("the path {} is no text", path.display()))
}
