//! One profile, and its further records.

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

/// The profiles of `/profiles`.
pub(super) static PROFILES: Mapping<wire::Profile> =
    Mapping::new(IdKind::USER, |record: &wire::Profile| record.id.value(), map::profile)
        .taking_id(|record| record.id.take());
/// The users of `/users`.
pub(super) static USERS: Mapping<wire::User> =
    Mapping::new(IdKind::USER, |record: &wire::User| record.id.value(), map::user)
        .taking_id(|record| record.id.take());
/// The organizations of `/organizations`.
pub(super) static ORGANIZATIONS: Mapping<wire::Organization> =
    Mapping::new(IdKind::ORGANIZATION, |record| record.id.value(), map::organization);
/// The profiles of organizations, whose id differs from the id of the organization.
pub(super) static ORGANIZATION_PROFILES: Mapping<wire::Profile> =
    Mapping::new(IdKind::ORGANIZATION, |_| None, map::profile);
/// The addresses, which have no id.
static ADDRESSES: Mapping<wire::Address> = Mapping::new(IdKind::USER, |_| None, map::address);

async fn called(caller: &Caller, operation: Operation<Profile>) -> Result<Profile> {
    caller.call(&operation).await
}

/// Gets a profile of `/profiles`.
pub(super) async fn profile(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    called(caller, PROFILES.asked(operations::get_profile(id.native()), id)).await
}

/// Gets an organization by its id or its name. Returns its profile. If the profile does not exist, or if
/// enrichment is requested, returns the organization record together with the profile.
pub(super) async fn organization(caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
    if options.enrich {
        return organization_with_profile(caller, id, MissingReason::of).await;
    }
    let profile = organization_profile(caller, id).await;
    if profile.as_ref().err().and_then(MissingReason::of).is_none() {
        return profile;
    }
    // An organization may exist without a profile. The listing shows it too.
    let record = organization_record(caller, id).await;
    both((profile, ORGANIZATION_PROFILE), (record, ORGANIZATION), MissingReason::of)
}

/// Gets the record of an organization together with its profile. One of them may be unreadable.
pub(super) async fn organization_with_profile(
    caller: &Caller,
    id: &ProfileId,
    reason_of: ReasonOf,
) -> Result<Profile> {
    let (record, profile) = join(organization_record(caller, id), organization_profile(caller, id)).await;
    // Only the record contains the id that belongs to a name.
    if id.native().starts_with("name=") && record.is_err() {
        return record;
    }
    both((record, ORGANIZATION), (profile, ORGANIZATION_PROFILE), reason_of)
}

async fn organization_profile(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let operation = operations::get_organization_profile(id.native());
    called(caller, ORGANIZATION_PROFILES.under_asked(operation, id)).await
}

/// Gets the record of an organization by its id or its name. The profile has the id of the organization.
async fn organization_record(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (operation, asked) = (operations::get_organization(id.native()), id.clone());
    let operation = operation.read_as(move |response| {
        let Some(_) = asked.native().strip_prefix("name=") else {
            return ORGANIZATIONS.read_of(response, &asked);
        };
        let received: WithRaw<wire::Organization> = response.decode_record()?;
        let address =
            received.record.name.value().map(|name| OpaqueId::from(format!("name={name}").as_str()));
        response.is_of(&asked, address.as_ref())?;
        ORGANIZATIONS
            .profile(response, received)
            .map_err(|reason| response.error(anyprofile_core::ErrorKind::Decode, reason))
    });
    called(caller, operation).await
}

/// Gets a further record of a profile.
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

/// Decides which errors are a reason for a missing record rather than a failure.
type ReasonOf = fn(&Error) -> Option<MissingReason>;

/// Merges two records into one profile. One of them may be unreadable.
///
/// # Errors
/// The error of the first record if both are unreadable, and the error of either record if it is a failure
/// rather than a reason for a missing record.
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
        // A failure that may be temporary takes precedence over an error that says that the record does not
        // exist.
        (Err(first), Err(second)) => {
            let second_is_failure = reason_of(&first).is_some() && reason_of(&second).is_none();
            Err(if second_is_failure { second } else { first })
        }
    }
}
