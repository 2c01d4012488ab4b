//! One profile a line, as JSON, compressed or not.

use std::{
    fs::File,
    io::{self, BufRead as _},
    path::{Path, PathBuf},
};

use anyprofile_core::Profile;

use super::{
    Row,
    file::{FileFormat, Out, Profiles, RowWriter},
};
use crate::error::{Result, SnapshotError, at};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// The format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ndjson(Compression);

impl Ndjson {
    /// Creates the format.
    ///
    /// # Errors
    /// If the compression was not built in.
    #[allow(clippy::unnecessary_wraps, reason = "with each feature, every compression is built in")]
    pub(crate) fn new(compression: Compression) -> Result<Self> {
        match compression {
            #[cfg(not(feature = "gzip"))]
            Compression::Gzip => Err(super::target::not_built_in("gzip", "files compressed with gzip")),
            #[cfg(not(feature = "zstd"))]
            Compression::Zstd => Err(super::target::not_built_in("zstd", "files compressed with Zstandard")),
            built_in => Ok(Self(built_in)),
        }
    }
}

impl FileFormat for Ndjson {
    fn create(&self, out: Out) -> io::Result<Box<dyn RowWriter>> {
        Ok(match self.0 {
            #[cfg(feature = "gzip")]
            Compression::Gzip => {
                Box::new(Encoded(flate2::write::GzEncoder::new(out, flate2::Compression::new(6))))
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => Box::new(Encoded(zstd::Encoder::new(out, 3)?)),
            _ => Box::new(Encoded(out)),
        })
    }

    fn read(&self, path: &Path) -> Result<Profiles> {
        let failed = at(path);
        let file = io::BufReader::with_capacity(1 << 17, File::open(path).map_err(&failed)?);
        Ok(match self.0 {
            #[cfg(feature = "gzip")]
            Compression::Gzip => {
                Box::new(ProfileLines::new(path, flate2::bufread::MultiGzDecoder::new(file)))
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => {
                Box::new(ProfileLines::new(path, zstd::Decoder::with_buffer(file).map_err(&failed)?))
            }
            _ => Box::new(ProfileLines::new(path, file)),
        })
    }
}

/// A writer of lines.
struct Encoded<W>(W);

/// A writer that has an end.
trait End: io::Write + Send + Sync {
    fn end(self) -> io::Result<Out>;
}

impl End for Out {
    fn end(self) -> io::Result<Out> {
        Ok(self)
    }
}

#[cfg(feature = "gzip")]
impl End for flate2::write::GzEncoder<Out> {
    fn end(self) -> io::Result<Out> {
        self.finish()
    }
}

#[cfg(feature = "zstd")]
impl End for zstd::Encoder<'static, Out> {
    fn end(self) -> io::Result<Out> {
        self.finish()
    }
}

impl<W: End> RowWriter for Encoded<W> {
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.0.write_all(row.line.as_bytes())?;
            self.0.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Out> {
        self.0.end()
    }
}

/// The profiles of lines.
struct ProfileLines<R> {
    path: PathBuf,
    lines: io::Lines<io::BufReader<R>>,
    number: u64,
}

impl<R: io::Read> ProfileLines<R> {
    fn new(path: &Path, read: R) -> Self {
        Self { path: path.to_owned(), lines: io::BufReader::with_capacity(1 << 17, read).lines(), number: 0 }
    }
}

impl<R: io::Read> Iterator for ProfileLines<R> {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.lines.next()? {
            Ok(line) => line,
            Err(error) => return Some(Err(at(&self.path)(error))),
        };
        self.number += 1;
        Some(profile_of(&line).map_err(|why| {
            SnapshotError::unreadable(self.path.display(), format!("line {}: {why}", self.number))
        }))
    }
}

/// Reads a profile as it was written. The error repeats nothing of it.
pub(crate) fn profile_of(json: &str) -> std::result::Result<Profile, String> {
    serde_json::from_str(json)
        .map_err(|error| format!("it is not a profile, from column {} on", error.column()))
}
