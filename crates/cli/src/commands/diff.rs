//! `anyprofile diff`

use anyprofile::{
    Field, FieldPath,
    snapshot::{
        Snapshot,
        diff::{Change, Diff, DiffOptions, DiffSummary, FieldChange},
    },
};
use serde_json::{Value, json};

use super::{source::Source, verify};
use crate::{
    args::{DiffArguments, Format, Global},
    exit::{Exit, Failure},
    output::{MOST_ROWS, print_line, print_rows},
    progress::Progress,
    session::Session,
};

/// The name of the accounts as they are now.
const LIVE: &str = "live";

/// The columns of a row: a field that differs, or a profile that is only in one snapshot.
const COLUMNS: [&str; 8] =
    ["change", "id", "name", "field", "before", "after", "before_state", "after_state"];

/// Compares two snapshots, and prints each change.
pub(crate) async fn run(global: &Global, arguments: DiffArguments) -> Result<Exit, Failure> {
    let old = verify::open(&arguments.old).await?;
    let new =
        if arguments.new == LIVE { now(global, &old).await? } else { Source::open(&arguments.new).await? };
    let mut exit = new.exit;
    let mut options = DiffOptions::new();
    if !arguments.fields.is_empty() {
        options = options.with_fields(arguments.fields);
    }
    options = options.with_ignore(arguments.ignore);
    let progress = Progress::waiting(global, "sorting both snapshots".to_owned());
    let mut diff = old.diff(&new.snapshot, options).await?;
    drop(progress);
    print(global.output, &mut diff)?;
    let summary = diff.summary();
    if !global.quiet {
        tell(summary);
    }
    if exit == Exit::Complete && arguments.exit_code && summary.has_differences() {
        exit = Exit::Differences;
    }
    Ok(if summary.whole { exit } else { exit.unless_complete() })
}

/// Lists the accounts now, with the query of a snapshot.
async fn now(global: &Global, old: &Snapshot) -> Result<Source, Failure> {
    let manifest = old.manifest();
    if !manifest.privacy.is_nothing() {
        return Err(Failure::Usage(
            "the snapshot hides or replaces personal data, and the accounts do not; export them with the same options, and compare that"
                .to_owned(),
        ));
    }
    let session = Session::start(global).await?;
    Source::live(global, &session, manifest.query.clone()).await
}

/// Prints what must be known to read the changes, and their numbers.
fn tell(summary: &DiffSummary) {
    for note in &summary.notes {
        say!("note: {note}");
    }
    let numbers = [
        (summary.added, "added"),
        (summary.changed, "changed"),
        (summary.gone, "gone"),
        (summary.renamed, "with another id"),
        (summary.not_seen, "not seen again"),
        (summary.first_seen, "first seen"),
        (summary.only_in_old, "of accounts that only the older snapshot has"),
        (summary.only_in_new, "of accounts that only the newer snapshot has"),
        (summary.undetermined, "of which it is not known whether they have changed"),
    ];
    let mut parts: Vec<_> = numbers
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() {
        parts.push(
            if summary.is_certain() { "no difference" } else { "no difference that is known" }.to_owned(),
        );
    }
    say!("{}; {} unchanged", parts.join(", "), summary.unchanged);
}

/// Prints the changes.
fn print(format: Format, diff: &mut Diff) -> Result<(), Failure> {
    let (mut rows, mut documents, mut is_cut) = (Vec::new(), Vec::new(), false);
    for change in diff {
        let change = change?;
        match format {
            Format::Ndjson => print_line(&serde_json::to_string(&change)?)?,
            Format::Json => documents.push(serde_json::to_value(&change)?),
            Format::Table if rows.len() >= MOST_ROWS => is_cut = true,
            Format::Table | Format::Csv => rows.extend(rows_of(&change)),
        }
    }
    match format {
        Format::Ndjson => {}
        Format::Json => print_line(&serde_json::to_string_pretty(&documents)?)?,
        Format::Table if rows.is_empty() => {}
        Format::Table | Format::Csv => print_rows(format, &COLUMNS, &rows)?,
    }
    if is_cut {
        say!("warning: the table ends after {} rows; -o csv and -o ndjson have all", rows.len());
    }
    Ok(())
}

/// Returns a row for each field that differs, or one for the profile.
fn rows_of(change: &Change) -> Vec<Vec<Value>> {
    let name = change.profile().map(|profile| profile.label().into_owned());
    let head = |rest: [Value; 5]| {
        let mut row = vec![json!(change.word()), json!(change.id.to_string()), json!(name)];
        row.extend(rest);
        row
    };
    if change.fields.is_empty() {
        let was = change.renamed_from.as_ref().map(ToString::to_string);
        let field = was.as_ref().map_or(Value::Null, |_| FieldPath::ID.to_string().into());
        let now = was.as_ref().map(|_| change.id.to_string());
        return vec![head([field, json!(was), json!(now), Value::Null, Value::Null])];
    }
    let of_field = |field: &FieldChange| {
        let text = |field: &Field<Value>| match field.value() {
            Some(Value::String(text)) => Value::from(text.clone()),
            Some(other) => Value::from(other.to_string()),
            None => Value::Null,
        };
        head([
            json!(field.path.to_string()),
            text(&field.before),
            text(&field.after),
            json!(field.before_state.as_str()),
            json!(field.after_state.as_str()),
        ])
    };
    change.fields.iter().map(of_field).collect()
}
