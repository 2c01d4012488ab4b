//! Whether the table is whole, and true.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{Entry, Table, Word};
use crate::spec::{Operation, Service, Spec};

/// The sources that the table names things in.
pub(super) struct Sources<'a> {
    root: &'a Path,
}

impl<'a> Sources<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    /// All of a service's native client.
    fn client(&self, service: Service) -> String {
        let folder = self.root.join("crates").join(service.name()).join("src").join("client");
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect()
    }

    /// The file of a test.
    fn test(&self, test: &Test<'_>) -> Option<String> {
        fs::read_to_string(self.root.join(test.file())).ok()
    }

    fn of_trait(&self) -> String {
        let source = self.root.join("crates").join("core").join("src");
        let files = ["provider.rs", "extension_trait.rs", "query.rs"]
            .map(|file| fs::read_to_string(source.join(file)));
        files.into_iter().flatten().collect()
    }
}

/// A test by its name in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Test<'a> {
    /// A crate's folder, or `tests` for the tests across providers.
    package: &'a str,
    module: &'a str,
    function: &'a str,
}

impl<'a> Test<'a> {
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let mut parts = name.split("::");
        let (package, module, function) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(Self { package, module, function })
    }

    /// Its file, from the root of the workspace.
    pub(super) fn file(&self) -> PathBuf {
        let package = match self.package {
            "tests" => PathBuf::from("tests"),
            other => Path::new("crates").join(other).join("tests"),
        };
        package.join("it").join(format!("{}.rs", self.module))
    }

    pub(super) const fn function(&self) -> &'a str {
        self.function
    }
}

/// What is wrong with the table.
pub(super) fn table(table: &Table, sources: &Sources<'_>) -> Vec<String> {
    let clients: BTreeMap<_, _> =
        Service::ALL.iter().map(|service| (*service, sources.client(*service))).collect();
    let of_trait = sources.of_trait();
    let mut faults = Vec::new();
    for (place, entry) in table.operations.iter().enumerate() {
        let mut fault = |what: String| faults.push(format!("{} {}: {what}", entry.service, entry.id));
        let is_same = |other: &Entry| other.service == entry.service && other.id == entry.id;
        if table.operations[..place].iter().any(is_same) {
            fault("is there twice".to_owned());
        }
        cells(entry).into_iter().for_each(&mut fault);
        if let Some(method) = &entry.native
            && !clients[&entry.service].contains(&format!("pub async fn {method}("))
        {
            fault(format!("the client has no method {method}"));
        }
        for word in &entry.by_trait {
            if !of_trait.contains(word.item()) {
                fault(format!("the trait has no {word:?}"));
            }
        }
        for name in &entry.tests {
            let Some(test) = Test::parse(name) else {
                fault(format!("{name} is not crate::module::function"));
                continue;
            };
            if !sources.test(&test).is_some_and(|text| has_test(&text, test.function)) {
                fault(format!("there is no test {name}"));
            }
        }
    }
    // A client's method that the table does not have is an operation that nobody wrote down.
    for (service, client) in &clients {
        let entries = || table.operations.iter().filter(|entry| entry.service == *service);
        for method in methods(client) {
            if !PAGING.contains(&method) && !entries().any(|entry| entry.native.as_deref() == Some(method)) {
                faults.push(format!("{service}: the client's method {method} is of no operation"));
            }
        }
    }
    faults
}

/// Methods that go to another page of what another method lists.
const PAGING: &[&str] = &["follow", "follow_profiles"];

/// The public methods of a client that send something.
fn methods(client: &str) -> impl Iterator<Item = &str> {
    client.split("pub async fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next())
}

/// What is wrong with an entry's empty cells.
fn cells(entry: &Entry) -> Vec<String> {
    let empty = entry.empty_cells();
    match (&entry.reason, empty.is_empty()) {
        (None, false) => vec![format!("no {} and no reason", empty.join(", no "))],
        (Some(_), true) => vec!["gives a reason for an empty cell and has none".to_owned()],
        _ => Vec::new(),
    }
}

/// Whether a file has a test of this name.
fn has_test(text: &str, function: &str) -> bool {
    let declaration = format!("fn {function}(");
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    let declared = lines.iter().enumerate().filter(|(_, line)| line.contains(&declaration));
    let attributes =
        declared.map(|(place, _)| lines[..place].iter().rev().take_while(|line| line.starts_with("#[")));
    attributes.flatten().any(|attribute| attribute.contains("test"))
}

/// Where the table and a document differ.
pub(super) fn against(table: &Table, spec: &Spec) -> Vec<String> {
    // One of the catalog has no operations here.
    let Some(source) = spec.source else { return Vec::new() };
    let (service, names) = (source.service(), source.names_operations());
    let entries: Vec<_> = table.operations.iter().filter(|entry| entry.service == service).collect();
    let is_same = |entry: &Entry, operation: &Operation| {
        if names { entry.id == operation.id } else { entry.request == operation.request() }
    };
    let mut faults = Vec::new();
    for operation in &spec.operations {
        match entries.iter().find(|entry| is_same(entry, operation)) {
            None => faults.push(format!("{service} {}: is in the document alone", operation.id)),
            Some(entry) if entry.request != operation.request() => {
                faults.push(format!("{service} {}: the document says {}", operation.id, operation.request()));
            }
            Some(entry) if entry.deprecated != operation.is_deprecated => {
                faults.push(format!("{service} {}: one of the two says that it is deprecated", entry.id));
            }
            Some(entry) if names && entry.source.is_some() => {
                faults.push(format!("{service} {}: is in the document, and has another source", entry.id));
            }
            Some(_) => {}
        }
    }
    let has = |entry: &Entry| spec.operations.iter().any(|operation| is_same(entry, operation));
    for entry in entries {
        if names && entry.source.is_none() && !has(entry) {
            faults.push(format!("{service} {}: is not in the document, and has no other source", entry.id));
        }
        // The Admin API has no other document.
        if !names && entry.request.contains(" /v1/organizations/") && !has(entry) {
            faults.push(format!("{service} {}: is not in the document", entry.id));
        }
    }
    faults
}

impl Entry {
    /// The names of its empty cells.
    fn empty_cells(&self) -> Vec<&'static str> {
        let cells = [
            ("native method", self.native.is_none()),
            ("trait method", self.by_trait.is_empty()),
            ("test", self.tests.is_empty()),
        ];
        cells.into_iter().filter_map(|(name, is_empty)| is_empty.then_some(name)).collect()
    }
}

impl Word {
    /// How it is declared.
    const fn item(self) -> &'static str {
        match self {
            Self::List => "fn list(",
            Self::Members => "fn members(",
            Self::Get => "async fn get(",
            Self::Enrich => "fn with_enrich(",
            Self::Current => "async fn current(",
            Self::Find => "async fn find_by(",
            Self::Create => "async fn create(",
            Self::Update => "async fn update(",
            Self::Deactivate => "async fn deactivate(",
            Self::Delete => "async fn delete(",
            Self::Enroll => "async fn enroll(",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{operations::tests::table as parsed, spec::tests::SMALL};

    fn faults_of(text: &str) -> Vec<String> {
        parsed(text).operations.iter().flat_map(cells).collect()
    }

    #[test]
    fn an_empty_cell_needs_a_reason_and_a_reason_an_empty_cell() {
        let head = "[[operation]]\nservice = 'upsun'\nid = 'a'\nrequest = 'GET /a'\n";
        let whole = "native = 'a'\ntrait = ['get']\ntests = ['upsun::native::a']\n";
        assert!(faults_of(&format!("{head}{whole}")).is_empty());
        assert!(faults_of(&format!("{head}reason = 'a write'")).is_empty());
        assert_eq!(faults_of(&format!("{head}native = 'a'")), ["no trait method, no test and no reason"]);
        let stale = faults_of(&format!("{head}{whole}reason = 'a write'"));
        assert_eq!(stale, ["gives a reason for an empty cell and has none"]);
    }

    #[test]
    fn a_test_is_a_function_with_the_attribute() {
        let text = "async fn helper() {}\n#[tokio::test(start_paused = true)]\n#[ignore]\nasync fn waits() {}\n\
                    mod inner {\n    #[test]\n    fn reads() {}\n}\n// fn told(\n";
        assert!(has_test(text, "waits") && has_test(text, "reads"));
        for other in ["helper", "told", "wait", "missing"] {
            assert!(!has_test(text, other), "{other}");
        }
    }

    #[test]
    fn a_test_is_named_by_crate_module_and_function() {
        let test = Test::parse("upsun::operations::it_sends").unwrap();
        assert_eq!(test.file(), Path::new("crates/upsun/tests/it/operations.rs"));
        assert_eq!(Test::parse("tests::finding::x").unwrap().file(), Path::new("tests/it/finding.rs"));
        for name in ["", "upsun::operations", "upsun::a::b::c"] {
            assert_eq!(Test::parse(name), None);
        }
    }

    #[test]
    fn what_the_table_names_has_to_exist() {
        let root = std::env::temp_dir().join(format!("anyprofile-xtask-{}", std::process::id()));
        let folder = root.join("crates/upsun/src/client");
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("user.rs"),
            "pub async fn get_user(&self)\npub async fn follow<T>(&self)\npub async fn get_me(&self)",
        )
        .unwrap();
        let text = "[[operation]]\nservice = 'upsun'\nid = 'get-user'\nrequest = 'GET /users'\n\
                    native = 'get_users'\ntrait = ['get']\ntests = ['upsun::native::none', 'x']\n";
        let faults = table(&parsed(&format!("{text}{text}")), &Sources::new(&root));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(
            faults,
            [
                "Upsun get-user: the client has no method get_users",
                "Upsun get-user: the trait has no Get",
                "Upsun get-user: there is no test upsun::native::none",
                "Upsun get-user: x is not crate::module::function",
                "Upsun get-user: is there twice",
                "Upsun get-user: the client has no method get_users",
                "Upsun get-user: the trait has no Get",
                "Upsun get-user: there is no test upsun::native::none",
                "Upsun get-user: x is not crate::module::function",
                "Upsun: the client's method get_user is of no operation",
                "Upsun: the client's method get_me is of no operation",
            ]
        );
    }

    #[test]
    fn the_table_has_the_documents_operations_and_no_others() {
        let entry = |id: &str, request: &str, more: &str| {
            format!("[[operation]]\nservice = 'upsun'\nid = '{id}'\nrequest = '{request}'\n{more}\n")
        };
        let table = parsed(
            &[
                entry("list-profiles", "GET /profiles", ""),
                entry("get-user", "GET /user", ""),
                entry("update-user", "PATCH /users/{user_id}", "source = 'client code'"),
                entry("get-current-user", "GET /users/me", ""),
                entry("get-user-by-email-address", "GET /users/email={email}", ""),
                entry("list-orgs", "GET /organizations", "source = 'client code'"),
                entry("get-org", "GET /organizations/{id}", ""),
            ]
            .concat(),
        );
        assert_eq!(
            against(&table, &Spec::parse(SMALL).unwrap()),
            [
                "Upsun get-current-user-verification-status: is in the document alone",
                "Upsun get-user: the document says GET /users/{user_id}",
                "Upsun update-user: is in the document, and has another source",
                "Upsun get-org: is not in the document, and has no other source",
            ]
        );
    }

    #[test]
    fn a_document_with_names_of_its_own_is_compared_by_requests() {
        let document = r#"{"paths": {
            "/v1/organizations/me": {"get": {"operationId": "retrieve_organization"}},
            "/v1/organizations/users": {"get": {"operationId": "list_users", "deprecated": true}},
            "/v1/organizations/invites": {"get": {"operationId": "list_invites"}}}}"#;
        let entry = |id: &str, request: &str| {
            format!(
                "[[operation]]\nservice = 'anthropic'\nid = '{id}'\nrequest = '{request}'\nsource = 'Admin API'\n"
            )
        };
        let table = parsed(
            &[
                entry("AdminGetOrganization", "GET /v1/organizations/me"),
                entry("AdminListUsers", "GET /v1/organizations/users"),
                entry("AdminListTeams", "GET /v1/organizations/teams"),
                entry("BetaCreateEnrollmentUrl", "POST /v1/user_profiles/{user_profile_id}/enrollment_url"),
            ]
            .concat(),
        );
        assert_eq!(
            against(&table, &Spec::parse(document).unwrap()),
            [
                "Anthropic list_invites: is in the document alone",
                "Anthropic AdminListUsers: one of the two says that it is deprecated",
                "Anthropic AdminListTeams: is not in the document",
            ]
        );
    }
}
