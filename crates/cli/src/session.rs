//! The accounts of a run.

use std::sync::Arc;

use anyprofile::{
    AccountName, Accounts, Directory, Error, ProfileId, ProfileProvider, Result, Services,
    engine::ServiceDescriptor, http::Url,
};

use crate::{
    args::Global,
    diagnostics,
    exit::{Exit, Failure},
    sandbox::{Running, SandboxOptions},
};

/// The accounts of a run, and the sandboxes if they are theirs.
pub(crate) struct Session {
    pub(crate) directory: Directory,
    /// The accounts that could not be used at all, and why; each was told.
    pub(crate) unusable: Vec<(AccountName, Error)>,
    /// They run as long as they are held.
    sandbox: Option<Running>,
}

impl Session {
    /// Reads the configuration and connects the accounts. An account that cannot be used is told, and
    /// does not lose the others.
    pub(crate) async fn start(global: &Global) -> Result<Self, Failure> {
        Self::start_with(global, &global.account).await
    }

    /// The same with nothing but the account that an id belongs to.
    pub(crate) async fn start_for(global: &Global, id: &ProfileId) -> Result<Self, Failure> {
        let account = id.account.to_string();
        if !global.account.is_empty() && !global.account.contains(&account) {
            return Err(Failure::Usage(format!(
                "the id belongs to account '{account}', which --account leaves out"
            )));
        }
        Self::start_with(global, &[account]).await
    }

    async fn start_with(global: &Global, names: &[String]) -> Result<Self, Failure> {
        let services = global.program.services();
        let (accounts, sandbox) = if global.sandbox {
            let running = start_sandbox(global, global.sandbox_profiles).await?;
            (sandbox_accounts(services, &running, names)?, Some(running))
        } else {
            (configured(global)?, None)
        };
        let product = concat!("anyprofile-cli/", env!("CARGO_PKG_VERSION"));
        let accounts = accounts
            .select(names)?
            .map_http(|http| if http.user_agent.is_some() { http } else { http.with_user_agent(product) });
        let (mut providers, mut unusable) = (Vec::new(), Vec::new());
        for (name, connected) in accounts.connect_each() {
            let connected = if sandbox.is_some() { connected.and_then(at_sandbox) } else { connected };
            match connected {
                Ok(provider) => providers.push(provider),
                Err(error) => {
                    diagnostics::error(&error);
                    unusable.push((name, error));
                }
            }
        }
        if providers.is_empty() {
            return Err(no_account());
        }
        Ok(Self { directory: Directory::new(providers), unusable, sandbox })
    }

    /// The account that an id belongs to.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn provider_of(&self, id: &ProfileId) -> Result<&Arc<dyn ProfileProvider>, Failure> {
        let nobody = || Error::config(format!("there is no {} account '{}'", id.service, id.account)).into();
        self.directory.provider_of(id).ok_or_else(nobody)
    }

    /// Whether the accounts are those of a sandbox of this run.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// The exit code of a run in which `failed` accounts of those that were asked failed, the last of
    /// them with `last`.
    pub(crate) fn exit(&self, failed: usize, last: Option<Exit>) -> Exit {
        let asked = self.directory.providers().len();
        match (failed, self.unusable.len()) {
            (0, 0) => Exit::Complete,
            (failed, 0) if failed == asked && asked == 1 => last.unwrap_or(Exit::Service),
            (failed, _) if failed == asked => last.unwrap_or(Exit::Service),
            _ => Exit::Partial,
        }
    }
}

/// The accounts that are configured. Credentials that are there and are not used are named: whoever has set them takes their
/// accounts for asked.
fn configured(global: &Global) -> Result<Accounts, Failure> {
    configured_if_any(global)?.ok_or_else(|| global.program.services().no_account().into())
}

/// The same; `None` where nothing is configured at all.
pub(crate) fn configured_if_any(global: &Global) -> Result<Option<Accounts>, Failure> {
    let services = global.program.services();
    if global.env {
        return Ok(services.from_env_if_any()?);
    }
    let Some(accounts) = services.load_if_any(global.config.as_deref())? else { return Ok(None) };
    if !accounts.beside_file().is_empty() {
        say!(
            "note: not used, since there is a configuration file: {} in the environment; --env uses the environment in its place",
            accounts.beside_file().join(", ")
        );
    }
    Ok(Some(accounts))
}

/// That none of the accounts can be used; why not was told of each.
pub(crate) fn no_account() -> Failure {
    Failure::Usage("there is no account that can be used".to_owned())
}

/// That there is no sandbox to be used.
pub(crate) fn no_sandbox() -> Failure {
    Failure::Usage("this program was built without a sandbox".to_owned())
}

/// That a command speaks to the sandbox alone: whoever names a file takes its accounts for asked.
pub(crate) fn only_sandbox(command: &str) -> Failure {
    Failure::Usage(format!(
        "{command} speaks to the sandbox alone, and to no account of a configuration file: leave out --config"
    ))
}

/// A provider of the sandbox, which must be on this machine: a sandbox that does not say where it is would leave the account at
/// the real service.
pub(crate) fn at_sandbox(provider: Arc<dyn ProfileProvider>) -> Result<Arc<dyn ProfileProvider>> {
    let info = provider.info();
    let host = Url::parse(&info.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    if host.is_some_and(|host| matches!(&*host, "127.0.0.1" | "[::1]" | "localhost")) {
        return Ok(provider);
    }
    Err(Error::config("the sandbox does not say where it is, and nothing is sent to the service itself")
        .with_provider(info)
        .with_hint("name the variable of the base URL among the sandbox's"))
}

/// Starts the sandboxes, each on any free port.
pub(crate) async fn start_sandbox(global: &Global, profiles: u64) -> Result<Running, Failure> {
    if global.program.sandboxes().is_empty() {
        return Err(no_sandbox());
    }
    let options = SandboxOptions { profiles, ..SandboxOptions::default() };
    let running = Running::start(global.program.sandboxes(), options).await;
    running.map_err(|error| Failure::Usage(format!("the sandbox cannot start {error}")))
}

/// The sandboxes' accounts, over real HTTP, as the environment would name them. What is further is an account only if it is
/// named, and a setting only as the environment has it.
pub(crate) fn sandbox_accounts(services: &Services, running: &Running, names: &[String]) -> Result<Accounts> {
    let is_named = |credential: &str| {
        let mut accounts = services.environment_accounts();
        accounts.any(|(account, _, set)| {
            let mut keys = set.keys().iter();
            keys.any(|key| key.variable.as_deref() == Some(credential))
                && names.iter().any(|name| name == account)
        })
    };
    let is_setting = |name: &str| {
        let mut keys = services.iter().flat_map(ServiceDescriptor::keys);
        keys.any(|key| key.variable.as_deref() == Some(name))
    };
    let variable = |name: &str| match running.variable(name)? {
        _ if is_setting(name) => running.setting(name),
        (value, is_further) => (!is_further || is_named(name)).then_some(value),
    };
    services.from_variables(variable).map(|accounts| {
        // The sandbox is on this machine, whatever proxy the environment names.
        accounts.map_http(|http| http.with_proxy(anyprofile::http::Proxy::None))
    })
}
