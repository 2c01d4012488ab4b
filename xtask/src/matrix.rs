//! The tables of faults, `docs/faults.md`, and pairs of faults.

use std::fs;

use crate::{
    cargo::{Outcome, cargo, output_of, workspace},
    soak::seed_or_time,
};

/// The example that tries faults.
const EXAMPLE: [&str; 6] = ["run", "--quiet", "--package", "anyprofile-tests", "--example", "matrix"];

/// Tries pairs of faults: all, or so many as a seed chooses, which is printed.
///
/// # Errors
/// If something comes of a pair that must not.
pub(crate) fn pairs(count: Option<u32>, seed: Option<u64>) -> Outcome {
    let Some(count) = count else { return cargo(&[&EXAMPLE[..], &["--", "pairs"]].concat(), &[]) };
    let (count, seed) = (count.to_string(), seed_or_time(seed).to_string());
    eprintln!("seed {seed}");
    cargo(&[&EXAMPLE[..], &["--", "pairs", &count, &seed]].concat(), &[])
}

/// Writes the tables, or checks that they are as they would be written.
///
/// # Errors
/// If they cannot be made or written, or something comes of a fault that must not; with `check`, if they are not as they
/// would be written.
pub(crate) fn run(check: bool) -> Outcome {
    let text = output_of(&EXAMPLE)?;
    let file = workspace()?.root.join("docs").join("faults.md");
    if check {
        let there = fs::read_to_string(&file).unwrap_or_default();
        let wrong = "docs/faults.md is not as it would be made: run `cargo xtask matrix`";
        return if there == text { Ok(()) } else { Err(wrong.to_owned()) };
    }
    fs::write(&file, text).map_err(|error| format!("docs/faults.md: {error}"))
}
