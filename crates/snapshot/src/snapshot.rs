//! Snapshots that are read.

use std::{fmt, path::Path, sync::Arc};

use anyprofile_core::{Profile, ProfileId, ProfileProvider};
use futures_core::stream::BoxStream;
use futures_util::StreamExt as _;

use crate::{
    digest::Tally,
    error::{Result, SnapshotError},
    manifest::Manifest,
    stage::{ExportObserver, ExportOptions, Stage},
    store::{MISSING, SnapshotStore, Target},
};

/// A snapshot that was written.
///
/// ```
/// # futures_util::FutureExt::now_or_never(async {
/// # use anyprofile_core::{AccountName, Profile, memory::MemoryProvider};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("people.ndjson");
/// # let account = AccountName::from_static("main");
/// # let mut ada = Profile::new("memory:main/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let provider = MemoryProvider::builder(account).with_profile(ada).build()?;
/// use std::sync::Arc;
///
/// use anyprofile_core::ListQuery;
/// use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};
/// use futures_util::TryStreamExt;
///
/// let target = Target::of_path(&file)?;
/// let options = ExportOptions::new(ListQuery::new(), Tool::new("review", "1.0"));
/// let manifest = Snapshot::write(&[Arc::new(provider)], options, &target).await?;
/// assert!(manifest.complete && manifest.rows == 1);
///
/// let snapshot = Snapshot::open(&target).await?;
/// let people: Vec<_> = snapshot.read().try_collect().await?;
/// assert_eq!(people[0].label(), "Ada");
/// assert!(snapshot.verify().await?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap().unwrap();
/// ```
pub struct Snapshot {
    store: Box<dyn SnapshotStore>,
    manifest: Manifest,
    place: String,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Snapshot({}, {} profiles)", self.place, self.manifest.rows)
    }
}

impl Snapshot {
    /// Exports accounts to a target, beside which an interrupted export is kept and resumed. For a target that is not on this machine, it is
    /// kept in the folder for temporary files.
    ///
    /// A program that shows progress or can be interrupted uses [`Stage`].
    ///
    /// # Errors
    /// If an account fails, or was not read to its end, unless [`ExportOptions::allows_incomplete`] is set; and if the target cannot be
    /// written. The same call resumes the export.
    pub async fn write(
        providers: &[Arc<dyn ProfileProvider>],
        options: ExportOptions,
        target: &Target,
    ) -> Result<Manifest> {
        let mut store = target.open().await?;
        let mut first = FirstFailure::default();
        let allows_incomplete = options.allows_incomplete;
        let stage = target.stage(&std::env::temp_dir());
        let mut stage = Stage::open(&stage, providers, options, &mut first).await?;
        stage.run(std::future::pending(), &mut first).await?;
        match first.0 {
            Some(error) if !allows_incomplete => Err(error.into()),
            _ => stage.into_snapshot(&mut *store, &[]).await,
        }
    }

    /// Opens a snapshot. Its profiles are not read yet.
    ///
    /// # Errors
    /// [`SnapshotError::Unreadable`] if there is no snapshot, or it was written by a newer program.
    pub async fn open(target: &Target) -> Result<Self> {
        Self::of_store(target.open().await?, target.to_string()).await
    }

    /// Opens the snapshot of a store, which errors name as `place`.
    ///
    /// # Errors
    /// [`SnapshotError::Unreadable`] if there is no snapshot.
    pub async fn of_store(store: Box<dyn SnapshotStore>, place: impl Into<String>) -> Result<Self> {
        let manifest = store.manifest().await?;
        Ok(Self { store, manifest, place: place.into() })
    }

    /// Opens the snapshot of a file or folder.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and if the name does not say what it is.
    pub async fn open_path(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(&Target::of_path(path.as_ref())?).await
    }

    /// Returns the manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns where the snapshot is, without credentials.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Reads the profiles, in the order in which they were written.
    pub fn read(&self) -> BoxStream<'_, Result<Profile>> {
        self.store.read()
    }

    /// Re-checks everything that the manifest says: its own seal, the files, the number of profiles of each account and their hash, and
    /// that each is a profile. Returns what was altered, one sentence each; nothing if nothing was.
    ///
    /// Whoever changes the data can also write a new manifest. Keep the seal elsewhere, to find that out.
    ///
    /// # Errors
    /// If something cannot be read, for another reason than that it is missing.
    pub async fn verify(&self) -> Result<Vec<String>> {
        let manifest = &self.manifest;
        let mut findings = Vec::new();
        if !manifest.is_sealed() {
            findings.push("the manifest was edited: its seal does not match".to_owned());
        }
        let files = self.store.check_files(manifest).await?;
        let is_missing = files.iter().any(|finding| finding.ends_with(MISSING));
        findings.extend(files);
        // Of a form, profiles cannot be read: its file is as it was, or it is not.
        if is_missing || manifest.form.is_some() {
            return Ok(findings);
        }
        let mut tallies = vec![Tally::default(); manifest.accounts.len()];
        let mut strangers = 0_u64;
        let mut profiles = self.read();
        while let Some(profile) = profiles.next().await {
            let profile = match profile {
                Ok(profile) => profile,
                // What cannot be decompressed or is no profile was changed, too. Whether the device failed, the files told before.
                Err(SnapshotError::Service(error)) => return Err(error.into()),
                Err(error) => {
                    findings.push(error.to_string());
                    return Ok(findings);
                }
            };
            let Some(account) = account_of(manifest, &profile.id) else {
                strangers += 1;
                continue;
            };
            let line = serde_json::to_string(&profile)
                .map_err(|_| SnapshotError::unreadable(&self.place, "a profile cannot be written as JSON"))?;
            tallies[account].add(line.as_bytes());
        }
        let rows: u64 = tallies.iter().map(|tally| tally.seen).sum();
        for (account, tally) in manifest.accounts.iter().zip(tallies) {
            let (name, count) = (&account.account, tally.seen);
            if account.seen != count {
                findings
                    .push(format!("{name}: it has {count} profiles, and the manifest says {}", account.seen));
            } else if account.sha256 != tally.sha256() {
                findings.push(format!("{name}: the profiles were changed: their SHA-256 differs"));
            }
        }
        if strangers > 0 {
            findings.push(format!("{strangers} profiles are of accounts that the manifest does not name"));
        }
        if rows != manifest.rows {
            findings.push(format!("there are {rows} profiles, and the manifest says {}", manifest.rows));
        }
        Ok(findings)
    }
}

/// Returns the place of a profile's account in a manifest.
pub(crate) fn account_of(manifest: &Manifest, id: &ProfileId) -> Option<usize> {
    manifest.accounts.iter().position(|it| id.service == *it.service && id.account == *it.account)
}

/// Keeps the first failure of an account.
#[derive(Default)]
struct FirstFailure(Option<anyprofile_core::Error>);

impl ExportObserver for FirstFailure {
    fn failed(&mut self, error: &anyprofile_core::Error) {
        self.0.get_or_insert_with(|| error.clone());
    }
}
