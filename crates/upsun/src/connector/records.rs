//! One profile, and what the service shows of it elsewhere.

use anyprofile_core::{
    Error, GetOptions, IdKind, Profile, ProfileId, Result,
    profile::{MissingReason, View},
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::Mapping;
use anyprofile_http::{Caller, Operation};
use futures_util::future::join;

use crate::{
    map::{self, ADDRESS, ORGANIZATION, ORGANIZATION_PROFILE, USER},
    operations, wire,
};

/// Profiles of `/profiles`.
pub(super) static PROFILES: Mapping<wire::Profile> =
    Mapping::new(IdKind::USER, |record: &wire::Profile| record.id.value(), map::profile)
        .taking_id(|record| record.id.take());
/// Users of `/users`.
pub(super) static USERS: Mapping<wire::User> =
    Mapping::new(IdKind::USER, |record: &wire::User| record.id.value(), map::user)
        .taking_id(|record| record.id.take());
/// Organizations of `/organizations`.
pub(super) static ORGANIZATIONS: Mapping<wire::Organization> =
    Mapping::new(IdKind::ORGANIZATION, |record| record.id.value(), map::organization);
/// Profiles of organizations, which have another id than the organization.
pub(super) static ORGANIZATION_PROFILES: Mapping<wire::Profile> =
    Mapping::new(IdKind::ORGANIZATION, |_| None, map::profile);
/// Addresses, which have no id.
static ADDRESSES: Mapping<wire::Address> = Mapping::new(IdKind::USER, |_| None, map::address);

async fn called(caller: &Caller, operation: Operation<Profile>) -> Result<Profile> {
    caller.call(&operation).await
}

/// A profile of `/profiles`.
pub(super) async fn profile(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    called(caller, PROFILES.asked(operations::get_profile(id.native()), id)).await
}

/// An organization by its id or its name: its profile, or, where there is none or all is asked for, its record with the
/// profile.
pub(super) async fn organization(caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
    if options.enrich {
        return organization_with_profile(caller, id, MissingReason::of).await;
    }
    let profile = organization_profile(caller, id).await;
    if profile.as_ref().err().and_then(MissingReason::of).is_none() {
        return profile;
    }
    // The organization may be there without a profile, as the listing shows it.
    let record = organization_record(caller, id).await;
    both((profile, ORGANIZATION_PROFILE), (record, ORGANIZATION), MissingReason::of)
}

/// An organization's record with its profile, of which either may be one that cannot be read.
pub(super) async fn organization_with_profile(
    caller: &Caller,
    id: &ProfileId,
    reason_of: ReasonOf,
) -> Result<Profile> {
    let (record, profile) = join(organization_record(caller, id), organization_profile(caller, id)).await;
    // Only the record says which id belongs to a name.
    if id.native().starts_with("name=") && record.is_err() {
        return record;
    }
    both((record, ORGANIZATION), (profile, ORGANIZATION_PROFILE), reason_of)
}

async fn organization_profile(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let operation = operations::get_organization_profile(id.native());
    called(caller, ORGANIZATION_PROFILES.under_asked(operation, id)).await
}

/// The organization by its id or its name, under its own id.
async fn organization_record(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (operation, asked) = (operations::get_organization(id.native()), id.clone());
    let operation = operation.read_as(move |response| {
        let Some(_) = asked.native().strip_prefix("name=") else {
            return ORGANIZATIONS.read_of(response, &asked);
        };
        let kept: WithRaw<wire::Organization> = response.decode_record()?;
        let came = kept.record.name.value().map(|name| OpaqueId::from(format!("name={name}").as_str()));
        response.is_of(&asked, came.as_ref())?;
        ORGANIZATIONS
            .profile(response, kept)
            .map_err(|reason| response.error(anyprofile_core::ErrorKind::Decode, reason))
    });
    called(caller, operation).await
}

/// A further record of a profile.
pub(super) async fn further(caller: &Caller, id: &ProfileId, view: &View) -> Result<Profile> {
    let native = id.native();
    match (view, id.kind == IdKind::ORGANIZATION) {
        (view, true) if *view == ORGANIZATION => organization_record(caller, id).await,
        (view, true) if *view == ORGANIZATION_PROFILE => organization_profile(caller, id).await,
        (view, true) if *view == ADDRESS => {
            called(caller, ADDRESSES.under_asked(operations::get_organization_address(native), id)).await
        }
        (view, false) if *view == ADDRESS => {
            called(caller, ADDRESSES.under_asked(operations::get_profile_address(native), id)).await
        }
        (view, false) if *view == USER => called(caller, USERS.asked(operations::get_user(native), id)).await,
        _ => profile(caller, id).await,
    }
}

/// Which errors are a reason why a record is missing, and no failure.
type ReasonOf = fn(&Error) -> Option<MissingReason>;

/// One profile of two records, of which either may be one that cannot be read.
///
/// # Errors
/// The first record's error if neither can be read, and either's if it says nothing of the record.
fn both(
    (first, first_view): (Result<Profile>, View),
    (second, second_view): (Result<Profile>, View),
    reason_of: ReasonOf,
) -> Result<Profile> {
    match (first, second) {
        (Ok(mut first), second) => {
            first.merge_or_note(second_view, second, reason_of)?;
            Ok(first)
        }
        (Err(error), Ok(mut second)) => {
            second.note_missing(first_view, reason_of(&error).ok_or(error)?);
            Ok(second)
        }
        // A failure that may pass is told before one that says that there is nothing to read.
        (Err(first), Err(second)) => {
            let is_told = reason_of(&first).is_some() && reason_of(&second).is_none();
            Err(if is_told { second } else { first })
        }
    }
}
