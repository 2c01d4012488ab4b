//! Verifies a write whose response is missing or does not show the change.

use anyprofile::{
    Error, ErrorKind, Executed, FieldPath, Plan, PlanOptions, ProfileDraft, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
    find::{Candidate, FindMethod},
};

use super::outcome::WriteOutcome;
use crate::{diagnostics, exit::Exit, summary::counted};

/// Returns whether another profile may have been written.
fn is_of_another(executed: Option<&Executed>) -> bool {
    executed.and_then(|executed| executed.error.as_ref()).is_some_and(Error::is_of_another_profile)
}

/// Verifies an update. `outcome` is what is known so far.
pub(super) async fn at_changed(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
) -> WriteOutcome {
    match provider.plan(plan.write(), &PlanOptions::new()).await {
        Ok(now) if now.is_settled() && is_of_another(executed) => {
            say!("warning: the service shows the new values, but another profile may have been changed");
            outcome.clone().with_exit(Exit::Partial)
        }
        Ok(now) if now.is_settled() => {
            say!("verified: the service shows the new values");
            WriteOutcome::done(plan.write())
        }
        Ok(now) => {
            let left: Vec<_> = now.differences().iter().map(|it| it.field.as_str()).collect();
            say!("not verified: the service does not show the new value of {}", left.join(", "));
            outcome.clone()
        }
        Err(failed) => {
            diagnostics::error(&failed);
            say!("warning: the profile could not be read back; whether it was written is unknown");
            outcome.clone()
        }
    }
}

/// Verifies a deactivation or deletion.
pub(super) async fn at_status(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    write: &Write,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
) -> WriteOutcome {
    let is_accepted = matches!(outcome, WriteOutcome::Done { .. });
    let shown = match provider.get(id).await {
        // A missing profile counts as deleted only if the service accepted the request: a proxy may also return "not
        // found".
        Err(error) if error.kind() == ErrorKind::NotFound && is_accepted => return outcome.clone(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            "the profile was not found when it was read back".to_owned()
        }
        Err(error) => {
            diagnostics::error(&error);
            format!("the profile could not be read back ({})", error.kind())
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

/// Searches for a profile whose creation got no response. `outcome` is what is known so far.
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

/// Prints the profiles created since a draft was sent, and returns whether one of them may be the new one.
async fn found(provider: &dyn ProfileProvider, draft: &ProfileDraft, sent: Timestamp) -> bool {
    let found = match provider.find_created(draft, sent).await {
        Ok(found) => found,
        Err(failed) => {
            diagnostics::error(&failed);
            say!("warning: the search for the new profile failed; whether it was created is unknown");
            return false;
        }
    };
    for Candidate { profile, differs, is_older, .. } in &found.candidates {
        let created =
            profile.times.created.value().map_or_else(String::new, |time| format!(", created {time}"));
        if *is_older {
            say!("found {}{created}, before this request: an older profile", profile.id);
        } else if differs.is_empty() {
            say!(
                "found {}{created}, with all values that were set: the new profile, or an identical one",
                profile.id
            );
        } else {
            let differs: Vec<_> = differs.iter().map(FieldPath::as_str).collect();
            say!("found {}{created}, which differs in: {}", profile.id, differs.join(", "));
        }
    }
    match &found.candidates[..] {
        [] if found.method == FindMethod::Unanswerable => {
            say!("warning: whether the profile was created is unknown: the service cannot search for it");
            false
        }
        [] if found.quarantined > 0 => {
            say!(
                "warning: whether the profile was created is unknown: {} records could not be read",
                found.quarantined
            );
            false
        }
        [] => {
            let requests = counted(found.requests, "request", "requests");
            say!("no such profile was found ({requests}); it may appear later");
            false
        }
        candidates if candidates.iter().all(|it| it.is_older) => {
            say!("no other such profile was found; it may appear later");
            false
        }
        _ => true,
    }
}
