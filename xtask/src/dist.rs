//! Builds of the command to be handed on: what is in them can be told from them.

use crate::cargo::{Outcome, Workspace, cargo, workspace};

/// The command of the workspace.
const PACKAGE: &str = "anyprofile-cli";

/// Builds the command with the list of its crates in the binary (`cargo auditable`), and writes a bill of
/// materials in the form of `CycloneDX` beside it (`cargo cyclonedx`).
///
/// # Errors
/// If either is not installed, or fails.
pub(crate) fn run() -> Outcome {
    let missing = |what: &str, error: &str| {
        format!("{error}; cargo-{what} is installed by `cargo install --locked cargo-{what}`")
    };
    let build =
        ["auditable", "build", "--profile", "dist", "--locked", "--package", PACKAGE, "--features", "full"];
    cargo(&build, &[]).map_err(|error| missing("auditable", &error))?;
    let bill =
        ["cyclonedx", "--format", "json", "--features", "full", "--override-filename", "anyprofile.cdx"];
    let manifest = ["--manifest-path", "crates/cli/Cargo.toml"];
    cargo(&[&bill[..], &manifest].concat(), &[]).map_err(|error| missing("cyclonedx", &error))?;
    // It is written beside the manifest of each crate of the workspace: only the command's is wanted.
    let Workspace { root, target, .. } = workspace()?;
    let dist = target.join("dist");
    let name = "anyprofile.cdx.json";
    let moved = std::fs::rename(root.join("crates/cli").join(name), dist.join(name));
    moved.map_err(|error| format!("the bill of materials cannot be moved: {error}"))?;
    for folder in [root.clone(), root.join("crates")] {
        for package in std::fs::read_dir(folder).map_err(|error| error.to_string())?.flatten() {
            let other = package.path().join(name);
            if other.exists() {
                std::fs::remove_file(&other).map_err(|error| format!("{}: {error}", other.display()))?;
            }
        }
    }
    println!("{0}/anyprofile and {0}/{name}", dist.display());
    Ok(())
}
