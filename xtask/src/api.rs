//! The public API of each crate, kept beside the code so that a change of it is seen in review.

use std::fs;

use crate::{
    cargo::{Outcome, Workspace, output_of, published, workspace},
    files::text_of,
};

/// Writes docs/api, one file a crate, with all of its features. With `check` it writes nothing, and fails if a file would change.
///
/// # Errors
/// If cargo-public-api or the nightly compiler is missing, or a file differs.
pub(crate) fn run(check: bool) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let folder = root.join("docs/api");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // The documentation as JSON is that of another compiler, which would build everything else again.
    let built = target.join("api");
    let built = text_of(&built)?;
    let mut differing = Vec::new();
    for name in published()? {
        let arguments =
            ["+nightly", "public-api", "--package", &name, "--all-features", "-sss", "--color", "never"];
        let api = output_of(&[&arguments[..], &["--target-dir", built]].concat())?;
        let file = folder.join(format!("{name}.txt"));
        if fs::read_to_string(&file).is_ok_and(|there| there == api) {
            continue;
        }
        if check {
            differing.push(name);
            continue;
        }
        fs::write(&file, api).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{}", file.display());
    }
    if differing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the public API of {} is not that of docs/api: run `cargo xtask api`, and say in CHANGELOG.md what changed",
        differing.join(", ")
    ))
}
