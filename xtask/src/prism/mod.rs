//! The clients against Prism, a mock server that checks each request against an OpenAPI document.

mod catalog;
mod document;
mod edition;
mod log;
mod probe;
mod report;
mod server;

use std::{fs, path::PathBuf};

use self::{
    edition::Edition,
    probe::Probe,
    report::{Report, no_reasons},
    server::{Prism, Server},
};
use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    files::text_of,
    spec::Spec,
};

/// Runs the operations of each document's service against Prism.
///
/// # Errors
/// If a request violates its document, a response that the document explains is not understood, or an operation was
/// never called.
pub(crate) fn run(specs: &[PathBuf]) -> Outcome {
    let specs = specs.iter().map(|file| Spec::read(file)).collect::<Result<Vec<_>, _>>()?;
    let workspace = workspace()?;
    let prism = Prism::install(&workspace.target)?;
    cargo(&["build", "--package", "anyprofile-tests", "--example", "prism"], &[])?;
    together(specs.iter().map(|spec| check(&workspace, &prism, spec)))
}

pub(crate) use self::catalog::run as run_catalog;

/// Whether all went well, with all that did not.
fn together(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let failures: Vec<_> = outcomes.filter_map(Result::err).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

fn check(workspace: &Workspace, prism: &Prism, published: &Spec) -> Outcome {
    let edition = Edition::of(published.source.ok_or("the document is of no service that has a crate")?);
    let title = edition.title;
    let spec = Spec::of(document::strict_bodies(&published.document))?;
    let folder = workspace.target.join("prism");
    let file = folder.join(format!("{}.openapi.json", edition.name));
    fs::write(&file, document::text(&spec.document))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let server = Server::start(prism, &file, &folder.join(format!("{}.log", edition.name)))?;
    let file = text_of(&file)?;
    let (package, example) = (["--package", "anyprofile-tests"], ["--example", "prism"]);
    let arguments = ["--", edition.name, &server.base_url(), file];
    let called = cargo(&[&["run", "--quiet"], &package[..], &example[..], &arguments[..]].concat(), &[]);
    let called = called.map_err(|_| format!("{title}: the calls did not end as the document says"));
    let probes = Probe::all(&spec, &edition);
    for probe in &probes {
        server.ask(probe, edition.headers)?;
    }
    let mut requests = log::requests(&server.stop()?);
    // The last ones are ours.
    let ours = requests.split_off(requests.len().saturating_sub(probes.len()));
    if let Some(Probe { method, target, .. }) = probe::unfound(&probes, &ours) {
        return Err(format!(
            "{title}: Prism finds nothing wrong with {method} {target}: it does not check it"
        ));
    }
    let reasons = no_reasons();
    let report = Report::new(title, &spec, &requests, &reasons);
    println!("{}", report.text());
    together([called, report.outcome()].into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_told() {
        let outcomes = [Ok(()), Err("one".to_owned()), Err("two".to_owned())];
        assert_eq!(together(outcomes.into_iter()).unwrap_err(), "one\nxtask: two");
        together([Ok(())].into_iter()).unwrap();
    }
}
