//! Tables for reading.

use std::io::{self, Write};

use anyprofile::{Capabilities, FieldPath, Profile};
use comfy_table::{ContentArrangement, Table, presets};

use super::{
    cell::{Unshowable, cell_of},
    writer::{LeftOut, ProfileWriter},
};
use crate::{exit::Failure, printable::printable};

/// The default columns, chosen for an access review.
const COLUMNS: &[FieldPath] = &[
    FieldPath::ID,
    FieldPath::NAME_DISPLAY,
    FieldPath::EMAILS,
    FieldPath::KIND,
    FieldPath::STATUS,
    FieldPath::SECURITY_MFA_ENABLED,
    FieldPath::SECURITY_LAST_LOGIN,
];

/// The maximum number of rows of a table. All rows are in memory before the first one is written.
const MOST_ROWS: usize = 50_000;

/// The maximum number of characters of a cell. All ids are shorter.
const MOST_CHARACTERS: usize = 1000;

/// Collects profiles and writes one table, with its rows sorted by account.
pub(super) struct TableWriter<W: Write> {
    out: W,
    fields: Vec<FieldPath>,
    rows: Vec<(String, Vec<String>)>,
    most_rows: usize,
    /// The number of profiles beyond the maximum.
    cut: u64,
    left_out: LeftOut,
}

impl<W: Write> TableWriter<W> {
    pub(super) fn new(out: W, fields: Vec<FieldPath>) -> Self {
        let fields = if fields.is_empty() { COLUMNS.to_vec() } else { fields };
        Self { out, fields, rows: Vec::new(), most_rows: MOST_ROWS, cut: 0, left_out: LeftOut::default() }
    }
}

impl<W: Write> ProfileWriter for TableWriter<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        if self.rows.len() == self.most_rows {
            if self.cut == 0 {
                say!(
                    "warning: the table shows only the first {} profiles; -o ndjson and -o csv print all",
                    self.most_rows
                );
            }
            self.cut += 1;
            return Ok(());
        }
        let cell = |path| cell_of(profile, path, capabilities).map(|cell| shortened(cell.for_person()));
        let cells = self.fields.iter().map(cell).collect::<Result<Vec<_>, _>>();
        let Some(cells) = self.left_out.unless_converted(profile, cells) else { return Ok(()) };
        self.rows.push((format!("{}:{}", profile.id.service, profile.id.account), cells));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        // Accounts are listed concurrently; the order within an account is kept.
        self.rows.sort_by(|one, two| one.0.cmp(&two.0));
        let header = self.fields.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows: Vec<_> = std::mem::take(&mut self.rows).into_iter().map(|(_, row)| row).collect();
        writeln!(self.out, "{}", grid(&header, &rows))?;
        self.out.flush()?;
        Ok(())
    }

    fn left_out(&self) -> u64 {
        self.left_out.count() + self.cut
    }
}

/// Shortens a text to the maximum of a cell, with `…` at its end.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect(),
    }
}

/// Returns a table without borders. Lines are not wrapped, and only texts of more than 1000 characters are shortened,
/// since half an id is useless.
pub(crate) fn grid(header: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    let cell = |text: &String| printable(&shortened(text));
    table.set_header(header.iter().map(cell));
    for row in rows {
        table.add_row(row.iter().map(cell));
    }
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Returns one profile as a table of the requested fields, or of all supported fields. If the profile was merged from
/// several records, the table shows the record of each field.
pub(crate) fn one_profile(
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<String, Failure> {
    let is_merged = profile.origin.as_ref().is_some_and(|origin| !origin.merged.is_empty());
    let row = |path: &FieldPath, value: String| {
        let record = profile.origin_of(path).map_or_else(String::new, ToString::to_string);
        if is_merged { vec![path.to_string(), record, value] } else { vec![path.to_string(), value] }
    };
    let known = |path: &FieldPath| match cell_of(profile, path, capabilities) {
        Ok(cell) => Ok(row(path, cell.for_person().to_owned())),
        Err(Unshowable) => Err(Failure::Output(io::Error::other(format!(
            "{}: {path} cannot be written as JSON",
            profile.id
        )))),
    };
    let mut rows = fields.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    if fields.is_empty() {
        for spec in capabilities.fields.iter() {
            rows.push(known(&spec.path)?);
        }
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
    #[test]
    fn a_cell_that_is_too_long_is_cut_and_an_id_is_not() {
        let names = ["x".repeat(100_000), "é".repeat(1001), "é".repeat(1000)];
        let lengths: Vec<_> = grid(&["name".to_owned()], &names.map(|name| vec![name]))
            .lines()
            .skip(1)
            .map(|line| (line.chars().count(), line.ends_with('…')))
            .collect();
        assert_eq!(lengths, [(1000, true), (1000, true), (1000, false)]);
        let name = "n".repeat(64);
        let id = format!("{name}:{name}/{name}/{}", "%25".repeat(255));
        let profile = Profile::new(id.parse().unwrap());
        assert_eq!(shortened(&profile.id.to_string()), id);
    }

    #[test]
    fn a_table_of_too_many_is_cut_and_the_others_are_counted() {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&mut out, vec![FieldPath::ID]);
        writer.most_rows = 3;
        for number in 0..10 {
            let profile = Profile::new(format!("probely:eu/user/{number}").parse().unwrap());
            writer.write(&profile, &Capabilities::default()).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(writer.left_out(), 7);
        drop(writer);
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 4);
    }
}
