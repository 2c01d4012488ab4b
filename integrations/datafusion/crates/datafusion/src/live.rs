//! The profiles of live accounts as a table.

use std::sync::Arc;

use anyprofile::{
    Capabilities, FieldPath, IdKind, ListQuery, ProfileProvider, capabilities::Readable, query::FilterPart,
};
use anyprofile_snapshot::arrow::path_of_column;
use async_trait::async_trait;
use datafusion::{
    arrow::{
        array::{Array as _, ArrayRef, AsArray as _, RecordBatch, StringArray},
        compute::cast,
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    catalog::{Session, TableProvider},
    common::{DFSchema, DataFusionError, Result, plan_err},
    logical_expr::{Expr, TableProviderFilterPushDown, TableType, utils::conjunction},
    physical_expr::{PhysicalExpr, expressions::Column},
    physical_plan::{ExecutionPlan, empty::EmptyExec, filter::FilterExec, projection::ProjectionExec},
};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use crate::{
    accounts::{LiveAccount, LiveAccounts},
    filter,
    options::{PartitionBy, ProfileOptions},
    runs::RunLog,
    scan::{LiveScan, Partition},
    schema::profile_schema,
};

/// The profiles of live accounts: one row a profile, with the columns of [`profile_schema`](crate::profile_schema).
///
/// A query lists the accounts anew each time. What it asks for is sent to the services as far as they can answer it: whichever accounts and
/// collections it names, a status, a kind, a second factor, an address, the earliest times of creation and change, and the number of rows.
/// `EXPLAIN` shows it.
///
/// One partition is one collection of one account, so that all of them are read side by side; see
/// [`ProfileOptions::partition_by`].
///
/// # Errors of a query
/// An [`anyprofile::Error`] as [`DataFusionError::External`], if an account fails, or not everybody is proven to have come and
/// [`ProfileOptions::allow_partial`] is not set.
#[derive(Clone, Debug)]
pub struct LiveTable {
    accounts: LiveAccounts,
    log: RunLog,
    is_for_cluster: bool,
}

impl LiveTable {
    /// Creates the table of these accounts. What its queries have read is noted in the log.
    pub fn new(accounts: LiveAccounts, log: RunLog) -> Self {
        Self { accounts, log, is_for_cluster: false }
    }

    /// Makes the table one of a cluster, whose partitions are read by several processes.
    ///
    /// One partition is then one account, whatever [`ProfileOptions::partition_by`] says, so that an account is listed by one process and its
    /// limits are kept. [`ProfileOptions::allow_partial`] is an error: what is missing would be noted where nobody looks.
    #[must_use]
    pub fn for_cluster(mut self) -> Self {
        self.is_for_cluster = true;
        self
    }

    /// Returns the accounts.
    pub fn accounts(&self) -> &LiveAccounts {
        &self.accounts
    }
}

#[async_trait]
impl TableProvider for LiveTable {
    fn schema(&self) -> SchemaRef {
        profile_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(filters.iter().map(|expr| filter::pushdown(expr)).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut options = ProfileOptions::of(state.config());
        if self.is_for_cluster {
            options.partition_by = PartitionBy::Account;
            if options.allow_partial {
                return plan_err!(
                    "anyprofile.allow_partial: a cluster does not tell who is missing from live accounts; query them in one process"
                );
            }
        }
        let all = || (0..profile_schema().fields().len()).collect();
        let wanted: Vec<usize> = projection.cloned().unwrap_or_else(all);
        let nobody = |columns: &[usize]| -> Result<Arc<dyn ExecutionPlan>> {
            Ok(Arc::new(EmptyExec::new(Arc::new(profile_schema().project(columns)?))))
        };
        let (Some(filter), Some(rest)) = (filter::filter_of(filters), filter::rest_of(filters)) else {
            return nobody(&wanted);
        };
        // What the listings do not apply is applied to what comes, and needs its columns.
        let mut columns = wanted.clone();
        for column in rest.iter().flat_map(Expr::column_refs) {
            let place = profile_schema().index_of(&column.name)?;
            if !columns.contains(&place) {
                columns.push(place);
            }
        }
        let mut query = ListQuery::new().with_filter(filter);
        // Rows have no order, so a list may be read from both ends.
        query.unordered = true;

        self.prepare(state, filters, options.allow_partial).await?;
        let asked = Asked { options: &options, columns: &columns, query };
        let mut partitions = Vec::new();
        for (place, account) in self.accounts.all().iter().enumerate() {
            partitions.extend(Self::partitions_of(state, filters, place, account, &asked)?);
        }
        if partitions.is_empty() {
            return nobody(&wanted);
        }
        let limit = limit.filter(|_| rest.is_empty()).map(|rows| rows as u64);
        let scan = LiveScan::plan(self.accounts.clone(), self.log.clone(), partitions, columns, limit)?;
        let scan = Arc::new(scan.with_allow_partial(options.allow_partial));
        match conjunction(rest) {
            None => Ok(scan),
            Some(rest) => filtered(state, scan, rest, wanted.len()),
        }
    }
}

/// Keeps the rows for which a condition holds, with the first columns.
fn filtered(
    state: &dyn Session,
    scan: Arc<LiveScan>,
    condition: Expr,
    columns: usize,
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = scan.schema();
    let condition = state.create_physical_expr(condition, &DFSchema::try_from(schema.as_ref().clone())?)?;
    let filtered = Arc::new(FilterExec::try_new(condition, scan)?);
    let kept = schema.fields().iter().take(columns).enumerate().map(|(place, field)| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), place));
        (column, field.name().clone())
    });
    Ok(Arc::new(ProjectionExec::try_new(kept, filtered)?))
}

/// How many accounts are prepared at once.
const CONCURRENT_ACCOUNTS: usize = 16;

/// What a query asks of each account.
struct Asked<'a> {
    options: &'a ProfileOptions,
    columns: &'a [usize],
    query: ListQuery,
}

impl Asked<'_> {
    /// Returns the query for a collection of an account.
    fn query(&self, capabilities: &Capabilities, collection: Option<&IdKind>) -> ListQuery {
        let mut query = self.query.clone();
        query.collection = collection.cloned();
        query.enrich = self.options.enrich
            && capabilities.operations.enrich.is_supported()
            && self.fields().iter().any(|path| is_enriched(capabilities, &query, path));
        query
    }

    /// Returns the fields that the columns and the conditions need; all fields for whole profiles.
    fn fields(&self) -> Vec<FieldPath> {
        let schema = profile_schema();
        let names: Vec<_> = self.columns.iter().map(|place| schema.field(*place).name().as_str()).collect();
        if names.contains(&"profile") {
            return schema.fields().iter().filter_map(|field| path_of_column(field.name())).collect();
        }
        let of_columns = names.into_iter().filter_map(path_of_column);
        of_columns.chain(self.query.filter.parts().into_iter().filter_map(FilterPart::path)).collect()
    }
}

/// Returns whether a further record of a profile shows a field, or more of it.
fn is_enriched(capabilities: &Capabilities, query: &ListQuery, path: &FieldPath) -> bool {
    let with_more = capabilities.collections_of(query).filter(|it| !it.enrich_views.is_empty());
    let mut readable = with_more.map(|it| capabilities.fields.readable_in(path, &it.enrich_views));
    readable.any(|readable| readable == Readable::Yes)
}

impl LiveTable {
    /// Asks the services of the accounts that the query wants what they can do, where they tell it.
    async fn prepare(&self, state: &dyn Session, filters: &[Expr], allow_partial: bool) -> Result<()> {
        let mut wanted = Vec::new();
        for account in self.accounts.all() {
            if let (Ok(provider), true) = (&account.provider, is_wanted(state, filters, account, None)?) {
                wanted.push(Arc::clone(provider));
            }
        }
        let prepared =
            |provider: Arc<dyn ProfileProvider>| async move { provider.prepare().await.map(drop) }.boxed();
        // Boxed one by one: the future of a stream of closures cannot be sent.
        let prepared: Vec<_> = wanted.into_iter().map(prepared).collect();
        // One that fails here fails again when it is read, which is then the warning.
        let failed = stream::iter(prepared).buffer_unordered(CONCURRENT_ACCOUNTS).try_collect::<()>().await;
        if allow_partial { Ok(()) } else { failed.map_err(external) }
    }

    /// Returns the partitions of an account that the query wants.
    fn partitions_of(
        state: &dyn Session,
        filters: &[Expr],
        place: usize,
        account: &LiveAccount,
        asked: &Asked<'_>,
    ) -> Result<Vec<Partition>> {
        let Ok(provider) = &account.provider else {
            // It is an error of the query, unless the query does not ask for this account.
            let is_wanted = is_wanted(state, filters, account, None)?;
            return Ok(is_wanted
                .then(|| Partition::new(place, vec![asked.query.clone()]))
                .into_iter()
                .collect());
        };
        let capabilities = provider.capabilities();
        let kinds: Vec<_> = capabilities.listing.collections.iter().map(|it| it.kind.clone()).collect();
        let mut queries = Vec::new();
        if kinds.len() < 2 {
            let kind = kinds.first();
            if is_wanted(state, filters, account, kind)? {
                let mut query = asked.query(capabilities, kind);
                // There is no other.
                query.collection = None;
                queries.push(query);
            }
        }
        for kind in kinds.iter().filter(|_| kinds.len() > 1) {
            if is_wanted(state, filters, account, Some(kind))? {
                queries.push(asked.query(capabilities, Some(kind)));
            }
        }
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match asked.options.partition_by {
            PartitionBy::Account => vec![Partition::new(place, queries)],
            PartitionBy::Collection => {
                queries.into_iter().map(|query| Partition::new(place, vec![query])).collect()
            }
        })
    }
}

/// Returns whether a query may ask for a collection of an account. `None` if the collection is not known.
fn is_wanted(
    state: &dyn Session,
    filters: &[Expr],
    account: &LiveAccount,
    collection: Option<&IdKind>,
) -> Result<bool> {
    let fields = ["service", "account", "collection"].map(|name| Field::new(name, DataType::Utf8, true));
    let text = |text: Option<&str>| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let values =
        [Some(account.service.as_str()), Some(account.name.as_str()), collection.map(IdKind::as_str)];
    // As in the table, where these are words.
    let schema = Schema::new(
        fields
            .iter()
            .map(|field| {
                profile_schema().field_with_name(field.name()).cloned().map(|it| it.with_nullable(true))
            })
            .collect::<Result<Vec<_>, _>>()?,
    );
    let columns = values
        .into_iter()
        .zip(schema.fields())
        .map(|(value, field)| cast(&text(value), field.data_type()))
        .collect::<Result<Vec<_>, _>>()?;
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns)?;
    let schema = DFSchema::try_from(schema)?;
    for expr in filters.iter().filter(|expr| filter::is_of_place(expr)) {
        // Whoever is in a collection that is not known is asked, and the condition applied to what comes.
        if collection.is_none() && filter::names_collection(expr) {
            continue;
        }
        let value = state.create_physical_expr(expr.clone(), &schema)?.evaluate(&batch)?.into_array(1)?;
        let Some(value) = value.as_boolean_opt() else { continue };
        // As anywhere in SQL, null is not true.
        if !(value.is_valid(0) && value.value(0)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns an error of an account as one of a query.
pub(crate) fn external(error: anyprofile::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
