//! The arguments of the commands that list profiles.

use std::path::PathBuf;

use anyprofile::{
    Expected, FieldPath, Filter, Kind, ProfileId, Status, Timestamp, filter::Parsed,
    profile::is_email_address,
};
use anyprofile_terminal::printable;
use clap::Args;

use super::{
    export::{FormArguments, HidingArguments},
    field::field_path,
};

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
    #[command(flatten)]
    pub(crate) hiding: HidingArguments,
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// Write a report of the listing to this file, as JSON; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
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
