//! Tables for a person.

use std::io::{self, IsTerminal as _, Write};

use anyprofile::{Capabilities, FieldPath, Profile};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

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

/// The narrowest terminal that a table is fitted to, in columns.
const NARROWEST: u16 = 60;

/// A table without frames. On a terminal it is as wide as that: cells are cut, but for the first of each row,
/// which is what other commands take. Elsewhere nothing is cut or wrapped.
pub(crate) fn grid(header: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.iter().map(|title| printable(title)));
    for row in rows {
        let mut row = comfy_table::Row::from(row.iter().map(|cell| printable(cell)).collect::<Vec<_>>());
        row.max_height(1);
        table.add_row(row);
    }
    table.set_truncation_indicator("…");
    let fits = io::stdout().is_terminal() && table.width().is_some_and(|width| width >= NARROWEST);
    table.set_content_arrangement(if fits {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    });
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The text without what would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// One profile as a table of its fields: those that were asked for, else all that the service supports.
pub(crate) fn one_profile(
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<String, Failure> {
    let json = serde_json::to_value(profile)?;
    let row = |path: &FieldPath| {
        vec![path.to_string(), cell_of(profile, &json, path, capabilities).for_person().to_owned()]
    };
    let mut rows: Vec<_> = fields.iter().map(row).collect();
    if fields.is_empty() {
        rows.extend(capabilities.fields.iter().map(|spec| row(&spec.path)));
        let unknown = profile.unknown.iter();
        rows.extend(unknown.map(|(name, value)| vec![format!("unknown.{name}"), value.get().to_owned()]));
    }
    Ok(grid(&["field".to_owned(), "value".to_owned()], &rows))
}
