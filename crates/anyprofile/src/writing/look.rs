//! Verifies a write whose response is missing or does not show the change.

use std::fmt;

use anyprofile_core::{
    Error, ErrorKind, Executed, FieldPath, Plan, PlanOptions, ProfileDraft, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Timestamp, Write,
    find::{Candidate, FindMethod},
};

use super::outcome::WriteOutcome;

/// What a person should know of the way to an outcome. `Display` is a sentence without personal data, ids apart.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Note {
    /// An error.
    Error(Error),
    /// The write did not finish in the time that an interruption leaves.
    Unanswered,
    /// The profile could not be read back in the time that an interruption leaves.
    NotReadBack,
    /// Something that needs care.
    Warning(String),
    /// What was seen.
    Seen(String),
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(formatter, "error: {error}"),
            Self::Unanswered => {
                formatter.write_str("warning: the write did not finish in time; its result is unknown")
            }
            Self::NotReadBack => formatter.write_str("the profile could not be read back in time"),
            Self::Warning(text) => write!(formatter, "warning: {text}"),
            Self::Seen(text) => formatter.write_str(text),
        }
    }
}

/// Returns the outcome of a write after reading back, and what was seen. `outcome` is what is known so far.
pub(super) async fn verified(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    executed: Option<&Executed>,
    sent: Option<Timestamp>,
    outcome: &WriteOutcome,
) -> (WriteOutcome, Vec<Note>) {
    let mut notes = Vec::new();
    let outcome = match (plan.write(), plan.write().id()) {
        (Write::Create { draft }, _) => match sent {
            Some(sent) if found(provider, draft, sent, &mut notes).await => outcome.clone().partial(),
            _ => outcome.clone(),
        },
        (Write::Update { .. }, _) => at_changed(provider, plan, executed, outcome, &mut notes).await,
        (write, Some(id)) if !write.statuses().is_empty() => {
            at_status(provider, id, write, executed, outcome, &mut notes).await
        }
        _ => outcome.clone(),
    };
    (outcome, notes)
}

/// Returns whether another profile may have been written.
fn is_of_another(executed: Option<&Executed>) -> bool {
    executed.and_then(|executed| executed.error.as_ref()).is_some_and(Error::is_of_another_profile)
}

/// Verifies an update.
async fn at_changed(
    provider: &dyn ProfileProvider,
    plan: &Plan,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
    notes: &mut Vec<Note>,
) -> WriteOutcome {
    match provider.plan(plan.write(), &PlanOptions::new()).await {
        Ok(now) if now.is_settled() && is_of_another(executed) => {
            let warning = "the service shows the new values, but another profile may have been changed";
            notes.push(Note::Warning(warning.to_owned()));
            outcome.clone().partial()
        }
        Ok(now) if now.is_settled() => {
            notes.push(Note::Seen("verified: the service shows the new values".to_owned()));
            WriteOutcome::done(plan.write())
        }
        Ok(now) => {
            let left: Vec<_> = now.differences().iter().map(|it| it.field.as_str()).collect();
            let left = left.join(", ");
            notes
                .push(Note::Seen(format!("not verified: the service does not show the new value of {left}")));
            outcome.clone()
        }
        Err(failed) => {
            notes.push(Note::Error(failed));
            let warning = "the profile could not be read back; whether it was written is unknown";
            notes.push(Note::Warning(warning.to_owned()));
            outcome.clone()
        }
    }
}

/// Verifies a deactivation or deletion.
async fn at_status(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    write: &Write,
    executed: Option<&Executed>,
    outcome: &WriteOutcome,
    notes: &mut Vec<Note>,
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
            let kind = error.kind();
            notes.push(Note::Error(error));
            format!("the profile could not be read back ({kind})")
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

/// Searches for the profile of a draft among those created since it was sent; returns whether one of them may be it.
async fn found(
    provider: &dyn ProfileProvider,
    draft: &ProfileDraft,
    sent: Timestamp,
    notes: &mut Vec<Note>,
) -> bool {
    let found = match provider.find_created(draft, sent).await {
        Ok(found) => found,
        Err(failed) => {
            notes.push(Note::Error(failed));
            let warning = "the search for the new profile failed; whether it was created is unknown";
            notes.push(Note::Warning(warning.to_owned()));
            return false;
        }
    };
    for Candidate { profile, differs, is_older, .. } in &found.candidates {
        let created =
            profile.times.created.value().map_or_else(String::new, |time| format!(", created {time}"));
        notes.push(Note::Seen(if *is_older {
            format!("found {}{created}, before this request: an older profile", profile.id)
        } else if differs.is_empty() {
            let id = &profile.id;
            format!(
                "found {id}{created}, with all values that were set: the new profile, or an identical one"
            )
        } else {
            let differs: Vec<_> = differs.iter().map(FieldPath::as_str).collect();
            format!("found {}{created}, which differs in: {}", profile.id, differs.join(", "))
        }));
    }
    let unknown = |why: String| Note::Warning(format!("whether the profile was created is unknown: {why}"));
    match &found.candidates[..] {
        [] if found.method == FindMethod::Unanswerable => {
            notes.push(unknown("the service cannot search for it".to_owned()));
            false
        }
        [] if found.quarantined > 0 => {
            notes.push(unknown(format!("{} records could not be read", found.quarantined)));
            false
        }
        [] => {
            let requests = found.requests;
            let noun = if requests == 1 { "request" } else { "requests" };
            let seen = format!("no such profile was found ({requests} {noun}); it may appear later");
            notes.push(Note::Seen(seen));
            false
        }
        candidates if candidates.iter().all(|it| it.is_older) => {
            notes.push(Note::Seen("no other such profile was found; it may appear later".to_owned()));
            false
        }
        _ => true,
    }
}
