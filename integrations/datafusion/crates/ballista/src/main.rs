//! The processes of a cluster that queries user profiles.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyprofile::Services;
use anyprofile_ballista::{
    SCHEDULER_PORT,
    serve::{self, Listening},
};
use anyprofile_datafusion::LiveAccounts;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Run the processes of a Ballista cluster that queries user profiles.
///
/// `anyprofile-sql --scheduler df://HOST:PORT` sends queries to it. Each process needs the same accounts, and the object stores' credentials
/// in its environment: queries name accounts, and have no credentials. Anybody who can reach the ports can read every profile, and what the user of
/// these processes can: keep the ports in a network of their own, and give the processes a user of their own.
///
/// Messages go to standard error; `RUST_LOG` chooses more of them.
#[derive(Debug, Parser)]
#[command(name = "anyprofile-ballista", version)]
struct Arguments {
    #[command(subcommand)]
    process: Process,
}

#[derive(Debug, Subcommand)]
enum Process {
    /// Run a scheduler.
    Scheduler {
        #[command(flatten)]
        common: Common,
        /// The address to listen at; port 0 for any free one, which is printed.
        #[arg(long, default_value_t = SocketAddr::from(([127, 0, 0, 1], SCHEDULER_PORT)), value_name = "ADDRESS")]
        listen: SocketAddr,
        /// After how many seconds of silence an executor is taken for dead.
        #[arg(long, default_value_t = 30, value_name = "SECONDS")]
        executor_timeout: u64,
    },
    /// Run an executor.
    Executor {
        #[command(flatten)]
        common: Common,
        /// The address to listen at; port 0 for any free one.
        #[arg(long, default_value_t = SocketAddr::from(([127, 0, 0, 1], 0)), value_name = "ADDRESS")]
        listen: SocketAddr,
        /// The scheduler, as HOST:PORT.
        #[arg(long, default_value_t = format!("127.0.0.1:{SCHEDULER_PORT}"), value_name = "HOST:PORT")]
        scheduler: String,
        /// How many tasks run at once.
        #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        tasks: u16,
        /// Where it keeps what it hands on, which has personal data: a folder that only you can read [default: one of its own, removed at the
        /// end].
        #[arg(long, value_name = "FOLDER")]
        work: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Common {
    /// Configuration file of the accounts [default: `$ANYPROFILE_CONFIG`, then anyprofile/config.toml in the user's configuration directory,
    /// then accounts from environment variables].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use the accounts from environment variables, even if a configuration file exists.
    #[arg(long, conflicts_with = "config")]
    env: bool,
    /// The name or address by which the others reach this process [default: the address it listens at].
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,
}

impl Common {
    /// Returns the accounts; none if none is configured, so that the cluster reads snapshots alone.
    fn accounts(&self) -> anyprofile::Result<LiveAccounts> {
        let services = Services::builtin();
        let accounts = if self.env {
            services.from_env_if_any()?
        } else {
            services.load_if_any(self.config.as_deref())?
        };
        Ok(accounts.map_or_else(|| LiveAccounts::new([]), |accounts| LiveAccounts::connect(&accounts)))
    }
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_env_filter(filter).init();
    // Plans are trees, and deep ones need more than the usual 2 MiB.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(32 << 20).build();
    let result =
        runtime.map_err(Box::from).and_then(|runtime| runtime.block_on(run(Arguments::parse().process)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(process: Process) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match process {
        Process::Scheduler { common, listen, executor_timeout } => {
            let listening = Listening::at(listen).with_external_host(common.external_host.clone());
            let timeout = Duration::from_secs(executor_timeout);
            let started = |address| println!("scheduler: df://{address}");
            serve::scheduler(common.accounts()?, &listening, timeout, started).await?;
        }
        Process::Executor { common, listen, scheduler, tasks, work } => {
            let listening = Listening::at(listen).with_external_host(common.external_host.clone());
            // The scheduler prints its URL.
            let scheduler = scheduler.trim_start_matches("df://");
            let (host, port) = scheduler.rsplit_once(':').ok_or("--scheduler must be HOST:PORT")?;
            let port = port.parse().map_err(|_| "--scheduler must be HOST:PORT")?;
            // Removed when it goes out of scope.
            let own = private_folder()?;
            let work = work.as_deref().unwrap_or(own.path());
            let tasks = usize::from(tasks);
            serve::executor(common.accounts()?, (host.to_owned(), port), &listening, tasks, work).await?;
        }
    }
    Ok(())
}

/// Creates a folder that only the current user can read.
fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}
