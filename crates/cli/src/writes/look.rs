//! What the service shows of a write that was sent, and to which no answer came.

use anyprofile::{
    Candidate, Error, FieldPath, FindMethod, PlanOptions, ProfileDraft, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
};

use crate::{diagnostics, exit::Exit, summary::counted};

/// Says of a change without an answer, or with an error instead of one, what the service shows. `otherwise` is how the run ends
/// where that is not what was to be.
pub(super) async fn look_again(
    provider: &dyn ProfileProvider,
    write: &Write,
    error: Option<&Error>,
    otherwise: Exit,
) -> Exit {
    match provider.plan(write, &PlanOptions::new()).await {
        Ok(plan) if plan.is_settled() && error.is_some_and(Error::is_of_another_profile) => {
            say!("read back: the service shows it so; whether somebody else was changed is not known");
            Exit::Partial
        }
        Ok(plan) if plan.is_settled() => {
            say!("read back: the service shows it so");
            Exit::Complete
        }
        Ok(plan) => {
            let left: Vec<_> = plan.differences().iter().map(|it| it.field.as_str()).collect();
            say!("read back: not so, or not shown: {}", left.join(", "));
            otherwise
        }
        Err(failed) => {
            diagnostics::error(&failed);
            say!("reading it back failed: whether it was written is not known");
            otherwise
        }
    }
}

/// Says of a creation without an answer what the service shows since. `otherwise` is how the run ends where that is nothing.
pub(super) async fn look_for(
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
