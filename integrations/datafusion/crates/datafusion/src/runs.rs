//! What was read, and what is not proven to have come.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use anyprofile::{Timestamp, listing::ListReport};
use anyprofile_snapshot::Manifest;
use async_trait::async_trait;
use datafusion::{
    arrow::{
        array::{ArrayRef, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array},
        datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    },
    catalog::{MemTable, Session, TableProvider},
    common::Result,
    logical_expr::{Expr, TableType},
    physical_plan::ExecutionPlan,
};
use serde::{Deserialize, Serialize};

/// How many runs a session remembers.
const KEPT: usize = 100_000;

/// One listing of a collection of an account, or of what a snapshot has of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// When the first page was requested; for a snapshot, when the first account was asked.
    pub started: Option<Timestamp>,
    /// When the listing ended; for a snapshot, when it was written.
    pub ended: Option<Timestamp>,
    /// The service.
    pub service: String,
    /// The account.
    pub account: String,
    /// The collection, by the kind of its ids; `None` for a listing of all.
    pub collection: Option<String>,
    /// Whether everybody whom the query asked this listing for is proven to have come.
    pub complete: bool,
    /// Whether the query needed no more, so that the rest was not requested.
    pub limited: bool,
    /// The number of profiles that came.
    pub profiles: u64,
    /// The number of profiles that the service declares; `None` if it does not.
    pub declared_total: Option<u64>,
    /// The number of profiles that were left out because the service does not say the value that the query filters by: null, in terms of
    /// SQL. `None` where it is known only of several collections together.
    pub undetermined: Option<u64>,
    /// Whether the export of a snapshot left profiles out by a filter, a search or a limit: who is not in it may be there. A query of live
    /// accounts leaves out nobody but whom it does not ask for.
    pub filtered: bool,
    /// The number of requests; `None` for a snapshot.
    pub requests: Option<u64>,
    /// What is not proven to have come, although the query asked for it.
    pub warning: Option<String>,
}

impl Run {
    /// Creates the run of a listing.
    pub(crate) fn of_listing(service: &str, account: &str, collection: Option<&str>) -> Self {
        Self {
            service: service.to_owned(),
            account: account.to_owned(),
            collection: collection.map(str::to_owned),
            ..Self::default()
        }
    }

    pub(crate) fn ended_with(mut self, report: &ListReport, is_stopped: bool) -> Self {
        self.started = report.started;
        self.ended = Some(Timestamp::now());
        self.limited = report.limited || is_stopped;
        self.complete = !self.limited && gaps(report).is_empty();
        self.profiles = report.seen;
        self.declared_total = report.declared_total;
        self.undetermined = Some(report.undetermined);
        self.requests = Some(report.requests);
        self
    }
}

/// Returns what lacks. A profile whose filtered field is not known is null in terms of SQL, and rightly left out.
pub(crate) fn gaps(report: &ListReport) -> Vec<String> {
    let mut report = report.clone();
    report.undetermined = 0;
    report.gaps()
}

/// The runs of a session, as the table `live.runs`. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct RunLog(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    runs: VecDeque<Run>,
    /// How many were noted before those.
    forgotten: u64,
}

impl RunLog {
    pub(crate) fn add(&self, run: Run) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.runs.len() == KEPT {
            noted.runs.pop_front();
            noted.forgotten += 1;
        }
        noted.runs.push_back(run);
    }

    /// Returns the runs so far, the oldest first; at most the last 100,000.
    pub fn runs(&self) -> Vec<Run> {
        self.since(0)
    }

    /// Returns how many runs were noted so far.
    pub fn count(&self) -> u64 {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.forgotten + noted.runs.len() as u64
    }

    /// Returns the runs that were noted after the first `count`, of which the last 100,000 are remembered.
    pub fn since(&self, count: u64) -> Vec<Run> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = usize::try_from(count.saturating_sub(noted.forgotten)).unwrap_or(usize::MAX);
        noted.runs.iter().skip(known).cloned().collect()
    }
}

/// Returns the runs that a manifest tells about.
pub(crate) fn runs_of(manifest: &Manifest) -> Vec<Run> {
    let mut runs = Vec::new();
    for account in &manifest.accounts {
        let one = Run {
            started: Some(manifest.started),
            ended: Some(manifest.ended),
            complete: account.complete,
            limited: manifest.query.limit.is_some(),
            undetermined: Some(account.undetermined),
            filtered: manifest.is_filtered(),
            profiles: account.seen,
            declared_total: account.declared(),
            warning: (!account.gaps.is_empty()).then(|| account.gaps.join("; ")),
            ..Run::of_listing(&account.service, &account.account, None)
        };
        if account.collections.len() < 2 {
            let collection = account.collections.keys().next().filter(|name| !name.is_empty()).cloned();
            runs.push(Run { collection, ..one });
            continue;
        }
        for (name, collection) in &account.collections {
            runs.push(Run {
                collection: Some(name.clone()),
                profiles: collection.seen,
                declared_total: collection.declared,
                undetermined: None,
                ..one.clone()
            });
        }
    }
    for name in &manifest.unusable_accounts {
        runs.push(Run {
            started: Some(manifest.started),
            ended: Some(manifest.ended),
            warning: Some("the account could not be used".to_owned()),
            ..Run::of_listing("", name, None)
        });
    }
    runs
}

/// The columns of the table `runs`.
pub(crate) fn runs_schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("started", time.clone(), true),
        Field::new("ended", time, true),
        Field::new("service", DataType::Utf8, false),
        Field::new("account", DataType::Utf8, false),
        Field::new("collection", DataType::Utf8, true),
        Field::new("complete", DataType::Boolean, false),
        Field::new("limited", DataType::Boolean, false),
        Field::new("profiles", DataType::UInt64, false),
        Field::new("declared_total", DataType::UInt64, true),
        Field::new("undetermined", DataType::UInt64, true),
        Field::new("filtered", DataType::Boolean, false),
        Field::new("requests", DataType::UInt64, true),
        Field::new("warning", DataType::Utf8, true),
    ]))
}

/// Converts runs to a record batch.
pub(crate) fn batch_of(runs: &[Run]) -> Result<RecordBatch> {
    let times = |time: fn(&Run) -> Option<Timestamp>| {
        let micros =
            |run: &Run| time(run).and_then(|it| i64::try_from(it.unix_nanoseconds().div_euclid(1000)).ok());
        Arc::new(runs.iter().map(micros).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            as ArrayRef
    };
    let texts =
        |text: fn(&Run) -> Option<&str>| Arc::new(runs.iter().map(text).collect::<StringArray>()) as ArrayRef;
    let bools = |is_so: fn(&Run) -> bool| {
        Arc::new(runs.iter().map(|run| Some(is_so(run))).collect::<BooleanArray>()) as ArrayRef
    };
    let numbers = |number: fn(&Run) -> Option<u64>| {
        Arc::new(runs.iter().map(number).collect::<UInt64Array>()) as ArrayRef
    };
    let columns = vec![
        times(|run| run.started),
        times(|run| run.ended),
        texts(|run| Some(&run.service)),
        texts(|run| Some(&run.account)),
        texts(|run| run.collection.as_deref()),
        bools(|run| run.complete),
        bools(|run| run.limited),
        numbers(|run| Some(run.profiles)),
        numbers(|run| run.declared_total),
        numbers(|run| run.undetermined),
        bools(|run| run.filtered),
        numbers(|run| run.requests),
        texts(|run| run.warning.as_deref()),
    ];
    Ok(RecordBatch::try_new(runs_schema(), columns)?)
}

/// The table `runs`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Vec<Run>", into = "Vec<Run>")]
#[non_exhaustive]
pub enum RunsTable {
    /// The runs of this session, as far as they have ended when the query is planned.
    Of(RunLog),
    /// Those of a snapshot.
    Recorded(Arc<[Run]>),
}

#[async_trait]
impl TableProvider for RunsTable {
    fn schema(&self) -> SchemaRef {
        runs_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let batch = match self {
            Self::Of(log) => batch_of(&log.runs())?,
            Self::Recorded(runs) => batch_of(runs)?,
        };
        MemTable::try_new(runs_schema(), vec![vec![batch]])?.scan(state, projection, filters, limit).await
    }
}

impl From<RunsTable> for Vec<Run> {
    fn from(table: RunsTable) -> Self {
        match table {
            RunsTable::Of(log) => log.runs(),
            RunsTable::Recorded(runs) => runs.to_vec(),
        }
    }
}

impl From<Vec<Run>> for RunsTable {
    fn from(runs: Vec<Run>) -> Self {
        Self::Recorded(runs.into())
    }
}
