//! `anyprofile update --from`

use std::{path::Path, sync::Arc};

use anyprofile::{
    Error, ErrorKind, Plan, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, Write,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{confirm::confirmed, own::OwnProfiles, update::value_of};
use crate::{
    args::{Format, Global, Update},
    bulk::{Entry, Journal, Listed, Row, State, load, refused},
    diagnostics,
    exit::{Exit, Failure, after_write},
    files::beside,
    interrupt::Interrupt,
    key::Key,
    output::{Rows, print_line, print_rows, print_text},
    progress::Progress,
    session::Session,
    writes::{FailureRate, Outcome, Outcomes, Shown, execute_and_look},
};

/// How many profiles are read at a time for the plan.
const READ_AT_A_TIME: usize = 4;

struct Job {
    provider: Arc<dyn ProfileProvider>,
    id: ProfileId,
    row: Row,
    /// What is to be done and where.
    fingerprint: String,
    /// What the journal says of it.
    noted: Option<State>,
}

impl Job {
    /// What is to be written, as far as it is not so already, of a profile that may have been listed.
    async fn planned(self, listed: Option<Arc<Profile>>, output: Output) -> Result<Planned, Error> {
        let Self { provider, id, row, fingerprint, noted } = self;
        let (change, profile) = row.beside_shown(provider.as_ref(), &id, listed).await?;
        let write = Write::update(id, change);
        let plan = provider.plan(&write, &PlanOptions::given(Arc::clone(&profile))).await?;
        let shown = output.of(&plan, provider.as_ref());
        Ok(Planned { provider, write, profile, is_settled: plan.is_settled(), shown, fingerprint, noted })
    }
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
    let is_output = update.confirm.dry_run;
    let output = Output { format: global.output, is_output };
    let plans = plan_all(jobs, &mut rate, &mut outcomes, &progress, output).await;
    progress.finish();
    if rate.is_too_high() {
        unless_broken(print_outcomes(global.output, &outcomes))?;
        say!("stopped while the plan was made: {rate}; nothing was written");
        return Ok(outcomes.exit());
    }
    let writes = plans.iter().filter(|it| !it.is_settled).count();
    if is_output || !(global.quiet && update.confirm.yes) {
        output.show(&plans)?;
    }
    say!("{writes} of {total} profiles are to be written");
    let to_write = plans.iter().filter(|it| !it.is_settled).map(Planned::id);
    let own = OwnProfiles::at(&session, to_write.clone()).await;
    to_write.for_each(|id| own.warn(id));
    if update.confirm.dry_run {
        for planned in plans {
            let planned_only = Outcome::Planned(String::new());
            let outcome = if planned.is_settled { Outcome::so_already(planned.noted) } else { planned_only };
            outcomes.push(planned.id().clone(), outcome);
        }
        say!("dry run: nothing was written");
        return Ok(outcomes.exit());
    }
    if writes > 0 && !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    write_all(global, &mut journal, plans, outcomes, rate, output).await
}

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// Writes one profile after the other, and prints what came of each at once, those first that could not be read.
async fn write_all(
    global: &Global,
    journal: &mut Journal,
    plans: Vec<Planned>,
    mut outcomes: Outcomes,
    mut rate: FailureRate,
    output: Output,
) -> Result<Exit, Failure> {
    let all = outcomes.iter().map(|(id, _)| id).chain(plans.iter().map(Planned::id));
    let ids: Vec<_> = all.map(ToString::to_string).collect();
    let mut rows = Rows::new(global.output, COLUMNS, ids.iter().map(String::as_str));
    let mut exit = Exit::Complete;
    for (id, outcome) in outcomes.iter() {
        exit = exit.and(print_row(&mut rows, id, outcome)?);
    }
    let interrupt = Interrupt::listen();
    let mut broken = None;
    let progress = Progress::of_rows(global, plans.len(), "writing");
    for planned in plans {
        progress.step();
        let id = planned.id().clone();
        let is_over =
            interrupt.is_raised() || rate.is_too_high() || broken.is_some() || exit != Exit::Complete;
        let outcome = if is_over {
            Outcome::NotTried
        } else if planned.is_settled {
            Outcome::so_already(planned.noted)
        } else {
            match journal.note(&id, &planned.fingerprint, State::Sending) {
                Ok(()) => {
                    let outcome = match planned.plan_as_shown(output).await {
                        Ok(plan) => execute_and_look(planned.provider.as_ref(), &plan, &interrupt).await,
                        Err(error) => {
                            diagnostics::error(&error);
                            Outcome::of_failure(&error)
                        }
                    };
                    broken = journal.note(&id, &planned.fingerprint, outcome.state()).err();
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
            exit = exit.and(print_row(&mut rows, &id, &outcome)?);
        }
        outcomes.push(id, outcome);
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

/// What is to be written of one profile. The plan itself is made again when it is its turn: from the same, so that it is the
/// same.
struct Planned {
    provider: Arc<dyn ProfileProvider>,
    write: Write,
    /// The profile that the plan was made from.
    profile: Arc<Profile>,
    is_settled: bool,
    /// What was shown.
    shown: String,
    fingerprint: String,
    /// What the journal says of it.
    noted: Option<State>,
}

impl Planned {
    fn id(&self) -> &ProfileId {
        &self.profile.id
    }

    async fn plan(&self) -> Result<Plan, Error> {
        self.provider.plan(&self.write, &PlanOptions::given(Arc::clone(&self.profile))).await
    }

    /// The plan, if it shows what was shown.
    async fn plan_as_shown(&self, output: Output) -> Result<Plan, Error> {
        let plan = self.plan().await?;
        if output.of(&plan, self.provider.as_ref()) == self.shown {
            return Ok(plan);
        }
        let message = "nothing was sent: what it comes to has changed since it was shown";
        Err(Error::new(ErrorKind::Conflict, message)
            .with_provider(self.provider.info())
            .with_operation("update")
            .with_hint("run the same command again"))
    }
}

/// How plans are shown.
#[derive(Clone, Copy)]
struct Output {
    format: Format,
    /// Whether they are what was asked for.
    is_output: bool,
}

impl Output {
    fn of(self, plan: &Plan, provider: &dyn ProfileProvider) -> String {
        let shown = Shown { plan, capabilities: provider.capabilities() };
        match self.format {
            Format::Json | Format::Ndjson if self.is_output => shown.json().to_string(),
            _ => shown.lines(),
        }
    }

    /// Shows the plans: where nothing else is asked for they are the output.
    fn show(self, plans: &[Planned]) -> Result<(), Failure> {
        let shown = plans.iter().map(|planned| planned.shown.as_str());
        if !self.is_output {
            shown.for_each(diagnostics::say_lines);
        } else if self.format == Format::Json {
            let all: Vec<Value> = shown.map(serde_json::from_str).collect::<Result<_, _>>()?;
            print_line(&serde_json::to_string_pretty(&all)?)?;
        } else {
            for shown in shown {
                print_text(shown)?;
            }
        }
        Ok(())
    }
}

/// Has every profile as it is, and says what would be written of it, until too many cannot be read.
async fn plan_all(
    jobs: Vec<Job>,
    rate: &mut FailureRate,
    outcomes: &mut Outcomes,
    progress: &Progress,
    output: Output,
) -> Vec<Planned> {
    let ids: Vec<_> = jobs.iter().map(|job| job.id.clone()).collect();
    let wanted = jobs.iter().map(|job| (&job.provider, &job.id));
    let listed = Listed::read(wanted, |_| progress.step()).await;
    let mut read = 0;
    let planned = stream::iter(jobs).map(|job| {
        let listed = listed.get(&job.id);
        let is_listed = listed.is_some();
        async move {
            let id = job.id.clone();
            let planned = job.planned(listed, output).await;
            (id, is_listed, planned)
        }
    });
    let mut planned = std::pin::pin!(planned.buffered(READ_AT_A_TIME));
    let mut plans: Vec<Planned> = Vec::new();
    while let Some((id, is_listed, result)) = planned.next().await {
        read += 1;
        if !is_listed {
            progress.step();
        }
        rate.count(result.is_err());
        match result {
            Ok(planned) => plans.push(planned),
            Err(error) => {
                diagnostics::error(&error);
                outcomes.push(id, Outcome::of_failure(&error));
            }
        }
        if rate.is_too_high() {
            // Those that were read are not written either.
            let planned = plans.drain(..).map(|it| it.profile.id.clone());
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

fn print_outcomes(format: Format, outcomes: &Outcomes) -> Result<(), Failure> {
    print_rows(format, COLUMNS, &outcomes.iter().map(|(id, outcome)| row(id, outcome)).collect::<Vec<_>>())
}
