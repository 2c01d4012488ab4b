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
    audience: Option<String>,
    client_auth: Option<ClientAuthentication>,
    key_id: Option<String>,
}

/// How the secret of an OAuth client is sent.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ClientAuthentication {
    Basic,
    Form,
}

/// Returns the descriptor of SCIM for account files, the environment and the command.
pub fn service() -> ServiceDescriptor {
    let descriptor = ServiceDescriptor::new(ServiceName::from_static(SERVICE), "SCIM", connect)
        .with_summary("users of any service that speaks SCIM 2.0")
        .with_key(
            SettingKey::url("base_url", "the server, to which /Users is appended")
                .with_variable("SCIM_BASE_URL")
                .required(),
        )
        .with_key(SettingKey::table("quirks", "what the server does not say or is wrong about", quirks()))
        .with_key(SettingKey::text("user", "the user name that belongs to `password`"))
        .with_key(SettingKey::url("token_url", "the token endpoint of an OAuth client"))
        .with_key(SettingKey::text("client_id", "the OAuth client's id"))
        .with_key(SettingKey::text("scope", "the scopes to ask for, separated by spaces"))
        .with_key(SettingKey::text("audience", "the service that the access tokens are for"))
        .with_key(
            SettingKey::choice("client_auth", "how `client_secret` is sent", ["basic", "form"])
                .with_default("basic"),
        )
        .with_credential(CredentialKey::new("token", "a bearer token").with_variable("SCIM_TOKEN"))
        .with_credential(CredentialKey::new("password", "the password of `user` (HTTP Basic)"))
        .with_credential(CredentialKey::new(
            "client_secret",
            "the secret of the OAuth client, for access tokens by client credentials (RFC 6749)",
        ));
    if cfg!(feature = "jwt") {
        return descriptor
            .with_key(SettingKey::text("key_id", "the id by which the token endpoint knows `private_key`"))
            .with_credential(CredentialKey::new(
                "private_key",
                "the private key (PEM) of the OAuth client, which signs in place of a secret (RFC 7523)",
            ));
    }
    descriptor
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

/// The credentials of an OAuth client.
const OF_CLIENT: &str = if cfg!(feature = "jwt") { "client_secret or private_key" } else { "client_secret" };

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
    let is_client = matches!(kind, "client_secret" | "private_key");
    for (key, is_set, is_wanted, credential) in [
        ("user", settings.user.is_some(), kind == "password", "password"),
        ("token_url", settings.token_url.is_some(), is_client, OF_CLIENT),
        ("client_id", settings.client_id.is_some(), is_client, OF_CLIENT),
        ("scope", settings.scope.is_some(), is_client, OF_CLIENT),
        ("audience", settings.audience.is_some(), is_client, OF_CLIENT),
        ("client_auth", settings.client_auth.is_some(), kind == "client_secret", "client_secret"),
        ("key_id", settings.key_id.is_some(), kind == "private_key", "private_key"),
    ] {
        if is_set && !is_wanted {
            return Err(Error::config(format!("{key} belongs to {credential}, and the account has {kind}")));
        }
    }
    let mut config = match kind {
        "password" => {
            let user = needed("user", &settings.user, kind)?;
            ScimConfig::with_password(account, base_url, user, secret.clone())
        }
        "client_secret" | "private_key" => {
            let token_url = needed("token_url", &settings.token_url, kind)?;
            let client_id = needed("client_id", &settings.client_id, kind)?;
            let mut client = match kind {
                #[cfg(feature = "jwt")]
                "private_key" => {
                    let key = anyprofile_http::SigningKey::from_pem(secret)?;
                    let key = settings.key_id.iter().fold(key, anyprofile_http::SigningKey::with_id);
                    let assertion = anyprofile_http::JwtAssertion::new(key);
                    ClientCredentials::signed(token_url, client_id, assertion)
                }
                _ => ClientCredentials::new(token_url, client_id, secret.clone()),
            };
            if let Some(scope) = &settings.scope {
                client = client.with_scope(scope);
            }
            if let Some(audience) = &settings.audience {
                client = client.with_audience(audience);
            }
            if let Some(ClientAuthentication::Form) = settings.client_auth {
                client = client.with_secret_in_form();
            }
            ScimConfig::with_client(account, base_url, client)
        }
        _ => ScimConfig::with_token(account, base_url, secret.clone()),
    };
    config.quirks = settings.quirks.clone();
    config.http = http;
    Ok(Arc::new(config.connect()?))
}
