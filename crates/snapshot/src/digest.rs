//! SHA-256 as lower-case hexadecimal.

use std::{fmt::Write as _, fs::File, io};

use sha2::{Digest as _, Sha256};

/// A hash that grows with what is written to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest(Sha256);

impl Digest {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the hash of a text.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Returns bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Returns the length and the hash of a file.
pub(crate) fn digest_of_file(file: File) -> io::Result<(u64, String)> {
    let mut hashed = Hashed::new(io::sink());
    io::copy(&mut io::BufReader::with_capacity(1 << 17, file), &mut hashed)?;
    let (_, bytes, sha256) = hashed.finish();
    Ok((bytes, sha256))
}

/// The number of the profiles of an account, and the hash of their lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) seen: u64,
    digest: Digest,
}

impl Tally {
    /// Adds a profile by its line, which has no end yet.
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.seen += 1;
        self.digest.update(line);
        self.digest.update(b"\n");
    }

    pub(crate) fn sha256(self) -> String {
        self.digest.finish()
    }
}

/// A writer that counts and hashes what passes through it.
#[derive(Debug)]
pub(crate) struct Hashed<W> {
    pub(crate) out: W,
    digest: Digest,
    bytes: u64,
}

impl<W: io::Write> Hashed<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, digest: Digest::default(), bytes: 0 }
    }

    /// Returns the writer, the number of bytes, and their hash.
    pub(crate) fn finish(self) -> (W, u64, String) {
        (self.out, self.bytes, self.digest.finish())
    }
}

impl<W: io::Write> io::Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
