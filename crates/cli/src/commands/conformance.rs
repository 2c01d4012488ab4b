//! `anyprofile conformance`

use std::sync::Arc;

use anyprofile::{ProfileProvider, Result as ProfileResult};
use anyprofile_conformance::{Connect, Report, SandboxServer, run as run_suite};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    session::sandbox_accounts,
};

/// The sandbox's accounts, with the services that they are at and whether they list the service's users.
const ACCOUNTS: [(&str, &str, bool); 4] = [
    ("upsun", "upsun", true),
    ("probely", "probely", true),
    ("anthropic", "anthropic", true),
    ("anthropic-organization", "anthropic", false),
];

/// An account of one sandbox.
#[derive(Debug)]
struct Connector {
    sandbox: Arc<Sandbox>,
    account: &'static str,
}

impl Connect for Connector {
    fn connect(&self) -> ProfileResult<Arc<dyn ProfileProvider>> {
        let name = [self.account.to_owned()];
        let providers = sandbox_accounts(&self.sandbox, &name)?.select(&name)?.connect()?;
        providers.into_iter().next().ok_or_else(|| anyprofile::Error::config("there is no such account"))
    }

    fn secrets(&self) -> Vec<String> {
        self.sandbox.description().credentials().map(ToOwned::to_owned).to_vec()
    }
}

/// Runs the suite for each of the sandbox's accounts, each at a sandbox of its own: it writes.
pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    let wanted = |name: &str| global.account.is_empty() || global.account.iter().any(|it| it == name);
    let mut reports = Vec::new();
    for (account, service, is_of_users) in ACCOUNTS.into_iter().filter(|(name, ..)| wanted(name)) {
        let options = SandboxOptions::new().profiles(global.sandbox_profiles.max(20));
        let sandbox = Sandbox::start(options).await;
        let sandbox =
            sandbox.map_err(|error| Failure::Usage(format!("the sandbox cannot start: {error}")))?;
        let sandbox = Arc::new(sandbox);
        let server = SandboxServer::new(Arc::clone(&sandbox), service, is_of_users);
        reports.push((account, run_suite(&Connector { sandbox, account }, &server).await));
    }
    if reports.is_empty() {
        let names = ACCOUNTS.map(|(name, ..)| name).join(", ");
        return Err(Failure::Usage(format!("the suite knows the sandbox's accounts alone: {names}")));
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
