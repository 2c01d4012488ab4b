//! How heavy the library and the command are: `weight.toml` holds the budget.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    time::Instant,
};

use serde::Deserialize;

use crate::cargo::{Outcome, cargo, output_of, workspace};

/// What may not be exceeded.
#[derive(Debug, Deserialize)]
struct Budget {
    /// Crates of the facade with these features, itself and ours included.
    crates: BTreeMap<String, usize>,
    /// Bytes of the stripped command.
    command_bytes: u64,
}

/// reqwest with what the facade turns on, for comparison.
const BARE: &str = "reqwest = { version = \"0.13.5\", default-features = false, features = [\"gzip\", \"http2\", \"rustls\", \"system-proxy\"] }";

/// Counts the crates and fails where they are more than the budget; with `build` also builds the command, and both
/// libraries from nothing.
///
/// # Errors
/// If something cannot be built, or is heavier than the budget.
pub(crate) fn run(build: bool) -> Outcome {
    let workspace = workspace()?;
    let text = fs::read_to_string(workspace.root.join("weight.toml"))
        .map_err(|error| format!("weight.toml: {error}"))?;
    let budget: Budget = toml::from_str(&text).map_err(|error| format!("weight.toml: {error}"))?;
    let mut exceeded = Vec::new();
    for (features, most) in &budget.crates {
        let crates = crates_of(features)?;
        println!("{crates} crates of at most {most}: anyprofile with {features}");
        if crates > *most {
            exceeded.push(format!("anyprofile with {features} has {crates} crates, of at most {most}"));
        }
    }
    if build {
        cargo(&["build", "--release", "--package", "anyprofile-cli"], &[])?;
        let command = workspace.target.join("release").join("anyprofile");
        let bytes = fs::metadata(&command).map_err(|error| format!("the command: {error}"))?.len();
        println!("{bytes} bytes of at most {}: the command", budget.command_bytes);
        if bytes > budget.command_bytes {
            exceeded.push(format!("the command has {bytes} bytes, of at most {}", budget.command_bytes));
        }
        println!("{:.1} ms: `anyprofile --version`, the median of 21 starts", start(&command)?);
        let facade = workspace.root.join("crates").join("anyprofile");
        let ours = format!(
            "anyprofile = {{ path = {:?}, default-features = false, features = [\"anthropic\", \"rustls\"] }}",
            facade.display().to_string()
        );
        let bare = cold_build(&workspace.target, &workspace.root, "bare", BARE)?;
        let ours = cold_build(&workspace.target, &workspace.root, "ours", &ours)?;
        println!(
            "{bare:.1} s and {ours:.1} s: a release build from nothing of bare reqwest and of anyprofile with anthropic rustls, {:.2} of it",
            ours / bare
        );
    }
    if exceeded.is_empty() { Ok(()) } else { Err(exceeded.join("; ")) }
}

fn crates_of(features: &str) -> Result<usize, String> {
    let tree = output_of(&[
        "tree",
        "--package",
        "anyprofile",
        "--edges",
        "normal",
        "--no-default-features",
        "--features",
        features,
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--no-dedupe",
    ])?;
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name_and_version).collect::<BTreeSet<_>>().len())
}

/// Milliseconds.
fn start(command: &Path) -> Result<f64, String> {
    let mut times = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        let output = Command::new(command).arg("--version").output();
        output.map_err(|error| format!("the command cannot be run: {error}"))?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Seconds that the release build of a program takes with this one dependency, in the versions of this workspace.
fn cold_build(target: &Path, root: &Path, name: &str, dependency: &str) -> Result<f64, String> {
    let folder = target.join("weight").join(name);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(folder.join("src")).map_err(failed)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
    fs::write(folder.join("src").join("main.rs"), "fn main() {}\n").map_err(failed)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    let manifest = folder.join("Cargo.toml").display().to_string();
    let of = ["--manifest-path", &manifest];
    cargo(&[&["fetch", "--quiet"][..], &of].concat(), &[])?;
    let built = folder.join("target").display().to_string();
    let began = Instant::now();
    cargo(&[&["build", "--release", "--quiet", "--target-dir", &built][..], &of].concat(), &[])?;
    Ok(began.elapsed().as_secs_f64())
}
