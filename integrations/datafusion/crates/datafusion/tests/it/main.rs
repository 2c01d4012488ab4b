//! Queries over the sandbox and over snapshots.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod completeness;
mod functions;
mod pushdown;
mod snapshots;

use std::sync::Arc;

use anyprofile::{ProfileProvider, Services};
use anyprofile_datafusion::{LiveAccounts, RunLog, register_live, session};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use datafusion::{arrow::util::pretty::pretty_format_batches, prelude::SessionContext};

/// A sandbox with its accounts, and a session over them.
struct Scene {
    sandbox: Sandbox,
    providers: Vec<Arc<dyn ProfileProvider>>,
    context: SessionContext,
    log: RunLog,
}

impl Scene {
    async fn of(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let variable = |name: &str| sandbox.description().variable(name).map(str::to_owned);
        let accounts = Services::builtin().from_variables(variable).unwrap();
        let providers = accounts.connect().unwrap();
        let (context, log) = (session("live").unwrap(), RunLog::default());
        register_live(&context, LiveAccounts::connect(&accounts), log.clone()).await.unwrap();
        sandbox.clear_requests();
        Self { sandbox, providers, context, log }
    }

    async fn new(profiles: u64) -> Self {
        Self::of(SandboxOptions::new().profiles(profiles)).await
    }

    async fn query(&self, sql: &str) -> String {
        table(&self.context, sql).await.unwrap()
    }

    async fn fails(&self, sql: &str) -> String {
        table(&self.context, sql).await.unwrap_err()
    }

    /// Returns the requests since the last call that list, as service and query.
    fn lists(&self) -> Vec<(&'static str, String)> {
        let requests = self.sandbox.take_requests().into_iter();
        let lists =
            requests.filter(|it| it.service != "upsun-auth" && it.operation.to_lowercase().contains("list"));
        lists.map(|it| (it.service, it.query)).collect()
    }
}

/// Runs a query, and returns its rows as a table, or what went wrong.
async fn table(context: &SessionContext, sql: &str) -> Result<String, String> {
    let told = |error: datafusion::error::DataFusionError| error.find_root().strip_backtrace();
    let batches = context.sql(sql).await.map_err(told)?.collect().await.map_err(told)?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

/// Returns the cells of a table, row by row, without the header.
fn rows(table: &str) -> Vec<Vec<String>> {
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}
