//! SARIF 2.1.0 (OASIS), for code scanning.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{Finding, FindingState, Policy, Review, Severity, digest::sha256};

/// What cannot stand in the path of a URI (RFC 3986 §3.3).
const NOT_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// How many profiles a result names.
const MOST_NAMED: usize = 100;

impl Review {
    /// Returns the findings as SARIF 2.1.0.
    ///
    /// What is not known has the kind `open`, which SARIF has for what could not be decided, and what is excepted is suppressed. Profiles
    /// are logical locations, by their ids. `policy_file` is named as the place of each result, since some readers show only what has a
    /// file.
    pub fn sarif(&self, tool: (&str, &str), policy_file: Option<&str>) -> Value {
        let rules = self.policy.rules.iter().map(|rule| {
            json!({
                "id": rule.name(),
                "shortDescription": { "text": format!("{} ({})", rule.name(), rule.check) },
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": { "security-severity": score(rule.severity), "tags": ["security"] },
            })
        });
        let policy_file = policy_file.map(|file| utf8_percent_encode(file, NOT_IN_PATH).to_string());
        let results =
            self.findings().iter().map(|finding| result(finding, &self.policy, policy_file.as_deref()));
        let gaps =
            self.manifest().gaps().into_iter().map(|(account, gap)| ("error", format!("{account}: {gap}")));
        let unchecked =
            self.unchecked().map(|(rule, why)| ("warning", format!("{rule}: not checked: {why}")));
        let notes = self.notes().iter().map(|note| ("note", note.clone()));
        let some = "the snapshot was asked for some profiles only".to_owned();
        let filtered = self.manifest().is_filtered().then_some(("warning", some));
        let said = gaps.chain(filtered).chain(unchecked).chain(notes);
        let said = said.map(|(level, text)| json!({ "level": level, "message": { "text": text } }));
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": tool.0, "version": tool.1, "rules": rules.collect::<Vec<_>>() } },
                "invocations": [{
                    "executionSuccessful": self.manifest().complete,
                    "toolExecutionNotifications": said.collect::<Vec<_>>(),
                }],
                "results": results.collect::<Vec<_>>(),
            }],
        })
    }
}

fn result(finding: &Finding, policy: &Policy, policy_file: Option<&str>) -> Value {
    let ids = finding.profiles.iter().take(MOST_NAMED).map(ToString::to_string);
    let named: Vec<_> = ids.chain(finding.account.clone().filter(|_| finding.profiles.is_empty())).collect();
    let logical: Vec<_> =
        named.iter().map(|id| json!({ "fullyQualifiedName": id, "kind": "resource" })).collect();
    let mut location = json!({ "logicalLocations": logical });
    if let Some(file) = policy_file {
        location["physicalLocation"] =
            json!({ "artifactLocation": { "uri": file }, "region": { "startLine": 1 } });
    }
    let whom = match finding.profiles.len() {
        0 => finding.account.clone().unwrap_or_default(),
        1 => named.concat(),
        count => format!("{count} profiles of {}", finding.account.as_deref().unwrap_or_default()),
    };
    let text = format!("{whom}: {}", finding.message);
    // It stays the same while it is found for the same reason, so that a reader can tell new ones.
    let print = sha256(format!("{}\n{}\n{}", finding.rule, finding.state, named.join("\n")).as_bytes());
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": policy.rules.iter().position(|rule| rule.name() == finding.rule),
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "anyprofile/v1": print },
        "properties": { "severity": finding.severity, "state": finding.state },
    });
    if finding.state == FindingState::NotKnown {
        result["kind"] = "open".into();
        result["level"] = "none".into();
    } else {
        result["level"] = level(finding.severity).into();
    }
    if let Some(exception) = &finding.exception {
        let why =
            format!("{} (approved by {}, until {})", exception.reason, exception.approver, exception.expires);
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// Returns the score that code scanning sorts by: 0.1 to 10, as in CVSS.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}
