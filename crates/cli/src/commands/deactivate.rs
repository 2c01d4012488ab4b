//! `anyprofile deactivate`

use std::{
    io::{self, Read as _},
    sync::Arc,
};

use anyprofile::{PlannedRequest, ProfileId, ProfileProvider, ProfileProviderExt as _};
use serde_json::{Value, json};

use super::confirm::confirmed;
use crate::{
    args::{Deactivate, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::print_rows,
    session::Session,
};

/// Shows what would be done where, asks, and does it profile by profile. One that cannot be deactivated is told, and
/// does not keep the others from being so.
pub(crate) async fn run(global: &Global, deactivate: Deactivate) -> Result<Exit, Failure> {
    let ids = ids(&deactivate.ids)?;
    if ids.is_empty() {
        return Err(Failure::Usage(
            "nobody to deactivate: name ids, or give them on standard input with -".to_owned(),
        ));
    }
    let session = Session::start(global).await?;
    let plans: Vec<_> = ids.iter().map(|id| (id, plan(&session, id))).collect();
    for (id, plan) in &plans {
        match plan {
            Ok((_, requests)) => {
                for request in requests {
                    say!("{id}  {} {}", request.method, request.url);
                }
            }
            Err(failure) => say!("{id}  NOT POSSIBLE: {failure}"),
        }
    }
    let possible = plans.iter().filter(|(_, plan)| plan.is_ok()).count();
    if deactivate.dry_run {
        say!("dry run: nothing was written");
        return Ok(if possible == plans.len() { Exit::Complete } else { Exit::Partial });
    }
    if possible == 0 {
        return Err(Failure::Usage("nothing was written: none of these can be deactivated".to_owned()));
    }
    if !deactivate.yes && !confirmed()? {
        return Ok(Exit::Usage);
    }
    let mut rows = Vec::new();
    let mut done = 0;
    for (id, plan) in plans {
        let outcome = match plan {
            Ok((provider, _)) => match provider.deactivate(id).await {
                Ok(()) => {
                    done += 1;
                    "deactivated".to_owned()
                }
                Err(error) => {
                    diagnostics::error(&error);
                    diagnostics::outcome(&error)
                }
            },
            Err(failure) => failure,
        };
        rows.push(vec![Value::from(id.to_string()), json!(outcome)]);
    }
    print_rows(global.output, &["id", "outcome"], &rows)?;
    say!("{done} of {} deactivated", rows.len());
    Ok(if done == rows.len() { Exit::Complete } else { Exit::Partial })
}

type Plan = Result<(Arc<dyn ProfileProvider>, Vec<PlannedRequest>), String>;

/// What would be sent for one profile, or why nothing can be.
fn plan(session: &Session, id: &ProfileId) -> Plan {
    let Some(provider) = session.directory.provider_of(id) else {
        return Err(format!("there is no {} account '{}'", id.service, id.account));
    };
    let check = provider.capabilities().operations.deactivate.check(provider.info(), "deactivate", id);
    let requests = check.and_then(|()| provider.plan_deactivate(id));
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
                Failure::Usage(format!("line {} of standard input is no id and no profile", number + 1))
            })?);
        }
    }
    Ok(ids)
}
