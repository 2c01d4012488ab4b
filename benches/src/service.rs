//! The services, as the sandbox has them.

use std::sync::Arc;

use anyprofile::{
    ProfileProvider,
    anthropic::{AnthropicClient, AnthropicConfig},
    declared,
    engine::Secrets,
    http_client::{HttpOptions, Transport},
    probely::{ProbelyClient, ProbelyConfig},
    upsun::{UpsunClient, UpsunConfig},
};
use clap::ValueEnum;

use crate::Outcome;

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    Upsun,
    Probely,
    Anthropic,
}

/// A transport in place of the network.
pub(crate) type InPlace = Option<Arc<dyn Transport>>;

impl Service {
    pub(crate) const ALL: [Self; 3] = [Self::Upsun, Self::Probely, Self::Anthropic];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Upsun => "upsun",
            Self::Probely => "probely",
            Self::Anthropic => "anthropic",
        }
    }

    /// The header that the sandbox takes for a credential. Upsun's is asked for by the client.
    pub(crate) const fn credential(self) -> (&'static str, &'static str) {
        match self {
            Self::Upsun => ("authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6"),
            Self::Probely => ("authorization", "JWT sandbox-probely-api-key"),
            Self::Anthropic => ("x-api-key", "sandbox-anthropic-api-key"),
        }
    }

    pub(crate) fn base_url(self, origin: &str) -> String {
        format!("{origin}/{}", self.name())
    }

    pub(crate) fn provider(self, origin: &str, transport: InPlace) -> Outcome<Arc<dyn ProfileProvider>> {
        Ok(match self {
            Self::Upsun => Arc::new(upsun(origin, transport)?.connect()?),
            Self::Probely => Arc::new(probely(origin, transport)?.connect()?),
            Self::Anthropic => Arc::new(anthropic(origin, transport)?.connect()?),
        })
    }
}

fn http(transport: InPlace) -> HttpOptions {
    match transport {
        Some(transport) => HttpOptions::default().with_transport(transport),
        None => HttpOptions::default(),
    }
}

fn upsun(origin: &str, transport: InPlace) -> Outcome<UpsunConfig> {
    let mut config = UpsunConfig::with_api_token("bench".parse()?, "sandbox-upsun-api-token")
        .at(Service::Upsun.base_url(origin))
        .with_auth_url(format!("{origin}/upsun-auth"));
    config.http = http(transport);
    Ok(config)
}

fn probely(origin: &str, transport: InPlace) -> Outcome<ProbelyConfig> {
    let mut config =
        ProbelyConfig::new("bench".parse()?, "sandbox-probely-api-key").at(Service::Probely.base_url(origin));
    config.http = http(transport);
    Ok(config)
}

fn anthropic(origin: &str, transport: InPlace) -> Outcome<AnthropicConfig> {
    let mut config = AnthropicConfig::with_api_key("bench".parse()?, "sandbox-anthropic-api-key")
        .at(Service::Anthropic.base_url(origin));
    config.http = http(transport);
    Ok(config)
}

/// Probely, as a definition file describes it.
pub(crate) fn declared_probely(origin: &str, transport: InPlace) -> Outcome<Arc<dyn ProfileProvider>> {
    const DEFINITION: &str = include_str!("../../crates/declared/tests/definitions/probely.toml");
    let service = declared::Service::parse(DEFINITION, "probely.toml")?;
    let secrets = Secrets::new().with("api_key", "sandbox-probely-api-key");
    let config = declared::DeclaredConfig::new("bench".parse()?, service, secrets);
    Ok(Arc::new(config.at(Service::Probely.base_url(origin)).with_http(http(transport)).connect()?))
}

pub(crate) fn upsun_client(origin: &str, transport: InPlace) -> Outcome<UpsunClient> {
    Ok(UpsunClient::new(upsun(origin, transport)?)?)
}

pub(crate) fn probely_client(origin: &str, transport: InPlace) -> Outcome<ProbelyClient> {
    Ok(ProbelyClient::new(probely(origin, transport)?)?)
}

pub(crate) fn anthropic_client(origin: &str, transport: InPlace) -> Outcome<AnthropicClient> {
    Ok(AnthropicClient::new(anthropic(origin, transport)?)?)
}
