//! What a person has at an account besides the profile.

use std::fmt;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, Field, FieldPath, FieldState, GetOptions, IdKind, Kind, ListQuery,
    Profile, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo, Status,
    capabilities::Readable,
};
use futures_util::TryStreamExt as _;
use serde::{Serialize, Serializer};

use crate::Directory;

/// One thing that a person has at an account. `Debug` shows no name.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Remainder {
    /// The profile that has it.
    #[serde(serialize_with = "as_text")]
    pub profile: ProfileId,
    /// What it is.
    pub kind: RemainderKind,
    /// The service's id of it, or its name if it has no id.
    pub id: Option<String>,
    /// How it is called.
    pub name: Option<String>,
}

impl fmt::Debug for Remainder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Remainder({} of {})", self.kind, self.profile)
    }
}

/// What somebody has at an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RemainderKind {
    /// A profile that may act.
    Profile,
    /// An invitation that is open.
    Invitation,
    /// A role.
    Role,
    /// The membership of a group.
    Group,
    /// The membership of an organization, a workspace or a group, with an id of its own.
    Membership,
    /// An API token, a key, or a login through another service.
    Credential,
    /// A service user or another profile that they own.
    Ownership,
    /// The sessions in which they are signed in.
    Session,
}

impl RemainderKind {
    /// Returns the word for it, as it is serialized.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Invitation => "invitation",
            Self::Role => "role",
            Self::Group => "group",
            Self::Membership => "membership",
            Self::Credential => "credential",
            Self::Ownership => "ownership",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for RemainderKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What is not known of a person at an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotKnown {
    /// The account, as `service:account`.
    pub account: String,
    /// The profile; `None` if it is about the account.
    #[serde(serialize_with = "as_optional_text")]
    pub profile: Option<ProfileId>,
    /// What it is about; `None` if the profile could not be read at all.
    pub kind: Option<RemainderKind>,
    /// Why, in words.
    pub why: String,
}

impl NotKnown {
    fn of_account(info: &ProviderInfo, kind: RemainderKind, why: String) -> Self {
        let account = format!("{}:{}", info.service, info.account);
        Self { account, profile: None, kind: Some(kind), why }
    }
}

/// What a person has, as far as the services show it.
///
/// A profile that is suspended or deleted is not in it: it may not act. What else it has stays in it, since a service may honour a token of
/// somebody who is suspended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Remains {
    /// What is there.
    pub found: Vec<Remainder>,
    /// What no service shows. It may be there.
    pub not_known: Vec<NotKnown>,
}

impl Remains {
    /// Reads what profiles of one person have, from all records of their services, and which service users they own at any account.
    pub(crate) async fn of(directory: &Directory, ids: &[ProfileId]) -> Self {
        let mut remains = Self::default();
        let mut profiles = Vec::new();
        for id in ids {
            let read = match directory.provider_of(id) {
                Some(provider) => {
                    let capabilities = provider.capabilities();
                    let has_more = capabilities.operations.enrich.kinds().contains(&id.kind);
                    let options = GetOptions::default().with_enrich(has_more);
                    provider.get_opts(id, &options).await.map(|profile| (profile, capabilities))
                }
                None => Err(Error::config("the account is not configured")),
            };
            match read {
                Ok((profile, capabilities)) => {
                    remains.add(&profile, capabilities);
                    profiles.push(profile);
                }
                // The service itself says that it is gone.
                Err(error) if error.kind() == ErrorKind::NotFound && error.is_from_service() => {}
                Err(error) => remains.not_known.push(NotKnown {
                    account: account_of(id),
                    profile: Some(id.clone()),
                    kind: None,
                    why: format!("it could not be read: {}", error.kind()),
                }),
            }
        }
        for provider in directory.providers() {
            remains.add_memberships(directory, &**provider, &profiles).await;
            remains.add_owned(&**provider, &profiles).await;
        }
        remains
    }

    /// Adds what a profile shows.
    fn add(&mut self, profile: &Profile, capabilities: &Capabilities) {
        let id = &profile.id;
        let found = |kind, native: Option<&String>, name: Option<&String>| Remainder {
            profile: id.clone(),
            kind,
            id: native.cloned(),
            name: name.cloned(),
        };
        let is_pending = profile.status.is_known_to_be(&Status::Pending);
        let kind = if is_pending { RemainderKind::Invitation } else { RemainderKind::Profile };
        match profile.status.value() {
            Some(Status::Suspended | Status::Deleted) => {}
            Some(_) => self.found.push(found(kind, None, None)),
            None => self.lacks(profile, kind, &FieldPath::STATUS, capabilities),
        }
        for assignment in profile.roles.items() {
            let role = assignment.role.value();
            let name = role.and_then(|role| role.name.value());
            let reference = assignment.reference().or_else(|| name.cloned());
            self.found.push(found(RemainderKind::Role, reference.as_ref(), name));
        }
        for group in profile.groups.items() {
            self.found.push(found(RemainderKind::Group, group.id.value(), group.name.value()));
        }
        for credential in profile.credentials.items() {
            self.found.push(found(RemainderKind::Credential, credential.id.value(), credential.name.value()));
        }
        let lists = [
            (RemainderKind::Role, &FieldPath::ROLES),
            (RemainderKind::Group, &FieldPath::GROUPS),
            (RemainderKind::Credential, &FieldPath::CREDENTIALS),
        ];
        for (kind, path) in lists {
            if !matches!(profile.state(path, capabilities), FieldState::Value | FieldState::Null) {
                self.lacks(profile, kind, path, capabilities);
            }
        }
        self.not_known.push(NotKnown {
            account: account_of(id),
            profile: Some(id.clone()),
            kind: Some(RemainderKind::Session),
            why: "no record of a profile shows sessions".to_owned(),
        });
    }

    fn lacks(
        &mut self,
        profile: &Profile,
        kind: RemainderKind,
        path: &FieldPath,
        capabilities: &Capabilities,
    ) {
        let why = match profile.state(path, capabilities) {
            FieldState::Withheld => "this credential may not see it",
            FieldState::Unsupported if capabilities.fields.get(path).is_some() => {
                "no record of this profile shows it, and another kind of record does"
            }
            FieldState::Unsupported => "the service does not show it",
            FieldState::Null => "the service says null",
            _ => "the service did not send it",
        };
        let id = &profile.id;
        let (account, profile) = (account_of(id), Some(id.clone()));
        self.not_known.push(NotKnown { account, profile, kind: Some(kind), why: why.to_owned() });
    }

    /// Adds the memberships of a person in the organizations that an account lists.
    async fn add_memberships(
        &mut self,
        directory: &Directory,
        provider: &dyn ProfileProvider,
        persons: &[Profile],
    ) {
        let capabilities = provider.capabilities();
        let not_known = |why: String| NotKnown::of_account(provider.info(), RemainderKind::Membership, why);
        // The groups of a person may be a field of the profile, which was read.
        let has_groups = capabilities.fields.readable(&FieldPath::GROUPS) == Readable::Yes;
        let kinds = capabilities.operations.members.kinds().iter();
        let kinds: Vec<&IdKind> = kinds.filter(|kind| !(has_groups && kind.as_str() == "group")).collect();
        let is_listed =
            |kind: &&IdKind| capabilities.listing.collections.iter().any(|listed| listed.kind == **kind);
        if kinds.is_empty() {
            return;
        }
        if !kinds.iter().any(is_listed) {
            self.not_known.push(not_known(
                "the account does not list the organizations whose members it can show".to_owned(),
            ));
            return;
        }
        let listing = match provider.list_all(ListQuery::new()).await {
            Ok(listing) => listing,
            Err(error) => {
                self.not_known.push(not_known(format!("not everybody could be listed: {}", error.kind())));
                return;
            }
        };
        for place in listing.profiles.iter().filter(|it| kinds.contains(&&it.id.kind)) {
            let listed = match directory.members(&place.id, ListQuery::new()) {
                Ok(stream) => stream.require_complete().try_collect::<Vec<_>>().await,
                Err(error) => Err(error),
            };
            let members = match listed {
                Ok(members) => members,
                Err(error) => {
                    let why = format!("the members of {} could not be listed: {}", place.id, error.kind());
                    self.not_known.push(not_known(why));
                    continue;
                }
            };
            let is_member = |person: &&Profile| members.iter().any(|member| member.id.is_same_as(&person.id));
            for person in persons.iter().filter(is_member) {
                self.found.push(Remainder {
                    profile: person.id.clone(),
                    kind: RemainderKind::Membership,
                    id: Some(place.id.to_string()),
                    name: Some(place.label().into_owned()),
                });
            }
        }
    }

    /// Adds the service users of an account that one of these profiles owns, by its id or its address.
    async fn add_owned(&mut self, provider: &dyn ProfileProvider, owners: &[Profile]) {
        let not_known = |why: String| NotKnown::of_account(provider.info(), RemainderKind::Ownership, why);
        if provider.capabilities().fields.get(&FieldPath::OWNER).is_none() {
            self.not_known.push(not_known("the service does not say who owns a service user".to_owned()));
            return;
        }
        let listing = match provider.list_all(ListQuery::new()).await {
            Ok(listing) => listing,
            Err(error) => {
                self.not_known.push(not_known(format!("not everybody could be listed: {}", error.kind())));
                return;
            }
        };
        let mut silent = 0_usize;
        for profile in listing.profiles.iter().filter(|it| !it.kind.is_known_to_be(&Kind::Human)) {
            let Field::Value(owner) = &profile.owner else {
                silent +=
                    usize::from(profile.owner.is_absent() && profile.kind.is_known_to_be(&Kind::Service));
                continue;
            };
            let is_theirs = owners.iter().any(|person| {
                let is_by_id = (&person.id.service, &person.id.account)
                    == (&profile.id.service, &profile.id.account)
                    && owner.id.is_known_and(|id| id == person.id.native());
                is_by_id || owner.email.is_known_and(|address| person.has_email(address))
            });
            if is_theirs {
                let (native, name) = (profile.id.native().to_owned(), profile.label().into_owned());
                let profile = profile.id.clone();
                let kind = RemainderKind::Ownership;
                self.found.push(Remainder { profile, kind, id: Some(native), name: Some(name) });
            }
        }
        if silent > 0 {
            self.not_known.push(not_known(format!("{silent} service users were sent without an owner")));
        }
    }
}

/// Writes an id as it is written on a command line, to be handed on.
fn as_text<S: Serializer>(id: &ProfileId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

#[allow(clippy::ref_option, reason = "serde calls it so")]
fn as_optional_text<S: Serializer>(id: &Option<ProfileId>, serializer: S) -> Result<S::Ok, S::Error> {
    id.as_ref().map(ToString::to_string).serialize(serializer)
}

fn account_of(id: &ProfileId) -> String {
    format!("{}:{}", id.service, id.account)
}
