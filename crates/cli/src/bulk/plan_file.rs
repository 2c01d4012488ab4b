//! Files with saved plans.

use std::{collections::BTreeSet, fs::File, io::Read as _, path::Path};

use anyprofile::plan::PlanRecord;
use serde::{Deserialize, Serialize};

use crate::{exit::Failure, files};

/// The version of the file format.
const VERSION: u32 = 1;
/// The maximum size of a file, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// The content of the file.
#[derive(Serialize, Deserialize)]
struct Document {
    anyprofile_plan: u32,
    plans: Vec<PlanRecord>,
}

/// The version of a file, which is read first.
#[derive(Deserialize)]
struct Version {
    anyprofile_plan: u32,
}

/// Saves plans in a file that only this user can read.
///
/// # Errors
/// Any error of the file system.
pub(crate) fn save_plans(path: &Path, plans: Vec<PlanRecord>) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(&Document { anyprofile_plan: VERSION, plans })?;
    text.push(b'\n');
    files::write_whole(path, &text)
}

/// Replaces an older plan file with an empty one, if it exists.
///
/// # Errors
/// If the file exists and is not a plan file.
pub(crate) fn clear_plans(path: &Path) -> Result<(), Failure> {
    match std::fs::read(path) {
        Ok(text) if serde_json::from_slice::<Version>(&text).is_ok() => save_plans(path, Vec::new()),
        Ok(_) => Err(Failure::Usage(format!(
            "{}: the file exists and is not a saved plan; name another file",
            path.display()
        ))),
        Err(_) => Ok(()),
    }
}

/// Reads the plans of a file.
///
/// # Errors
/// If it cannot be read, does not contain plans, or can be changed by all users of this machine.
pub(crate) fn load_plans(path: &Path) -> Result<Vec<PlanRecord>, Failure> {
    let name = path.display();
    let refused = |why: String| Failure::Usage(format!("{name}: {why}"));
    // A link and its target would have different journals.
    files::check_writable(path).map_err(|error| refused(files::in_words(&error)))?;
    let file = File::open(path).map_err(|error| files::failure(path, &error))?;
    check_rights(path, &file)?;
    let mut text = Vec::new();
    let taken = file.take(MOST_BYTES + 1).read_to_end(&mut text);
    taken.map_err(|error| files::failure(path, &error))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused(format!(
            "it is larger than {} MiB, so it is not a saved plan",
            MOST_BYTES >> 20
        )));
    }
    // The error's own text may repeat a value, so it is not shown.
    let version = serde_json::from_slice::<Version>(&text).map(|it| it.anyprofile_plan);
    if let Ok(version) = version
        && version != VERSION
    {
        return Err(refused(format!("it has version {version}, but this program reads version {VERSION}")));
    }
    let document: Document = serde_json::from_slice(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        refused(format!(
            "it is not a saved plan (line {line}, column {column}); create one with the command `plan`"
        ))
    })?;
    let digests: BTreeSet<_> = document.plans.iter().map(PlanRecord::digest).collect();
    if digests.len() < document.plans.len() {
        return Err(refused("it contains the same plan twice; create it again".to_owned()));
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
            "{name}: all users of this machine can change it, so it cannot be trusted; create the plan again"
        )));
    }
    if mode & 0o004 != 0 {
        say!("warning: all users of this machine can read {name}; remove this permission (chmod o-r)");
    }
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn check_rights(_: &Path, _: &File) -> Result<(), Failure> {
    Ok(())
}
