//! `anyprofile deactivate` and `anyprofile delete`: the same, done to each of several profiles.

use std::{
    io::{self, IsTerminal as _, Read as _},
    sync::Arc,
};

use anyprofile::{
    AccountFound, Error, ErrorKind, FindKey, PlannedRequest, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Result as ProfileResult, Status, Support,
};
use serde_json::{Value, json};

use super::confirm::confirmed;
use crate::{
    args::{Global, Selected},
    diagnostics,
    exit::{Exit, Failure, unless_closed},
    output::{print_rows, printable},
    session::Session,
};

/// What is done to each profile.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Deactivate,
    Delete,
}

impl Action {
    /// The operation, as the provider names it.
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

    fn support(self, provider: &dyn ProfileProvider) -> &Support {
        let operations = &provider.capabilities().operations;
        match self {
            Self::Deactivate => &operations.deactivate,
            Self::Delete => &operations.delete,
        }
    }

    fn plan(self, provider: &dyn ProfileProvider, id: &ProfileId) -> ProfileResult<Vec<PlannedRequest>> {
        self.support(provider).check(provider.info(), self.operation(), id)?;
        match self {
            Self::Deactivate => provider.plan_deactivate(id),
            Self::Delete => provider.plan_delete(id),
        }
    }

    async fn perform(self, provider: &dyn ProfileProvider, id: &ProfileId) -> ProfileResult<()> {
        match self {
            Self::Deactivate => provider.deactivate(id).await,
            Self::Delete => provider.delete(id).await,
        }
    }

    /// The statuses that the service may show afterwards.
    const fn statuses(self) -> &'static [Status] {
        match self {
            Self::Deactivate => &[Status::Suspended, Status::Deleted],
            Self::Delete => &[Status::Deleted],
        }
    }
}

/// Shows what would be done where and to whom, asks, and does it profile by profile. One that it cannot be done to is told,
/// and does not keep the others from it.
pub(crate) async fn run(global: &Global, selected: Selected, action: Action) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let (ids, found) = match &selected.find {
        None => (ids(&selected.ids)?, Exit::Complete),
        Some(key) => {
            let accounts = session.directory.find(&FindKey::guess(key.trim())).await;
            let exit = super::find::told(global, &session, &accounts);
            let is_asked = accounts.iter().all(AccountFound::is_answerable);
            let ids = accounts.iter().flat_map(AccountFound::profiles).map(|profile| profile.id.clone());
            (ids.collect(), if is_asked { exit } else { exit.unless_complete() })
        }
    };
    if ids.is_empty() {
        if selected.find.is_some() {
            return Ok(if found == Exit::Complete { Exit::NotFound } else { found });
        }
        let hint = "name ids, or give them on standard input";
        return Err(Failure::Usage(format!("nobody to {}: {hint}", action.operation())));
    }
    let unasked = (found != Exit::Complete).then_some(found);
    let own = own_ids(&session, &ids).await;
    let mut plans = Vec::new();
    for id in ids {
        let plan = plan(&session, &id, action).await;
        plans.push((id, plan));
    }
    let is_shown = selected.confirm.dry_run || !(global.quiet && selected.confirm.yes);
    for (id, plan) in plans.iter().filter(|_| is_shown) {
        show(id, plan, own.contains(id), action);
    }
    let is_possible = |plan: &Plan| matches!(plan, Plan::Possible { .. } | Plan::SoAlready);
    let possible = plans.iter().filter(|(_, plan)| is_possible(plan)).count();
    if possible == 0 {
        let done = action.done();
        say!("error: nothing was written: none of these can be {done}");
        return Ok(Exit::of_all(plans.iter().map(|(_, plan)| plan.exit())));
    }
    if selected.confirm.dry_run {
        print_rows(global.output, COLUMNS, &plans.iter().map(|(id, plan)| plan.row(id)).collect::<Vec<_>>())?;
        say!("dry run: nothing was written");
        return Ok(Exit::of_all(plans.iter().map(|(_, plan)| plan.exit()).chain(unasked)));
    }
    let is_needed = plans.iter().any(|(_, plan)| matches!(plan, Plan::Possible { .. }));
    if is_needed && !confirmed(&selected.confirm)? {
        return Ok(Exit::Usage);
    }
    let (mut rows, mut exits) = (Vec::new(), Vec::new());
    for (id, plan) in plans {
        if let Plan::Possible { provider, .. } = &plan {
            let (exit, state, outcome) = perform(provider.as_ref(), &id, action).await;
            exits.push(exit);
            rows.push(vec![json!(id.to_string()), json!(state), json!(outcome)]);
        } else {
            exits.push(plan.exit());
            rows.push(plan.row(&id));
        }
    }
    unless_closed(print_rows(global.output, COLUMNS, &rows))?;
    let done = exits.iter().filter(|exit| **exit == Exit::Complete).count();
    say!("{done} of {} {}", rows.len(), action.done());
    Ok(Exit::of_all(exits.into_iter().chain(unasked)))
}

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// The credentials' own profiles at the accounts of these ids, where the services show them.
async fn own_ids(session: &Session, ids: &[ProfileId]) -> Vec<ProfileId> {
    let mut own = Vec::new();
    for provider in session.directory.providers() {
        let is_asked = ids.iter().any(|id| id.account == provider.info().account);
        if is_asked
            && provider.capabilities().operations.current.is_supported()
            && let Ok(profile) = provider.current().await
        {
            own.push(profile.id);
        }
    }
    own
}

/// What is to be done to one profile.
enum Plan {
    Possible {
        provider: Arc<dyn ProfileProvider>,
        profile: Box<Profile>,
        requests: Vec<PlannedRequest>,
    },
    /// The service shows it so.
    SoAlready,
    /// Nothing can be done; why, and the code of that.
    No(String, Exit),
}

impl Plan {
    fn exit(&self) -> Exit {
        match self {
            Self::Possible { .. } | Self::SoAlready => Exit::Complete,
            Self::No(_, exit) => *exit,
        }
    }

    fn row(&self, id: &ProfileId) -> Vec<Value> {
        let (state, outcome) = match self {
            Self::Possible { requests, .. } => {
                let requests = requests.iter().map(|it| format!("{} {}", it.method, it.url));
                ("planned", requests.collect::<Vec<_>>().join("; "))
            }
            Self::SoAlready => ("so_already", "so already".to_owned()),
            Self::No(reason, _) => ("not_possible", reason.clone()),
        };
        vec![json!(id.to_string()), json!(state), json!(outcome)]
    }
}

/// Shows who it is and what would be sent.
fn show(id: &ProfileId, plan: &Plan, is_own: bool, action: Action) {
    match plan {
        Plan::Possible { profile, requests, .. } => {
            let address = profile.email().map(|address| format!(" <{address}>")).unwrap_or_default();
            let status = profile.status.value().map(|status| format!(", {status}")).unwrap_or_default();
            say!("{id}  {}", printable(&format!("{}{address}{status}", profile.label())));
            for request in requests {
                let body = request.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
                say!("{id}  {} {}{body}", request.method, request.url);
            }
            if is_own {
                say!("{id}  warning: this is the profile of the credential itself");
            }
        }
        Plan::SoAlready => say!("{id}  {} already", action.done()),
        Plan::No(reason, _) => say!("{id}  NOT POSSIBLE: {reason}"),
    }
}

/// Reads one profile, and says what would be done to it.
async fn plan(session: &Session, id: &ProfileId, action: Action) -> Plan {
    let Some(provider) = session.directory.provider_of(id) else {
        let reason = format!("there is no {} account '{}'", id.service, id.account);
        return Plan::No(reason, Exit::Usage);
    };
    let no = |error: &Error| Plan::No(error.message().to_owned(), Exit::of(error));
    let requests = match action.plan(provider.as_ref(), id) {
        Ok(requests) => requests,
        Err(error) => return no(&error),
    };
    match provider.get(id).await {
        Err(error) => no(&error),
        Ok(profile) if profile.status.value().is_some_and(|status| action.statuses().contains(status)) => {
            Plan::SoAlready
        }
        Ok(profile) => {
            Plan::Possible { provider: Arc::clone(provider), profile: Box::new(profile), requests }
        }
    }
}

/// Does it and reads the profile back, also where no answer came: how it ended, and what is to be said.
async fn perform(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    action: Action,
) -> (Exit, &'static str, String) {
    let performed = action.perform(provider, id).await;
    if let Err(error) = &performed {
        diagnostics::error(error);
        if !error.may_have_taken_effect() {
            return (Exit::of(error), "failed", diagnostics::outcome(error));
        }
    }
    let done = action.done();
    let shown = match provider.get(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return (Exit::Complete, "done", done.to_owned());
        }
        Err(error) => {
            diagnostics::error(&error);
            format!("reading it back failed ({})", error.kind())
        }
        Ok(profile) => match profile.status.value() {
            Some(status) if action.statuses().contains(status) => {
                return (Exit::Complete, "done", done.to_owned());
            }
            Some(status) => format!("the service still shows it as {}", status.as_str()),
            None => "the service still shows it, without a status".to_owned(),
        },
    };
    let (state, outcome) = match performed {
        Ok(()) => ("accepted", "accepted".to_owned()),
        Err(error) => ("unknown", diagnostics::outcome(&error)),
    };
    (Exit::Partial, state, format!("{outcome}, and {shown}"))
}

/// The ids: as they were named, and for `-` those of standard input, a profile as ndjson or an id a line.
fn ids(named: &[String]) -> Result<Vec<ProfileId>, Failure> {
    let mut ids: Vec<ProfileId> = Vec::new();
    let mut add = |id: ProfileId| {
        if !ids.contains(&id) {
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
                let hint = "`find KEY -o ndjson` prints profiles that are read here";
                Failure::Usage(format!("line {line} of standard input is no id and no profile; {hint}"))
            })?);
        }
    }
    Ok(ids)
}
