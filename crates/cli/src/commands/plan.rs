//! `anyprofile plan`

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyprofile::{
    Plan, PlanOptions, ProfileProvider, Timestamp, Write,
    plan::{PLAN_KEY_LENGTH, PlanRecord},
};

use super::{
    create::draft_of,
    own::OwnProfiles,
    selected::{self, Job, SelectedAction},
    update::{change_of, one_id},
    update_many,
};
use crate::{
    args::{Changes, Format, Global, Keep, PlanArguments, PlannedWrite, Whom},
    bulk::{clear_plans, save_plans},
    exit::{Exit, Failure},
    session::Session,
    summary::counted,
    writes::{ShownAs, ShownPlan, exit_of},
};

/// The plans of a run and its exit code. For some profiles, no plan may be possible.
struct PlannedRun {
    jobs: Vec<Job>,
    exit: Exit,
}

impl PlannedRun {
    fn of(provider: &Arc<dyn ProfileProvider>, plan: Plan) -> Self {
        Self { jobs: vec![Job { provider: Arc::clone(provider), plan }], exit: Exit::Complete }
    }
}

/// Plans a write, shows it, and saves it in a file.
pub(crate) async fn run(global: &Global, arguments: PlanArguments) -> Result<Exit, Failure> {
    // Whatever the result, an older plan with this file name is outdated.
    clear_plans(Path::new(&arguments.write.keep().out))?;
    let (planned, keeping) = match arguments.write {
        PlannedWrite::Create { draft, keep } => {
            let session = Session::start(global).await?;
            let (provider, draft) = draft_of(&session, draft)?;
            let plan = provider.plan(&Write::create(draft), &PlanOptions::new()).await?;
            (PlannedRun::of(provider, plan), keep)
        }
        PlannedWrite::Update { changes, keep } => (of_changes(global, &changes).await?, keep),
        PlannedWrite::Deactivate { whom, keep } => {
            (of_each(global, &whom, SelectedAction::Deactivate).await?, keep)
        }
        PlannedWrite::Delete { whom, keep } => (of_each(global, &whom, SelectedAction::Delete).await?, keep),
        PlannedWrite::Enroll { id, keep } => {
            let session = Session::start_for(global, &id).await?;
            let provider = session.provider_of(&id)?;
            let plan = provider.plan(&Write::enroll(id), &PlanOptions::always()).await?;
            (PlannedRun::of(provider, plan), keep)
        }
    };
    show(global.output, &planned.jobs)?;
    keep_all(global.program.name(), &planned, &keeping)?;
    Ok(planned.exit)
}

/// Plans an update of one profile, or of the profiles of a file.
async fn of_changes(global: &Global, changes: &Changes) -> Result<PlannedRun, Failure> {
    if let Some(file) = &changes.from {
        let session = Session::start(global).await?;
        let (jobs, exit) = update_many::plans(global, &session, changes, file).await?;
        return Ok(PlannedRun { jobs, exit });
    }
    let id = one_id(changes)?;
    let session = Session::start_for(global, id).await?;
    let provider = session.provider_of(id)?;
    let change = change_of(changes, provider.capabilities())?;
    let plan = provider.plan(&Write::update(id.clone(), change), &PlanOptions::always()).await?;
    Ok(PlannedRun::of(provider, plan))
}

/// Plans an action for several profiles. Ambiguous matches must be allowed here, since `apply` only sees the ids.
async fn of_each(global: &Global, whom: &Whom, action: SelectedAction) -> Result<PlannedRun, Failure> {
    let session = Session::start(global).await?;
    let (ids, found) = selected::chosen(global, &session, whom, action).await?;
    let own = OwnProfiles::at(&session, &ids).await;
    let mut plans = Vec::new();
    for id in ids {
        let planned = selected::plan(&session, &id, action).await;
        plans.push((id, planned));
    }
    let guards = selected::guards(&session, &plans, &own).await;
    if whom.is_searched()
        && let Some(why) = selected::refusal(whom, &guards, action)
    {
        return Err(Failure::Usage(format!("no plan was saved: {why}")));
    }
    let mut exits: Vec<_> = (found != Exit::Complete).then_some(found).into_iter().collect();
    let mut jobs = Vec::new();
    for (id, planned) in plans {
        match planned {
            Ok(job) => {
                exits.push(Exit::Complete);
                own.warn(&id);
                jobs.push(job);
            }
            Err(outcome) => {
                exits.extend(exit_of(&outcome));
                selected::show(&id, &Err(outcome), action);
            }
        }
    }
    Ok(PlannedRun { jobs, exit: Exit::of_all(exits) })
}

/// Prints the plans; they are the output of this command.
fn show(format: Format, jobs: &[Job]) -> Result<(), Failure> {
    if let (Format::Table | Format::Csv, [job]) = (format, jobs) {
        return ShownPlan { plan: &job.plan, capabilities: job.provider.capabilities() }.print(format);
    }
    let output = ShownAs { format, is_output: true };
    let shown: Vec<_> = jobs.iter().map(|job| output.of(&job.plan, job.provider.as_ref())).collect();
    output.print(shown.iter().map(String::as_str))
}

/// Saves the plans that have something to write.
fn keep_all(program: &str, planned: &PlannedRun, keeping: &Keep) -> Result<(), Failure> {
    let clock = |_| Failure::Usage("the clock of this machine shows an invalid time".to_owned());
    let made = Timestamp::try_from(whole_seconds(SystemTime::now())).map_err(clock)?;
    let expires = SystemTime::from(made).checked_add(keeping.expires_in).map(Timestamp::try_from);
    let Some(Ok(expires)) = expires else {
        return Err(Failure::Usage("--expires-in is too long: the expiry is not a valid time".to_owned()));
    };
    let to_do = planned.jobs.iter().filter(|job| !job.plan.is_settled());
    let records = to_do.map(|job| {
        let mut key = [0; PLAN_KEY_LENGTH];
        getrandom::fill(&mut key).map_err(std::io::Error::other)?;
        PlanRecord::of(&job.plan, job.provider.capabilities(), made, expires, key).map_err(Failure::from)
    });
    let records: Vec<_> = records.collect::<Result<_, _>>()?;
    let name = keeping.out.display();
    let count = records.len() as u64;
    // Also saved if empty, since an older plan with this file name is outdated.
    save_plans(Path::new(&keeping.out), records)?;
    if count == 0 && planned.exit == Exit::Complete {
        say!("nothing to write: the plan in {name} is empty");
        return Ok(());
    }
    if count == 0 {
        say!("no write could be planned: the plan in {name} is empty, and does not contain the failures");
        return Ok(());
    }
    say!(
        "{} saved in {name}, valid until {expires}; nothing was written; apply with `{program} apply {name}`",
        counted(count, "plan", "plans")
    );
    Ok(())
}

/// Returns a time without its fraction of a second.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}
