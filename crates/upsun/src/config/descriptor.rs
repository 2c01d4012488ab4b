//! How accounts are configured in a file and in the environment.

use std::sync::Arc;

use anyprofile_core::{AccountName, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, Secrets, ServiceDescriptor, SettingKey};
use anyprofile_http::HttpOptions;
use serde::Deserialize;

use super::{ListedOrganizations, SERVICE, UPSUN_API_URL, UpsunConfig};

/// The value that selects the organizations that the token's user is a member of.
const DISCOVERED: &str = "discovered";

/// The keys of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    base_url: Option<String>,
    auth_url: Option<String>,
    organizations: Option<Organizations>,
}

/// The value `discovered`, or a list of ids.
#[derive(Deserialize)]
#[serde(untagged)]
enum Organizations {
    Word(Word),
    These(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Discovered,
}

/// Returns the descriptor of Upsun and Platform.sh for account files, the environment and the command.
pub fn service() -> ServiceDescriptor {
    ServiceDescriptor::new(ServiceName::from_static(SERVICE), "Upsun", connect)
        .with_summary("users and organizations of Upsun, formerly Platform.sh")
        .with_key(
            SettingKey::url("base_url", "the API").with_variable("UPSUN_API_URL").with_default(UPSUN_API_URL),
        )
        .with_key(
            SettingKey::url(
                "auth_url",
                "the authentication server; known for Upsun and Platform.sh, required for any other \
                 `base_url`",
            )
            .with_variable("UPSUN_AUTH_URL"),
        )
        .with_key(
            SettingKey::list("organizations", "organizations to list too: those that the token's user is a member of, or these ids (`01H…`) and \
                 names (`name=acme`)").or_word(DISCOVERED)
            .with_variable("UPSUN_ORGANIZATIONS")
            .with_widest(DISCOVERED),
        )
        .with_credential(CredentialKey::new("api_token", "an API token").with_variable("UPSUN_API_TOKEN"))
        .with_credential(CredentialKey::new(
            "access_token",
            "an access token that you renew yourself; it is valid for 15 minutes",
        ))
}

fn connect(
    account: AccountName,
    settings: &Settings,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let mut config = match secrets.get("access_token") {
        Some(token) => UpsunConfig::with_access_token(account, token.clone()),
        None => UpsunConfig::with_api_token(account, secrets.required("api_token")?.clone()),
    };
    if let Some(base_url) = &settings.base_url {
        config.base_url.clone_from(base_url);
    }
    config.auth_url.clone_from(&settings.auth_url);
    config.organizations = match &settings.organizations {
        None => ListedOrganizations::None,
        Some(Organizations::Word(Word::Discovered)) => ListedOrganizations::Discovered,
        Some(Organizations::These(organizations)) => ListedOrganizations::These(organizations.clone()),
    };
    Ok(Arc::new(config.with_http(http).connect()?))
}
