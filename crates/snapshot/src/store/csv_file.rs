//! Comma-separated values, with a column for each column of a table.

use std::{
    borrow::Cow,
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
    columns::{COLUMNS, ColumnType, Value},
    error::{Result, SnapshotError, at},
    formula::inert,
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
                let text: Cow<'_, str> = match column.value(row) {
                    Value::None => "".into(),
                    // Read back, as it is.
                    Value::Text(text) if column.column_type == ColumnType::Json => text,
                    Value::Text(text) => guarded(text),
                    Value::Bool(value) => value.to_string().into(),
                    Value::Time(time) => time.to_string().into(),
                };
                self.0.write_field(text.as_bytes())?;
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
fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    match inert(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(guarded) => guarded.into(),
    }
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

#[cfg(test)]
mod tests {
    use anyprofile_core::{Capabilities, profile::Email};

    use super::*;
    use crate::{Snapshot, Target, check::planted};

    #[tokio::test]
    async fn no_cell_is_a_formula_and_the_profile_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        let mut profile = Profile::new("planted:one/user/ada".parse().unwrap());
        profile.title = " =1+1".into();
        profile.nickname = "＝1".into();
        profile.emails = vec![Email::new("ada@example.com"), Email::new("-x@example.com")].into();
        let row = Row::new(0, profile.clone(), std::sync::Arc::new(Capabilities::default())).unwrap();
        let target = Target::of_path(&path).unwrap();
        let mut store = target.open().await.unwrap();
        let (manifest, _) = planted().unwrap();
        store.begin(&manifest).await.unwrap();
        store.write(std::slice::from_ref(&row)).await.unwrap();
        store.commit(manifest).await.unwrap();

        let mut reader = csv::Reader::from_path(&path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let record = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| &record[headers.iter().position(|header| header == name).unwrap()];
        assert_eq!(
            [cell("title"), cell("nickname"), cell("emails"), cell("profile")],
            [" '=1+1", "'＝1", "ada@example.com; '-x@example.com", &*row.line]
        );
        let snapshot = Snapshot::open(&target).await.unwrap();
        let read: Vec<_> = futures_util::TryStreamExt::try_collect(snapshot.read()).await.unwrap();
        assert_eq!(read, [profile]);
    }
}
