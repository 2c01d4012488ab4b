//! A crate for a further service, from a template: it lists and gets, and its failing conformance test says what is left to do.

mod joining;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::cargo::{Outcome, Workspace, cargo, workspace};

/// The files of the template, by where they go.
const FILES: &[(&str, &str)] = &[
    ("src/lib.rs", include_str!("../template/src/lib.rs.txt")),
    ("src/config.rs", include_str!("../template/src/config.rs.txt")),
    ("src/dialect.rs", include_str!("../template/src/dialect.rs.txt")),
    ("src/operations.rs", include_str!("../template/src/operations.rs.txt")),
    ("src/wire.rs", include_str!("../template/src/wire.rs.txt")),
    ("src/map.rs", include_str!("../template/src/map.rs.txt")),
    ("src/connector.rs", include_str!("../template/src/connector.rs.txt")),
    ("src/client.rs", include_str!("../template/src/client.rs.txt")),
    ("src/fixture.rs", include_str!("../template/src/fixture.rs.txt")),
    ("tests/conformance.rs", include_str!("../template/tests/conformance.rs.txt")),
];

/// The command with the service in it, for a crate outside of this workspace.
const COMMAND: (&str, &str) = ("src/main.rs", include_str!("../template/src/main.rs.txt"));

/// What the conformance test of the template fails at: what is left to do.
const LEFT_TO_DO: &[&str] = &["listing.complete", "update.apply"];

/// Writes the crate of a service: below `crates` of this workspace, or into a folder elsewhere.
///
/// # Errors
/// If the name cannot be one, the folder is there already, or something cannot be written.
pub(crate) fn run(name: &str, folder: Option<PathBuf>) -> Outcome {
    let workspace = workspace()?;
    let is_outside = folder.is_some();
    let folder = folder.unwrap_or_else(|| workspace.root.join("crates").join(name));
    write(name, &folder, &workspace, is_outside)?;
    let place = folder.display();
    println!(
        "{place}: a connector that lists the first page and gets, a fixture server, and a conformance test"
    );
    if is_outside {
        println!(
            "next, in that folder:\n  cargo test                                      # what fails is what is left to do\n  cargo run --features command -- list --sandbox --account {name}"
        );
    } else {
        let files = joining::join(&workspace.root, name)?.join(", ");
        cargo(&["fmt", "--all"], &[])?;
        println!(
            "the facade and the command have it: {files}\nnext:\n  cargo test -p anyprofile-{name}                 # what fails is what is left to do\n  cargo xtask services                            # the tables of the documentation\n  cargo clippy --manifest-path fuzz/Cargo.toml    # its lock file has the new crate, too"
        );
    }
    println!("docs/providers.md goes on from here");
    Ok(())
}

/// Makes the crate of an invented service below the target directory, builds it as a user would, and holds that its test
/// fails at what is left to do and nowhere else.
///
/// # Errors
/// If it does not build without a warning, or fails elsewhere.
pub(crate) fn check() -> Outcome {
    let workspace = workspace()?;
    let folder = workspace.target.join("new-provider");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    write("library", &folder, &workspace, true)?;
    let copied = fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"));
    copied.map_err(|error| format!("Cargo.lock: {error}"))?;
    let manifest = folder.join("Cargo.toml").display().to_string();
    let target = workspace.target.display().to_string();
    let of = ["--quiet", "--manifest-path", &manifest, "--target-dir", &target];
    cargo(
        &[&["clippy"][..], &of, &["--all-targets", "--all-features", "--", "--deny", "warnings"]].concat(),
        &[],
    )?;
    let features = ["--features", "command"];
    cargo(&[&["build"][..], &of, &features].concat(), &[])?;
    let command = workspace.target.join("debug").join(format!("library{}", std::env::consts::EXE_SUFFIX));
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(&command).args(arguments).output();
        let output = output.map_err(|error| format!("{}: {error}", command.display()))?;
        let told = [output.stdout, output.stderr].concat();
        Ok::<_, String>((output.status.code(), String::from_utf8_lossy(&told).into_owned()))
    };
    let (code, told) = run(&["conformance"])?;
    let is_told = |check: &&str| told.lines().any(|line| line.contains(*check) && line.contains("FAILED"));
    if code == Some(0) || !LEFT_TO_DO.iter().all(is_told) {
        return Err(format!("the template's conformance should fail at {LEFT_TO_DO:?}:\n{told}"));
    }
    let (code, told) = run(&["list", "--sandbox"])?;
    if code != Some(4) || !told.contains("10 seen of 20 declared") || !told.contains("incomplete") {
        return Err(format!("the template's listing should be told to be incomplete:\n{told}"));
    }
    println!("the crate of a further service builds, and its conformance test says what is left to do");
    Ok(())
}

fn write(name: &str, folder: &Path, workspace: &Workspace, is_outside: bool) -> Outcome {
    let Workspace { root, target, .. } = workspace;
    let folder = &std::path::absolute(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let is_built = folder.starts_with(target);
    let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    if !is_name {
        return Err(format!("'{name}' must be lower case letters and digits, such as 'library'"));
    }
    let package = format!("anyprofile-{name}");
    let is_taken = workspace.packages.iter().any(|known| known.name == package || known.name == name);
    if is_taken || syn::parse_str::<syn::Ident>(name).is_err() {
        return Err(format!("'{name}' is taken: by a crate of this project, or by the language"));
    }
    if folder.exists() {
        return Err(format!("{} is there already", folder.display()));
    }
    // Below the workspace a workspace of its own would break it.
    let parent = folder.ancestors().skip(1).find_map(|folder| folder.canonicalize().ok());
    let root_folder = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    let is_below = parent.is_some_and(|parent| parent.starts_with(&root_folder));
    if is_outside && is_below && !is_built {
        return Err(format!(
            "{} is in this workspace: leave out --path, or name a folder elsewhere",
            folder.display()
        ));
    }
    let mut files = FILES.to_vec();
    if is_outside {
        files.extend([COMMAND, (".gitignore", "/target\n")]);
    }
    let manifest = if is_outside { outside(name, root) } else { inside(name) };
    let texts = files.into_iter().map(|(path, text)| (path, filled(text, name)));
    for (path, text) in texts.chain([("Cargo.toml", manifest)]) {
        let file = folder.join(path);
        let failed = |error: std::io::Error| format!("{}: {error}", file.display());
        fs::create_dir_all(file.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&file, text).map_err(failed)?;
    }
    let manifest = folder.join("Cargo.toml").display().to_string();
    cargo(&["fmt", "--manifest-path", &manifest], &[])
}

/// A text of the template for a service of this name.
fn filled(text: &str, name: &str) -> String {
    let mut letters = name.chars();
    let title: String =
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    text.replace("__NAME__", &name.to_ascii_uppercase()).replace("__Name__", &title).replace("__name__", name)
}

/// The crates of this project that a service needs.
const OURS: [&str; 3] = ["core", "engine", "http"];

fn inside(name: &str) -> String {
    let ours = OURS.map(|it| format!("anyprofile-{it} = {{ workspace = true }}\n")).concat();
    format!(
        r#"[package]
name = "anyprofile-{name}"
description = "User profiles of {name}, for anyprofile"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true
keywords.workspace = true
categories.workspace = true

[lints]
workspace = true

[features]
default = []
## JSON Schema of what the profiles of this service have of their own.
schema = ["anyprofile-core/schema"]
## A server that stands in for the service, for tests.
fixture = ["dep:anyprofile-conformance", "dep:axum"]

[dependencies]
anyprofile-conformance = {{ workspace = true, features = ["server"], optional = true }}
{ours}axum = {{ workspace = true, features = ["http1", "json", "query", "tokio"], optional = true }}
serde = {{ workspace = true }}
serde_json = {{ workspace = true }}

[dev-dependencies]
# For its tests the crate has its own fixture.
anyprofile-{name} = {{ path = ".", features = ["fixture"] }}
anyprofile-conformance = {{ workspace = true, features = ["server"] }}
tokio = {{ workspace = true, features = ["macros", "rt"] }}
"#
    )
}

fn outside(name: &str, root: &Path) -> String {
    let crates = root.join("crates");
    let path = |it: &str| format!("path = {:?}", crates.join(it).display().to_string());
    let ours = OURS.map(|it| format!("anyprofile-{it} = {{ {} }}\n", path(it))).concat();
    let (cli, conformance) = (path("cli"), path("conformance"));
    format!(
        r#"[package]
name = "anyprofile-{name}"
version = "0.1.0"
edition = "2024"
publish = false

[[bin]]
name = "{name}"
path = "src/main.rs"
required-features = ["command"]

[features]
default = ["rustls"]
## TLS by rustls.
rustls = ["anyprofile-http/rustls"]
## A server that stands in for the service, for tests.
fixture = ["dep:anyprofile-conformance", "dep:axum"]
## The `anyprofile` command with this service in it.
command = ["fixture", "dep:anyprofile-cli"]

[dependencies]
anyprofile-cli = {{ {cli}, default-features = false, features = ["fixture", "rustls"], optional = true }}
anyprofile-conformance = {{ {conformance}, features = ["server"], optional = true }}
{ours}axum = {{ version = "0.8.9", default-features = false, features = ["http1", "json", "query", "tokio"], optional = true }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"

[dev-dependencies]
# For its tests the crate has its own fixture.
anyprofile-{name} = {{ path = ".", features = ["fixture"] }}
tokio = {{ version = "1", features = ["macros", "rt"] }}
anyprofile-conformance = {{ {conformance}, features = ["server"] }}

[workspace]
"#
    )
}
