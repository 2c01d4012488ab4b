//! `anyprofile check`

use anyprofile::check::CheckMethod;
use serde_json::{Value, json};

use crate::{
    args::Global,
    diagnostics,
    exit::{Exit, Failure},
    output::print_rows,
    session::Session,
};

const COLUMNS: &[&str] = &["account", "service", "result", "proven_by", "own_profile", "base_url"];

pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let providers = session.directory.providers();
    let results = session.directory.check().await;
    let mut rows = Vec::new();
    let mut failed = 0;
    let mut last_failure = None;
    for (provider, result) in providers.iter().zip(results) {
        let info = provider.info();
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
        rows.push(vec![
            json!(info.account),
            json!(info.service),
            verdict,
            method,
            profile,
            json!(info.base_url),
        ]);
    }
    // An account that could not be connected is not checked either.
    for (account, error) in &session.unusable {
        let (service, kind) = (json!(error.service()), json!(error.kind().as_str()));
        rows.push(vec![json!(account), service, kind, Value::Null, Value::Null, Value::Null]);
    }
    print_rows(global.output, COLUMNS, &rows)?;
    Ok(session.exit(failed, last_failure))
}
