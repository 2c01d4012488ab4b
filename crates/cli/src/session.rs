//! The connected accounts of a run.

use std::sync::Arc;

use anyprofile::{
    AccountName, Accounts, Directory, Error, ProfileId, ProfileProvider, Result, Services,
    engine::ServiceDescriptor, http_client::Url,
};

use crate::{
    args::Global,
    diagnostics,
    exit::{Exit, Failure},
    sandbox::{Running, SandboxOptions},
};

/// The accounts of a run, and their sandboxes if the run uses `--sandbox`.
pub(crate) struct Session {
    pub(crate) directory: Directory,
    /// The accounts that could not be used at all, and why. Each was reported.
    pub(crate) unusable: Vec<(AccountName, Error)>,
    /// The sandboxes run until this is dropped.
    sandbox: Option<Running>,
}

impl Session {
    /// Reads the configuration and connects the accounts. An account that cannot be used is reported; the others are
    /// still used.
    pub(crate) async fn start(global: &Global) -> Result<Self, Failure> {
        Self::start_with(global, &global.account).await
    }

    /// Connects only the account that an id belongs to.
    pub(crate) async fn start_for(global: &Global, id: &ProfileId) -> Result<Self, Failure> {
        let account = id.account.to_string();
        if !global.account.is_empty() && !global.account.contains(&account) {
            return Err(Failure::Usage(format!(
                "the id belongs to account '{account}', which is not selected by --account"
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

    /// Returns the account that an id belongs to.
    ///
    /// # Errors
    /// If no such account is configured.
    pub(crate) fn provider_of(&self, id: &ProfileId) -> Result<&Arc<dyn ProfileProvider>, Failure> {
        let no_account =
            || Error::config(format!("no {} account is named '{}'", id.service, id.account)).into();
        self.directory.provider_of(id).ok_or_else(no_account)
    }

    /// Returns whether the accounts belong to a sandbox of this run.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Returns the exit code of a run in which `failed` of the connected accounts failed, the last one with `last`.
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

/// Returns the configured accounts.
///
/// If credentials in the environment are not used, a note names them, because the user may expect their accounts.
pub(crate) fn configured(global: &Global) -> Result<Accounts, Failure> {
    configured_if_any(global)?.ok_or_else(|| global.program.services().no_account().into())
}

/// Returns the configured accounts, or `None` if no account is configured.
pub(crate) fn configured_if_any(global: &Global) -> Result<Option<Accounts>, Failure> {
    let services = global.program.services();
    if global.env {
        return Ok(services.from_env_if_any()?);
    }
    let Some(accounts) = services.load_if_any(global.config.as_deref())? else { return Ok(None) };
    if !accounts.beside_file().is_empty() {
        say!(
            "note: the configuration file is used, not {} from the environment; --env uses the environment instead",
            accounts.beside_file().join(", ")
        );
    }
    Ok(Some(accounts))
}

/// Returns the failure for a run without a usable account. Each account's own error was already reported.
pub(crate) fn no_account() -> Failure {
    Failure::Usage("no account can be used".to_owned())
}

/// Returns the failure for a program without a sandbox.
pub(crate) fn no_sandbox() -> Failure {
    Failure::Usage("this program was built without a sandbox".to_owned())
}

/// Returns the failure for `--config` with a command that uses only the sandbox. The user may expect the accounts of
/// the file.
pub(crate) fn only_sandbox(command: &str) -> Failure {
    Failure::Usage(format!(
        "{command} uses only the sandbox, not the accounts of a configuration file; omit --config"
    ))
}

/// Checks that a provider of the sandbox is on this machine. Without a base URL from the sandbox, the account would
/// use the real service.
pub(crate) fn at_sandbox(provider: Arc<dyn ProfileProvider>) -> Result<Arc<dyn ProfileProvider>> {
    let info = provider.info();
    let host = Url::parse(&info.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    if host.is_some_and(|host| matches!(&*host, "127.0.0.1" | "[::1]" | "localhost")) {
        return Ok(provider);
    }
    Err(Error::config("the sandbox does not set its base URL; nothing is sent to the real service")
        .with_provider(info)
        .with_hint("add the variable of the base URL to the variables of the sandbox"))
}

/// Starts the sandboxes, each on a free port.
pub(crate) async fn start_sandbox(global: &Global, profiles: u64) -> Result<Running, Failure> {
    if global.program.sandboxes().is_empty() {
        return Err(no_sandbox());
    }
    let options = SandboxOptions { profiles, ..SandboxOptions::default() };
    let running = Running::start(global.program.sandboxes(), options).await;
    running.map_err(|error| Failure::Usage(format!("cannot start the sandbox {error}")))
}

/// Returns the sandboxes' accounts, over real HTTP, as environment variables would define them.
///
/// A further variable defines an account only if `--account` names it, and a setting only if the environment has it.
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
        // The sandbox is on this machine, so no proxy is used.
        accounts.map_http(|http| http.with_proxy(anyprofile::http_client::Proxy::None))
    })
}
