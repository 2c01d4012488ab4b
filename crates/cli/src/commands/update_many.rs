//! `anyprofile update --from`

use std::{fs, path::Path, sync::Arc};

use anyprofile::{
    ApplyOptions, FieldPath, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, UpdatePlan,
};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::{
    confirm::confirmed,
    update::{Shown, value_of},
};
use crate::{
    args::{Format, Global, Update},
    bulk::{Entry, Journal, State, read},
    diagnostics,
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    session::Session,
};

/// How many profiles are read at a time for the plan.
const READ_AT_A_TIME: usize = 4;
/// A rate of failures is not judged from fewer profiles than these.
const FEWEST_FOR_A_RATE: usize = 20;

struct Job {
    provider: Arc<dyn ProfileProvider>,
    id: ProfileId,
    change: ProfileChange,
}

/// What came of one profile, in words.
type Row = (ProfileId, String);

/// Shows what changes at every profile of a file, asks once, and writes profile by profile. What was written is kept in a
/// journal, so that a run that was cut off goes on where it was.
pub(crate) async fn run(global: &Global, update: &Update, file: &Path) -> Result<Exit, Failure> {
    let unreadable = |why: &str| Failure::Usage(format!("{}: {why}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| unreadable(&error.to_string()))?;
    let entries =
        read(&text, update.csv_null.as_deref()).map_err(|problems| unreadable(&problems.join("; ")))?;
    let path = update.journal.clone().unwrap_or_else(|| {
        let mut path = file.as_os_str().to_owned();
        path.push(".journal");
        path.into()
    });
    let mut journal = Journal::read(path, &text)?;
    let session = Session::start(global).await?;
    let jobs = jobs(&session, entries).map_err(|problems| unreadable(&problems.join("; ")))?;
    let total = jobs.len();
    let (before, jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| journal.is_written(&job.id));
    if !before.is_empty() {
        say!("{} of {total} profiles were written before, says {}", before.len(), journal.path().display());
    }
    let mut rows: Vec<Row> = before.into_iter().map(|job| (job.id, "written before".to_owned())).collect();
    let mut failures = Failures::new(update.max_failure_rate);
    let Some(plans) = plan_all(jobs, &mut failures, &mut rows).await else {
        say!("stopped while the plan was made: {}; nothing was written", failures.in_words());
        return Ok(Exit::Partial);
    };
    let writes = plans.iter().filter(|(_, plan)| !plan.is_empty()).count();
    show(global.output, update.confirm.dry_run, &plans)?;
    say!("{writes} of {total} profiles are to be written");
    if update.confirm.dry_run {
        say!("dry run: nothing was written");
        return Ok(if failures.failed == 0 { Exit::Complete } else { Exit::Partial });
    }
    if writes > 0 && !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    let mut failures = Failures { failed: failures.failed, tried: failures.failed, ..failures };
    let mut is_exact = true;
    for (provider, plan) in &plans {
        let outcome = if failures.are_too_many() {
            "not tried".to_owned()
        } else if plan.is_empty() {
            "so already".to_owned()
        } else {
            journal.note(&plan.id, State::Sending)?;
            let (state, outcome) = write(provider, plan).await;
            journal.note(&plan.id, state)?;
            is_exact &= state != State::Ignored;
            failures.count(matches!(state, State::Failed | State::Unknown));
            outcome
        };
        rows.push((plan.id.clone(), outcome));
    }
    let count = |word: &str| rows.iter().filter(|(_, outcome)| outcome.starts_with(word)).count();
    let (before, already, untried) = (count("written before"), count("so already"), count("not tried"));
    let written = count("written") - before;
    let table: Vec<_> = rows
        .iter()
        .map(|(id, outcome)| vec![Value::from(id.to_string()), Value::from(outcome.as_str())])
        .collect();
    print_rows(global.output, &["id", "outcome"], &table)?;
    if failures.are_too_many() {
        say!("stopped: {}", failures.in_words());
    }
    say!(
        "{total} profiles: {written} written, {before} written before, {already} so already, {} failed, {untried} not tried",
        failures.failed
    );
    if written + before + already == total && is_exact {
        return Ok(Exit::Complete);
    }
    say!("the same command goes on with those that were not written");
    Ok(Exit::Partial)
}

/// The changes in the types of the fields, checked against what each service takes before anything is sent.
fn jobs(session: &Session, entries: Vec<Entry>) -> Result<Vec<Job>, Vec<String>> {
    let (mut jobs, mut problems) = (Vec::new(), Vec::new());
    for Entry { line, id, fields } in entries {
        let Some(provider) = session.directory.provider_of(&id) else {
            problems.push(format!("line {line}: there is no {} account '{}'", id.service, id.account));
            continue;
        };
        let capabilities = provider.capabilities();
        let change = fields.into_iter().fold(ProfileChange::new(), |change, (path, value)| match value {
            None => change.clear(path),
            Some(Value::String(text)) => {
                let value = value_of(&path, &text, capabilities);
                change.set(path, value)
            }
            Some(value) => change.set(path, value),
        });
        match change.check(&id, provider.info(), capabilities) {
            Ok(()) => jobs.push(Job { provider: Arc::clone(provider), id, change }),
            Err(error) => problems.push(format!("line {line}: {}", error.message())),
        }
    }
    if problems.is_empty() { Ok(jobs) } else { Err(problems) }
}

type Plans = Vec<(Arc<dyn ProfileProvider>, UpdatePlan)>;

/// Reads what there is of every profile. `None` if too many cannot be read.
async fn plan_all(jobs: Vec<Job>, failures: &mut Failures, rows: &mut Vec<Row>) -> Option<Plans> {
    let planned = stream::iter(jobs).map(|Job { provider, id, change }| async move {
        let plan = provider.plan(&id, &change).await;
        (provider, id, plan)
    });
    let mut planned = std::pin::pin!(planned.buffered(READ_AT_A_TIME));
    let mut plans = Plans::new();
    while let Some((provider, id, plan)) = planned.next().await {
        failures.count(plan.is_err());
        match plan {
            Ok(plan) => plans.push((provider, plan)),
            Err(error) => {
                diagnostics::error(&error);
                rows.push((id, diagnostics::outcome(&error)));
            }
        }
        if failures.are_too_many() {
            return None;
        }
    }
    Some(plans)
}

/// Shows the plans: where nothing else is asked for they are the output.
fn show(format: Format, is_output: bool, plans: &Plans) -> Result<(), Failure> {
    let mut all = Vec::new();
    for (provider, plan) in plans {
        let shown = Shown { plan, capabilities: provider.capabilities() };
        match format {
            Format::Json if is_output => all.push(shown.json()),
            Format::Ndjson if is_output => print_line(&shown.json().to_string())?,
            _ if is_output => print_line(&shown.lines())?,
            _ => say!("{}", shown.lines()),
        }
    }
    if is_output && format == Format::Json {
        print_line(&serde_json::to_string_pretty(&all)?)?;
    }
    Ok(())
}

/// Writes one profile. What was shown is what is written: not if somebody else has changed it in the meantime.
async fn write(provider: &Arc<dyn ProfileProvider>, plan: &UpdatePlan) -> (State, String) {
    match provider.apply(plan, &ApplyOptions::new().with_unchanged(true)).await {
        Ok(applied) if applied.ignored.is_empty() => (State::Written, "written".to_owned()),
        Ok(applied) => {
            let fields: Vec<_> = applied.ignored.iter().map(FieldPath::as_str).collect();
            (
                State::Ignored,
                format!("written, and the service shows something else for: {}", fields.join(", ")),
            )
        }
        Err(error) => {
            diagnostics::error(&error);
            let state = if error.may_have_taken_effect() { State::Unknown } else { State::Failed };
            (state, diagnostics::outcome(&error))
        }
    }
}

/// How many failed of those that were tried.
struct Failures {
    tried: usize,
    failed: usize,
    /// In percent.
    max_rate: u8,
}

impl Failures {
    fn new(max_rate: u8) -> Self {
        Self { tried: 0, failed: 0, max_rate }
    }

    fn count(&mut self, has_failed: bool) {
        self.tried += 1;
        self.failed += usize::from(has_failed);
    }

    fn are_too_many(&self) -> bool {
        self.failed * 100 > usize::from(self.max_rate) * self.tried.max(FEWEST_FOR_A_RATE)
    }

    fn in_words(&self) -> String {
        format!("{} of {} profiles failed, more than {} %", self.failed, self.tried, self.max_rate)
    }
}
