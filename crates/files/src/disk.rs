//! The operations of a file system as traits, so that tests can simulate failures and lost data.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

/// A file system.
pub trait Disk {
    /// An open file of this file system.
    type File: DiskFile;

    /// Opens a private file for reading and writing, and creates it if it does not exist. Does not follow a symbolic
    /// link.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Creates a private file, and replaces any file of this name.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Returns whether the path exists.
    fn exists(&self, path: &Path) -> bool;

    /// Returns the content of a file. Does not follow a symbolic link.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Renames a file, and replaces any file of the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Returns after the names in a directory are safe from a power cut.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// An open file.
pub trait DiskFile: Read + Write + Seek {
    /// Locks the file for this process, unless another one has locked it.
    fn try_lock(&self) -> Result<(), TryLockError>;
    /// Returns the length, in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Cuts or extends the file to a length, in bytes.
    fn set_length(&self, length: u64) -> io::Result<()>;

    /// Returns after the written data is safe from a power cut. After an error the state of the data is not known,
    /// and a second call does not show it.
    fn sync(&self) -> io::Result<()>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDisk;

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
        // `create_new` does not write through a link that was created in the meantime.
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
            // Some file systems cannot sync directories.
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

/// Opens a private file, and creates it if it does not exist. An existing file becomes private too.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    let file = private(options.create(true).truncate(false)).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    keep_private(&file, &metadata)?;
    Ok(file)
}

/// Rejects a symbolic link with a clear message. The system rejects a link that is created after this check.
pub(crate) fn refuse_link(path: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
        let why = "it is a symbolic link, which is not followed; name its target";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(())
}

/// The permission bits that let only the owner read and write.
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
