//! `anyprofile providers`

use anyprofile::{
    AccountEntry, Accounts, Capabilities, FieldPath, ProfileProvider, SecretSource, Services,
    capabilities::{AtCreation, FieldSpec, Operations, Readable, Support},
    engine::CredentialSet,
    profile::View,
};
use serde_json::{Value, json};

use crate::{
    args::{Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    sandbox::Running,
    session::{configured_if_any, no_account, start_sandbox},
};

/// Prints one row for each operation and field, and one column for each account. JSON formats contain the
/// capabilities of each account.
pub(crate) async fn run(global: &Global) -> Result<Exit, Failure> {
    let running = if global.sandbox { Some(start_sandbox(global, 0).await?) } else { None };
    let (providers, exit) = accounts(global, running.as_ref())?;
    let documents = providers
        .iter()
        .map(|provider| json!({"provider": provider.info(), "capabilities": provider.capabilities()}));
    match global.output {
        Format::Json => {
            print_line(&serde_json::to_string_pretty(&documents.collect::<Vec<_>>())?)?;
            return Ok(exit);
        }
        Format::Ndjson => {
            for document in documents {
                print_line(&document.to_string())?;
            }
            return Ok(exit);
        }
        Format::Table | Format::Csv => {}
    }
    let mut columns = vec!["name"];
    columns.extend(providers.iter().map(|provider| provider.info().account.as_str()));
    let mut rows = Vec::new();
    for (name, support) in OPERATIONS {
        let cell = |capabilities: &Capabilities| match support(&capabilities.operations) {
            Support::For(kinds) => kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            _ => "-".to_owned(),
        };
        rows.push(row(&format!("operation {name}"), &providers, cell));
    }
    for (name, _) in OPERATIONS {
        let needs = |capabilities: &Capabilities| capabilities.operations.needs.get(*name).cloned();
        if providers.iter().any(|provider| needs(provider.capabilities()).is_some()) {
            let cell = |capabilities: &Capabilities| needs(capabilities).map_or("-".to_owned(), String::from);
            rows.push(row(&format!("credential for {name}"), &providers, cell));
        }
    }
    for (name, cell) in LISTING {
        rows.push(row(&format!("listing {name}"), &providers, *cell));
    }
    for path in paths(&providers) {
        rows.push(row(path.as_str(), &providers, |capabilities| field_cell(capabilities.fields.get(&path))));
    }
    print_rows(global.output, &columns, &rows)?;
    for provider in &providers {
        let (account, capabilities) = (&provider.info().account, provider.capabilities());
        capabilities.listing.hides.iter().for_each(|hidden| say!("{account}: not listed: {hidden}"));
        capabilities.traps.iter().for_each(|trap| say!("{account}: note: {trap}"));
    }
    Ok(exit)
}

/// Returns the configured accounts, or one of each service if none is configured. The configuration matters, since a
/// beta version changes the capabilities. An account that cannot be used is reported and makes the exit code partial.
fn accounts(global: &Global, running: Option<&Running>) -> Result<(Vec<Provider>, Exit), Failure> {
    let configured = if running.is_some() { None } else { configured_if_any(global)? };
    let accounts = match configured {
        Some(accounts) => accounts,
        None => one_of_each(global.program.services(), running)?,
    };
    let (mut providers, mut exit) = (Vec::new(), Exit::Complete);
    for (_, connected) in accounts.select(&global.account)?.connect_each() {
        match connected {
            Ok(provider) => providers.push(provider),
            Err(error) => {
                diagnostics::error(&error);
                exit = Exit::Partial;
            }
        }
    }
    if providers.is_empty() {
        return Err(no_account());
    }
    Ok((providers, exit))
}

/// Returns one account for each set of credentials. It lists everything that can be listed; a sandbox account lists
/// what the sandbox has.
fn one_of_each(services: &Services, running: Option<&Running>) -> anyprofile::Result<Accounts> {
    let named = services.environment_accounts();
    let mut ways: Vec<_> = named.map(|(name, service, set)| (name, service, set.keys())).collect();
    // A declared service has what its definition says.
    for service in services.iter().filter(|service| !service.is_of_many()) {
        // A service whose accounts cannot be defined by environment variables.
        if ways.iter().all(|(_, known, _)| known.name() != service.name()) {
            let keys = service.credentials().first().map_or(&[][..], CredentialSet::keys);
            ways.push((service.name().as_str(), service, keys));
        }
    }
    let mut entries = Vec::new();
    for (name, service, credentials) in ways {
        let mut entry = AccountEntry::new(name.parse()?, service.name().clone());
        for key in credentials {
            entry = entry.with_secret(key.name.clone(), SecretSource::literal("none"));
        }
        for key in service.keys() {
            let of_sandbox = key.variable.as_deref().zip(running);
            let of_sandbox = of_sandbox.and_then(|(variable, running)| running.setting(variable));
            let widest = key.widest.as_deref().filter(|_| running.is_none());
            match of_sandbox.as_deref().or(widest) {
                Some(text) => entry = entry.with(key.name.clone(), key.value_of(text)?),
                // A placeholder is enough, since no request is sent.
                None if key.is_required => entry = entry.with(key.name.clone(), key.placeholder()),
                None => {}
            }
        }
        entries.push(entry);
    }
    services.open(entries)
}

type Provider = std::sync::Arc<dyn ProfileProvider>;

type OfOperations = fn(&Operations) -> &Support;

const OPERATIONS: &[(&str, OfOperations)] = &[
    ("list", |operations| &operations.list),
    ("get", |operations| &operations.get),
    ("current", |operations| &operations.current),
    ("enrich", |operations| &operations.enrich),
    ("members", |operations| &operations.members),
    ("create", |operations| &operations.create),
    ("update", |operations| &operations.update),
    ("deactivate", |operations| &operations.deactivate),
    ("delete", |operations| &operations.delete),
    ("enroll", |operations| &operations.enroll),
];

type OfCapabilities = fn(&Capabilities) -> String;

const LISTING: &[(&str, OfCapabilities)] = &[
    ("page size", |capabilities| {
        let listing = &capabilities.listing;
        match (listing.page_size, listing.max_page_size) {
            (false, _) => "-".to_owned(),
            (true, Some(max)) => format!("up to {max}"),
            (true, None) => "yes".to_owned(),
        }
    }),
    ("records", |capabilities| {
        let collections = capabilities.listing.collections.iter();
        let views: Vec<_> = collections.flat_map(|it| &it.views).map(View::as_str).collect();
        if views.is_empty() { "-".to_owned() } else { views.join(", ") }
    }),
    ("filters", |capabilities| {
        let parts: Vec<_> = capabilities.listing.filters.iter().map(|part| part.as_str()).collect();
        if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
    }),
    ("total", |capabilities| yes_or_dash(capabilities.listing.declares_total)),
    ("search", |capabilities| yes_or_dash(capabilities.listing.search)),
    ("order", |capabilities| {
        let orders: Vec<_> = capabilities.listing.orders.iter().map(ToString::to_string).collect();
        if orders.is_empty() { "-".to_owned() } else { orders.join(", ") }
    }),
    ("numbered pages", |capabilities| yes_or_dash(capabilities.listing.numbered_pages)),
    ("read from both ends", |capabilities| yes_or_dash(capabilities.listing.both_ends)),
];

fn yes_or_dash(is_supported: bool) -> String {
    if is_supported { "yes" } else { "-" }.to_owned()
}

fn row(name: &str, providers: &[Provider], cell: impl Fn(&Capabilities) -> String) -> Vec<Value> {
    let cells = providers.iter().map(|provider| json!(cell(provider.capabilities())));
    std::iter::once(json!(name)).chain(cells).collect()
}

/// Returns all core fields, and the fields that only some services have.
fn paths(providers: &[Provider]) -> Vec<FieldPath> {
    let mut paths = FieldPath::CORE.to_vec();
    for spec in providers.iter().flat_map(|provider| provider.capabilities().fields.iter()) {
        if !paths.contains(&spec.path) {
            paths.push(spec.path.clone());
        }
    }
    paths
}

fn field_cell(spec: Option<&FieldSpec>) -> String {
    let Some(spec) = spec else { return "-".to_owned() };
    let read = match &spec.read {
        Readable::Yes => {
            let views: Vec<_> = spec.sources.iter().filter_map(|source| source.view.as_ref()).collect();
            let views: Vec<_> = views.into_iter().map(View::as_str).collect();
            if views.is_empty() { "read".to_owned() } else { views.join(", ") }
        }
        Readable::Withheld { needs } => format!("withheld (needs {needs})"),
        _ => "-".to_owned(),
    };
    match &spec.write {
        None => read,
        Some(rule) => {
            let kinds: Vec<_> = rule.id_kinds.iter().map(ToString::to_string).collect();
            let ways =
                [(rule.update, "write"), (rule.create != AtCreation::No, "create"), (rule.clear, "clear")];
            let ways: Vec<_> =
                ways.into_iter().filter_map(|(is_there, way)| is_there.then_some(way)).collect();
            format!("{read}; {} ({})", ways.join("/"), kinds.join(", "))
        }
    }
}
