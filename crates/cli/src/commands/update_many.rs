//! `anyprofile update --from`

use std::{path::Path, sync::Arc, time::Duration};

use anyprofile::{
    ApplyOptions, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, Retry, UpdatePlan,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{
    confirm::confirmed,
    own::OwnProfiles,
    update::{Shown, value_of},
};
use crate::{
    args::{Format, Global, Update},
    bulk::{Entry, FailureRate, Journal, Outcome, Outcomes, Row, State, load, refused},
    diagnostics,
    exit::{Exit, Failure, after_write},
    files::beside,
    interrupt::Interrupt,
    key::Key,
    output::{Rows, print_line, print_rows, print_text},
    progress::Progress,
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
    row: Row,
    /// What is to be done and where.
    fingerprint: String,
    /// What the journal says of it.
    noted: Option<State>,
}

/// Shows what changes at every profile of a file, asks once, and writes profile by profile. What was written is kept in a
/// journal, so that a run that was cut off goes on where it was.
pub(crate) async fn run(global: &Global, update: &Update, file: &Path) -> Result<Exit, Failure> {
    let path = match &update.journal {
        Some(path) => Some(path.clone()),
        None if file == Path::new("-") && update.confirm.dry_run => None,
        None if file == Path::new("-") => {
            return Err(Failure::Usage(
                "changes from standard input need a journal of a name: --journal FILE".to_owned(),
            ));
        }
        None => Some(beside(file, ".journal")),
    };
    let entries = load(file, update.csv_null.as_deref())?;
    let mut journal = path.map_or_else(|| Ok(Journal::default()), Journal::read)?;
    let session = Session::start(global).await?;
    let key = Key::of_user().map_err(|error| Failure::Usage(format!("the key of the journal: {error}")))?;
    let jobs = jobs(&session, &journal, &key, entries).map_err(|problems| refused(file, &problems))?;
    let (jobs, idle): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| !job.row.is_idle());
    if !idle.is_empty() {
        say!("{} rows change nothing", idle.len());
    }
    let total = jobs.len();
    let before = jobs.iter().filter(|job| job.noted == Some(State::Written)).count();
    if before > 0 {
        // What was done is no proof of what is: all of them are read.
        say!(
            "{before} of {total} profiles were done before, says {}: each is read again",
            journal.path().display()
        );
    }
    let mut outcomes = Outcomes::default();
    let mut rate = FailureRate::new(update.max_failure_rate, total);
    let progress = Progress::of_many(global, total, "reading");
    let plans = plan_all(jobs, &mut rate, &mut outcomes, &progress).await;
    progress.finish();
    if rate.is_too_high() {
        unless_broken(print_outcomes(global.output, &outcomes))?;
        say!("stopped while the plan was made: {rate}; nothing was written");
        return Ok(outcomes.exit());
    }
    let writes = plans.iter().filter(|it| !it.plan.is_empty()).count();
    if update.confirm.dry_run || !(global.quiet && update.confirm.yes) {
        show(global.output, update.confirm.dry_run, &plans)?;
    }
    say!("{writes} of {total} profiles are to be written");
    let to_write = plans.iter().filter(|it| !it.plan.is_empty()).map(|it| &it.plan.id);
    let own = OwnProfiles::at(&session, to_write.clone()).await;
    to_write.for_each(|id| own.warn(id));
    if update.confirm.dry_run {
        for Planned { plan, noted, .. } in plans {
            let outcome = if plan.is_empty() { Outcome::so_already(noted) } else { Outcome::Planned };
            outcomes.push(plan.id, outcome);
        }
        say!("dry run: nothing was written");
        return Ok(outcomes.exit());
    }
    if writes > 0 && !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    write_all(global, &mut journal, plans, outcomes, rate).await
}

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// Writes one profile after the other, and prints what came of each at once, those first that could not be read.
async fn write_all(
    global: &Global,
    journal: &mut Journal,
    plans: Vec<Planned>,
    mut outcomes: Outcomes,
    mut rate: FailureRate,
) -> Result<Exit, Failure> {
    let all = outcomes.iter().map(|(id, _)| id).chain(plans.iter().map(|it| &it.plan.id));
    let ids: Vec<_> = all.map(ToString::to_string).collect();
    let mut rows = Rows::new(global.output, COLUMNS, ids.iter().map(String::as_str));
    let mut exit = Exit::Complete;
    for (id, outcome) in outcomes.iter() {
        exit = exit.and(print_row(&mut rows, id, outcome)?);
    }
    let interrupt = Interrupt::listen();
    let mut broken = None;
    let progress = Progress::of_rows(global, plans.len(), "writing");
    for Planned { provider, plan, fingerprint, noted } in plans {
        progress.step();
        let is_over =
            interrupt.is_raised() || rate.is_too_high() || broken.is_some() || exit != Exit::Complete;
        let outcome = if is_over {
            Outcome::NotTried
        } else if plan.is_empty() {
            Outcome::so_already(noted)
        } else {
            match journal.note(&plan.id, &fingerprint, State::Sending) {
                Ok(()) => {
                    let outcome = write(&provider, &plan, &interrupt).await;
                    broken = journal.note(&plan.id, &fingerprint, outcome.state()).err();
                    rate.count(outcome.is_failure());
                    outcome
                }
                Err(failure) => {
                    broken = Some(failure);
                    Outcome::NotTried
                }
            }
        };
        if outcome != Outcome::NotTried {
            exit = exit.and(print_row(&mut rows, &plan.id, &outcome)?);
        }
        outcomes.push(plan.id, outcome);
    }
    progress.finish();
    if exit == Exit::Complete {
        exit = after_write(rows.finish(), String::new)?;
    }
    if rate.is_too_high() {
        say!("stopped: {rate}");
    }
    let mut left = outcomes.left().peekable();
    if left.peek().is_some() {
        say!("not begun:");
        left.for_each(|id| say!("  {id}"));
    }
    say!("{outcomes}");
    if let Some(failure) = broken {
        return Err(failure);
    }
    let exit = interrupt.exit(if exit == Exit::Complete { outcomes.exit() } else { exit });
    if exit == Exit::Complete {
        journal.close()?;
    } else {
        say!("the same command goes on with those that were not written");
    }
    Ok(exit)
}

/// Prints what came of one profile. Where that cannot be printed any more, it is said, and nothing further is written.
fn print_row(rows: &mut Rows, id: &ProfileId, outcome: &Outcome) -> Result<Exit, Failure> {
    let row = row(id, outcome);
    after_write(rows.push(&row), || format!("{id}  {outcome}"))
}

fn row(id: &ProfileId, outcome: &Outcome) -> Vec<Value> {
    vec![Value::from(id.to_string()), Value::from(outcome.word()), Value::from(outcome.to_string())]
}

/// What is to be done and where, as a digest.
fn fingerprint_of(
    key: &Key,
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    change: &ProfileChange,
) -> String {
    let changes = change.iter().map(|(path, change)| match change {
        anyprofile::Change::Set(value) => (path.to_string(), value.clone()),
        _ => (path.to_string(), Value::Null),
    });
    let words = (provider.info().base_url.as_str(), id.to_string(), changes.collect::<Vec<_>>());
    key.digest(&json!(words).to_string())
}

/// The changes in the types of the fields, checked against what each service takes before anything is sent.
fn jobs(
    session: &Session,
    journal: &Journal,
    key: &Key,
    entries: Vec<Entry>,
) -> Result<Vec<Job>, Vec<String>> {
    let (mut jobs, mut problems) = (Vec::new(), Vec::new());
    for Entry { line, id, fields } in entries {
        let Some(provider) = session.directory.provider_of(&id) else {
            problems.push(format!("line {line}: there is no {} account '{}'", id.service, id.account));
            continue;
        };
        match Row::of(line, fields, &id, provider.as_ref(), value_of) {
            Ok(row) => {
                let fingerprint = fingerprint_of(key, provider.as_ref(), &id, row.change());
                let noted = journal.state_of(&id, &fingerprint);
                jobs.push(Job { provider: Arc::clone(provider), id, row, fingerprint, noted });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(jobs) } else { Err(problems) }
}

/// What is to be written of one profile.
struct Planned {
    provider: Arc<dyn ProfileProvider>,
    plan: UpdatePlan,
    fingerprint: String,
    /// What the journal says of it.
    noted: Option<State>,
}

/// Reads what there is of every profile, until too many cannot be read.
async fn plan_all(
    jobs: Vec<Job>,
    rate: &mut FailureRate,
    outcomes: &mut Outcomes,
    progress: &Progress,
) -> Vec<Planned> {
    let ids: Vec<_> = jobs.iter().map(|job| job.id.clone()).collect();
    let mut read = 0;
    let planned = stream::iter(jobs).map(|job| async move {
        let plan = job.row.plan(job.provider.as_ref(), &job.id).await;
        (job, plan)
    });
    let mut planned = std::pin::pin!(planned.buffered(READ_AT_A_TIME));
    let mut plans = Vec::new();
    while let Some((Job { provider, id, fingerprint, noted, .. }, plan)) = planned.next().await {
        read += 1;
        progress.step();
        rate.count(plan.is_err());
        match plan {
            Ok(plan) => plans.push(Planned { provider, plan, fingerprint, noted }),
            Err(error) => {
                diagnostics::error(&error);
                outcomes.push(id, Outcome::of_failure(&error));
            }
        }
        if rate.is_too_high() {
            // Those that were read are not written either.
            let planned = plans.drain(..).map(|it| it.plan.id);
            planned.chain(ids.into_iter().skip(read)).for_each(|id| outcomes.push(id, Outcome::NotTried));
            break;
        }
    }
    plans
}

/// What was printed before anything was written. Nobody reading any more is no failure.
fn unless_broken(printed: Result<(), Failure>) -> Result<(), Failure> {
    after_write(printed, String::new).map(drop)
}

/// Shows the plans: where nothing else is asked for they are the output.
fn show(format: Format, is_output: bool, plans: &[Planned]) -> Result<(), Failure> {
    let mut all = Vec::new();
    for Planned { provider, plan, .. } in plans {
        let shown = Shown { plan, capabilities: provider.capabilities() };
        match format {
            Format::Json if is_output => all.push(shown.json()),
            Format::Ndjson if is_output => print_line(&shown.json().to_string())?,
            _ if is_output => print_text(&shown.lines())?,
            _ => diagnostics::say_lines(&shown.lines()),
        }
    }
    if is_output && format == Format::Json {
        print_line(&serde_json::to_string_pretty(&all)?)?;
    }
    Ok(())
}

fn print_outcomes(format: Format, outcomes: &Outcomes) -> Result<(), Failure> {
    print_rows(format, COLUMNS, &outcomes.iter().map(|(id, outcome)| row(id, outcome)).collect::<Vec<_>>())
}

/// Writes one profile. What was shown is what is written: not if somebody else has changed it in the meantime, and not once
/// the run is to end.
async fn write(provider: &Arc<dyn ProfileProvider>, plan: &UpdatePlan, interrupt: &Interrupt) -> Outcome {
    let mut put_off = 0;
    loop {
        let Some(unchanged) = interrupt.unless_raised(provider.check_unchanged(plan)).await else {
            return Outcome::NotTried;
        };
        let applied = match unchanged {
            Ok(()) => interrupt.finish(provider.apply(plan, &ApplyOptions::new())).await,
            Err(error) => Some(Err(error)),
        };
        let error = match applied {
            None => return Outcome::unknown(),
            Some(Ok(applied)) => return Outcome::of_write(applied),
            Some(Err(error)) => error,
        };
        // It was not made, and the service says when to come again.
        let wait = match error.retry() {
            Retry::After(wait) if wait <= LONGEST_WAIT && put_off < MOST_PUT_OFF => wait,
            _ => {
                diagnostics::error(&error);
                return Outcome::of_failure(&error);
            }
        };
        put_off += 1;
        if interrupt.unless_raised(tokio::time::sleep(wait)).await.is_none() {
            diagnostics::error(&error);
            return Outcome::of_failure(&error);
        }
    }
}
