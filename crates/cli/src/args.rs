//! The command-line arguments.

#[cfg(feature = "declared")]
mod definition;
mod export;
mod field;
mod listing;
mod review;
mod writes;

use std::path::PathBuf;

use anyprofile::{ProfileId, snapshot::form::Form};
use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};

#[cfg(feature = "declared")]
pub(crate) use self::definition::{CheckDefinition, DefinitionCommand};
pub(crate) use self::export::{DiffArguments, ExportArguments, Push, PushVanta};
#[cfg(feature = "mcp")]
pub(crate) use self::listing::field_paths;
pub(crate) use self::listing::{Fields, List, Members};
pub(crate) use self::review::{
    ApplyDecisions, OffboardArguments, PersonsArguments, ReviewArguments, ReviewCommand, ReviewRun,
    SnapshotOrLive,
};
pub(crate) use self::writes::{
    Apply, Changes, Confirm, Create, Draft, Enroll, Keep, PlanArguments, PlannedWrite, Selected, Update, Whom,
};
use crate::program::Program;

/// List, show, check and update user profiles at several services.
///
/// Data goes to standard output; all other messages go to standard error. Exit codes: 0 complete, 2 usage or
/// configuration error, 3 authentication or permission error, 4 partial (something failed, the rest was delivered), 5
/// the service failed, 6 not found, 10 differences or findings (of `diff --exit-code`, `review --fail-on` and `verify`), 1 internal error.
#[derive(Debug, Parser)]
#[command(name = "anyprofile", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options that every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Configuration file [default: `$ANYPROFILE_CONFIG`, then anyprofile/config.toml in the user's configuration
    /// directory, then accounts from environment variables].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use the accounts from environment variables, even if a configuration file exists.
    #[arg(long, global = true, conflicts_with_all = ["config", "sandbox"])]
    pub(crate) env: bool,
    /// Use only this account; may be repeated.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) account: Vec<String>,
    /// Use the embedded sandbox; no credential is needed.
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) sandbox: bool,
    /// Number of profiles for each service of the embedded sandbox.
    #[arg(long, global = true, value_name = "N", default_value_t = 20, hide = true)]
    pub(crate) sandbox_profiles: u64,
    /// Output format.
    #[arg(short = 'o', long = "output", global = true, value_enum, default_value_t = Output::Format(Format::Table), value_name = "FORMAT", hide_possible_values = false)]
    pub(crate) chosen: Output,
    /// The format that was chosen; a table if it is a form of another tool.
    #[arg(skip = Format::Table)]
    pub(crate) output: Format,
    /// Print only errors and important warnings on standard error.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Log requests on standard error; repeat for all events. `RUST_LOG` takes precedence.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The program that runs this command.
    #[arg(skip)]
    pub(crate) program: Program,
}

/// What `-o` takes: a format, or for `list`, `members` and `export` a form of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Format(Format),
    Form(Form),
}

impl Output {
    /// All of them, formats first.
    const ALL: [Self; Format::ALL.len() + Form::ALL.len()] = {
        let mut all = [Self::Format(Format::Table); Format::ALL.len() + Form::ALL.len()];
        let mut place = 0;
        while place < all.len() {
            all[place] = match place.checked_sub(Format::ALL.len()) {
                None => Self::Format(Format::ALL[place]),
                Some(place) => Self::Form(Form::ALL[place]),
            };
            place += 1;
        }
        all
    };

    /// Returns the format; `None` for a form.
    pub(crate) const fn format(self) -> Option<Format> {
        match self {
            Self::Format(format) => Some(format),
            Self::Form(_) => None,
        }
    }

    /// Returns the form; `None` for a format.
    pub(crate) const fn form(self) -> Option<Form> {
        match self {
            Self::Format(_) => None,
            Self::Form(form) => Some(form),
        }
    }
}

impl ValueEnum for Output {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Format(format) => format.to_possible_value(),
            Self::Form(form) => {
                let help = format!("For list, members and export: {}", form.summary());
                Some(PossibleValue::new(form.as_str()).help(help))
            }
        }
    }
}

/// What `schema` describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A profile.
    Profile,
    /// The manifest of a snapshot.
    Manifest,
    /// The policy of a review.
    Policy,
    /// The definition of a service.
    #[cfg(feature = "declared")]
    Definition,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for reading: at most 50,000 profiles, and 1000 characters in a cell.
    Table,
    /// One JSON document.
    Json,
    /// One JSON document per line, for programs.
    Ndjson,
    /// For spreadsheets: a cell that would be a formula starts with '.
    Csv,
}

impl Format {
    const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Ndjson, Self::Csv];
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the profiles of all accounts.
    ///
    /// In a table, a field without a value shows the reason: "(none)" the service says that it is empty, "(not known)" it
    /// is null where true or false is expected, "?" the service did not send it, "(withheld)" this credential may not
    /// see it, "-" it is not in the records that were read. `--enrich` reads more records; `providers` shows which
    /// record has which field. A summary on standard error says whether all profiles were read.
    #[command(
        after_help = "Examples:\n  anyprofile list --status active --mfa off --enrich\n  anyprofile list --where 'emails.address ew \"@example.com\"' -o csv\n  anyprofile list --sandbox"
    )]
    List(List),
    /// Export the profiles of all accounts as a snapshot: the data, with a manifest that proves its completeness.
    ///
    /// The name of the target says what it is: *.ndjson, *.ndjson.gz, *.ndjson.zst, *.csv, *.parquet, a folder such as people/ for
    /// Parquet files by service and account, sqlite:FILE, postgres://…, s3://…, gs://…, az://… or file://…. An interrupted export can be
    /// resumed by the same command. Until it is whole, nothing of it can be seen at the target.
    #[command(
        after_help = "Examples:\n  anyprofile export --to everybody.ndjson --report report.json\n  anyprofile export --enrich --evidence review-2026q4\n  anyprofile export --to people.csv -o vanta --unknown-mfa no"
    )]
    Export(ExportArguments),
    /// Check that a snapshot is what was written: its hashes, the number of its profiles, its manifest.
    #[command(
        after_help = "Examples:\n  anyprofile verify review-2026q4\n  anyprofile verify everybody.ndjson"
    )]
    Verify {
        /// The snapshot, as `export --to` or `--evidence` named it.
        snapshot: String,
    },
    /// Hand a snapshot to another tool, after showing what will be replaced.
    #[command(subcommand)]
    Push(Push),
    /// Compare two snapshots: who was added, who is gone, and which fields have changed.
    ///
    /// Nobody is called gone because of a listing that was not complete or asked for fewer people: such a profile is "not seen".
    #[command(
        after_help = "Examples:\n  anyprofile diff 2026q3.ndjson 2026q4.ndjson\n  anyprofile diff 2026q3.parquet live --fields status,security,roles --exit-code"
    )]
    Diff(DiffArguments),
    /// Find out which profiles of all accounts are one person, and who owns which service user.
    ///
    /// Profiles are linked by an employee number, an e-mail address, a long external id, or a mapping file, never by a name. A key that does
    /// not tell two people apart links nobody: --ambiguities shows it.
    #[command(
        after_help = "Examples:\n  anyprofile persons\n  anyprofile persons --snapshot 2026q4.parquet --ambiguities\n  anyprofile persons --mapping persons.csv -o ndjson"
    )]
    Persons(PersonsArguments),
    /// Review who has access: findings by a policy, a page for reviewers, and what they decided.
    ///
    /// A finding is "violated" if what the services say proves it, and "not known" if they do not say enough. Whoever is suspended or deleted
    /// breaks no rule.
    #[command(
        after_help = "Examples:\n  anyprofile review --html review.html\n  anyprofile review --policy policy.toml --roster people.csv --fail-on high --sarif review.sarif\n  anyprofile review --snapshot 2026q4.ndjson --since 2026q3.ndjson\n  anyprofile review policy > policy.toml\n  anyprofile review apply decisions-1a2b3c4d.json"
    )]
    Review(ReviewArguments),
    /// Deactivate a person at all accounts, after showing what they have there, and prove what remains.
    ///
    /// Profiles, roles, groups, tokens and service users that they own are listed before and after, and what a service does not show is listed
    /// as not known.
    #[command(
        after_help = "Examples:\n  anyprofile offboard ada@example.com --dry-run\n  anyprofile offboard ada@example.com --evidence ada.json"
    )]
    Offboard(OffboardArguments),
    /// Show one profile.
    Get {
        /// Profile id, such as upsun:acme/user/d81c8ee2-44b3-429f-b944-a33ad7437690.
        id: ProfileId,
        /// Read the profile's other records too, and show which record each value came from.
        #[arg(long)]
        enrich: bool,
        #[command(flatten)]
        fields: Fields,
    },
    /// List the members of an organization, a workspace or a group, with their access in it.
    #[command(
        after_help = "Examples:\n  anyprofile members upsun:acme/organization/01HSANDB0XACME000000000001"
    )]
    Members(Members),
    /// Find a profile in all accounts by e-mail address, user name or id.
    ///
    /// If the service of an account can look up the key, it is looked up; otherwise all profiles of the account are
    /// listed. Standard error reports what was done for each account, and which accounts could not be searched.
    Find {
        /// E-mail address, user name, external id or the service's own id. Put `--` before a key that starts with a
        /// hyphen.
        key: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Show the profile of each account's own credential.
    Me {
        #[command(flatten)]
        fields: Fields,
    },
    /// Create a profile in an account, after showing the request.
    #[command(
        after_help = "Examples:\n  anyprofile create --account okta --set username=ada --set emails=ada@example.com --dry-run"
    )]
    Create(Create),
    /// Update a profile, after showing the changes.
    #[command(
        after_help = "Examples:\n  anyprofile update scim:okta/user/7 --set title=cto --clear nickname\n  anyprofile update --from changes.csv --dry-run"
    )]
    Update(Update),
    /// Deactivate profiles, so that they cannot sign in, after showing the requests.
    ///
    /// `anyprofile deactivate --find KEY` deactivates the matching profiles in all accounts, and reports the accounts
    /// that could not be searched. A profile that its service cannot deactivate is reported; the others are still
    /// deactivated.
    #[command(
        after_help = "Examples:\n  anyprofile deactivate --find ada@example.com --dry-run\n  anyprofile list --where 'labels eq \"leaver\"' -o ndjson | anyprofile deactivate -"
    )]
    Deactivate(Selected),
    /// Delete profiles permanently, or remove members from an organization, a workspace or a group, after showing the
    /// requests.
    ///
    /// Few services support this; `providers` shows which. A profile that its service cannot delete is reported; the
    /// others are still deleted.
    #[command(after_help = "Examples:\n  anyprofile delete scim:okta/user/7")]
    Delete(Selected),
    /// Create an enrollment link for a profile, and print it. The link is a credential.
    Enroll(Enroll),
    /// Plan a write, show it, and save it in a file for `apply`.
    ///
    /// The file holds the values to write and digests of the requests, but no request and no secret. Nothing is
    /// written to a service.
    #[command(
        after_help = "Examples:\n  anyprofile plan deactivate --find ada@example.com --out leaver.json"
    )]
    Plan(PlanArguments),
    /// Apply a saved plan, if it would still do the same.
    ///
    /// The plan is computed again first. If the result is different, it is shown and nothing is written. If
    /// everything is unchanged, nothing is sent. A plan can be applied only once.
    #[command(after_help = "Examples:\n  anyprofile apply leaver.json")]
    Apply(Apply),
    /// Check that each account's credential works, and find out what its service can do.
    ///
    /// What a SCIM server can do, and its quirks, are printed with the setting that helps. Table: on standard error. The json and
    /// ndjson formats have them as `findings`.
    Check,
    /// Run the conformance checks of all providers against the sandbox, or of a definition against a server that is made from it.
    #[cfg(feature = "conformance")]
    Conformance {
        /// A name of the catalog, or the path of a definition file; may be repeated. Without it, the sandbox's accounts are checked.
        #[cfg(feature = "declared")]
        #[arg(long, value_name = "NAME|FILE")]
        definition: Vec<String>,
    },
    /// Services without code: list the catalog, check a definition, or begin one.
    #[cfg(feature = "declared")]
    #[command(subcommand)]
    Definition(DefinitionCommand),
    /// Show the fields and operations of each configured account, or of each service if no account is configured.
    ///
    /// Each field shows the records of the service that contain it. The records named in "listing records" are part
    /// of a listing; the others are read by `get`, `get --enrich`, `me` and `members`.
    Providers,
    /// Print the JSON Schema of a profile in the json and ndjson formats, of the manifest of a snapshot, of a policy, or of a definition.
    Schema {
        /// What the schema describes.
        #[arg(value_enum, default_value_t = SchemaOf::Profile)]
        of: SchemaOf,
    },
    /// Run the sandbox of all services as a server for other programs, until interrupted.
    Sandbox(SandboxArguments),
    /// Serve the accounts to an agent, over the Model Context Protocol on standard input and output. Read-only unless --allow-write
    /// is given.
    #[cfg(feature = "mcp")]
    Mcp(crate::mcp::Mcp),
    /// Not built into this program.
    #[cfg(not(feature = "mcp"))]
    #[command(hide = true)]
    Mcp {
        /// Whatever it would take.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<String>,
    },
    /// Ask for an account, write it to the configuration file, and check it. The secret stays out of the file.
    #[command(
        after_help = "Examples:\n  anyprofile init\n  anyprofile init --service probely --name eu --variable PROBELY_API_KEY --set region=eu"
    )]
    Init(Init),
    /// Write the manual pages to a folder.
    Man {
        /// The folder; it is created if it does not exist.
        folder: PathBuf,
    },
    /// Print the completion script of a shell, with the fields and the names of the configured accounts.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// What `init` would ask for.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The service.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// The name of the account.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The key of the credential, such as `api_key`.
    #[arg(long, value_name = "KEY")]
    pub(crate) credential: Option<String>,
    /// The environment variable that holds the secret.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["secret_file", "secret_command"])]
    pub(crate) variable: Option<String>,
    /// The file that holds the secret.
    #[arg(long, value_name = "PATH", conflicts_with = "secret_command")]
    pub(crate) secret_file: Option<String>,
    /// The program that prints the secret, or an argument of it; repeat it for each argument.
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) secret_command: Vec<String>,
    /// The value of another key; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(crate) set: Vec<(String, String)>,
    /// Do not check the account.
    #[arg(long)]
    pub(crate) no_check: bool,
    /// Print a file with every service and key as comments, and write nothing.
    #[arg(long)]
    pub(crate) template: bool,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("must be KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// First port; 0 selects free ports. Each service has a port of its own: Upsun this one, its token endpoint, Probely,
    /// Anthropic and SCIM the four after it.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Number of profiles for each service.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) profiles: u64,
    /// Seed of the generated profiles; the same seed generates the same profiles.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Inject a fault by its name; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Vec<String>,
    /// Print the URLs and credentials as one JSON line first.
    #[arg(long)]
    pub(crate) json: bool,
}
