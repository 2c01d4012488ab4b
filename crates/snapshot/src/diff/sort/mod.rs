//! Records in the order of their keys, in bounded memory.
//!
//! Records are collected up to a limit, sorted and written to a file: a run. Runs are then read side by side. What fits into the limit is
//! never written.

mod run;
mod scratch;

use std::{
    cmp::Ordering,
    collections::{BinaryHeap, binary_heap::PeekMut},
    fmt,
    sync::Arc,
};

use self::run::{Chunk, Cursor, Run, RunWriter};
pub(super) use self::scratch::Scratch;
use crate::error::Result;

/// How many runs of one size there are before they become one. It bounds the number of open files.
const FAN_IN: usize = 64;

/// Sorts records.
#[derive(Debug)]
pub(super) struct Sorter {
    memory: usize,
    chunk: Chunk,
    /// The runs of chunks, then those of [`FAN_IN`] of these, and so on.
    levels: Vec<Vec<Run>>,
}

impl Sorter {
    /// Creates a sorter that keeps at most this many bytes in memory, or one record.
    pub(super) fn new(memory: usize) -> Self {
        Self { memory, chunk: Chunk::default(), levels: Vec::new() }
    }

    /// Adds a record.
    pub(super) fn push(&mut self, key: &[u8], value: &[u8], scratch: &mut Scratch) -> Result<()> {
        let is_full = self.chunk.size() + key.len() + value.len() > self.memory;
        if is_full && !self.chunk.is_empty() {
            self.spill(scratch)?;
        }
        self.chunk.push(key, value);
        Ok(())
    }

    fn spill(&mut self, scratch: &mut Scratch) -> Result<()> {
        self.chunk.sort();
        let mut run = self.chunk.spill(scratch)?;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let runs = &mut self.levels[level];
            runs.push(run);
            if runs.len() < FAN_IN {
                break;
            }
            run = merged(&std::mem::take(runs), scratch)?;
        }
        Ok(())
    }

    /// Returns the records in the order of their keys. Those of one key are in the order in which they were added.
    pub(super) fn finish(mut self, scratch: &mut Scratch) -> Result<Sorted> {
        if self.levels.is_empty() {
            self.chunk.sort();
            return Ok(Sorted { runs: vec![Run::Memory(Arc::new(self.chunk))] });
        }
        if !self.chunk.is_empty() {
            self.spill(scratch)?;
        }
        // The older runs are in the higher levels.
        Ok(Sorted { runs: self.levels.into_iter().rev().flatten().collect() })
    }
}

fn merged(runs: &[Run], scratch: &mut Scratch) -> Result<Run> {
    let mut records = Records::new(runs)?;
    let mut out = RunWriter::create(scratch)?;
    while let Some((key, value)) = records.current() {
        out.write(key, value)?;
        records.advance()?;
    }
    out.finish()
}

/// Sorted records that can be read several times.
#[derive(Debug)]
pub(super) struct Sorted {
    runs: Vec<Run>,
}

impl Sorted {
    /// Reads the records from the first one on.
    pub(super) fn read(&self) -> Result<Records> {
        Records::new(&self.runs)
    }
}

/// The records of several runs, one after the other.
pub(super) struct Records {
    heads: BinaryHeap<Head>,
    key: Vec<u8>,
    value: Vec<u8>,
    is_over: bool,
}

/// The next record of a run. The greatest head has the smallest key.
struct Head {
    key: Vec<u8>,
    value: Vec<u8>,
    run: usize,
    cursor: Cursor,
}

impl Records {
    fn new(runs: &[Run]) -> Result<Self> {
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (place, run) in runs.iter().enumerate() {
            let mut head = Head { key: Vec::new(), value: Vec::new(), run: place, cursor: Cursor::new(run) };
            if head.cursor.read(&mut head.key, &mut head.value)? {
                heads.push(head);
            }
        }
        let mut records = Self { heads, key: Vec::new(), value: Vec::new(), is_over: false };
        records.advance()?;
        Ok(records)
    }

    /// Returns the key and the value of the current record; `None` at the end.
    pub(super) fn current(&self) -> Option<(&[u8], &[u8])> {
        (!self.is_over).then_some((&*self.key, &*self.value))
    }

    /// Goes to the next record.
    pub(super) fn advance(&mut self) -> Result<()> {
        let Some(mut head) = self.heads.peek_mut() else {
            self.is_over = true;
            return Ok(());
        };
        std::mem::swap(&mut self.key, &mut head.key);
        std::mem::swap(&mut self.value, &mut head.value);
        let Head { key, value, cursor, .. } = &mut *head;
        if !cursor.read(key, value)? {
            PeekMut::pop(head);
        }
        Ok(())
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Records").field("runs", &self.heads.len()).finish_non_exhaustive()
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key).then(other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(memory: usize, records: &[(Vec<u8>, Vec<u8>)]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::new(folder.path().to_owned());
        let mut sorter = Sorter::new(memory);
        for (key, value) in records {
            sorter.push(key, value, &mut scratch).unwrap();
        }
        let runs = sorter.finish(&mut scratch).unwrap();
        let read = || {
            let mut records = runs.read().unwrap();
            let mut all = Vec::new();
            while let Some((key, value)) = records.current() {
                all.push((key.to_vec(), value.to_vec()));
                records.advance().unwrap();
            }
            all
        };
        let all = read();
        assert_eq!(read(), all, "the second reading differs");
        drop((runs, scratch));
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "a folder is left");
        all
    }

    #[test]
    fn more_records_than_fit_are_sorted_and_those_of_one_key_keep_their_order() {
        // With one record in memory, there are more runs than are read at once, twice over.
        let records: Vec<_> = (0..5000_u32)
            .map(|place| ((place * 7919 % 1009).to_be_bytes().to_vec(), place.to_be_bytes().to_vec()))
            .collect();
        let mut expected = records.clone();
        expected.sort();
        for memory in [0, 100, 10_000, 1 << 20] {
            assert!(sorted(memory, &records) == expected, "with {memory} bytes");
        }
        assert!(sorted(0, &[]).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_run_has_no_name_and_its_folder_is_private() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let mut scratch = Scratch::new(folder.path().to_owned());
        let mut sorter = Sorter::new(0);
        for key in [b"b", b"a"] {
            sorter.push(key, b"", &mut scratch).unwrap();
        }
        let runs = sorter.finish(&mut scratch).unwrap();
        let private = folder.path().read_dir().unwrap().next().unwrap().unwrap();
        assert_eq!(private.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(private.path().read_dir().unwrap().count(), 0);
        assert_eq!(runs.read().unwrap().current(), Some((&b"a"[..], &b""[..])));
    }
}
