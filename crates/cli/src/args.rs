//! The command line.

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
/// Data goes to standard output, everything else to standard error. Exit codes: 0 complete, 2 usage or
/// configuration, 3 authentication or permission, 4 partial (something failed, the rest was delivered),
/// 5 the service failed, 6 not found, 1 a defect of this program.
#[derive(Debug, Parser)]
#[command(name = "anyprofile", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The configuration file [default: `$ANYPROFILE_CONFIG`, else anyprofile/config.toml in the user's
    /// configuration folder, else accounts from the environment].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use the accounts that the environment names, also where there is a configuration file.
    #[arg(long, global = true, conflicts_with_all = ["config", "sandbox"])]
    pub(crate) env: bool,
    /// Only this account; may be repeated.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) account: Vec<String>,
    /// Use the embedded sandbox: needs no credential.
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) sandbox: bool,
    /// How many profiles a service of the embedded sandbox has.
    #[arg(long, global = true, value_name = "N", default_value_t = 20, hide = true)]
    pub(crate) sandbox_profiles: u64,
    /// The form of the output.
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
    /// Say nothing but errors on standard error.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Log requests on standard error; twice for everything. `RUST_LOG` goes before it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The program that was called.
    #[arg(skip)]
    pub(crate) program: Program,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person: at most 50,000 profiles, and 1000 characters of a cell.
    Table,
    /// One JSON document.
    Json,
    /// One JSON document a line: for a program.
    Ndjson,
    /// For a spreadsheet: cells that would be formulas start with '.
    Csv,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the profiles of all accounts.
    ///
    /// In a table, a field without a value says why: "(none)" the service says that there is none, "?" it did
    /// not say, "(withheld)" this credential may not see it, "-" it is not in what was read of the service; `get --enrich`
    /// reads more, and `providers` says what is where. A summary on standard error says whether every profile was seen.
    List(List),
    /// Write the profiles of all accounts to a file, one as JSON a line; goes on where it was cut off.
    Export(ExportArguments),
    /// Show one profile.
    Get {
        /// The id, such as upsun:acme/user/d81c8ee2-44b3-429f-b944-a33ad7437690.
        id: ProfileId,
        /// Add what the service shows of the profile elsewhere, and say what came from where.
        #[arg(long)]
        enrich: bool,
        #[command(flatten)]
        fields: Fields,
    },
    /// List the members of an organization, with what they may do there.
    Members(Members),
    /// Find a profile at all accounts by what is known of it.
    ///
    /// An account is asked directly where its service can look it up, else all its profiles are listed. What was
    /// done is said on standard error, also where an account could not be asked.
    Find {
        /// An e-mail address, a user name, an external id or the service's id; behind -- if it begins with a hyphen.
        key: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Show the profile of each account's own credential.
    Me {
        #[command(flatten)]
        fields: Fields,
    },
    /// Create a profile at an account, after showing what will be sent.
    Create(Create),
    /// Change a profile, after showing what will change.
    Update(Update),
    /// Keep profiles from signing in, after showing what will be done where.
    ///
    /// `anyprofile deactivate --find KEY` deactivates somebody at all accounts, and says which could not be asked. A profile
    /// that its service cannot deactivate is named, and does not keep the others.
    Deactivate(Selected),
    /// Delete profiles for good, or remove people from an organization, after showing what will be done where.
    ///
    /// Few services have it; `providers` says which. A profile that its service cannot delete is named, and does not
    /// keep the others.
    Delete(Selected),
    /// Make a link for the person of a profile to enroll with, and print it. The link is a credential.
    Enroll(Enroll),
    /// Work out what a write comes to, show it, and keep it in a file for `apply`.
    ///
    /// The file holds what is to be written and digests of the requests, no request and no secret. Nothing is written.
    Plan(PlanArguments),
    /// Apply a plan that was kept, if it still comes to the same.
    ///
    /// It is worked out anew. Where it comes to something else by now, that is shown and nothing is written; where all of it
    /// is so already, nothing is sent. A plan is applied once.
    Apply(Apply),
    /// Check that each account's credential works.
    Check,
    /// Run the checks that every provider passes, against the sandbox.
    #[cfg(feature = "conformance")]
    Conformance,
    /// Show which fields and operations each configured account has; without any account, each service.
    ///
    /// At a field stand the service's records that have it: those of "listing records" are in a listing, the others in
    /// `get`, `get --enrich`, `me` and `members`.
    Providers,
    /// Print the JSON Schema of a profile, as it is in json and ndjson.
    Schema,
    /// Serve the sandbox of all services to other programs, until interrupted.
    Sandbox(SandboxArguments),
    /// Print the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Which fields to show.
#[derive(Debug, Default, Args)]
pub(crate) struct Fields {
    /// Only these fields or groups of fields, separated by commas, such as `id,name,security.mfa_enabled`.
    #[arg(long = "fields", value_name = "FIELD,…", value_parser = field_paths)]
    lists: Vec<Paths>,
}

/// The fields of one list.
type Paths = std::sync::Arc<[FieldPath]>;

impl Fields {
    /// The fields, in the order they were named; none if all are wanted.
    pub(crate) fn paths(&self) -> Vec<FieldPath> {
        self.lists.iter().flat_map(|paths| paths.iter().cloned()).collect()
    }
}

/// Which profiles to list. What a service cannot answer is applied to what it sends; the summary says which.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Only this status: active, suspended, pending, deleted, unknown, or a service's own; may be repeated.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Vec<Expected<Status>>,
    /// Only this kind: human, service, organization, unknown, or a service's own; may be repeated.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Expected<Kind>>,
    /// Only with the second factor on, off, or not known.
    #[arg(long, value_name = "on|off|unknown", value_parser = mfa)]
    mfa: Option<Expected<bool>>,
    /// Only with this e-mail address.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    email: Option<String>,
    /// Only with this label, by name or id.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    label: Option<String>,
    /// Only with this role, by name or id.
    #[arg(long, value_name = "ROLE", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    role: Option<String>,
    /// Only changed since then, such as 2026-01-31 or 2026-01-31T12:00:00Z. Where the service can put the latest
    /// change first, only the pages with changes are read; the summary says the latest change, to start from the next
    /// time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    updated_since: Option<Timestamp>,
    /// Only made since then.
    #[arg(long, value_name = "TIME", value_parser = time)]
    created_since: Option<Timestamp>,
    /// Only what meets a condition, such as `title eq "cto" and not (labels eq "contractor")` or
    /// `security.mfa_enabled is absent`.
    ///
    /// The grammar is that of SCIM filters (RFC 7644). A field is compared by eq, ne, co (contains), sw (starts with), ew (ends
    /// with), gt, ge, lt or le with a text in double quotes, a number, true or false; `pr` means that it has a value. `is` and
    /// `is not` ask for its state: known, null, absent, unsupported or withheld. Conditions are joined by and, or, not (…) and
    /// parentheses; brackets ask for one item of a list: `emails[primary eq true and address ew "@example.com"]`. A field that is
    /// not known does not compare: `a ne "b"` leaves it out, `not (a eq "b")` does not.
    #[arg(long = "where", value_name = "CONDITION", value_parser = condition)]
    condition: Option<Parsed>,
}

impl Filters {
    /// The filter.
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
                    "note: --where is in the spelling of earlier versions, which will not be read much longer; write: {}",
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
    /// The organization, such as upsun:acme/organization/01HSANDB0XACME000000000001.
    pub(crate) organization: ProfileId,
    #[command(flatten)]
    pub(crate) list: List,
}

/// How a listing is cut into requests.
#[derive(Debug, Args)]
pub(crate) struct Paging {
    /// So many profiles a request; the services have limits.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) page_size: Option<u32>,
    /// So many requests of an account at once, where its service allows it [default: 8].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: Option<u32>,
    /// Stop where so many pages in a row brought nobody who had not come before, and the service always names a next one
    /// [default: 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_empty_pages: Option<u32>,
    /// Take profiles in any order: where all are asked for, a list that can be read from both its ends then takes half the
    /// time.
    #[arg(long)]
    pub(crate) unordered: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) fields: Fields,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Add to each profile what the service shows of it elsewhere, such as status and second factor at Upsun: costs
    /// requests for each profile.
    #[arg(long)]
    pub(crate) enrich: bool,
    /// At most so many profiles, over all accounts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) paging: Paging,
    /// What stands in csv for a field that the service says is null [default: an empty cell, as for a field
    /// that was not sent].
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) csv_null: String,
    /// Begin csv with a byte order mark: for Excel, which otherwise does not take the file for UTF-8 and shows other
    /// letters for those beyond ASCII.
    #[arg(long)]
    pub(crate) csv_bom: bool,
    /// Where to write what the listing came to, as JSON; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The file. Beside it stands FILE.checkpoint until the export is over: with it, the same command goes on.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Where to write what the export came to, as JSON: accounts, pages, what was seen, declared and set aside, and what
    /// the services send that is not known yet; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Add to each profile what the service shows of it elsewhere: costs requests for each profile.
    #[arg(long)]
    pub(crate) enrich: bool,
    #[command(flatten)]
    pub(crate) paging: Paging,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// The port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// How many profiles each service has.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) profiles: u64,
    /// The seed: the same one gives the same profiles.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Something that goes wrong; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Vec<String>,
    /// First print one JSON line with the URLs and credentials.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A list of fields; the name of a group stands for all of its fields.
fn field_paths(text: &str) -> Result<Paths, String> {
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

/// A time, or a date that stands for its first moment in UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let time = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    time.map_err(|_| {
        "expected a time, such as 2026-01-31T12:00:00Z, or a date, such as 2026-01-31".to_owned()
    })
}

/// A word of ours in any letters, or a service's own as it is.
fn word<T: std::str::FromStr>(text: &str, known: &[&str]) -> Result<Expected<T>, String> {
    let lower = text.to_lowercase();
    let word = if lower == "unknown" || known.contains(&lower.as_str()) { lower.as_str() } else { text };
    if word.is_empty() {
        return Err(format!("expected one of {}, unknown, or a service's own word", known.join(", ")));
    }
    word.parse().map_err(|_| "not a word".to_owned())
}

fn status(text: &str) -> Result<Expected<Status>, String> {
    word(text, Status::WORDS)
}

fn kind(text: &str) -> Result<Expected<Kind>, String> {
    word(text, Kind::WORDS)
}

/// A condition, or what is wrong with it and where.
fn condition(text: &str) -> Result<Parsed, String> {
    anyprofile::filter::parse(text).map_err(|error| {
        let marked = error.marked(text);
        let lines: Vec<_> = marked.lines().map(printable).collect();
        format!("\n  {}", lines.join("\n  "))
    })
}

/// Something that can be an e-mail address.
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
        assert_eq!(paths, ["id", "times.created", "times.updated", "extension.marketing"]);
        assert_eq!(field_paths("email").unwrap_err(), "email: no such field; did you mean 'emails'?");
    }
}
