//! Plans that are kept in a file.

use std::{collections::BTreeSet, fs::File, io::Read as _, path::Path};

use anyprofile::plan::PlanRecord;
use serde::{Deserialize, Serialize};

use crate::{exit::Failure, files};

/// The version of the file.
const VERSION: u32 = 1;
/// How long a file may be, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Document {
    anyprofile_plan: u32,
    plans: Vec<PlanRecord>,
}

/// What tells whether the rest can be read.
#[derive(Deserialize)]
struct Version {
    anyprofile_plan: u32,
}

/// Keeps plans in a file that only this user can read.
///
/// # Errors
/// The file system's.
pub(crate) fn keep(path: &Path, plans: Vec<PlanRecord>) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(&Document { anyprofile_plan: VERSION, plans })?;
    text.push(b'\n');
    files::write_whole(path, &text)
}

/// Puts an empty plan in the place of an older one, if there is one.
///
/// # Errors
/// If there is something else.
pub(crate) fn keep_nothing(path: &Path) -> Result<(), Failure> {
    match std::fs::read(path) {
        Ok(text) if serde_json::from_slice::<Version>(&text).is_ok() => keep(path, Vec::new()),
        Ok(_) => Err(Failure::Usage(format!(
            "{}: it is there, and no plan that was kept: name another file",
            path.display()
        ))),
        Err(_) => Ok(()),
    }
}

/// Reads the plans of a file.
///
/// # Errors
/// If it cannot be read, holds no plans, or everybody on this machine can change it.
pub(crate) fn kept(path: &Path) -> Result<Vec<PlanRecord>, Failure> {
    let name = path.display();
    let refused = |why: String| Failure::Usage(format!("{name}: {why}"));
    // A link has another journal beside it than what it leads to.
    files::check_writable(path).map_err(|error| refused(files::in_words(&error)))?;
    let file = File::open(path).map_err(|error| files::failure(path, &error))?;
    check_rights(path, &file)?;
    let mut text = Vec::new();
    let taken = file.take(MOST_BYTES + 1).read_to_end(&mut text);
    taken.map_err(|error| files::failure(path, &error))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused(format!(
            "it is larger than {} MiB, and no plan that was kept",
            MOST_BYTES >> 20
        )));
    }
    // What the error says may repeat a value.
    let version = serde_json::from_slice::<Version>(&text).map(|it| it.anyprofile_plan);
    if let Ok(version) = version
        && version != VERSION
    {
        return Err(refused(format!("it has the version {version}, and this program reads {VERSION}")));
    }
    let document: Document = serde_json::from_slice(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        refused(format!(
            "it is no plan that was kept (line {line}, column {column}): make one with the command `plan`"
        ))
    })?;
    let digests: BTreeSet<_> = document.plans.iter().map(PlanRecord::digest).collect();
    if digests.len() < document.plans.len() {
        return Err(refused("the same plan is in it more than once: make it anew".to_owned()));
    }
    Ok(document.plans)
}

#[cfg(unix)]
fn check_rights(path: &Path, file: &File) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = file.metadata().map_err(|error| files::failure(path, &error))?.permissions().mode();
    let name = path.display();
    if mode & 0o002 != 0 {
        return Err(Failure::Usage(format!(
            "{name}: everybody on this machine can change it, so that nobody knows whose plan it is: make it anew"
        )));
    }
    if mode & 0o004 != 0 {
        say!("warning: everybody on this machine can read {name}: take the right away (chmod o-r)");
    }
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn check_rights(_: &Path, _: &File) -> Result<(), Failure> {
    Ok(())
}
