//! A snapshot in an object store: one object, or a prefix with objects by service and account.
//!
//! It is written to a private folder of this machine first. The objects of the data are then uploaded in parts, and the manifest last, if
//! there is none: a reader that looks for the manifest never sees a part of a snapshot.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyprofile_core::Profile;
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{
    Attribute, AttributeValue, GetOptions, ObjectStore as _, ObjectStoreExt as _, PutMode,
    PutMultipartOptions, PutOptions, WriteMultipart, path::Path as ObjectPath,
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
    manifest::{FileManifest, Manifest},
};

/// How many bytes of an object are sent in one part. S3 takes at least 5 MiB, and at most 10,000 parts.
const PART: usize = 8 << 20;

/// The metadata of an object that says of which run it is.
const RUN: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("anyprofile-run"));

/// How many objects are named that are in the way.
const MOST_NAMED: usize = 20;

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
    /// What the names of this run's data end with, so that two runs never write one object. A run that is resumed has the same.
    run: String,
    local: Option<Local>,
    /// The copy whose files were checked, for whoever reads the profiles next: they are those that were checked.
    checked: Mutex<Option<Local>>,
}

/// A snapshot on this machine, on its way to the object store or from it.
#[derive(Debug)]
struct Local {
    /// It is removed in the end.
    _folder: tempfile::TempDir,
    store: Box<dyn SnapshotStore>,
    /// The file, or the folder of the files.
    path: PathBuf,
    is_one_file: bool,
}

impl Local {
    /// Returns where a file of the manifest is.
    fn file(&self, name: &str) -> PathBuf {
        if self.is_one_file { self.path.clone() } else { self.path.join(name) }
    }

    /// Returns where the manifest is.
    fn manifest(&self) -> PathBuf {
        if self.is_one_file { manifest_of(&self.path) } else { self.path.join(MANIFEST) }
    }
}

/// Opens the store of a URL, such as `s3://bucket/review`, and returns it with the path in it. Credentials and settings are those of the
/// environment, as `object_store` reads them: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_KEY`, …
///
/// # Errors
/// If the scheme is not known, or the settings do not suffice.
pub fn environment_store(
    url: &Url,
) -> object_store::Result<(Arc<dyn object_store::ObjectStore>, ObjectPath)> {
    // One that is set to nothing is not set. Others than those of the stores have other meanings: `ENDPOINT`, `TOKEN`.
    let is_ours = |name: &str| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|store| name.starts_with(store));
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let set = texts.filter(|(name, value)| is_ours(name) && !value.trim().is_empty());
    let options = set.map(|(name, value)| (name.to_ascii_lowercase(), value));
    let (store, path) = object_store::parse_url_opts(url, options)?;
    Ok((Arc::from(store), path))
}

impl ObjectStore {
    /// Opens a place in the [store of its URL](environment_store).
    pub(crate) fn new(url: &str) -> Result<Self> {
        let place = without_credentials(url);
        let refused = |why: String| SnapshotError::Refused(format!("{place}: {why}"));
        let parsed = Url::parse(url).map_err(|error| refused(error.to_string()))?;
        let (store, path) = environment_store(&parsed).map_err(|error| refused(error.to_string()))?;
        if path.as_ref().is_empty() {
            return Err(refused("name an object, or a prefix for objects, behind the bucket".to_owned()));
        }
        Self::of(store, path, place)
    }

    /// Opens a place in a store.
    fn of(store: Arc<dyn object_store::ObjectStore>, path: ObjectPath, place: String) -> Result<Self> {
        let format = Format::of(path.as_ref());
        // What is not built in is told now.
        format.unwrap_or(Format::Parquet).file_format()?;
        Ok(Self { store, path, format, place, run: String::new(), local: None, checked: Mutex::default() })
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

    /// Returns the name in the store of a file of the folder: `profiles.parquet` becomes `profiles-RUN.parquet`.
    fn name_in_store(&self, name: &str) -> String {
        match (self.format, name.rsplit_once('.')) {
            (None, Some((stem, extension))) => format!("{stem}-{}.{extension}", self.run),
            _ => name.to_owned(),
        }
    }

    /// Returns the objects at the place that are not of this run, at most some of them.
    async fn others(&self, manifest: Option<&Manifest>) -> Result<Vec<String>> {
        if self.format.is_some() {
            if manifest.is_some() {
                return Ok(Vec::new());
            }
            let head = GetOptions { head: true, ..GetOptions::default() };
            return match self.store.get_opts(&self.path, head).await {
                // A run that was killed before it put the manifest has left it.
                Ok(there) if there.attributes.get(&RUN).is_some_and(|run| run.as_ref() == self.run) => {
                    Ok(Vec::new())
                }
                Ok(_) => Ok(vec![self.path.to_string()]),
                Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
                Err(error) => Err(self.failed(&error)),
            };
        }
        let ours = |path: &ObjectPath| match manifest {
            Some(manifest) => {
                *path == self.manifest_path()
                    || manifest.files.iter().any(|file| self.object_of(&file.path) == *path)
            }
            // A run that was killed while it uploaded has left some.
            None => path.as_ref().ends_with(&format!("-{}.parquet", self.run)),
        };
        let mut others = Vec::new();
        let mut objects = self.store.list(Some(&self.path));
        while let Some(object) = objects.try_next().await.map_err(|error| self.failed(&error))? {
            if !ours(&object.location) && others.len() < MOST_NAMED {
                others.push(object.location.to_string());
            }
        }
        Ok(others)
    }

    /// Returns a new private place on this machine.
    fn new_local(&self) -> Result<Local> {
        let folder = private_folder()?;
        let (path, store): (_, Box<dyn SnapshotStore>) = if let Some(format) = self.format {
            let path = folder.path().join(self.path.filename().unwrap_or("profiles"));
            let store = FileStore::new(&path, format.file_format()?);
            (path, Box::new(store))
        } else {
            let path = folder.path().join("snapshot");
            let store = FolderStore::new(&path, Layout::Partitioned);
            (path, Box::new(store))
        };
        Ok(Local { _folder: folder, store, path, is_one_file: self.format.is_some() })
    }

    async fn upload(&self, from: &std::path::Path, to: &ObjectPath) -> Result<()> {
        let mut file = tokio::fs::File::open(from).await.map_err(at(from))?;
        let attributes = [(RUN, AttributeValue::from(self.run.clone()))].into_iter().collect();
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let upload = self.store.put_multipart_opts(to, options).await.map_err(|error| self.failed(&error))?;
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

    /// Returns a copy of the files of a manifest on this machine.
    async fn downloaded(&self, manifest: &Manifest) -> Result<Local> {
        let local = self.new_local()?;
        for entry in &manifest.files {
            if !entry.is_inside() {
                return Err(SnapshotError::unreadable(&self.place, file::OUTSIDE));
            }
            let to = local.file(&entry.path);
            let parent = anyprofile_files::folder_of(&to);
            std::fs::create_dir_all(parent).map_err(at(parent))?;
            self.download(&self.object_of(&entry.path), &to).await?;
        }
        let path = local.manifest();
        let parent = anyprofile_files::folder_of(&path);
        std::fs::create_dir_all(parent).map_err(at(parent))?;
        file::write_manifest(&path, manifest)?;
        Ok(local)
    }

    /// Returns the profiles of a copy on this machine.
    async fn copied_profiles(&self) -> Result<Copied> {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let local = match checked {
            Some(local) => local,
            None => self.downloaded(&self.manifest().await?).await?,
        };
        let manifest = file::read_manifest(&local.manifest())?;
        let read = |entry: &FileManifest| format_of(&entry.path)?.read(&local.file(&entry.path));
        let files: Vec<_> = manifest.files.iter().map(read).collect::<Result<_>>()?;
        Ok(Copied { profiles: Box::new(files.into_iter().flatten()), _local: local })
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
            Ok(_) => return Err(SnapshotError::exists(&self.place)),
        }
        let names: Vec<_> =
            manifest.accounts.iter().map(|it| (&it.service, &it.account, &it.base_url)).collect();
        let identity = serde_json::json!([manifest.started, names, manifest.query]).to_string();
        self.run = crate::digest::digest(identity.as_bytes());
        self.run.truncate(16);
        let others = self.others(None).await?;
        if let Some(first) = others.first() {
            return Err(SnapshotError::Refused(format!(
                "{}: {first} is there, and a snapshot replaces nothing; name another object or an empty prefix",
                self.place
            )));
        }
        let mut local = self.new_local()?;
        local.store.begin(manifest).await?;
        self.local = Some(local);
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        self.local.as_mut().ok_or_else(file::not_begun)?.store.write(rows).await
    }

    async fn commit(&mut self, manifest: Manifest) -> Result<Manifest> {
        let mut local = self.local.take().ok_or_else(file::not_begun)?;
        let mut manifest = local.store.commit(manifest).await?;
        for entry in &mut manifest.files {
            let from = local.file(&entry.path);
            entry.path = self.name_in_store(&entry.path);
            self.upload(&from, &self.object_of(&entry.path)).await?;
        }
        let manifest = file::sealed(manifest, std::path::Path::new(&self.place))?;
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
        stream::once(self.copied_profiles())
            .flat_map(|copied| match copied {
                Ok(copied) => stream::iter(copied).boxed(),
                Err(error) => stream::once(async { Err(error) }).boxed(),
            })
            .boxed()
    }

    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        let mut findings = match self.downloaded(manifest).await {
            Ok(local) => {
                let findings = local.store.check_files(manifest).await?;
                *self.checked.lock().unwrap_or_else(PoisonError::into_inner) = Some(local);
                findings
            }
            Err(SnapshotError::Unreadable { reason, .. }) => vec![reason],
            Err(error) => return Err(error),
        };
        let others = self.others(Some(manifest)).await?;
        findings
            .extend(others.into_iter().map(|name| format!("{name}: the manifest does not name this object")));
        Ok(findings)
    }
}

/// The profiles of a copy on this machine, which is removed in the end.
struct Copied {
    profiles: Profiles,
    _local: Local,
}

impl Iterator for Copied {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        self.profiles.next()
    }
}

#[cfg(all(test, feature = "csv", feature = "parquet"))]
mod tests {
    use object_store::{PutPayload, memory::InMemory};

    use super::*;
    use crate::{check::planted, check_store};

    #[allow(clippy::unwrap_used, reason = "a test")]
    fn place(store: &Arc<InMemory>, path: &str) -> Box<dyn SnapshotStore> {
        let store = Arc::clone(store) as Arc<dyn object_store::ObjectStore>;
        Box::new(ObjectStore::of(store, ObjectPath::from(path), format!("memory:{path}")).unwrap())
    }

    #[tokio::test]
    async fn objects_do_what_a_store_must() {
        let store = Arc::new(InMemory::new());
        for path in ["a/people.ndjson", "a/people.csv", "b/review"] {
            check_store(|| async { Ok(place(&store, path)) }).await.unwrap();
        }
    }

    #[tokio::test]
    async fn two_exports_to_one_prefix_never_mix_and_nothing_is_replaced() {
        let store = Arc::new(InMemory::new());
        let (manifest, rows) = planted().unwrap();
        let mut other = manifest.clone();
        other.accounts[0].base_url = "https://elsewhere.example".to_owned();
        let (mut one, mut two) = (place(&store, "review"), place(&store, "review"));
        one.begin(&manifest).await.unwrap();
        two.begin(&other).await.unwrap();
        for writer in [&mut one, &mut two] {
            writer.write(&rows).await.unwrap();
        }
        one.commit(manifest.clone()).await.unwrap();
        assert!(matches!(two.commit(other.clone()).await.unwrap_err(), SnapshotError::Refused(_)));
        let read: Vec<_> = place(&store, "review").read().try_collect().await.unwrap();
        assert_eq!(read.len(), rows.len());
        // What the second one has left is found, and in the way of a third one.
        let committed = one.manifest().await.unwrap();
        let findings = one.check_files(&committed).await.unwrap();
        assert!(findings[0].contains("the manifest does not name this object"), "{findings:?}");
        assert!(place(&store, "review").begin(&manifest).await.is_err());

        let stranger = ObjectPath::from("c/people.ndjson");
        store.put(&stranger, PutPayload::from("not ours")).await.unwrap();
        for path in ["c", "c/people.ndjson"] {
            let refused = place(&store, path).begin(&manifest).await.unwrap_err();
            assert!(refused.to_string().contains("replaces nothing"), "{refused}");
        }
    }

    #[tokio::test]
    async fn an_object_that_was_changed_or_is_gone_is_found() {
        let store = Arc::new(InMemory::new());
        check_store(|| async { Ok(place(&store, "people.ndjson")) }).await.unwrap();
        let (object, snapshot) = (ObjectPath::from("people.ndjson"), place(&store, "people.ndjson"));
        let manifest = snapshot.manifest().await.unwrap();
        store.put(&object, PutPayload::from("x")).await.unwrap();
        let changed = snapshot.check_files(&manifest).await.unwrap();
        assert!(changed[0].contains("bytes, and had"), "{changed:?}");
        store.delete(&object).await.unwrap();
        let missing = snapshot.check_files(&manifest).await.unwrap();
        assert!(missing[0].contains("the file is missing"), "{missing:?}");
    }
}
