//! Tables for a person.

use std::io::Write;

use anyprofile::{Capabilities, FieldPath, Profile};
use comfy_table::{ContentArrangement, Table, presets};

use super::{ProfileWriter, cell_of};
use crate::exit::Failure;

/// The columns where none are named: what an access review looks at first.
const COLUMNS: &[FieldPath] = &[
    FieldPath::ID,
    FieldPath::NAME_DISPLAY,
    FieldPath::EMAILS,
    FieldPath::KIND,
    FieldPath::STATUS,
    FieldPath::SECURITY_MFA_ENABLED,
    FieldPath::SECURITY_LAST_LOGIN,
];

/// Collects profiles and writes one table, its rows in the order of their accounts.
pub(super) struct TableWriter<W: Write> {
    out: W,
    fields: Vec<FieldPath>,
    rows: Vec<(String, Vec<String>)>,
}

impl<W: Write> TableWriter<W> {
    pub(super) fn new(out: W, fields: Vec<FieldPath>) -> Self {
        let fields = if fields.is_empty() { COLUMNS.to_vec() } else { fields };
        Self { out, fields, rows: Vec::new() }
    }
}

impl<W: Write> ProfileWriter for TableWriter<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        let json = serde_json::to_value(profile)?;
        let cells = self
            .fields
            .iter()
            .map(|path| cell_of(profile, &json, path, capabilities).for_person().to_owned());
        self.rows.push((format!("{}:{}", profile.id.service, profile.id.account), cells.collect()));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        // Accounts come side by side; the order within one stays.
        self.rows.sort_by(|one, two| one.0.cmp(&two.0));
        let header = self.fields.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows: Vec<_> = std::mem::take(&mut self.rows).into_iter().map(|(_, row)| row).collect();
        writeln!(self.out, "{}", grid(&header, &rows))?;
        self.out.flush()?;
        Ok(())
    }
}

/// A table without frames. Nothing is cut or wrapped, since half an id is no id; a narrow terminal breaks the lines.
pub(crate) fn grid(header: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(|title| printable(title)));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The text without what would steer a terminal or show it as something else: control characters, and those that
/// turn the direction of what follows or are not seen at all.
pub(crate) fn printable(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// One profile as a table of its fields: those that were asked for, else all that the service supports. Of a profile
/// that was put together from several records, with the record that each field came from.
pub(crate) fn one_profile(
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<String, Failure> {
    let json = serde_json::to_value(profile)?;
    let is_merged = profile.origin.as_ref().is_some_and(|origin| !origin.merged.is_empty());
    let row = |path: &FieldPath, value: String| {
        let record = profile.origin_of(path).map_or_else(String::new, ToString::to_string);
        if is_merged { vec![path.to_string(), record, value] } else { vec![path.to_string(), value] }
    };
    let known =
        |path: &FieldPath| row(path, cell_of(profile, &json, path, capabilities).for_person().to_owned());
    let mut rows: Vec<_> = fields.iter().map(known).collect();
    if fields.is_empty() {
        rows.extend(capabilities.fields.iter().map(|spec| known(&spec.path)));
        let unknown = profile.unknown.iter();
        rows.extend(unknown.map(|(name, value)| row(&FieldPath::unknown(name), value.get().to_owned())));
    }
    let columns: &[&str] = if is_merged { &["field", "record", "value"] } else { &["field", "value"] };
    Ok(grid(&columns.iter().map(|&name| name.to_owned()).collect::<Vec<_>>(), &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_steers_the_terminal() {
        let table =
            grid(&["name".to_owned()], &[vec!["a\u{1b}[31mb\u{202e}c\u{200b}d\ne\u{9b}f".to_owned()]]);
        assert_eq!(table, "name\na\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f");
    }
}
