//! The accounts and snapshots of a run.

use std::time::Duration;

use anyprofile::{Accounts, Error, Services};
use anyprofile_datafusion::{
    LIVE, LiveAccounts, RunLog, SNAPSHOT, SnapshotTable, register_live, register_snapshot,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use datafusion::prelude::SessionContext;

use crate::{args::Arguments, exit::Failure};

/// A session with its tables.
pub(crate) struct Session {
    pub(crate) context: SessionContext,
    pub(crate) log: RunLog,
    /// How long a statement may take; `None` for as long as it takes.
    pub(crate) timeout: Option<Duration>,
    /// It runs until this is dropped.
    _sandbox: Option<Sandbox>,
}

impl Session {
    /// Connects the accounts, and opens the snapshots.
    pub(crate) async fn start(arguments: &Arguments) -> Result<Self, Failure> {
        let (accounts, sandbox) = accounts(arguments).await?;
        let snapshots: Vec<_> =
            arguments.snapshot.iter().map(|text| named(text)).collect::<Result<_, _>>()?;
        let schema = match (&accounts, snapshots.first()) {
            (None, Some((name, _))) => name.as_str(),
            _ => LIVE,
        };
        let context = context(arguments, schema)?;
        let log = RunLog::default();
        if let Some(accounts) = &accounts {
            let accounts = LiveAccounts::connect(accounts).with_concurrent_pages(arguments.concurrent_pages);
            register_live(&context, accounts, log.clone()).await?;
        }
        let mut names = vec![LIVE.to_owned()];
        for (name, place) in snapshots {
            if names.contains(&name) {
                return Err(Failure::Usage(format!(
                    "--snapshot {place}: a schema is already named '{name}'; name it: --snapshot NAME={place}"
                )));
            }
            let snapshot = SnapshotTable::open(&context, &place).await?.with_log(log.clone());
            if snapshot.is_redacted() {
                say!(
                    "note: {place} was written with fields hidden: they are `absent` there, whatever the service said"
                );
            }
            if snapshot.is_filtered() {
                say!(
                    "note: the export of {place} left profiles out by a filter: who is not in it may be there"
                );
            }
            register_snapshot(&context, &name, snapshot).await?;
            names.push(name);
        }
        let session = Self { context, log, timeout: timeout(arguments), _sandbox: sandbox };
        session.set(arguments).await?;
        Ok(session)
    }

    async fn set(&self, arguments: &Arguments) -> Result<(), Failure> {
        let given = arguments.set.iter().map(|setting| {
            let both = setting
                .split_once('=')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
            both.ok_or_else(|| Failure::Usage(format!("--set {setting}: it must be NAME=VALUE")))
        });
        let mut settings = given.collect::<Result<Vec<_>, _>>()?;
        if arguments.allow_partial {
            settings.push(("anyprofile.allow_partial".to_owned(), "true".to_owned()));
        }
        for (name, value) in settings {
            let value = value.replace('\'', "''");
            self.context.sql(&format!("SET {name} = '{value}'")).await?.collect().await?;
        }
        Ok(())
    }
}

#[cfg(feature = "ballista")]
fn context(arguments: &Arguments, schema: &str) -> Result<SessionContext, Failure> {
    Ok(match &arguments.scheduler {
        Some(scheduler) => anyprofile_ballista::session(scheduler, schema)?,
        None => anyprofile_datafusion::session(schema)?,
    })
}

#[cfg(not(feature = "ballista"))]
fn context(_: &Arguments, schema: &str) -> Result<SessionContext, Failure> {
    Ok(anyprofile_datafusion::session(schema)?)
}

/// Returns how long a statement may take. A cluster that has no executor, or has lost a job, never answers.
fn timeout(arguments: &Arguments) -> Option<Duration> {
    #[cfg(feature = "ballista")]
    let usual = arguments.scheduler.as_ref().map(|_| 3600);
    #[cfg(not(feature = "ballista"))]
    let usual = None;
    arguments.timeout.or(usual).map(Duration::from_secs)
}

/// Returns the accounts. With a snapshot, a run may have none.
async fn accounts(arguments: &Arguments) -> Result<(Option<Accounts>, Option<Sandbox>), Failure> {
    let services = Services::builtin();
    if arguments.sandbox {
        let options = SandboxOptions::new().profiles(arguments.sandbox_profiles);
        let sandbox = Sandbox::start(options).await?;
        let accounts =
            services.from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
        return Ok((Some(accounts.select(&arguments.account)?), Some(sandbox)));
    }
    let accounts = if arguments.env {
        services.from_env_if_any()?
    } else {
        services.load_if_any(arguments.config.as_deref())?
    };
    let Some(accounts) = accounts else {
        if !arguments.account.is_empty() || arguments.snapshot.is_empty() {
            let error: Error = services.no_account();
            return Err(error.into());
        }
        return Ok((None, None));
    };
    let product = concat!("anyprofile-sql/", env!("CARGO_PKG_VERSION"));
    let accounts = accounts
        .select(&arguments.account)?
        .map_http(|http| if http.user_agent.is_some() { http } else { http.with_user_agent(product) });
    Ok((Some(accounts), None))
}

/// Returns the name of the schema of a snapshot, and its place.
fn named(text: &str) -> Result<(String, String), Failure> {
    let Some((name, place)) = text.split_once('=').filter(|(name, _)| !name.contains(['/', ':'])) else {
        return Ok((SNAPSHOT.to_owned(), text.to_owned()));
    };
    // Upper case would need quotation marks in each query.
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name || name == "information_schema" {
        return Err(Failure::Usage(format!(
            "--snapshot {text}: '{name}' is not the name of a schema; use lower-case letters, digits and `_`, such as before={place}"
        )));
    }
    Ok((name.to_owned(), place.to_owned()))
}
