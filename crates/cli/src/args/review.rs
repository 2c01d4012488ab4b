//! The arguments of the commands about persons: who they are, what they may do, and what they leave behind.

use std::{path::PathBuf, time::Duration};

use anyprofile::{Timestamp, review::Severity};
use clap::{Args, Subcommand};

use super::writes::{Confirm, lifetime};

/// Whom a command is about: a snapshot, or everybody as they are now.
#[derive(Clone, Debug, Args)]
pub(crate) struct SnapshotOrLive {
    /// Read this snapshot, as `export --to` named it. Without it, all accounts are listed now.
    #[arg(long, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    /// Without a snapshot: read the other records of each profile too. This sends requests for each profile.
    #[arg(long, conflicts_with = "snapshot")]
    pub(crate) enrich: bool,
    /// A file that says which profiles are one person: comma-separated lines of a profile id and a word for the person. What it says counts
    /// before every rule.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PersonsArguments {
    #[command(flatten)]
    pub(crate) from: SnapshotOrLive,
    /// Print what could not be decided, in place of the persons.
    #[arg(long)]
    pub(crate) ambiguities: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_precedence_over_arg = true)]
pub(crate) struct ReviewArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ReviewCommand>,
    #[command(flatten)]
    pub(crate) review: ReviewRun,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Carry out what reviewers decided in the page: deactivate the profiles to remove, after showing the requests.
    ///
    /// A file that was changed after the page saved it is refused. The credential's own profile and the last owner of an account are not
    /// removed without a prompt, unless a flag allows it.
    #[command(
        after_help = "Examples:\n  anyprofile review apply decisions-1a2b3c4d.json --dry-run\n  anyprofile review apply decisions-1a2b3c4d.json"
    )]
    Apply(ApplyDecisions),
    /// Print a policy to start with, with comments.
    Policy,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyDecisions {
    /// The file that the page saved.
    pub(crate) decisions: PathBuf,
    /// The snapshot that was reviewed: decisions about another one are refused.
    #[arg(long, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    /// Also remove the profile of the credential itself, or one that may be it, without a prompt.
    #[arg(long)]
    pub(crate) allow_own_profile: bool,
    /// Also remove the last owner that an account is known to have, without a prompt.
    #[arg(long)]
    pub(crate) allow_last_owner: bool,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewRun {
    #[command(flatten)]
    pub(crate) from: SnapshotOrLive,
    /// The rules [default: those that `review policy` prints]. `schema policy` describes the file.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The people who should be there: csv or ndjson with the columns email, `employee_number`, status, manager, `leave_date` and type.
    #[arg(long, value_name = "FILE", conflicts_with = "roster_account")]
    pub(crate) roster: Option<PathBuf>,
    /// The account whose profiles are the people who should be there.
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_account: Option<String>,
    /// Also say what has changed since this snapshot.
    #[arg(long, value_name = "SNAPSHOT")]
    pub(crate) since: Option<String>,
    /// Exit with 10 if a rule is broken with this severity or a worse one: low, medium, high or critical.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
    /// Exit with 10 if it is not known whether a rule is broken, with this severity or a worse one.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on_not_known: Option<Severity>,
    /// Write a page for reviewers: one private HTML file that needs no network.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write the findings as SARIF 2.1.0, for code scanning.
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Write the findings as `JUnit` XML, for a CI that shows tests.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the result in one line, for a chat.
    #[arg(long, value_name = "FILE")]
    pub(crate) headline: Option<PathBuf>,
    /// Review again and again, with this time between: a number and s, m, h or d. Findings are printed when they are new; the files are written
    /// each time. Ends when it is interrupted.
    #[arg(long, value_name = "TIME", value_parser = lifetime, conflicts_with = "snapshot")]
    pub(crate) watch: Option<Duration>,
    /// Count days from this time in place of the current one.
    #[arg(long, value_name = "TIME", hide = true)]
    pub(crate) now: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct OffboardArguments {
    /// The person: an e-mail address, a user name, an external id, or the id of one of the profiles. Every profile that is linked to what is
    /// found is meant, as `persons` links them.
    pub(crate) person: String,
    /// A file that says which profiles are one person: comma-separated lines of a profile id and a word for the person.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Write what was there before, what was done and what is there afterwards to this private file, with a hash of its content.
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Option<PathBuf>,
    /// Also deactivate several profiles of one account, without a prompt.
    #[arg(long)]
    pub(crate) allow_several: bool,
    /// Also deactivate the profile of the credential itself, or one that may be it, without a prompt.
    #[arg(long)]
    pub(crate) allow_own_profile: bool,
    /// Also deactivate the last owner that an account is known to have, without a prompt.
    #[arg(long)]
    pub(crate) allow_last_owner: bool,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}
