//! Profiles on standard output.

mod cell;
mod csv;
mod form;
mod json;
mod rows;
mod table;
mod writer;

use std::io::{self, Write};

use anyprofile::{Capabilities, FieldPath, Profile};
use anyprofile_terminal::{Screen, printable_lines};

use crate::{args::Format, exit::Failure};

pub(crate) use self::{
    cell::{Cell, cell_of, list_in_words},
    csv::{CsvOptions, unguarded},
    form::form_writer,
    json::selected,
    rows::Rows,
    table::{Columns, MOST_ROWS, account_order, grid, one_profile},
    writer::ProfileWriter,
};

/// Prints one profile in any format.
pub(crate) fn print_one(
    format: Format,
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<(), Failure> {
    match format {
        Format::Table => print_line(&one_profile(profile, fields, capabilities)?),
        Format::Json => print_line(&serde_json::to_string_pretty(&selected(profile, fields)?)?),
        Format::Ndjson | Format::Csv => {
            let mut writer = profile_writer(format, fields.to_vec(), Columns::Review, Vec::new());
            writer.write(profile, capabilities)?;
            writer.finish()
        }
    }
}

/// Returns the profile writer of a format.
pub(crate) fn profile_writer(
    format: Format,
    fields: Vec<FieldPath>,
    columns: Columns,
    accounts: Vec<String>,
) -> Box<dyn ProfileWriter> {
    profile_writer_with(format, fields, columns, accounts, CsvOptions::default())
}

/// Returns the profile writer of a format, with csv options. `columns` are those of a table without requested fields, and `accounts` its
/// order.
pub(crate) fn profile_writer_with(
    format: Format,
    fields: Vec<FieldPath>,
    columns: Columns,
    accounts: Vec<String>,
    options: CsvOptions,
) -> Box<dyn ProfileWriter> {
    let out = io::BufWriter::with_capacity(64 * 1024, Screen::stdout());
    match format {
        // Its cells are printable, and its colours must not be escaped.
        Format::Table => Box::new(table::TableWriter::new(
            io::BufWriter::new(io::stdout()),
            &Columns::of(fields, columns),
            accounts,
        )),
        Format::Json => Box::new(json::JsonWriter::array(out, fields)),
        Format::Ndjson => Box::new(json::JsonWriter::lines(out, fields)),
        Format::Csv => Box::new(csv::CsvWriter::new(out, fields, options)),
    }
}

/// Prints a text of several lines. External text in it must already be printable where it could start a line.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    print_line(&printable_lines(text))
}

/// Prints a text and a line end.
pub(crate) fn print_line(text: &str) -> Result<(), Failure> {
    let mut out = Screen::stdout();
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Prints rows that are not profiles, in any format.
pub(crate) fn print_rows(
    format: Format,
    columns: &[&str],
    rows: &[Vec<serde_json::Value>],
) -> Result<(), Failure> {
    let object = |row: &Vec<serde_json::Value>| {
        let pairs = columns.iter().map(|column| (*column).to_owned()).zip(row.iter().cloned());
        serde_json::Value::Object(pairs.collect())
    };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match format {
        Format::Table => {
            let header: Vec<_> =
                columns.iter().map(|column| column.replace('_', " ").to_uppercase()).collect();
            let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(text).collect()).collect();
            print_line(&grid(&header, &rows))
        }
        Format::Json => {
            print_line(&serde_json::to_string_pretty(&rows.iter().map(object).collect::<Vec<_>>())?)
        }
        Format::Ndjson => rows.iter().try_for_each(|row| print_line(&object(row).to_string())),
        Format::Csv => csv::write_rows(columns, rows.iter().map(|row| row.iter().map(text).collect())),
    }
}
