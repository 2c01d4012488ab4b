//! Repairs JSON so that every reader accepts it.
//!
//! A service may send JSON that is valid by the grammar and that readers still refuse: half of a surrogate pair, a
//! number that no float can hold, very deeply nested arrays. Such parts are replaced once, when the value is stored,
//! so that one odd value never ends an output.

use std::fmt::Write as _;

/// The deepest nesting of a value; anything deeper is stored as its text. Common readers stop at 100 to 128 levels,
/// and the value is itself part of a record.
const MOST_LEVELS: usize = 32;

/// Returns the text of a JSON value with everything replaced that a reader may refuse; `None` if nothing was
/// replaced.
///
/// Half of a surrogate pair becomes U+FFFD; in a key its digits follow, so that two keys stay different. A number
/// outside the range of a 64-bit float, and an array or object that is nested too deep, become a string with their
/// text, so that nothing is lost.
pub fn repaired(text: &str) -> Option<String> {
    let mut repair = Repair { text, at: 0, copied: 0, repaired: String::new(), levels: 0 };
    while let Some(byte) = text.as_bytes().get(repair.at) {
        match byte {
            b'"' => repair.string(),
            b'-' | b'0'..=b'9' => repair.number(),
            b'[' | b'{' => repair.open(),
            b']' | b'}' => {
                repair.levels = repair.levels.saturating_sub(1);
                repair.at += 1;
            }
            _ => repair.at += 1,
        }
    }
    if repair.copied == 0 {
        return None;
    }
    repair.repaired.push_str(&text[repair.copied..]);
    Some(repair.repaired)
}

struct Repair<'a> {
    text: &'a str,
    /// The current offset.
    at: usize,
    /// How much of the text was copied to `repaired` or replaced there. Not 0 once something was replaced.
    copied: usize,
    repaired: String,
    levels: usize,
}

impl Repair<'_> {
    /// Replaces the text from `from` to the current offset.
    fn replace(&mut self, from: usize, with: &str) {
        self.repaired.push_str(&self.text[self.copied..from]);
        self.repaired.push_str(with);
        self.copied = self.at;
    }

    /// Skips a string, and replaces lone halves of surrogate pairs in it.
    fn string(&mut self) {
        let bytes = self.text.as_bytes();
        let begin = self.at;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => match self.escape() {
                    Some(0xd800..=0xdbff) => {
                        let from = self.at;
                        self.at += 6;
                        if matches!(self.escape(), Some(0xdc00..=0xdfff)) {
                            self.at += 6;
                        } else {
                            self.replace_half(begin, from);
                        }
                    }
                    Some(0xdc00..=0xdfff) => {
                        let from = self.at;
                        self.at += 6;
                        self.replace_half(begin, from);
                    }
                    _ => self.at += 2,
                },
                _ => self.at += 1,
            }
        }
    }

    /// Replaces half of a surrogate pair at `from` with U+FFFD, in the string that starts at `string`.
    fn replace_half(&mut self, string: usize, from: usize) {
        let digits = if self.is_key(string) { &self.text[from + 2..from + 6] } else { "" };
        self.replace(from, &format!("\\ufffd{digits}"));
    }

    /// Returns whether the string that starts at an offset is a key.
    fn is_key(&self, string: usize) -> bool {
        let mut bytes = self.text.as_bytes()[string..].iter().skip(1);
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => break,
                b'\\' => drop(bytes.next()),
                _ => {}
            }
        }
        bytes.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    /// Returns the code unit of the `\uXXXX` at this offset.
    fn escape(&self) -> Option<u16> {
        let digits = self.text.get(self.at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    }

    /// Skips a number.
    fn number(&mut self) {
        let from = self.at;
        let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        self.at += self.text.as_bytes()[from..].iter().take_while(|byte| is_part(byte)).count();
        let number = &self.text[from..self.at];
        // A short number without an exponent is always in range.
        let may_be_beyond = number.len() > 300 || number.contains(['e', 'E']);
        if may_be_beyond && !number.parse::<f64>().is_ok_and(f64::is_finite) {
            self.replace(from, &format!("\"{number}\""));
        }
    }

    /// Enters an array or object, or skips one that is nested too deep.
    fn open(&mut self) {
        if self.levels < MOST_LEVELS {
            self.levels += 1;
            self.at += 1;
            return;
        }
        let from = self.at;
        let mut open = 0_usize;
        let mut is_string = false;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += 1;
            match byte {
                b'\\' if is_string => self.at += 1,
                b'"' => is_string = !is_string,
                b'[' | b'{' if !is_string => open += 1,
                b']' | b'}' if !is_string => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        self.at = self.at.min(self.text.len());
        let quoted = quoted(&self.text[from..self.at]);
        self.replace(from, &quoted);
    }
}

/// Returns a text as a JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_readers_refuse_is_replaced_and_the_rest_stays_to_the_letter() {
        for (text, expected) in [
            (r#""Zo\ud83d""#, Some(r#""Zo\ufffd""#)),
            (r#""\udc00x""#, Some(r#""\ufffdx""#)),
            (r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (r#""\ud83d\ude00 \\ud83d \u00e9""#, None),
            (r#"{"a\ud800":[1,"\uDFFF"]}"#, Some(r#"{"a\ufffdd800":[1,"\ufffd"]}"#)),
            (r#"{"\ud801" :1,"\"\ud802":2}"#, Some(r#"{"\ufffdd801" :1,"\"\ufffdd802":2}"#)),
            ("1e999", Some(r#""1e999""#)),
            ("[-1E+400, 1.5e308, 1e-999]", Some(r#"["-1E+400", 1.5e308, 1e-999]"#)),
            ("18446744073709551616", None),
            (r#"{"n": 1.10, "t": "1e999"}"#, None),
            ("", None),
        ] {
            assert_eq!(repaired(text).as_deref(), expected, "{text}");
        }
        let long = "9".repeat(400);
        assert_eq!(repaired(&long), Some(format!("\"{long}\"")));
    }

    #[test]
    fn what_is_nested_too_deep_is_kept_as_its_text() {
        let nested = |levels| format!("{}\"]\\\"\"{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(repaired(&nested(MOST_LEVELS)), None);
        for levels in [MOST_LEVELS + 1, 128, 100_000] {
            let repaired = repaired(&format!("{{\"a\":{},\"b\":1}}", nested(levels))).unwrap();
            let mut value = &serde_json::from_str::<Value>(&repaired).unwrap()["a"];
            let mut left = levels;
            while let Some(inner) = value.as_array() {
                value = &inner[0];
                left -= 1;
            }
            assert_eq!(value, &Value::from(nested(left)));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_json_is_json_that_everybody_reads(text in r#"(\[|\]|\{|\}|"|\\|\\u[dD][89cC]00|,|:|1e9|99|[a-z])*"#) {
            let repaired = repaired(&text);
            if serde_json::from_str::<Box<serde_json::value::RawValue>>(&text).is_ok() {
                let repaired = repaired.unwrap_or(text);
                proptest::prop_assert!(serde_json::from_str::<Value>(&repaired).is_ok(), "{}", repaired);
            }
        }
    }
}
