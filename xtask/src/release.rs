//! What a release needs, tried without releasing anything.

use std::{fs, path::Path, process::Command};

use crate::{
    api,
    cargo::{Outcome, Workspace, cargo, published, workspace},
    features,
    files::{read, text_of},
};

/// Checks the versions, the changelog and the metadata of each crate; packages and builds every crate from its package; and builds with
/// the oldest compiler and the oldest dependencies that are declared, and with each combination of features.
///
/// # Errors
/// The first thing that would make a bad release.
pub(crate) fn dry_run(is_quick: bool) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let manifest = Manifest::read(&root)?;
    println!("version {}, Rust {}", manifest.version, manifest.rust_version);
    changelog(&root, &manifest.version)?;
    metadata(&root)?;
    // Each is built from its package.
    let names = published()?;
    let mut package = vec!["package", "--locked"];
    package.extend(names.iter().flat_map(|name| ["--package", name.as_str()]));
    if is_dirty(&root)? {
        // What is not committed is packaged too, so that a release can be tried before the commit.
        println!("there are uncommitted changes: they are packaged too");
        package.push("--allow-dirty");
    }
    cargo(&package, &[])?;
    if let Some(tag) = last_tag(&root)? {
        cargo(&["semver-checks", "--workspace", "--baseline-rev", &tag], &[])?;
    } else {
        println!("there is no tag yet, so there is no release that this one could break");
    }
    if is_quick {
        println!("not tried: the public API, Rust {}, minimal versions, features", manifest.rust_version);
        return Ok(());
    }
    api::run(true)?;
    oldest_compiler(&manifest.rust_version, &names, &target)?;
    minimal_versions(&root, &names, &target)?;
    features::build_all()
}

/// What the manifest of the workspace says of a release.
struct Manifest {
    version: String,
    rust_version: String,
}

impl Manifest {
    fn read(root: &Path) -> Result<Self, String> {
        let text = read(&root.join("Cargo.toml"))?;
        let table: toml::Table = text.parse().map_err(|error| format!("Cargo.toml: {error}"))?;
        let package = &table["workspace"]["package"];
        let value_of = |key: &str| {
            let value = package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            value.ok_or(format!("Cargo.toml: workspace.package has no {key}"))
        };
        let (version, rust_version) = (value_of("version")?, value_of("rust-version")?);
        let dependencies = table["workspace"]["dependencies"].as_table().into_iter().flatten();
        for (name, dependency) in dependencies.filter(|(name, _)| name.starts_with("anyprofile")) {
            if dependency.get("version").and_then(toml::Value::as_str) != Some(&version) {
                return Err(format!("Cargo.toml: {name} is not required with the version {version}"));
            }
        }
        Ok(Self { version, rust_version })
    }
}

/// Checks that the changelog has something to say of this version.
fn changelog(root: &Path, version: &str) -> Outcome {
    let text = read(&root.join("CHANGELOG.md"))?;
    let heading = |line: &&str| *line == "## Unreleased" || line.starts_with(&format!("## {version}"));
    let mut lines = text.lines().skip_while(|line| !heading(line)).skip(1);
    let entries = lines.by_ref().take_while(|line| !line.starts_with("## "));
    let count = entries.filter(|line| line.starts_with("- ")).count();
    if count == 0 {
        return Err(format!("CHANGELOG.md says nothing of {version}"));
    }
    println!("CHANGELOG.md has {count} entries");
    Ok(())
}

/// Checks that each crate has what its page on the registry shows.
fn metadata(root: &Path) -> Outcome {
    let mut missing = Vec::new();
    for entry in fs::read_dir(root.join("crates")).map_err(|error| format!("crates: {error}"))? {
        let folder = entry.map_err(|error| format!("crates: {error}"))?.path();
        let text = read(&folder.join("Cargo.toml"))?;
        let table: toml::Table = text.parse().map_err(|error| format!("{}: {error}", folder.display()))?;
        let package = &table["package"];
        for key in
            ["description", "readme", "license", "repository", "documentation", "keywords", "categories"]
        {
            if package.get(key).is_none() {
                missing.push(format!("{}: {key}", folder.display()));
            }
        }
        if package.get("metadata").and_then(|metadata| metadata.get("docs")).is_none() {
            missing.push(format!("{}: package.metadata.docs.rs", folder.display()));
        }
        for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
            if !folder.join(license).is_file() {
                missing.push(format!("{}: {license}", folder.display()));
            }
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("metadata is missing:\n{}", missing.join("\n"))) }
}

fn git(root: &Path, arguments: &[&str]) -> Result<Option<String>, String> {
    let output = Command::new("git").current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(output.status.success().then_some(text))
}

fn is_dirty(root: &Path) -> Result<bool, String> {
    Ok(git(root, &["status", "--porcelain"])?.is_none_or(|changes| !changes.is_empty()))
}

fn last_tag(root: &Path) -> Result<Option<String>, String> {
    Ok(git(root, &["describe", "--tags", "--abbrev=0"])?.filter(|tag| !tag.is_empty()))
}

/// Builds with the compiler that `rust-version` names, which rustup installs if it is missing.
fn oldest_compiler(version: &str, names: &[String], target: &Path) -> Outcome {
    let installed =
        Command::new("rustup").args(["toolchain", "install", version, "--profile", "minimal"]).status();
    if !installed.is_ok_and(|status| status.success()) {
        return Err(format!("rustup cannot install Rust {version}"));
    }
    let built = target.join("oldest-compiler");
    let built = text_of(&built)?;
    let toolchain = format!("+{version}");
    for package in names {
        let check = [&toolchain, "check", "--quiet", "--locked", "--package", package, "--all-features"];
        cargo(&check, &[("CARGO_TARGET_DIR", built)])?;
    }
    Ok(())
}

/// Builds the published crates with the oldest versions of their dependencies that the manifests allow.
fn minimal_versions(root: &Path, names: &[String], target: &Path) -> Outcome {
    let lock = root.join("Cargo.lock");
    let kept = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let built = target.join("minimal-versions");
    let built = text_of(&built)?.to_owned();
    let tried = || -> Outcome {
        cargo(&["+nightly", "update", "--quiet", "-Z", "direct-minimal-versions"], &[])?;
        for package in names {
            let check = ["check", "--quiet", "--package", package, "--all-features"];
            cargo(&check, &[("CARGO_TARGET_DIR", &built)])?;
        }
        Ok(())
    };
    let outcome = tried();
    // Whatever came of it, the versions that are tested stay those of the repository.
    fs::write(&lock, kept).map_err(|error| format!("{}: {error}", lock.display()))?;
    outcome
}
