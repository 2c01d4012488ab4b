//! `anyprofile definition`

mod check;
mod dry_run;

use std::path::Path;

use anyprofile::declared::{Service, catalog};
use anyprofile_declared::{MockServer, account_example, draft_from_openapi};
use serde_json::json;

use crate::{
    args::{DefinitionCommand, Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    files,
    output::{print_line, print_rows, print_text},
};

pub(crate) async fn run(global: &Global, command: DefinitionCommand) -> Result<Exit, Failure> {
    match command {
        DefinitionCommand::List => list(global),
        DefinitionCommand::Show { name } => {
            let service = Service::builtin(&name)?;
            print_text(catalog::text(&service.definition().name).unwrap_or_default().trim_end())?;
            Ok(Exit::Complete)
        }
        DefinitionCommand::Check(arguments) => check::run(global, arguments).await,
        DefinitionCommand::Example { name, base_url } => {
            let service = service(&name)?;
            print_text(account_example(&service, &name, base_url.as_deref()).trim_end())?;
            Ok(Exit::Complete)
        }
        DefinitionCommand::FromOpenapi { document, path } => {
            let text =
                std::fs::read_to_string(&document).map_err(|error| files::failure(&document, &error))?;
            let value = description_of(&text)
                .map_err(|error| Failure::Usage(format!("{}: {error}", document.display())))?;
            let draft = draft_from_openapi(&value, &path)?;
            print_text(draft.trim_end())?;
            let doubts = draft.matches("# doubt:").count();
            say!("{doubts} doubts to settle; then run `anyprofile definition check FILE`");
            Ok(Exit::Complete)
        }
        DefinitionCommand::Serve { name, profiles, port } => serve(global, &name, profiles, port).await,
    }
}

/// Parses a description of an API, in JSON or YAML.
fn description_of(text: &str) -> Result<serde_json::Value, String> {
    // JSON by itself, since its messages are better, and its largest documents are quick to read.
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).map_err(|error| format!("it is no valid JSON: {error}"));
    }
    // The limits against documents that grow as they are read are for untrusted ones.
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        // The further lines show the document.
        let message = error.to_string();
        format!("it is no valid YAML: {}", message.lines().next().unwrap_or_default())
    })
}

/// Returns the service of the catalog, or of a file below the current folder.
pub(crate) fn service(name: &str) -> anyprofile::Result<Service> {
    Service::named(name, Path::new(""))
}

fn list(global: &Global) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for name in catalog::NAMES {
        let service = Service::builtin(name)?;
        let definition = service.definition();
        rows.push(vec![
            json!(name),
            json!(definition.display_name),
            json!(definition.summary),
            json!(definition.proof),
        ]);
    }
    print_rows(global.output, &["name", "service", "whose_profiles", "proof"], &rows)?;
    Ok(Exit::Complete)
}

/// Serves a definition, and prints an account for it.
async fn serve(global: &Global, name: &str, profiles: u64, port: u16) -> Result<Exit, Failure> {
    let service = service(name)?;
    let server = MockServer::start(&service, profiles, port)
        .await
        .map_err(|error| Failure::Usage(format!("cannot serve on port {port}: {error}")))?;
    let config = server.config();
    let base_url = server.server().base_url();
    let definition = if name.contains(['/', '\\', '.']) {
        // The account file may be elsewhere.
        std::path::absolute(name)?.display().to_string()
    } else {
        name.to_owned()
    };
    let mut entry = account_example(&service, &definition, Some(&base_url));
    for (key, value) in [("token_url", config.token_url.as_deref())] {
        if let Some(value) = value {
            entry = format!("{}\n{key} = {}\n", entry.trim_end(), json!(value));
        }
    }
    let mut variables = serde_json::Map::new();
    let auth = service.definition().auth.first();
    for key in auth.into_iter().flat_map(|auth| auth.credentials.keys()) {
        if let Some(secret) = config.secrets.get(key) {
            variables.insert(variable_of(&service, key), json!(secret.expose()));
        }
    }
    match global.output {
        Format::Json | Format::Ndjson => {
            print_line(&json!({"base_url": base_url, "account": entry, "variables": variables}).to_string())?;
        }
        Format::Table | Format::Csv => print_text(entry.trim_end())?,
    }
    for (variable, value) in &variables {
        diagnostics::say_lines(&format!(
            "export {variable}={}",
            shell_word(value.as_str().unwrap_or_default())
        ));
    }
    say!("serving {profiles} people in each list until interrupted");
    tokio::signal::ctrl_c().await?;
    Ok(Exit::Complete)
}

/// Returns the environment variable that the account entry names for a credential.
fn variable_of(service: &Service, key: &str) -> String {
    format!("{}_{key}", service.definition().name).replace('-', "_").to_ascii_uppercase()
}

fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
