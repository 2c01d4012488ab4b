//! `anyprofile apply`

use std::{sync::Arc, time::SystemTime};

use anyprofile::{
    Error, Plan, PlanRecord, ProfileProvider, ProfileProviderExt as _, Resumed, Timestamp, Write,
};
use futures_util::{StreamExt as _, stream};

use super::own::OwnProfiles;
use crate::{
    args::{Apply, Global},
    bulk::{Journal, State, kept},
    diagnostics,
    exit::{Exit, Failure},
    files::beside,
    output::print_text,
    progress::Progress,
    session::Session,
    summary::counted,
    writes::{FailureRate, Outcome, Outcomes, Planned, Shown, confirmed, print_outcomes, write_all},
};

/// Who writes the journal.
const JOURNAL: &str = "anyprofile apply";
/// How many plans are made anew at a time.
const READ_AT_A_TIME: usize = 4;

/// Makes the plans of a file anew, and executes them if they all come to the same.
pub(crate) async fn run(global: &Global, apply: Apply) -> Result<Exit, Failure> {
    let records = kept(&apply.plan)?;
    let mut journal = Journal::read(JOURNAL, beside(&apply.plan, ".journal"))?;
    let is_done = |record: &PlanRecord| journal.was_closed_with(&record.digest(), &record.digest());
    if records.iter().all(is_done) {
        say!("already applied, says {}: nothing was sent", journal.path().display());
        return Ok(Exit::Complete);
    }
    let now = now()?;
    if let Some(record) = records.iter().find(|record| record.check_time(now).is_err()) {
        record.check_time(now)?;
    }
    let session = Session::start(global).await?;
    let total = records.len();
    let progress = Progress::of_many(global, total, "reading");
    let Resume { plans, changed, outcomes } = resume_all(&session, &journal, records, now, &progress).await;
    progress.finish();
    if changed > 0 {
        let count = counted(changed, "plan", "plans");
        say!(
            "error: nothing was written: {count} of {total} would write something else than was looked at: make it anew"
        );
        return Ok(Exit::Usage);
    }
    let failed = outcomes.iter().count();
    if failed > 0 {
        print_outcomes(global.output, &outcomes)?;
        say!("nothing was written: {failed} of {total} plans cannot be applied");
        return Ok(outcomes.exit());
    }
    let writes = plans.iter().filter(|kept| !kept.is_settled).count();
    let is_shown = apply.confirm.dry_run || !(global.quiet && apply.confirm.yes);
    for kept in plans.iter().filter(|_| is_shown) {
        if apply.confirm.dry_run { print_text(&kept.shown)? } else { diagnostics::say_lines(&kept.shown) }
    }
    let ids = plans.iter().filter(|kept| !kept.is_settled).filter_map(|kept| kept.record.write.id());
    let own = OwnProfiles::at(&session, ids.clone()).await;
    ids.for_each(|id| own.warn(id));
    if apply.confirm.dry_run {
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if writes > 0 && !confirmed(&apply.confirm)? {
        return Ok(Exit::Usage);
    }
    // What was looked at is written, or told to have failed, one by one: no rate of failures ends it.
    let rate = FailureRate::new(100, total);
    write_all(global, Some(&mut journal), plans, outcomes, rate, Outcomes::to_string).await
}

/// All plans, made anew.
#[derive(Default)]
struct Resume {
    /// Those that come to the same.
    plans: Vec<Kept>,
    /// How many come to something else; each was shown.
    changed: u64,
    /// Why others cannot be executed.
    outcomes: Outcomes,
}

async fn resume_all(
    session: &Session,
    journal: &Journal<String>,
    records: Vec<PlanRecord>,
    now: Timestamp,
    progress: &Progress,
) -> Resume {
    let resumed = stream::iter(records).map(|record| resume(session, journal, record, now));
    let mut resumed = std::pin::pin!(resumed.buffered(READ_AT_A_TIME));
    let mut all = Resume::default();
    while let Some((name, came)) = resumed.next().await {
        progress.step();
        match came {
            Came::Same(kept) => all.plans.push(*kept),
            Came::Changed(shown) => {
                all.changed += 1;
                say!("{name}  CHANGED since it was planned; by now it comes to:");
                diagnostics::say_lines(&shown);
            }
            Came::Failed(error) => {
                diagnostics::error(&error);
                all.outcomes.push(name, Outcome::not_possible(&error));
            }
            Came::NotKnown(why) => {
                say!("{name}  {why}");
                all.outcomes.push(name, Outcome::NotPossible(why, Exit::Partial));
            }
        }
    }
    all
}

fn now() -> Result<Timestamp, Failure> {
    let clock = |_| Failure::Usage("the clock of this machine shows no time that can be read".to_owned());
    Timestamp::try_from(SystemTime::now()).map_err(clock)
}

/// What a plan that was kept comes to by now.
enum Came {
    /// The same, or nothing since it is so already.
    Same(Box<Kept>),
    /// Something else: this.
    Changed(String),
    /// It could not be made anew.
    Failed(Error),
    /// Whether it was made in an earlier run is not known, for this reason.
    NotKnown(String),
}

/// A plan that was kept, and comes to the same.
struct Kept {
    provider: Arc<dyn ProfileProvider>,
    record: PlanRecord,
    /// What it is known by in the journal.
    key: String,
    noted: Option<State>,
    is_settled: bool,
    shown: String,
}

fn name_of(record: &PlanRecord) -> String {
    match record.write.id() {
        Some(id) => id.to_string(),
        None => format!("{}:{} (new)", record.issuer.service, record.issuer.account),
    }
}

async fn resume(
    session: &Session,
    journal: &Journal<String>,
    record: PlanRecord,
    now: Timestamp,
) -> (String, Came) {
    let name = name_of(&record);
    let issuer = &record.issuer;
    let is_here = |provider: &&Arc<dyn ProfileProvider>| {
        let info = provider.info();
        (&info.service, &info.account) == (&issuer.service, &issuer.account)
    };
    let Some(provider) = session.directory.providers().iter().find(is_here) else {
        let message = format!("there is no {} account '{}'", issuer.service, issuer.account);
        return (name, Came::Failed(Error::config(message)));
    };
    let key = record.digest();
    let noted = journal.state_of(&key, &key);
    let is_made_once = matches!(record.write, Write::Create { .. } | Write::Enroll { .. });
    match noted {
        Some(State::Written | State::Ignored) => {
            let shown = format!("{name}  written before");
            let kept = Kept { provider: Arc::clone(provider), record, key, noted, is_settled: true, shown };
            return (name, Came::Same(Box::new(kept)));
        }
        Some(State::Sending | State::Unknown) if is_made_once => {
            let why = "whether it was made in an earlier run is not known: look for it, and make the plan anew if it was not";
            return (name, Came::NotKnown(why.to_owned()));
        }
        _ => {}
    }
    let came = match provider.resume(&record, now).await {
        Err(error) => Came::Failed(error),
        Ok(Resumed::Changed(plan)) if !plan.is_settled() => Came::Changed(shown(&plan, provider.as_ref())),
        Ok(Resumed::Unchanged(plan) | Resumed::Changed(plan)) => {
            let (is_settled, shown) = (plan.is_settled(), shown(&plan, provider.as_ref()));
            Came::Same(Box::new(Kept {
                provider: Arc::clone(provider),
                record,
                key,
                noted,
                is_settled,
                shown,
            }))
        }
        Ok(_) => Came::Failed(Error::config("this program does not know how to apply the plan")),
    };
    (name, came)
}

fn shown(plan: &Plan, provider: &dyn ProfileProvider) -> String {
    Shown { plan, capabilities: provider.capabilities() }.lines()
}

impl Planned for Kept {
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

    fn known(&self) -> Option<Outcome> {
        self.is_settled.then(|| Outcome::so_already(self.noted))
    }

    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error> {
        // It was in time when the run began.
        let resumed = self.provider.resume(&self.record, self.record.made).await?;
        let plan = resumed.into_unchanged().map_err(|error| error.with_provider(self.provider.info()))?;
        Ok((plan, self.provider.as_ref()))
    }
}
