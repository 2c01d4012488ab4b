//! `anyprofile deactivate` and `anyprofile delete`: the same, done to each of several profiles.

use std::{
    io::{self, IsTerminal as _, Read as _},
    sync::Arc,
};

use anyprofile::{
    ErrorKind, PlannedRequest, ProfileId, ProfileProvider, ProfileProviderExt as _, Result as ProfileResult,
    Status, Support,
};
use serde_json::{Value, json};

use super::confirm::confirmed;
use crate::{
    args::{Global, Selected},
    diagnostics,
    exit::{Exit, Failure, unless_closed},
    output::print_rows,
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

/// Shows what would be done where, asks, and does it profile by profile. One that it cannot be done to is told, and does
/// not keep the others from it.
pub(crate) async fn run(global: &Global, selected: Selected, action: Action) -> Result<Exit, Failure> {
    let ids = ids(&selected.ids)?;
    if ids.is_empty() {
        let hint = "name ids, or give them on standard input with -";
        return Err(Failure::Usage(format!("nobody to {}: {hint}", action.operation())));
    }
    let session = Session::start(global).await?;
    let plans: Vec<_> = ids.iter().map(|id| (id, plan(&session, id, action))).collect();
    for (id, plan) in &plans {
        match plan {
            Ok((_, requests)) => {
                for request in requests {
                    say!("{id}  {} {}", request.method, request.url);
                    if let Some(body) = &request.body {
                        say!("{id}  {body}");
                    }
                }
            }
            Err(failure) => say!("{id}  NOT POSSIBLE: {failure}"),
        }
    }
    let possible = plans.iter().filter(|(_, plan)| plan.is_ok()).count();
    if selected.confirm.dry_run && possible > 0 {
        say!("dry run: nothing was written");
        return Ok(if possible == plans.len() { Exit::Complete } else { Exit::Partial });
    }
    if possible == 0 {
        let done = action.done();
        return Err(Failure::Usage(format!("nothing was written: none of these can be {done}")));
    }
    if !confirmed(&selected.confirm)? {
        return Ok(Exit::Usage);
    }
    let (mut rows, mut exits) = (Vec::new(), Vec::new());
    for (id, plan) in plans {
        let (exit, outcome) = match plan {
            Ok((provider, _)) => perform(provider.as_ref(), id, action).await,
            Err(failure) => (Exit::Usage, failure),
        };
        exits.push(exit);
        rows.push(vec![Value::from(id.to_string()), json!(outcome)]);
    }
    unless_closed(print_rows(global.output, &["id", "outcome"], &rows))?;
    let done = exits.iter().filter(|exit| **exit == Exit::Complete).count();
    say!("{done} of {} {}", rows.len(), action.done());
    Ok(Exit::of_all(exits))
}

/// Does it and reads the profile back, also where no answer came: how it ended, and what is to be said.
async fn perform(provider: &dyn ProfileProvider, id: &ProfileId, action: Action) -> (Exit, String) {
    let performed = action.perform(provider, id).await;
    if let Err(error) = &performed {
        diagnostics::error(error);
        if !error.may_have_taken_effect() {
            return (Exit::of(error), diagnostics::outcome(error));
        }
    }
    let done = action.done();
    let shown = match provider.get(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return (Exit::Complete, done.to_owned()),
        Err(error) => {
            diagnostics::error(&error);
            format!("reading it back failed ({})", error.kind())
        }
        Ok(profile) => match profile.status.value() {
            Some(status) if action.statuses().contains(status) => return (Exit::Complete, done.to_owned()),
            Some(status) => format!("the service still shows it as {}", status.as_str()),
            None => "the service still shows it, without a status".to_owned(),
        },
    };
    let outcome = performed.map_or_else(|error| diagnostics::outcome(&error), |()| "accepted".to_owned());
    (Exit::Partial, format!("{outcome}, and {shown}"))
}

type Plan = Result<(Arc<dyn ProfileProvider>, Vec<PlannedRequest>), String>;

/// What would be sent for one profile, or why nothing can be.
fn plan(session: &Session, id: &ProfileId, action: Action) -> Plan {
    let Some(provider) = session.directory.provider_of(id) else {
        return Err(format!("there is no {} account '{}'", id.service, id.account));
    };
    let requests = action.plan(provider.as_ref(), id);
    requests.map(|requests| (Arc::clone(provider), requests)).map_err(|error| error.message().to_owned())
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
