//! Which listings a scan makes, as the rows of its input.

use std::{collections::VecDeque, sync::Arc};

use anyprofile::ListQuery;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray as _, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    common::{DataFusionError, Result},
};

use crate::{
    accounts::{AccountKey, LiveAccount, LiveAccounts},
    scan::Partition,
};

/// The columns of the input: the account and the query, as JSON.
pub(crate) fn listings_schema() -> SchemaRef {
    let fields = ["account", "query"].map(|name| Field::new(name, DataType::Utf8, false));
    Arc::new(Schema::new(fields.to_vec()))
}

/// Returns a row for each listing of a partition.
pub(crate) fn rows_of(accounts: &LiveAccounts, partition: &Partition) -> Result<RecordBatch> {
    let account = accounts.all().get(partition.account).map(LiveAccount::key);
    let outside = |error| DataFusionError::External(Box::new(error));
    let account = serde_json::to_string(&account).map_err(outside)?;
    let queries = partition.queries.iter().map(serde_json::to_string);
    let queries = queries.collect::<Result<Vec<_>, _>>().map_err(outside)?;
    let accounts = Arc::new(StringArray::from(vec![account; queries.len()])) as ArrayRef;
    Ok(RecordBatch::try_new(listings_schema(), vec![accounts, Arc::new(StringArray::from(queries))])?)
}

/// Returns the listings that rows of the input describe.
///
/// # Errors
/// If an account is not one of this process.
pub(crate) fn listings_of(
    accounts: &LiveAccounts,
    rows: &[RecordBatch],
) -> Result<VecDeque<(usize, ListQuery)>> {
    // What is in them may be personal, so the message of the parser is not repeated.
    let unreadable = |_| {
        DataFusionError::Plan(
            "a query of another process cannot be read: it must be of the same version".to_owned(),
        )
    };
    let mut listings = VecDeque::new();
    for batch in rows {
        let columns = batch.columns().iter().map(|column| column.as_string_opt::<i32>());
        let columns = columns.collect::<Option<Vec<_>>>();
        let Some([keys, queries]) = columns.as_deref() else {
            return Err(DataFusionError::Internal("the input of a scan has other columns".to_owned()));
        };
        for row in 0..batch.num_rows() {
            let key: AccountKey = serde_json::from_str(keys.value(row)).map_err(unreadable)?;
            let query = serde_json::from_str(queries.value(row)).map_err(unreadable)?;
            listings.push_back((accounts.place_of(&key)?, query));
        }
    }
    Ok(listings)
}
