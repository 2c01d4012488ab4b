//! A person leaves every account.

use std::io;

use anyprofile_core::{Error, ErrorKind, FindKey, Plan, PlanOptions, Profile, ProfileId, Result, Write};

use super::{
    execute::{Written, execute},
    guard::{Guard, OwnProfiles, guards},
    interruption::Interruption,
    journal::{WriteJournal, WriteState},
    look::Note,
    outcome::WriteOutcome,
};
use crate::{AccountFound, Directory};

/// What a person who leaves has at all accounts, and the plans that take it away. Nothing was written.
///
/// ```
/// use anyprofile::{Directory, Result, writing::{Never, WriteState}};
///
/// async fn leave(directory: &Directory, address: &str) -> Result<()> {
///     let off_boarding = directory.off_board(address).await;
///     for departure in &off_boarding.departures {
///         println!("{}", departure.id);
///         for request in departure.plan.iter().flat_map(|plan| plan.requests()) {
///             println!("  {} {}", request.method, request.url);
///         }
///     }
///     for account in off_boarding.not_known() {
///         println!("{}: whether the person has a profile is not known", account.info.account);
///     }
///     // An error if it is probably a mistake; `allow` what is meant.
///     let mut journal: Vec<(_, WriteState)> = Vec::new();
///     for (id, written) in off_boarding.execute(directory, &mut journal, &Never).await? {
///         println!("{id}: {}", written.outcome);
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OffBoarding {
    /// The profiles that were found, with their plans.
    pub departures: Vec<Departure>,
    /// What the search found at each account.
    pub accounts: Vec<AccountFound>,
    /// Why it is probably a mistake.
    pub guards: Vec<Guard>,
    /// What could not be read on the way.
    pub notes: Vec<Note>,
}

/// One profile of a person who leaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Departure {
    /// The profile.
    pub id: ProfileId,
    /// The plan that deactivates it; the error if that is not possible.
    pub plan: Result<Plan>,
}

impl Departure {
    /// Returns whether there is nothing to do: the profile is already deactivated.
    pub fn is_already_so(&self) -> bool {
        self.plan.as_ref().is_ok_and(Plan::is_settled)
    }

    /// Returns whether there is something to write.
    pub fn is_to_do(&self) -> bool {
        self.plan.as_ref().is_ok_and(|plan| !plan.is_settled())
    }
}

impl OffBoarding {
    /// Finds the profiles of a person, and plans to deactivate them.
    pub(crate) async fn plan(directory: &Directory, key: &str) -> Self {
        let accounts = directory.find(&FindKey::guess(key.trim())).await;
        let mut departures = Vec::new();
        let mut to_do: Vec<Profile> = Vec::new();
        for profile in accounts.iter().flat_map(AccountFound::profiles) {
            let write = Write::deactivate(profile.id.clone());
            let plan = directory.plan(&write, &PlanOptions::always()).await;
            let departure = Departure { id: profile.id.clone(), plan };
            if departure.is_to_do() {
                // What the plan has read shows more than a list.
                let read = departure.plan.as_ref().ok().and_then(Plan::current);
                to_do.push(read.unwrap_or(profile).clone());
            }
            departures.push(departure);
        }
        let to_do: Vec<&Profile> = to_do.iter().collect();
        let own = OwnProfiles::at(directory, to_do.iter().map(|profile| &profile.id)).await;
        let guards = guards(directory, &to_do, &own).await;
        Self { departures, guards, notes: own.notes().to_vec(), accounts }
    }

    /// Returns the accounts at which it is not known whether the person has a further profile: those that failed, cannot search for the
    /// key, or did not show all.
    pub fn not_known(&self) -> impl Iterator<Item = &AccountFound> {
        self.accounts.iter().filter(|account| account.is_open())
    }

    /// Allows what the guards forbid and the caller means.
    pub fn allow(mut self, is_meant: impl Fn(&Guard) -> bool) -> Self {
        self.guards.retain(|guard| !is_meant(guard));
        self
    }

    /// Executes the plans, one after the other. Each is noted in the journal before it is sent and afterwards, and its profile is
    /// [read back](super::execute). Plans that are not reached have the outcome [`WriteOutcome::NotTried`].
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if a guard forbids it; nothing was sent. A failure of the journal ends the series: the outcomes say which
    /// plans were not tried.
    pub async fn execute(
        self,
        directory: &Directory,
        journal: &mut dyn WriteJournal,
        interruption: &dyn Interruption,
    ) -> Result<Vec<(ProfileId, Written)>> {
        if let Some(guard) = self.guards.first() {
            return Err(Error::new(ErrorKind::Conflict, format!("nothing was sent: {guard}"))
                .with_hint("allow it with `OffBoarding::allow` if it is meant"));
        }
        let mut outcomes = Vec::new();
        let mut broken: Option<io::Error> = None;
        for Departure { id, plan } in self.departures {
            let written = match (&broken, plan, directory.provider_of(&id)) {
                (Some(_), _, _) | (None, Ok(_), None) => Written::of(WriteOutcome::NotTried),
                (None, Err(error), _) => Written::of(WriteOutcome::NotPossible(error)),
                (None, Ok(plan), _) if plan.is_settled() => Written::of(WriteOutcome::Unchanged),
                (None, Ok(plan), Some(provider)) => {
                    broken = journal.note(&id, WriteState::Sending).err();
                    if broken.is_none() {
                        let written = execute(&**provider, &plan, interruption).await;
                        broken = journal.note(&id, written.outcome.state()).err();
                        written
                    } else {
                        Written::of(WriteOutcome::NotTried)
                    }
                }
            };
            outcomes.push((id, written));
        }
        if let (Some(error), Some((_, last))) = (broken, outcomes.last_mut()) {
            last.notes.push(Note::Warning(format!(
                "the journal cannot be written, so nothing more was sent: {error}"
            )));
        }
        Ok(outcomes)
    }
}
