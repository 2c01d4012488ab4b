//! `anyprofile check`

use anyprofile::check::CheckMethod;
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::print_rows,
    session::Session,
};

const COLUMNS: &[&str] =
    &["account", "service", "result", "proven_by", "own_profile", "base_url", "findings"];

pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let providers = session.directory.providers();
    let results = session.directory.check().await;
    let examined = session.directory.examine().await;
    let mut rows = Vec::new();
    let mut failed = 0;
    let mut last_failure = None;
    for ((provider, result), examined) in providers.iter().zip(results).zip(examined) {
        let info = provider.info();
        let is_usable = result.is_ok();
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
        let findings = match examined {
            Ok(findings) => findings,
            Err(error) => {
                // The error of an account that cannot be used is told already.
                if is_usable {
                    diagnostics::error(&error);
                    failed += 1;
                    last_failure = Some(Exit::of(&error));
                }
                Vec::new()
            }
        };
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
