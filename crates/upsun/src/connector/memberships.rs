//! The membership of one user in one organization, as a profile of its own that can be deleted.

use anyprofile_core::{
    Error, ErrorKind, IdKind, Profile, ProfileId, Result,
    id::IdError,
    profile::MissingReason,
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::Action;
use anyprofile_http::{Caller, Response};
use futures_util::future::join;

use crate::{
    map::{self, USER},
    operations,
    wire::{OrganizationMember, User},
};

/// The kind of the id of a membership: `upsun:acme/member/ORGANIZATION/USER`, with the id of the organization (a
/// ULID) and the id of the user. See [`member_id`].
pub const MEMBER: IdKind = IdKind::new("member");

/// Returns the id of a user's membership in an organization.
///
/// The provider reads the membership by it, and removes the member when it is deleted. The user stays, and so do
/// the user's memberships in other organizations.
///
/// ```
/// let organization = "upsun:acme/organization/01HZX3K8Q0T7V9W2B4N6M8P0RS".parse()?;
/// let id = anyprofile_upsun::member_id(&organization, "3c90c3cc-0d44-4b50-8888-8dd25736052a")?;
/// assert_eq!(id.kind, anyprofile_upsun::MEMBER);
/// assert_eq!(id.native(), "01HZX3K8Q0T7V9W2B4N6M8P0RS/3c90c3cc-0d44-4b50-8888-8dd25736052a");
/// # Ok::<_, anyprofile_core::id::IdError>(())
/// ```
///
/// # Errors
/// [`IdError`] if an id contains what no id may contain.
pub fn member_id(organization: &ProfileId, user_id: &str) -> std::result::Result<ProfileId, IdError> {
    let native = format!("{}/{user_id}", organization.native());
    ProfileId::new(organization.service.clone(), organization.account.clone(), MEMBER, native)
}

/// Returns the id of the organization and the id of the user.
fn parts<'a>(caller: &Caller, id: &'a ProfileId) -> Result<(&'a str, &'a str)> {
    let is_id = |text: &str| !text.is_empty() && !text.contains(['/', '=']);
    id.native().split_once('/').filter(|(organization, user)| is_id(organization) && is_id(user)).ok_or_else(
        || {
            let message = "the id of a member must be the id of the organization, '/' and the id of the user";
            Error::new(ErrorKind::InvalidRequest, message)
                .with_provider(caller.info())
                .with_hint("for example upsun:ACCOUNT/member/01HZX3K8Q0T7V9W2B4N6M8P0RS/USER")
        },
    )
}

/// Gets a membership together with the record of its user, which may be unreadable.
pub(super) async fn get(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (organization, user_id) = parts(caller, id)?;
    let (asked, organization_id) = (id.clone(), organization.to_owned());
    let member = operations::get_organization_member(organization, user_id)
        .read_as(move |response| member(response, &asked, &organization_id));
    let (asked, own) = (id.clone(), user_id.to_owned());
    let user = operations::get_user(user_id).read_as(move |response| user(response, &asked, &own));
    let (member, user) = join(caller.call(&member), caller.call(&user)).await;
    let mut member = member?;
    member.merge_or_note(USER, user, MissingReason::of)?;
    Ok(member)
}

/// Reads a member. The record may omit the organization, but it must contain the user.
fn member(response: &Response, asked: &ProfileId, organization: &str) -> Result<Profile> {
    let received: WithRaw<OrganizationMember> = response.decode_record()?;
    let record = &received.record;
    let organization = record.organization_id.value().map_or(organization, OpaqueId::as_str);
    let user = record.user_id.value().or(record.id.value());
    let own = user.map(|user| OpaqueId::from(format!("{organization}/{}", user.as_str()).as_str()));
    response.is_of(asked, own.as_ref())?;
    let mut profile = map::member(asked.clone(), received.record);
    profile.raw = received.raw;
    Ok(profile)
}

/// Reads the user of a member.
fn user(response: &Response, asked: &ProfileId, user_id: &str) -> Result<Profile> {
    let received: WithRaw<User> = response.decode_record()?;
    match received.record.id.value() {
        Some(id) if id.as_str() == user_id => Ok(map::user(asked.clone(), received.record)),
        _ => Err(response.error(ErrorKind::Decode, "the record is not the one of the member's user")),
    }
}

/// Returns the action that removes a member.
pub(super) fn remove(caller: &Caller, id: &ProfileId) -> Result<Action> {
    let (organization, user_id) = parts(caller, id)?;
    // The response has no record; if it had one, its id would be the user's.
    Ok(Action::acknowledged(operations::delete_organization_member(organization, user_id)))
}
