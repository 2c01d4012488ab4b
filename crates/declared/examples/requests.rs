//! Prints the requests that a definition of the catalog makes, as JSON: each sort of them once. `cargo xtask prism --catalog` sends them to a
//! mock server that checks them against the service's own description.

use std::{collections::BTreeSet, error::Error};

use anyprofile_conformance::{SentRequest, Server as _, run};
use anyprofile_core::{
    FieldPath, Filter, FindKey, GetOptions, ListQuery, PlanOptions, Profile, ProfileChange, ProfileProvider,
    ProfileProviderExt as _, Status, Write,
};
use anyprofile_declared::{
    MockServer, MockService, Service,
    definition::{Auth, AuthKind, Definition},
};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("usage: requests NAME")?;
    let service = Service::builtin(&name)?;
    let mock = || MockService::new(&service, 30);
    let preferred = std::env::args().nth(2).unwrap_or_default();
    let mut requests =
        Requests { credential: credential(service.definition(), &preferred), ..Requests::default() };
    let server = MockServer::serve(mock(), 0).await?;
    let provider = server.config().connect()?;
    read(&provider).await;
    write(&provider, service.definition()).await;
    requests.add(server.server().log(0).unwrap_or_default());
    // The checks of the suite try more, such as pages.
    let server = MockServer::serve(mock(), 0).await?;
    let _ = run(&server, server.server()).await;
    requests.add(server.server().log(0).unwrap_or_default());
    println!("{}", json!({ "unused": service.definition().unused, "requests": requests.all }));
    Ok(())
}

/// Each sort of request once: a method, a path, and the names of what is sent.
#[derive(Default)]
struct Requests {
    /// What stands in a header for a credential, which is not in the log.
    credential: String,
    seen: BTreeSet<String>,
    all: Vec<Value>,
}

impl Requests {
    fn add(&mut self, requests: Vec<SentRequest>) {
        for request in requests {
            let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
            let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
            let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let fields: Vec<&String> = body.as_object().into_iter().flatten().map(|(name, _)| name).collect();
            // Not each of the people: a number or an id in a path is one sort.
            let place: Vec<bool> =
                path.split('/').map(|segment| segment.bytes().any(|byte| byte.is_ascii_digit())).collect();
            let words: Vec<&str> = path
                .split('/')
                .zip(place)
                .skip(3)
                .map(|(segment, has_digit)| if has_digit { "*" } else { segment })
                .collect();
            if self.seen.insert(format!("{} {words:?} {names:?} {fields:?}", request.method)) {
                let headers: Vec<(&str, &str)> = request
                    .headers
                    .iter()
                    .map(|(name, value)| {
                        (name.as_str(), if value.is_empty() { &*self.credential } else { value })
                    })
                    .collect();
                let body =
                    if request.body.is_empty() { String::new() } else { without_mock(body).to_string() };
                let after_origin = request.url.splitn(4, '/').nth(3).unwrap_or_default();
                self.all.push(json!({
                    "method": request.method,
                    "target": format!("/{after_origin}"),
                    "headers": headers,
                    "body": body,
                }));
            }
        }
    }
}

/// Returns what stands for the credential: of the way to sign in that the description prefers, or of the first one.
fn credential(definition: &Definition, preferred: &str) -> String {
    let is_basic = |auth: &&Auth| auth.kind == AuthKind::Basic;
    let is_token = |auth: &&Auth| !matches!(auth.kind, AuthKind::Basic | AuthKind::Header);
    let ways = &definition.auth;
    let wanted = match preferred {
        "basic" => ways.iter().find(is_basic),
        "bearer" => ways.iter().find(is_token),
        _ => None,
    };
    match wanted.or(ways.first()).map(|auth| (auth.kind, auth)) {
        Some((AuthKind::Basic, _)) => "Basic eDp4".to_owned(),
        Some((AuthKind::Header, auth)) => {
            let text = auth.headers.get("Authorization").cloned().unwrap_or_else(|| "{x}".to_owned());
            text.split('{').next().unwrap_or_default().to_owned() + "x"
        }
        _ => "Bearer x".to_owned(),
    }
}

/// Removes the field that a mock server adds to records, and that an update of the whole record sends back.
fn without_mock(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.remove("mock_field");
            fields.values_mut().for_each(|value| *value = without_mock(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = without_mock(value.take())),
        _ => {}
    }
    value
}

/// Reads in every way. What the service does not have is refused before anything is sent.
async fn read(provider: &impl ProfileProvider) {
    let capabilities = provider.capabilities().clone();
    let mut queries = vec![ListQuery::new().with_enrich(true), ListQuery::new().with_search("ada")];
    let mut filters = vec![
        Filter::new().with_email("ada@example.com"),
        Filter::new().with_mfa(true),
        Filter::new().with_mfa(false),
    ];
    filters.extend(
        [Status::Active, Status::Suspended, Status::Pending, Status::Deleted]
            .map(|status| Filter::new().with_status(status)),
    );
    filters.extend(
        capabilities.listing.filter_roles.iter().map(|role| Filter::new().with_role(role.to_string())),
    );
    queries.extend(filters.into_iter().map(|filter| ListQuery::new().with_filter(filter)));
    for query in queries {
        let _ = provider.list_page(&query, None).await;
    }
    for key in ["ada@example.com", "ada", "1"] {
        for kind in [FindKey::Email, FindKey::Username, FindKey::ExternalId, FindKey::NativeId] {
            let _ = provider.find_by(&kind(key.to_owned())).await;
        }
    }
    let _ = provider.current().await;
    for profile in some(provider).await {
        let _ = provider.get_opts(&profile.id, &GetOptions::new().with_enrich(true)).await;
    }
}

/// Returns one profile of each kind.
async fn some(provider: &impl ProfileProvider) -> Vec<Profile> {
    let mut profiles = provider.list(ListQuery::new());
    let mut some: Vec<Profile> = Vec::new();
    while let Ok(Some(profile)) = futures_util::TryStreamExt::try_next(&mut profiles).await {
        if some.iter().filter(|known| known.id.kind == profile.id.kind).count() < 3 {
            some.push(profile);
        }
    }
    some
}

/// Writes each field that can be written, and makes each write that there is.
async fn write(provider: &impl ProfileProvider, definition: &Definition) {
    let paths: Vec<FieldPath> = provider
        .capabilities()
        .fields
        .iter()
        .filter(|spec| spec.write.is_some())
        .map(|spec| spec.path.clone())
        .collect();
    for profile in some(provider).await {
        for path in &paths {
            let mut values = vec![json!("New Name"), json!("new@example.com"), json!("admin"), json!(true)];
            let fields = definition.update.iter().filter_map(|update| update.fields.get(path.as_str()));
            for word in fields.flat_map(|field| field.values.keys().chain(field.actions.keys())) {
                values.extend([json!(word), serde_json::from_str(word).unwrap_or_default()]);
            }
            let lists: Vec<Value> = values.iter().map(|value| json!([value])).collect();
            values.extend(lists);
            for value in values {
                let change = ProfileChange::new().set(path.clone(), value);
                execute(provider, Write::update(profile.id.clone(), change)).await;
            }
        }
    }
    for profile in some(provider).await {
        execute(provider, Write::deactivate(profile.id.clone())).await;
        execute(provider, Write::delete(profile.id.clone())).await;
    }
}

async fn execute(provider: &impl ProfileProvider, write: Write) {
    if let Ok(plan) = provider.plan(&write, &PlanOptions::new()).await {
        let _ = provider.execute(&plan, &anyprofile_core::ExecuteOptions::new()).await;
    }
}
