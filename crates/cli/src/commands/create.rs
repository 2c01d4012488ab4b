//! `anyprofile create`

use std::{sync::Arc, time::SystemTime};

use anyprofile::{
    Candidate, FieldPath, FindMethod, IdKind, PlanOptions, ProfileDraft, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
};

use super::{confirm::confirmed, show::print_one, update::value_of};
use crate::{
    args::{Create, Draft, Global},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    session::Session,
    summary::counted,
    writes::{Ended, Shown, execute},
};

pub(crate) async fn run(global: &Global, create: Create) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let (provider, draft) = draft_of(&session, create.draft)?;
    let capabilities = provider.capabilities();
    let plan = provider.plan(&Write::create(draft.clone()), &PlanOptions::new()).await?;
    let shown = Shown { plan: &plan, capabilities };
    if create.confirm.dry_run {
        shown.print(global.output)?;
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !(global.quiet && create.confirm.yes) {
        diagnostics::say_lines(&shown.text());
    }
    if !confirmed(&create.confirm)? {
        return Ok(Exit::Usage);
    }
    let sent = Timestamp::try_from(SystemTime::now()).ok();
    let interrupt = Interrupt::listen();
    let executed = match (execute(provider.as_ref(), &plan, &interrupt).await, sent) {
        (Ended::NotBegun, _) => {
            say!("nothing was written");
            return Ok(Exit::Partial);
        }
        (Ended::With(Ok(executed)), _) => executed,
        (Ended::With(Err(error)), _) if !error.may_have_taken_effect() => {
            return Ok(interrupt.exit(Failure::from(error).report()));
        }
        (unanswered, sent) => {
            let error = unanswered.error();
            error.into_iter().for_each(diagnostics::error);
            let otherwise = error.map_or(Exit::Partial, Exit::of);
            let exit = match sent {
                Some(sent) => interrupt.look(look_for(provider.as_ref(), &draft, sent, otherwise)).await,
                None => None,
            };
            if exit.is_none() {
                say!(
                    "look for it before it is created again: `anyprofile find`, or the newest profiles of the account"
                );
            }
            return Ok(interrupt.exit(exit.unwrap_or(otherwise)));
        }
    };
    let Some(profile) = executed.profile else {
        say!("it was created, and the service does not show it");
        return Ok(interrupt.exit(Exit::Partial));
    };
    let printed = print_one(global.output, &profile, &[], capabilities);
    let exit = interrupt.exit(after_write(printed, || format!("it was created: {}", profile.id))?);
    if interrupt.is_raised() {
        say!("it was created: {}", profile.id);
    }
    if executed.ignored.is_empty() {
        return Ok(exit);
    }
    let ignored: Vec<_> = executed.ignored.iter().map(FieldPath::as_str).collect();
    say!("warning: the service made the profile and shows something else for: {}", ignored.join(", "));
    Ok(Exit::Partial)
}

/// What is to be created, and where.
pub(super) fn draft_of(
    session: &Session,
    given: Draft,
) -> Result<(&Arc<dyn ProfileProvider>, ProfileDraft), Failure> {
    // One that cannot be used might be the one that was meant.
    let ([provider], 0) = (session.directory.providers(), session.unusable) else {
        return Err(Failure::Usage("name the account to create the profile at: --account NAME".to_owned()));
    };
    let capabilities = provider.capabilities();
    let kind = match given.collection {
        Some(kind) => kind,
        // Where there is but one, it is meant.
        None => capabilities.operations.create.kinds().first().cloned().unwrap_or(IdKind::USER),
    };
    let mut draft = ProfileDraft::new(kind);
    for (path, text) in &given.set {
        if !draft.fields().get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        draft = draft.set(path.clone(), value_of(path, text, capabilities));
    }
    if given.set.is_empty() {
        return Err(Failure::Usage(
            "nothing to create: name what it is to have with --set FIELD=VALUE".to_owned(),
        ));
    }
    Ok((provider, draft))
}

/// Says of a creation without an answer what the service shows since. `otherwise` is how the run ends where that is nothing.
async fn look_for(
    provider: &dyn ProfileProvider,
    draft: &ProfileDraft,
    sent: Timestamp,
    otherwise: Exit,
) -> Exit {
    let found = match provider.find_created(draft, sent).await {
        Ok(found) => found,
        Err(failed) => {
            diagnostics::error(&failed);
            say!("looking for what was made failed: whether it was is not known");
            return otherwise;
        }
    };
    for Candidate { profile, differs, is_older, .. } in &found.candidates {
        let made = profile.times.created.value().map_or_else(String::new, |time| format!(", made {time}"));
        if *is_older {
            say!("there is {}{made}, before this was sent: somebody who was there", profile.id);
        } else if differs.is_empty() {
            say!(
                "there is {}{made}, with all that was to be set: this is it, or one just like it",
                profile.id
            );
        } else {
            let differs: Vec<_> = differs.iter().map(FieldPath::as_str).collect();
            say!("there is {}{made}, which differs in: {}", profile.id, differs.join(", "));
        }
    }
    match &found.candidates[..] {
        [] if found.method == FindMethod::Unanswerable => {
            say!("whether it was made is not known: the service cannot be asked for it");
            otherwise
        }
        [] if found.quarantined > 0 => {
            say!("whether it was made is not known: {} records cannot be read", found.quarantined);
            otherwise
        }
        [] => {
            let requests = counted(found.requests, "request", "requests");
            say!("no such profile is there ({requests}); it may appear a little later");
            otherwise
        }
        candidates if candidates.iter().all(|it| it.is_older) => {
            say!("no other such profile is there; it may appear a little later");
            otherwise
        }
        _ => Exit::Partial,
    }
}
