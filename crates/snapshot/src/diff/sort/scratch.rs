//! A private folder for the time of one sort.

use std::{
    fs::{self, File},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    path::PathBuf,
};

use anyprofile_files::{Disk as _, SystemDisk};

use crate::error::{Result, at};

/// A folder that only the current user can read. It is created with its first file, and removed at drop.
#[derive(Debug)]
pub(crate) struct Scratch {
    parent: PathBuf,
    folder: Option<PathBuf>,
    files: u64,
}

/// How often another name is tried if a folder exists.
const TRIES: usize = 16;

impl Scratch {
    /// Creates the folder in `parent` when it is needed.
    pub(crate) fn new(parent: PathBuf) -> Self {
        Self { parent, folder: None, files: 0 }
    }

    /// Creates a file for writing, and returns its path.
    pub(crate) fn create(&mut self) -> Result<(PathBuf, File)> {
        let folder = match &self.folder {
            Some(folder) => folder,
            None => self.folder.insert(create_folder(&self.parent).map_err(at(&self.parent))?),
        };
        self.files += 1;
        let path = folder.join(self.files.to_string());
        let file = SystemDisk.create(&path).map_err(at(&path))?;
        Ok((path, file))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take() {
            // There is nobody to tell.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn create_folder(parent: &std::path::Path) -> io::Result<PathBuf> {
    let mut tries = 0;
    loop {
        // The hasher is seeded at random, so that two processes do not choose the same name.
        let random = RandomState::new().build_hasher().finish();
        let folder = parent.join(format!("anyprofile-{random:016x}"));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
}
