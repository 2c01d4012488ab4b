//! The table as a page.

use std::fmt::Write as _;

use super::{Entry, Table, Word, check::Test};
use crate::spec::Service;

const HEAD: &str = "\
<!-- Written by `cargo xtask operations` from operations.toml: change that. -->

# Operations

Every operation of the services' APIs around profiles: the method of the native client that sends it, what of the
trait uses it (`find` is `ProfileProvider::find_by`, `enrich` is any of the others with `with_enrich`), and tests that
cover it. An operation with a source behind its name is not in the OpenAPI document that the client was checked against.
A cell that names nothing gives the reason; a dash stands for the reason to its left. The credential is what a source of
the service asks for; a question mark means that no source that was read says it.
";

/// The whole page.
pub(super) fn page(table: &Table) -> String {
    let mut page = HEAD.to_owned();
    for service in Service::ALL {
        let entries = table.operations.iter().filter(|entry| entry.service == *service);
        let rows: String = entries.map(row).collect();
        // Writing to a text does not fail.
        let _ = write!(
            page,
            "\n## {service}\n\n| operation | request | credential | native method | trait | tests |\n|---|---|---|---|---|---|\n{rows}"
        );
    }
    page
}

fn row(entry: &Entry) -> String {
    let code = |text: &str| format!("`{text}`");
    let notes = [entry.source.as_deref(), entry.deprecated.then_some("deprecated")];
    let notes: Vec<_> = notes.into_iter().flatten().collect();
    let operation = match &notes[..] {
        [] => code(&entry.id),
        notes => format!("{} ({})", code(&entry.id), notes.join("; ")),
    };
    let needs = entry.needs.as_deref().unwrap_or("?");
    let native = entry.native.iter().map(|method| code(&format!("{}::{method}", client(entry.service))));
    let by_trait = entry.by_trait.iter().map(|word| code(word.as_str()));
    let tests = entry.tests.iter().filter_map(|name| Test::parse(name)).map(|test| link(&test));
    let mut reason = entry.reason.as_deref();
    // The reason is told once, in the first cell that is empty.
    let mut cell = |texts: Vec<String>| {
        if texts.is_empty() { reason.take().unwrap_or("–").to_owned() } else { texts.join(", ") }
    };
    let cells = [cell(native.collect()), cell(by_trait.collect()), cell(tests.collect())];
    format!("| {operation} | {} | {needs} | {} |\n", code(&entry.request), cells.join(" | "))
}

/// A test, with the way to its file from the page.
fn link(test: &Test<'_>) -> String {
    let file = test.file();
    let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
    format!("[`{}`](../{})", test.function(), parts.join("/"))
}

/// The type of a service's native client.
const fn client(service: Service) -> &'static str {
    match service {
        Service::Upsun => "UpsunClient",
        Service::Probely => "ProbelyClient",
        Service::Anthropic => "AnthropicClient",
    }
}

impl Word {
    const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Members => "members",
            Self::Get => "get",
            Self::Enrich => "enrich",
            Self::Current => "current",
            Self::Find => "find",
            Self::Create => "create",
            Self::Update => "update",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::Enroll => "enroll",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::table;

    #[test]
    fn a_row_has_all_cells_and_a_reason_is_told_once() {
        let table = table(
            "[[operation]]
            service = 'upsun'
            id = 'get-org'
            request = 'GET /organizations/{id}'
            source = 'client code'
            deprecated = true
            needs = 'an owner'
            native = 'get_organization'
            trait = ['list', 'enrich']
            tests = ['upsun::operations::a', 'tests::finding::b']

            [[operation]]
            service = 'anthropic'
            id = 'Create'
            request = 'POST /v1/user_profiles'
            reason = 'a write'",
        );
        let page = page(&table);
        let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(
            rows,
            [
                "| `get-org` (client code; deprecated) | `GET /organizations/{id}` | an owner | `UpsunClient::get_organization` | \
                 `list`, `enrich` | [`a`](../crates/upsun/tests/it/operations.rs), [`b`](../tests/it/finding.rs) |",
                "| `Create` | `POST /v1/user_profiles` | ? | a write | – | – |",
            ]
        );
        assert!(page.contains("\n## Probely\n\n| operation |"), "{page}");
    }
}
