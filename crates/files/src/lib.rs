//! Files with personal data: only the current user can read them, symbolic links are not followed, and completed
//! writes survive a power cut.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("anyprofile-files-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! let file = folder.join("people.json");
//! // Whole or not at all, and nobody else can read it.
//! anyprofile_files::write_whole(&file, b"[]")?;
//! assert_eq!(std::fs::read(&file)?, b"[]");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `csv` | `csv`: comma-separated values as spreadsheets write them |
//! | `simulated` | `SimulatedDisk`: a file system in memory that fails once, and shows what a power cut leaves; for tests |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "csv")]
pub mod csv;
mod disk;
#[cfg(any(test, feature = "simulated"))]
#[allow(clippy::unwrap_used, reason = "it is for tests")]
mod simulated;

use std::{
    error::Error,
    ffi::OsString,
    fmt,
    fs::{File, OpenOptions},
    io,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use self::disk::{Disk, DiskFile, SystemDisk};
#[cfg(any(test, feature = "simulated"))]
pub use self::simulated::{Cut, SimulatedDisk, SimulatedFile};

/// The suffix of a new file that will replace another.
pub const NEW: &str = ".new";

/// Returns the path of a companion file next to a file.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Returns the directory that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Replaces the content of a file. After a power cut, the file has either the whole old or the whole new content.
///
/// # Errors
/// Any error of the file system. The old file then still exists.
pub fn replace(disk: &impl Disk, path: &Path, content: &[u8]) -> io::Result<()> {
    let new = beside(path, NEW);
    let written = disk.create(&new).and_then(|mut file| {
        file.write_all(content)?;
        file.sync()
    });
    if let Err(error) = written.and_then(|()| disk.rename(&new, path)) {
        // Half a file is useless. If this fails too, the next replacement overwrites it.
        let _ = disk.remove(&new);
        return Err(error);
    }
    disk.sync_folder(folder_of(path))
}

/// Opens a private file for appending, and creates it if it does not exist.
///
/// # Errors
/// Any error of the file system, and if the path is a symbolic link.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    let file = disk::open(path, OpenOptions::new().append(true))?;
    if file.length()? == 0 {
        // The file may be new: its name must survive a power cut.
        SystemDisk.sync_folder(folder_of(path))?;
    }
    Ok(file)
}

/// Checks that a path does not exist or is a file that can be written.
///
/// # Errors
/// If it is a symbolic link or not a regular file. A device has no end, and a pipe may have no reader.
pub fn check_writable(path: &Path) -> io::Result<()> {
    disk::refuse_link(path)?;
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file; name another file"))
        }
        _ => Ok(()),
    }
}

/// The maximum age of data that is not yet on the device. A power cut may lose this much; syncing more often would
/// slow down the writer.
pub const BETWEEN_SYNCS: Duration = Duration::from_millis(250);

/// Returns whether it is time to sync again.
pub fn is_due(synced: Option<Instant>, now: Instant) -> bool {
    synced.is_none_or(|synced| now.saturating_duration_since(synced) >= BETWEEN_SYNCS)
}

/// Writes a whole private file. Writes to a device or pipe that has a name in the file system, such as `/dev/stdout`.
///
/// # Errors
/// Any error of the file system, and if the path is a symbolic link.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let written = if is_of_system(path) {
        OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(content))
    } else {
        disk::refuse_link(path).and_then(|()| replace(&SystemDisk, path, content))
    };
    written.map_err(|error| FileError::new(path, error))
}

/// Returns whether a path names a device or pipe of the system.
fn is_of_system(path: &Path) -> bool {
    let is_special = path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    is_special && ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder))
}

/// A file that cannot be read or written. `Display` names the file, and says why and what to do.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    error: io::Error,
}

impl FileError {
    /// Creates the error of a file.
    pub fn new(path: impl Into<PathBuf>, error: io::Error) -> Self {
        Self { path: path.into(), error }
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> io::ErrorKind {
        self.error.kind()
    }

    /// Returns whether space is missing, so that a later try may succeed.
    pub fn is_full(&self) -> bool {
        is_full(&self.error)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), in_words(&self.error))
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

/// Returns whether the error means that space is missing, so that a later try may succeed.
pub fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Describes why a file cannot be read or written, and what to do.
pub fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "no space left on the device; free some space".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up; free some space".to_owned(),
        io::ErrorKind::FileTooLarge => "the file exceeds the size limit; raise the limit".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only; name another file".to_owned(),
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("anyprofile-files-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_private_also_where_it_was_there_before() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = folder("private");
        let [opened, appended, replaced, new] = ["a", "b", "c", "c.new"].map(|name| folder.join(name));
        for path in [&opened, &appended, &replaced, &new] {
            std::fs::write(path, "old\n").unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        drop(SystemDisk.open(&opened).unwrap());
        open_to_append(&appended).unwrap().write_all(b"new\n").unwrap();
        write_whole(&replaced, b"new\n").unwrap();
        for path in [&opened, &appended, &replaced] {
            assert_eq!(mode(path), 0o600, "{}", path.display());
        }
        assert_eq!(std::fs::read_to_string(&appended).unwrap(), "old\nnew\n");
        assert_eq!(std::fs::read_to_string(&replaced).unwrap(), "new\n");
        assert!(!new.exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_written_through() {
        let folder = folder("links");
        let victim = folder.join("victim");
        std::fs::write(&victim, "precious").unwrap();
        let [file, dangling, new] = ["file", "dangling", "report.new"].map(|name| folder.join(name));
        std::os::unix::fs::symlink(&victim, &file).unwrap();
        std::os::unix::fs::symlink(folder.join("nowhere"), &dangling).unwrap();
        std::os::unix::fs::symlink(&victim, &new).unwrap();
        for link in [&file, &dangling] {
            for refused in [SystemDisk.open(link).map(drop), open_to_append(link).map(drop)] {
                let error = refused.unwrap_err();
                assert!(error.to_string().contains("a symbolic link"), "{error}");
            }
            assert!(SystemDisk.read(link).is_err());
            let refused = write_whole(link, b"x").unwrap_err().to_string();
            assert!(refused.contains("a symbolic link"), "{refused}");
        }
        // The temporary name belongs to this program, so a link there is replaced.
        write_whole(&folder.join("report"), b"x").unwrap();
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
        assert!(!folder.join("nowhere").exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_device_can_be_written_to() {
        write_whole(Path::new("/dev/null"), b"x").unwrap();
        let full = write_whole(Path::new("/dev/full"), b"x");
        if Path::new("/dev/full").exists() {
            let error = full.unwrap_err();
            assert!(error.is_full());
            assert_eq!(error.to_string(), "/dev/full: no space left on the device; free some space");
        }
    }

    #[test]
    fn the_device_is_waited_for_at_once_and_then_now_and_then() {
        let now = Instant::now();
        for (synced, is_now) in [
            (None, true),
            (Some(now), false),
            (Some(now.checked_sub(Duration::from_millis(249)).unwrap()), false),
            (Some(now.checked_sub(BETWEEN_SYNCS).unwrap()), true),
            (Some(now + BETWEEN_SYNCS), false),
        ] {
            assert_eq!(is_due(synced, now), is_now);
        }
    }

    #[test]
    fn whatever_fails_the_old_file_is_there_or_the_new_one() {
        let path = Path::new("folder/file");
        for failing in 0.. {
            let disk = SimulatedDisk::default();
            replace(&disk, path, b"old").unwrap();
            disk.fail_at(failing);
            let replaced = replace(&disk, path, b"new");
            for cut in Cut::ALL {
                let image = disk.after(cut);
                let content = image.read(path).unwrap();
                let is_new = content == b"new";
                assert!(is_new || content == b"old", "{cut:?} after operation {failing}: {content:?}");
                assert!(is_new || replaced.is_err(), "{cut:?}: said to be written and lost");
            }
            if replaced.is_ok() {
                assert!(failing > 3, "every operation failed once");
                break;
            }
        }
    }
}
