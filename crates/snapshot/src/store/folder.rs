//! A snapshot that is a folder, partitioned by service and account, as Hive, Spark and DuckDB read it.

use std::{
    collections::BTreeMap,
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
};
use crate::{
    error::{Result, SnapshotError, at},
    manifest::Manifest,
};

/// The name of the manifest in a folder.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A folder with a file for each account.
#[derive(Debug)]
pub(crate) struct FolderStore {
    path: PathBuf,
    format: Box<dyn FileFormat>,
    extension: &'static str,
    accounts: Vec<(String, String)>,
    files: BTreeMap<usize, NewFile>,
    /// The file that is written, as long as the rows are of its account.
    is_begun: bool,
}

impl FolderStore {
    pub(crate) fn new(path: &Path, format: Box<dyn FileFormat>, extension: &'static str) -> Self {
        let path = path.components().collect();
        Self { path, format, extension, accounts: Vec::new(), files: BTreeMap::new(), is_begun: false }
    }

    fn new_path(&self) -> PathBuf {
        beside(&self.path, NEW)
    }

    /// Returns the name of the file of an account, relative to the folder.
    fn name(&self, account: usize) -> String {
        let (service, account) = self.accounts.get(account).cloned().unwrap_or_default();
        format!("service={}/account={}/profiles.{}", encoded(&service), encoded(&account), self.extension)
    }

    fn begin_file(&self, account: usize) -> Result<NewFile> {
        let path = self.new_path().join(self.name(account));
        let folder = folder_of(&path);
        create_private(folder).map_err(at(folder))?;
        NewFile::create(path, &*self.format)
    }
}

/// Encodes a name for a folder: what is not a letter, a digit, `-`, `_` or `.` in ASCII as `%` and two digits.
pub(crate) fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
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
        self.accounts =
            manifest.accounts.iter().map(|it| (it.service.clone(), it.account.clone())).collect();
        self.files.clear();
        // An account without profiles has a file, too: nobody is not the same as not written.
        for account in 0..self.accounts.len() {
            let file = self.begin_file(account)?;
            self.files.insert(account, file);
        }
        self.is_begun = true;
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        for rows in rows.chunk_by(|one, next| one.account == next.account) {
            let file = rows.first().and_then(|row| self.files.get_mut(&row.account));
            file.ok_or_else(file::not_begun)?.write(rows)?;
        }
        Ok(())
    }

    async fn commit(&mut self, mut manifest: Manifest) -> Result<Manifest> {
        if !std::mem::take(&mut self.is_begun) {
            return Err(file::not_begun());
        }
        manifest.files.clear();
        for (account, file) in std::mem::take(&mut self.files) {
            let (path, entry) = file.finish(self.name(account))?;
            let folder = folder_of(&path);
            SystemDisk.sync_folder(folder).map_err(at(folder))?;
            manifest.files.push(entry);
        }
        let manifest = file::sealed(manifest, &self.path)?;
        let new = self.new_path();
        file::write_manifest(&new.join(MANIFEST), &manifest)?;
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
            let read = |entry: crate::manifest::FileManifest| self.format.read(&self.path.join(entry.path));
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
        let mut others = Vec::new();
        others_below(&self.path, "", manifest, &mut others)?;
        findings.extend(others.into_iter().map(|name| format!("{name}: the manifest does not name this file")));
        Ok(findings)
    }
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
