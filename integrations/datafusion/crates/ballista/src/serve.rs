//! The processes of a cluster.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyprofile_datafusion::{LIVE, LiveAccounts, LiveTable, RunsTable, SnapshotTable, runtime};
use ballista_core::{
    error::{BallistaError, Result},
    extension::SessionConfigExt as _,
    utils::default_session_builder,
};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::{
    cluster::{BallistaCluster, ClusterStateEvent, ClusterStateEventStream},
    config::SchedulerConfig,
    scheduler_process::{create_scheduler, start_grpc_service_with_listener},
    scheduler_server::SchedulerServer,
};
use datafusion::{
    common::{plan_err, tree_node::TreeNodeRecursion},
    config::ConfigOptions,
    datasource::source_as_provider,
    execution::SessionStateBuilder,
    logical_expr::{LogicalPlan, TableSource},
    optimizer::AnalyzerRule,
    prelude::SessionConfig,
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures_util::StreamExt as _;
use tokio::net::TcpListener;

use crate::{ProfileCodec, client::configured};

/// A task that fails ends its query. What Ballista 55 does instead is not to be trusted: see [`end_with_their_executor`].
const ONCE: usize = 1;

/// The scheduler of this crate.
type Scheduler = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// Refuses plans that read or write anything but profiles: a client could read the files of these machines.
#[derive(Debug)]
struct OnlyProfiles;

impl AnalyzerRule for OnlyProfiles {
    fn name(&self) -> &'static str {
        "only_profiles"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> datafusion::common::Result<LogicalPlan> {
        plan.apply_with_subqueries(|node| match node {
            LogicalPlan::TableScan(scan) if !is_of_profiles(&scan.source) => {
                plan_err!("the table {} has no profiles; this cluster reads nothing else", scan.table_name)
            }
            LogicalPlan::Copy(_) | LogicalPlan::Dml(_) | LogicalPlan::Ddl(_) => {
                plan_err!("this cluster writes nothing")
            }
            _ => Ok(TreeNodeRecursion::Continue),
        })?;
        Ok(plan)
    }
}

fn is_of_profiles(source: &Arc<dyn TableSource>) -> bool {
    source_as_provider(source)
        .is_ok_and(|table| table.is::<LiveTable>() || table.is::<SnapshotTable>() || table.is::<RunsTable>())
}

/// Where a process listens, and how others reach it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listening {
    /// The address to listen at; port 0 for any free one.
    pub address: SocketAddr,
    /// The name or address by which other processes reach this one; by default the address.
    pub external_host: Option<String>,
}

impl Listening {
    /// Listens at an address.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, external_host: None }
    }

    /// Sets [`external_host`](Self::external_host).
    #[must_use]
    pub fn with_external_host(mut self, host: Option<String>) -> Self {
        self.external_host = host;
        self
    }

    fn host(&self) -> Result<String> {
        match &self.external_host {
            Some(host) => Ok(host.clone()),
            None if self.address.ip().is_unspecified() => Err(BallistaError::Configuration(format!(
                "{} is no address that others can reach; name one with --external-host",
                self.address.ip()
            ))),
            None => Ok(self.address.ip().to_string()),
        }
    }
}

/// Runs a scheduler until it fails. `started` is called with its address.
///
/// An executor that is silent for `executor_timeout` (seconds count) is taken for dead, and the queries that run end with an error: to send
/// them again is safe.
///
/// # Errors
/// If it cannot listen there.
pub async fn scheduler(
    accounts: LiveAccounts,
    listening: &Listening,
    executor_timeout: Duration,
    started: impl FnOnce(SocketAddr),
) -> Result<()> {
    let codec = ProfileCodec::new(accounts);
    let listener = TcpListener::bind(listening.address).await?;
    let address = listener.local_addr()?;
    let of_config = codec.clone();
    let timeout = executor_timeout.as_secs().max(2);
    let config = SchedulerConfig {
        external_host: listening.host()?,
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        executor_timeout_seconds: timeout,
        expire_dead_executor_interval_seconds: (timeout / 2).max(1),
        no_executors_grace_period_seconds: timeout,
        task_max_failures: ONCE,
        stage_max_failures: ONCE,
        override_logical_codec: Some(Arc::new(codec.clone())),
        override_physical_codec: Some(Arc::new(codec)),
        override_config_producer: Some(Arc::new(move || {
            configured(SessionConfig::new_with_ballista(), LIVE, &of_config)
        })),
        override_session_builder: Some(Arc::new(|config| {
            let state = default_session_builder(config)?;
            let builder = SessionStateBuilder::new_from_existing(state).with_runtime_env(runtime(None)?);
            Ok(builder.with_analyzer_rule(Arc::new(OnlyProfiles)).build())
        })),
        ..SchedulerConfig::default()
    };
    config.validate()?;
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config)).await?;
    let lost = scheduler.cluster_state_events().await?;
    let watching = tokio::spawn(end_with_their_executor(scheduler.clone(), lost));
    started(address);
    let served = start_grpc_service_with_listener(listener, scheduler).await;
    watching.abort();
    served
}

/// Ends the queries that run when an executor is lost. Ballista 55 repeats the tasks of all stages that the executor took part in; where a
/// stage before the last one was rolled back, too, rows came twice or not at all, or the job never ended.
async fn end_with_their_executor(scheduler: Scheduler, mut events: ClusterStateEventStream) {
    while let Some(event) = events.next().await {
        let ClusterStateEvent::RemovedExecutor { executor_id } = event else { continue };
        for job in scheduler.state.task_manager.get_running_job_cache().keys() {
            tracing::warn!("the query {job} ends: the executor {executor_id} is lost");
            // The job then ended by itself.
            if let Err(error) = scheduler.cancel_job(job.clone()).await {
                tracing::warn!("the query {job} could not be ended: {error}");
            }
        }
    }
}

/// Runs an executor until it is stopped. It runs `tasks` tasks at once, and keeps what it hands on below `work`.
///
/// # Errors
/// If it cannot listen there, or the scheduler cannot be reached.
pub async fn executor(
    accounts: LiveAccounts,
    scheduler: (String, u16),
    listening: &Listening,
    tasks: usize,
    work: &std::path::Path,
) -> Result<()> {
    let codec = ProfileCodec::new(accounts);
    refuse_open(work)?;
    let folder = work.to_owned();
    let no_text = || BallistaError::Configuration("the name of the folder is not UTF-8".to_owned());
    let work = work.to_str().map(str::to_owned).ok_or_else(no_text)?;
    let of_config = codec.clone();
    let (scheduler_host, scheduler_port) = scheduler;
    let port = match listening.address.port() {
        0 => free_port(listening.address).await?,
        port => port,
    };
    let grpc_port = free_port(SocketAddr::new(listening.address.ip(), 0)).await?;
    let config = ExecutorProcessConfig {
        bind_host: listening.address.ip().to_string(),
        external_host: Some(listening.host()?),
        port,
        grpc_port,
        scheduler_host,
        scheduler_port,
        scheduler_connect_timeout_seconds: 30,
        vcores: tasks.max(1),
        work_dir: Some(work),
        executor_heartbeat_interval_seconds: 1,
        override_logical_codec: Some(Arc::new(codec.clone())),
        override_physical_codec: Some(Arc::new(codec)),
        override_config_producer: Some(Arc::new(move || {
            configured(SessionConfig::new_with_ballista(), LIVE, &of_config)
        })),
        override_runtime_producer: Some(Arc::new(move |_| runtime(Some(&folder)))),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await
}

/// Returns a port that was free a moment ago. Ballista tells the scheduler the port before it listens there.
async fn free_port(address: SocketAddr) -> Result<u16> {
    Ok(TcpListener::bind(address).await?.local_addr()?.port())
}

/// Refuses a folder that others can read: what is handed on has personal data.
fn refuse_open(folder: &std::path::Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if folder.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(BallistaError::Configuration(format!(
                "{}: others can read this folder; run `chmod 700` on it",
                folder.display()
            )));
        }
    }
    Ok(())
}
