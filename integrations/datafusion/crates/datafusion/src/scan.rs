//! The plan that lists accounts.

use std::{collections::BTreeMap, fmt, sync::Arc};

use anyprofile::{ListQuery, query::FilterPart};
use datafusion::{
    arrow::datatypes::SchemaRef,
    catalog::memory::MemorySourceConfig,
    common::{DataFusionError, Result, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, ReplaceChildrenOptions,
        execution_plan::{Boundedness, ChildrenPropertiesMode, EmissionType},
        metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet},
        stream::RecordBatchStreamAdapter,
    },
};
use futures_util::stream;

use crate::{
    accounts::LiveAccounts,
    listings::{listings_schema, rows_of},
    reading::{Reading, Source},
    runs::RunLog,
    schema::profile_schema,
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

/// Lists accounts, as its input says: a row of it is a listing, with the account and the query as JSON. The listings of a
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
        let source = Source {
            accounts: self.accounts.clone(),
            log: self.log.clone(),
            columns: Arc::clone(&self.columns),
            schema: self.schema(),
            allow_partial: self.allow_partial,
            batch_size: context.session_config().batch_size().max(1),
        };
        let rows = BaselineMetrics::new(&self.metrics, partition);
        let requests = MetricBuilder::new(&self.metrics).counter("requests", partition);
        let input = self.input.execute(partition, context)?;
        let reading = Reading::new(source, input, self.limit, rows, requests);
        let batches = stream::try_unfold(reading, |mut reading| async move {
            let batch = reading.next_batch().await?;
            Ok(batch.map(|batch| (batch, reading)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }
}

fn properties_of(schema: SchemaRef, input: &Arc<dyn ExecutionPlan>) -> PlanProperties {
    PlanProperties::new(
        EquivalenceProperties::new(schema),
        Partitioning::UnknownPartitioning(input.properties().partitioning.partition_count()),
        EmissionType::Incremental,
        Boundedness::Bounded,
    )
}
