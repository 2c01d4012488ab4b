//! The cells of a record of a csv file.

use std::borrow::Cow;

use super::{Form, FormError, loss::LossReport};
use crate::formula::inert;

/// The cells of a record, in the order of the columns.
#[derive(Debug, Default)]
pub(super) struct Cells(Vec<String>);

impl Cells {
    /// Adds a cell. It is one line without surplus spaces, which Vanta's help page asks for, and never a formula.
    pub(super) fn push(&mut self, column: &str, text: Option<&str>, loss: &mut LossReport) {
        let text = text.unwrap_or_default();
        let line = one_line(text);
        if line != text {
            loss.alter(column, "line breaks and surplus spaces are not written");
        }
        let cell = inert(&line);
        if cell != line {
            loss.alter(column, "a ' is written before what a spreadsheet would take for a formula");
        }
        self.0.push(cell.into_owned());
    }

    /// Adds a cell that the form requires.
    pub(super) fn push_required(&mut self, column: &str, text: Option<&str>, loss: &mut LossReport) {
        if text.is_none_or(|text| text.trim().is_empty()) {
            loss.miss(column);
        }
        self.push(column, text, loss);
    }

    pub(super) fn into_line(self, form: Form) -> Result<String, FormError> {
        line(&self.0, form)
    }
}

/// Returns a record of a csv file with its end.
pub(super) fn line(cells: &[String], form: Form) -> Result<String, FormError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|_| FormError::Encode(form))?;
    let bytes = writer.into_inner().map_err(|_| FormError::Encode(form))?;
    String::from_utf8(bytes).map_err(|_| FormError::Encode(form))
}

/// Returns a text without line breaks, other control characters and surplus spaces.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let is_plain = !text.starts_with(is_gap)
        && !text.ends_with(is_gap)
        && !text.contains("  ")
        && !text.contains(|c| is_gap(c) && c != ' ');
    if is_plain {
        return Cow::Borrowed(text);
    }
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_line_without_surplus_spaces() {
        for (text, cell) in [
            ("Ada", "Ada"),
            (" Ada  Lovelace\r\n", "Ada Lovelace"),
            ("Ada\u{a0}Lovelace", "Ada Lovelace"),
            ("a\tb\u{0}c", "a b c"),
            (" ", ""),
        ] {
            assert_eq!(one_line(text), cell);
        }
    }

    #[test]
    fn a_line_break_before_a_formula_does_not_hide_it() {
        let mut cells = Cells::default();
        let mut loss = LossReport::default();
        cells.push("Role", Some("\n=1+1, \"x\""), &mut loss);
        assert_eq!(cells.into_line(Form::Vanta).unwrap(), "\"'=1+1, \"\"x\"\"\"\n");
        assert_eq!(loss.altered.len(), 2);
    }
}
