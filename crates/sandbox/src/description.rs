//! Where a running sandbox is and what it takes to be let in.

use serde::Serialize;

pub(crate) const UPSUN_API_TOKEN: &str = "sandbox-upsun-api-token";
pub(crate) const PROBELY_API_KEY: &str = "sandbox-probely-api-key";
pub(crate) const ANTHROPIC_API_KEY: &str = "sandbox-anthropic-api-key";
pub(crate) const ANTHROPIC_ADMIN_API_KEY: &str = "sandbox-anthropic-admin-key";

/// The services, by the names that faults and recorded requests have for them.
pub const SERVICES: [&str; 3] = ["upsun", "probely", "anthropic"];

/// The code that every phone gets whose number is to be verified at Upsun.
pub const UPSUN_PHONE_CODE: &str = "123456";

/// Everything a client needs; serialized, the one JSON line that `anyprofile sandbox --json` prints.
///
/// The credentials are fixed and open no door but the sandbox's.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SandboxDescription {
    /// Upsun.
    pub upsun: UpsunSandbox,
    /// Probely.
    pub probely: ProbelySandbox,
    /// Anthropic.
    pub anthropic: AnthropicSandbox,
    /// How many profiles each service has at first; at Probely people and API users together.
    pub profiles: u64,
    /// What the records are made from.
    pub seed: u64,
}

/// Upsun's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UpsunSandbox {
    /// The API, without a slash at the end.
    pub base_url: String,
    /// The authentication server; its token endpoint is `/oauth2/token` below this.
    pub auth_url: String,
    /// The API token to exchange for an access token.
    pub api_token: String,
    /// The ids of the organizations whose profile can be read.
    pub organizations: Vec<String>,
}

/// Probely's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ProbelySandbox {
    /// The API, without a slash at the end.
    pub base_url: String,
    /// The key to send as `Authorization: JWT <key>`.
    pub api_key: String,
}

/// Anthropic's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AnthropicSandbox {
    /// The API, without a slash at the end.
    pub base_url: String,
    /// The key to send as `x-api-key` or as a bearer token.
    pub api_key: String,
    /// The key for the organization's users and invites, which takes the other one's place there.
    pub admin_api_key: String,
}

impl SandboxDescription {
    pub(crate) fn new(origin: &str, organizations: Vec<String>, profiles: u64, seed: u64) -> Self {
        Self {
            upsun: UpsunSandbox {
                base_url: format!("{origin}/upsun"),
                auth_url: format!("{origin}/upsun-auth"),
                api_token: UPSUN_API_TOKEN.to_owned(),
                organizations,
            },
            probely: ProbelySandbox {
                base_url: format!("{origin}/probely"),
                api_key: PROBELY_API_KEY.to_owned(),
            },
            anthropic: AnthropicSandbox {
                base_url: format!("{origin}/anthropic"),
                api_key: ANTHROPIC_API_KEY.to_owned(),
                admin_api_key: ANTHROPIC_ADMIN_API_KEY.to_owned(),
            },
            profiles,
            seed,
        }
    }
}

impl SandboxDescription {
    /// The environment variables that make a client use the sandbox, with their values.
    pub fn variables(&self) -> [(&'static str, &str); 7] {
        [
            ("UPSUN_API_URL", &self.upsun.base_url),
            ("UPSUN_AUTH_URL", &self.upsun.auth_url),
            ("UPSUN_API_TOKEN", &self.upsun.api_token),
            ("PROBELY_API_BASE_URL", &self.probely.base_url),
            ("PROBELY_API_KEY", &self.probely.api_key),
            ("ANTHROPIC_BASE_URL", &self.anthropic.base_url),
            ("ANTHROPIC_API_KEY", &self.anthropic.api_key),
        ]
    }

    /// Further variables, for what a client does not list unless it is asked to: the people of Anthropic's
    /// organization, and Upsun's organizations.
    pub fn further_variables(&self) -> [(&'static str, &str); 2] {
        [("ANTHROPIC_ADMIN_KEY", &self.anthropic.admin_api_key), ("UPSUN_ORGANIZATIONS", "discovered")]
    }

    /// All that lets somebody in: what no client may show.
    pub fn credentials(&self) -> [&str; 4] {
        [&self.upsun.api_token, &self.probely.api_key, &self.anthropic.api_key, &self.anthropic.admin_api_key]
    }

    /// The value of one of the [`variables`](Self::variables).
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables().into_iter().find_map(|(known, value)| (known == name).then_some(value))
    }
}
