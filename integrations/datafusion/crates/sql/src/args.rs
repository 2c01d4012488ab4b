//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Query user profiles with SQL: accounts as they are now, and snapshots.
///
/// The tables are `live.profiles`, `live.emails`, `live.roles`, `live.groups`, `live.labels`, `live.entitlements`, `live.credentials`,
/// `live.phones` and `live.runs`, and the same of each snapshot, such as `snapshot.profiles`. `describe live.profiles` shows the columns.
/// `field_state(mfa_enabled)` is value, null, absent, unsupported or withheld; `is_known(mfa_enabled)` tells whether there is a value.
///
/// Without a query, statements are read from standard input; at a terminal, one after the other.
///
/// Data goes to standard output; all other messages go to standard error. Exit codes: 0 complete, 2 usage, configuration or query error, 3
/// authentication or permission error, 4 partial (somebody may be missing), 5 the service failed, 6 not found, 1 internal error.
#[derive(Debug, Parser)]
#[command(
    name = "anyprofile-sql",
    version,
    after_help = "Examples:\n  anyprofile-sql --sandbox \"select service, count(*) from live.profiles group by 1\"\n  \
                  anyprofile-sql --snapshot people \"select * from snapshot.runs\" -o ndjson\n  \
                  anyprofile-sql --snapshot before=q3 --snapshot after=q4 -f difference.sql"
)]
pub(crate) struct Arguments {
    /// Statements, separated by `;`.
    pub(crate) query: Vec<String>,
    /// Read statements from this file; may be repeated.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Vec<PathBuf>,
    /// Add a snapshot: a Parquet file, or a folder of them, on this machine or as `s3://`, `gs://` or `az://`. Its schema has the name
    /// before `=`, by default `snapshot`. May be repeated.
    #[arg(long, value_name = "[NAME=]PLACE")]
    pub(crate) snapshot: Vec<String>,
    /// Configuration file of the accounts [default: `$ANYPROFILE_CONFIG`, then anyprofile/config.toml in the user's configuration directory,
    /// then accounts from environment variables].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use the accounts from environment variables, even if a configuration file exists.
    #[arg(long, conflicts_with_all = ["config", "sandbox"])]
    pub(crate) env: bool,
    /// Use only this account; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Vec<String>,
    /// Use the embedded sandbox; no credential is needed.
    #[arg(long, conflicts_with = "config")]
    pub(crate) sandbox: bool,
    /// Number of profiles for each service of the embedded sandbox.
    #[arg(long, value_name = "N", default_value_t = 20, hide = true)]
    pub(crate) sandbox_profiles: u64,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(crate) output: Format,
    /// Write the rows to this new file, which only you can read.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Go on if somebody may be missing, and warn. The same as `SET anyprofile.allow_partial = true`.
    #[arg(long)]
    pub(crate) allow_partial: bool,
    /// Set an option of the session; may be repeated. `show all` lists them.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// End a statement that takes longer than this with an error, in seconds [default: never; with --scheduler, an hour].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// How many pages of all accounts together are requested at once.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) concurrent_pages: usize,
    /// Run the queries on this Ballista cluster, such as `df://127.0.0.1:50050`. Its processes need the same accounts.
    #[cfg(feature = "ballista")]
    #[arg(long, value_name = "URL", conflicts_with_all = ["sandbox", "allow_partial"])]
    pub(crate) scheduler: Option<String>,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for a person.
    Table,
    /// An array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values.
    Csv,
    /// Parquet; needs --to.
    Parquet,
}
