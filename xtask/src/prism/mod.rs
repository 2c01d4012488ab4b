//! The clients against Prism, a mock server that checks each request against an OpenAPI document.

mod log;
mod server;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use self::{
    log::Seen,
    server::{Prism, Server},
};
use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    spec::{Service, Spec},
};

/// Reads that are not called, and why.
const NOT_CALLED: &[(&str, &str)] =
    &[("get-totp-enrollment", "it makes a secret at each call; its method is tested apart")];

/// Runs the reads of each document's service against Prism.
///
/// # Errors
/// If a request violates its document, an answer that the document explains is not understood, or a read
/// operation was never called.
pub(crate) fn run(specs: &[PathBuf]) -> Outcome {
    let specs = specs.iter().map(|file| Ok((file, Spec::read(file)?))).collect::<Result<Vec<_>, String>>()?;
    let workspace = workspace()?;
    let prism = Prism::install(&workspace.target)?;
    cargo(&["build", "--package", "anyprofile-tests", "--example", "prism"], &[])?;
    together(specs.iter().map(|(file, spec)| check(&workspace, &prism, file, spec)))
}

/// Whether all went well, with all that did not.
fn together(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let failures: Vec<_> = outcomes.filter_map(Result::err).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

fn check(workspace: &Workspace, prism: &Prism, file: &Path, spec: &Spec) -> Outcome {
    let service = spec.service;
    let folder = workspace.target.join("prism");
    let copy = folder.join(format!("{}.openapi.json", service.name()));
    servable(spec)
        .map_or_else(|| fs::read_to_string(file), Ok)
        .and_then(|text| fs::write(&copy, text))
        .map_err(|error| format!("{}: {error}", copy.display()))?;
    let log = folder.join(format!("{}.log", service.name()));
    let server = Server::start(prism, &copy, &log)?;
    let file = file.to_str().ok_or("the path of the document is no text")?;
    let (package, example) = (["--package", "anyprofile-tests"], ["--example", "prism"]);
    let arguments = ["--", service.name(), &server.base_url(), file];
    let called = cargo(&[&["run", "--quiet"], &package[..], &example[..], &arguments[..]].concat(), &[]);
    let called = called.map_err(|_| format!("{service}: the calls did not end as the document says"));
    let (target, headers) = forbidden(service);
    server.ask(target, headers)?;
    let mut requests = log::requests(&server.stop()?);
    // The last one is ours.
    if requests.pop().is_none_or(|request| request.violations.is_empty()) {
        return Err(format!("{service}: Prism finds nothing wrong with {target}: it checks nothing"));
    }
    let report = Report::new(spec, &requests);
    println!("{}", report.text(service));
    together([called, report.outcome(service)].into_iter())
}

/// A request that is right but for one parameter, and its header lines. Where Prism does not say so, that it finds
/// nothing wrong with other requests means nothing.
const fn forbidden(service: Service) -> (&'static str, &'static str) {
    match service {
        // Prism does not look at parameters with brackets in their names, such as `page[size]`.
        Service::Upsun => ("/users/nobody/teams", "Authorization: Bearer x\r\n"),
        Service::Probely => ("/users/?length=many", "Authorization: JWT x\r\n"),
        Service::Anthropic => (
            "/v1/user_profiles?limit=many",
            "x-api-key: x\r\nanthropic-version: 2023-06-01\r\nanthropic-beta: user-profiles-2026-03-24\r\n",
        ),
    }
}

/// The document, changed so that Prism serves each operation as itself; `None` if it does so as it is: another order of
/// a document's examples would change which of them Prism answers with by itself.
///
/// Where a request fits several paths with a variable in them, Prism takes the last one: as it is, `/users/email=…` would
/// be taken for the user with that id.
fn servable(spec: &Spec) -> Option<String> {
    let paths = spec.document["paths"].as_object().into_iter().flatten();
    let mut paths: Vec<_> = paths.collect();
    if !paths.iter().any(|(path, _)| path.contains("={")) {
        return None;
    }
    // The path that leaves least open comes last. A `Value` sorts its keys, so the text is put together here.
    paths.sort_by_key(|(path, _)| literal_length(path));
    let paths = object(paths.iter().map(|(path, item)| (path.as_str(), item.to_string())));
    let document = spec.document.as_object().into_iter().flatten();
    let rest =
        document.filter(|(key, _)| *key != "paths").map(|(key, value)| (key.as_str(), value.to_string()));
    Some(object(rest.chain([("paths", paths)])))
}

/// A JSON object of these members.
fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members.map(|(key, value)| format!("{}:{value}", Value::from(key))).collect();
    format!("{{{}}}", members.join(","))
}

/// How much of a path is prescribed.
fn literal_length(path: &str) -> usize {
    path.split('{')
        .enumerate()
        .map(|(place, part)| match (place, part.split_once('}')) {
            (0, _) | (_, None) => part.len(),
            (_, Some((_, behind))) => behind.len(),
        })
        .sum()
}

/// What came of it.
#[derive(Debug)]
struct Report<'a> {
    requests: usize,
    /// Read operations, and how often each was called.
    reads: BTreeMap<&'a str, usize>,
    violations: Vec<String>,
    own_faults: usize,
}

impl<'a> Report<'a> {
    fn new(spec: &'a Spec, requests: &[Seen]) -> Self {
        let reads = spec.operations.iter().filter(|operation| operation.is_read());
        let mut reads: BTreeMap<_, _> = reads.map(|operation| (operation.id.as_str(), 0)).collect();
        let mut violations = Vec::new();
        for request in requests {
            if let Some(operation) = spec.operation_of(&request.method, &request.path) {
                reads.entry(operation.id.as_str()).and_modify(|calls| *calls += 1);
            }
            let (method, path) = (request.method.to_uppercase(), &request.path);
            violations.extend(request.violations.iter().map(|it| format!("{method} {path}: {it}")));
        }
        let own_faults = requests.iter().map(|request| request.own_faults).sum();
        Self { requests: requests.len(), reads, violations, own_faults }
    }

    /// Read operations that were never called, and why where that is known.
    fn not_called(&self) -> impl Iterator<Item = (&'a str, Option<&'static str>)> {
        let uncalled = self.reads.iter().filter(|(_, calls)| **calls == 0);
        uncalled.map(|(id, _)| {
            let reason = NOT_CALLED.iter().find(|(known, _)| known == id);
            (*id, reason.map(|(_, reason)| *reason))
        })
    }

    fn text(&self, service: Service) -> String {
        let mut lines: Vec<_> =
            self.violations.iter().map(|violation| format!("violation: {violation}")).collect();
        for (id, reason) in self.not_called() {
            lines.push(format!("not called: {id} ({})", reason.unwrap_or("no call is written")));
        }
        if self.own_faults > 0 {
            let faults = self.own_faults;
            lines
                .push(format!("not counted: {faults} places where Prism's answer does not fit the document"));
        }
        let called = self.reads.values().filter(|calls| **calls > 0).count();
        lines.push(format!(
            "{service}: {} requests, {called} of {} read operations, {} violations",
            self.requests,
            self.reads.len(),
            self.violations.len()
        ));
        lines.join("\n")
    }

    fn outcome(&self, service: Service) -> Outcome {
        if !self.violations.is_empty() {
            return Err(format!("{service}: {} violations", self.violations.len()));
        }
        let missed: Vec<_> =
            self.not_called().filter(|(_, reason)| reason.is_none()).map(|(id, _)| id).collect();
        if missed.is_empty() {
            Ok(())
        } else {
            Err(format!("{service}: never called: {}", missed.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::tests::SMALL;

    fn seen(method: &str, path: &str) -> Seen {
        Seen { method: method.to_owned(), path: path.to_owned(), ..Seen::default() }
    }

    fn all_reads() -> Vec<Seen> {
        ["/profiles", "/users/me", "/users/0b5a", "/users/email=a%40b.c"]
            .map(|path| seen("get", path))
            .into_iter()
            .chain([seen("post", "/me/phone")])
            .collect()
    }

    #[test]
    fn a_run_that_calls_every_read_and_breaks_no_rule_is_good() {
        let spec = Spec::parse(SMALL).unwrap();
        let report = Report::new(&spec, &all_reads());
        assert_eq!(report.text(spec.service), "Upsun: 5 requests, 5 of 5 read operations, 0 violations");
        report.outcome(spec.service).unwrap();
    }

    #[test]
    fn a_read_that_was_never_called_fails_the_run() {
        let spec = Spec::parse(SMALL).unwrap();
        let report = Report::new(&spec, &all_reads()[1..]);
        assert_eq!(report.outcome(spec.service).unwrap_err(), "Upsun: never called: list-profiles");
        assert!(report.text(spec.service).contains("not called: list-profiles (no call is written)"));
    }

    #[test]
    fn a_read_that_is_not_to_be_called_does_not() {
        let path = r#""/users/{user_id}/totp": {"get": {"operationId": "get-totp-enrollment"}}, "/profiles""#;
        let spec = Spec::parse(&SMALL.replacen(r#""/profiles""#, path, 1)).unwrap();
        let report = Report::new(&spec, &all_reads());
        assert!(report.text(spec.service).contains("not called: get-totp-enrollment (it makes"));
        report.outcome(spec.service).unwrap();
    }

    #[test]
    fn a_violation_fails_the_run_and_a_fault_of_the_answer_does_not() {
        let spec = Spec::parse(SMALL).unwrap();
        let mut requests = all_reads();
        requests[0].own_faults = 2;
        Report::new(&spec, &requests).outcome(spec.service).unwrap();
        requests[1].violations = vec!["request.query is wrong".to_owned()];
        let report = Report::new(&spec, &requests);
        assert_eq!(report.outcome(spec.service).unwrap_err(), "Upsun: 1 violations");
        let text = report.text(spec.service);
        assert!(text.contains("violation: GET /users/me: request.query is wrong\n"), "{text}");
        assert!(text.contains("not counted: 2 places"), "{text}");
    }

    #[test]
    fn a_document_that_prism_serves_is_served_as_it_is() {
        let plain = r#"{"paths": {"/users/{id}/": {"get": {"operationId": "users_list"}}}}"#;
        assert_eq!(servable(&Spec::parse(plain).unwrap()), None);
    }

    #[test]
    fn what_leaves_most_open_is_served_last() {
        let spec = Spec::parse(SMALL).unwrap();
        let text = servable(&spec).unwrap();
        let place = |path: &str| text.find(&format!("\"{path}\":")).unwrap();
        assert!(place("/users/{user_id}") < place("/users/email={email}"), "{text}");
        let again: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(again["paths"]["/users/me"], spec.document["paths"]["/users/me"]);
        assert_eq!(again["paths"].as_object().unwrap().len(), 5);
        assert_eq!(literal_length("/a/{b}/c={d}e"), 7);
    }
}
