//! Parquet, with the columns of the [Arrow schema](crate::arrow::arrow_schema).

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyprofile_core::Profile;
use arrow_array::{Array as _, RecordBatch};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::{
    arrow::{
        ArrowWriter, ProjectionMask,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use super::{
    Row,
    file::{FileFormat, Out, Profiles, RowWriter},
    ndjson::profile_of,
};
use crate::{
    arrow::{self, Texts},
    error::{Result, SnapshotError, at},
    manifest::SCHEMA_VERSION,
};

/// The format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parquet {
    /// Whether the names of the folders say the service and the account, so that the file does not.
    ///
    /// pyarrow refuses a dataset whose files have a column that is also in the names of the folders, if the types differ: it takes the
    /// account `42` for a number there. Spark and Hive write no such columns either.
    pub(crate) is_partition: bool,
}

/// The columns that the folders name.
const PARTITIONED_BY: [&str; 2] = ["service", "account"];

/// What bounds the memory of a file that is written: the rows of a row group, and their bytes.
const GROUP_ROWS: usize = 8_192;
const GROUP_BYTES: usize = 4 << 20;

/// How many profiles are read at once.
const BATCH: usize = 1024;

impl Parquet {
    /// Returns the columns of the file, by their places in the schema.
    fn columns(self, schema: &SchemaRef) -> Vec<usize> {
        let fields = schema.fields().iter().enumerate();
        let is_in_file = |name: &str| !self.is_partition || !PARTITIONED_BY.contains(&name);
        fields.filter(|(_, field)| is_in_file(field.name())).map(|(place, _)| place).collect()
    }
}

impl FileFormat for Parquet {
    fn create(&self, out: Out) -> io::Result<Box<dyn RowWriter>> {
        let schema = arrow::arrow_schema();
        let columns = self.columns(&schema);
        let schema = schema.project(&columns).map_err(of_arrow)?;
        let writer = ArrowWriter::try_new(out, schema.into(), Some(properties()?)).map_err(of_parquet)?;
        Ok(Box::new(ParquetFile { writer: Mutex::new(writer), columns }))
    }

    fn read(&self, path: &Path) -> Result<Profiles> {
        let file = File::open(path).map_err(at(path))?;
        let unreadable = |why: &str| SnapshotError::unreadable(path.display(), why);
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|_| unreadable("it is not a Parquet file"))?;
        let schema = reader.schema();
        let Some((column, _)) = schema.column_with_name("profile") else {
            return Err(unreadable("it has no column `profile`"));
        };
        let column = ProjectionMask::roots(reader.parquet_schema(), [column]);
        let reader = reader.with_projection(column).with_batch_size(BATCH).build();
        let batches = reader.map_err(|_| unreadable("it is damaged"))?;
        Ok(Box::new(ParquetProfiles { path: path.to_owned(), batches, batch: None, next: 0, row: 0 }))
    }
}

fn properties() -> io::Result<WriterProperties> {
    let version = KeyValue::new(arrow::SCHEMA_VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string());
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("anyprofile ", env!("CARGO_PKG_VERSION")).to_owned())
        // Each column has a compressor of its own. Those of Zstandard take much memory, and only the profiles are large.
        .set_compression(Compression::SNAPPY)
        .set_column_compression(
            ColumnPath::from("profile"),
            Compression::ZSTD(ZstdLevel::try_new(3).map_err(of_parquet)?),
        )
        .set_dictionary_enabled(true)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_max_row_group_bytes(Some(GROUP_BYTES))
        .set_key_value_metadata(Some(vec![version]))
        .set_column_statistics_enabled(ColumnPath::from("profile"), EnabledStatistics::None);
    // No two are the same, so a dictionary only takes memory.
    for column in ["id", "native_id", "profile"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    Ok(properties.build())
}

/// A file that is being written.
struct ParquetFile {
    /// The writer is not `Sync`. Nobody ever waits here.
    writer: Mutex<ArrowWriter<Out>>,
    columns: Vec<usize>,
}

impl RowWriter for ParquetFile {
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let batch = arrow::record_batch_of_rows(rows).map_err(of_arrow)?;
        let batch = batch.project(&self.columns).map_err(of_arrow)?;
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        writer.write(&batch).map_err(of_parquet)
    }

    fn pause(&mut self) -> io::Result<()> {
        self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).flush().map_err(of_parquet)
    }

    fn finish(self: Box<Self>) -> io::Result<Out> {
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        writer.into_inner().map_err(of_parquet)
    }
}

/// Returns the error of the file system, if it is one, so that a full disk is known as such.
fn of_parquet(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(_) => io::Error::other("it cannot be written as Parquet"),
        },
        // What it says may repeat a value.
        _ => io::Error::other("it cannot be written as Parquet"),
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        _ => io::Error::other("the profiles cannot be written as Arrow columns"),
    }
}

struct ParquetProfiles {
    path: PathBuf,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    /// The next row in the batch.
    next: usize,
    /// The number of rows before it in the file.
    row: u64,
}

impl ParquetProfiles {
    fn unreadable(&self, why: &str) -> SnapshotError {
        SnapshotError::unreadable(self.path.display(), why)
    }
}

impl Iterator for ParquetProfiles {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.batch.as_ref().is_none_or(|batch| self.next >= batch.num_rows()) {
            match self.batches.next()? {
                Ok(batch) => self.batch = Some(batch),
                Err(ArrowError::IoError(_, error)) => return Some(Err(at(&self.path)(error))),
                Err(_) => {
                    return Some(Err(self.unreadable(&format!("it is damaged after row {}", self.row))));
                }
            }
            self.next = 0;
        }
        let (row, place) = (self.row + 1, self.next);
        (self.row, self.next) = (row, place + 1);
        let column = self.batch.as_ref()?.column(0);
        let Some(texts) = Texts::of(column) else {
            return Some(Err(self.unreadable("its column `profile` is not a text")));
        };
        let profile =
            if column.is_null(place) { Err("it is null".to_owned()) } else { profile_of(texts.get(place)) };
        Some(profile.map_err(|why| self.unreadable(&format!("row {row}: {why}"))))
    }
}
