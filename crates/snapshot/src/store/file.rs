//! A snapshot that is one file, with its manifest beside it.

use std::{
    fmt,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyprofile_core::Profile;
use anyprofile_files::{Disk as _, DiskFile as _, NEW, SystemDisk, beside, folder_of, replace};
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, stream};

use super::{Row, SnapshotStore};
use crate::{
    digest::{Hashed, digest_of_file},
    error::{Result, SnapshotError, at},
    form::FormError,
    manifest::{FORMAT, FileManifest, FormManifest, Manifest},
};

/// What a format writes to.
pub(crate) type Out = BufWriter<Hashed<File>>;

/// The profiles of a file, one after the other.
pub(crate) type Profiles = Box<dyn Iterator<Item = Result<Profile>> + Send>;

/// How profiles are written to a file, and read from it.
pub(crate) trait FileFormat: fmt::Debug + Send + Sync {
    /// Begins a file.
    fn create(&self, out: Out) -> io::Result<Box<dyn RowWriter>>;

    /// Reads a file.
    fn read(&self, path: &Path) -> Result<Profiles>;

    /// Returns the form of the file that was written last, if it is one of another tool.
    fn form(&self) -> Option<FormManifest> {
        None
    }
}

/// A file that is being written.
pub(crate) trait RowWriter: Send + Sync {
    /// Adds profiles.
    fn write(&mut self, rows: &[Row]) -> io::Result<()>;

    /// Writes what is held in memory, since the next profiles go to another file.
    fn pause(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Ends the file.
    fn finish(self: Box<Self>) -> io::Result<Out>;
}

/// A file of a snapshot that is being written, under a name of its own.
pub(crate) struct NewFile {
    path: PathBuf,
    writer: Box<dyn RowWriter>,
    rows: u64,
}

impl NewFile {
    pub(crate) fn create(path: PathBuf, format: &dyn FileFormat) -> Result<Self> {
        let file = SystemDisk.create(&path).map_err(at(&path))?;
        let out = BufWriter::with_capacity(1 << 17, Hashed::new(file));
        let writer = format.create(out).map_err(at(&path))?;
        Ok(Self { path, writer, rows: 0 })
    }

    pub(crate) fn write(&mut self, rows: &[Row]) -> Result<()> {
        self.writer.write(rows).map_err(at(&self.path))?;
        self.rows += rows.len() as u64;
        Ok(())
    }

    /// Frees its memory, until the next profiles come.
    pub(crate) fn pause(&mut self) -> Result<()> {
        self.writer.pause().map_err(at(&self.path))
    }

    /// Ends the file, on the device. Returns its path and its entry in the manifest under a name.
    pub(crate) fn finish(self, name: String) -> Result<(PathBuf, FileManifest)> {
        let failed = at(&self.path);
        let out = self.writer.finish().map_err(|error| {
            // It would be half a file. If this fails too, the next export replaces it.
            let _ = SystemDisk.remove(&self.path);
            match error.downcast::<FormError>() {
                Ok(error) => SnapshotError::Refused(error.to_string()),
                Err(error) => failed(error),
            }
        })?;
        let hashed = out.into_inner().map_err(|error| failed(error.into_error()))?;
        let (mut file, bytes, sha256) = hashed.finish();
        file.flush().and_then(|()| file.sync()).map_err(&failed)?;
        Ok((self.path, FileManifest { path: name, rows: self.rows, bytes, sha256 }))
    }
}

impl fmt::Debug for NewFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewFile({})", self.path.display())
    }
}

/// A file with its manifest.
#[derive(Debug)]
pub(crate) struct FileStore {
    path: PathBuf,
    format: Box<dyn FileFormat>,
    new: Option<NewFile>,
}

/// Returns the manifest of a file.
pub(crate) fn manifest_of(path: &Path) -> PathBuf {
    beside(path, ".manifest.json")
}

impl FileStore {
    pub(crate) fn new(path: &Path, format: Box<dyn FileFormat>) -> Self {
        Self { path: path.to_owned(), format, new: None }
    }
}

#[async_trait]
impl SnapshotStore for FileStore {
    async fn begin(&mut self, _: &Manifest) -> Result<()> {
        refuse_existing(&self.path)?;
        self.new = Some(NewFile::create(beside(&self.path, NEW), &*self.format)?);
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        self.new.as_mut().ok_or_else(not_begun)?.write(rows)
    }

    async fn commit(&mut self, mut manifest: Manifest) -> Result<Manifest> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (new, entry) = self.new.take().ok_or_else(not_begun)?.finish(name)?;
        manifest.files = vec![entry];
        manifest.form = self.format.form();
        let manifest = sealed(manifest, &self.path)?;
        // The file comes last: whoever sees it sees its manifest, too. A manifest alone is no snapshot.
        write_manifest(&manifest_of(&self.path), &manifest)?;
        SystemDisk.rename(&new, &self.path).map_err(at(&self.path))?;
        SystemDisk.sync_folder(folder_of(&self.path)).map_err(at(&self.path))?;
        Ok(manifest)
    }

    async fn manifest(&self) -> Result<Manifest> {
        let path = manifest_of(&self.path);
        if !self.path.exists() {
            return Err(SnapshotError::unreadable(
                self.path.display(),
                "there is no snapshot: the file does not exist",
            ));
        }
        if !path.exists() {
            let why = format!(
                "it has no manifest: {} does not exist, so whether everybody is in it is not known",
                path.display()
            );
            return Err(SnapshotError::unreadable(self.path.display(), why));
        }
        read_manifest(&path)
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        profiles(self.format.read(&self.path))
    }

    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        check_each(folder_of(&self.path), &manifest.files)
    }
}

/// Returns profiles as a stream. Each is read when it is asked for.
pub(crate) fn profiles(profiles: Result<Profiles>) -> BoxStream<'static, Result<Profile>> {
    match profiles {
        Ok(profiles) => stream::iter(profiles).boxed(),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    }
}

/// Refuses to replace a file or a folder.
pub(crate) fn refuse_existing(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Err(_) => return Ok(()),
        // An empty file holds nothing that could be lost.
        Ok(metadata) if metadata.is_file() && metadata.len() == 0 => return Ok(()),
        Ok(_) => {}
    }
    Err(SnapshotError::exists(path.display()))
}

pub(crate) fn not_begun() -> SnapshotError {
    SnapshotError::Refused("the snapshot was not begun".to_owned())
}

/// Seals a manifest.
pub(crate) fn sealed(manifest: Manifest, place: &Path) -> Result<Manifest> {
    manifest.sealed().map_err(io::Error::from).map_err(at(place))
}

pub(crate) fn write_manifest(path: &Path, manifest: &Manifest) -> Result<()> {
    let text = manifest.text().map_err(io::Error::from).map_err(at(path))?;
    replace(&SystemDisk, path, text.as_bytes()).map_err(at(path))
}

/// Reads a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<Manifest> {
    let text = SystemDisk.read(path).map_err(at(path))?;
    manifest_of_text(&text, &path.display())
}

/// Reads the text of a manifest.
pub(crate) fn manifest_of_text(text: &[u8], place: &dyn fmt::Display) -> Result<Manifest> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let unreadable = |why: String| SnapshotError::unreadable(place, why);
    let head: Head =
        serde_json::from_slice(text).map_err(|_| unreadable("it is not a manifest".to_owned()))?;
    if head.format != FORMAT {
        return Err(unreadable("it is not the manifest of a snapshot".to_owned()));
    }
    if head.version > Manifest::VERSION {
        return Err(unreadable(format!(
            "it has version {}, and this program reads versions up to {}; use a newer program",
            head.version,
            Manifest::VERSION
        )));
    }
    serde_json::from_slice(text).map_err(|error| unreadable(format!("it is not a manifest: {error}")))
}

/// What is said of a file that the manifest names and that is not there.
pub(crate) const MISSING: &str = "the file is missing";

/// What is said of a name that is not below the manifest. It is not opened.
pub(crate) const OUTSIDE: &str = "the manifest names a file outside of the snapshot";

/// Compares files with their entries.
pub(crate) fn check_each(folder: &Path, files: &[FileManifest]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for entry in files {
        if !entry.is_inside() {
            findings.push(format!("{}: {OUTSIDE}", entry.path));
            continue;
        }
        let path = folder.join(&entry.path);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                findings.push(format!("{}: {MISSING}", entry.path));
                continue;
            }
            Err(error) => return Err(at(&path)(error)),
        };
        let (bytes, sha256) = digest_of_file(file).map_err(at(&path))?;
        if bytes != entry.bytes {
            findings.push(format!("{}: it has {bytes} bytes, and had {}", entry.path, entry.bytes));
        } else if sha256 != entry.sha256 {
            findings.push(format!("{}: its content was changed: the SHA-256 differs", entry.path));
        }
    }
    Ok(findings)
}
