//! The arguments of the commands that write and compare snapshots.

use std::path::PathBuf;

use anyprofile::snapshot::{FieldClass, Hiding, diff::FieldPattern, form::FormOptions};
use clap::{Args, Subcommand};

use super::{
    listing::{Filters, Paging},
    writes::Confirm,
};
use crate::{exit::Failure, files};

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// Where the snapshot is written to. Until the export ends, what was read is kept in TARGET.partial beside it, or in the folder of
    /// --work, with a checkpoint; with them, the same command resumes the export.
    #[arg(long, value_name = "TARGET", required_unless_present = "evidence")]
    pub(crate) to: Option<String>,
    /// Write a folder for an auditor: the data, the manifest, a cover page, and the hashes of all files.
    #[arg(long, value_name = "FOLDER", conflicts_with = "to")]
    pub(crate) evidence: Option<PathBuf>,
    /// Write the snapshot although an account failed or was not read to its end. The manifest says so.
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
    /// The folder for what was read so far, if the target is not on this machine [default: anyprofile in the folder for the state of
    /// programs].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) work: Option<PathBuf>,
    /// Write a report of the export to this file, as JSON: accounts, pages, numbers of profiles seen, declared and
    /// quarantined, and unknown fields and values that the services sent; - means standard error.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) hiding: HidingArguments,
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Read the other records of each profile too. This sends requests for each profile.
    #[arg(long)]
    pub(crate) enrich: bool,
    #[command(flatten)]
    pub(crate) paging: Paging,
}

/// What is hidden or replaced before it is written.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct HidingArguments {
    /// Hide the fields of a class: identifier, contact, security, billing, free-text or credential; may be repeated. Ids are kept.
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    redact: Vec<FieldClass>,
    /// Replace ids, names and addresses by pseudonyms, with the key in this file. The same key gives the same pseudonyms in every run and
    /// account.
    #[arg(long, value_name = "KEYFILE")]
    pseudonymize: Option<PathBuf>,
}

impl HidingArguments {
    /// Reads the key.
    ///
    /// # Errors
    /// If the file cannot be read, or the key is too short.
    pub(crate) fn hiding(&self) -> Result<Hiding, Failure> {
        let hiding = Hiding::default().redact(self.redact.iter().copied());
        let Some(file) = &self.pseudonymize else { return Ok(hiding) };
        let key = std::fs::read(file).map_err(|error| files::failure(file, &error))?;
        Ok(hiding.pseudonymize(key.trim_ascii())?)
    }
}

/// What a form needs to know.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct FormArguments {
    /// What to write where a form wants yes or no, and it is not known whether a person has a second factor. Without it, the run stops.
    #[arg(long, value_name = "no|yes", value_parser = yes_or_no)]
    pub(crate) unknown_mfa: Option<bool>,
}

impl FormArguments {
    pub(crate) fn options(self) -> FormOptions {
        let options = FormOptions::default();
        self.unknown_mfa.map_or(options.clone(), |written| options.with_unknown_mfa(written))
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected yes or no".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The older snapshot, as `export --to` named it.
    pub(crate) old: String,
    /// The newer snapshot; `live` lists the accounts now, with the query of the older one.
    pub(crate) new: String,
    /// Compare only these fields, separated by commas; the name of a group, such as security, means all of its fields.
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub(crate) fields: Vec<FieldPattern>,
    /// Do not compare these fields.
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub(crate) ignore: Vec<FieldPattern>,
    /// Exit with 10 if there are differences. In any case the code is 4 if somebody who differs may be in neither snapshot.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Push {
    /// Replace the user accounts of a resource at Vanta by those of a snapshot.
    ///
    /// Vanta takes an account that is not sent for gone. So a snapshot that is not complete, is filtered, was altered, or hides names is
    /// refused. The credential is that of a private integration: `VANTA_CLIENT_ID` and `VANTA_CLIENT_SECRET`.
    #[command(
        after_help = "Examples:\n  anyprofile export --enrich --to everybody.ndjson\n  anyprofile push vanta everybody.ndjson --resource-id 6650a0 --unknown-mfa no --dry-run"
    )]
    Vanta(PushVanta),
}

#[derive(Debug, Args)]
pub(crate) struct PushVanta {
    /// The snapshot, as `export --to` named it.
    pub(crate) snapshot: String,
    /// The id of the resource, from the developer console.
    #[arg(long, value_name = "ID")]
    pub(crate) resource_id: String,
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}
