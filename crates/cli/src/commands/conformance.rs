//! `anyprofile conformance`

use std::sync::Arc;

use anyprofile::{ProfileProvider, Result as ProfileResult, Services};
use anyprofile_conformance::{Connect, Report, run as run_suite};
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    sandbox::Running,
    session::{only_sandbox, sandbox_accounts, start_sandbox},
};

/// An account of one sandbox.
#[derive(Debug)]
struct Connector<'a> {
    services: &'a Services,
    running: Running,
    account: String,
}

impl Connect for Connector<'_> {
    fn connect(&self) -> ProfileResult<Arc<dyn ProfileProvider>> {
        let name = [self.account.clone()];
        let accounts = sandbox_accounts(self.services, &self.running, &name)?;
        let provider = accounts.select(&name)?.connect()?.into_iter().next();
        provider.ok_or_else(|| anyprofile::Error::config("there is no such account"))
    }

    fn secrets(&self) -> Vec<String> {
        let keys = self.services.iter().flat_map(|service| service.credential_keys());
        let variables = keys.filter_map(|key| key.variable.as_deref());
        variables.filter_map(|name| Some(self.running.variable(name)?.0)).collect()
    }
}

/// Runs the suite for each of the sandboxes' accounts, each at a sandbox of its own: it writes.
pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    if global.config.is_some() {
        return Err(only_sandbox("conformance"));
    }
    let services = global.program.services();
    let wanted = |name: &str| global.account.is_empty() || global.account.iter().any(|it| it == name);
    let mut reports = Vec::new();
    let mut known = Vec::new();
    for (account, _, _) in services.environment_accounts() {
        let running = start_sandbox(global, global.sandbox_profiles.max(20)).await?;
        let connector = Connector { services, running, account: account.to_owned() };
        // An account that no sandbox has.
        let Ok(provider) = connector.connect() else { continue };
        known.push(account);
        if !wanted(account) {
            continue;
        }
        let Some(server) = connector.running.iter().find_map(|running| running.server(&*provider)) else {
            say!("{account}: not checked: its sandbox does not say what is sent to it");
            continue;
        };
        reports.push((account, run_suite(&connector, &*server).await));
    }
    if reports.is_empty() {
        return Err(Failure::Usage(format!(
            "the suite knows the sandbox's accounts alone: {}",
            known.join(", ")
        )));
    }
    match global.output {
        Format::Json | Format::Ndjson => {
            let reports: Vec<_> = reports
                .iter()
                .map(|(account, report)| json!({"account": account, "report": report}))
                .collect();
            print_line(&serde_json::to_string_pretty(&reports)?)?;
        }
        Format::Table | Format::Csv => {
            let rows: Vec<_> = reports.iter().flat_map(|(account, report)| rows(account, report)).collect();
            print_rows(global.output, &["account", "check", "outcome", "reason"], &rows)?;
        }
    }
    for (account, report) in &reports {
        let last = report.to_string();
        say!("{account}: {}", last.lines().last().unwrap_or_default());
    }
    let is_passed = reports.iter().all(|(_, report)| report.is_passed());
    Ok(if is_passed { Exit::Complete } else { Exit::Defect })
}

fn rows(account: &str, report: &Report) -> Vec<Vec<Value>> {
    let row = |result: &anyprofile_conformance::CheckResult| {
        let (outcome, reason) = match &result.outcome {
            anyprofile_conformance::Outcome::Passed => ("passed", ""),
            anyprofile_conformance::Outcome::Failed(reason) => ("FAILED", reason.as_str()),
            anyprofile_conformance::Outcome::NotApplicable(reason) => ("not applicable", reason.as_str()),
            _ => ("", ""),
        };
        vec![json!(account), json!(result.check.id), json!(outcome), json!(reason)]
    };
    report.results.iter().map(row).collect()
}
