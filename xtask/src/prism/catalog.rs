//! The definitions of the catalog against their documents.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use super::{
    document, log,
    probe::{self, Probe},
    report::{Reasons, Report},
    server::{Prism, Server},
    together,
};
use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    spec::Spec,
};

/// How the files of a folder end.
const ENDING: &str = ".openapi.json";

/// A request that a definition makes.
struct Sent {
    probe: Probe,
    headers: String,
}

/// Sends the requests of each definition of the catalog to Prism, which serves the document of the same name in a folder:
/// `okta.openapi.json`. Without names, all of the folder.
///
/// # Errors
/// If a request violates its document, or an operation was never called and the definition does not say why.
pub(crate) fn run(folder: &Path, names: &[String]) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut there: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        there.extend(name.to_str().and_then(|name| name.strip_suffix(ENDING)).map(str::to_owned));
    }
    there.sort();
    let chosen: Vec<&String> = there.iter().filter(|name| names.is_empty() || names.contains(name)).collect();
    if chosen.is_empty() {
        return Err(format!("{}: no document NAME{ENDING}", folder.display()));
    }
    let workspace = workspace()?;
    let prism = Prism::install(&workspace.target)?;
    cargo(&["build", "--package", "anyprofile-declared", "--example", "requests"], &[])?;
    together(chosen.into_iter().map(|name| check(&workspace, &prism, folder, name)))
}

fn check(workspace: &Workspace, prism: &Prism, folder: &Path, name: &str) -> Outcome {
    let file = folder.join(format!("{name}{ENDING}"));
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(&file).map_err(|error| named(&error))?;
    let published: Value = serde_json::from_str(&text).map_err(|error| named(&error))?;
    let schemes = published["components"]["securitySchemes"].as_object();
    let scheme = schemes.and_then(|schemes| schemes.values().next()?["scheme"].as_str()).unwrap_or_default();
    let spec =
        Spec::of_catalog(open_ids(document::strict_bodies(&published))).map_err(|error| named(&error))?;
    let (unused, sent) = requests(workspace, name, scheme, &text)?;
    let target = workspace.target.join("prism");
    let copy = target.join(format!("catalog-{name}{ENDING}"));
    fs::write(&copy, document::text(&spec.document))
        .map_err(|error| format!("{}: {error}", copy.display()))?;
    let server = Server::start(prism, &copy, &target.join(format!("catalog-{name}.log")))?;
    for Sent { probe, headers } in &sent {
        server.ask(probe, headers)?;
    }
    // That Prism finds what is wrong with a body shows that it looks at bodies.
    let probes = Probe::bodies(&spec);
    let headers = sent.first().map(|sent| sent.headers.clone()).unwrap_or_default();
    for probe in &probes {
        server.ask(probe, &headers)?;
    }
    let mut requests = log::requests(&server.stop()?);
    let ours = requests.split_off(requests.len().saturating_sub(probes.len()));
    if let Some(Probe { method, target, .. }) = probe::unfound(&probes, &ours) {
        println!("{name}: Prism does not check the body of {method} {target}: its document takes any");
    }
    let report = Report::new(name, &spec, &requests, &unused);
    println!("{}", report.text());
    report.outcome()
}

/// The parameters of paths.
fn path_parameters(document: &mut Value) -> Vec<&mut Value> {
    let mut all = Vec::new();
    for item in document["paths"].as_object_mut().into_iter().flatten().map(|(_, item)| item) {
        for (key, part) in item.as_object_mut().into_iter().flatten() {
            let parameters = if key == "parameters" { part } else { &mut part["parameters"] };
            let parameters = parameters.as_array_mut().into_iter().flatten();
            all.extend(parameters.filter(|parameter| parameter["in"] == "path"));
        }
    }
    all
}

/// A document whose ids are of any form: they are what a service says they are.
fn open_ids(mut document: Value) -> Value {
    for parameter in path_parameters(&mut document) {
        parameter["schema"] = serde_json::json!({ "type": "string" });
    }
    document
}

/// The requests of a definition, and the operations that it does not use, with the reasons.
fn requests(
    workspace: &Workspace,
    name: &str,
    scheme: &str,
    document: &str,
) -> Result<(Reasons, Vec<Sent>), String> {
    let program = workspace.target.join("debug/examples/requests");
    let output = Command::new(&program)
        .args([name, scheme])
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    let said: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("{name}: {error}"))?;
    let unused =
        serde_json::from_value(said["unused"].clone()).map_err(|error| format!("{name}: {error}"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let sent = said["requests"].as_array().into_iter().flatten().filter_map(|request| {
        let target = text(&request["target"]);
        // Tokens are not in the documents.
        if target.starts_with("/mock-token") {
            return None;
        }
        let body = text(&request["body"]);
        let headers = request["headers"].as_array().into_iter().flatten();
        let of_transfer = ["host", "content-length", "connection", "accept-encoding"];
        let headers = headers
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .filter(|(name, _)| !of_transfer.contains(&name.as_str()))
            // Most documents name the form of a body, and not the service's own name for it.
            .map(|(name, value)| {
                let media = value.split([',', ';']).next().unwrap_or_default();
                let is_other = name == "accept" && !document.contains(media);
                (name, if is_other { "application/json".to_owned() } else { value })
            })
            .fold(String::new(), |lines, (name, value)| lines + &name + ": " + &value + "\r\n");
        Some(Sent { probe: Probe { method: text(&request["method"]), target, body: body.into() }, headers })
    });
    Ok((unused, sent.collect()))
}
