//! Rows that are printed one at a time.

use std::io::{self, Write as _};

use anyprofile_terminal::{Screen, printable};
use serde_json::{Map, Value};

use super::csv::inert;
use crate::{args::Format, exit::Failure};

/// The longest word for the state of a write.
const LONGEST_STATE: &str = "written_before";

/// Prints rows that are not profiles, each at once, so that the output is complete whenever the run ends.
pub(crate) struct Rows {
    format: Format,
    columns: &'static [&'static str],
    /// The minimum widths of the columns of a table, in characters.
    widths: Vec<usize>,
    count: usize,
}

impl Rows {
    /// Creates rows with these columns. `firsts` are the known cells of the first column.
    pub(crate) fn new<'a>(
        format: Format,
        columns: &'static [&'static str],
        firsts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut widths: Vec<_> = columns.iter().map(|column| column.chars().count()).collect();
        // The rows are printed one by one, so the longest word must be known before.
        for (width, _) in widths.iter_mut().zip(columns).filter(|(_, column)| **column == "state") {
            *width = LONGEST_STATE.len();
        }
        if let Some(width) = widths.first_mut() {
            *width = firsts.into_iter().map(|first| first.chars().count()).fold(*width, usize::max);
        }
        Self { format, columns, widths, count: 0 }
    }

    /// Prints a row.
    pub(crate) fn push(&mut self, row: &[Value]) -> Result<(), Failure> {
        let text = match self.format {
            Format::Table => self.table_row(row),
            Format::Json => {
                let start = if self.count == 0 { "[\n" } else { ",\n" };
                format!("{start}{}", self.object(row))
            }
            Format::Ndjson => format!("{}\n", self.object(row)),
            Format::Csv => self.csv_row(row)?,
        };
        self.count += 1;
        write(&text)
    }

    /// Prints the end after the last row.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        match (self.format, self.count) {
            (Format::Json, 0) => write("[]\n"),
            (Format::Json, _) => write("\n]\n"),
            _ => Ok(()),
        }
    }

    fn object(&self, row: &[Value]) -> Value {
        let pairs = self.columns.iter().zip(row);
        Value::Object(
            pairs.map(|(column, value)| ((*column).to_owned(), value.clone())).collect::<Map<_, _>>(),
        )
    }

    fn table_row(&self, row: &[Value]) -> String {
        let line = |cells: Vec<String>| {
            let padded = cells.iter().zip(&self.widths).map(|(cell, width)| format!("{cell:width$}  "));
            format!("{}\n", padded.collect::<String>().trim_end())
        };
        let cells = line(row.iter().map(|value| printable(&text_of(value))).collect());
        if self.count > 0 {
            return cells;
        }
        let header = self.columns.iter().map(|column| column.replace('_', " ").to_uppercase());
        line(header.collect()) + &cells
    }

    fn csv_row(&self, row: &[Value]) -> Result<String, Failure> {
        let mut out = csv::Writer::from_writer(Vec::new());
        if self.count == 0 {
            out.write_record(self.columns)?;
        }
        out.write_record(row.iter().map(|value| inert(&text_of(value)).into_owned()))?;
        let bytes = out.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| io::Error::other(error).into())
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = Screen::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
