//! `anyprofile update --from`

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyprofile::{
    ApplyOptions, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, Retry, UpdatePlan,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{
    confirm::confirmed,
    update::{Shown, value_of},
};
use crate::{
    args::{Format, Global, Update},
    bulk::{Entry, FailureRate, Journal, Outcome, Outcomes, State, fingerprint, read},
    diagnostics,
    exit::{Exit, Failure, unless_closed},
    output::{print_line, print_rows},
    session::Session,
};

/// How many profiles are read at a time for the plan.
const READ_AT_A_TIME: usize = 4;
/// How often a write is sent again that the service put off, and did not make.
const MOST_PUT_OFF: usize = 3;
/// How long is waited for that at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

struct Job {
    provider: Arc<dyn ProfileProvider>,
    id: ProfileId,
    change: ProfileChange,
    /// What is to be done and where.
    fingerprint: String,
}

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
    let mut journal = Journal::read(path)?;
    let session = Session::start(global).await?;
    let jobs = jobs(&session, entries).map_err(|problems| unreadable(&problems.join("; ")))?;
    let (jobs, idle): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| !job.change.is_empty());
    if !idle.is_empty() {
        say!("{} rows change nothing", idle.len());
    }
    let total = jobs.len();
    let mut outcomes = Outcomes::default();
    let mut left = Vec::new();
    for job in jobs {
        match Outcome::before(journal.state_of(&job.id, &job.fingerprint)) {
            Some(outcome) => outcomes.push(job.id, outcome),
            None => left.push(job),
        }
    }
    if left.len() < total {
        say!(
            "{} of {total} profiles were done before, says {}",
            total - left.len(),
            journal.path().display()
        );
    }
    let mut rate = FailureRate::new(update.max_failure_rate);
    let plans = plan_all(left, &mut rate, &mut outcomes).await;
    if rate.is_too_high() {
        unless_closed(print_outcomes(global.output, &outcomes))?;
        say!("stopped while the plan was made: {rate}; nothing was written");
        return Ok(outcomes.exit().unless_complete());
    }
    let writes = plans.iter().filter(|it| !it.plan.is_empty()).count();
    if update.confirm.dry_run || !(global.quiet && update.confirm.yes) {
        show(global.output, update.confirm.dry_run, &plans)?;
    }
    say!("{writes} of {total} profiles are to be written");
    if update.confirm.dry_run {
        say!("dry run: nothing was written");
        return Ok(outcomes.exit());
    }
    if writes > 0 && !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    let mut rate = FailureRate::new(update.max_failure_rate);
    let mut broken = None;
    let interrupted = on_interrupt();
    for Planned { provider, plan, fingerprint } in &plans {
        let is_over = interrupted.load(Ordering::Relaxed) || rate.is_too_high() || broken.is_some();
        let outcome = if is_over {
            Outcome::NotTried
        } else if plan.is_empty() {
            broken = journal.note(&plan.id, fingerprint, State::SoAlready).err();
            Outcome::SoAlready
        } else {
            match journal.note(&plan.id, fingerprint, State::Sending) {
                Ok(()) => {
                    let outcome = write(provider, plan).await;
                    broken = journal.note(&plan.id, fingerprint, outcome.state()).err();
                    outcome
                }
                Err(failure) => {
                    broken = Some(failure);
                    Outcome::NotTried
                }
            }
        };
        if outcome != Outcome::NotTried {
            rate.count(outcome.is_failure());
        }
        outcomes.push(plan.id.clone(), outcome);
    }
    unless_closed(print_outcomes(global.output, &outcomes))?;
    if rate.is_too_high() {
        say!("stopped: {rate}");
    }
    say!("{outcomes}");
    if let Some(failure) = broken {
        return Err(failure);
    }
    let exit = outcomes.exit();
    if exit != Exit::Complete {
        say!("the same command goes on with those that were not written");
    }
    Ok(exit)
}

/// Whether somebody interrupts the run. What is on its way is waited for: nobody would know what became of it.
fn on_interrupt() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&flag);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        told.store(true, Ordering::Relaxed);
        say!("interrupted: the write on its way is waited for; interrupt again to end at once");
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    flag
}

/// What is to be done and where, as a hash.
fn fingerprint_of(provider: &dyn ProfileProvider, id: &ProfileId, change: &ProfileChange) -> String {
    let changes = change.iter().map(|(path, change)| match change {
        anyprofile::Change::Set(value) => (path.to_string(), value.clone()),
        _ => (path.to_string(), Value::Null),
    });
    let words = (provider.info().base_url.as_str(), id.to_string(), changes.collect::<Vec<_>>());
    fingerprint(&json!(words).to_string())
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
            Some(Value::Array(items)) if items.is_empty() => change.clear(path),
            Some(Value::String(text)) => {
                let value = value_of(&path, &text, capabilities);
                change.set(path, value)
            }
            Some(value) => change.set(path, value),
        });
        match change.check(&id, provider.info(), capabilities) {
            Ok(()) => {
                let fingerprint = fingerprint_of(provider.as_ref(), &id, &change);
                jobs.push(Job { provider: Arc::clone(provider), id, change, fingerprint });
            }
            Err(error) => problems.push(format!("line {line}: {}", error.message())),
        }
    }
    if problems.is_empty() { Ok(jobs) } else { Err(problems) }
}

/// What is to be written of one profile.
struct Planned {
    provider: Arc<dyn ProfileProvider>,
    plan: UpdatePlan,
    fingerprint: String,
}

/// Reads what there is of every profile, until too many cannot be read.
async fn plan_all(jobs: Vec<Job>, rate: &mut FailureRate, outcomes: &mut Outcomes) -> Vec<Planned> {
    let planned = stream::iter(jobs).map(|job| async move {
        let plan = job.provider.plan(&job.id, &job.change).await;
        (job, plan)
    });
    let mut planned = std::pin::pin!(planned.buffered(READ_AT_A_TIME));
    let mut plans = Vec::new();
    while let Some((Job { provider, id, fingerprint, .. }, plan)) = planned.next().await {
        rate.count(plan.is_err());
        match plan {
            Ok(plan) => plans.push(Planned { provider, plan, fingerprint }),
            Err(error) => {
                diagnostics::error(&error);
                outcomes.push(id, Outcome::of_failure(&error));
            }
        }
        if rate.is_too_high() {
            break;
        }
    }
    plans
}

/// Shows the plans: where nothing else is asked for they are the output.
fn show(format: Format, is_output: bool, plans: &[Planned]) -> Result<(), Failure> {
    let mut all = Vec::new();
    for Planned { provider, plan, .. } in plans {
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

fn print_outcomes(format: Format, outcomes: &Outcomes) -> Result<(), Failure> {
    let row = |(id, outcome): &(ProfileId, Outcome)| {
        vec![Value::from(id.to_string()), Value::from(outcome.word()), Value::from(outcome.to_string())]
    };
    print_rows(format, &["id", "state", "outcome"], &outcomes.iter().map(row).collect::<Vec<_>>())
}

/// Writes one profile. What was shown is what is written: not if somebody else has changed it in the meantime.
async fn write(provider: &Arc<dyn ProfileProvider>, plan: &UpdatePlan) -> Outcome {
    for put_off in 0.. {
        match provider.apply(plan, &ApplyOptions::new().with_unchanged(true)).await {
            Ok(applied) => return Outcome::of_write(applied),
            Err(error) => match error.retry() {
                // It was not made, and the service says when to come again.
                Retry::After(wait) if wait <= LONGEST_WAIT && put_off < MOST_PUT_OFF => {
                    tokio::time::sleep(wait).await;
                }
                _ => {
                    diagnostics::error(&error);
                    return Outcome::of_failure(&error);
                }
            },
        }
    }
    Outcome::NotTried
}
