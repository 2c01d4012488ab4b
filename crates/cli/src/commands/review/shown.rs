//! What a review prints.

use anyprofile::{
    ProfileId,
    review::{Finding, FindingState, Review, Roster, Severity},
};
use anyprofile_terminal::printable;
use serde_json::{Value, json};

use crate::{
    args::Format,
    exit::Failure,
    output::{MOST_ROWS, print_line, print_rows},
    summary::counted,
};

/// The columns of a finding in a table.
const COLUMNS: [&str; 7] = ["severity", "state", "rule", "account", "name", "profile", "finding"];

/// Prints what of a roster cannot be used.
pub(super) fn tell_of_roster(roster: &Roster) {
    for column in roster.ignored() {
        say!("note: the column `{}` of the roster means nothing here", printable(column));
    }
}

/// Prints the findings, the worst first.
pub(super) fn print(format: Format, findings: &[&Finding], review: &Review) -> Result<(), Failure> {
    match format {
        Format::Ndjson => findings.iter().try_for_each(|it| print_line(&serde_json::to_string(it)?)),
        Format::Json => print_line(&serde_json::to_string_pretty(&document(findings, review))?),
        Format::Table if findings.is_empty() => Ok(()),
        Format::Table => {
            let mut rows: Vec<_> =
                findings.iter().take(MOST_ROWS).map(|it| row(it, whom(&it.profiles))).collect();
            for row in &mut rows {
                cut(row, 4);
            }
            if findings.len() > MOST_ROWS {
                say!("warning: the table ends after {MOST_ROWS} rows; -o csv and -o ndjson have all");
            }
            print_rows(format, &COLUMNS, &rows)
        }
        Format::Csv => {
            // A row for each profile, so that each can be looked up.
            let of_one = |finding: &&Finding| -> Vec<Vec<Value>> {
                let ids = finding.profiles.iter().map(|id| json!(id.to_string()));
                let rows: Vec<_> = ids.map(|id| row(finding, id)).collect();
                if rows.is_empty() { vec![row(finding, Value::Null)] } else { rows }
            };
            print_rows(format, &COLUMNS, &findings.iter().flat_map(of_one).collect::<Vec<_>>())
        }
    }
}

/// Returns the review as one document, with what must be known to read its findings.
fn document(findings: &[&Finding], review: &Review) -> Value {
    let manifest = review.manifest();
    json!({
        "complete": manifest.complete,
        "filtered": manifest.is_filtered(),
        "gaps": manifest.gaps().into_iter().map(|(account, gap)| json!({"account": account, "gap": gap})).collect::<Vec<_>>(),
        "unchecked": review.unchecked().map(|(rule, why)| json!({"rule": rule, "why": why})).collect::<Vec<_>>(),
        "notes": review.notes(),
        "changes": review.changes(),
        "findings": findings,
    })
}

/// How many characters of a name a table shows: one name must not push all other cells off the screen.
const LONGEST_NAME: usize = 40;

fn row(finding: &Finding, profile: Value) -> Vec<Value> {
    vec![
        json!(finding.severity),
        json!(finding.state),
        json!(finding.rule),
        json!(finding.account),
        json!(finding.name),
        profile,
        json!(finding.message),
    ]
}

/// Cuts a long name in a row of a table.
pub(in crate::commands) fn cut(row: &mut [Value], column: usize) {
    if let Some(Value::String(name)) = row.get_mut(column)
        && let Some((end, _)) = name.char_indices().nth(LONGEST_NAME)
    {
        name.truncate(end);
        name.push('…');
    }
}

/// Returns whom a finding is about, in one cell.
fn whom(profiles: &[ProfileId]) -> Value {
    match profiles {
        [] => Value::Null,
        [id] => json!(id.to_string()),
        several => json!(counted(several.len() as u64, "profile", "profiles")),
    }
}

/// Prints what must be known to read the findings.
pub(super) fn tell(review: &Review) {
    for (account, gap) in review.manifest().gaps() {
        say!("warning: {account}: {gap}");
    }
    for (rule, why) in review.unchecked() {
        say!("note: `{rule}` was not checked: {why}");
    }
    for note in review.notes() {
        say!("note: {note}");
    }
    if let Some(changes) = review.changes() {
        for note in &changes.summary.notes {
            say!("note: {note}");
        }
        let it = &changes.summary;
        say!(
            "since {}: {} added, {} gone, {} changed, {} first seen, {} not seen again, {} not known whether changed",
            changes.since,
            it.added,
            it.gone,
            it.changed,
            it.first_seen,
            it.not_seen,
            it.undetermined
        );
    }
    let ambiguities = review.persons().ambiguities().len() as u64;
    if ambiguities > 0 {
        let count = counted(ambiguities, "ambiguity", "ambiguities");
        say!("{count}; the page shows them, and `persons --ambiguities` those without the roster");
    }
}

/// Returns the result in one line.
pub(super) fn headline(review: &Review) -> String {
    let count = |state: FindingState, severity: Option<Severity>| {
        let all = review.findings().iter().filter(|finding| finding.state == state);
        all.filter(|finding| severity.is_none_or(|severity| finding.severity == severity)).count() as u64
    };
    let by_severity: Vec<_> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (count(FindingState::Violated, Some(*severity)), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let broken = if by_severity.is_empty() {
        "no violation that is known".to_owned()
    } else {
        let count = count(FindingState::Violated, None);
        format!("{} ({})", counted(count, "violation", "violations"), by_severity.join(", "))
    };
    let not_known = count(FindingState::NotKnown, None);
    let excepted = count(FindingState::Excepted, None);
    let unchecked = match review.unchecked().count() as u64 {
        0 => String::new(),
        count => format!(", {} not checked", counted(count, "rule", "rules")),
    };
    format!(
        "access review: {broken}, {not_known} not known, {excepted} excepted{unchecked}. {}",
        review.verdict()
    )
}
