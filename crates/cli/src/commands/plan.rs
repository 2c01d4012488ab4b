//! `anyprofile plan`

use std::{path::Path, sync::Arc, time::SystemTime};

use anyprofile::{PLAN_KEY_LENGTH, Plan, PlanOptions, PlanRecord, ProfileProvider, Timestamp, Write};

use super::{
    create::draft_of,
    selected::{self, Action, Job},
    update::{change_of, one_id},
    update_many,
};
use crate::{
    args::{Changes, Format, Global, Keep, PlanArguments, PlannedWrite, Whom},
    bulk::keep,
    exit::{Exit, Failure},
    output::{print_line, print_text},
    session::Session,
    summary::counted,
    writes::Shown,
};

/// Plans of a run, and how it ends: some profiles may not be there, or not be such that it can be done to them.
struct Planned {
    jobs: Vec<Job>,
    exit: Exit,
}

impl Planned {
    fn of(provider: &Arc<dyn ProfileProvider>, plan: Plan) -> Self {
        Self { jobs: vec![Job { provider: Arc::clone(provider), plan }], exit: Exit::Complete }
    }
}

/// Works out what a write comes to, shows it, and keeps it in a file.
pub(crate) async fn run(global: &Global, arguments: PlanArguments) -> Result<Exit, Failure> {
    let (planned, keeping) = match arguments.write {
        PlannedWrite::Create { draft, keep } => {
            let session = Session::start(global).await?;
            let (provider, draft) = draft_of(&session, draft)?;
            let plan = provider.plan(&Write::create(draft), &PlanOptions::new()).await?;
            (Planned::of(provider, plan), keep)
        }
        PlannedWrite::Update { changes, keep } => (of_changes(global, &changes).await?, keep),
        PlannedWrite::Deactivate { whom, keep } => (of_each(global, &whom, Action::Deactivate).await?, keep),
        PlannedWrite::Delete { whom, keep } => (of_each(global, &whom, Action::Delete).await?, keep),
        PlannedWrite::Enroll { id, keep } => {
            let session = Session::start_for(global, &id).await?;
            let provider = session.provider_of(&id)?;
            let plan = provider.plan(&Write::enroll(id), &PlanOptions::always()).await?;
            (Planned::of(provider, plan), keep)
        }
    };
    show(global.output, &planned.jobs)?;
    keep_all(&planned.jobs, &keeping)?;
    Ok(planned.exit)
}

/// What is to be changed, of one profile or of those of a file.
async fn of_changes(global: &Global, changes: &Changes) -> Result<Planned, Failure> {
    if let Some(file) = &changes.from {
        let session = Session::start(global).await?;
        let (jobs, exit) = update_many::plans(global, &session, changes, file).await?;
        return Ok(Planned { jobs, exit });
    }
    let id = one_id(changes)?;
    let session = Session::start_for(global, id).await?;
    let provider = session.provider_of(id)?;
    let change = change_of(changes, provider.capabilities())?;
    let plan = provider.plan(&Write::update(id.clone(), change), &PlanOptions::always()).await?;
    Ok(Planned::of(provider, plan))
}

/// The same for several profiles.
async fn of_each(global: &Global, whom: &Whom, action: Action) -> Result<Planned, Failure> {
    let session = Session::start(global).await?;
    let (ids, found) = selected::chosen(global, &session, whom, action).await?;
    let mut exits = vec![found];
    let mut jobs = Vec::new();
    for id in ids {
        let planned = selected::plan(&session, &id, action).await;
        match planned {
            Ok(job) => {
                exits.push(Exit::Complete);
                jobs.push(job);
            }
            Err(outcome) => {
                exits.extend(outcome.exit());
                selected::show(&id, &Err(outcome), action);
            }
        }
    }
    Ok(Planned { jobs, exit: Exit::of_all(exits) })
}

/// Shows the plans: they are what was asked for.
fn show(format: Format, jobs: &[Job]) -> Result<(), Failure> {
    let shown = jobs.iter().map(|job| Shown { plan: &job.plan, capabilities: job.provider.capabilities() });
    match (format, jobs) {
        (Format::Table | Format::Csv, [_]) => shown.into_iter().try_for_each(|shown| shown.print(format)),
        (Format::Table | Format::Csv, _) => {
            shown.into_iter().try_for_each(|shown| print_text(&shown.lines()))
        }
        (Format::Json, _) => {
            let all: Vec<_> = shown.map(|shown| shown.json()).collect();
            print_line(&serde_json::to_string_pretty(&all)?)
        }
        (Format::Ndjson, _) => shown.into_iter().try_for_each(|shown| print_line(&shown.json().to_string())),
    }
}

/// Keeps what is to be done.
fn keep_all(jobs: &[Job], keeping: &Keep) -> Result<(), Failure> {
    let clock = |_| Failure::Usage("the clock of this machine shows no time that can be written".to_owned());
    let made = Timestamp::try_from(SystemTime::now()).map_err(clock)?;
    let expires = SystemTime::from(made).checked_add(keeping.expires_in).map(Timestamp::try_from);
    let Some(Ok(expires)) = expires else {
        return Err(Failure::Usage("--expires-in leads to no time that can be written".to_owned()));
    };
    let to_do = jobs.iter().filter(|job| !job.plan.is_settled());
    let records = to_do.map(|job| {
        let mut key = [0; PLAN_KEY_LENGTH];
        getrandom::fill(&mut key).map_err(std::io::Error::other)?;
        PlanRecord::of(&job.plan, job.provider.capabilities(), made, expires, key).map_err(Failure::from)
    });
    let records: Vec<_> = records.collect::<Result<_, _>>()?;
    let name = keeping.out.display();
    let count = records.len() as u64;
    if count == 0 {
        say!("there is nothing to write, and no plan was kept");
        return Ok(());
    }
    keep(Path::new(&keeping.out), records)?;
    say!(
        "{} kept in {name} until {expires}; nothing was written; `anyprofile apply {name}` writes",
        counted(count, "plan", "plans")
    );
    Ok(())
}
