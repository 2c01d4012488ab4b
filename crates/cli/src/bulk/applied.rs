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

/// Whether a plan with this digest was applied.
pub(crate) fn is_applied(digest: &str) -> bool {
    path_of(digest).is_some_and(|path| path.exists())
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

/// Takes back a claim: nothing came of it.
pub(crate) fn release(digest: &str) {
    if let Some(path) = path_of(digest) {
        // Where it is left, the plan has to be made anew, which writes nothing.
        let _ = fs::remove_file(path);
    }
}
