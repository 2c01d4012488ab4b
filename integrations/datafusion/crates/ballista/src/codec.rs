//! What of a plan travels between the processes of a cluster.

use std::sync::Arc;

use anyprofile_datafusion::{
    AccountKey, LiveAccounts, LiveScan, LiveTable, RunLog, RunsTable, SnapshotPlace, SnapshotTable,
    profile_schema,
};
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::{
    arrow::datatypes::SchemaRef,
    catalog::TableProvider,
    common::{DataFusionError, Result, TableReference, not_impl_err, plan_err},
    datasource::file_format::FileFormatFactory,
    execution::TaskContext,
    logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, WindowUDF},
    physical_plan::ExecutionPlan,
};
use datafusion_proto::{
    logical_plan::LogicalExtensionCodec,
    physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What is before our part of a plan. Ballista's own parts are messages of protocol buffers, which never start like this.
const MARK: &[u8] = b"\xffanyprofile1 ";

/// The tables and scans of user profiles in a plan of Ballista.
///
/// Accounts are named, and snapshots are where they are. Each process has its own accounts and credentials, from its environment, its files
/// and its commands; a plan has none.
#[derive(Clone, Debug)]
pub struct ProfileCodec {
    accounts: LiveAccounts,
    log: RunLog,
    logical: Arc<BallistaLogicalExtensionCodec>,
    physical: Arc<BallistaPhysicalExtensionCodec>,
}

impl ProfileCodec {
    /// Creates the codec of a process with these accounts.
    pub fn new(accounts: LiveAccounts) -> Self {
        Self { accounts, log: RunLog::default(), logical: Arc::default(), physical: Arc::default() }
    }
}

/// A table.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Table {
    /// Live accounts.
    Live(Vec<AccountKey>),
    /// A snapshot.
    Snapshot(SnapshotPlace),
    /// What was read.
    Runs(RunsTable),
}

/// A scan of live accounts.
#[derive(Serialize, Deserialize)]
struct Scan {
    /// By name: another version may have them at other places.
    columns: Vec<String>,
    limit: Option<u64>,
}

fn encoded<T: Serialize>(value: &T, buffer: &mut Vec<u8>) -> Result<()> {
    buffer.extend_from_slice(MARK);
    serde_json::to_writer(buffer, value).map_err(|error| DataFusionError::External(Box::new(error)))
}

/// Returns `None` for what is not ours.
fn decoded<T: DeserializeOwned>(buffer: &[u8]) -> Result<Option<T>> {
    let Some(json) = buffer.strip_prefix(MARK) else { return Ok(None) };
    // What is in it may be personal, so the message of the parser is not repeated.
    let refused = |_| {
        DataFusionError::Plan(
            "a part of the plan cannot be read: all processes of a cluster must be of one version".to_owned(),
        )
    };
    serde_json::from_slice(json).map(Some).map_err(refused)
}

impl LogicalExtensionCodec for ProfileCodec {
    fn try_decode(&self, buffer: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.logical.try_decode(buffer, inputs, context)
    }

    fn try_encode(&self, node: &Extension, buffer: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode(node, buffer)
    }

    fn try_decode_table_provider(
        &self,
        buffer: &[u8],
        name: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        let table: Arc<dyn TableProvider> = match decoded(buffer)? {
            Some(Table::Live(keys)) => {
                let accounts = self.accounts.select(&keys)?;
                Arc::new(LiveTable::new(accounts, self.log.clone()).for_cluster())
            }
            Some(Table::Snapshot(place)) => Arc::new(SnapshotTable::of_place(place)?),
            Some(Table::Runs(runs)) => Arc::new(runs),
            None => return self.logical.try_decode_table_provider(buffer, name, schema, context),
        };
        let columns = |schema: &SchemaRef| -> Vec<String> {
            schema.fields().iter().map(|field| field.name().clone()).collect()
        };
        if columns(&table.schema()) != columns(&schema) {
            return plan_err!(
                "the table {name} has other columns here: all processes of a cluster must be of one version"
            );
        }
        Ok(table)
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        node: Arc<dyn TableProvider>,
        buffer: &mut Vec<u8>,
    ) -> Result<()> {
        if let Some(table) = node.downcast_ref::<LiveTable>() {
            encoded(&Table::Live(table.accounts().keys()), buffer)
        } else if let Some(table) = node.downcast_ref::<SnapshotTable>() {
            encoded(&Table::Snapshot(table.place().clone()), buffer)
        } else if let Some(runs) = node.downcast_ref::<RunsTable>() {
            encoded(&Table::Runs(runs.clone()), buffer)
        } else {
            self.logical.try_encode_table_provider(name, node, buffer)
        }
    }

    fn try_decode_file_format(
        &self,
        buffer: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.logical.try_decode_file_format(buffer, context)
    }

    fn try_encode_file_format(&self, buffer: &mut Vec<u8>, node: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.logical.try_encode_file_format(buffer, node)
    }

    fn try_decode_udf(&self, name: &str, buffer: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.logical.try_decode_udf(name, buffer)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode_udf(node, buffer)
    }

    fn try_decode_udaf(&self, name: &str, buffer: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.logical.try_decode_udaf(name, buffer)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode_udaf(node, buffer)
    }

    fn try_decode_udwf(&self, name: &str, buffer: &[u8]) -> Result<Arc<WindowUDF>> {
        self.logical.try_decode_udwf(name, buffer)
    }

    fn try_encode_udwf(&self, node: &WindowUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode_udwf(node, buffer)
    }
}

impl PhysicalExtensionCodec for ProfileCodec {
    fn try_decode(
        &self,
        buffer: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match decoded::<Scan>(buffer)? {
            Some(Scan { columns, limit }) => {
                let [input] = inputs else { return plan_err!("a scan of live accounts has one input") };
                let (accounts, log) = (self.accounts.clone(), self.log.clone());
                let places = columns.iter().map(|name| profile_schema().index_of(name));
                let columns = places.collect::<Result<_, _>>()?;
                Ok(Arc::new(LiveScan::new(accounts, log, Arc::clone(input), columns, limit)?))
            }
            None => self.physical.try_decode(buffer, inputs, context, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buffer: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(scan) = node.downcast_ref::<LiveScan>() else {
            return self.physical.try_encode(node, buffer, converter);
        };
        if scan.allows_partial() {
            return not_impl_err!("a scan that allows partial answers stays in its process");
        }
        let schema = scan.schema();
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        encoded(&Scan { columns, limit: scan.limit() }, buffer)
    }

    fn try_decode_udf(&self, name: &str, buffer: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.physical.try_decode_udf(name, buffer)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.physical.try_encode_udf(node, buffer)
    }

    fn try_decode_udaf(&self, name: &str, buffer: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.physical.try_decode_udaf(name, buffer)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.physical.try_encode_udaf(node, buffer)
    }

    fn try_decode_udwf(&self, name: &str, buffer: &[u8]) -> Result<Arc<WindowUDF>> {
        self.physical.try_decode_udwf(name, buffer)
    }

    fn try_encode_udwf(&self, node: &WindowUDF, buffer: &mut Vec<u8>) -> Result<()> {
        self.physical.try_encode_udwf(node, buffer)
    }
}
