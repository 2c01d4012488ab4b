//! A sandbox, and a provider of one of its services.

use std::{collections::BTreeSet, io, sync::Arc};

use anyprofile::{
    AccountName, ListQuery, ProfileProvider, ProfileProviderExt as _,
    anthropic::AnthropicConfig,
    declared::{DeclaredConfig, Service},
    engine::Secrets,
    http_client::HttpOptions,
    probely::ProbelyConfig,
    scim::ScimConfig,
    upsun::UpsunConfig,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use futures_util::TryStreamExt as _;

use crate::in_process::InProcess;

/// The services, as the sandbox names them.
pub const SERVICES: [&str; 4] = ["upsun", "probely", "anthropic", "scim"];

/// Probely in a file.
const DEFINITION: &str = include_str!("../../../crates/declared/tests/definitions/probely.toml");

/// What the generated records of a scene are made from.
const SEED: u64 = 7;

/// How a scene is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The service.
    pub service: &'static str,
    /// How many profiles it has.
    pub profiles: u64,
    /// What they are made from.
    pub seed: u64,
    /// Whether Anthropic is spoken to without a beta, which is where it filters.
    pub is_generally_available: bool,
    /// Whether Probely is the one that a definition file describes.
    pub is_declared: bool,
    /// Whether there is a connection between the provider and the sandbox; time then cannot be paused.
    pub is_connected: bool,
}

impl Setting {
    /// As most tables have it: 60 profiles of a service.
    pub fn of(service: &'static str) -> Self {
        Self {
            service,
            profiles: 60,
            seed: SEED,
            is_generally_available: false,
            is_declared: false,
            is_connected: false,
        }
    }
}

/// A sandbox and a provider of one of its services.
#[derive(Debug)]
pub struct Scene {
    /// The sandbox.
    pub sandbox: Arc<Sandbox>,
    /// The provider. Its waits have no jitter, so that they are the same each time.
    pub provider: Arc<dyn ProfileProvider>,
    /// How it was set up.
    pub setting: Setting,
}

impl Scene {
    /// A new one, whose clock stands still.
    ///
    /// # Errors
    /// If no sandbox can be had.
    pub async fn new(setting: Setting) -> io::Result<Self> {
        let options =
            SandboxOptions::new().profiles(setting.profiles).seed(setting.seed).fixed_clock(1_800_000_000);
        let sandbox = Arc::new(Sandbox::start(options).await?);
        let provider = connect(&sandbox, setting)?;
        Ok(Self { sandbox, provider, setting })
    }

    /// Takes another provider, which remembers nothing.
    ///
    /// # Errors
    /// If there is none to be had.
    pub fn reconnect(&mut self) -> io::Result<()> {
        self.provider = connect(&self.sandbox, self.setting)?;
        Ok(())
    }

    /// The ids of everybody who is listed, with no fault in force.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub async fn ids(&self) -> io::Result<BTreeSet<String>> {
        let provider = connect(&self.sandbox, self.setting)?;
        let profiles = provider.list(ListQuery::new()).map_ok(|profile| profile.id.to_string());
        profiles.try_collect().await.map_err(failed)
    }

    /// Whether a text holds a credential of this scene.
    pub fn shows_credential(&self, text: &str) -> bool {
        // What every access token of the sandbox begins with: `{"alg":"none"`.
        const TOKEN: &str = "eyJhbGciOiJub25l";
        let mut credentials = self.sandbox.description().credentials().into_iter().chain([TOKEN]);
        credentials.any(|credential| text.contains(credential))
    }
}

/// An error of a scene in which nothing goes wrong.
pub(crate) fn failed(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

/// Another provider of a sandbox's service.
///
/// # Errors
/// If there is none to be had.
pub(crate) fn connect(sandbox: &Arc<Sandbox>, setting: Setting) -> io::Result<Arc<dyn ProfileProvider>> {
    let mut http = HttpOptions::default().with_jitter(false);
    if !setting.is_connected {
        http = http.with_transport(Arc::new(InProcess(Arc::clone(sandbox))));
    }
    let description = sandbox.description();
    let account = setting.service.parse::<AccountName>().map_err(failed)?;
    Ok(match setting.service {
        "upsun" => {
            let config = UpsunConfig::with_api_token(account, description.upsun.api_token.clone())
                .at(&description.upsun.base_url)
                .with_auth_url(&description.upsun.auth_url)
                .with_http(http);
            Arc::new(config.connect().map_err(failed)?)
        }
        "probely" if setting.is_declared => {
            let service = Service::parse(DEFINITION, "probely.toml").map_err(failed)?;
            let secrets = Secrets::new().with("api_key", description.probely.api_key.clone());
            let config = DeclaredConfig::new(account, service, secrets).at(&description.probely.base_url);
            Arc::new(config.with_http(http).connect().map_err(failed)?)
        }
        "probely" => {
            let config = ProbelyConfig::new(account, description.probely.api_key.clone())
                .at(&description.probely.base_url)
                .with_http(http);
            Arc::new(config.connect().map_err(failed)?)
        }
        "scim" => {
            let scim = &description.scim;
            let config = ScimConfig::with_token(account, &scim.base_url, scim.token.clone());
            Arc::new(config.with_http(http).connect().map_err(failed)?)
        }
        _ => {
            let mut config = AnthropicConfig::with_api_key(account, description.anthropic.api_key.clone())
                .at(&description.anthropic.base_url)
                .with_http(http);
            if setting.is_generally_available {
                config.beta = None;
            }
            Arc::new(config.connect().map_err(failed)?)
        }
    })
}

/// Runs something in a runtime of one thread whose time is paused: waits cost nothing, and are counted. It gives way to
/// nothing else, so that what is on its way at once does not depend on what ran before.
///
/// # Errors
/// If there is no runtime to be had.
pub fn without_waiting<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?
        .block_on(tokio::task::unconstrained(work))
}
