//! How accounts are configured in a file.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyprofile_core::{AccountName, Error, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, CredentialSet, Secrets, ServiceDescriptor, SettingKey, Settings};
use anyprofile_http::HttpOptions;
use serde_json::Value;

use super::DeclaredConfig;
use crate::{Service, catalog};

/// The name of declared services in account files: `service = "declared"`. Ids have the name that the definition gives.
pub const SERVICE: &str = "declared";

/// The keys of each account at a declared service.
const DEFINITION: &str = "definition";
const BASE_URL: &str = "base_url";
const PAGE_SIZE: &str = "page_size";
const TOKEN_URL: &str = "token_url";

fn definition_key() -> SettingKey {
    SettingKey::name_or_path(
        DEFINITION,
        "a name of the catalog, or the path of a definition file (`./acme.toml`)",
    )
    .required()
}

/// Returns the descriptor of declared services for account files and the command. The definition decides which other keys an account has.
pub fn service() -> ServiceDescriptor {
    // Without a definition, no account can be connected: the keys are those of every one.
    let connect =
        |_: AccountName, _: &Value, _: &Secrets, _: HttpOptions| -> Result<Arc<dyn ProfileProvider>> {
            Err(no_definition())
        };
    ServiceDescriptor::new(ServiceName::from_static(SERVICE), "Declared services", connect)
        .with_summary("users of a service that a definition file describes")
        .with_key(definition_key())
        .with_key(SettingKey::url(BASE_URL, "the API, instead of the one that the definition has"))
        .with_key(SettingKey::number(PAGE_SIZE, "the page size").at_least(1))
        .resolved_by(resolve)
}

fn no_definition() -> Error {
    Error::config("definition is required").with_hint(format!(
        "set definition to a name of the catalog ({}), or to the path of a file",
        catalog::NAMES.join(", ")
    ))
}

/// Returns the descriptor of the service that an account's settings name.
fn resolve(settings: &Settings) -> Result<ServiceDescriptor> {
    let name = settings.get(DEFINITION).ok_or_else(no_definition)?;
    let name = name.as_str().ok_or_else(|| Error::config("definition must be text"))?;
    // A path of an account file was made to start at its folder.
    let service = Service::named(name, Path::new(""))?;
    Ok(of(&service))
}

/// Returns the descriptor of one declared service.
pub(crate) fn of(service: &Service) -> ServiceDescriptor {
    let definition = service.definition();
    let connect = {
        let service = service.clone();
        move |account: AccountName,
              settings: &BTreeMap<String, Value>,
              secrets: &Secrets,
              http: HttpOptions| { connect(&service, account, settings, secrets, http) }
    };
    // The name was checked with the definition.
    let name = definition.name.parse().unwrap_or_else(|_| ServiceName::from_static(SERVICE));
    let mut descriptor = ServiceDescriptor::new(name, definition.display_name.clone(), connect)
        .with_summary(definition.summary.clone())
        .with_key(definition_key())
        .with_key(
            SettingKey::url(BASE_URL, "the API, instead of the one that the definition has")
                .with_default(definition.api.base_url.clone()),
        )
        .with_key(SettingKey::number(PAGE_SIZE, "the page size").at_least(1));
    if let Some(url) = definition.auth.iter().find_map(|auth| auth.token_url.clone()) {
        let doc = "the token endpoint, instead of the one that the definition has";
        descriptor = descriptor.with_key(SettingKey::url(TOKEN_URL, doc).with_default(url));
    }
    for (name, variable) in &definition.variables {
        let mut key = if variable.one_of.is_empty() {
            SettingKey::text(name.clone(), variable.doc.clone())
        } else {
            SettingKey::choice(name.clone(), variable.doc.clone(), variable.one_of.clone())
        };
        if let Some(default) = &variable.default {
            key = key.with_default(default.clone());
        } else if !service.only_in_base_url(name) {
            key = key.required();
        }
        descriptor = descriptor.with_key(key);
    }
    for auth in &definition.auth {
        let keys = auth.credentials.iter().map(|(name, doc)| CredentialKey::new(name.clone(), doc.clone()));
        descriptor = descriptor.with_credential(CredentialSet::new(keys));
    }
    descriptor
}

fn connect(
    service: &Service,
    account: AccountName,
    settings: &BTreeMap<String, Value>,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let mut config = DeclaredConfig::new(account, service.clone(), secrets.clone()).with_http(http);
    for (key, value) in settings {
        match (key.as_str(), value) {
            (DEFINITION, _) => {}
            (BASE_URL, Value::String(url)) => config.base_url = Some(url.clone()),
            (TOKEN_URL, Value::String(url)) => config.token_url = Some(url.clone()),
            (PAGE_SIZE, value) => config.page_size = value.as_u64().and_then(|size| u32::try_from(size).ok()),
            (name, Value::String(value)) => config = config.with_variable(name, value.clone()),
            (name, _) => return Err(Error::config(format!("{name} must be text"))),
        }
    }
    Ok(Arc::new(config.connect()?))
}
