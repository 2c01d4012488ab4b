//! Requests that are wrong, by which Prism shows that it looks at what it is sent. Where it finds nothing wrong with
//! them, that it finds nothing wrong with others means nothing: of a schema that it does not understand it takes
//! everything, and says not a word.

use std::borrow::Cow;

use super::{edition::Edition, log::Seen};
use crate::spec::Spec;

/// What stands for every variable of a path: a UUID, which is what the documents ask most of one.
const ID: &str = "d81c8ee2-44b3-429f-b944-a33ad7437690";

/// A key that no body has.
const WRONG_BODY: &str = r#"{"anyprofile-has-no-such-key":true}"#;

/// A request that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    /// In upper case.
    pub(crate) method: String,
    pub(crate) target: String,
    /// Empty if there is none; otherwise JSON.
    pub(crate) body: Cow<'static, str>,
}

impl Probe {
    pub(crate) fn get(target: &str) -> Self {
        Self { method: "GET".to_owned(), target: target.to_owned(), body: "".into() }
    }

    /// One for the parameters, and one for the body of each operation that has one.
    pub(crate) fn all(spec: &Spec, edition: &Edition) -> Vec<Self> {
        std::iter::once(Self::get(edition.wrong_parameter)).chain(Self::bodies(spec)).collect()
    }

    /// One for the body of each operation that has one.
    pub(crate) fn bodies(spec: &Spec) -> Vec<Self> {
        let has_body = |path: &str, method: &str| {
            let body = &spec.document["paths"][path][method]["requestBody"];
            body["content"]
                .as_object()
                .into_iter()
                .flat_map(|it| it.values())
                .any(|it| it.get("schema").is_some())
        };
        let with_body = spec.operations.iter().filter(|it| has_body(&it.path, &it.method));
        let bodies = with_body.map(|operation| Self {
            method: operation.method.to_uppercase(),
            target: with_ids(&operation.path),
            body: WRONG_BODY.into(),
        });
        bodies.collect()
    }

    /// Whether Prism found what is wrong.
    pub(crate) fn is_found(&self, seen: &Seen) -> bool {
        let is_about_it = |violation: &String| {
            let violation = violation.to_lowercase();
            // A form is told from JSON by its type alone.
            self.body.is_empty() || violation.contains("body") || violation.contains("content type")
        };
        seen.violations.iter().any(is_about_it)
    }
}

/// A path with something in place of its variables.
fn with_ids(path: &str) -> String {
    let mut parts = path.split('{');
    let mut target = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        target.push_str(ID);
        target.push_str(part.split_once('}').map_or("", |(_, behind)| behind));
    }
    target
}

/// The first of the probes that Prism found nothing wrong with.
pub(crate) fn unfound<'a>(probes: &'a [Probe], seen: &[Seen]) -> Option<&'a Probe> {
    let mut seen = seen.iter();
    probes.iter().find(|probe| !seen.next().is_some_and(|seen| probe.is_found(seen)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::spec::{Source, tests::SMALL};

    #[test]
    fn every_operation_with_a_body_is_sent_a_wrong_one() {
        let mut document: Value = serde_json::from_str(SMALL).unwrap();
        document["paths"]["/users/{user_id}"]["patch"]["requestBody"] =
            json!({"content": {"application/json": {"schema": {"type": "object"}}}});
        let spec = Spec::of(document).unwrap();
        let probes = Probe::all(&spec, &Edition::of(Source::Upsun));
        let told: Vec<_> =
            probes.iter().map(|it| format!("{} {} {}", it.method, it.target, it.body)).collect();
        assert_eq!(told, ["GET /users/nobody/teams ".to_owned(), format!("PATCH /users/{ID} {WRONG_BODY}"),]);
        assert_eq!(with_ids("/a/{b}/c={d}e"), format!("/a/{ID}/c={ID}e"));
    }

    #[test]
    fn a_wrong_body_is_found_by_what_is_said_of_the_body_alone() {
        let probe = |body: &'static str| Probe {
            method: "POST".to_owned(),
            target: "/a".to_owned(),
            body: Cow::from(body),
        };
        let seen = |violations: &[&str]| Seen {
            violations: violations.iter().map(ToString::to_string).collect(),
            ..Seen::default()
        };
        assert!(probe("").is_found(&seen(&["request.path.id is wrong"])));
        assert!(!probe("").is_found(&seen(&[])));
        let path = seen(&["request.path.id is wrong"]);
        let body = seen(&["request.path.id is wrong", "request.body Request body must be array"]);
        assert!(!probe(WRONG_BODY).is_found(&path));
        assert!(probe(WRONG_BODY).is_found(&body));
        assert!(probe(WRONG_BODY).is_found(&seen(&["INVALID_CONTENT_TYPE: Invalid content type"])));
        let probes = [probe(WRONG_BODY), probe(WRONG_BODY)];
        assert_eq!(unfound(&probes, &[body.clone(), body.clone()]), None);
        assert_eq!(unfound(&probes, &[body.clone(), path]), Some(&probes[1]));
        assert_eq!(unfound(&probes, &[body]), Some(&probes[1]));
    }
}
