//! What the service shows of a write that was sent, and to which no response came, or none that shows it.

use anyprofile::{
    Error, ErrorKind, Executed, FieldPath, Plan, PlanOptions, ProfileDraft, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
    find::{Candidate, FindMethod},
};

use super::outcome::WriteOutcome;
use crate::{diagnostics, exit::Exit, summary::counted};

/// Whether somebody else may have been written to.
fn is_of_another(executed: Option<&Executed>) -> bool {
    executed.and_then(|executed| executed.error.as_ref()).is_some_and(Error::is_of_another_profile)
}

/// Says of a change whether the service shows it. `outcome` is what is known of it.
pub(super) async fn at_changed(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
) -> WriteOutcome {
    match provider.plan(plan.write(), &PlanOptions::new()).await {
        Ok(now) if now.is_settled() && is_of_another(executed) => {
            say!("read back: the service shows it so; whether somebody else was changed is not known");
            outcome.clone().with_exit(Exit::Partial)
        }
        Ok(now) if now.is_settled() => {
            say!("read back: the service shows it so");
            WriteOutcome::done(plan.write())
        }
        Ok(now) => {
            let left: Vec<_> = now.differences().iter().map(|it| it.field.as_str()).collect();
            say!("read back: not so, or not shown: {}", left.join(", "));
            outcome.clone()
        }
        Err(failed) => {
            diagnostics::error(&failed);
            say!("reading it back failed: whether it was written is not known");
            outcome.clone()
        }
    }
}

/// Reads back who was to be deactivated or deleted.
pub(super) async fn at_status(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    write: &Write,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
) -> WriteOutcome {
    let is_accepted = matches!(outcome, WriteOutcome::Done { .. });
    let shown = match provider.get(id).await {
        // Who is not found is gone only where the service has said so: what stands between may say both.
        Err(error) if error.kind() == ErrorKind::NotFound && is_accepted => return outcome.clone(),
        Err(error) if error.kind() == ErrorKind::NotFound => "the profile is not found any more".to_owned(),
        Err(error) => {
            diagnostics::error(&error);
            format!("reading it back failed ({})", error.kind())
        }
        Ok(profile) => match profile.status.value() {
            Some(status) if write.statuses().contains(status) && !is_of_another(executed) => {
                return WriteOutcome::done(write);
            }
            Some(status) => format!("the service shows it as {}", status.as_str()),
            None => "the service still shows it, without a status".to_owned(),
        },
    };
    if is_accepted { WriteOutcome::Accepted(shown) } else { outcome.clone().with_look(&shown) }
}

/// Looks for what a creation without a response may have made. `outcome` is what is known of it.
pub(super) async fn for_created(
    provider: &dyn ProfileProvider,
    draft: &ProfileDraft,
    sent: Option<Timestamp>,
    outcome: &WriteOutcome,
) -> WriteOutcome {
    match sent {
        Some(sent) if found(provider, draft, sent).await => outcome.clone().with_exit(Exit::Partial),
        _ => outcome.clone(),
    }
}

/// Says what the service shows since a draft was sent, and whether that is somebody who may be it.
async fn found(provider: &dyn ProfileProvider, draft: &ProfileDraft, sent: Timestamp) -> bool {
    let found = match provider.find_created(draft, sent).await {
        Ok(found) => found,
        Err(failed) => {
            diagnostics::error(&failed);
            say!("looking for what was made failed: whether it was is not known");
            return false;
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
            false
        }
        [] if found.quarantined > 0 => {
            say!("whether it was made is not known: {} records cannot be read", found.quarantined);
            false
        }
        [] => {
            let requests = counted(found.requests, "request", "requests");
            say!("no such profile is there ({requests}); it may appear a little later");
            false
        }
        candidates if candidates.iter().all(|it| it.is_older) => {
            say!("no other such profile is there; it may appear a little later");
            false
        }
        _ => true,
    }
}
