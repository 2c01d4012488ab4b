//! The table of faults: `docs/faults.md`.

use std::fs;

use crate::cargo::{Outcome, output_of, workspace};

/// Writes the table, or checks that it is as it would be written.
///
/// # Errors
/// If it cannot be made or written; with `check`, if it is not as it would be written.
pub(crate) fn run(check: bool) -> Outcome {
    let text = output_of(&["run", "--quiet", "--package", "anyprofile-tests", "--example", "matrix"])?;
    let file = workspace()?.root.join("docs").join("faults.md");
    if check {
        let there = fs::read_to_string(&file).unwrap_or_default();
        let wrong = "docs/faults.md is not as it would be made: run `cargo xtask matrix`";
        return if there == text { Ok(()) } else { Err(wrong.to_owned()) };
    }
    fs::write(&file, text).map_err(|error| format!("docs/faults.md: {error}"))
}
