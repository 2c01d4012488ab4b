//! What makes the removal of access probably a mistake.

use std::fmt;

use anyprofile_core::{
    AccountName, ErrorKind, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _,
    ServiceName, Status,
};

use super::look::Note;
use crate::Directory;

/// Why a write that takes access away is probably a mistake. Whoever means it allows it by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guard {
    /// The profile is that of the credential itself: who executes the plan may lock themselves out.
    OwnProfile(ProfileId),
    /// The credential's own profile could not be read, so the profile may be it.
    OwnProfileNotKnown(ProfileId),
    /// Several profiles of one account match, and one was looked for.
    SeveralPeople {
        /// The account.
        account: AccountName,
        /// How many profiles.
        count: usize,
    },
    /// The profile is the only active one that is known to own the account.
    LastOwner(ProfileId),
    /// The profile owns the account, and whether somebody else does could not be found out.
    OwnersNotKnown(ProfileId),
}

impl fmt::Display for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnProfile(id) => write!(formatter, "{id} is the profile of the credential itself"),
            Self::OwnProfileNotKnown(id) => write!(
                formatter,
                "the credential's own profile in account '{}' could not be read, and {id} may be it",
                id.account
            ),
            Self::SeveralPeople { account, count } => {
                write!(formatter, "{count} profiles in account '{account}' match")
            }
            Self::LastOwner(id) => write!(
                formatter,
                "{id} is the last active owner that account '{}' is known to have",
                id.account
            ),
            Self::OwnersNotKnown(id) => write!(
                formatter,
                "{id} owns account '{}', and the account could not be listed completely to see whether somebody else does",
                id.account
            ),
        }
    }
}

/// The own profiles of the credentials of a run.
#[derive(Clone, Debug, Default)]
pub struct OwnProfiles {
    ids: Vec<ProfileId>,
    /// The accounts whose own profile could not be read.
    not_known: Vec<(ServiceName, AccountName)>,
    notes: Vec<Note>,
}

impl OwnProfiles {
    /// Reads the credential's own profile in each account that one of these ids belongs to, if its service supports that.
    pub async fn at<'a>(directory: &Directory, ids: impl IntoIterator<Item = &'a ProfileId> + Clone) -> Self {
        let mut own = Self::default();
        for provider in directory.providers() {
            let info = provider.info();
            let is_here = |id: &ProfileId| (&id.service, &id.account) == (&info.service, &info.account);
            let is_asked = ids.clone().into_iter().any(is_here);
            if !is_asked || !provider.capabilities().operations.current.is_supported() {
                continue;
            }
            match provider.current().await {
                Ok(profile) => own.ids.push(profile.id),
                // The service says that the credential belongs to no user, so it has no profile.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && error.is_from_service() => {}
                Err(error) => {
                    own.not_known.push((info.service.clone(), info.account.clone()));
                    own.notes.push(Note::Error(error));
                    own.notes.push(Note::Warning(format!(
                        "account '{}': the credential's own profile could not be read; one of the profiles may be its own",
                        info.account
                    )));
                }
            }
        }
        own
    }

    /// Returns whether an id is that of an own profile, as far as these could be read.
    pub fn contains(&self, id: &ProfileId) -> bool {
        self.ids.iter().any(|own| own.is_same_as(id))
    }

    /// Returns whether an id may be that of an own profile that could not be read.
    pub fn may_contain(&self, id: &ProfileId) -> bool {
        let is_here = |(service, account): &(ServiceName, AccountName)| {
            (service, account) == (&id.service, &id.account)
        };
        !self.contains(id) && self.not_known.iter().any(is_here)
    }

    /// Returns what could not be read.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

/// Returns why taking the access of these profiles away is probably a mistake.
///
/// Owners are those whom the service shows as such (`access.owner`), and who have a role named owner or administrator. If one is among the
/// profiles, its account is listed. Of a service that does not show who owns the account nothing is known, and there is no guard; nor is
/// there one for a membership.
pub async fn guards(directory: &Directory, profiles: &[&Profile], own: &OwnProfiles) -> Vec<Guard> {
    let ids: Vec<_> = profiles.iter().map(|profile| &profile.id).collect();
    let mut guards = several(&ids);
    guards.extend(ids.iter().filter(|id| own.contains(id)).map(|id| Guard::OwnProfile((*id).clone())));
    guards.extend(
        ids.iter().filter(|id| own.may_contain(id)).map(|id| Guard::OwnProfileNotKnown((*id).clone())),
    );
    for provider in directory.providers() {
        let info = provider.info();
        let is_here = |id: &ProfileId| (&id.service, &id.account) == (&info.service, &info.account);
        // A membership is one of an organization, and not of the account.
        let kinds = provider.capabilities().operations.list.kinds();
        let mut leaving = profiles
            .iter()
            .filter(|profile| is_here(&profile.id) && kinds.contains(&profile.id.kind) && is_owner(profile));
        let Some(first) = leaving.next() else { continue };
        match other_owners(&**provider, &ids).await {
            Some(0) => guards.push(Guard::LastOwner(first.id.clone())),
            Some(_) => {}
            None => guards.push(Guard::OwnersNotKnown(first.id.clone())),
        }
    }
    guards
}

/// Returns the accounts of which several profiles are selected.
fn several(ids: &[&ProfileId]) -> Vec<Guard> {
    let mut guards = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let is_same = |other: &&&ProfileId| (&other.service, &other.account) == (&id.service, &id.account);
        if ids[..place].iter().any(|other| is_same(&other)) {
            continue;
        }
        let count = ids.iter().filter(is_same).count();
        if count > 1 {
            guards.push(Guard::SeveralPeople { account: id.account.clone(), count });
        }
    }
    guards
}

/// Returns whether somebody is known to own or administer the whole account.
fn is_owner(profile: &Profile) -> bool {
    !profile.privileges().is_empty()
}

/// Returns how many other active profiles own the account; `None` if it cannot be listed completely.
async fn other_owners(provider: &dyn ProfileProvider, leaving: &[&ProfileId]) -> Option<usize> {
    let listing = provider.list_all(ListQuery::new()).await.ok()?;
    let is_other =
        |profile: &&Profile| is_owner(profile) && !leaving.iter().any(|id| id.is_same_as(&profile.id));
    let others: Vec<_> = listing.profiles.iter().filter(is_other).collect();
    let active = others.iter().filter(|profile| profile.status.is_known_to_be(&Status::Active)).count();
    // Whoever may be active, and is not known to be, is no proof. Neither is a list that does not show who owns the account.
    let may_act =
        |profile: &&Profile| !matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted));
    let is_open = active == 0 && others.iter().any(may_act);
    let shows_owners = listing.profiles.iter().any(is_owner);
    (active > 0 || (shows_owners && !is_open)).then_some(active)
}
