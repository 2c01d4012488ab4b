//! Writes rows.

use anyprofile_terminal::{Screen, printable, printable_lines};
use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyprofile_snapshot::formula::inert;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray as _, RecordBatch, StringArray},
        compute::cast,
        csv,
        datatypes::{DataType, Field, Schema, SchemaRef},
        json,
        util::{display::FormatOptions, pretty::pretty_format_batches_with_options},
    },
    error::DataFusionError,
    parquet::arrow::ArrowWriter,
};
use tempfile::NamedTempFile;

use crate::{
    args::{Arguments, Format},
    exit::Failure,
};

type Result<T> = std::result::Result<T, DataFusionError>;

/// Where rows go.
pub(crate) struct Rows {
    format: Format,
    to: Option<PathBuf>,
    out: Option<Out>,
    writer: Option<Writer>,
    /// Whether a statement has written its rows.
    is_used: bool,
}

/// Standard output, or a file that appears at its place when everything is written.
enum Out {
    Standard(BufWriter<Screen<io::Stdout>>),
    File(BufWriter<NamedTempFile>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(out) => out.flush(),
        }
    }
}

/// The rows of one statement.
enum Writer {
    Json(Box<json::ArrayWriter<Out>>),
    Ndjson(Box<json::LineDelimitedWriter<Out>>),
    Csv(Box<csv::Writer<Out>>),
    Parquet(Box<ArrowWriter<Out>>),
}

impl Rows {
    pub(crate) fn new(arguments: &Arguments) -> std::result::Result<Self, Failure> {
        let (format, to) = (arguments.output, arguments.to.clone());
        let is_parquet =
            |path: &PathBuf| path.extension().is_some_and(|it| it.eq_ignore_ascii_case("parquet"));
        if format != Format::Parquet && to.as_ref().is_some_and(is_parquet) {
            return Err(Failure::Usage("--to FILE.parquet needs -o parquet".to_owned()));
        }
        if format == Format::Parquet && to.is_none() {
            return Err(Failure::Usage("-o parquet needs --to FILE".to_owned()));
        }
        let out = match &to {
            None => Out::Standard(BufWriter::new(Screen::stdout())),
            Some(path) if path.exists() => {
                return Err(Failure::Usage(format!(
                    "{}: it exists, and nothing is replaced",
                    path.display()
                )));
            }
            Some(path) => {
                let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let file = NamedTempFile::new_in(folder);
                let named = |error: io::Error| Failure::Usage(format!("{}: {error}", folder.display()));
                Out::File(BufWriter::new(file.map_err(named)?))
            }
        };
        Ok(Self { format, to, out: Some(out), writer: None, is_used: false })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn set_format(&mut self, format: Format) {
        self.format = format;
    }

    /// Returns whether no statement has begun rows that it did not end.
    pub(crate) fn is_idle(&self) -> bool {
        self.out.is_some()
    }

    fn out(&mut self) -> Result<Out> {
        self.out
            .take()
            .ok_or_else(|| DataFusionError::Internal("the rows before these were not ended".to_owned()))
    }

    /// Begins the rows of a statement.
    ///
    /// # Errors
    /// If a statement before it wrote to the same file, whose format has one set of rows only.
    pub(crate) fn begin(&mut self, schema: &SchemaRef) -> Result<()> {
        if std::mem::replace(&mut self.is_used, true) && self.to.is_some() && self.format != Format::Ndjson {
            return Err(DataFusionError::Configuration(
                "--to takes the rows of one statement; use -o ndjson for several, or another file for each"
                    .to_owned(),
            ));
        }
        let out = self.out()?;
        self.writer = Some(match self.format {
            // A key that is missing and one that is null would be two things for one.
            Format::Json => {
                Writer::Json(Box::new(json::WriterBuilder::new().with_explicit_nulls(true).build(out)))
            }
            Format::Ndjson | Format::Table => {
                Writer::Ndjson(Box::new(json::WriterBuilder::new().with_explicit_nulls(true).build(out)))
            }
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new().with_header(true).build(out);
                // The header is there even if nobody is.
                writer.write(&flat(&RecordBatch::new_empty(Arc::clone(schema)), &no_formula)?)?;
                Writer::Csv(Box::new(writer))
            }
            Format::Parquet => {
                Writer::Parquet(Box::new(ArrowWriter::try_new(out, Arc::clone(schema), None)?))
            }
        });
        Ok(())
    }

    /// Writes some rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self.writer.as_mut() {
            Some(Writer::Json(writer)) => Ok(writer.write(batch)?),
            Some(Writer::Ndjson(writer)) => Ok(writer.write(batch)?),
            Some(Writer::Csv(writer)) => Ok(writer.write(&flat(batch, &no_formula)?)?),
            Some(Writer::Parquet(writer)) => Ok(writer.write(batch)?),
            None => Err(DataFusionError::Internal("these rows were not begun".to_owned())),
        }
    }

    /// Ends the rows of a statement.
    pub(crate) fn end(&mut self) -> Result<()> {
        let mut out = match self.writer.take() {
            Some(Writer::Json(mut writer)) => {
                writer.finish()?;
                let mut out = writer.into_inner();
                out.write_all(b"\n")?;
                out
            }
            Some(Writer::Ndjson(mut writer)) => {
                writer.finish()?;
                writer.into_inner()
            }
            Some(Writer::Csv(writer)) => writer.into_inner(),
            Some(Writer::Parquet(writer)) => writer.into_inner()?,
            None => return Ok(()),
        };
        out.flush()?;
        self.out = Some(out);
        Ok(())
    }

    /// Prints a text for a person.
    pub(crate) fn print(&mut self, text: &str) -> Result<()> {
        let mut out = self.out()?;
        writeln!(out, "{text}")?;
        out.flush()?;
        self.out = Some(out);
        Ok(())
    }

    /// Puts the file at its place.
    pub(crate) fn finish(mut self) -> Result<()> {
        if let (Out::File(file), Some(path)) = (self.out()?, &self.to) {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(|error| error.error)?;
        }
        Ok(())
    }
}

/// Returns the rows as a table for a person.
pub(crate) fn table(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<String> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    // A line end within a cell would look like a row of its own.
    let batches = batches.iter().map(|batch| flat(batch, &printable)).collect::<Result<Vec<_>>>()?;
    let empty = [RecordBatch::new_empty(Arc::clone(schema))];
    let batches = if batches.is_empty() { &empty[..] } else { &batches };
    let options = FormatOptions::new().with_null("-");
    let table = pretty_format_batches_with_options(batches, &options)?;
    Ok(printable_lines(&format!("{table}\n{rows} {}", if rows == 1 { "row" } else { "rows" })))
}

/// Returns the rows of `EXPLAIN` as text: plans have long lines, and a frame around them helps nobody.
pub(crate) fn plan(batches: &[RecordBatch]) -> Result<String> {
    let mut text = String::new();
    for batch in batches {
        let columns = batch.columns().iter().map(|column| cast(column, &DataType::Utf8));
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            for column in columns.iter().map(datafusion::arrow::array::AsArray::as_string::<i32>) {
                text += column.value(row).trim_end();
                text.push('\n');
            }
        }
    }
    Ok(printable_lines(text.trim_end()))
}

/// Returns a text that no spreadsheet takes for a formula.
fn no_formula(text: &str) -> String {
    inert(text).into_owned()
}

/// Converts rows for cells: lists and records become JSON, and texts what a function makes of them.
fn flat(batch: &RecordBatch, cell: &dyn Fn(&str) -> String) -> Result<RecordBatch> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let texts = match field.data_type() {
            data_type if data_type.is_nested() => Some(as_json(column)?),
            DataType::Utf8 => Some(Arc::clone(column)),
            DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                Some(cast(column, &DataType::Utf8)?)
            }
            _ => None,
        };
        if let Some(texts) = texts {
            let texts: StringArray = texts.as_string::<i32>().iter().map(|text| text.map(cell)).collect();
            fields.push(Field::new(field.name(), DataType::Utf8, true));
            columns.push(Arc::new(texts) as ArrayRef);
        } else {
            fields.push(field.as_ref().clone());
            columns.push(Arc::clone(column));
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn as_json(column: &ArrayRef) -> Result<ArrayRef> {
    let field = Arc::new(Field::new("value", column.data_type().clone(), true));
    let options = json::writer::EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = json::writer::make_encoder(&field, column, &options)?;
    let mut texts = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        if encoder.is_null(row) {
            texts.push(None);
            continue;
        }
        let mut text = Vec::new();
        encoder.encode(row, &mut text);
        texts.push(Some(String::from_utf8_lossy(&text).into_owned()));
    }
    Ok(Arc::new(StringArray::from(texts)))
}
