//! `anyprofile definition check`

use std::sync::Arc;

use anyprofile::{
    AccountName, ListQuery, ProfileProvider,
    declared::{DeclaredConfig, SERVICE, Service, catalog},
    http_client::HttpOptions,
};
use anyprofile_declared::{MockService, RecordedResponses};
use anyprofile_terminal::printable;
use serde_json::json;

use super::dry_run::{DryRun, ids_and_profiles};
use crate::{
    args::{CheckDefinition, Global},
    diagnostics,
    exit::{Exit, Failure},
    files,
    output::print_rows,
    session::configured,
};

pub(super) async fn run(global: &Global, arguments: CheckDefinition) -> Result<Exit, Failure> {
    let Some(service) = checked(global, &arguments.definition)? else { return Ok(Exit::Usage) };
    let definition = service.definition();
    say!(
        "{}: nothing is wrong with the file: {} lists, {} operations",
        printable(&arguments.definition),
        definition.collections.len(),
        service.operations().len()
    );
    match (&arguments.fixture, &*global.account) {
        (Some(_), [_, ..]) => Err(Failure::Usage(
            "--fixture and --account exclude each other: check one after the other".to_owned(),
        )),
        (Some(folder), []) => {
            let responses = Arc::new(RecordedResponses::open(folder, &service)?);
            let http = HttpOptions::default().with_transport(Arc::clone(&responses) as _);
            // No request is sent: any value will do.
            let mock = MockService::new(&service, 0);
            let account = AccountName::from_static("fixture");
            let mut config = DeclaredConfig::new(account, service.clone(), mock.secrets());
            config.variables = mock.variables();
            let provider: Arc<dyn ProfileProvider> = Arc::new(config.with_http(http).connect()?);
            let mut run = DryRun::list(&provider, ListQuery::new()).await;
            run.read_single(&provider, &responses, service.definition()).await;
            let missing = responses.missing();
            let exit = run.print(global.output, &*provider, &missing)?;
            for message in &missing {
                say!("error: {message}");
            }
            Ok(if missing.is_empty() { exit } else { Exit::Usage })
        }
        (None, []) => {
            say!("note: --fixture FOLDER or --account NAME shows what the definition reads");
            Ok(Exit::Complete)
        }
        (None, [name]) => at_account(global, &arguments, name).await,
        (None, _) => Err(Failure::Usage("name one account".to_owned())),
    }
}

/// Returns the definition, or prints everything that is wrong with it.
fn checked(global: &Global, name: &str) -> Result<Option<Service>, Failure> {
    let is_path = name.contains(['/', '\\', '.']);
    let read;
    let text = if is_path {
        let path = std::path::Path::new(name);
        read = std::fs::read_to_string(path).map_err(|error| files::failure(path, &error))?;
        &read
    } else {
        let service = Service::builtin(name)?;
        catalog::text(&service.definition().name).unwrap_or_default()
    };
    match Service::parse(text, name) {
        Ok(service) => Ok(Some(service)),
        Err(error) => {
            let row = |flaw: &anyprofile::declared::Flaw| {
                vec![json!(error.file), json!(flaw.line), json!(flaw.key), json!(flaw.message)]
            };
            let rows: Vec<_> = error.flaws.iter().map(row).collect();
            print_rows(global.output, &["file", "line", "key", "what_is_wrong"], &rows)?;
            Ok(None)
        }
    }
}

/// Lists an account of the configuration with page sizes 1 and 2.
async fn at_account(global: &Global, arguments: &CheckDefinition, name: &str) -> Result<Exit, Failure> {
    let services = global.program.services();
    let accounts = configured(global)?.select(&[name.to_owned()])?;
    let entry = accounts.entries().next().cloned();
    let entry = entry.filter(|entry| entry.service().as_str() == SERVICE).ok_or_else(|| {
        Failure::Usage(format!("account '{}' has another service than \"{SERVICE}\"", printable(name)))
    })?;
    let entry = if arguments.definition.contains(['/', '\\', '.']) {
        entry.with("definition", std::path::absolute(&arguments.definition)?.display().to_string())
    } else {
        entry.with("definition", arguments.definition.clone())
    };
    let provider = services.open([entry])?.connect()?.into_iter().next();
    let provider = provider.ok_or_else(|| Failure::Usage("the account cannot be used".to_owned()))?;
    let query = |size: u32| ListQuery::new().with_limit(arguments.most).with_page_size(size);
    if !provider.capabilities().listing.page_size {
        say!("note: the page size is not compared: not each list of the definition has one");
        let run = DryRun::list(&provider, ListQuery::new().with_limit(arguments.most)).await;
        return run.print(global.output, &*provider, &[]);
    }
    let (one, two) = (DryRun::list(&provider, query(1)).await, DryRun::list(&provider, query(2)).await);
    let (first, second) = (ids_and_profiles(&one.profiles), ids_and_profiles(&two.profiles));
    let exit = one.print(global.output, &*provider, &[])?;
    if let Some(error) = &two.error {
        diagnostics::error(error);
        return Ok(Exit::of(error));
    }
    if first == second {
        say!("page sizes 1 and 2: the same {} profiles, in the same order", first.len());
        return Ok(exit);
    }
    let missing = |of: &[(String, String)], in_other: &[(String, String)]| {
        of.iter().filter(|(id, _)| in_other.iter().all(|(other, _)| other != id)).count()
    };
    say!(
        "page sizes 1 and 2 differ: {} and {} profiles; {} only with page size 1, {} only with page size 2; look at the first page number, at whether the page size is sent, and at what ends the list",
        first.len(),
        second.len(),
        missing(&first, &second),
        missing(&second, &first)
    );
    Ok(Exit::Differences)
}
