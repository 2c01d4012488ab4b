//! The command-line arguments.

mod field;
mod writes;

use std::path::PathBuf;

use anyprofile::{
    Expected, FieldPath, Filter, Kind, ProfileId, Status, Timestamp, filter::Parsed,
    profile::is_email_address,
};
use clap::{Args, Parser, Subcommand, ValueEnum};

use self::field::field_path;
pub(crate) use self::writes::{
    Apply, Changes, Confirm, Create, Draft, Enroll, Keep, PlanArguments, PlannedWrite, Selected, Update, Whom,
};
use crate::{printable::printable, program::Program};

/// List, show, check and update user profiles at several services.
///
/// Data goes to standard output; all other messages go to standard error. Exit codes: 0 complete, 2 usage or
/// configuration error, 3 authentication or permission error, 4 partial (something failed, the rest was delivered), 5
/// the service failed, 6 not found, 1 internal error.
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
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
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
    /// Export the profiles of all accounts to a file, as one JSON document per line. An interrupted export can be
    /// resumed.
    #[command(after_help = "Examples:\n  anyprofile export --to everybody.ndjson --report report.json")]
    Export(ExportArguments),
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
    /// Run the conformance checks of all providers against the sandbox.
    #[cfg(feature = "conformance")]
    Conformance,
    /// Show the fields and operations of each configured account, or of each service if no account is configured.
    ///
    /// Each field shows the records of the service that contain it. The records named in "listing records" are part
    /// of a listing; the others are read by `get`, `get --enrich`, `me` and `members`.
    Providers,
    /// Print the JSON Schema of a profile in the json and ndjson formats.
    Schema,
    /// Run the sandbox of all services as a server for other programs, until interrupted.
    Sandbox(SandboxArguments),
    /// Serve the accounts to an agent, over the Model Context Protocol on standard input and output. Read-only unless --allow-write
    /// is given.
    #[cfg(feature = "mcp")]
    Mcp(crate::mcp::Mcp),
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

/// The fields to show.
#[derive(Debug, Default, Args)]
pub(crate) struct Fields {
    /// Show only these fields or groups of fields, separated by commas, such as `id,name,security.mfa_enabled`.
    #[arg(long = "fields", value_name = "FIELD,…", value_parser = field_paths)]
    lists: Vec<Paths>,
}

/// The fields of one `--fields` option.
type Paths = std::sync::Arc<[FieldPath]>;

impl Fields {
    /// Returns the fields in the order given; empty means all fields.
    pub(crate) fn paths(&self) -> Vec<FieldPath> {
        self.lists.iter().flat_map(|paths| paths.iter().cloned()).collect()
    }
}

/// The profiles to list. A filter that the service does not support is applied locally; the summary says which.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Only profiles with this status: active, suspended, pending, deleted, unknown, or a value of the service; may
    /// be repeated.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Vec<Expected<Status>>,
    /// Only profiles of this kind: human, service, organization, unknown, or a value of the service; may be repeated.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Expected<Kind>>,
    /// Only profiles whose second factor is on, off or unknown.
    #[arg(long, value_name = "on|off|unknown", value_parser = mfa)]
    mfa: Option<Expected<bool>>,
    /// Only profiles with this e-mail address.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    email: Option<String>,
    /// Only profiles with this label, by name or id.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    label: Option<String>,
    /// Only profiles with this role, by name or id.
    #[arg(long, value_name = "ROLE", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    role: Option<String>,
    /// Only profiles updated since this time, such as 2026-01-31 or 2026-01-31T12:00:00Z. If the service can sort by
    /// the latest change, only the pages with changes are read. The summary shows the time to use for the next run.
    #[arg(long, value_name = "TIME", value_parser = time)]
    updated_since: Option<Timestamp>,
    /// Only profiles created since this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    created_since: Option<Timestamp>,
    /// Only profiles that match a condition, such as `title eq "cto" and not (labels eq "contractor")` or
    /// `security.mfa_enabled is absent`.
    ///
    /// The grammar is that of SCIM filters (RFC 7644). The operators eq, ne, co (contains), sw (starts with), ew
    /// (ends with), gt, ge, lt and le compare a field with a text in double quotes, a number, true or false; `pr`
    /// matches a field that has a value. `is` and `is not` test the state of a field: known, null, absent,
    /// unsupported or withheld. Combine conditions with and, or, not (…) and parentheses. Brackets match one item of
    /// a list: `emails[primary eq true and address ew "@example.com"]`. A comparison with a field that is not known
    /// is never true: `a ne "b"` excludes such a profile, `not (a eq "b")` includes it.
    #[arg(long = "where", value_name = "CONDITION", value_parser = condition)]
    condition: Option<Parsed>,
}

impl Filters {
    /// Returns the filter.
    pub(crate) fn filter(self) -> Filter {
        let mut filter = Filter::default();
        filter.status = self.status;
        filter.kind = self.kind;
        filter.mfa = self.mfa;
        filter.email = self.email;
        filter.label = self.label;
        filter.role = self.role;
        filter.updated_since = self.updated_since;
        filter.created_since = self.created_since;
        filter.condition = self.condition.map(|parsed| {
            if let Some(rewritten) = parsed.rewritten {
                say!(
                    "warning: this --where condition uses an old syntax that will be removed; write: {}",
                    printable(&rewritten)
                );
            }
            parsed.condition
        });
        filter
    }
}

#[derive(Debug, Args)]
pub(crate) struct Members {
    /// Id of an organization, such as upsun:acme/organization/01HSANDB0XACME000000000001, or of another group of people
    /// that the service has, such as `anthropic:claude/workspace/wrkspc_01A` or `anthropic:claude/rbac_group/rbac_group_01A`;
    /// `providers` shows which.
    pub(crate) organization: ProfileId,
    #[command(flatten)]
    pub(crate) list: List,
}

/// How a listing is split into requests.
#[derive(Debug, Args)]
pub(crate) struct Paging {
    /// Number of profiles per request; services have their own maximum.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) page_size: Option<u32>,
    /// Maximum number of concurrent requests per account, if its service allows it [default: 8].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: Option<u32>,
    /// Stop after this number of consecutive pages without a new profile, if the service always returns a next page
    /// [default: 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_empty_pages: Option<u32>,
    /// Do not keep the order of the profiles. An unlimited listing that can be read from both ends then takes half
    /// the time.
    #[arg(long)]
    pub(crate) unordered: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) fields: Fields,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Read the other records of each profile too, such as status and second factor at Upsun. This sends requests for
    /// each profile.
    #[arg(long)]
    pub(crate) enrich: bool,
    /// Maximum number of profiles, over all accounts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) paging: Paging,
    /// The csv text for a field that the service reports as null [default: an empty cell, as for a field that was not
    /// sent].
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) csv_null: String,
    /// Start csv with a byte order mark. Excel needs it to read the file as UTF-8.
    #[arg(long)]
    pub(crate) csv_bom: bool,
    /// Write a report of the listing to this file, as JSON; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// Output file. FILE.checkpoint is kept next to it until the export ends; with it, the same command resumes the
    /// export.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Write a report of the export to this file, as JSON: accounts, pages, numbers of profiles seen, declared and
    /// quarantined, and unknown fields and values that the services sent; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Read the other records of each profile too. This sends requests for each profile.
    #[arg(long)]
    pub(crate) enrich: bool,
    #[command(flatten)]
    pub(crate) paging: Paging,
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

/// Parses a list of fields; the name of a group means all of its fields.
pub(crate) fn field_paths(text: &str) -> Result<Paths, String> {
    let mut paths = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let group: Vec<_> =
            FieldPath::CORE.iter().filter(|path| path.group() == Some(name)).cloned().collect();
        if group.is_empty() {
            paths.push(field_path(name).map_err(|error| format!("{}: {error}", printable(name)))?);
        } else {
            paths.extend(group);
        }
    }
    Ok(paths.into())
}

fn mfa(text: &str) -> Result<Expected<bool>, String> {
    match text {
        "on" => Ok(Expected::Is(true)),
        "off" => Ok(Expected::Is(false)),
        "unknown" => Ok(Expected::Unknown),
        _ => Err("expected on, off or unknown".to_owned()),
    }
}

/// Parses a time, or a date that means its start in UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let time = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    time.map_err(|_| {
        "expected a time, such as 2026-01-31T12:00:00Z, or a date, such as 2026-01-31".to_owned()
    })
}

/// Parses a known word in any letter case, or a word of the service unchanged.
fn word<T: std::str::FromStr>(text: &str, known: &[&str]) -> Result<Expected<T>, String> {
    let lower = text.to_lowercase();
    let word = if lower == "unknown" || known.contains(&lower.as_str()) { lower.as_str() } else { text };
    if word.is_empty() {
        return Err(format!("expected one of {}, unknown, or a value of the service", known.join(", ")));
    }
    word.parse().map_err(|_| "not a valid word".to_owned())
}

fn status(text: &str) -> Result<Expected<Status>, String> {
    word(text, Status::WORDS)
}

fn kind(text: &str) -> Result<Expected<Kind>, String> {
    word(text, Kind::WORDS)
}

/// Parses a condition; the error shows what is wrong and where.
fn condition(text: &str) -> Result<Parsed, String> {
    anyprofile::filter::parse(text).map_err(|error| {
        let marked = error.marked(text);
        let lines: Vec<_> = marked.lines().map(printable).collect();
        format!("\n  {}", lines.join("\n  "))
    })
}

/// Checks that a text is one e-mail address.
fn address(text: &str) -> Result<String, String> {
    if is_email_address(text) { Ok(text.to_owned()) } else { Err("expected an e-mail address".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_filter_by_is_one_and_nothing_around_it() {
        assert!(address("ada@example.com").is_ok());
        for text in ["", "ada", "x <ada@example.com>", "a@x,b@x", "ada @example.com"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_are_named_alone_or_by_their_group() {
        let paths = field_paths("id, times,extension.marketing").unwrap();
        let paths: Vec<_> = paths.iter().map(FieldPath::as_str).collect();
        assert_eq!(
            paths,
            ["id", "times.created", "times.updated", "times.status_changed", "extension.marketing"]
        );
        assert_eq!(field_paths("email").unwrap_err(), "email: no such field; did you mean 'emails'?");
    }
}
