//! Loads a file of changes, and reports its mistakes.

use std::{
    io::{self, Read as _},
    path::Path,
};

use super::{entry::BulkEntry, file::read};
use crate::{exit::Failure, files, summary::counted};

/// The maximum number of mistakes that are printed.
const MOST_TOLD: usize = 20;
/// The maximum size of a file of changes, in bytes; a bound for endless input.
const MOST_BYTES: u64 = 256 << 20;

/// Reads a file of changes; `-` is standard input. `null` is the csv text that clears a field.
///
/// # Errors
/// If the file cannot be read, is too large or contains a mistake. Each mistake was printed.
pub(crate) fn load(file: &Path, null: Option<&str>) -> Result<Vec<BulkEntry>, Failure> {
    if null == Some("") {
        // An empty cell leaves the field unchanged.
        return Err(Failure::Usage("--csv-null must not be empty".to_owned()));
    }
    let from: io::Result<Box<dyn io::Read>> = if file == Path::new("-") {
        Ok(Box::new(io::stdin()))
    } else {
        std::fs::File::open(file).map(|file| Box::new(file) as _)
    };
    let mut bytes = Vec::new();
    let taken = from.and_then(|from| from.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    taken.map_err(|error| files::failure(file, &error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        return Err(Failure::Usage(format!(
            "{}: the file is larger than {most} MiB; split it into several files",
            name_of(file)
        )));
    }
    let text = text_of(&bytes).map_err(|why| Failure::Usage(format!("{}: {why}", name_of(file))))?;
    read(text, null).map_err(|mistakes| refused(file, &mistakes))
}

/// Prints the mistakes of a file, one per line, and returns the failure that ends the command.
pub(crate) fn refused(file: &Path, mistakes: &[String]) -> Failure {
    let name = name_of(file);
    for mistake in mistakes.iter().take(MOST_TOLD) {
        say!("{name}: {mistake}");
    }
    if let more @ 1.. = mistakes.len().saturating_sub(MOST_TOLD) {
        say!("{name}: and {more} more");
    }
    let count = counted(mistakes.len() as u64, "mistake", "mistakes");
    Failure::Usage(format!(
        "{name}: {count}; nothing was sent; correct the file and run the same command again"
    ))
}

fn name_of(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// Returns the text of a file, without a byte order mark.
///
/// # Errors
/// If the encoding is not UTF-8: the encoding, and what to do.
fn text_of(bytes: &[u8]) -> Result<&str, String> {
    let how = "save it as UTF-8 (in Excel: \"CSV UTF-8\") and run the same command again";
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if is_utf16 || bytes.iter().take(64).any(|byte| *byte == 0) {
        return Err(format!("the file must be UTF-8, but it is UTF-16; {how}"));
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = 1 + good.matches('\n').count();
            let column = 1 + good.rsplit('\n').next().unwrap_or_default().chars().count();
            Err(format!(
                "line {line}, character {column} is not UTF-8; the file is probably windows-1252; {how}"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_not_utf_8_is_named() {
        assert_eq!(text_of("\u{feff}id,title\n".as_bytes()), Ok("id,title\n"));
        assert_eq!(text_of("Zoë".as_bytes()), Ok("Zoë"));
        let utf16: Vec<u8> = "\u{feff}id,title\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}id".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&utf16[..], &big, &utf16[2..]] {
            assert!(
                text_of(bytes)
                    .unwrap_err()
                    .starts_with("the file must be UTF-8, but it is UTF-16; save it as UTF-8")
            );
        }
        let told = text_of(b"id,name.display\r\nx,Zo\xeb\r\n").unwrap_err();
        assert!(
            told.starts_with("line 2, character 5 is not UTF-8; the file is probably windows-1252; save it"),
            "{told}"
        );
    }
}
