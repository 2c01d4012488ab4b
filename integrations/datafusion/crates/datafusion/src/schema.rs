//! The columns of the tables.

use std::sync::{Arc, LazyLock};

use anyprofile_snapshot::arrow::arrow_schema;
use datafusion::{
    arrow::{
        array::{RecordBatch, RecordBatchOptions},
        compute::cast,
        datatypes::{DataType, Field, FieldRef, Schema, SchemaRef},
    },
    common::Result,
};

/// Returns the columns of the table `profiles`: those of [`arrow_schema`], with texts in place of dictionaries.
///
/// DataFusion compares and groups texts (`Utf8View`) faster, and Ballista hands on no dictionaries between processes.
pub fn profile_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let schema = arrow_schema();
        let fields: Vec<_> =
            schema.fields().iter().map(|field| with_texts(field, DataType::Utf8View)).collect();
        Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
    });
    Arc::clone(&SCHEMA)
}

fn with_texts(field: &FieldRef, text: DataType) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Utf8 | DataType::Dictionary(..) => text,
        DataType::List(item) => DataType::List(with_texts(item, DataType::Utf8)),
        DataType::Struct(parts) => {
            DataType::Struct(parts.iter().map(|part| with_texts(part, DataType::Utf8)).collect())
        }
        other => other.clone(),
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// Converts a batch with some columns of [`arrow_schema`] to one with those of [`profile_schema`].
pub(crate) fn as_texts(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}
