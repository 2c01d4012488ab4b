//! What is asked of a file system, so that a test can have one that fails and loses.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

/// A file system.
pub(crate) trait Disk {
    type File: DiskFile;

    /// Opens a private file to read and write it, and makes it where it is not there. A symbolic link is not followed.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Makes a private file in the place of whatever has its name.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Whether there is something of this name.
    fn exists(&self, path: &Path) -> bool;

    /// What is in a file. A symbolic link is not followed.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Gives a file another name, in the place of whatever has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Returns when the names in a folder are as a power cut would leave them.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// An open file.
pub(crate) trait DiskFile: Read + Write + Seek {
    fn try_lock(&self) -> Result<(), TryLockError>;
    fn length(&self) -> io::Result<u64>;
    fn set_length(&self, length: u64) -> io::Result<()>;

    /// Returns when what was written is as a power cut would leave it. After an error nobody knows what is: asking again
    /// does not tell.
    fn sync(&self) -> io::Result<()>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemDisk;

impl Disk for SystemDisk {
    type File = File;

    fn open(&self, path: &Path) -> io::Result<File> {
        open(path, OpenOptions::new().read(true).write(true))
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // One that was planted meanwhile is not written through.
        private(OpenOptions::new().write(true).create_new(true)).open(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        refuse_link(path)?;
        let mut content = Vec::new();
        private(OpenOptions::new().read(true)).open(path)?.read_to_end(&mut content)?;
        Ok(content)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        if cfg!(not(unix)) {
            return Ok(());
        }
        match File::open(folder)?.sync_all() {
            // Some file systems have no such operation for folders.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            synced => synced,
        }
    }
}

impl DiskFile for File {
    fn try_lock(&self) -> Result<(), TryLockError> {
        Self::try_lock(self)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Opens a private file, and makes it where it is not there. One that was there before is private afterwards too.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    let file = private(options.create(true).truncate(false)).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    keep_private(&file, &metadata)?;
    Ok(file)
}

/// Refuses a symbolic link with words of our own; what comes between this and the opening the system refuses.
pub(super) fn refuse_link(path: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
        let why = "it is a symbolic link, which is not followed: name the file that it leads to";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(())
}

/// The bits that let nobody but the owner read and write.
#[cfg(unix)]
const PRIVATE: u32 = 0o600;

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(PRIVATE).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn keep_private(file: &File, metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o777 & !PRIVATE == 0 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(PRIVATE))
}

#[cfg(not(unix))]
fn keep_private(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
