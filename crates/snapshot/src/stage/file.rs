//! The file of an export, and its checkpoint.
//!
//! Pages are written to the file. From time to time the checkpoint records the length of the file and the position of
//! the listing, after the file was synced to the device. A killed run, or a power cut, may leave lines after that
//! length; the next run removes them and requests their pages again. So the file holds the same profiles, however
//! often the export was interrupted.

use std::{
    fs::TryLockError,
    io::{self, BufRead as _, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Instant,
};

use anyprofile_core::ProfileId;
use anyprofile_files::{Disk, DiskFile, SystemDisk, beside, folder_of, is_due, replace};
use serde::Deserialize;

use super::{
    AccountExport,
    checkpoint::{Checkpoint, Identity},
};
use crate::error::{Result, SnapshotError, at};

/// The suffix of the checkpoint of a file.
pub(crate) const CHECKPOINT: &str = ".checkpoint";

/// The file of an export.
pub(crate) struct StageFile<D: Disk = SystemDisk> {
    disk: D,
    pub(super) path: PathBuf,
    checkpoint_path: PathBuf,
    file: D::File,
    pub(crate) checkpoint: Checkpoint,
    /// Whether the export was resumed from a checkpoint.
    pub(crate) is_resumed: bool,
    /// When the checkpoint was last stored.
    stored: Option<Instant>,
    /// Whether there is progress that is not stored yet.
    has_news: bool,
    /// Whether a sync failed, so that the data on the device is unknown.
    is_lost: bool,
}

impl<D: Disk> StageFile<D> {
    /// Opens the file of an export of these accounts: a new file, or an interrupted export.
    ///
    /// # Errors
    /// If the file cannot be opened, or is not this export.
    pub(crate) fn open(
        disk: D,
        path: &Path,
        export: &Identity,
        accounts: impl Iterator<Item = AccountExport>,
    ) -> Result<Self> {
        let refused = |why: &str| SnapshotError::Refused(format!("{}: {why}", path.display()));
        let failed = &at(path);
        let checkpoint_path = beside(path, CHECKPOINT);
        let read = || match disk.read(&checkpoint_path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&checkpoint_path)(error)),
        };
        // What a run has left that was killed while it removed its stage is in nobody's way.
        if !disk.exists(path) && read()?.is_some_and(|text| !Checkpoint::is_of_the_past(&text)) {
            let checkpoint = checkpoint_path.display();
            return Err(refused(&format!(
                "the file no longer exists, but {checkpoint} does; restore the file to resume, or remove {checkpoint} to start again"
            )));
        }
        let file = disk.open(path).map_err(failed)?;
        // Locked before anything is changed, since another run may be finishing.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refused("another export is writing to it")),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let accounts: Vec<_> = accounts.collect();
        let stored = match read()? {
            Some(text) if Checkpoint::is_of_the_past(&text) => {
                file.set_length(0).map_err(failed)?;
                None
            }
            Some(text) => {
                let parsed = Checkpoint::parse(&text, export, &accounts);
                let checkpoint = checkpoint_path.display();
                let hint =
                    format!("export to another file, or remove this file and {checkpoint} to start again");
                Some(parsed.map_err(|why| refused(&format!("{why}; {hint}")))?)
            }
            None => None,
        };
        let length = file.length().map_err(failed)?;
        let is_resumed = stored.is_some();
        let checkpoint = match stored {
            None if length > 0 => {
                return Err(refused("the file exists and is not an interrupted export; name another file"));
            }
            None => Checkpoint { export: export.clone(), length: 0, accounts, is_handed_over: false },
            Some(stored) if stored.length > length => {
                return Err(refused(
                    "the file is shorter than when the export was interrupted; export to another file",
                ));
            }
            Some(stored) => stored,
        };
        let mut export = Self {
            disk,
            path: path.to_owned(),
            checkpoint_path,
            file,
            checkpoint,
            is_resumed,
            stored: None,
            has_news: true,
            is_lost: false,
        };
        export.cut().map_err(failed)?;
        if !export.ends_with_a_line().map_err(failed)? {
            return Err(refused(
                "the file was changed since the export was interrupted; export to another file",
            ));
        }
        // Stored before the first page, since a file without a checkpoint cannot be resumed.
        export.store()?;
        Ok(export)
    }

    /// Removes everything after the checkpoint's length.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_length(self.checkpoint.length)?;
        self.seek_end()
    }

    fn seek_end(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.checkpoint.length)).map(drop)
    }

    /// Returns whether the file ends with a whole line at the checkpoint's length. Moves to the end of the file.
    fn ends_with_a_line(&mut self) -> io::Result<bool> {
        if self.checkpoint.length == 0 {
            return Ok(true);
        }
        self.file.seek(SeekFrom::Start(self.checkpoint.length - 1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last == *b"\n")
    }

    /// Calls a function with each id in the file.
    pub(crate) fn for_each_id(&mut self, mut each: impl FnMut(ProfileId)) -> Result<()> {
        #[derive(Deserialize)]
        struct Line {
            id: ProfileId,
        }

        let path = self.path.clone();
        let failed = &at(&path);
        self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        for line in io::BufReader::new(&mut self.file).lines() {
            let line = serde_json::from_str::<Line>(&line.map_err(failed)?);
            let Ok(Line { id }) = line else {
                let why = "the file was changed since the export was interrupted; export to another file";
                return Err(SnapshotError::Refused(format!("{}: {why}", path.display())));
            };
            each(id);
        }
        self.seek_end().map_err(failed)
    }

    /// Adds a page, and records the progress of an account. `now` decides whether the checkpoint is stored at once.
    ///
    /// # Errors
    /// If it cannot be written. The last stored checkpoint then stays valid.
    pub(crate) fn add(
        &mut self,
        lines: &[u8],
        account: usize,
        progress: AccountExport,
        now: Instant,
    ) -> Result<()> {
        let failed = at(&self.path);
        self.file.write_all(lines).map_err(failed)?;
        self.checkpoint.length += lines.len() as u64;
        self.note(account, progress);
        if is_due(self.stored, now) {
            self.store()?;
            self.stored = Some(now);
        }
        Ok(())
    }

    /// Records the progress of an account. It is stored with the next page, or by [`store`](Self::store).
    pub(crate) fn note(&mut self, account: usize, progress: AccountExport) {
        if let Some(known) = self.checkpoint.accounts.get_mut(account) {
            *known = progress;
            self.has_news = true;
        }
    }

    /// Stores the checkpoint if it has changed, after syncing the file to the device.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn store(&mut self) -> Result<()> {
        if !self.has_news || self.is_lost {
            return Ok(());
        }
        if let Err(error) = self.file.sync() {
            // After a failed sync the system drops the data and does not report the error again.
            self.is_lost = true;
            return Err(at(&self.path)(error));
        }
        let stored = replace(
            &self.disk,
            &self.checkpoint_path,
            self.checkpoint.text().map_err(io::Error::from).map_err(at(&self.checkpoint_path))?.as_bytes(),
        );
        stored.map_err(at(&self.checkpoint_path))?;
        self.has_news = false;
        Ok(())
    }

    /// Makes sure that everything is on the device, and returns the path.
    pub(crate) fn synced(&mut self) -> Result<&Path> {
        self.store()?;
        self.file.sync().map_err(at(&self.path))?;
        Ok(&self.path)
    }

    /// Ends an export whose file has become the snapshot, or is in it, and removes what is left of it.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub(crate) fn finish(mut self) -> Result<()> {
        // Noted first: what a power cut leaves is then known to be of no use.
        self.checkpoint.is_handed_over = true;
        self.has_news = true;
        self.store()?;
        let Self { disk, path, checkpoint_path, .. } = self;
        disk.remove(&path).map_err(at(&path))?;
        disk.remove(&checkpoint_path).map_err(at(&checkpoint_path))?;
        disk.sync_folder(folder_of(&checkpoint_path)).map_err(at(&checkpoint_path))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyprofile_files::{BETWEEN_SYNCS, Cut, SimulatedDisk};

    use super::*;
    use crate::stage::checkpoint::tests::{accounts, identity};

    /// The pages of the second account.
    const PAGES: [&str; 4] = ["a", "b", "c", "d"];
    const FILE: &str = "all.ndjson";

    fn line(name: &str) -> String {
        format!("{{\"id\":\"upsun:two/user/{name}\"}}\n")
    }

    fn whole() -> String {
        PAGES.map(line).concat()
    }

    /// Exports the missing pages, one per call, and stores each or every second page at once.
    fn run(disk: &SimulatedDisk, step: Duration) -> Result<()> {
        let mut export = StageFile::open(
            disk.clone(),
            Path::new(FILE),
            &identity([Some("ada"), None]),
            accounts().into_iter(),
        )?;
        let mut ids = 0;
        export.for_each_id(|_| ids += 1)?;
        let mut progress = export.checkpoint.accounts[1].clone();
        assert_eq!(ids, progress.seen, "what the checkpoint says is what the file holds");
        let mut now = Instant::now();
        let mut failed = None;
        while let (Some(page), None) = (PAGES.get(usize::try_from(progress.seen).unwrap()), &failed) {
            progress.seen += 1;
            progress.reached_end = progress.seen == PAGES.len() as u64;
            failed = export.add(line(page).as_bytes(), 1, progress.clone(), now).err();
            now += step;
        }
        if let Some(failed) = failed {
            // The command also stores what it can.
            let _ = export.store();
            return Err(failed);
        }
        export.synced().map(drop)
    }

    #[test]
    fn after_any_failure_and_any_power_cut_the_next_run_ends_with_the_same_profiles() {
        for step in [Duration::ZERO, BETWEEN_SYNCS] {
            for failing in 0.. {
                let disk = SimulatedDisk::default();
                disk.fail_at(failing);
                let ended = run(&disk, step);
                if let Err(failure) = &ended {
                    assert!(failure.is_full(), "{failure:?}");
                    assert!(failure.to_string().contains("no space left on the device"), "{failure}");
                }
                for cut in Cut::ALL {
                    let image = disk.after(cut);
                    if let Err(failure) = run(&image, step) {
                        panic!("operation {failing}, {cut:?}: {failure:?}");
                    }
                    let content = String::from_utf8(image.read(Path::new(FILE)).unwrap()).unwrap();
                    assert_eq!(content, whole(), "operation {failing}, {cut:?}");
                }
                if ended.is_ok() {
                    assert!(failing > 7, "every operation failed once: {failing}");
                    break;
                }
            }
        }
    }

    #[test]
    fn what_is_left_of_an_export_goes_and_a_rest_of_it_is_not_taken_for_one() {
        for failing in 0.. {
            let disk = SimulatedDisk::default();
            run(&disk, Duration::ZERO).unwrap();
            let accounts = || accounts().into_iter();
            let open = |disk: &SimulatedDisk| {
                StageFile::open(disk.clone(), Path::new(FILE), &identity([Some("ada"), None]), accounts())
            };
            let export = open(&disk).unwrap();
            disk.fail_at(failing);
            let ended = export.finish();
            for cut in Cut::ALL {
                let image = disk.after(cut);
                // It is there as a whole, or not at all: never a part that would be gone on with, and never in the way.
                let mut export = open(&image).unwrap();
                let mut ids = 0;
                export.for_each_id(|_| ids += 1).unwrap();
                assert!(ids == 0 || ids == PAGES.len() as u64, "operation {failing}, {cut:?}: {ids}");
            }
            if ended.is_ok() {
                assert!(failing > 2, "every operation failed once");
                assert!(!disk.exists(Path::new(FILE)) && !disk.exists(&beside(Path::new(FILE), CHECKPOINT)));
                break;
            }
        }
    }

    #[test]
    fn a_power_cut_at_any_moment_loses_nothing_that_the_checkpoint_counts() {
        let disk = SimulatedDisk::default();
        let open = |disk: &SimulatedDisk| {
            let accounts = accounts().into_iter();
            StageFile::open(disk.clone(), Path::new(FILE), &identity([None, None]), accounts)
        };
        let mut export = open(&disk).unwrap();
        let start = Instant::now();
        for (number, page) in (1_u32..).zip(PAGES) {
            let mut progress = accounts()[1].clone();
            progress.seen = u64::from(number);
            export.add(line(page).as_bytes(), 1, progress, start + BETWEEN_SYNCS * (number / 2)).unwrap();
            for cut in Cut::ALL {
                let image = disk.after(cut);
                let mut after = open(&image).unwrap();
                let mut ids = 0;
                after.for_each_id(|_| ids += 1).unwrap();
                assert_eq!(after.checkpoint.accounts[1].seen, ids, "{cut:?}");
                assert!(ids + 1 >= u64::from(number), "{cut:?}: {ids} of {number}");
            }
        }
    }
}
