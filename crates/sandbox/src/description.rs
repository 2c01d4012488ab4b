//! The URLs and credentials of a running sandbox.

use serde::Serialize;

pub(crate) const UPSUN_API_TOKEN: &str = "sandbox-upsun-api-token";
pub(crate) const PROBELY_API_KEY: &str = "sandbox-probely-api-key";
pub(crate) const ANTHROPIC_API_KEY: &str = "sandbox-anthropic-api-key";
pub(crate) const ANTHROPIC_ADMIN_API_KEY: &str = "sandbox-anthropic-admin-key";
/// The workspace of the API key.
pub(crate) const ANTHROPIC_WORKSPACE_ID: &str = "wrkspc_01SANDBoxSANDBoxSANDBox1";
pub(crate) const ANTHROPIC_ADMIN_TOKEN: &str = "sandbox-anthropic-admin-token";

pub(crate) const SCIM_TOKEN: &str = "sandbox-scim-token";

/// The services, by their names in faults and recorded requests.
pub const SERVICES: [&str; 4] = ["upsun", "probely", "anthropic", "scim"];

/// The verification code of every phone at Upsun.
pub const UPSUN_PHONE_CODE: &str = "123456";

/// The passcode that confirms every enrollment of an authenticator app at Upsun.
pub const UPSUN_PASSCODE: &str = "123456";

/// The URLs and credentials of a sandbox. Serialized, it is the JSON line that `anyprofile sandbox --json`
/// prints.
///
/// The credentials are constants and are valid only for the sandbox.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SandboxDescription {
    /// Upsun's part.
    pub upsun: UpsunSandbox,
    /// Probely's part.
    pub probely: ProbelySandbox,
    /// Anthropic's part.
    pub anthropic: AnthropicSandbox,
    /// SCIM's part.
    pub scim: ScimSandbox,
    /// The initial number of profiles of each service; at Probely, users and API users together.
    pub profiles: u64,
    /// The seed of the records.
    pub seed: u64,
}

/// Upsun's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UpsunSandbox {
    /// The base URL of the API, without a trailing slash.
    pub base_url: String,
    /// The base URL of the authentication server; its token endpoint is `/oauth2/token` below it.
    pub auth_url: String,
    /// The API token, which is exchanged for access tokens.
    pub api_token: String,
    /// The ids of the organizations whose profiles can be read.
    pub organizations: Vec<String>,
}

/// Probely's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ProbelySandbox {
    /// The base URL of the API, without a trailing slash.
    pub base_url: String,
    /// The key to send as `Authorization: JWT <key>`.
    pub api_key: String,
}

/// Anthropic's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AnthropicSandbox {
    /// The base URL of the API, without a trailing slash.
    pub base_url: String,
    /// The key to send as `x-api-key` or as a bearer token.
    pub api_key: String,
    /// The admin key for the Admin API without service accounts, which replaces the API key there.
    pub admin_api_key: String,
    /// The workspace of the API key, to send as `anthropic-workspace-id`.
    pub workspace_id: String,
    /// The OAuth token with the scope `org:admin` for the whole Admin API. It is sent only as a bearer token.
    pub admin_token: String,
}

/// SCIM's part of a [`SandboxDescription`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ScimSandbox {
    /// The base URL of the API, without a trailing slash.
    pub base_url: String,
    /// The bearer token.
    pub token: String,
}

impl SandboxDescription {
    /// Creates the description of a sandbox. The origins are those of the servers, in their order.
    pub(crate) fn new(origins: [String; 5], organizations: Vec<String>, profiles: u64, seed: u64) -> Self {
        let [upsun, upsun_auth, probely, anthropic, scim] = origins;
        Self {
            upsun: UpsunSandbox {
                base_url: upsun,
                auth_url: upsun_auth,
                api_token: UPSUN_API_TOKEN.to_owned(),
                organizations,
            },
            probely: ProbelySandbox { base_url: probely, api_key: PROBELY_API_KEY.to_owned() },
            anthropic: AnthropicSandbox {
                base_url: anthropic,
                api_key: ANTHROPIC_API_KEY.to_owned(),
                admin_api_key: ANTHROPIC_ADMIN_API_KEY.to_owned(),
                admin_token: ANTHROPIC_ADMIN_TOKEN.to_owned(),
                workspace_id: ANTHROPIC_WORKSPACE_ID.to_owned(),
            },
            scim: ScimSandbox { base_url: scim, token: SCIM_TOKEN.to_owned() },
            profiles,
            seed,
        }
    }
}

impl SandboxDescription {
    /// Returns the environment variables that make a client use the sandbox, with their values.
    pub fn variables(&self) -> [(&'static str, &str); 9] {
        [
            ("UPSUN_API_URL", &self.upsun.base_url),
            ("UPSUN_AUTH_URL", &self.upsun.auth_url),
            ("UPSUN_API_TOKEN", &self.upsun.api_token),
            ("PROBELY_API_BASE_URL", &self.probely.base_url),
            ("PROBELY_API_KEY", &self.probely.api_key),
            ("ANTHROPIC_BASE_URL", &self.anthropic.base_url),
            ("ANTHROPIC_API_KEY", &self.anthropic.api_key),
            ("SCIM_BASE_URL", &self.scim.base_url),
            ("SCIM_TOKEN", &self.scim.token),
        ]
    }

    /// Returns further variables, for what a client lists only on request: the people of Anthropic's
    /// organization, and Upsun's organizations.
    pub fn further_variables(&self) -> [(&'static str, &str); 2] {
        [("ANTHROPIC_ADMIN_KEY", &self.anthropic.admin_api_key), ("UPSUN_ORGANIZATIONS", "discovered")]
    }

    /// Returns all credentials. No client may show them.
    pub fn credentials(&self) -> [&str; 6] {
        let anthropic = &self.anthropic;
        [
            &self.upsun.api_token,
            &self.probely.api_key,
            &anthropic.api_key,
            &anthropic.admin_api_key,
            &anthropic.admin_token,
            &self.scim.token,
        ]
    }

    /// Returns the value of one of the [`variables`](Self::variables).
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables().into_iter().find_map(|(known, value)| (known == name).then_some(value))
    }
}
