//! Reads the partitions of a live table.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::Arc,
};

use anyprofile::{
    Error, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _, listing::ProfileStream,
    query::FilterPart,
};
use anyprofile_snapshot::arrow::record_batch_of_columns;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray as _, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    catalog::memory::MemorySourceConfig,
    common::{DataFusionError, Result, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, ReplaceChildrenOptions,
        execution_plan::{Boundedness, ChildrenPropertiesMode, EmissionType},
        metrics::{BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet},
        stream::RecordBatchStreamAdapter,
    },
};
use futures_util::{TryStreamExt as _, stream};

use crate::{
    accounts::{AccountKey, LiveAccount, LiveAccounts},
    live::external,
    runs::{Run, RunLog, gaps},
    schema::{as_texts, profile_schema},
};

/// How many columns are named at most.
const MANY: usize = 16;

/// Lists an account: one collection of it, or several one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// The place of the account in [`LiveAccounts`].
    pub(crate) account: usize,
    pub(crate) queries: Vec<ListQuery>,
}

impl Partition {
    pub(crate) fn new(account: usize, queries: Vec<ListQuery>) -> Self {
        Self { account, queries }
    }
}

/// Lists accounts, as its input says: a row of it is a listing, with the service, the account, and the query as JSON. The listings of a
/// partition are read one after the other.
///
/// A cluster divides a plan by dividing its leaves, and knows only its own. Hence the input, which is in memory.
#[derive(Clone)]
pub struct LiveScan {
    accounts: LiveAccounts,
    log: RunLog,
    input: Arc<dyn ExecutionPlan>,
    /// What the input says, for `EXPLAIN`; nothing in another process than the one that planned it.
    asked: Arc<[Partition]>,
    /// The places of the columns in the schema of a profile.
    columns: Arc<[usize]>,
    /// How many rows of each partition are needed.
    limit: Option<u64>,
    allow_partial: bool,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl LiveScan {
    /// Plans to list these accounts.
    pub(crate) fn plan(
        accounts: LiveAccounts,
        log: RunLog,
        partitions: Vec<Partition>,
        columns: Vec<usize>,
        limit: Option<u64>,
    ) -> Result<Self> {
        let rows = partitions.iter().map(|partition| Ok(vec![rows_of(&accounts, partition)?]));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let input = MemorySourceConfig::try_new_exec(&rows, listings_schema(), None)?;
        Ok(Self { asked: partitions.into(), ..Self::new(accounts, log, input, columns, limit)? })
    }

    /// Creates a scan of the accounts of this process, whose input another process planned.
    ///
    /// # Errors
    /// If there are no such columns.
    pub fn new(
        accounts: LiveAccounts,
        log: RunLog,
        input: Arc<dyn ExecutionPlan>,
        columns: Vec<usize>,
        limit: Option<u64>,
    ) -> Result<Self> {
        let schema = Arc::new(profile_schema().project(&columns)?);
        let properties = properties_of(schema, &input);
        Ok(Self {
            accounts,
            log,
            input,
            asked: Arc::default(),
            columns: columns.into(),
            limit,
            allow_partial: false,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// Makes a partition that is not complete end without an error, and with a warning in the log.
    #[must_use]
    pub fn with_allow_partial(mut self, allow_partial: bool) -> Self {
        self.allow_partial = allow_partial;
        self
    }

    /// Returns whether a partition that is not complete ends without an error.
    pub fn allows_partial(&self) -> bool {
        self.allow_partial
    }

    /// Returns the places of the columns in the [schema](crate::profile_schema) of a profile.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Returns how many rows of each partition are needed; `None` for all.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Describes what is asked of whom, alike partitions together.
    fn asked(&self) -> Vec<String> {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for partition in self.asked.iter() {
            let Some(account) = self.accounts.all().get(partition.account) else { continue };
            for query in &partition.queries {
                alike.entry(self.asked_of(partition.account, query)).or_default().push(&account.name);
            }
        }
        let line = |(asked, names): (String, Vec<&str>)| match names.as_slice() {
            [one, two, three, rest @ ..] if !rest.is_empty() => {
                format!("{asked} at {one}, {two}, {three} and {} more", rest.len())
            }
            names => format!("{asked} at {}", names.join(", ")),
        };
        alike.into_iter().map(line).collect()
    }

    fn asked_of(&self, place: usize, query: &ListQuery) -> String {
        let service = self.accounts.all().get(place).map_or("", |account| &account.service);
        let collection = query.collection.as_ref().map(|kind| format!("/{kind}")).unwrap_or_default();
        let parts =
            |parts: &[FilterPart]| parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(", ");
        let mut asked = format!("{service}{collection}:");
        match self.accounts.all().get(place).map(|account| &account.provider) {
            Some(Ok(provider)) => {
                let plan = query.filter_plan(provider.capabilities());
                let here: Vec<_> =
                    plan.applied.iter().filter(|part| !plan.pushed.contains(part)).copied().collect();
                asked = format!("{asked} sent=[{}] filtered_here=[{}]", parts(&plan.pushed), parts(&here));
            }
            _ => asked += " not connected",
        }
        if query.enrich {
            asked += " enrich";
        }
        asked
    }

    fn described_columns(&self) -> String {
        let schema = self.schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        match names.as_slice() {
            [shown @ .., _] if shown.len() >= MANY => {
                format!("{} and {} more", names[..MANY].join(", "), names.len() - MANY)
            }
            names => names.join(", "),
        }
    }
}

/// Shows no query: it may have an address.
impl fmt::Debug for LiveScan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LiveScan")
            .field("accounts", &self.accounts.keys())
            .field("columns", &self.columns)
            .field("limit", &self.limit)
            .field("allow_partial", &self.allow_partial)
            .finish_non_exhaustive()
    }
}

impl DisplayAs for LiveScan {
    fn fmt_as(&self, format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.described_columns();
        let limit = self.limit.map(|limit| limit.to_string());
        if matches!(format, DisplayFormatType::TreeRender) {
            for (number, asked) in self.asked().iter().enumerate() {
                writeln!(formatter, "asked_{}={asked}", number + 1)?;
            }
            return match limit {
                Some(limit) => writeln!(formatter, "limit={limit}"),
                None => Ok(()),
            };
        }
        let partitions = self.properties.partitioning.partition_count();
        write!(formatter, "LiveScan: partitions={partitions}, columns=[{columns}]")?;
        if let Some(limit) = limit {
            write!(formatter, ", limit={limit}")?;
        }
        write!(formatter, ", {}", self.asked().join("; "))
    }
}

impl ExecutionPlan for LiveScan {
    fn name(&self) -> &'static str {
        "LiveScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        // A partition stays together, and so does what is asked of an account.
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = <[_; 1]>::try_from(children)
            .map_err(|_| DataFusionError::Internal("a scan of live accounts has one input".to_owned()))?;
        let properties = Arc::new(properties_of(self.schema(), &input));
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(Arc::new(Self { input, properties, metrics, ..Self::clone(&self) }))
    }

    #[allow(deprecated, reason = "required, although replaced by `replace_children`")]
    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn supports_limit_pushdown(&self) -> bool {
        false
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        let limit = limit.map(|rows| rows as u64);
        Some(Arc::new(Self { limit, metrics: ExecutionPlanMetricsSet::new(), ..self.clone() }))
    }

    fn fetch(&self) -> Option<usize> {
        self.limit.and_then(|limit| usize::try_from(limit).ok())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let reading = Reading {
            scan: self.clone(),
            batch_size: context.session_config().batch_size().max(1),
            input: Some(self.input.execute(partition, context)?),
            listings: VecDeque::new(),
            left: self.limit,
            listing: None,
            rows: BaselineMetrics::new(&self.metrics, partition),
            requests: MetricBuilder::new(&self.metrics).counter("requests", partition),
        };
        let batches = stream::try_unfold(reading, |mut reading| async move {
            let batch = reading.next_batch().await?;
            Ok(batch.map(|batch| (batch, reading)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }
}

/// A partition that is being read.
struct Reading {
    scan: LiveScan,
    /// Which listings there are; `None` when they are known.
    input: Option<SendableRecordBatchStream>,
    /// The place of an account, and what it is asked.
    listings: VecDeque<(usize, ListQuery)>,
    /// How many rows may still come.
    left: Option<u64>,
    listing: Option<Listing>,
    batch_size: usize,
    rows: BaselineMetrics,
    requests: Count,
}

/// A listing that is being read. One that is dropped before its end is noted as limited.
struct Listing {
    provider: Arc<dyn ProfileProvider>,
    stream: ProfileStream<'static>,
    run: Option<Run>,
    log: RunLog,
    requests: Count,
}

impl Listing {
    /// Notes what was read.
    fn end(&mut self, is_stopped: bool, warning: Option<String>) {
        let Some(run) = self.run.take() else { return };
        let report = self.stream.report();
        self.requests.add(usize::try_from(report.requests).unwrap_or(usize::MAX));
        self.log.add(Run { warning, ..run.ended_with(&report, is_stopped) });
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.end(true, None);
    }
}

impl Reading {
    async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(input) = self.input.take() {
                let rows: Vec<_> = input.try_collect().await?;
                self.listings = listings_of(&self.scan.accounts, &rows)?;
            }
            if self.listing.is_none() && !self.begin()? {
                return Ok(None);
            }
            let Some(listing) = &mut self.listing else { continue };
            let mut profiles = Vec::new();
            let mut failure = None;
            let is_at_end = loop {
                match listing.stream.next().await {
                    Some(Ok(profile)) => profiles.push(profile),
                    Some(Err(error)) => {
                        failure = Some(error);
                        break true;
                    }
                    None => break true,
                }
                if profiles.len() >= self.batch_size || listing.stream.buffered() == 0 {
                    break false;
                }
            };
            let batch = self.batch_of(profiles)?;
            if is_at_end {
                self.finish(failure)?;
            }
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
    }

    /// Begins the next listing; `false` if there is none.
    fn begin(&mut self) -> Result<bool> {
        if self.left == Some(0) {
            return Ok(false);
        }
        let Some((place, mut query)) = self.listings.pop_front() else { return Ok(false) };
        query.limit = self.left;
        let run = Run::of_account(&self.scan.accounts.all()[place], &query);
        match self.scan.accounts.provider(place) {
            Ok(provider) => {
                self.listing = Some(Listing {
                    stream: Arc::clone(&provider).list_owned(query),
                    provider,
                    run: Some(run),
                    log: self.scan.log.clone(),
                    requests: self.requests.clone(),
                });
                Ok(true)
            }
            Err(error) if self.scan.allow_partial => {
                self.scan.log.add(Run { warning: Some(error.to_string()), ..run });
                self.begin()
            }
            Err(error) => Err(external(error)),
        }
    }

    fn batch_of(&mut self, profiles: Vec<Profile>) -> Result<RecordBatch> {
        let Some(listing) = &self.listing else {
            return Err(DataFusionError::Internal("a batch without a listing".to_owned()));
        };
        let capabilities = listing.provider.capabilities();
        let timer = self.rows.elapsed_compute().timer();
        let batch = record_batch_of_columns(profiles, capabilities, &self.scan.columns)
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let batch = as_texts(&batch, &self.scan.schema())?;
        drop(timer);
        self.rows.record_output(batch.num_rows());
        self.left = self.left.map(|left| left.saturating_sub(batch.num_rows() as u64));
        Ok(batch)
    }

    /// Ends the listing.
    ///
    /// # Errors
    /// If not everybody is proven to have come, and that is not allowed.
    fn finish(&mut self, failure: Option<Error>) -> Result<()> {
        let Some(mut listing) = self.listing.take() else { return Ok(()) };
        let gaps = gaps(&listing.stream.report());
        let error = match failure {
            None if gaps.is_empty() => None,
            Some(error) => Some(error),
            None => Some(
                Error::new(
                    anyprofile::ErrorKind::Incomplete,
                    format!("the listing is not complete: {}", gaps.join("; ")),
                )
                .with_provider(listing.provider.info())
                .with_operation("list")
                .with_hint("query again, or `SET anyprofile.allow_partial = true` and read the warnings in the table `runs`"),
            ),
        };
        listing.end(false, error.as_ref().map(ToString::to_string));
        match error {
            Some(error) if !self.scan.allow_partial => Err(external(error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.rows.done();
    }
}

/// The columns of the input: the account and the query, as JSON.
fn listings_schema() -> SchemaRef {
    let fields = ["account", "query"].map(|name| Field::new(name, DataType::Utf8, false));
    Arc::new(Schema::new(fields.to_vec()))
}

/// Returns a row for each listing of a partition.
fn rows_of(accounts: &LiveAccounts, partition: &Partition) -> Result<RecordBatch> {
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
fn listings_of(accounts: &LiveAccounts, rows: &[RecordBatch]) -> Result<VecDeque<(usize, ListQuery)>> {
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

fn properties_of(schema: SchemaRef, input: &Arc<dyn ExecutionPlan>) -> PlanProperties {
    PlanProperties::new(
        EquivalenceProperties::new(schema),
        Partitioning::UnknownPartitioning(input.properties().partitioning.partition_count()),
        EmissionType::Incremental,
        Boundedness::Bounded,
    )
}
