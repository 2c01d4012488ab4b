//! What can be asked for of writes.

use std::path::PathBuf;

use anyprofile::{FieldPath, IdKind, ProfileId};
use clap::Args;

use super::field_path;

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

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The collection to create it in, where the service has several, such as `user` or `api_user`.
    #[arg(long, value_name = "COLLECTION")]
    pub(crate) collection: Option<IdKind>,
    /// Set a field, such as name.display=Ada.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(FieldPath, String)>,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Profiles that the same is done to.
#[derive(Debug, Args)]
pub(crate) struct Selected {
    /// The ids; - reads them from standard input, an id or a profile as ndjson a line. None are read from there too.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// All profiles that `find` finds at all accounts by this address, user name or external id. An account that failed is
    /// told, and keeps the run from being complete. One whose service does not know such a key is named.
    #[arg(long, value_name = "KEY", conflicts_with = "ids")]
    pub(crate) find: Option<String>,
    /// With --find and --yes: also where several profiles of one account are found.
    #[arg(long, requires = "find")]
    pub(crate) allow_several: bool,
    /// With --find and --yes: also where the profile of the credential itself is found.
    #[arg(long, requires = "find")]
    pub(crate) allow_own_profile: bool,
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

#[derive(Debug, Args)]
pub(crate) struct Update {
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
    /// Where to note what was written, for a run that is cut off to go on [default: FILE.journal; needed to write with --from -].
    #[arg(long, value_name = "FILE", requires = "from")]
    pub(crate) journal: Option<PathBuf>,
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
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

fn assignment(text: &str) -> Result<(FieldPath, String), String> {
    let (path, value) = text.split_once('=').ok_or("expected FIELD=VALUE")?;
    field_path(path).map(|path| (path, value.to_owned()))
}
