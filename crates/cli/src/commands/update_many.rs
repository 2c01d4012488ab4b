//! `anyprofile update --from`

use std::{path::Path, sync::Arc};

use anyprofile::{
    Error, ErrorKind, Plan, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, Write,
    writing::{WriteOutcome, WriteState},
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{own::OwnProfiles, selected::Job, update::value_of};
use crate::{
    args::{Changes, Format, Global, Update},
    bulk::{BulkEntry, Journal, ListedProfiles, Row, load, refused},
    diagnostics,
    exit::{Exit, Failure},
    files::beside,
    key::JournalKey,
    progress::Progress,
    report::after_write,
    session::Session,
    writes::{
        FailureRate, Outcomes, ShownAs, ShownWrite, confirmed, exit_of, print_outcomes, question, write_all,
    },
};

/// The purpose of this command's journal.
const JOURNAL: &str = "anyprofile update";
/// How many profiles are read concurrently for planning.
const READ_AT_A_TIME: usize = 4;

struct GivenRow {
    provider: Arc<dyn ProfileProvider>,
    id: ProfileId,
    row: Row,
    /// The digest of the change and its target.
    fingerprint: String,
    /// The state of this change in the journal.
    noted: Option<WriteState>,
}

impl GivenRow {
    /// Plans what is not yet written. `listed` is the profile from a listing, if available.
    async fn planned(self, listed: Option<Arc<Profile>>, output: ShownAs) -> Result<PlannedRow, Error> {
        let Self { provider, id, row, fingerprint, noted } = self;
        let (change, profile) = row.beside_shown(provider.as_ref(), &id, listed).await?;
        let write = Write::update(id, change);
        let plan = provider.plan(&write, &PlanOptions::given(Arc::clone(&profile))).await?;
        let shown = output.of(&plan, provider.as_ref());
        Ok(PlannedRow {
            provider,
            write,
            profile,
            is_settled: plan.is_settled(),
            shown,
            output,
            fingerprint,
            noted,
        })
    }
}

/// Shows the changes to all profiles of a file, asks once, and writes profile by profile. A journal records what was
/// written, so that an interrupted run can be resumed.
pub(crate) async fn run(global: &Global, update: &Update, file: &Path) -> Result<Exit, Failure> {
    let path = match &update.journal {
        Some(path) => Some(path.clone()),
        None if file == Path::new("-") && update.confirm.dry_run => None,
        None if file == Path::new("-") => {
            return Err(Failure::Usage(
                "--from - requires --journal FILE, to record what was written".to_owned(),
            ));
        }
        None => Some(beside(file, ".journal")),
    };
    let entries = load(file, update.changes.csv_null.as_deref())?;
    let mut journal = path.map_or_else(|| Ok(Journal::default()), |path| Journal::read(JOURNAL, path))?;
    let session = Session::start(global).await?;
    let key =
        JournalKey::of_user().map_err(|error| Failure::Usage(format!("the key of the journal: {error}")))?;
    let rows = rows(&session, &journal, &key, entries).map_err(|problems| refused(file, &problems))?;
    let (rows, idle): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.row.is_idle());
    if !idle.is_empty() {
        say!("{} rows change nothing", idle.len());
    }
    let total = rows.len();
    let before = rows.iter().filter(|row| row.noted == Some(WriteState::Written)).count();
    if before > 0 {
        // The journal does not prove the current state, so all profiles are read.
        say!(
            "{before} of {total} profiles were written before, according to {}: each is read again",
            journal.path().display()
        );
    }
    let mut outcomes = Outcomes::default();
    let mut rate = FailureRate::new(update.changes.max_failure_rate, total);
    let progress = Progress::of_many(global, total, "reading");
    let is_output = update.confirm.dry_run;
    let output = ShownAs { format: global.output, is_output };
    let plans = plan_all(rows, &mut rate, &mut outcomes, &progress, output).await;
    progress.finish();
    if rate.is_too_high() {
        unless_broken(print_outcomes(global.output, &outcomes))?;
        say!("stopped while planning: {rate}; nothing was written");
        return Ok(outcomes.exit());
    }
    let writes = plans.iter().filter(|it| !it.is_settled).count();
    if is_output || !(global.quiet && update.confirm.yes) {
        output.print(plans.iter().map(|row| row.shown.as_str()))?;
    }
    say!("to write: {writes} of {total} profiles");
    let to_write = plans.iter().filter(|it| !it.is_settled).map(PlannedRow::id);
    let own = OwnProfiles::at(&session, to_write.clone()).await;
    to_write.for_each(|id| own.warn(id));
    if update.confirm.dry_run {
        for planned in plans {
            let planned_only = WriteOutcome::Planned(String::new());
            let outcome =
                if planned.is_settled { WriteOutcome::unchanged(planned.noted) } else { planned_only };
            outcomes.push(planned.name(), outcome);
        }
        say!("dry run: nothing was written");
        return Ok(outcomes.exit());
    }
    let to_write = plans.iter().filter(|it| !it.is_settled);
    let asked = question(to_write.map(|it| (&it.write, &it.id().account)));
    if writes > 0 && !confirmed(&update.confirm, &asked)? {
        return Ok(Exit::Usage);
    }
    write_all(global, Some(&mut journal), plans, outcomes, rate, Outcomes::to_string).await
}

/// Plans a file of changes to be saved, and returns the exit code of the planning.
///
/// # Errors
/// If the file cannot be read or contains a mistake, or if too many profiles cannot be read.
pub(super) async fn plans(
    global: &Global,
    session: &Session,
    changes: &Changes,
    file: &Path,
) -> Result<(Vec<Job>, Exit), Failure> {
    let entries = load(file, changes.csv_null.as_deref())?;
    let key =
        JournalKey::of_user().map_err(|error| Failure::Usage(format!("the key of the journal: {error}")))?;
    let rows =
        rows(session, &Journal::default(), &key, entries).map_err(|problems| refused(file, &problems))?;
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.row.is_idle()).collect();
    let mut rate = FailureRate::new(changes.max_failure_rate, rows.len());
    let mut outcomes = Outcomes::default();
    let progress = Progress::of_many(global, rows.len(), "reading");
    let output = ShownAs { format: Format::Table, is_output: false };
    let planned = plan_all(rows, &mut rate, &mut outcomes, &progress, output).await;
    progress.finish();
    if rate.is_too_high() {
        return Err(Failure::Usage(format!("stopped while planning: {rate}; no plan was saved")));
    }
    let mut jobs = Vec::new();
    for row in planned {
        let (plan, _) = row.plan().await?;
        jobs.push(Job { provider: row.provider, plan });
    }
    let made = jobs.iter().map(|_| Exit::Complete);
    let failed = outcomes.iter().filter_map(|(_, outcome)| exit_of(outcome));
    let exit = Exit::of_all(made.chain(failed));
    Ok((jobs, exit))
}

/// Returns the digest of a change and its target.
fn fingerprint_of(
    key: &JournalKey,
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

/// Converts the changes to the types of their fields, and checks them against each service's rules before anything is
/// sent.
fn rows(
    session: &Session,
    journal: &Journal<ProfileId>,
    key: &JournalKey,
    entries: Vec<BulkEntry>,
) -> Result<Vec<GivenRow>, Vec<String>> {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for BulkEntry { line, id, fields } in entries {
        let Some(provider) = session.directory.provider_of(&id) else {
            problems.push(format!("line {line}: no {} account is named '{}'", id.service, id.account));
            continue;
        };
        match Row::of(line, fields, &id, provider.as_ref(), value_of) {
            Ok(row) => {
                let fingerprint = fingerprint_of(key, provider.as_ref(), &id, row.change());
                let noted = journal.state_of(&id, &fingerprint);
                rows.push(GivenRow { provider: Arc::clone(provider), id, row, fingerprint, noted });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// The planned update of one profile. The plan is computed again from the same profile before it is executed.
struct PlannedRow {
    provider: Arc<dyn ProfileProvider>,
    write: Write,
    /// The profile that the plan was computed from.
    profile: Arc<Profile>,
    is_settled: bool,
    /// The shown plan, and its format.
    shown: String,
    output: ShownAs,
    fingerprint: String,
    /// The state of this change in the journal.
    noted: Option<WriteState>,
}

impl PlannedRow {
    fn id(&self) -> &ProfileId {
        self.write.id().unwrap_or(&self.profile.id)
    }
}

impl ShownWrite for PlannedRow {
    type Key = ProfileId;

    fn name(&self) -> String {
        self.id().to_string()
    }

    fn key(&self) -> &ProfileId {
        self.id()
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn known(&self) -> Option<WriteOutcome> {
        self.is_settled.then(|| WriteOutcome::unchanged(self.noted))
    }

    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error> {
        let options = PlanOptions::given(Arc::clone(&self.profile));
        let plan = self.provider.plan(&self.write, &options).await?;
        if self.output.of(&plan, self.provider.as_ref()) == self.shown {
            return Ok((plan, self.provider.as_ref()));
        }
        let message = "nothing was sent: the plan has changed since it was shown";
        Err(Error::new(ErrorKind::Conflict, message)
            .with_provider(self.provider.info())
            .with_operation("update")
            .with_hint("run the same command again"))
    }
}

/// Reads all profiles and plans their updates, until too many cannot be read.
async fn plan_all(
    rows: Vec<GivenRow>,
    rate: &mut FailureRate,
    outcomes: &mut Outcomes,
    progress: &Progress,
    output: ShownAs,
) -> Vec<PlannedRow> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    let wanted = rows.iter().map(|row| (&row.provider, &row.id));
    let listed = ListedProfiles::read(wanted, |_| progress.step()).await;
    let mut read = 0;
    let planned = stream::iter(rows).map(|row| {
        let listed = listed.get(&row.id);
        let is_listed = listed.is_some();
        async move {
            let id = row.id.clone();
            let planned = row.planned(listed, output).await;
            (id, is_listed, planned)
        }
    });
    let mut planned = std::pin::pin!(planned.buffered(READ_AT_A_TIME));
    let mut plans: Vec<PlannedRow> = Vec::new();
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
                outcomes.push(id.to_string(), WriteOutcome::of_failure(&error));
            }
        }
        if rate.is_too_high() {
            // The profiles that were read are not written either.
            let planned = plans.drain(..).map(|it| it.id().clone());
            planned
                .chain(ids.into_iter().skip(read))
                .for_each(|id| outcomes.push(id.to_string(), WriteOutcome::NotTried));
            break;
        }
    }
    plans
}

/// Ignores a closed output, since nothing was written yet.
fn unless_broken(printed: Result<(), Failure>) -> Result<(), Failure> {
    after_write(printed, String::new).map(drop)
}
