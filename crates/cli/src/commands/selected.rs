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

use super::{confirm::confirmed, own::OwnProfiles};
use crate::{
    args::{Global, Selected},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::{Rows, print_rows, printable},
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
            // Whatever else is not said.
            for account in accounts.iter().filter(|it| global.quiet && !it.is_answerable()) {
                say!("account '{}' cannot be asked for such a key", account.info.account);
            }
            let ids = accounts.iter().flat_map(AccountFound::profiles).map(|profile| profile.id.clone());
            (ids.collect(), exit)
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
    let own = OwnProfiles::at(&session, &ids).await;
    let mut plans = Vec::new();
    for id in ids {
        let plan = plan(&session, &id, action).await;
        plans.push((id, plan));
    }
    let is_shown = selected.confirm.dry_run || !(global.quiet && selected.confirm.yes);
    for (id, plan) in &plans {
        if is_shown {
            show(id, plan, action);
        }
        if matches!(plan, Plan::Possible { .. }) {
            own.warn(id);
        }
    }
    let is_possible = |plan: &Plan| matches!(plan, Plan::Possible { .. } | Plan::SoAlready);
    let possible = plans.iter().filter(|(_, plan)| is_possible(plan)).count();
    if possible == 0 {
        let done = action.done();
        say!("error: nothing was written: none of these can be {done}");
        return Ok(Exit::of_all(plans.iter().map(|(_, plan)| plan.exit()).chain(unasked)));
    }
    if selected.confirm.dry_run {
        print_rows(global.output, COLUMNS, &plans.iter().map(|(id, plan)| plan.row(id)).collect::<Vec<_>>())?;
        say!("dry run: nothing was written");
        if let (Some(_), Some(why)) = (&selected.find, refusal(&selected, &plans, &own, action)) {
            say!("note: with --yes it would be refused: {why}");
        }
        return Ok(Exit::of_all(plans.iter().map(|(_, plan)| plan.exit()).chain(unasked)));
    }
    let is_needed = plans.iter().any(|(_, plan)| matches!(plan, Plan::Possible { .. }));
    if selected.find.is_some()
        && selected.confirm.yes
        && is_needed
        && let Some(why) = refusal(&selected, &plans, &own, action)
    {
        return Err(Failure::Usage(format!("nothing was written: {why}")));
    }
    if is_needed && !confirmed(&selected.confirm)? {
        return Ok(Exit::Usage);
    }
    let exits = perform_all(global, plans, action).await?;
    Ok(Exit::of_all(exits.into_iter().chain(unasked)))
}

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// Why it is not done without asking: nobody can have meant by a key alone several people of one account, or the credential's
/// own profile. Their ids say what is meant, and so do the flags.
fn refusal(
    selected: &Selected,
    plans: &[(ProfileId, Plan)],
    own: &OwnProfiles,
    action: Action,
) -> Option<String> {
    let ids: Vec<_> =
        plans.iter().filter(|(_, plan)| matches!(plan, Plan::Possible { .. })).map(|(id, _)| id).collect();
    let several = ids.iter().enumerate().find_map(|(place, id)| {
        let is_same = |other: &&&ProfileId| (&other.service, &other.account) == (&id.service, &id.account);
        let count = 1 + ids[place + 1..].iter().filter(is_same).count();
        (count > 1).then_some((count, &id.account))
    });
    let operation = action.operation();
    if let (Some((count, account)), false) = (several, selected.allow_several) {
        return Some(format!(
            "{count} profiles at account '{account}' have this key; name the ids of those to \
             {operation}, or add --allow-several"
        ));
    }
    if let (Some(id), false) = (ids.iter().find(|id| own.contains(id)), selected.allow_own_profile) {
        return Some(format!(
            "{id} is the profile of the credential itself; name its id to {operation} it, or add \
             --allow-own-profile"
        ));
    }
    None
}

/// Does it to one after the other, and prints what came of each at once.
async fn perform_all(
    global: &Global,
    plans: Vec<(ProfileId, Plan)>,
    action: Action,
) -> Result<Vec<Exit>, Failure> {
    let shown: Vec<_> = plans.iter().map(|(id, _)| id.to_string()).collect();
    let mut rows = Rows::new(global.output, COLUMNS, shown.iter().map(String::as_str));
    let (mut exits, mut done) = (Vec::new(), 0);
    let mut left = Vec::new();
    let interrupt = Interrupt::listen();
    let mut is_broken = false;
    for ((id, plan), shown) in plans.iter().zip(&shown) {
        if interrupt.is_raised() || is_broken {
            left.push(shown.as_str());
            continue;
        }
        let (exit, row) = match plan {
            Plan::Possible { provider, .. } => {
                let performed = interrupt.finish(perform(provider.as_ref(), id, action)).await;
                let unknown = || (Exit::Partial, "unknown", "NOT KNOWN: it did not end in time".to_owned());
                let (exit, state, outcome) = performed.unwrap_or_else(unknown);
                (exit, vec![json!(shown), json!(state), json!(outcome)])
            }
            plan => (plan.exit(), plan.row(id)),
        };
        exits.push(exit);
        done += usize::from(exit == Exit::Complete);
        let written =
            after_write(rows.push(&row), || format!("{shown}  {}", row[2].as_str().unwrap_or_default()))?;
        is_broken = written != Exit::Complete;
        exits.extend((written != Exit::Complete).then_some(written));
    }
    if !is_broken {
        let written = after_write(rows.finish(), String::new)?;
        exits.extend((written != Exit::Complete).then_some(written));
    }
    say!("{done} of {} {}", plans.len(), action.done());
    let has_left = !left.is_empty();
    if has_left {
        say!("not begun:");
        for id in left {
            say!("  {id}");
        }
    }
    if interrupt.is_raised() || has_left {
        return Ok(vec![Exit::Partial]);
    }
    Ok(exits)
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
fn show(id: &ProfileId, plan: &Plan, action: Action) {
    match plan {
        Plan::Possible { profile, requests, .. } => {
            let address = profile.email().map(|address| format!(" <{address}>")).unwrap_or_default();
            let status = profile.status.value().map(|status| format!(", {status}")).unwrap_or_default();
            say!("{id}  {}", printable(&format!("{}{address}{status}", profile.label())));
            for request in requests {
                let body = request.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
                say!("{id}  {} {}{body}", request.method, request.url);
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
    // Somebody else may have been written to.
    let is_of_another = performed.as_ref().err().is_some_and(Error::is_of_another_profile);
    let shown = match provider.get(id).await {
        // Who is not found is gone only where the service has said so: what stands between may say both.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if performed.is_ok() {
                return (Exit::Complete, "done", done.to_owned());
            }
            "the profile is not found any more".to_owned()
        }
        Err(error) => {
            diagnostics::error(&error);
            format!("reading it back failed ({})", error.kind())
        }
        Ok(profile) => match profile.status.value() {
            Some(status) if action.statuses().contains(status) && !is_of_another => {
                return (Exit::Complete, "done", done.to_owned());
            }
            Some(status) => format!("the service shows it as {}", status.as_str()),
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
                let hint = "`find KEY -o ndjson` prints profiles that are read here";
                Failure::Usage(format!("line {line} of standard input is no id and no profile; {hint}"))
            })?);
        }
    }
    Ok(ids)
}
