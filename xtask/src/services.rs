//! What documents say of services.

use crate::cargo::{Outcome, cargo};

/// The example that writes it.
const EXAMPLE: [&str; 6] = ["run", "--quiet", "--package", "anyprofile-tests", "--example", "services"];

/// Writes it, or checks that it is as it would be written.
///
/// # Errors
/// If a document cannot be written; with `check`, if one is not as it would be.
pub(crate) fn run(check: bool) -> Outcome {
    cargo(&[&EXAMPLE[..], if check { &["--", "check"] } else { &[] }].concat(), &[])
}
