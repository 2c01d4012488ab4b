//! Calls of cargo.

use std::process::Command;

/// How a chore ended: with a message for the person if it failed.
pub(crate) type Outcome = Result<(), String>;

/// Runs cargo, showing the command line.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    eprintln!("$ cargo {}", arguments.join(" "));
    // The cargo that runs us, so that no other toolchain is asked for.
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", arguments.join(" "))) }
}
