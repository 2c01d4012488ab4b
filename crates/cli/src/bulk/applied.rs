//! Records which non-repeatable plans this user has applied: creations and enrollment links. A journal belongs to a
//! file name, but a copy of a plan has another name.

use std::{
    fs::{self, OpenOptions},
    io,
    path::PathBuf,
};

use crate::key::state_folder;

/// Returns the path of the record of a plan, or `None` without a state directory.
fn path_of(digest: &str) -> Option<PathBuf> {
    // A digest cannot name another directory.
    let is_digest = !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(state_folder()?.join("applied").join(digest)).filter(|_| is_digest)
}

/// The state of a non-repeatable plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// No run of this user has started it.
    No,
    /// A run has started it, and its result is not recorded.
    Begun,
    /// It was written.
    Made,
}

/// The content of the record of a written plan.
const MADE: &str = "made\n";

/// Returns the state of the plan with this digest.
pub(crate) fn state_of(digest: &str) -> Applied {
    match path_of(digest).map(fs::read_to_string) {
        Some(Ok(text)) if text == MADE => Applied::Made,
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Applied::No,
        None => Applied::No,
        Some(_) => Applied::Begun,
    }
}

/// Records that a plan is about to be applied. Returns `false` if another run has recorded it before. If it cannot be
/// recorded, a note says so, and only the journal protects the plan.
pub(crate) fn claim(digest: &str) -> bool {
    let Some(path) = path_of(digest) else { return true };
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)
    });
    match made {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => {
            say!(
                "note: cannot record at {} that the plan is applied ({error}); a copy of it could be applied again",
                path.display()
            );
            true
        }
    }
}

/// Records that a claimed plan was written; otherwise its result stays unknown.
pub(crate) fn made(digest: &str) {
    if let Some(path) = path_of(digest) {
        // If this fails, a copy of the plan is rejected because its result is unknown.
        let _ = fs::write(path, MADE);
    }
}

/// Removes the claim of a plan that was not written.
pub(crate) fn release(digest: &str) {
    if let Some(path) = path_of(digest) {
        // If this fails, the plan must be created again, which is safe.
        let _ = fs::remove_file(path);
    }
}
