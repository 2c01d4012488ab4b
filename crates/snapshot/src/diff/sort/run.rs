//! Sorted records, in memory or in a file.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    sync::Arc,
};

use super::Scratch;
use crate::error::{Result, at};

/// How much of a file is read or written at once, in bytes.
const BUFFER: usize = 1 << 16;

/// Records in memory.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// Where a record is in a chunk: its key, and then its value.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: usize,
    key: usize,
    value: usize,
}

impl Chunk {
    /// Returns the memory that the records take, about, in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.entries.len() * size_of::<Entry>()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) {
        self.entries.push(Entry { start: self.bytes.len(), key: key.len(), value: value.len() });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
    }

    /// Sorts the records by their keys. Those of one key stay in the order in which they came.
    pub(super) fn sort(&mut self) {
        let Self { bytes, entries } = self;
        let key = |entry: &Entry| &bytes[entry.start..entry.start + entry.key];
        entries.sort_unstable_by(|one, other| key(one).cmp(key(other)).then(one.start.cmp(&other.start)));
    }

    fn get(&self, place: usize) -> Option<(&[u8], &[u8])> {
        let entry = self.entries.get(place)?;
        self.bytes.get(entry.start..)?.get(..entry.key + entry.value)?.split_at_checked(entry.key)
    }

    /// Writes the records to a file, and leaves the chunk empty.
    pub(super) fn spill(&mut self, scratch: &mut Scratch) -> Result<Run> {
        let mut writer = RunWriter::create(scratch)?;
        let mut place = 0;
        while let Some((key, value)) = self.get(place) {
            writer.write(key, value)?;
            place += 1;
        }
        self.bytes.clear();
        self.entries.clear();
        writer.finish()
    }
}

/// Sorted records that can be read several times.
#[derive(Clone, Debug)]
pub(super) enum Run {
    Memory(Arc<Chunk>),
    File(Arc<RunFile>),
}

/// A file without a name, where the system allows that: nothing of it is left if the program is killed.
#[derive(Debug)]
pub(super) struct RunFile {
    path: PathBuf,
    file: File,
}

/// A run that is being written to a file.
pub(super) struct RunWriter {
    path: PathBuf,
    out: BufWriter<File>,
    /// The same file, for reading.
    file: File,
}

impl RunWriter {
    pub(super) fn create(scratch: &mut Scratch) -> Result<Self> {
        let (path, out) = scratch.create()?;
        let file = File::open(&path).map_err(at(&path))?;
        // A system that keeps the name of an open file keeps it until the folder is removed.
        let _ = fs::remove_file(&path);
        Ok(Self { path, out: BufWriter::with_capacity(BUFFER, out), file })
    }

    pub(super) fn write(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.record(key, value).map_err(at(&self.path))
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        for part in [key, value] {
            let length = u32::try_from(part.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
            self.out.write_all(&length.to_le_bytes())?;
        }
        self.out.write_all(key)?;
        self.out.write_all(value)
    }

    pub(super) fn finish(self) -> Result<Run> {
        let failed = at(&self.path);
        drop(self.out.into_inner().map_err(|error| failed(error.into_error()))?);
        Ok(Run::File(Arc::new(RunFile { path: self.path, file: self.file })))
    }
}

/// A position in a run.
#[derive(Debug)]
pub(super) enum Cursor {
    Memory { chunk: Arc<Chunk>, place: usize },
    File(BufReader<FileFrom>),
}

impl Cursor {
    pub(super) fn new(run: &Run) -> Self {
        match run {
            Run::Memory(chunk) => Self::Memory { chunk: Arc::clone(chunk), place: 0 },
            Run::File(run) => {
                Self::File(BufReader::with_capacity(BUFFER, FileFrom { run: Arc::clone(run), offset: 0 }))
            }
        }
    }

    /// Reads the next record into these buffers. Returns whether there was one.
    pub(super) fn read(&mut self, key: &mut Vec<u8>, value: &mut Vec<u8>) -> Result<bool> {
        match self {
            Self::Memory { chunk, place } => {
                let Some((its_key, its_value)) = chunk.get(*place) else { return Ok(false) };
                *place += 1;
                replace(key, its_key);
                replace(value, its_value);
                Ok(true)
            }
            Self::File(reader) => match record(reader, key, value) {
                Ok(is_there) => Ok(is_there),
                Err(error) => Err(at(&reader.get_ref().run.path)(error)),
            },
        }
    }
}

fn replace(buffer: &mut Vec<u8>, content: &[u8]) {
    buffer.clear();
    buffer.extend_from_slice(content);
}

fn record(reader: &mut impl BufRead, key: &mut Vec<u8>, value: &mut Vec<u8>) -> io::Result<bool> {
    if reader.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut lengths = [[0; 4]; 2];
    for length in &mut lengths {
        reader.read_exact(length)?;
    }
    for (part, length) in [key, value].into_iter().zip(lengths) {
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| io::ErrorKind::FileTooLarge)?;
        part.resize(length, 0);
        reader.read_exact(part)?;
    }
    Ok(true)
}

/// A file, read from a place of its own, since several positions share the file.
#[derive(Debug)]
pub(super) struct FileFrom {
    run: Arc<RunFile>,
    offset: u64,
}

impl Read for FileFrom {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &self.run.file;
        file.seek(SeekFrom::Start(self.offset))?;
        let length = file.read(buffer)?;
        self.offset += length as u64;
        Ok(length)
    }
}
