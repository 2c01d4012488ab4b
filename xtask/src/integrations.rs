//! The workspaces below `integrations`: they are built and tested apart, since they are heavy.

use std::path::Path;

use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    files::text_of,
    real::{python, run},
};

/// How many people each of two snapshots has, and at how many tenants.
const ROWS: &str = "200000";
const TENANTS: &str = "20";

/// Checks the formatting and the licences, lints with warnings denied, and runs the tests.
///
/// # Errors
/// If one of them fails.
pub(crate) fn check() -> Outcome {
    let (manifest, place) = places(&workspace()?)?;
    let of_it = ["--manifest-path", &manifest];
    let place = [("CARGO_TARGET_DIR", &*place)];
    cargo(&[&["fmt", "--all", "--check"][..], &of_it].concat(), &[])?;
    let lint = ["clippy", "--workspace", "--all-targets", "--locked"];
    cargo(&[&lint[..], &of_it, &["--", "--deny", "warnings"]].concat(), &place)?;
    cargo(&[&["test", "--workspace", "--quiet", "--locked"][..], &of_it].concat(), &place)?;
    let docs = ["doc", "--workspace", "--no-deps", "--locked"];
    let denied = [place[0], ("RUSTDOCFLAGS", "--deny warnings")];
    cargo(&[&docs[..], &of_it].concat(), &denied)?;
    cargo(&["deny", "--manifest-path", &manifest, "check", "bans", "licenses", "sources"], &[])
}

/// Returns the manifest of the workspace, and where it is built.
fn places(workspace: &Workspace) -> Result<(String, String), String> {
    let manifest = workspace.root.join("integrations/datafusion/Cargo.toml");
    let built = workspace.target.join("integrations");
    Ok((text_of(&manifest)?.to_owned(), text_of(&built)?.to_owned()))
}

/// Starts one scheduler and two executors, gives them three accounts of a sandbox and snapshots in an S3-compatible store, and compares the
/// results of the queries of a review with those of one process; kills executors meanwhile. With a number of rows, everything is built as a
/// release, for figures.
///
/// # Errors
/// If a tool cannot be installed, or a result is not that of one process.
pub(crate) fn distributed(rows: Option<&str>) -> Outcome {
    let workspace = workspace()?;
    let (manifest, built) = places(&workspace)?;
    let Workspace { root, target, .. } = workspace;
    let scripts = root.join("tests/real/distributed");
    let folder = target.join("real/distributed");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tools = python(&folder.join("tools"), &scripts.join("requirements.txt"))?;
    let (profile, of_profile) = if rows.is_some() { ("release", "release") } else { ("dev", "debug") };
    cargo(&["build", "--quiet", "--package", "anyprofile-cli", "--features", "full"], &[])?;
    let arguments =
        ["build", "--quiet", "--workspace", "--bins", "--examples", "--locked", "--profile", profile];
    cargo(&[&arguments[..], &["--manifest-path", &manifest]].concat(), &[("CARGO_TARGET_DIR", &*built)])?;
    let (rows, tenants) = (rows.unwrap_or(ROWS), if rows.is_some() { "100" } else { TENANTS });
    let command = target.join("debug/anyprofile");
    let (binaries, data) = (Path::new(&built).join(of_profile), folder.join("data"));
    let arguments =
        [&scripts.join("distributed.py"), &command, &binaries, &data, Path::new(rows), Path::new(tenants)];
    run(&tools, &arguments)
}
