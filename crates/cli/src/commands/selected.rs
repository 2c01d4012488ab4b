//! `anyprofile deactivate` and `anyprofile delete`: one action for each of several profiles.

use std::{
    io::{self, IsTerminal as _, Read as _},
    sync::Arc,
};

use anyprofile::{
    AccountFound, Error, ErrorKind, Plan, PlanOptions, Profile, ProfileId, ProfileProvider, Write,
    writing::{self, Guard, WriteOutcome},
};
use serde_json::Value;

use super::own::OwnProfiles;
use crate::{
    args::{Global, Selected, Whom},
    diagnostics,
    exit::{Exit, Failure},
    session::Session,
    writes::{
        FailureRate, Outcomes, ShownPlan, ShownWrite, confirmed, exit_of as exit_of_outcome, print_outcomes,
        question, write_all,
    },
};

/// The action for each profile.
#[derive(Clone, Copy)]
pub(crate) enum SelectedAction {
    Deactivate,
    Delete,
}

impl SelectedAction {
    pub(super) const fn of(self, id: ProfileId) -> Write {
        match self {
            Self::Deactivate => Write::deactivate(id),
            Self::Delete => Write::delete(id),
        }
    }

    /// Returns the provider's name of the operation.
    const fn operation(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivated",
            Self::Delete => "deleted",
        }
    }
}

/// Shows what would be done, asks for confirmation, and does it profile by profile. A profile that does not allow the
/// action is reported; the others are still written.
pub(crate) async fn run(
    global: &Global,
    selected: Selected,
    action: SelectedAction,
) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let (ids, found) = chosen(global, &session, &selected.whom, action).await?;
    if ids.is_empty() {
        return Ok(found);
    }
    write_each(global, &session, (ids, found), &selected, action, |_| ()).await
}

/// Does what [`run`] does with profiles that were chosen, by a search that ended with an exit code. `ended` receives the outcomes, unless
/// it is a dry run or was not confirmed.
pub(super) async fn write_each(
    global: &Global,
    session: &Session,
    (ids, found): (Vec<ProfileId>, Exit),
    selected: &Selected,
    action: SelectedAction,
    ended: impl FnOnce(&Outcomes),
) -> Result<Exit, Failure> {
    let unasked = (found != Exit::Complete).then_some(found);
    let own = OwnProfiles::at(session, &ids).await;
    let mut plans = Vec::new();
    for id in ids {
        let planned = plan(session, &id, action).await;
        plans.push((id, planned));
    }
    let is_shown = selected.confirm.dry_run || !(global.quiet && selected.confirm.yes);
    for (id, plan) in &plans {
        if is_shown {
            show(id, plan, action);
        }
        if is_to_do(plan) {
            own.warn(id);
        }
    }
    let guards = guards(session, &plans, &own).await;
    let possible = plans.iter().filter(|(_, planned)| planned.is_ok()).count();
    if possible == 0 {
        let done = action.done();
        say!("error: nothing was written: none of these profiles can be {done}");
        if !selected.confirm.dry_run {
            ended(&outcomes_of(&plans));
        }
        return Ok(Exit::of_all(plans.iter().map(|(_, planned)| exit_of(planned)).chain(unasked)));
    }
    if selected.confirm.dry_run {
        print_outcomes(global.output, &outcomes_of(&plans))?;
        say!("dry run: nothing was written");
        if let (true, Some(why)) = (selected.whom.is_searched(), refusal(&selected.whom, &guards, action)) {
            say!("note: --yes would be refused: {why}");
        }
        return Ok(Exit::of_all(plans.iter().map(|(_, planned)| exit_of(planned)).chain(unasked)));
    }
    let is_needed = plans.iter().any(|(_, planned)| is_to_do(planned));
    if selected.whom.is_searched()
        && selected.confirm.yes
        && is_needed
        && let Some(why) = refusal(&selected.whom, &guards, action)
    {
        return Err(Failure::Usage(format!("nothing was written: {why}")));
    }
    let to_do = plans
        .iter()
        .filter(|(_, planned)| is_to_do(planned))
        .filter_map(|(_, planned)| planned.as_ref().ok());
    let asked = question(to_do.map(|job| (job.plan.write(), &job.plan.issuer().account)));
    if is_needed && !confirmed(&selected.confirm, &asked)? {
        return Ok(Exit::Usage);
    }
    let count = plans.len();
    let rate = FailureRate::new(100, count);
    let summary = |outcomes: &Outcomes| {
        ended(outcomes);
        let done = format!("{} of {count} {}", outcomes.complete(), action.done());
        match outcomes.unchanged() {
            0 => done,
            unchanged => format!("{done}, {unchanged} of them before"),
        }
    };
    let exit = write_all(global, None, plans, Outcomes::default(), rate, summary).await?;
    Ok(Exit::of_all(std::iter::once(exit).chain(unasked)))
}

/// Returns the selected profiles, and the exit code of the search. The list may be empty.
pub(super) async fn chosen(
    global: &Global,
    session: &Session,
    whom: &Whom,
    action: SelectedAction,
) -> Result<(Vec<ProfileId>, Exit), Failure> {
    let Some(key) = &whom.find else {
        let ids = ids(&whom.ids)?;
        if ids.is_empty() {
            let hint = "name profile ids, or pass them on standard input";
            return Err(Failure::Usage(format!("no profile to {}: {hint}", action.operation())));
        }
        return Ok((ids, Exit::Complete));
    };
    let accounts = super::find::search(global, session, key).await;
    let exit = super::find::report_accounts(global, session, &accounts);
    // Warned about also with `--quiet`.
    for account in accounts.iter().filter(|it| global.quiet && !it.is_answerable()) {
        say!("warning: account '{}' cannot search for this key", account.info.account);
    }
    let ids = accounts.iter().flat_map(AccountFound::profiles).map(|profile| profile.id.clone());
    let ids: Vec<_> = ids.collect();
    let is_not_found = ids.is_empty() && exit == Exit::Complete;
    Ok((ids, if is_not_found { super::find::nobody(&accounts) } else { exit }))
}

/// Returns why what is to be written is probably a mistake, and warns of owners, also with `--quiet`.
pub(super) async fn guards(
    session: &Session,
    plans: &[(ProfileId, Planned)],
    own: &OwnProfiles,
) -> Vec<Guard> {
    let to_do = plans.iter().filter(|(_, planned)| is_to_do(planned));
    let profiles: Vec<Profile> = to_do
        .map(|(id, planned)| {
            let current = planned.as_ref().ok().and_then(|job| job.plan.current());
            current.cloned().unwrap_or_else(|| Profile::new(id.clone()))
        })
        .collect();
    let guards = writing::guards(&session.directory, &profiles.iter().collect::<Vec<_>>(), &own.0).await;
    for guard in &guards {
        if let Guard::LastOwner(id) | Guard::OwnersNotKnown(id) = guard {
            say!("{id}  warning: {guard}");
        }
    }
    guards
}

/// Returns why the action is refused without a prompt. Naming the ids, or a flag, allows it.
pub(super) fn refusal(whom: &Whom, guards: &[Guard], action: SelectedAction) -> Option<String> {
    let operation = action.operation();
    // Whoever named a person or a file cannot name an id instead.
    let by_name =
        if whom.is_of_file { "; add" } else { &*format!("; name its id to {operation} it, or add") };
    guards.iter().find_map(|guard| {
        let (is_allowed, way) = match guard {
            Guard::SeveralPeople { .. } => (
                // Whoever names the ids, also through a pipe, means each of them.
                whom.allow_several || whom.find.is_none(),
                format!(" this key; name the ids to {operation}, or add --allow-several"),
            ),
            Guard::OwnProfile(_) | Guard::OwnProfileNotKnown(_) => {
                (whom.allow_own_profile, format!("{by_name} --allow-own-profile"))
            }
            _ => (whom.allow_last_owner, format!("{by_name} --allow-last-owner")),
        };
        (!is_allowed).then(|| format!("{guard}{way}"))
    })
}

/// The plan for one profile, or why it is not possible.
pub(super) type Planned = Result<Job, WriteOutcome>;

pub(super) struct Job {
    pub(super) provider: Arc<dyn ProfileProvider>,
    pub(super) plan: Plan,
}

impl ShownWrite for (ProfileId, Planned) {
    type Key = ProfileId;

    fn name(&self) -> String {
        self.0.to_string()
    }

    fn key(&self) -> &ProfileId {
        &self.0
    }

    fn fingerprint(&self) -> &'static str {
        ""
    }

    fn known(&self) -> Option<WriteOutcome> {
        (!is_to_do(&self.1)).then(|| outcome_of(&self.1))
    }

    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error> {
        match &self.1 {
            Ok(job) => Ok((job.plan.clone(), job.provider.as_ref())),
            Err(reason) => Err(Error::new(ErrorKind::InvalidRequest, reason.to_string())),
        }
    }
}

/// Returns whether there is something to write.
fn is_to_do(planned: &Planned) -> bool {
    planned.as_ref().is_ok_and(|job| !job.plan.is_settled())
}

/// Returns the outcome if nothing is written.
fn outcome_of(planned: &Planned) -> WriteOutcome {
    match planned {
        Ok(job) if job.plan.is_settled() => WriteOutcome::Unchanged,
        Ok(job) => {
            let requests = job.plan.requests().iter().map(|it| format!("{} {}", it.method, it.url));
            WriteOutcome::Planned(requests.collect::<Vec<_>>().join("; "))
        }
        Err(outcome) => outcome.clone(),
    }
}

/// Returns the outcomes if nothing is written.
fn outcomes_of(plans: &[(ProfileId, Planned)]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for (id, planned) in plans {
        outcomes.push(id.to_string(), outcome_of(planned));
    }
    outcomes
}

fn exit_of(planned: &Planned) -> Exit {
    exit_of_outcome(&outcome_of(planned)).unwrap_or(Exit::Partial)
}

/// Shows the profile and the requests.
pub(super) fn show(id: &ProfileId, planned: &Planned, action: SelectedAction) {
    match planned {
        Ok(job) if job.plan.is_settled() => say!("{id}  already {}", action.done()),
        Ok(Job { provider, plan }) => {
            diagnostics::say_lines(&ShownPlan { plan, capabilities: provider.capabilities() }.lines());
        }
        Err(reason) => say!("{id}  warning: not possible: {reason}"),
    }
}

/// Reads one profile, and plans the action for it.
pub(super) async fn plan(session: &Session, id: &ProfileId, action: SelectedAction) -> Planned {
    let planned = session.directory.plan(&action.of(id.clone()), &PlanOptions::always()).await;
    let provider = session.directory.provider_of(id).map(Arc::clone);
    match (planned, provider) {
        (Ok(plan), Some(provider)) => Ok(Job { provider, plan }),
        (Ok(_), None) => Err(WriteOutcome::NotTried),
        (Err(error), _) => Err(WriteOutcome::NotPossible(error)),
    }
}

/// Returns the ids as named. `-` reads standard input: a profile as ndjson, or an id, per line.
fn ids(named: &[String]) -> Result<Vec<ProfileId>, Failure> {
    let mut ids: Vec<ProfileId> = Vec::new();
    let mut add = |id: ProfileId| {
        if !ids.iter().any(|known| known.is_same_as(&id)) {
            ids.push(id);
        }
    };
    let piped = ["-".to_owned()];
    let named = if named.is_empty() && !io::stdin().is_terminal() { &piped } else { named };
    for text in named {
        if text != "-" {
            add(text.parse().map_err(|error| Failure::Usage(format!("{error}")))?);
            continue;
        }
        let mut input = String::new();
        io::stdin().read_to_string(&mut input)?;
        for (number, line) in input.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
            let id = if line.starts_with('{') {
                let profile = serde_json::from_str::<Value>(line).ok();
                profile.and_then(|profile| serde_json::from_value(profile["id"].clone()).ok())
            } else {
                line.parse().ok()
            };
            add(id.ok_or_else(|| {
                let line = number + 1;
                let hint = "`find KEY -o ndjson` prints profiles in this form";
                Failure::Usage(format!("line {line} of standard input must be an id or a profile; {hint}"))
            })?);
        }
    }
    Ok(ids)
}
