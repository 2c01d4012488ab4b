//! A snapshot in an object store: one object, or a prefix with objects by service and account.
//!
//! It is written to a private folder of this machine first. The objects of the data are then uploaded in parts, and the manifest last, if
//! there is none: a reader that looks for the manifest never sees a part of a snapshot.

use std::{path::PathBuf, sync::Arc};

use anyprofile_core::Profile;
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{
    ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, WriteMultipart, path::Path as ObjectPath,
};
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::{
    Row, SnapshotStore,
    file::{self, FileStore, Profiles, manifest_of},
    folder::{FolderStore, Layout, MANIFEST, format_of},
    target::{Format, without_credentials},
};
use crate::{
    error::{Result, SnapshotError, at},
    manifest::Manifest,
};

/// How many bytes of an object are sent in one part. S3 takes at least 5 MiB, and at most 10,000 parts.
const PART: usize = 8 << 20;

/// How many parts are sent at once, at most.
const PARTS_AT_ONCE: usize = 2;

/// A place in an object store.
#[derive(Debug)]
pub(crate) struct ObjectStore {
    store: Arc<dyn object_store::ObjectStore>,
    path: ObjectPath,
    /// The format, if it is one object.
    format: Option<Format>,
    /// The address, without credentials.
    place: String,
    local: Option<Local>,
}

/// A snapshot on this machine, on its way to the object store.
#[derive(Debug)]
struct Local {
    folder: tempfile::TempDir,
    store: Box<dyn SnapshotStore>,
}

impl ObjectStore {
    /// Opens a place. Credentials and settings are those of the environment, as `object_store` reads them: `AWS_ACCESS_KEY_ID`,
    /// `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_KEY`, …
    pub(crate) fn new(url: &str) -> Result<Self> {
        let place = without_credentials(url);
        let refused = |why: String| SnapshotError::Refused(format!("{place}: {why}"));
        let parsed = Url::parse(url).map_err(|error| refused(error.to_string()))?;
        // One that is set to nothing is not set.
        let set = std::env::vars().filter(|(_, value)| !value.trim().is_empty());
        let options = set.map(|(name, value)| (name.to_ascii_lowercase(), value));
        let (store, path) =
            object_store::parse_url_opts(&parsed, options).map_err(|error| refused(error.to_string()))?;
        if path.as_ref().is_empty() {
            return Err(refused("name an object, or a prefix for objects, behind the bucket".to_owned()));
        }
        let format = Format::of(path.as_ref());
        if let Some(format) = format {
            // What is not built in is told now.
            format.file_format()?;
        }
        Ok(Self { store: Arc::from(store), path, format, place, local: None })
    }

    fn failed(&self, error: &object_store::Error) -> SnapshotError {
        SnapshotError::store(&self.place, error)
    }

    /// Returns the name of the manifest.
    fn manifest_path(&self) -> ObjectPath {
        match self.format {
            Some(_) => ObjectPath::from(format!("{}.manifest.json", self.path)),
            None => self.path.clone().join(MANIFEST),
        }
    }

    /// Returns the object of a file of the manifest.
    fn object_of(&self, name: &str) -> ObjectPath {
        match self.format {
            Some(_) => self.path.clone(),
            None => name.split('/').fold(self.path.clone(), ObjectPath::join),
        }
    }

    /// Returns the store of a folder of this machine, and the folder's file if it is one object.
    fn local_store(&self, folder: &std::path::Path) -> Result<(PathBuf, Box<dyn SnapshotStore>)> {
        if let Some(format) = self.format {
            let path = folder.join(self.path.filename().unwrap_or("profiles"));
            let store = FileStore::new(&path, format.file_format()?);
            return Ok((path, Box::new(store)));
        }
        let path = folder.join("snapshot");
        Ok((path.clone(), Box::new(FolderStore::new(&path, Layout::Partitioned))))
    }

    async fn upload(&self, from: &std::path::Path, to: &ObjectPath) -> Result<()> {
        let mut file = tokio::fs::File::open(from).await.map_err(at(from))?;
        let upload = self.store.put_multipart(to).await.map_err(|error| self.failed(&error))?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut buffer = vec![0; 1 << 17];
        loop {
            let length = file.read(&mut buffer).await.map_err(at(from))?;
            if length == 0 {
                break;
            }
            if let Err(error) = upload.wait_for_capacity(PARTS_AT_ONCE).await {
                // What was sent so far is not an object. If it cannot be removed, the bucket's own rules do.
                let _ = upload.abort().await;
                return Err(self.failed(&error));
            }
            upload.write(&buffer[..length]);
        }
        upload.finish().await.map_err(|error| self.failed(&error)).map(drop)
    }

    /// Returns a copy of the snapshot on this machine.
    async fn downloaded(&self) -> Result<Local> {
        let manifest = self.manifest().await?;
        let folder = private_folder()?;
        let (path, store) = self.local_store(folder.path())?;
        for entry in &manifest.files {
            if entry.path.split('/').any(|part| part == ".." || part.is_empty()) {
                return Err(SnapshotError::unreadable(
                    &self.place,
                    "the manifest names a file outside of the snapshot",
                ));
            }
            let to = if self.format.is_some() { path.clone() } else { path.join(&entry.path) };
            let parent = anyprofile_files::folder_of(&to);
            std::fs::create_dir_all(parent).map_err(at(parent))?;
            self.download(&self.object_of(&entry.path), &to).await?;
        }
        let manifest_path = if self.format.is_some() { manifest_of(&path) } else { path.join(MANIFEST) };
        let parent = anyprofile_files::folder_of(&manifest_path);
        std::fs::create_dir_all(parent).map_err(at(parent))?;
        file::write_manifest(&manifest_path, &manifest)?;
        Ok(Local { folder, store })
    }

    /// Returns the profiles of a copy on this machine, and the folder that it is in.
    async fn copied_profiles(&self) -> Result<(tempfile::TempDir, Profiles)> {
        let manifest = self.manifest().await?;
        let local = self.downloaded().await?;
        let (path, _) = self.local_store(local.folder.path())?;
        let mut files = Vec::new();
        for entry in &manifest.files {
            let file = if self.format.is_some() { path.clone() } else { path.join(&entry.path) };
            files.push(format_of(&entry.path)?.read(&file)?);
        }
        Ok((local.folder, Box::new(files.into_iter().flatten())))
    }

    async fn download(&self, from: &ObjectPath, to: &std::path::Path) -> Result<()> {
        use std::io::Write as _;

        let got = self.store.get(from).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => {
                SnapshotError::unreadable(&self.place, format!("{from}: the file is missing"))
            }
            error => self.failed(&error),
        })?;
        let mut chunks = got.into_stream();
        let mut file = std::io::BufWriter::new(std::fs::File::create(to).map_err(at(to))?);
        while let Some(chunk) = chunks.try_next().await.map_err(|error| self.failed(&error))? {
            file.write_all(&chunk).map_err(at(to))?;
        }
        file.flush().map_err(at(to))
    }
}

/// Creates a folder that only the current user can read, and that is removed in the end.
fn private_folder() -> Result<tempfile::TempDir> {
    let folder = std::env::temp_dir();
    tempfile::Builder::new().prefix("anyprofile-").tempdir().map_err(at(&folder))
}

#[async_trait]
impl SnapshotStore for ObjectStore {
    async fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        match self.store.head(&self.manifest_path()).await {
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(self.failed(&error)),
            Ok(_) => {
                return Err(SnapshotError::Refused(format!(
                    "{}: it exists, and a snapshot replaces nothing; name another one",
                    self.place
                )));
            }
        }
        let folder = private_folder()?;
        let (_, mut store) = self.local_store(folder.path())?;
        store.begin(manifest).await?;
        self.local = Some(Local { folder, store });
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        self.local.as_mut().ok_or_else(file::not_begun)?.store.write(rows).await
    }

    async fn commit(&mut self, manifest: Manifest) -> Result<Manifest> {
        let mut local = self.local.take().ok_or_else(file::not_begun)?;
        let manifest = local.store.commit(manifest).await?;
        let (path, _) = self.local_store(local.folder.path())?;
        for entry in &manifest.files {
            let from = if self.format.is_some() { path.clone() } else { path.join(&entry.path) };
            self.upload(&from, &self.object_of(&entry.path)).await?;
        }
        let text = manifest.text().map_err(|error| SnapshotError::store(&self.place, error))?;
        // Of two exports to one place, only one becomes the snapshot.
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let put = self.store.put_opts(&self.manifest_path(), text.into(), options).await;
        put.map_err(|error| match error {
            object_store::Error::AlreadyExists { .. } => SnapshotError::Refused(format!(
                "{}: another export has written a snapshot there meanwhile; name another place",
                self.place
            )),
            error => self.failed(&error),
        })?;
        Ok(manifest)
    }

    async fn manifest(&self) -> Result<Manifest> {
        let got = match self.store.get(&self.manifest_path()).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(SnapshotError::unreadable(
                    &self.place,
                    "there is no snapshot: it has no manifest",
                ));
            }
            Err(error) => return Err(self.failed(&error)),
        };
        let text = got.bytes().await.map_err(|error| self.failed(&error))?;
        file::manifest_of_text(&text, &self.place)
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        let copied = async move {
            let (folder, profiles) = self.copied_profiles().await?;
            Ok(Copied { profiles, _folder: folder })
        };
        stream::once(copied)
            .flat_map(|copied| match copied {
                Ok(copied) => stream::iter(copied).boxed(),
                Err(error) => stream::once(async { Err(error) }).boxed(),
            })
            .boxed()
    }

    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        match self.downloaded().await {
            Ok(local) => local.store.check_files(manifest).await,
            Err(SnapshotError::Unreadable { reason, .. }) => Ok(vec![reason]),
            Err(error) => Err(error),
        }
    }
}

/// The profiles of a copy on this machine, which is removed in the end.
struct Copied {
    profiles: Profiles,
    _folder: tempfile::TempDir,
}

impl Iterator for Copied {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        self.profiles.next()
    }
}
