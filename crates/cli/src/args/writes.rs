//! What can be asked for of writes.

use std::{path::PathBuf, time::Duration};

use anyprofile::{FieldPath, IdKind, ProfileId};
use clap::{Args, Subcommand};

use super::field::field_path;

/// Whether what was shown is written.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// A profile that is to be created.
#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// The collection to create it in, where the service has several, such as `user` or `api_user`.
    #[arg(long, value_name = "COLLECTION")]
    pub(crate) collection: Option<IdKind>,
    /// Set a field, such as name.display=Ada.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(FieldPath, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) draft: Draft,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Profiles that the same is done to.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    /// The ids; - reads them from standard input, an id or a profile as ndjson a line. None are read from there too.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// All profiles that `find` finds at all accounts by this address, user name or external id. An account that failed is
    /// told, and keeps the run from being complete. One whose service does not know such a key is named.
    #[arg(long, value_name = "KEY", conflicts_with = "ids")]
    pub(crate) find: Option<String>,
    /// With --find: also where several profiles of one account are found, and nobody is asked.
    #[arg(long, requires = "find")]
    pub(crate) allow_several: bool,
    /// With --find: also where the profile of the credential itself is found, and nobody is asked.
    #[arg(long, requires = "find")]
    pub(crate) allow_own_profile: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Selected {
    #[command(flatten)]
    pub(crate) whom: Whom,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

#[derive(Debug, Args)]
pub(crate) struct Enroll {
    /// The id, such as `anthropic:claude/user/uprof_011CZkZCu8hGbp5mYRQgUmz9`.
    pub(crate) id: ProfileId,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// What is to become of one profile, or of those of a file.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The id, such as upsun:acme/organization/01HSANDB0XACME000000000001.
    #[arg(required_unless_present = "from")]
    pub(crate) id: Option<ProfileId>,
    /// Update the profiles of a file instead, - for standard input: csv with a column `id` and a column a field, where an
    /// empty cell keeps the field as it is, or ndjson with an object a profile, such as {"id":"…","title":"cto"}, where null
    /// clears. What `list` prints with -o csv or -o ndjson may be edited and given back: a field that is as the service
    /// shows it is not written, and one that can only be read must be as it is shown, but for `times.updated`,
    /// `security.last_login` and `changed_by`, which move by themselves.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "set", "clear"])]
    pub(crate) from: Option<PathBuf>,
    /// What stands in a csv cell for a field to clear [default: nothing does].
    #[arg(long, value_name = "TEXT", requires = "from")]
    pub(crate) csv_null: Option<String>,
    /// Stop where more than this share of the profiles that were tried failed (of 20 at least).
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100), requires = "from")]
    pub(crate) max_failure_rate: u8,
    /// Set a field, such as organization.name=Acme.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(FieldPath, String)>,
    /// Clear a field.
    #[arg(long, value_name = "FIELD", value_parser = field_path)]
    pub(crate) clear: Vec<FieldPath>,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Where to note what was written, for a run that is cut off to go on [default: FILE.journal; needed to write with --from -].
    #[arg(long, value_name = "FILE", requires = "from")]
    pub(crate) journal: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Where a plan is kept, and how long it may be applied.
#[derive(Debug, Args)]
pub(crate) struct Keep {
    /// The file to keep the plan in. It holds what is to be written, and only this user can read it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How long the plan may be applied: a number and s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = lifetime)]
    pub(crate) expires_in: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(subcommand)]
    pub(crate) write: PlannedWrite,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlannedWrite {
    /// Plan to create a profile at an account.
    Create {
        #[command(flatten)]
        draft: Draft,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to change a profile, or those of a file.
    Update {
        #[command(flatten)]
        changes: Changes,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to keep profiles from signing in.
    Deactivate {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to delete profiles for good.
    Delete {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to make a link for the person of a profile to enroll with.
    Enroll {
        /// The id, such as `anthropic:claude/user/uprof_011CZkZCu8hGbp5mYRQgUmz9`.
        id: ProfileId,
        #[command(flatten)]
        keep: Keep,
    },
}

impl PlannedWrite {
    /// Where the plan is kept.
    pub(crate) fn keep(&self) -> &Keep {
        match self {
            Self::Create { keep, .. }
            | Self::Update { keep, .. }
            | Self::Deactivate { keep, .. }
            | Self::Delete { keep, .. }
            | Self::Enroll { keep, .. } => keep,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The plan, as `plan` has kept it. What was written is noted in FILE.journal, so that a run that was cut off goes on and a
    /// plan is applied once.
    #[arg(value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Stop where more than this share of the plans failed (of 20 at least).
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100))]
    pub(crate) max_failure_rate: u8,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// A time such as 90m, 12h or 7d.
fn lifetime(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number and s, m, h or d, such as 12h".to_owned();
    let unit = text.chars().next_back().ok_or_else(expected)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(expected()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| expected())?;
    match Duration::from_secs(seconds) * number {
        Duration::ZERO => Err("a plan that expires at once cannot be applied".to_owned()),
        // Beyond it nobody remembers what was looked at.
        time if time > Duration::from_secs(366 * 24 * 60 * 60) => Err("at most 366d".to_owned()),
        time => Ok(time),
    }
}

fn assignment(text: &str) -> Result<(FieldPath, String), String> {
    let (path, value) = text.split_once('=').ok_or("expected FIELD=VALUE")?;
    field_path(path).map(|path| (path, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("12h", 43_200), ("7d", 604_800)] {
            assert_eq!(lifetime(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "d", "7", "0h", "-1h", "7w", "1.5h", "367d", "7ä", "4294967296s"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
