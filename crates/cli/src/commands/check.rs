//! `anyprofile check`

use std::sync::Arc;

use anyprofile::{Directory, check::CheckMethod};
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::print_rows,
    progress::Progress,
    session::Session,
    summary::counted,
};

const COLUMNS: &[&str] =
    &["account", "service", "result", "proven_by", "own_profile", "base_url", "findings"];

pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let providers = session.directory.providers();
    let count = counted(providers.len() as u64, "account", "accounts");
    let progress = Progress::waiting(global, format!("checking {count}"));
    let results = session.directory.check().await;
    // What cannot be used is not examined.
    let usable = providers.iter().zip(&results).filter(|(_, result)| result.is_ok());
    let usable = Directory::new(usable.map(|(provider, _)| Arc::clone(provider)).collect::<Vec<_>>());
    let mut examined = usable.examine().await.into_iter();
    drop(progress);
    let mut rows = Vec::new();
    let mut failed = 0;
    let mut last_failure = None;
    for (provider, result) in providers.iter().zip(results) {
        let info = provider.info();
        let examined = if result.is_ok() { examined.next() } else { None };
        let (verdict, method, profile) = match result {
            Ok(report) => {
                let method = match report.method {
                    CheckMethod::Current => "own profile",
                    _ => "listing of one",
                };
                (json!("ok"), json!(method), report.profile.map_or(Value::Null, |id| json!(id.to_string())))
            }
            Err(error) => {
                diagnostics::error(&error);
                failed += 1;
                last_failure = Some(Exit::of(&error));
                (json!(error.kind().as_str()), Value::Null, Value::Null)
            }
        };
        let findings = examined.transpose().unwrap_or_else(|error| {
            diagnostics::error(&error);
            failed += 1;
            last_failure = Some(Exit::of(&error));
            None
        });
        let findings = findings.unwrap_or_default();
        if global.output == Format::Table && !global.quiet {
            for finding in &findings {
                say!("{}: {finding}", info.account);
            }
        }
        rows.push(vec![
            json!(info.account),
            json!(info.service),
            verdict,
            method,
            profile,
            json!(info.base_url),
            json!(findings),
        ]);
    }
    // An account that could not be connected is not checked either.
    for (account, error) in &session.unusable {
        let (service, kind) = (json!(error.service()), json!(error.kind().as_str()));
        rows.push(vec![json!(account), service, kind, Value::Null, Value::Null, Value::Null, json!([])]);
    }
    let is_nested = matches!(global.output, Format::Json | Format::Ndjson);
    let columns = if is_nested { COLUMNS.len() } else { COLUMNS.len() - 1 };
    for row in &mut rows {
        row.truncate(columns);
    }
    print_rows(global.output, &COLUMNS[..columns], &rows)?;
    Ok(session.exit(failed, last_failure))
}
