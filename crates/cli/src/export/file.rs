//! The file that an export goes to, and beside it the one that says how far it is.
//!
//! A page is written to the file, and now and then the checkpoint says how long the file is and where to go on: not before
//! the file is on the device. A run that was killed, or a machine that was, leaves lines that the checkpoint does not
//! count: the next run cuts them off and asks for their pages again. So the file holds the same profiles, however often the
//! export was cut off.

use std::{
    fs::TryLockError,
    io::{self, BufRead as _, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Instant,
};

use anyprofile::ProfileId;
use serde::Deserialize;

use super::{AccountProgress, Checkpoint, Identity};
use crate::{
    exit::Failure,
    files::{Disk, DiskFile, SystemDisk, beside, failure, folder_of, is_due, replace},
};

/// What the name of a checkpoint ends in, behind that of its file.
pub(crate) const CHECKPOINT: &str = ".checkpoint";

/// The file of an export.
pub(crate) struct Export<D: Disk = SystemDisk> {
    disk: D,
    path: PathBuf,
    checkpoint_path: PathBuf,
    file: D::File,
    pub(crate) checkpoint: Checkpoint,
    /// Whether there was a checkpoint to go on from.
    pub(crate) is_resumed: bool,
    /// When the checkpoint was stored.
    stored: Option<Instant>,
    /// Whether something is not in the stored checkpoint.
    has_news: bool,
    /// Whether nobody knows any more what of the file is on the device.
    is_lost: bool,
}

impl<D: Disk> Export<D> {
    /// Opens the file for an export of these accounts: a new one, or one that was cut off.
    ///
    /// # Errors
    /// If it cannot be opened, or belongs to something else.
    pub(crate) fn open(
        disk: D,
        path: &Path,
        export: &Identity,
        accounts: impl Iterator<Item = AccountProgress>,
    ) -> Result<Self, Failure> {
        let told = |why: &str| Failure::Usage(format!("{}: {why}", path.display()));
        let failed = |error: io::Error| failure(path, &error);
        let checkpoint_path = beside(path, CHECKPOINT);
        if !disk.exists(path) && disk.exists(&checkpoint_path) {
            let checkpoint = checkpoint_path.display();
            return Err(told(&format!(
                "it is not there any more, and {checkpoint} is: put it back to go on, or remove that one to begin anew"
            )));
        }
        let file = disk.open(path).map_err(failed)?;
        // Before anything is read: another run may be about to end.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(told("another export writes to it")),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let accounts: Vec<_> = accounts.collect();
        let stored = match disk.read(&checkpoint_path) {
            Ok(text) => {
                let parsed = Checkpoint::parse(&text, export, &accounts);
                let checkpoint = checkpoint_path.display();
                let hint =
                    format!("export to another file, or remove both this one and {checkpoint} to begin anew");
                Some(parsed.map_err(|why| told(&format!("{why}; {hint}")))?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failure(&checkpoint_path, &error)),
        };
        let length = file.length().map_err(failed)?;
        let is_resumed = stored.is_some();
        let checkpoint = match stored {
            None if length > 0 => {
                return Err(told("it is there already, and no export that was cut off: name another file"));
            }
            None => Checkpoint { export: export.clone(), length: 0, accounts },
            Some(stored) if stored.length > length => {
                return Err(told(
                    "it is shorter than it was when the export was cut off: export to another file",
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
            return Err(told("it is not as it was when the export was cut off: export to another file"));
        }
        // Before the first page: what is in the file without a checkpoint nobody could go on with.
        export.store()?;
        Ok(export)
    }

    /// Cuts off what the checkpoint does not count.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_length(self.checkpoint.length)?;
        self.seek_end()
    }

    fn seek_end(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.checkpoint.length)).map(drop)
    }

    /// Whether what the checkpoint counts is whole lines. Leaves the file at its end.
    fn ends_with_a_line(&mut self) -> io::Result<bool> {
        if self.checkpoint.length == 0 {
            return Ok(true);
        }
        self.file.seek(SeekFrom::Start(self.checkpoint.length - 1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last == *b"\n")
    }

    /// Has each id that is in the file already.
    pub(crate) fn for_each_id(&mut self, mut each: impl FnMut(ProfileId)) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Line {
            id: ProfileId,
        }

        let path = self.path.clone();
        let failed = |error: io::Error| failure(&path, &error);
        self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        for line in io::BufReader::new(&mut self.file).lines() {
            let line = serde_json::from_str::<Line>(&line.map_err(failed)?);
            let Ok(Line { id }) = line else {
                let why = "it is not as it was when the export was cut off: export to another file";
                return Err(Failure::Usage(format!("{}: {why}", path.display())));
            };
            each(id);
        }
        self.seek_end().map_err(failed)
    }

    /// Adds a page, and notes how far an account is. `now` decides whether that is stored at once.
    ///
    /// # Errors
    /// If it cannot be written. What was stored before is good then, and the next run goes on from there.
    pub(crate) fn add(
        &mut self,
        lines: &[u8],
        account: usize,
        progress: AccountProgress,
        now: Instant,
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| failure(&self.path, &error);
        self.file.write_all(lines).map_err(failed)?;
        self.checkpoint.length += lines.len() as u64;
        self.note(account, progress);
        if is_due(self.stored, now) {
            self.store()?;
            self.stored = Some(now);
        }
        Ok(())
    }

    /// Notes how far an account is. It is stored with the next page, or by [`store`](Self::store).
    pub(crate) fn note(&mut self, account: usize, progress: AccountProgress) {
        if let Some(known) = self.checkpoint.accounts.get_mut(account) {
            *known = progress;
            self.has_news = true;
        }
    }

    /// Stores how far the export is, where that is not known yet. What it counts is on the device before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn store(&mut self) -> Result<(), Failure> {
        if !self.has_news || self.is_lost {
            return Ok(());
        }
        if let Err(error) = self.file.sync() {
            // What did not get to the device is forgotten by the system, which will not say so again.
            self.is_lost = true;
            return Err(failure(&self.path, &error));
        }
        let stored = replace(&self.disk, &self.checkpoint_path, self.checkpoint.text()?.as_bytes());
        stored.map_err(|error| failure(&self.checkpoint_path, &error))?;
        self.has_news = false;
        Ok(())
    }

    /// Ends an export that has everything that there is to be had: there is nothing to go on with.
    ///
    /// # Errors
    /// If it is not known to be on the device.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        self.file.sync().map_err(|error| failure(&self.path, &error))?;
        let removed = self.disk.remove(&self.checkpoint_path);
        removed
            .and_then(|()| self.disk.sync_folder(folder_of(&self.checkpoint_path)))
            .map_err(|error| failure(&self.checkpoint_path, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        export::checkpoint::tests::{accounts, identity},
        files::{BETWEEN_SYNCS, Cut, SimulatedDisk},
    };

    /// The pages of the second account.
    const PAGES: [&str; 4] = ["a", "b", "c", "d"];
    const FILE: &str = "all.ndjson";

    fn line(name: &str) -> String {
        format!("{{\"id\":\"upsun:two/user/{name}\"}}\n")
    }

    fn whole() -> String {
        PAGES.map(line).concat()
    }

    /// Exports what is not there yet, a page a call, so that each page or every other one is stored at once.
    fn run(disk: &SimulatedDisk, step: Duration) -> Result<(), Failure> {
        let mut export = Export::open(
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
            // As the command does: whatever can be kept is kept.
            let _ = export.store();
            return Err(failed);
        }
        export.store()?;
        export.finish()
    }

    #[test]
    fn after_any_failure_and_any_power_cut_the_next_run_ends_with_the_same_profiles() {
        for step in [Duration::ZERO, BETWEEN_SYNCS] {
            for failing in 0.. {
                let disk = SimulatedDisk::default();
                disk.fail_at(failing);
                let ended = run(&disk, step);
                if let Err(failure) = &ended {
                    let Failure::Output(error) = failure else { panic!("{failure:?}") };
                    assert!(error.to_string().contains("no space left on the device"), "{error}");
                }
                for cut in Cut::ALL {
                    let image = disk.after(cut);
                    let rest = run(&image, step);
                    let is_over = !image.exists(&beside(Path::new(FILE), CHECKPOINT));
                    match rest {
                        Ok(()) => {}
                        // It was over before.
                        Err(Failure::Usage(why)) if ended.is_ok() || is_over => {
                            assert!(why.contains("it is there already"), "{why}");
                        }
                        Err(failure) => panic!("operation {failing}, {cut:?}: {failure:?}"),
                    }
                    let content = String::from_utf8(image.read(Path::new(FILE)).unwrap()).unwrap();
                    assert_eq!(content, whole(), "operation {failing}, {cut:?}");
                }
                if ended.is_ok() {
                    assert!(failing > 10, "every operation failed once");
                    break;
                }
            }
        }
    }

    #[test]
    fn a_power_cut_at_any_moment_loses_nothing_that_the_checkpoint_counts() {
        let disk = SimulatedDisk::default();
        let open = |disk: &SimulatedDisk| {
            let accounts = accounts().into_iter();
            Export::open(disk.clone(), Path::new(FILE), &identity([None, None]), accounts)
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
