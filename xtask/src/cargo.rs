//! Calls of cargo.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Deserialize;

/// How a chore ended: with a message for the person if it failed.
pub(crate) type Outcome = Result<(), String>;

/// Where the workspace is, and where goes what is made from it.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    /// Its crates.
    pub(crate) packages: Vec<Package>,
}

/// A crate of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Where it may be published: nowhere if this is empty, anywhere if it is not given.
    publish: Option<Vec<String>>,
}

/// Runs cargo, showing the command line.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    eprintln!("$ cargo {}", arguments.join(" "));
    let status = command_for(arguments)
        .args(arguments)
        .envs(environment.iter().copied())
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", arguments.join(" "))) }
}

/// What a call of cargo prints, showing the command line.
pub(crate) fn output_of(arguments: &[&str]) -> Result<String, String> {
    eprintln!("$ cargo {}", arguments.join(" "));
    let output = command_for(arguments).args(arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo {} failed", arguments.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|_| "what cargo printed is no text".to_owned())
}

/// The workspace, as cargo sees it from here.
pub(crate) fn workspace() -> Result<Workspace, String> {
    let output = command()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata cannot be read: {error}"))
}

/// Returns the crates that are published.
pub(crate) fn published() -> Result<Vec<String>, String> {
    let packages = workspace()?.packages.into_iter();
    let names = packages.filter(|package| package.publish.as_ref().is_none_or(|places| !places.is_empty()));
    Ok(names.map(|package| package.name).collect())
}

/// The cargo that runs us, so that no other toolchain is asked for.
fn command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The cargo for these arguments: rustup's, if they name another compiler.
fn command_for(arguments: &[&str]) -> Command {
    if !arguments.first().is_some_and(|first| first.starts_with('+')) {
        return command();
    }
    let mut rustup = Command::new("cargo");
    // What chose the compiler that runs us must not choose the other one too.
    rustup.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    rustup
}
