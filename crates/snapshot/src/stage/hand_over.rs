//! A stage that becomes a snapshot.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyprofile_core::{FieldPath, Profile};

use super::Stage;
use crate::{
    digest::Tally,
    error::{Result, SnapshotError, at},
    manifest::Manifest,
    store::{Row, SnapshotStore},
};

impl Stage {
    /// Writes the snapshot to a store, and removes the stage.
    ///
    /// `unusable` names the accounts that were asked for and could not be used at all.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if the export is not over, unless [`ExportOptions::allows_incomplete`](super::ExportOptions::allows_incomplete) is set; and if the store cannot be
    /// written. The stage is then kept, so that the same export can try again.
    pub async fn into_snapshot(
        mut self,
        store: &mut dyn SnapshotStore,
        unusable: &[String],
    ) -> Result<Manifest> {
        if !self.is_over() && !self.options.allows_incomplete {
            return Err(SnapshotError::Refused(
                "the export is not over, and a part of it is not handed over as a snapshot".to_owned(),
            ));
        }
        let path = self.file.synced()?.to_owned();
        let mut manifest = self.manifest(unusable);
        // A run that was killed after the snapshot appeared has left its stage.
        if let Ok(existing) = store.manifest().await
            && self.is_of_this(&existing, &manifest, &path)?
        {
            self.file.finish()?;
            return Ok(existing);
        }
        store.begin(&manifest).await?;
        self.copy(&path, store, &mut manifest).await?;
        let manifest = store.commit(manifest).await?;
        self.file.finish()?;
        Ok(manifest)
    }

    /// Returns whether a snapshot is the one that this stage became.
    fn is_of_this(&self, existing: &Manifest, ours: &Manifest, path: &Path) -> Result<bool> {
        let of = |manifest: &Manifest| -> Vec<_> {
            manifest.accounts.iter().map(|it| (it.service.clone(), it.account.clone(), it.seen)).collect()
        };
        if existing.started != ours.started || of(existing) != of(ours) || existing.privacy != ours.privacy {
            return Ok(false);
        }
        let mut tallies = vec![Tally::default(); ours.accounts.len()];
        let mut lines = Lines::open(path)?;
        while let Some(line) = lines.next()? {
            let (account, _, line) = self.row(line, path)?;
            tallies[account].add(line.as_bytes());
        }
        let digests = tallies.into_iter().map(Tally::sha256);
        Ok(existing.accounts.iter().map(|it| it.sha256.clone()).eq(digests))
    }

    /// Returns the profile of a line of the stage as it is written, with the place of its account.
    fn row(&self, line: &str, path: &Path) -> Result<(usize, Profile, Box<str>)> {
        let profile: Profile =
            serde_json::from_str(line).map_err(|error| changed(path, &error.to_string()))?;
        let account =
            self.account_of(&profile.id).ok_or_else(|| changed(path, "another account's profile"))?;
        if self.options.hiding.privacy().is_nothing() {
            return Ok((account, profile, line.into()));
        }
        let profile = self.options.hiding.profile(profile)?;
        let line = serde_json::to_string(&profile).map_err(io::Error::from).map_err(at(path))?;
        Ok((account, profile, line.into()))
    }

    /// Copies the profiles of the stage into a store.
    async fn copy(&self, path: &Path, store: &mut dyn SnapshotStore, manifest: &mut Manifest) -> Result<()> {
        let mut tallies = vec![Tally::default(); manifest.accounts.len()];
        // By the account and the field: the number of profiles in each state.
        let mut states: Vec<[BTreeMap<&str, u64>; STATED.len()]> = vec![Default::default(); tallies.len()];
        let capabilities: Vec<_> =
            self.providers.iter().map(|it| Arc::new(it.capabilities().clone())).collect();
        let mut lines = Lines::open(path)?;
        let mut rows = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        while let Some(line) = lines.next()? {
            let (account, profile, line) = self.row(line, path)?;
            tallies[account].add(line.as_bytes());
            for (path, states) in STATED.iter().zip(&mut states[account]) {
                let state = profile.state(path, &capabilities[account]);
                *states.entry(state.as_str()).or_insert(0) += 1;
            }
            bytes += line.len();
            rows.push(Row { account, profile, line, capabilities: Arc::clone(&capabilities[account]) });
            if rows.len() == BATCH || bytes >= BATCH_BYTES {
                store.write(&rows).await?;
                rows.clear();
                bytes = 0;
            }
        }
        if !rows.is_empty() {
            store.write(&rows).await?;
        }
        for (account, states) in manifest.accounts.iter_mut().zip(states) {
            let texts = |states: BTreeMap<&str, u64>| -> BTreeMap<_, _> {
                states.into_iter().map(|(state, count)| (state.to_owned(), count)).collect()
            };
            let fields = STATED.iter().zip(states).filter(|(_, states)| !states.is_empty());
            account.states = fields.map(|(path, states)| (path.to_string(), texts(states))).collect();
        }
        count(manifest, tallies)
    }
}

/// The fields of which the manifest says how many profiles have them in which state: those that a review asks for.
const STATED: [FieldPath; 6] = [
    FieldPath::STATUS,
    FieldPath::SECURITY_MFA_ENABLED,
    FieldPath::SECURITY_SSO,
    FieldPath::SECURITY_LAST_LOGIN,
    FieldPath::ACCESS_OWNER,
    FieldPath::ROLES,
];

/// How many profiles are written to a store at once, at most.
const BATCH: usize = 1024;

/// How many bytes of ndjson are written to a store at once, about.
const BATCH_BYTES: usize = 1 << 20;

/// Adds to a manifest what was counted while the profiles were written.
fn count(manifest: &mut Manifest, tallies: Vec<Tally>) -> Result<()> {
    manifest.rows = tallies.iter().map(|tally| tally.seen).sum();
    for (account, tally) in manifest.accounts.iter_mut().zip(tallies) {
        if account.seen != tally.seen {
            return Err(SnapshotError::unreadable(
                &account.account,
                format!(
                    "{} profiles were read and {} are in the stage; export to another file",
                    account.seen, tally.seen
                ),
            ));
        }
        account.sha256 = tally.sha256();
    }
    Ok(())
}

fn changed(path: &Path, why: &str) -> SnapshotError {
    SnapshotError::unreadable(
        path.display(),
        format!("the file was changed since it was written ({why}); export to another file"),
    )
}

/// The lines of a stage, one at a time.
struct Lines {
    path: PathBuf,
    file: io::BufReader<File>,
    line: String,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(at(path))?;
        Ok(Self {
            path: path.to_owned(),
            file: io::BufReader::with_capacity(1 << 17, file),
            line: String::new(),
        })
    }

    /// Returns the next line, without its end.
    fn next(&mut self) -> Result<Option<&str>> {
        self.line.clear();
        let length = self.file.read_line(&mut self.line).map_err(at(&self.path))?;
        Ok((length > 0).then(|| self.line.trim_end_matches('\n')))
    }
}
