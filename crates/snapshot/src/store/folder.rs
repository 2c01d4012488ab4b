//! A snapshot that is a folder, partitioned by service and account, as Hive, Spark and DuckDB read it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use anyprofile_core::Profile;
use anyprofile_files::{Disk as _, NEW, SystemDisk, beside, folder_of};
use async_trait::async_trait;
use futures_core::stream::BoxStream;

use super::{
    Row, SnapshotStore,
    file::{self, FileFormat, NewFile, Profiles, profiles},
    target::Format,
};
use crate::{
    digest::{digest, digest_of_file},
    error::{Result, SnapshotError, at},
    manifest::{FileManifest, Manifest},
};

/// The name of the manifest in a folder.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The name of the data in a folder of evidence.
const EVIDENCE_DATA: &str = "profiles.ndjson";

/// The name of the cover page in a folder of evidence.
const COVER: &str = "cover.html";

/// The name of the list of hashes in a folder of evidence, as `sha256sum --check` reads it.
const SUMS: &str = "SHA256SUMS";

/// Returns the format of a file of a folder.
pub(crate) fn format_of(name: &str) -> Result<Box<dyn FileFormat>> {
    let format = Format::of(name)
        .ok_or_else(|| SnapshotError::unreadable(name, "this program does not know what the file is"))?;
    match format {
        // The names of the folders say what two of its columns would.
        #[cfg(feature = "parquet")]
        Format::Parquet if name.starts_with("service=") => {
            Ok(Box::new(super::parquet_file::Parquet { is_partition: true }))
        }
        format => format.file_format(),
    }
}

/// How a folder is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Parquet files, as `service=…/account=…/`.
    Partitioned,
    /// What is handed to an auditor: the profiles of all accounts in one file, a cover page, and the hashes of all files.
    Evidence,
}

/// A folder with files, and their manifest.
#[derive(Debug)]
pub(crate) struct FolderStore {
    path: PathBuf,
    layout: Layout,
    accounts: Vec<(String, String)>,
    /// The files that are written: one for each account, or one for all.
    files: BTreeMap<usize, NewFile>,
    /// The file that was written last. Only one holds profiles in memory.
    written: Option<usize>,
    is_begun: bool,
}

impl FolderStore {
    pub(crate) fn new(path: &Path, layout: Layout) -> Self {
        let path = path.components().collect();
        Self { path, layout, accounts: Vec::new(), files: BTreeMap::new(), written: None, is_begun: false }
    }

    /// Returns the number of the file that an account is written to.
    const fn file_of(&self, account: usize) -> usize {
        match self.layout {
            Layout::Partitioned => account,
            Layout::Evidence => 0,
        }
    }

    fn new_path(&self) -> PathBuf {
        beside(&self.path, NEW)
    }

    /// Returns the name of the file of an account, relative to the folder.
    fn name(&self, file: usize) -> String {
        if self.layout == Layout::Evidence {
            return EVIDENCE_DATA.to_owned();
        }
        let (service, account) = self.accounts.get(file).cloned().unwrap_or_default();
        format!("service={}/account={}/profiles.parquet", encoded(&service), encoded(&account))
    }

    fn begin_file(&self, file: usize) -> Result<NewFile> {
        let name = self.name(file);
        let path = self.new_path().join(&name);
        let folder = folder_of(&path);
        create_private(folder).map_err(at(folder))?;
        NewFile::create(path, &*format_of(&name)?)
    }

    /// Writes the cover page and the hashes of all files.
    fn write_cover(&self, manifest: &Manifest) -> Result<()> {
        let new = self.new_path();
        let cover = crate::evidence::cover(manifest);
        anyprofile_files::write_whole(&new.join(COVER), cover.as_bytes())?;
        let sums = sums_of(manifest, &new, &cover)?;
        Ok(anyprofile_files::write_whole(&new.join(SUMS), sums.as_bytes())?)
    }
}

/// Returns the hashes of the files of a folder of evidence: those of the data are in its manifest.
fn sums_of(manifest: &Manifest, folder: &Path, cover: &str) -> Result<String> {
    let path = folder.join(MANIFEST);
    let (_, of_manifest) = fs::File::open(&path).and_then(digest_of_file).map_err(at(&path))?;
    let mut sums = String::new();
    let data = manifest.files.iter().map(|file| (&*file.sha256, &*file.path));
    for (sha256, name) in data.chain([(&*of_manifest, MANIFEST), (&*digest(cover.as_bytes()), COVER)]) {
        // Writing to a string cannot fail.
        let _ = writeln!(sums, "{sha256}  {name}");
    }
    Ok(sums)
}

/// Encodes a name for a folder: what is not a letter, a digit, `-`, `_` or `.` in ASCII as `%` and two digits.
pub(crate) fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Creates a folder that only the current user can read, and those above it.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[async_trait]
impl SnapshotStore for FolderStore {
    async fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        let is_empty = self.path.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        if !is_empty {
            file::refuse_existing(&self.path)?;
        }
        let new = self.new_path();
        match fs::remove_dir_all(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&new)(error)),
            _ => {}
        }
        create_private(&new).map_err(at(&new))?;
        self.accounts = manifest.accounts.iter().map(|it| (it.service.clone(), it.account.clone())).collect();
        self.files.clear();
        self.written = None;
        // An account without profiles has a file, too: nobody is not the same as not written.
        let files = if self.layout == Layout::Evidence { 1 } else { self.accounts.len() };
        for number in 0..files {
            let file = self.begin_file(number)?;
            self.files.insert(number, file);
        }
        self.is_begun = true;
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        for rows in rows.chunk_by(|one, next| one.account == next.account) {
            let Some(row) = rows.first() else { continue };
            let number = self.file_of(row.account);
            if let Some(before) = self.written.replace(number).filter(|before| *before != number) {
                self.files.get_mut(&before).ok_or_else(file::not_begun)?.pause()?;
            }
            let file = self.files.get_mut(&number);
            file.ok_or_else(file::not_begun)?.write(rows)?;
        }
        Ok(())
    }

    async fn commit(&mut self, mut manifest: Manifest) -> Result<Manifest> {
        if !std::mem::take(&mut self.is_begun) {
            return Err(file::not_begun());
        }
        manifest.files.clear();
        for (number, file) in std::mem::take(&mut self.files) {
            let (path, entry) = file.finish(self.name(number))?;
            let folder = folder_of(&path);
            SystemDisk.sync_folder(folder).map_err(at(folder))?;
            manifest.files.push(entry);
        }
        let manifest = file::sealed(manifest, &self.path)?;
        let new = self.new_path();
        file::write_manifest(&new.join(MANIFEST), &manifest)?;
        if self.layout == Layout::Evidence {
            self.write_cover(&manifest)?;
        }
        SystemDisk.sync_folder(&new).map_err(at(&new))?;
        // An empty folder of this name is replaced.
        fs::rename(&new, &self.path).map_err(at(&self.path))?;
        SystemDisk.sync_folder(folder_of(&self.path)).map_err(at(&self.path))?;
        Ok(manifest)
    }

    async fn manifest(&self) -> Result<Manifest> {
        let path = self.path.join(MANIFEST);
        if !path.exists() && self.path.exists() {
            let why = "it is not a snapshot: it has no manifest.json";
            return Err(SnapshotError::unreadable(self.path.display(), why));
        }
        file::read_manifest(&path)
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        let manifest = file::read_manifest(&self.path.join(MANIFEST));
        let each = manifest.map(|manifest| -> Profiles {
            let read = |entry: FileManifest| {
                if !entry.is_inside() {
                    return Err(SnapshotError::unreadable(self.path.display(), file::OUTSIDE));
                }
                format_of(&entry.path)?.read(&self.path.join(entry.path))
            };
            let files: Vec<_> = manifest.files.into_iter().map(read).collect();
            Box::new(files.into_iter().flat_map(|file| match file {
                Ok(profiles) => profiles,
                Err(error) => Box::new(std::iter::once(Err(error))),
            }))
        });
        profiles(each)
    }

    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        let mut findings = file::check_each(&self.path, &manifest.files)?;
        let is_evidence = manifest.files.iter().any(|file| file.path == EVIDENCE_DATA);
        if is_evidence {
            findings.extend(check_evidence(&self.path, manifest)?);
        }
        let mut others = Vec::new();
        others_below(&self.path, "", manifest, &mut others)?;
        others.retain(|name| !(is_evidence && (name == SUMS || name == COVER)));
        findings
            .extend(others.into_iter().map(|name| format!("{name}: the manifest does not name this file")));
        Ok(findings)
    }
}

/// Compares the cover page and the list of hashes with what the manifest and the files make of them.
fn check_evidence(folder: &Path, manifest: &Manifest) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut check = |name: &str, wanted: &str| -> Result<()> {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(content) if content == wanted.as_bytes() => {}
            Ok(_) => findings.push(format!(
                "{name}: its content was changed, or another version of this program made it: it is not what the manifest makes of it"
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                findings.push(format!("{name}: {}", file::MISSING));
            }
            Err(error) => return Err(at(&path)(error)),
        }
        Ok(())
    };
    let cover = crate::evidence::cover(manifest);
    check(COVER, &cover)?;
    let sums = sums_of(manifest, folder, &cover)?;
    check(SUMS, &sums)?;
    Ok(findings)
}

/// Finds the files below a folder that the manifest does not name.
fn others_below(folder: &Path, prefix: &str, manifest: &Manifest, others: &mut Vec<String>) -> Result<()> {
    for entry in folder.read_dir().map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            others_below(&entry.path(), &format!("{name}/"), manifest, others)?;
        } else if name != MANIFEST && !manifest.files.iter().any(|file| file.path == name) {
            others.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;
    use crate::check::planted;

    #[tokio::test]
    async fn a_file_outside_of_the_folder_is_not_read() {
        let place = tempfile::tempdir().unwrap();
        let (folder, outside) = (place.path().join("review"), place.path().join("other.ndjson"));
        let (mut manifest, rows) = planted().unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(&outside, format!("{}\n", rows[0].line)).unwrap();
        for name in ["../other.ndjson", outside.to_str().unwrap(), "a/../../other.ndjson", ""] {
            manifest.files = vec![FileManifest::new(name, 1, 1, "")];
            file::write_manifest(&folder.join(MANIFEST), &manifest).unwrap();
            let store = FolderStore::new(&folder, Layout::Evidence);
            let error = store.read().try_collect::<Vec<_>>().await.unwrap_err();
            assert!(error.to_string().ends_with(file::OUTSIDE), "{name}: {error}");
            let findings = store.check_files(&manifest).await.unwrap();
            assert!(findings.iter().any(|it| it.ends_with(file::OUTSIDE)), "{name}: {findings:?}");
        }
    }
}
