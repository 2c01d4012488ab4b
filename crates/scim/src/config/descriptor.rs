//! How accounts are configured in a file and in the environment.

use std::sync::Arc;

use anyprofile_core::{AccountName, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, Secrets, ServiceDescriptor, SettingKey};
use anyprofile_http::HttpOptions;
use serde::Deserialize;

use super::{Paging, Quirks, SERVICE, ScimConfig};

/// The keys of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    base_url: String,
    paging: Option<Method>,
    page_size: Option<u32>,
    filter: Option<bool>,
    patch: Option<bool>,
    etag: Option<bool>,
    me: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Method {
    Index,
    Cursor,
}

/// Returns the descriptor of SCIM for account files, the environment and the command.
pub fn service() -> ServiceDescriptor {
    ServiceDescriptor::new(ServiceName::from_static(SERVICE), "SCIM", connect)
        .with_summary("users of any service that speaks SCIM 2.0")
        .with_key(
            SettingKey::url("base_url", "the server, to which /Users is appended")
                .with_variable("SCIM_BASE_URL")
                .required(),
        )
        .with_key(SettingKey::choice(
            "paging",
            "how lists are read, if the server does not say it or is wrong",
            ["index", "cursor"],
        ))
        .with_key(SettingKey::number("page_size", "the page size to ask for").at_least(1))
        .with_key(SettingKey::flag(
            "filter",
            "whether the server applies filters, if it does not say it or is wrong",
        ))
        .with_key(SettingKey::flag("patch", "whether the server changes single attributes, likewise"))
        .with_key(SettingKey::flag("etag", "whether the server checks versions, likewise"))
        .with_key(SettingKey::flag("me", "whether the server has /Me"))
        .with_credential(CredentialKey::new("token", "a bearer token").with_variable("SCIM_TOKEN"))
}

fn connect(
    account: AccountName,
    settings: &Settings,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let mut config =
        ScimConfig::with_token(account, settings.base_url.clone(), secrets.required("token")?.clone());
    config.quirks = Quirks {
        paging: settings.paging.as_ref().map(|method| match method {
            Method::Index => Paging::Index,
            Method::Cursor => Paging::Cursor,
        }),
        page_size: settings.page_size,
        filter: settings.filter,
        patch: settings.patch,
        etag: settings.etag,
        me: settings.me,
    };
    config.http = http;
    Ok(Arc::new(config.connect()?))
}
