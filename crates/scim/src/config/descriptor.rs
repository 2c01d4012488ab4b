//! How accounts are configured in a file and in the environment.

use std::sync::Arc;

use anyprofile_core::{AccountName, Error, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, Secrets, ServiceDescriptor, SettingKey};
use anyprofile_http::HttpOptions;
use serde::Deserialize;

use super::{ClientCredentials, Quirks, SERVICE, ScimConfig};

/// The keys of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    base_url: String,
    #[serde(default)]
    quirks: Quirks,
    user: Option<String>,
    token_url: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
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
        .with_key(SettingKey::table("quirks", "what the server does not say or is wrong about", quirks()))
        .with_key(SettingKey::text("user", "the user name that belongs to `password`"))
        .with_key(SettingKey::url("token_url", "the token endpoint, for `client_secret`"))
        .with_key(SettingKey::text("client_id", "the OAuth client's id, for `client_secret`"))
        .with_key(SettingKey::text("scope", "the scopes to ask for, separated by spaces"))
        .with_credential(CredentialKey::new("token", "a bearer token").with_variable("SCIM_TOKEN"))
        .with_credential(CredentialKey::new("password", "the password of `user` (HTTP Basic)"))
        .with_credential(CredentialKey::new(
            "client_secret",
            "the secret of the OAuth client, for access tokens by client credentials (RFC 6749)",
        ))
}

fn quirks() -> [SettingKey; 7] {
    [
        SettingKey::choice("paging", "how lists are read", ["index", "cursor"]),
        SettingKey::number("page_size", "the page size to ask for").at_least(1),
        SettingKey::flag("filter", "whether the server applies filters"),
        SettingKey::choice(
            "patch",
            "what PATCH changes; the rest is changed by replacing the user",
            ["none", "active", "all"],
        ),
        SettingKey::flag("etag", "whether the server checks the version of a record before it writes"),
        SettingKey::flag("me", "whether the server has /Me"),
        SettingKey::flag("schemas", "whether /Schemas is right about the attributes of users"),
    ]
}

fn connect(
    account: AccountName,
    settings: &Settings,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let needed = |key: &str, value: &Option<String>, credential: &str| {
        let message = || Error::config(format!("{key} is required with {credential}"));
        value.clone().ok_or_else(|| message().with_hint(format!("set {key} in the file")))
    };
    let base_url = settings.base_url.clone();
    let (kind, secret) = secrets.single()?;
    for (key, value, credential) in [
        ("user", &settings.user, "password"),
        ("token_url", &settings.token_url, "client_secret"),
        ("client_id", &settings.client_id, "client_secret"),
        ("scope", &settings.scope, "client_secret"),
    ] {
        if value.is_some() && kind != credential {
            return Err(Error::config(format!("{key} belongs to {credential}, and the account has {kind}")));
        }
    }
    let mut config = match kind {
        "password" => {
            let user = needed("user", &settings.user, kind)?;
            ScimConfig::with_password(account, base_url, user, secret.clone())
        }
        "client_secret" => {
            let mut client = ClientCredentials::new(
                needed("token_url", &settings.token_url, kind)?,
                needed("client_id", &settings.client_id, kind)?,
                secret.clone(),
            );
            client.scope.clone_from(&settings.scope);
            ScimConfig::with_client(account, base_url, client)
        }
        _ => ScimConfig::with_token(account, base_url, secret.clone()),
    };
    config.quirks = settings.quirks.clone();
    config.http = http;
    Ok(Arc::new(config.connect()?))
}
