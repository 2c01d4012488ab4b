//! What came of a run.

use std::collections::BTreeMap;

use super::log::Seen;
use crate::{cargo::Outcome, spec::Spec};

/// Operations that are not called, and why.
pub(crate) type Reasons = BTreeMap<String, String>;

/// Every operation is called.
pub(crate) fn no_reasons() -> Reasons {
    Reasons::new()
}

/// What came of the calls of one document.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    title: &'a str,
    requests: usize,
    /// How often each operation that reads was called.
    reads: BTreeMap<&'a str, usize>,
    /// How often each operation that writes was called.
    writes: BTreeMap<&'a str, usize>,
    violations: Vec<String>,
    own_faults: usize,
    not_called: &'a Reasons,
}

impl<'a> Report<'a> {
    /// `not_called` has the operations that are not called, and why.
    pub(crate) fn new(title: &'a str, spec: &'a Spec, requests: &[Seen], not_called: &'a Reasons) -> Self {
        let uncalled = |is_read| {
            let operations = spec.operations.iter().filter(move |operation| operation.is_read() == is_read);
            operations.map(|operation| (operation.id.as_str(), 0)).collect::<BTreeMap<_, _>>()
        };
        let (mut reads, mut writes) = (uncalled(true), uncalled(false));
        let mut violations = Vec::new();
        for request in requests {
            if let Some(operation) = spec.operation_of(&request.method, &request.path) {
                let calls = if operation.is_read() { &mut reads } else { &mut writes };
                calls.entry(operation.id.as_str()).and_modify(|calls| *calls += 1);
            }
            let (method, path) = (request.method.to_uppercase(), &request.path);
            violations.extend(request.violations.iter().map(|it| format!("{method} {path}: {it}")));
        }
        let own_faults = requests.iter().map(|request| request.own_faults).sum();
        Self { title, requests: requests.len(), reads, writes, violations, own_faults, not_called }
    }

    /// Operations that were never called, and why where that is known.
    fn uncalled(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let uncalled = self.reads.iter().chain(&self.writes).filter(|(_, calls)| **calls == 0);
        uncalled.map(|(id, _)| (*id, self.not_called.get(*id).map(String::as_str)))
    }

    pub(crate) fn text(&self) -> String {
        let mut lines: Vec<_> =
            self.violations.iter().map(|violation| format!("violation: {violation}")).collect();
        for (id, reason) in self.uncalled() {
            lines.push(format!("not called: {id} ({})", reason.unwrap_or("no call is written")));
        }
        if self.own_faults > 0 {
            let faults = self.own_faults;
            lines
                .push(format!("not counted: {faults} places where Prism's answer does not fit the document"));
        }
        let counted = |operations: &BTreeMap<_, usize>| {
            let called = operations.values().filter(|calls| **calls > 0).count();
            format!("{called} of {}", operations.len())
        };
        lines.push(format!(
            "{}: {} requests, {} read operations, {} write operations, {} violations",
            self.title,
            self.requests,
            counted(&self.reads),
            counted(&self.writes),
            self.violations.len()
        ));
        lines.join("\n")
    }

    pub(crate) fn outcome(&self) -> Outcome {
        if !self.violations.is_empty() {
            return Err(format!("{}: {} violations", self.title, self.violations.len()));
        }
        let missed: Vec<_> =
            self.uncalled().filter(|(_, reason)| reason.is_none()).map(|(id, _)| id).collect();
        if missed.is_empty() {
            Ok(())
        } else {
            Err(format!("{}: never called: {}", self.title, missed.join(", ")))
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

    fn all() -> Vec<Seen> {
        [
            ("get", "/profiles"),
            ("get", "/users/me"),
            ("get", "/users/0b5a"),
            ("get", "/users/email=a%40b.c"),
            ("post", "/me/phone"),
            ("patch", "/users/0b5a"),
        ]
        .map(|(method, path)| seen(method, path))
        .to_vec()
    }

    #[test]
    fn a_run_that_calls_every_operation_and_breaks_no_rule_is_good() {
        let spec = Spec::parse(SMALL).unwrap();
        let none = no_reasons();
        let report = Report::new("Upsun", &spec, &all(), &none);
        assert_eq!(
            report.text(),
            "Upsun: 6 requests, 5 of 5 read operations, 1 of 1 write operations, 0 violations"
        );
        report.outcome().unwrap();
    }

    #[test]
    fn an_operation_that_was_never_called_fails_the_run() {
        let spec = Spec::parse(SMALL).unwrap();
        let none = no_reasons();
        for (left_out, id) in [(0, "list-profiles"), (5, "update-user")] {
            let mut requests = all();
            requests.remove(left_out);
            let report = Report::new("Upsun", &spec, &requests, &none);
            assert_eq!(report.outcome().unwrap_err(), format!("Upsun: never called: {id}"));
            let text = report.text();
            assert!(text.contains(&format!("not called: {id} (no call is written)")), "{text}");
        }
    }

    #[test]
    fn an_operation_that_is_not_to_be_called_does_not() {
        let spec = Spec::parse(SMALL).unwrap();
        let reasons = Reasons::from([("update-user".to_owned(), "nobody wants it".to_owned())]);
        let report = Report::new("Upsun", &spec, &all()[..5], &reasons);
        let text = report.text();
        assert!(text.contains("not called: update-user (nobody wants it)"), "{text}");
        assert!(text.contains("5 of 5 read operations, 0 of 1 write operations"), "{text}");
        report.outcome().unwrap();
    }

    #[test]
    fn a_violation_fails_the_run_and_a_fault_of_the_response_does_not() {
        let spec = Spec::parse(SMALL).unwrap();
        let none = no_reasons();
        let mut requests = all();
        requests[0].own_faults = 2;
        Report::new("Upsun", &spec, &requests, &none).outcome().unwrap();
        requests[1].violations = vec!["request.query is wrong".to_owned()];
        let report = Report::new("Upsun", &spec, &requests, &none);
        assert_eq!(report.outcome().unwrap_err(), "Upsun: 1 violations");
        let text = report.text();
        assert!(text.contains("violation: GET /users/me: request.query is wrong\n"), "{text}");
        assert!(text.contains("not counted: 2 places"), "{text}");
    }
}
