//! `anyprofile apply`

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use anyprofile::{
    Change, Error, ErrorKind, FieldPath, Plan, PlanOptions, Profile, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
    plan::{PlanRecord, Resumed},
    writing::{FailedWrite, WriteOutcome, WriteState},
};
use anyprofile_terminal::printable;
use futures_util::{StreamExt as _, stream};

use super::own::OwnProfiles;
use crate::{
    args::{Apply, Global},
    bulk::{
        Journal, ListedProfiles,
        applied::{self, Applied},
        load_plans,
    },
    diagnostics,
    exit::{Exit, Failure},
    files::beside,
    progress::Progress,
    session::Session,
    summary::counted,
    writes::{
        FailureRate, Outcomes, ShownAs, ShownPlan, ShownWrite, confirmed, exit_of, print_outcomes, question,
        write_all,
    },
};

/// The purpose of this command's journal.
const JOURNAL: &str = "anyprofile apply";
/// How many plans are computed concurrently.
const READ_AT_A_TIME: usize = 4;

/// Computes the plans of a file again, and executes them if none has changed.
pub(crate) async fn run(global: &Global, apply: Apply) -> Result<Exit, Failure> {
    let records = load_plans(&apply.plan)?;
    if records.is_empty() {
        say!("nothing to write: the plan is empty");
        return Ok(Exit::Complete);
    }
    let mut journal = Journal::read(JOURNAL, beside(&apply.plan, ".journal"))?;
    let is_done = |record: &PlanRecord| journal.was_closed_with(&record.digest(), &record.digest());
    if records.iter().all(is_done) {
        say!("already applied, according to {}: nothing was sent", journal.path().display());
        return Ok(Exit::Complete);
    }
    check_time(&apply.plan, records.iter())?;
    let session = Session::start(global).await?;
    let total = records.len();
    let output = ShownAs { format: global.output, is_output: apply.confirm.dry_run };
    let progress = Progress::of_many(global, total, "reading");
    let resumed = resume_all(&session, &journal, records, output, &progress).await?;
    progress.finish();
    if resumed.changed > 0 {
        let count = counted(resumed.changed, "plan", "plans");
        say!(
            "error: nothing was written: {count} of {total} would now write something else; create the plan again"
        );
        return Ok(Exit::Usage);
    }
    if resumed.failed > 0 {
        print_outcomes(global.output, &resumed.outcomes)?;
        say!("nothing was written: {} of {total} plans cannot be applied", resumed.failed);
        return Ok(resumed.outcomes.exit());
    }
    let plans = resumed.plans;
    if output.is_output || !(global.quiet && apply.confirm.yes) {
        output.print(plans.iter().map(|it| it.shown.as_str()))?;
    }
    let to_do = plans.iter().filter(|it| it.known.is_none());
    let writes = to_do.clone().count();
    let ids = to_do.filter_map(|it| it.record.write.id());
    let own = OwnProfiles::at(&session, ids.clone()).await;
    ids.for_each(|id| own.warn(id));
    if apply.confirm.dry_run {
        say!("dry run: nothing was written");
        let others = resumed.outcomes.iter().filter_map(|(_, outcome)| exit_of(outcome));
        return Ok(Exit::of_all(plans.iter().map(|_| Exit::Complete).chain(others)));
    }
    let to_do = plans.iter().filter(|it| it.known.is_none());
    let asked = question(to_do.map(|it| (&it.record.write, &it.record.issuer.account)));
    if writes > 0 && !confirmed(&apply.confirm, &asked)? {
        return Ok(Exit::Usage);
    }
    // The prompt may have taken a long time.
    check_time(&apply.plan, plans.iter().map(|it| &it.record))?;
    let rate = FailureRate::new(apply.max_failure_rate, total);
    write_all(global, Some(&mut journal), plans, resumed.outcomes, rate, Outcomes::to_string).await
}

/// Creates the reason for a plan of an earlier run that cannot go on.
fn partial(why: &'static str) -> Error {
    Error::new(ErrorKind::Incomplete, why)
}

/// Checks that the plans are still valid.
fn check_time<'a>(file: &Path, mut records: impl Iterator<Item = &'a PlanRecord>) -> Result<(), Failure> {
    let now = now()?;
    let refused = |error: Error| {
        Failure::Usage(format!("{}: {}; create the plan again", file.display(), error.message()))
    };
    records.try_for_each(|record| record.check_time(now)).map_err(refused)
}

fn now() -> Result<Timestamp, Failure> {
    let clock = |_| Failure::Usage("the clock of this machine shows an invalid time".to_owned());
    Timestamp::try_from(SystemTime::now()).map_err(clock)
}

/// All plans, computed again.
#[derive(Default)]
struct Resume {
    /// The plans that have not changed.
    plans: Vec<UnchangedPlan>,
    /// The number of unstarted plans that have changed. Each was shown.
    changed: u64,
    /// The number of unstarted plans that could not be computed.
    failed: u64,
    /// The outcomes of the plans that cannot be executed.
    outcomes: Outcomes,
}

/// Computes plans again. A plan that an earlier run started and that cannot continue does not stop the others.
async fn resume_all(
    session: &Session,
    journal: &Journal<String>,
    records: Vec<PlanRecord>,
    output: ShownAs,
    progress: &Progress,
) -> Result<Resume, Failure> {
    let now = now()?;
    let updates = records.iter().filter_map(|record| match &record.write {
        Write::Update { id, .. } => Some((session.directory.provider_of(id)?, id)),
        _ => None,
    });
    let listed = ListedProfiles::read(updates, |_| ()).await;
    let resumed = stream::iter(records).map(|record| {
        let listed = record.write.id().and_then(|id| listed.get(id));
        resume(session, journal, record, listed, output, now)
    });
    let mut resumed = std::pin::pin!(resumed.buffered(READ_AT_A_TIME));
    let mut all = Resume::default();
    while let Some(Resumption { name, is_begun, recomputed }) = resumed.next().await {
        progress.step();
        match recomputed {
            Recomputed::Same(plan) => all.plans.push(*plan),
            Recomputed::Changed(shown) => {
                say!("{name}  warning: the plan has changed since it was saved; it is now:");
                diagnostics::say_lines(&shown);
                all.changed += u64::from(!is_begun);
                let why =
                    "an earlier run started it, but it would now write something else; create the plan again";
                all.outcomes.push(name, WriteOutcome::NotPossible(partial(why)));
            }
            Recomputed::Failed(error) => {
                diagnostics::error(&error);
                all.failed += u64::from(!is_begun);
                all.outcomes.push(name, WriteOutcome::NotPossible(error.clone()));
            }
            Recomputed::NotKnown => {
                let why = "another run started it and the result is unknown: check the service, and create the plan again if it was not written";
                say!("{name}  {why}");
                all.outcomes.push(name, WriteOutcome::NotPossible(partial(why)));
            }
        }
    }
    Ok(all)
}

/// A saved plan, computed again.
struct Resumption {
    name: String,
    /// Whether an earlier run has started it.
    is_begun: bool,
    recomputed: Recomputed,
}

/// The result of computing a saved plan again.
enum Recomputed {
    /// The plan has not changed, or everything in it is already written.
    Same(Box<UnchangedPlan>),
    /// The plan has changed; this is the new one.
    Changed(String),
    /// The plan could not be computed.
    Failed(Error),
    /// The result of an earlier run is unknown, and executing the plan could create a second profile or link.
    NotKnown,
}

/// A saved plan that has not changed.
struct UnchangedPlan {
    provider: Arc<dyn ProfileProvider>,
    record: PlanRecord,
    /// The key of the plan in the journal.
    key: String,
    /// The outcome, if there is nothing to write.
    known: Option<WriteOutcome>,
    /// The profile that the plan was computed from.
    profile: Option<Arc<Profile>>,
    /// Whether an earlier run has written a part of it.
    is_rest: bool,
    shown: String,
    output: ShownAs,
    /// Whether this run has claimed the plan.
    is_claimed: AtomicBool,
}

/// Returns the name of a plan: the id of its profile, or what identifies a new profile.
fn name_of(record: &PlanRecord) -> String {
    if let Some(id) = record.write.id() {
        return id.to_string();
    }
    let account = format!("{}:{}", record.issuer.service, record.issuer.account);
    let Write::Create { draft } = &record.write else { return account };
    let known_by = [FieldPath::EMAILS, FieldPath::USERNAME, FieldPath::EXTERNAL_ID, FieldPath::NAME_DISPLAY];
    let known_by = known_by.into_iter().find_map(|path| match draft.fields().get(&path) {
        Change::Set(value) => value.as_str().map(printable),
        _ => None,
    });
    match known_by {
        Some(known_by) => format!("{account} (new: {known_by})"),
        None => format!("{account} (new)"),
    }
}

/// Returns whether each execution of a write creates something new.
fn is_made_each_time(write: &Write) -> bool {
    matches!(write, Write::Create { .. } | Write::Enroll { .. })
}

async fn resume(
    session: &Session,
    journal: &Journal<String>,
    record: PlanRecord,
    listed: Option<Arc<Profile>>,
    output: ShownAs,
    now: Timestamp,
) -> Resumption {
    let (name, issuer, key) = (name_of(&record), record.issuer.clone(), record.digest());
    let noted = journal.state_of(&key, &key);
    let is_begun = noted.is_some();
    let resumption = |recomputed| Resumption { name: name.clone(), is_begun, recomputed };
    let is_here = |provider: &&Arc<dyn ProfileProvider>| {
        let info = provider.info();
        (&info.service, &info.account) == (&issuer.service, &issuer.account)
    };
    let Some(provider) = session.directory.providers().iter().find(is_here) else {
        let message = format!("no {} account is named '{}'", issuer.service, issuer.account);
        return resumption(Recomputed::Failed(Error::config(message)));
    };
    let same = |record, known: Option<WriteOutcome>, plan: Option<&Plan>, is_rest| {
        let shown = match plan {
            Some(plan) => output.of(plan, provider.as_ref()),
            None => output.of_known(&name, known.as_ref()),
        };
        let profile = plan.and_then(Plan::current).cloned().map(Arc::new);
        let provider = Arc::clone(provider);
        Recomputed::Same(Box::new(UnchangedPlan {
            provider,
            record,
            key: key.clone(),
            known,
            profile,
            is_rest,
            shown,
            output,
            is_claimed: AtomicBool::new(false),
        }))
    };
    let is_made_each_time = is_made_each_time(&record.write);
    match noted {
        Some(WriteState::Written | WriteState::Ignored) => {
            return resumption(same(record, Some(WriteOutcome::AlreadyDone), None, false));
        }
        Some(WriteState::Sending | WriteState::Unknown) if is_made_each_time => {
            return resumption(Recomputed::NotKnown);
        }
        None | Some(WriteState::Failed) if is_made_each_time => match applied::state_of(&key) {
            Applied::Made => {
                say!("{name}  already applied, from another file");
                return resumption(same(record, Some(WriteOutcome::AlreadyDone), None, false));
            }
            Applied::Begun => return Resumption { name, is_begun: true, recomputed: Recomputed::NotKnown },
            Applied::No => {}
        },
        _ => {}
    }
    let is_gone = |error: &Error| {
        is_begun && matches!(record.write, Write::Delete { .. }) && error.kind() == ErrorKind::NotFound
    };
    let as_listed = match listed {
        Some(profile) => unchanged(provider.as_ref(), &record, profile).await,
        None => None,
    };
    let resumed = match as_listed {
        Some(plan) => Ok(Resumed::Unchanged(plan)),
        None => provider.resume(&record, now).await,
    };
    resumption(match resumed {
        // The deletion was sent, and the profile no longer exists.
        Err(error) if is_gone(&error) => same(record, Some(WriteOutcome::unchanged(noted)), None, false),
        Err(error) => Recomputed::Failed(error),
        Ok(Resumed::Unchanged(plan)) => same(record, None, Some(&plan), false),
        Ok(Resumed::Rest(plan) | Resumed::Changed(plan)) if plan.is_settled() => {
            same(record, Some(WriteOutcome::unchanged(noted)), Some(&plan), false)
        }
        Ok(Resumed::Rest(plan)) if is_begun => same(record, None, Some(&plan), true),
        Ok(Resumed::Rest(plan) | Resumed::Changed(plan)) => {
            let shown = ShownPlan { plan: &plan, capabilities: provider.capabilities() };
            Recomputed::Changed(shown.lines())
        }
        Ok(_) => Recomputed::Failed(Error::config("this version cannot apply the plan")),
    })
}

/// Computes the plan from a listed profile, and returns it if it has not changed. Otherwise the profile must be read,
/// since a listing may show less of it.
async fn unchanged(
    provider: &dyn ProfileProvider,
    record: &PlanRecord,
    profile: Arc<Profile>,
) -> Option<Plan> {
    let plan = provider.plan(&record.write, &PlanOptions::given(profile)).await.ok()?;
    match record.compare(plan, provider.capabilities()) {
        Resumed::Unchanged(plan) => Some(plan),
        _ => None,
    }
}

impl ShownWrite for UnchangedPlan {
    type Key = String;

    fn name(&self) -> String {
        name_of(&self.record)
    }

    fn key(&self) -> &String {
        &self.key
    }

    fn fingerprint(&self) -> &str {
        &self.key
    }

    fn known(&self) -> Option<WriteOutcome> {
        self.known.clone()
    }

    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error> {
        let provider = self.provider.as_ref();
        let options = match &self.profile {
            Some(profile) => PlanOptions::given(Arc::clone(profile)),
            None => PlanOptions::new(),
        };
        let plan = provider.plan(&self.record.write, &options).await?;
        let plan = match self.record.compare(plan, provider.capabilities()) {
            Resumed::Rest(plan) if self.is_rest && self.output.of(&plan, provider) == self.shown => plan,
            other => other.into_unchanged().map_err(|error| error.with_provider(provider.info()))?,
        };
        if is_made_each_time(&self.record.write) {
            if !applied::claim(&self.key) {
                let message = "nothing was sent: another run has started this plan";
                return Err(Error::new(ErrorKind::Conflict, message)
                    .with_provider(provider.info())
                    .with_operation(self.record.write.operation()));
            }
            self.is_claimed.store(true, Ordering::Relaxed);
        }
        Ok((plan, provider))
    }

    fn ended(&self, outcome: &WriteOutcome) {
        match outcome {
            _ if !self.is_claimed.load(Ordering::Relaxed) => {}
            WriteOutcome::Failed(FailedWrite { may_have_taken_effect: true, .. }) => {}
            WriteOutcome::Failed(_) | WriteOutcome::NotTried => applied::release(&self.key),
            _ => applied::made(&self.key),
        }
    }
}
