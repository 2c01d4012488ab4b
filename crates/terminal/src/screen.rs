//! Standard output, to a program or a terminal.

use std::io::{self, IsTerminal as _, Write};

use crate::printable::is_visible;

/// A writer of text to standard output. On a terminal, an invisible or control character is written as its JSON escape, such
/// as `\u009b`, which means the same in JSON. Otherwise bytes are written unchanged.
///
/// ```
/// use std::io::Write as _;
///
/// let mut screen = anyprofile_terminal::Screen::stdout();
/// writeln!(screen, "{{\"name\": \"Ada\"}}")?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    is_terminal: bool,
    /// The start of a character that is not complete yet.
    rest: Vec<u8>,
    before: Option<char>,
}

impl Screen<io::Stdout> {
    /// Returns standard output.
    pub fn stdout() -> Self {
        let out = io::stdout();
        Self { is_terminal: out.is_terminal(), out, rest: Vec::new(), before: None }
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let mut shown = String::with_capacity(whole);
        for c in String::from_utf8_lossy(&self.rest[..whole]).chars() {
            if matches!(c, '\n' | '\t') || is_visible(c, self.before) {
                shown.push(c);
            } else {
                let mut units = [0; 2];
                shown.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            self.before = Some(c);
        }
        self.rest.drain(..whole);
        self.out.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_terminal: bool, chunks: &[&[u8]]) -> Vec<u8> {
        let mut screen = Screen { out: Vec::new(), is_terminal, rest: Vec::new(), before: None };
        for chunk in chunks {
            screen.write_all(chunk).unwrap();
        }
        screen.out
    }

    #[test]
    fn what_steers_a_terminal_is_escaped_there_and_nowhere_else() {
        let text = "{\"n\":\"a\u{202e}b\u{9b}31m\u{e0041} می\u{200c}خواهم\"}\n\u{1b}[2J\r";
        let bytes = text.as_bytes();
        assert_eq!(written(false, &[bytes]), bytes);
        let shown = "{\"n\":\"a\\u202eb\\u009b31m\\udb40\\udc41 می\u{200c}خواهم\"}\n\\u001b[2J\\u000d";
        assert_eq!(String::from_utf8(written(true, &[bytes])).unwrap(), shown);
        // However the bytes are split.
        let chunks: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(String::from_utf8(written(true, &chunks)).unwrap(), shown);
        let line = shown.lines().next().unwrap();
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["n"], "a\u{202e}b\u{9b}31m\u{e0041} می\u{200c}خواهم");
    }
}
