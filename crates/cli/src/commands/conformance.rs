//! `anyprofile conformance`

use std::sync::Arc;

use anyprofile::{ProfileProvider, Result as ProfileResult, Services};
use anyprofile_conformance::{Connect, Report, run as run_suite};
use anyprofile_terminal::printable;
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    progress::Progress,
    sandbox::Running,
    session::{at_sandbox, only_sandbox, sandbox_accounts, start_sandbox},
};

/// The profiles of each service, at least: some checks need several pages, and several people who can be removed.
const PROFILES: u64 = 60;

/// Connects to one account of a sandbox.
#[derive(Debug)]
struct SandboxConnector<'a> {
    services: &'a Services,
    running: Running,
    account: String,
}

impl Connect for SandboxConnector<'_> {
    fn connect(&self) -> ProfileResult<Arc<dyn ProfileProvider>> {
        let name = [self.account.clone()];
        let accounts = sandbox_accounts(self.services, &self.running, &name)?;
        let provider = accounts.select(&name)?.connect()?.into_iter().next();
        at_sandbox(provider.ok_or_else(|| anyprofile::Error::config("no such account"))?)
    }

    fn secrets(&self) -> Vec<String> {
        let keys = self.services.iter().flat_map(|service| service.credential_keys());
        let variables = keys.filter_map(|key| key.variable.as_deref());
        variables.filter_map(|name| Some(self.running.variable(name)?.0)).collect()
    }
}

/// Runs the suite for each account of the sandboxes. Each account gets its own sandbox, because the checks write.
pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    if global.config.is_some() {
        return Err(only_sandbox("conformance"));
    }
    let services = global.program.services();
    let known: Vec<_> = services.environment_accounts().collect();
    let is_known = |name: &str| known.iter().any(|(account, _, _)| *account == name);
    if let Some(unknown) = global.account.iter().find(|name| !is_known(name)) {
        let known = known.iter().map(|(account, _, _)| *account).collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!(
            "no account is named '{}'; the conformance checks use only the sandbox's accounts: {known}",
            printable(unknown)
        )));
    }
    let (mut reports, mut is_all_checked) = (Vec::new(), true);
    for (account, _, credentials) in known {
        if !global.account.is_empty() && !global.account.iter().any(|name| name == account) {
            continue;
        }
        let running = start_sandbox(global, global.sandbox_profiles.max(PROFILES)).await?;
        let is_of_sandbox = credentials
            .keys()
            .iter()
            .all(|key| key.variable.as_deref().is_some_and(|variable| running.variable(variable).is_some()));
        if !is_of_sandbox {
            say!("warning: {account}: not checked: no sandbox has this account");
            // Without a name, the accounts that the sandboxes have are asked for.
            is_all_checked &= global.account.is_empty();
            continue;
        }
        let connector = SandboxConnector { services, running, account: account.to_owned() };
        let provider = match connector.connect() {
            Ok(provider) => provider,
            Err(error) => {
                diagnostics::error(&error);
                is_all_checked = false;
                continue;
            }
        };
        let Some(server) = connector.running.iter().find_map(|running| running.server(&*provider)) else {
            say!("warning: {account}: not checked: its sandbox cannot report the requests that it receives");
            is_all_checked = false;
            continue;
        };
        let progress = Progress::waiting(global, format!("checking {account}"));
        reports.push((account, run_suite(&connector, &*server).await));
        drop(progress);
    }
    if reports.is_empty() {
        return Err(Failure::Usage("no account can be checked".to_owned()));
    }
    print(global, &reports, is_all_checked)
}

/// Runs the suite for each definition, against a server that is made from it.
#[cfg(feature = "declared")]
pub(crate) async fn of_definitions(global: &Global, names: &[String]) -> Result<Exit, Failure> {
    let mut reports = Vec::new();
    for name in names {
        let service = super::definition::service(name)?;
        let server = anyprofile_declared::MockServer::start(&service, PROFILES, 0).await?;
        let progress = Progress::waiting(global, format!("checking {name}"));
        reports.push((name.as_str(), run_suite(&server, server.server()).await));
        drop(progress);
    }
    // What a server that is made from a definition cannot do, its author cannot mend.
    print(global, &reports, true).map(|exit| if exit == Exit::Partial { Exit::Complete } else { exit })
}

/// Prints what came of the checks.
fn print(global: &Global, reports: &[(&str, Report)], is_all_checked: bool) -> Result<Exit, Failure> {
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
    for (account, report) in reports {
        let last = report.to_string();
        say!("{account}: {}", last.lines().last().unwrap_or_default());
    }
    let is_passed = reports.iter().all(|(_, report)| report.is_passed());
    // What could not be tried is neither right nor wrong.
    let is_all_checked = is_all_checked && reports.iter().all(|(_, report)| report.is_proven());
    Ok(match (is_passed, is_all_checked) {
        (false, _) => Exit::Defect,
        (true, false) => Exit::Partial,
        (true, true) => Exit::Complete,
    })
}

fn rows(account: &str, report: &Report) -> Vec<Vec<Value>> {
    let row = |result: &anyprofile_conformance::CheckResult| {
        let (outcome, reason) = match &result.outcome {
            anyprofile_conformance::Outcome::Passed => ("passed", ""),
            anyprofile_conformance::Outcome::Failed(reason) => ("FAILED", reason.as_str()),
            anyprofile_conformance::Outcome::NotApplicable(reason) => ("not applicable", reason.as_str()),
            anyprofile_conformance::Outcome::NotProven(needs) => ("not proven", needs.as_str()),
            _ => ("", ""),
        };
        vec![json!(account), json!(result.check.id), json!(outcome), json!(reason)]
    };
    report.results.iter().map(row).collect()
}
