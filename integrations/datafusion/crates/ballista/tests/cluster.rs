//! A scheduler and two executors answer as one process does.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{net::SocketAddr, os::unix::fs::DirBuilderExt as _, time::Duration};

use anyprofile::{ListQuery, Services};
use anyprofile_ballista::serve::{self, Listening};
use anyprofile_datafusion::{
    LiveAccounts, RunLog, SnapshotTable, register_live, register_snapshot, session as local,
};
use anyprofile_sandbox::{Fault, Sandbox, SandboxOptions};
use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};
use datafusion::{arrow::util::pretty::pretty_format_batches, prelude::SessionContext};
use tokio::sync::oneshot;

const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Starts a scheduler and two executors with these accounts, and returns the URL of the scheduler. They end with the runtime.
async fn cluster(accounts: &LiveAccounts, work: &std::path::Path) -> String {
    let (started, address) = oneshot::channel();
    let of_scheduler = accounts.clone();
    tokio::spawn(async move {
        let started = |address| _ = started.send(address);
        serve::scheduler(of_scheduler, &Listening::at(ANYWHERE), Duration::from_secs(10), started).await
    });
    let address: SocketAddr = address.await.unwrap();
    for number in 0..2 {
        let (accounts, work) = (accounts.clone(), work.join(number.to_string()));
        std::fs::DirBuilder::new().mode(0o700).create(&work).unwrap();
        let scheduler = (address.ip().to_string(), address.port());
        tokio::spawn(async move {
            serve::executor(accounts, scheduler, &Listening::at(ANYWHERE), 1, &work).await
        });
    }
    format!("df://{address}")
}

async fn table(context: &SessionContext, sql: &str) -> Result<String, String> {
    let told = |error: datafusion::error::DataFusionError| error.to_string();
    let batches = context.sql(sql).await.map_err(told)?.collect().await.map_err(told)?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

async fn register(context: &SessionContext, accounts: &LiveAccounts, place: &str) {
    register_live(context, accounts.clone(), RunLog::default()).await.unwrap();
    let snapshot = SnapshotTable::open(context, place).await.unwrap();
    register_snapshot(context, "snapshot", snapshot).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_answers_as_one_process_does() {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(60)).await.unwrap();
    let variable = |name: &str| sandbox.description().variable(name).map(str::to_owned);
    let configured = Services::builtin().from_variables(variable).unwrap();
    let accounts = LiveAccounts::connect(&configured);
    let folder = tempfile::tempdir().unwrap();
    let place = format!("{}/people/", folder.path().display());
    let target: Target = place.parse().unwrap();
    let options = ExportOptions::new(ListQuery::new(), Tool::new("test", "1"));
    Snapshot::write(&configured.connect().unwrap(), options, &target).await.unwrap();

    let url = cluster(&accounts, folder.path()).await;
    let (one, many) = (local("live").unwrap(), anyprofile_ballista::session(&url, "live").unwrap());
    register(&one, &accounts, &place).await;
    register(&many, &accounts, &place).await;
    for sql in [
        "select service, field_state(mfa_enabled), count(*) from live.profiles group by 1, 2 order by 1, 2",
        "select service, is_known(mfa_enabled), count(*) from snapshot.profiles group by 1, 2 order by 1, 2",
        "select count(*) from live.profiles",
        "select * exclude (profile) from live.profiles order by id",
        "select * exclude (profile) from snapshot.profiles order by id",
        "select * from live.emails order by 1, 4",
        "select a.service, count(distinct a.id) from live.emails e join snapshot.profiles a on lower(a.email) = lower(e.address) where e.service <> a.service group by 1 order by 1",
        "select id from snapshot.profiles where last_login < timestamp '2025-01-01' and service = 'probely' order by 1",
        "select id from snapshot.profiles where id not in (select id from live.profiles) order by 1",
        "select s.id, s.status, l.status from snapshot.profiles s full join live.profiles l using (id) where s.status is distinct from l.status order by 1",
        "select service, account, collection, complete, profiles from snapshot.runs order by 1, 2, 3",
    ] {
        assert_eq!(table(&many, sql).await.unwrap(), table(&one, sql).await.unwrap(), "{sql}");
    }

    // An account is listed once by a scan, by one task.
    let mut asked = Vec::new();
    for context in [&one, &many] {
        sandbox.clear_requests();
        table(context, "select count(*) from live.profiles where account = 'upsun'").await.unwrap();
        let requests = sandbox.take_requests().into_iter().filter(|it| it.service == "upsun");
        asked.push(requests.filter(|it| it.operation.contains("list")).count());
    }
    assert_eq!(asked[0], asked[1]);

    // What is not complete is an error here, too, and partial answers are refused: nobody would see the warnings.
    sandbox.add_fault(Fault::new("users_list").edit(|body, _| body["count"] = 900.into()));
    let incomplete = table(&many, "select count(*) from live.profiles").await.unwrap_err();
    assert!(incomplete.contains("the listing is not complete"), "{incomplete}");
    table(&many, "SET anyprofile.allow_partial = true").await.unwrap();
    let refused = table(&many, "select count(*) from live.profiles").await.unwrap_err();
    assert!(refused.contains("a cluster does not tell who is missing"), "{refused}");

    // Nothing but profiles is read or written at the cluster.
    let file = folder.path().join("secret.csv");
    std::fs::write(&file, "secret\nx\n").unwrap();
    let external = format!("create external table other stored as csv location '{}'", file.display());
    table(&many, &external).await.unwrap();
    let refused = table(&many, "select * from other").await.unwrap_err();
    assert!(refused.contains("has no profiles"), "{refused}");
    let copied =
        format!("copy (select id from live.profiles) to '{}'", folder.path().join("copy.csv").display());
    assert!(table(&many, &copied).await.unwrap_err().contains("writes nothing"));

    // The processes have no account of this name.
    let elsewhere = anyprofile_ballista::session(&url, "live").unwrap();
    let renamed = configured.entries().map(|entry| {
        let mut other = anyprofile::AccountEntry::new("other".parse().unwrap(), entry.service().clone());
        for (key, source) in entry.secrets() {
            other = other.with_secret(key, source.clone());
        }
        other
    });
    let renamed = Services::builtin().open(renamed.take(1)).unwrap();
    register_live(&elsewhere, LiveAccounts::connect(&renamed), RunLog::default()).await.unwrap();
    let unknown = table(&elsewhere, "select count(*) from live.profiles").await.unwrap_err();
    assert!(unknown.contains("has no") && unknown.contains("account 'other'"), "{unknown}");
}

/// What travels has the names of accounts, and no credential.
#[tokio::test]
async fn no_credential_is_in_a_plan() {
    use std::sync::Arc;

    use anyprofile_ballista::ProfileCodec;
    use datafusion::logical_expr::LogicalPlanBuilder;
    use datafusion_proto::{logical_plan::AsLogicalPlan as _, protobuf::LogicalPlanNode};

    let secret = "s3cret-of-probely";
    let variable = |name: &str| (name == "PROBELY_API_KEY").then(|| secret.to_owned());
    let accounts = LiveAccounts::connect(&Services::builtin().from_variables(variable).unwrap());
    let table = anyprofile_datafusion::LiveTable::new(accounts.clone(), RunLog::default());
    let source = datafusion::datasource::provider_as_source(Arc::new(table));
    let plan = LogicalPlanBuilder::scan("profiles", source, None).unwrap().build().unwrap();
    let codec = ProfileCodec::new(accounts);
    let mut bytes = Vec::new();
    LogicalPlanNode::try_from_logical_plan(&plan, &codec).unwrap().try_encode(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("probely") && !text.contains(secret));
    let context = SessionContext::new();
    let decoded = LogicalPlanNode::try_decode(&bytes).unwrap();
    let decoded = decoded.try_into_logical_plan(&context.task_ctx(), &codec).unwrap();
    assert_eq!(decoded.schema(), plan.schema());
    let stranger = ProfileCodec::new(LiveAccounts::new([]));
    let refused =
        LogicalPlanNode::try_decode(&bytes).unwrap().try_into_logical_plan(&context.task_ctx(), &stranger);
    assert!(refused.unwrap_err().to_string().contains("give it the same accounts"));
}
