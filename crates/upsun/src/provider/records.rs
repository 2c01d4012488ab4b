//! One profile, and what the service shows of it elsewhere.

use anyprofile_core::{
    Effort, Error, GetOptions, IdKind, MissingReason, Page, Profile, ProfileId, Result, View,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::Request;
use futures_util::{StreamExt as _, future::join, stream};

use super::UpsunProvider;
use crate::{
    client::{
        organization_address_request, organization_record_request, organization_request,
        profile_address_request, profile_request, user_request,
    },
    map::{self, ADDRESS, ORGANIZATION, ORGANIZATION_PROFILE, PROFILE, USER},
    wire,
};

/// How many profiles are completed side by side.
pub(super) const SIDE_BY_SIDE: usize = 4;

/// A profile, and what it took.
pub(super) type Read = Result<(Profile, Effort)>;

impl UpsunProvider {
    /// Reads one record of the profile with this id. `identity` says what proves that it is this one's.
    async fn read<T: Tolerant>(
        &self,
        request: Request,
        id: ProfileId,
        identity: Identity<T>,
        map: fn(ProfileId, T) -> Profile,
    ) -> Read {
        let answer = self.client.http.send(request).await?;
        let kept: WithRaw<T> = answer.decode_record()?;
        match identity {
            Identity::Id(own_id) => answer.is_of(&id, own_id(&kept.record))?,
            Identity::Name(name) => {
                let came = name(&kept.record).map(|name| OpaqueId::from(format!("name={name}").as_str()));
                answer.is_of(&id, came.as_ref())?;
            }
            Identity::NotTold => {}
        }
        Ok((self.with_raw(map(id, kept.record), kept.raw), answer.effort))
    }

    pub(super) async fn profile_record(&self, id: &ProfileId) -> Read {
        let identity = Identity::Id(|record: &wire::Profile| record.id.value());
        self.read(profile_request(id.native()), id.clone(), identity, map::profile).await
    }

    /// The profile of an organization, whose record has another id than the organization.
    pub(super) async fn organization_profile(&self, id: &ProfileId, address: &str) -> Read {
        self.read(organization_request(address), id.clone(), Identity::NotTold, map::profile).await
    }

    /// The organization by its address, under its own id where the record says one.
    pub(super) async fn organization_record(&self, id: &ProfileId, address: &str) -> Read {
        let named = |id: ProfileId, record: wire::Organization| {
            let own = record.id.value().map_or_else(|| id.native(), OpaqueId::as_str);
            let own = ProfileId::new(id.service.clone(), id.account.clone(), id.kind.clone(), own);
            map::organization(own.unwrap_or(id), record)
        };
        let identity = if address.starts_with("name=") {
            Identity::Name(|record: &wire::Organization| record.name.value())
        } else {
            Identity::Id(|record: &wire::Organization| record.id.value())
        };
        self.read(organization_record_request(address), id.clone(), identity, named).await
    }

    pub(super) async fn one(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let native = id.native();
        let read = match (id.kind == IdKind::ORGANIZATION, options.enrich) {
            (true, false) => {
                let profile = self.organization_profile(id, native).await;
                if profile.as_ref().err().and_then(MissingReason::of).is_none() {
                    return profile.map(|(profile, _)| profile);
                }
                // The organization may be there without a profile, as the listing shows it.
                let record = self.organization_record(id, native).await;
                both(profile, ORGANIZATION_PROFILE, record, ORGANIZATION, MissingReason::of)
            }
            (false, false) => self.profile_record(id).await,
            (false, true) => self.enriched(self.profile_record(id).await?, MissingReason::of).await,
            (true, true) => {
                let (record, profile) =
                    join(self.organization_record(id, native), self.organization_profile(id, native)).await;
                let read = both(record, ORGANIZATION, profile, ORGANIZATION_PROFILE, MissingReason::of)?;
                self.enriched(read, MissingReason::of).await
            }
        };
        read.map(|(profile, _)| profile)
    }

    /// A page with each profile enriched, a few at once.
    pub(super) async fn enriched_page(&self, page: &mut Page<Profile>) -> Result<()> {
        let profiles = std::mem::take(&mut page.items);
        let mut reads = stream::iter(profiles)
            .map(|profile| self.enriched((profile, Effort::default()), OF_ONE))
            .buffered(SIDE_BY_SIDE);
        while let Some(read) = reads.next().await {
            let (profile, effort) = read?;
            page.effort += effort;
            page.items.push(profile);
        }
        Ok(())
    }

    /// Adds to a profile the user of `/users`, if it is one's, and the postal address.
    async fn enriched(&self, (mut profile, mut effort): (Profile, Effort), reason_of: ReasonOf) -> Read {
        let id = profile.id.clone();
        let address = if id.kind == IdKind::ORGANIZATION {
            self.address(&id).await
        } else {
            let identity = Identity::Id(|record: &wire::User| record.id.value());
            let user = self.read(user_request("get-user", id.native()), id.clone(), identity, map::user);
            let (user, address) = join(user, self.address(&id)).await;
            effort += effort_of(&user);
            add(&mut profile, USER, user, reason_of)?;
            address
        };
        effort += effort_of(&address);
        add(&mut profile, ADDRESS, address, reason_of)?;
        Ok((profile, effort))
    }

    /// Adds to the user of `/users` what the service shows of it elsewhere.
    pub(super) async fn enrich_user(&self, mut user: Profile) -> Result<Profile> {
        let id = user.id.clone();
        let (profile, address) = join(self.profile_record(&id), self.address(&id)).await;
        add(&mut user, PROFILE, profile, MissingReason::of)?;
        add(&mut user, ADDRESS, address, MissingReason::of)?;
        Ok(user)
    }

    /// Adds the postal address alone.
    pub(super) async fn with_address(&self, mut profile: Profile) -> Result<Profile> {
        let address = self.address(&profile.id).await;
        add(&mut profile, ADDRESS, address, MissingReason::of)?;
        Ok(profile)
    }

    async fn address(&self, id: &ProfileId) -> Read {
        let request = if id.kind == IdKind::ORGANIZATION {
            organization_address_request(id.native())
        } else {
            profile_address_request(id.native())
        };
        self.read(request, id.clone(), Identity::NotTold, map::address).await
    }
}

/// What proves that a record is the one that was asked for.
enum Identity<T> {
    /// The id that the record has.
    Id(fn(&T) -> Option<&OpaqueId>),
    /// The name that the record has, where it is asked for by `name=`.
    Name(fn(&T) -> Option<&String>),
    /// Nothing: it has no id that the profile is asked for by.
    NotTold,
}

/// Which errors are a reason why a record is missing, and no failure.
pub(super) type ReasonOf = fn(&Error) -> Option<MissingReason>;

/// In a listing.
pub(super) const OF_ONE: ReasonOf = MissingReason::of_one_among_many;

fn add(profile: &mut Profile, view: View, other: Read, reason_of: ReasonOf) -> Result<()> {
    profile.merge_or_note(view, other.map(|(other, _)| other), reason_of)
}

fn effort_of(read: &Read) -> Effort {
    match read {
        Ok((_, effort)) => *effort,
        Err(error) => error.effort(),
    }
}

/// One profile of two records, of which either may be one that cannot be read, and what they took.
///
/// # Errors
/// The first record's error if neither can be read, and either's if it says nothing of the record.
pub(super) fn both(
    first: Read,
    first_view: View,
    second: Read,
    second_view: View,
    reason_of: ReasonOf,
) -> Read {
    let mut effort = effort_of(&first);
    effort += effort_of(&second);
    let failed = |error: Error| error.with_effort(effort);
    match (first, second) {
        (Ok((mut first, _)), second) => {
            add(&mut first, second_view, second, reason_of).map_err(failed)?;
            Ok((first, effort))
        }
        (Err(error), Ok((mut second, _))) => {
            let reason = reason_of(&error).ok_or_else(|| failed(error))?;
            second.note_missing(first_view, reason);
            Ok((second, effort))
        }
        // A failure that may pass is told before one that says that there is nothing to read.
        (Err(first), Err(second)) => {
            let is_told = reason_of(&first).is_some() && reason_of(&second).is_none();
            Err(failed(if is_told { second } else { first }))
        }
    }
}
