//! Comma-separated values, safe to open in a spreadsheet.

use std::{borrow::Cow, io::Write};

use anyprofile::{Capabilities, FieldPath, FieldState, Profile};

use super::{Cell, ProfileWriter, cell_of};
use crate::exit::Failure;

/// Writes profiles with stable columns: those that were asked for, else every field of a profile in the
/// order of the model.
pub(super) struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
    fields: Vec<FieldPath>,
    null: String,
    has_header: bool,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(out: W, fields: Vec<FieldPath>, null: &str) -> Self {
        let fields = if fields.is_empty() { FieldPath::CORE.to_vec() } else { fields };
        Self { out: csv::Writer::from_writer(out), fields, null: null.to_owned(), has_header: false }
    }

    /// The header is written also where there is no profile.
    fn header(&mut self) -> Result<(), Failure> {
        if !self.has_header {
            self.out.write_record(self.fields.iter().map(FieldPath::as_str))?;
            self.has_header = true;
        }
        Ok(())
    }
}

impl<W: Write> ProfileWriter for CsvWriter<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        self.header()?;
        let json = serde_json::to_value(profile)?;
        for path in &self.fields {
            let text = match cell_of(profile, &json, path, capabilities) {
                Cell::Value(text) => text,
                Cell::Open | Cell::None(FieldState::Null) => self.null.clone(),
                Cell::None(_) => String::new(),
            };
            self.out.write_field(inert(&text).as_ref())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.header()?;
        self.out.flush()?;
        Ok(())
    }
}

/// Writes rows that are no profiles.
pub(super) fn write_rows(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<(), Failure> {
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(columns)?;
    for row in rows {
        out.write_record(row.iter().map(|text| inert(text).into_owned()))?;
    }
    out.flush()?;
    Ok(())
}

/// The text as a spreadsheet takes it for text: what would be a formula gets a `'` in front.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a spreadsheet would take a text for a formula.
pub(crate) fn is_formula(text: &str) -> bool {
    let starts_one =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    text.trim_start_matches(' ').starts_with(starts_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_made_a_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
            assert_eq!(inert(formula), format!("'{formula}"));
        }
        for text in ["", "Ada", "1", "a=b", "ada@example.com", "'x"] {
            assert_eq!(inert(text), text);
        }
    }
}
