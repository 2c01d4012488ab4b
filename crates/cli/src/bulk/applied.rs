//! What this user has applied that could be made a second time: a creation, a link. A journal is known by the name of its
//! file; a copy of a plan has another one.

use std::{
    fs::{self, OpenOptions},
    io,
    path::PathBuf,
};

use crate::key::state_folder;

/// The file that stands for a plan; none where there is no place for it.
fn path_of(digest: &str) -> Option<PathBuf> {
    // A digest of ours names no other folder.
    let is_digest = !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(state_folder()?.join("applied").join(digest)).filter(|_| is_digest)
}

/// What is known of a plan that could be made a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// Nothing: no run of this user has begun it.
    No,
    /// A run has begun it, is at it, or did not hear what became of it.
    Begun,
    /// It was made.
    Made,
}

/// What stands in the file of one that was made.
const MADE: &str = "made\n";

/// What is known of a plan with this digest.
pub(crate) fn state_of(digest: &str) -> Applied {
    match path_of(digest).map(fs::read_to_string) {
        Some(Ok(text)) if text == MADE => Applied::Made,
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Applied::No,
        None => Applied::No,
        Some(_) => Applied::Begun,
    }
}

/// Notes that a plan is about to be applied. `false` if another run has done so before. Where it cannot be noted, that is told:
/// the journal is left.
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
                "note: it cannot be noted at {} that the plan is applied ({error}): a copy of it could be applied again",
                path.display()
            );
            true
        }
    }
}

/// Notes of a plan that this run has claimed that it was made; without that it is not known.
pub(crate) fn made(digest: &str) {
    if let Some(path) = path_of(digest) {
        // Where it is not noted, a copy of the plan is refused as one of which nothing is known.
        let _ = fs::write(path, MADE);
    }
}

/// Takes back a claim of this run: nothing came of it.
pub(crate) fn release(digest: &str) {
    if let Some(path) = path_of(digest) {
        // Where it is left, the plan has to be made anew, which writes nothing.
        let _ = fs::remove_file(path);
    }
}
