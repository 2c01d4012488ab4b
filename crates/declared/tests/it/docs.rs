//! What the documents say is so.

use std::{fmt::Write as _, path::PathBuf, sync::Arc};

use anyprofile_core::{
    Capabilities, FieldPath, FieldState, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _,
    capabilities::{Readable, Support},
};
use anyprofile_declared::{DeclaredConfig, MockService, RecordedResponses, Service, catalog};
use anyprofile_http::HttpOptions;

fn file(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap()
}

/// Compares a file with what it should be; with `ANYPROFILE_UPDATE=1` it is written.
fn is_as_made(path: &str, made: &str) {
    if std::env::var_os("ANYPROFILE_UPDATE").is_some() {
        std::fs::write(file(path), made).unwrap();
    }
    assert!(
        text(path) == made,
        "{path} is not as it would be made: run ANYPROFILE_UPDATE=1 cargo test -p anyprofile-declared"
    );
}

/// Returns the blocks of a language in the page about definitions.
fn blocks(language: &str) -> Vec<String> {
    let page = text("docs/definitions.md");
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn each_whole_definition_of_the_page_is_valid() {
    let blocks = blocks("toml definition");
    assert!(!blocks.is_empty());
    for block in blocks {
        Service::parse(&block, "definitions.md").unwrap();
    }
}

#[tokio::test]
async fn the_first_definition_reads_what_the_page_says() {
    let service = Service::parse(&blocks("toml definition")[0], "definitions.md").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    // The page shows the first page of three people.
    write("listMembers.json", &blocks("json")[0]);
    write(
        "listMembers.2.json",
        r#"{"members": [{"id": 19, "name": "Cy", "state": "disabled"}], "total": 3}"#,
    );
    let responses = Arc::new(RecordedResponses::open(folder.path(), &service).unwrap());
    let http = HttpOptions::default().with_transport(responses);
    let secrets = MockService::new(&service, 0).secrets();
    let provider = DeclaredConfig::new("main".parse().unwrap(), service, secrets).with_http(http);
    let provider = provider.connect().unwrap();
    let mut listing = provider.list(ListQuery::new().with_page_size(2));
    let mut people: Vec<Profile> = Vec::new();
    while let Some(profile) = futures_util::TryStreamExt::try_next(&mut listing).await.unwrap() {
        people.push(profile);
    }
    assert!(listing.report().is_complete(), "{:?}", listing.report().gaps());
    let ids: Vec<_> = people.iter().map(|profile| profile.id.to_string()).collect();
    assert_eq!(ids, ["acme:main/user/17", "acme:main/user/18", "acme:main/user/19"]);
    let statuses: Vec<_> = people.iter().map(|profile| profile.status.value().unwrap().to_string()).collect();
    assert_eq!(statuses, ["active", "on_leave", "suspended"]);
    let states = |path: FieldPath| -> Vec<FieldState> {
        people.iter().take(2).map(|profile| profile.state(&path, provider.capabilities())).collect()
    };
    assert_eq!(states(FieldPath::SECURITY_MFA_ENABLED), [FieldState::Value, FieldState::Absent]);
    assert_eq!(states(FieldPath::SECURITY_LAST_LOGIN), [FieldState::Value, FieldState::Null]);
    assert_eq!(people[0].times.created.value().unwrap().to_string(), "2024-06-01T00:00:00Z");
    assert_eq!(people[0].unknown.get("desk").unwrap().get(), "\"4B\"");
    // The only role is a word, which is its id as well.
    assert_eq!(people[0].roles.value().unwrap()[0].role.value().unwrap().id.value().unwrap(), "owner");
}

#[test]
fn a_response_that_nobody_recorded_is_named() {
    let service = Service::builtin("okta").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = RecordedResponses::open(folder.path(), &service).unwrap_err();
    assert!(error.to_string().contains("no recorded response"), "{error}");
    std::fs::write(folder.path().join("listPeople.json"), "[]").unwrap();
    let error = RecordedResponses::open(folder.path(), &service).unwrap_err();
    assert!(error.to_string().contains("no operation 'listPeople'"), "{error}");
    assert!(error.hint().unwrap().contains("listUsers"), "{error}");
}

#[test]
fn the_schema_is_as_it_is_published() {
    let schema = serde_json::to_value(anyprofile_declared::schema()).unwrap();
    is_as_made("docs/definition.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}

/// The fields of the matrix, with their names in its head.
const FIELDS: &[(&str, FieldPath)] = &[
    ("status", FieldPath::STATUS),
    ("e-mail", FieldPath::EMAILS),
    ("user name", FieldPath::USERNAME),
    ("roles", FieldPath::ROLES),
    ("groups", FieldPath::GROUPS),
    ("second factor", FieldPath::SECURITY_MFA_ENABLED),
    ("last login", FieldPath::SECURITY_LAST_LOGIN),
    ("created", FieldPath::TIMES_CREATED),
];

fn capabilities(service: &Service) -> Capabilities {
    let mock = MockService::new(service, 0);
    let mut config = DeclaredConfig::new("mock".parse().unwrap(), service.clone(), mock.secrets());
    config.variables = mock.variables();
    config.token_url = mock.token_url("http://127.0.0.1:1");
    let mut http = HttpOptions::default();
    http.allow_insecure_http = true;
    config.at("http://127.0.0.1:1").with_http(http).connect().unwrap().capabilities().clone()
}

/// Returns the mark of a field: read by each list, read by `get` or with `--enrich`, and whether it can be written.
fn mark(capabilities: &Capabilities, path: &FieldPath) -> String {
    let Some(spec) = capabilities.fields.get(path) else { return String::new() };
    let listed = match capabilities.listed(path, &ListQuery::new()) {
        Readable::Yes => "yes",
        Readable::Withheld { .. } => "rights",
        _ => match spec.read {
            Readable::No => "",
            _ => "single",
        },
    };
    format!("{listed}{}", if spec.write.is_some() { " ✎" } else { "" })
}

fn matrix() -> String {
    let mut text = String::from("| definition | kinds | get | own | update | deactivate | delete |");
    for (name, _) in FIELDS {
        let _ = write!(text, " {name} |");
    }
    text += " proof |\n|---|---|---|---|---|---|---|";
    text += &"---|".repeat(FIELDS.len());
    text += "---|\n";
    for name in catalog::NAMES {
        let service = Service::builtin(name).unwrap();
        let capabilities = capabilities(&service);
        let operations = &capabilities.operations;
        let yes = |support: &Support| if support.is_supported() { "yes" } else { "" };
        let kinds: Vec<_> = capabilities.listing.collections.iter().map(|it| it.kind.to_string()).collect();
        let _ = write!(
            text,
            "| [`{name}`]({name}.toml) | {} | {} | {} | {} | {} | {} |",
            kinds.join(", "),
            yes(&operations.get),
            yes(&operations.current),
            yes(&operations.update),
            yes(&operations.deactivate),
            yes(&operations.delete)
        );
        for (_, path) in FIELDS {
            let _ = write!(text, " {} |", mark(&capabilities, path));
        }
        let is_run = service.definition().proof != "description only";
        let _ = writeln!(text, " {} |", if is_run { "real server" } else { "description" });
    }
    text
}

#[test]
fn the_matrix_of_the_catalog_is_as_it_would_be_made() {
    const PATH: &str = "crates/declared/catalog/README.md";
    let (begin, end) = ("<!-- matrix -->", "<!-- /matrix -->");
    let page = text(PATH);
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let head = "**yes**: each profile of a listing. **single**: `get` or `--enrich`. **rights**: only with a further right, which \
                `anyprofile providers` names. **✎**: can be written.";
    is_as_made(PATH, &format!("{before}{begin}\n\n{head}\n\n{}\n{end}{after}", matrix()));
}
