//! The fuzz targets, each for a bounded time.

use std::{fs, path::Path, process::Command};

use crate::cargo::{Outcome, cargo, workspace};

/// The longest input that is tried, in bytes: long enough for a page of records.
const LONGEST: usize = 16_384;

/// Builds the targets and runs each for so many seconds, or those that are named. What is found beside the seeds is kept
/// below the target directory, what fails beside it.
///
/// # Errors
/// If a target cannot be built, or fails.
pub(crate) fn run(seconds: u64, names: &[String]) -> Outcome {
    let workspace = workspace()?;
    let folder = workspace.root.join("fuzz");
    let known = targets(&folder)?;
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("there is no fuzz target '{unknown}'; there are: {}", known.join(", ")));
    }
    // No sanitizer: nothing here is unsafe, and so the stable compiler does.
    cargo(&["fuzz", "build", "--sanitizer", "none"], &[])?;
    let mut failed = Vec::new();
    for target in known.iter().filter(|target| names.is_empty() || names.contains(target)) {
        let found = workspace.target.join("fuzz").join(target);
        fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let program = program(&folder, target)?;
        eprintln!("$ {target}, {seconds} s");
        let status = Command::new(&program)
            .arg(&found)
            .args(seeds(&folder, target))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg("-timeout=10")
            .arg("-print_final_stats=1")
            .arg(format!("-artifact_prefix={}/failed-", found.display()))
            .status()
            .map_err(|error| format!("{target} cannot be run: {error}"))?;
        if !status.success() {
            failed.push(format!("{target} failed; the input is in {}", found.display()));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\nxtask: ")) }
}

/// The folders with the seeds of a target. Definitions begin with those of the catalog.
fn seeds(folder: &Path, target: &str) -> Vec<std::path::PathBuf> {
    let corpus = folder.join("corpus").join(target);
    let seeds = if target == "definitions" { folder.join("../crates/declared/catalog") } else { corpus };
    vec![seeds]
}

/// The names of the targets: those of their files.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let sources = folder.join("fuzz_targets");
    let files = fs::read_dir(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    let stems = files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<_> = stems.collect();
    names.sort();
    Ok(names)
}

/// Where cargo-fuzz puts a target's program: below the platform's name.
fn program(folder: &Path, target: &str) -> Result<std::path::PathBuf, String> {
    let below = folder.join("target");
    let platforms = fs::read_dir(&below).map_err(|error| format!("{}: {error}", below.display()))?;
    let programs = platforms.filter_map(|platform| Some(platform.ok()?.path().join("release").join(target)));
    programs.filter(|program| program.is_file()).last().ok_or_else(|| format!("{target} was not built"))
}
