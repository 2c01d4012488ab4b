//! Comma-separated values, with a column for each column of a table.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use anyprofile_core::Profile;

use super::{
    Row,
    file::{FileFormat, Out, Profiles, RowWriter},
    ndjson::profile_of,
};
use crate::{
    columns::{COLUMNS, Value},
    error::{Result, SnapshotError, at},
};

/// The format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Csv;

impl FileFormat for Csv {
    fn create(&self, out: Out) -> io::Result<Box<dyn RowWriter>> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS.iter().map(|column| column.name))?;
        Ok(Box::new(CsvFile(writer)))
    }

    fn read(&self, path: &Path) -> Result<Profiles> {
        let file = io::BufReader::with_capacity(1 << 17, File::open(path).map_err(at(path))?);
        let mut reader = csv::Reader::from_reader(file);
        let unreadable = |why: &str| SnapshotError::unreadable(path.display(), why);
        let headers = reader.headers().map_err(|_| unreadable("it is not a csv file"))?;
        let column = headers.iter().position(|name| name == "profile");
        let column = column.ok_or_else(|| unreadable("it has no column `profile`"))?;
        Ok(Box::new(CsvProfiles { path: path.to_owned(), records: reader.into_records(), column }))
    }
}

/// A file that is being written.
struct CsvFile(csv::Writer<Out>);

impl RowWriter for CsvFile {
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            for column in COLUMNS {
                let text = match column.value(row) {
                    Value::None => String::new(),
                    Value::Text(text) => inert(text.into_owned()),
                    Value::Bool(value) => value.to_string(),
                    Value::Time(time) => time.to_string(),
                };
                self.0.write_field(text)?;
            }
            self.0.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Out> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Guards a cell, so that a spreadsheet takes it for a text and not for a formula.
fn inert(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

struct CsvProfiles {
    path: PathBuf,
    records: csv::StringRecordsIntoIter<io::BufReader<File>>,
    column: usize,
}

impl Iterator for CsvProfiles {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        let position = self.records.reader().position().line();
        let profile = record
            .map_err(|error| error.to_string())
            .and_then(|record| profile_of(record.get(self.column).unwrap_or_default()));
        Some(profile.map_err(|why| {
            SnapshotError::unreadable(self.path.display(), format!("before line {position}: {why}"))
        }))
    }
}
