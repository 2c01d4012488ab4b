//! Comma-separated values that are safe to open in a spreadsheet.

use std::{borrow::Cow, io::Write};

use anyprofile::{Capabilities, FieldPath, FieldState, Profile};
use anyprofile_terminal::Screen;

use super::{
    cell::{Cell, cell_of},
    writer::{LeftOut, ProfileWriter},
};
use crate::exit::Failure;

/// The byte order mark, by which Excel recognizes UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The options of the csv output.
#[derive(Clone, Debug, Default)]
pub(crate) struct CsvOptions {
    /// The text for a field that the service reports as null.
    pub(crate) null: String,
    /// Whether the output starts with a byte order mark.
    pub(crate) byte_order_mark: bool,
}

/// Writes profiles with stable columns: the requested fields, or all core fields in the order of the model.
pub(super) struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
    fields: Vec<FieldPath>,
    options: CsvOptions,
    has_header: bool,
    left_out: LeftOut,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(out: W, fields: Vec<FieldPath>, options: CsvOptions) -> Self {
        let fields = if fields.is_empty() { FieldPath::CORE.to_vec() } else { fields };
        let out = csv::Writer::from_writer(out);
        Self { out, fields, options, has_header: false, left_out: LeftOut::default() }
    }

    /// Writes the header, also if there are no profiles.
    fn header(&mut self) -> Result<(), Failure> {
        if self.has_header {
            return Ok(());
        }
        let mark = if self.options.byte_order_mark { BYTE_ORDER_MARK } else { "" };
        for (index, path) in self.fields.iter().enumerate() {
            let mark = if index == 0 { mark } else { "" };
            self.out.write_field(format!("{mark}{path}"))?;
        }
        self.out.write_record(None::<&[u8]>)?;
        self.has_header = true;
        Ok(())
    }
}

impl<W: Write> ProfileWriter for CsvWriter<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        let cells = self.fields.iter().map(|path| cell_of(profile, path, capabilities));
        let Some(cells) = self.left_out.unless_converted(profile, cells.collect::<Result<Vec<_>, _>>())
        else {
            return Ok(());
        };
        self.header()?;
        for (path, cell) in self.fields.iter().zip(&cells) {
            let text = match cell {
                Cell::Value(text) => text,
                Cell::Open | Cell::None(FieldState::Null) => &self.options.null,
                Cell::None(_) => "",
            };
            self.out.write_field(guarded(path, text).as_ref())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.header()?;
        self.flush()
    }

    fn left_out(&self) -> u64 {
        self.left_out.count()
    }
}

/// Writes rows that are not profiles.
pub(super) fn write_rows(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<(), Failure> {
    let mut out = csv::Writer::from_writer(Screen::stdout());
    out.write_record(columns)?;
    for row in rows {
        out.write_record(row.iter().map(|text| inert(text).into_owned()))?;
    }
    out.flush()?;
    Ok(())
}

/// Returns the cell of a field so that a spreadsheet treats it as text. Each item of a list is guarded, because
/// semicolons may separate cells.
fn guarded<'a>(path: &FieldPath, text: &'a str) -> Cow<'a, str> {
    if is_list(path) { each_part(text, inert) } else { inert(text) }
}

/// Undoes one guard of a cell.
pub(crate) fn unguarded<'a>(path: &FieldPath, cell: &'a str) -> Cow<'a, str> {
    if is_list(path) { each_part(cell, live) } else { live(cell) }
}

/// Returns whether the items of a field are joined by semicolons.
fn is_list(path: &FieldPath) -> bool {
    [FieldPath::EMAILS, FieldPath::ROLES, FieldPath::LABELS].contains(path)
}

fn each_part(text: &str, convert: fn(&str) -> Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(';') {
        return convert(text);
    }
    let part = |part: &str| {
        let inner = part.trim_start_matches(' ');
        format!("{}{}", &part[..part.len() - inner.len()], convert(inner))
    };
    Cow::Owned(text.split(';').map(part).collect::<Vec<_>>().join(";"))
}

/// Puts a `'` before a text that a spreadsheet would treat as a formula, and before a text that looks guarded
/// already, so that it can be undone.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if needs_guard(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn live(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(text))
}

fn needs_guard(text: &str) -> bool {
    is_formula(text.trim_start_matches('\''))
}

/// Returns whether a spreadsheet would treat a text as a formula.
fn is_formula(text: &str) -> bool {
    let starts_one =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    text.trim_start_matches(' ').starts_with(starts_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_made_a_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "''@x"] {
            assert_eq!(inert(formula), format!("'{formula}"));
        }
        for text in ["", "Ada", "1", "a=b", "ada@example.com", "'x", "'", "a;=b"] {
            assert_eq!(inert(text), text);
        }
    }

    #[test]
    fn each_part_of_a_list_is_a_text_too() {
        for (cell, expected) in [
            ("ada@example.org;=1+1", "ada@example.org;'=1+1"),
            ("=1;+2", "'=1;'+2"),
            ("Admin; @x; b", "Admin; '@x; b"),
            ("a;'=b", "a;''=b"),
            ("[\"a;=b\"]", "[\"a;'=b\"]"),
            ("a; b", "a; b"),
        ] {
            assert_eq!(guarded(&FieldPath::EMAILS, cell), expected);
            assert_eq!(unguarded(&FieldPath::EMAILS, expected), cell);
        }
        assert_eq!(guarded(&FieldPath::TITLE, "a;=b"), "a;=b", "it is one text");
    }

    #[test]
    fn a_guard_is_undone_and_nothing_else() {
        let texts =
            ["", "x", "=", "'", "-1", " ", ";", "'=x", "''=x", "' =x", " '=x", "a;=b", "a; -b", "a;'-b;'c"];
        for one in texts {
            for other in texts {
                let text = format!("{one}{other}");
                for path in [FieldPath::ROLES, FieldPath::NAME_DISPLAY] {
                    assert_eq!(unguarded(&path, &guarded(&path, &text)), text, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_byte_order_mark_stands_in_front_of_the_header_once() {
        let mut out = Vec::new();
        let options = CsvOptions { byte_order_mark: true, ..CsvOptions::default() };
        let mut writer = CsvWriter::new(&mut out, vec![FieldPath::ID, FieldPath::TITLE], options);
        let profile = Profile::new("probely:eu/user/x".parse().unwrap());
        writer.write(&profile, &Capabilities::default()).unwrap();
        writer.finish().unwrap();
        drop(writer);
        assert_eq!(String::from_utf8(out).unwrap(), "\u{feff}id,title\nprobely:eu/user/x,\n");
    }
}
