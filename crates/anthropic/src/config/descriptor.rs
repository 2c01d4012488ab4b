//! How accounts are configured in a file and in the environment.

use std::sync::Arc;

use anyprofile_core::{AccountName, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, CredentialSet, Secrets, ServiceDescriptor, SettingKey};
use anyprofile_http::HttpOptions;
use serde::Deserialize;

use super::{ANTHROPIC_API_URL, API_VERSION, AnthropicConfig, SERVICE};
use crate::beta::BETA_2026_03_24;

/// The value that selects the generally available API.
const NO_BETA: &str = "none";

/// The account of the environment for the organization's people.
const ORGANIZATION_ACCOUNT: &str = "anthropic-organization";

/// The keys of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    base_url: Option<String>,
    beta: Option<String>,
    other_betas: Option<Vec<String>>,
    api_version: Option<String>,
    workspace_id: Option<String>,
}

/// Returns the descriptor of the Anthropic API for account files, the environment and the command.
pub fn service() -> ServiceDescriptor {
    ServiceDescriptor::new(ServiceName::from_static(SERVICE), "Anthropic", connect)
        .with_summary(
            "end users of a platform that is built on the Anthropic API; with an admin key, the \
             organization's own users and invites; with an admin token, its service accounts too",
        )
        .with_key(
            SettingKey::url("base_url", "the API")
                .with_variable("ANTHROPIC_BASE_URL")
                .with_default(ANTHROPIC_API_URL),
        )
        .with_key(
            SettingKey::text("beta", "the beta of user profiles; `none` for the generally available API")
                .with_default(BETA_2026_03_24),
        )
        .with_key(SettingKey::list("other_betas", "further betas, sent in the same header"))
        .with_key(SettingKey::text("api_version", "`anthropic-version`").with_default(API_VERSION))
        .with_key(SettingKey::text(
            "workspace_id",
            "the workspace (`wrkspc_…`), for a credential with several workspaces",
        ))
        .with_credential(
            CredentialKey::new("api_key", "an API key, for the end users of a platform")
                .with_variable("ANTHROPIC_API_KEY"),
        )
        .with_credential(CredentialKey::new(
            "auth_token",
            "a bearer token that you renew yourself, for the end users of a platform",
        ))
        .with_credential(
            CredentialSet::from(
                CredentialKey::new("admin_key", "an admin key, for the organization's own users and invites")
                    .with_variable("ANTHROPIC_ADMIN_KEY"),
            )
            .with_account(ORGANIZATION_ACCOUNT),
        )
        .with_credential(CredentialKey::new(
            "admin_token",
            "a bearer token with the scope `org:admin` that you renew yourself, for the organization's own users, invites \
             and service accounts",
        ))
}

fn connect(
    account: AccountName,
    settings: &Settings,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let (admin_key, admin_token) = (secrets.get("admin_key"), secrets.get("admin_token"));
    let is_organization = admin_key.is_some() || admin_token.is_some();
    let mut config = match (admin_key, admin_token.or(secrets.get("auth_token"))) {
        (Some(key), _) => AnthropicConfig::with_admin_key(account, key.clone()),
        (None, Some(token)) => AnthropicConfig::with_auth_token(account, token.clone()),
        (None, None) => AnthropicConfig::with_api_key(account, secrets.required("api_key")?.clone()),
    };
    if let Some(base_url) = &settings.base_url {
        config.base_url.clone_from(base_url);
    }
    match settings.beta.as_deref() {
        None => {}
        Some(NO_BETA) => config.beta = None,
        Some(beta) => config.beta = Some(beta.to_owned()),
    }
    config.other_betas = settings.other_betas.clone().unwrap_or_default();
    if let Some(version) = &settings.api_version {
        config.api_version.clone_from(version);
    }
    config.workspace_id.clone_from(&settings.workspace_id);
    config.http = http;
    Ok(Arc::new(if is_organization { config.connect_organization()? } else { config.connect()? }))
}
