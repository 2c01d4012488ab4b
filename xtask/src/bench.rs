//! What a listing costs: `docs/performance.md`.

use std::{fs, process::Command};

use crate::cargo::{Outcome, cargo, workspace};

const HEAD: &str = "\
# What it costs

Made by `cargo xtask bench`, which builds everything and measures for about six minutes. The *floor* is what a program
would write that needs one service and no library: reqwest and serde_json, into plain structs of all documented fields,
of the same pages, in the same run; it checks nothing, tries nothing again and normalizes nothing (`benches/src/floor.rs`).
It is an honest one and not the lowest: it lets every text be checked for UTF-8 on its own and gives every time memory of its
own, as derived code does, which is why the native clients cost less. The server is a process of its own, so that its time is
not counted; on an idle machine with two cores, client and server have one each. It sends pages as they are, uncompressed.
Instructions and allocations are counted by valgrind, and are the same on every machine. What the library and the command weigh
is measured by `cargo xtask weight --build`.

";

/// Measures, and writes the tables.
///
/// # Errors
/// If something cannot be built or measured.
pub(crate) fn run(parts: &[String]) -> Outcome {
    let packages = ["--package", "anyprofile-cli", "--package", "anyprofile-benches"];
    cargo(&[&["build", "--profile", "dist"][..], &packages].concat(), &[])?;
    let workspace = workspace()?;
    let dist = workspace.target.join("dist");
    let mut benches = Command::new(dist.join("anyprofile-benches"));
    benches.arg("run").arg("--command").arg(dist.join("anyprofile"));
    if !parts.is_empty() {
        benches.arg("--only").arg(parts.join(","));
    }
    let output = benches.stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| format!("the benchmarks cannot be run: {error}"))?;
    let tables = String::from_utf8_lossy(&output.stdout);
    print!("{tables}");
    if !output.status.success() {
        return Err("the benchmarks failed".to_owned());
    }
    if !parts.is_empty() {
        return Ok(());
    }
    let file = workspace.root.join("docs").join("performance.md");
    fs::write(&file, format!("{HEAD}{tables}")).map_err(|error| format!("docs/performance.md: {error}"))
}
