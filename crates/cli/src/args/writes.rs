//! The arguments of commands that write.

use std::{path::PathBuf, time::Duration};

use anyprofile::{FieldPath, IdKind, ProfileId};
use clap::{Args, Subcommand};

use super::field::field_path;

/// Whether a write that was shown is sent.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Skip the confirmation prompt.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// A profile to create.
#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// Collection to create the profile in, if the service has several, such as `user` or `api_user`.
    #[arg(long, value_name = "COLLECTION")]
    pub(crate) collection: Option<IdKind>,
    /// Set a field, such as name.display=Ada. A list is separated by semicolons, such as roles=admin;billing, or is a JSON array.
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

/// The profiles that one action applies to.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    /// Profile ids. `-`, or no id, reads them from standard input: one id, or one profile as ndjson, per line.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Select all profiles that `find` finds in all accounts by this e-mail address, user name or external id. If an
    /// account fails, the run is incomplete; an account whose service cannot search for such a key is reported.
    #[arg(long, value_name = "KEY", conflicts_with = "ids")]
    pub(crate) find: Option<String>,
    /// With --find and without a prompt: also allow several matching profiles in one account.
    #[arg(long, requires = "find")]
    pub(crate) allow_several: bool,
    /// With --find or ids from standard input, and without a prompt: also allow the profile of the credential itself, or one that may be
    /// it.
    #[arg(long)]
    pub(crate) allow_own_profile: bool,
    /// With --find or ids from standard input, and without a prompt: also allow the last owner that an account is known to have.
    #[arg(long)]
    pub(crate) allow_last_owner: bool,
    /// Whether the ids are those of a file that reviewers saved.
    #[arg(skip)]
    pub(crate) is_of_file: bool,
}

impl Whom {
    /// Returns whether nobody named the profiles in the command: a search chose them, here or in the program that prints their ids, or a
    /// file has them.
    pub(crate) fn is_searched(&self) -> bool {
        self.find.is_some() || self.is_of_file || self.ids.is_empty() || self.ids.iter().any(|id| id == "-")
    }
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
    /// Profile id, such as `anthropic:claude/user/uprof_011CZkZCu8hGbp5mYRQgUmz9`.
    pub(crate) id: ProfileId,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// The changes to one profile, or to the profiles of a file.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Profile id, such as upsun:acme/organization/01HSANDB0XACME000000000001.
    #[arg(required_unless_present = "from")]
    pub(crate) id: Option<ProfileId>,
    /// Update the profiles of a file; - means standard input.
    ///
    /// The file is csv with a column `id` and one column per field, where an empty cell leaves the field unchanged.
    /// Or it is ndjson with one object per profile, such as {"id":"…","title":"cto"}, where null clears the field.
    /// The output of `list -o csv` or `list -o ndjson` can be edited and used here. A field with the current value is
    /// not written. A read-only field must have its current value, except `times.updated`, `security.last_login` and
    /// `changed_by`, which the service changes itself.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "set", "clear"])]
    pub(crate) from: Option<PathBuf>,
    /// The csv text that clears a field [default: none].
    #[arg(long, value_name = "TEXT", requires = "from")]
    pub(crate) csv_null: Option<String>,
    /// Stop when more than this percentage of the profiles failed. Fewer than 20 profiles count as 20.
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100), requires = "from")]
    pub(crate) max_failure_rate: u8,
    /// Set a field, such as organization.name=Acme. A list is separated by semicolons, such as roles=admin;billing, or is a JSON array.
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
    /// File that records what was written, so that an interrupted run can be resumed [default: FILE.journal; required
    /// to write with --from -].
    #[arg(long, value_name = "FILE", requires = "from")]
    pub(crate) journal: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Where to save a plan, and how long it is valid.
#[derive(Debug, Args)]
pub(crate) struct Keep {
    /// File to save the plan in. It holds the values to write, and only the current user can read it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How long the plan can be applied: a number and s, m, h or d.
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
    /// Plan to create a profile in an account.
    Create {
        #[command(flatten)]
        draft: Draft,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to update a profile, or the profiles of a file.
    Update {
        #[command(flatten)]
        changes: Changes,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to deactivate profiles, so that they cannot sign in.
    Deactivate {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to delete profiles permanently.
    Delete {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        keep: Keep,
    },
    /// Plan to create an enrollment link for a profile.
    Enroll {
        /// Profile id, such as `anthropic:claude/user/uprof_011CZkZCu8hGbp5mYRQgUmz9`.
        id: ProfileId,
        #[command(flatten)]
        keep: Keep,
    },
}

impl PlannedWrite {
    /// Returns where the plan is saved.
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
    /// Plan file that `plan` saved. FILE.journal records what was written, so that an interrupted run can be resumed
    /// and a plan is applied only once.
    #[arg(value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Stop when more than this percentage of the plans failed. Fewer than 20 plans count as 20.
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100))]
    pub(crate) max_failure_rate: u8,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Parses a duration such as 90m, 12h or 7d.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
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
        Duration::ZERO => Err("must be more than zero".to_owned()),
        // After a year, no person remembers what the plan showed.
        time if time > Duration::from_secs(366 * 24 * 60 * 60) => Err("must be at most 366d".to_owned()),
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
