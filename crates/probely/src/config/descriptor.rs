//! How accounts are configured in a file and in the environment.

use std::sync::Arc;

use anyprofile_core::{AccountName, ProfileProvider, Result, ServiceName};
use anyprofile_engine::{CredentialKey, Secrets, ServiceDescriptor, SettingKey};
use anyprofile_http::HttpOptions;
use serde::Deserialize;

use super::{PROBELY_API_URL, ProbelyConfig, Region, SERVICE};

/// The keys of an account.
#[derive(Deserialize)]
#[serde(try_from = "Keys")]
struct Settings {
    base_url: Option<String>,
    page_size: Option<u32>,
    ordering: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    base_url: Option<String>,
    region: Option<String>,
    page_size: Option<u32>,
    ordering: Option<String>,
}

impl TryFrom<Keys> for Settings {
    type Error = &'static str;

    fn try_from(keys: Keys) -> std::result::Result<Self, Self::Error> {
        let Keys { base_url, region, page_size, ordering } = keys;
        let of_region = region.as_deref().map(Region::from).map(|region| region.api_url());
        if base_url.is_some() && of_region.is_some() {
            return Err("region and base_url cannot be used together");
        }
        Ok(Self { base_url: base_url.or(of_region), page_size, ordering })
    }
}

/// Returns the descriptor of Probely for account files, the environment and the command.
pub fn service() -> ServiceDescriptor {
    ServiceDescriptor::new(ServiceName::from_static(SERVICE), "Probely", connect)
        .with_summary("users and API users of Probely, also known as Snyk API & Web")
        .with_key(
            SettingKey::url("base_url", "the API, instead of `region`")
                .with_variable("PROBELY_API_BASE_URL")
                .with_default(PROBELY_API_URL),
        )
        // An unknown word would make the host name, and send the key to it.
        .with_key(SettingKey::choice(
            "region",
            "the region of the account, instead of `base_url`",
            Region::WORDS.iter().copied(),
        ))
        .with_key(SettingKey::number("page_size", "the page size").at_least(1).with_default("100"))
        .with_key(
            SettingKey::text("ordering", "the field to order pages by; `\"\"` for the service's own order")
                .with_default("id"),
        )
        .with_credential(CredentialKey::new("api_key", "an API key").with_variable("PROBELY_API_KEY"))
}

fn connect(
    account: AccountName,
    settings: &Settings,
    secrets: &Secrets,
    http: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    let mut config = ProbelyConfig::new(account, secrets.required("api_key")?.clone());
    if let Some(base_url) = &settings.base_url {
        config.base_url.clone_from(base_url);
    }
    config.page_size = settings.page_size.unwrap_or(config.page_size);
    if let Some(ordering) = &settings.ordering {
        // An empty text means no order.
        config.ordering = Some(ordering.clone()).filter(|ordering| !ordering.is_empty());
    }
    Ok(Arc::new(config.with_http(http).connect()?))
}
