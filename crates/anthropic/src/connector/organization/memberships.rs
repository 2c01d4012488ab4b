//! The membership of one user in a workspace or a group, as a profile of its own that can be deleted.

use anyprofile_core::{
    Error, ErrorKind, Field, IdKind, Profile, ProfileId, Result,
    id::IdError,
    profile::MissingReason,
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::Action;
use anyprofile_http::{Caller, Response};

use crate::{
    CursorPaging, map,
    operations::{self, MAX_LIMIT},
    wire::{OrganizationUser, WorkspaceMember},
};

/// The kind of the id of a user's membership in a workspace: `anthropic:claude/workspace_member/WORKSPACE/USER`, with
/// both ids. See [`workspace_member_id`].
pub const WORKSPACE_MEMBER: IdKind = IdKind::new("workspace_member");
/// The kind of the id of a user's membership in a group: `anthropic:claude/rbac_group_member/GROUP/USER`, with both
/// ids. See [`rbac_group_member_id`].
pub const RBAC_GROUP_MEMBER: IdKind = IdKind::new("rbac_group_member");

/// Returns the id of a user's membership in a workspace.
///
/// The provider reads the membership by it, and removes the user from the workspace when it is deleted. The user stays
/// in the organization.
///
/// ```
/// let workspace = "anthropic:claude/workspace/wrkspc_01A".parse()?;
/// let id = anyprofile_anthropic::workspace_member_id(&workspace, "user_01B")?;
/// assert_eq!(id.kind, anyprofile_anthropic::WORKSPACE_MEMBER);
/// assert_eq!(id.native(), "wrkspc_01A/user_01B");
/// # Ok::<_, anyprofile_core::id::IdError>(())
/// ```
///
/// # Errors
/// [`IdError`] if an id contains what no id may contain.
pub fn workspace_member_id(workspace: &ProfileId, user_id: &str) -> std::result::Result<ProfileId, IdError> {
    membership_id(workspace, WORKSPACE_MEMBER, user_id)
}

/// Returns the id of a user's membership in a group.
///
/// The provider reads the membership by it, for which it reads the members of the group until it finds the user, and
/// removes the user from the group when it is deleted.
///
/// # Errors
/// [`IdError`] if an id contains what no id may contain.
pub fn rbac_group_member_id(group: &ProfileId, user_id: &str) -> std::result::Result<ProfileId, IdError> {
    membership_id(group, RBAC_GROUP_MEMBER, user_id)
}

fn membership_id(place: &ProfileId, kind: IdKind, user_id: &str) -> std::result::Result<ProfileId, IdError> {
    let native = format!("{}/{user_id}", place.native());
    ProfileId::new(place.service.clone(), place.account.clone(), kind, native)
}

/// Returns the id of the workspace or the group, and the id of the user.
fn parts<'a>(caller: &Caller, id: &'a ProfileId) -> Result<(&'a str, &'a str)> {
    let is_id = |text: &str| !text.is_empty() && !text.contains('/');
    let parts = id.native().split_once('/').filter(|(place, user)| is_id(place) && is_id(user));
    parts.ok_or_else(|| {
        let message =
            "the id of a member must be the id of the workspace or the group, '/' and the id of the user";
        Error::new(ErrorKind::InvalidRequest, message)
            .with_provider(caller.info())
            .with_hint("for example anthropic:ACCOUNT/workspace_member/wrkspc_01A/user_01B")
    })
}

/// Gets a membership together with the record of its user, which may be unreadable. The role in the workspace is the
/// member's role.
pub(super) async fn get(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (place, user_id) = parts(caller, id)?;
    let mut member = if id.kind == RBAC_GROUP_MEMBER {
        member_of_group(caller, id, place, user_id).await?
    } else {
        let asked = id.clone();
        let operation = operations::get_workspace_member(place, user_id);
        caller.call(&operation.read_as(move |response| member_of_workspace(response, &asked))).await?
    };
    let (asked, own) = (id.clone(), user_id.to_owned());
    let operation = operations::get_organization_user(user_id);
    let user = caller.call(&operation.read_as(move |response| user(response, &asked, &own))).await;
    member.merge_or_note(map::ORGANIZATION_USER, user, MissingReason::of)?;
    Ok(member)
}

/// Reads a member of a workspace.
fn member_of_workspace(response: &Response, asked: &ProfileId) -> Result<Profile> {
    let received: WithRaw<WorkspaceMember> = response.decode_record()?;
    let (place, user) = (received.record.workspace_id.value(), received.record.user_id.value());
    response.is_of(asked, both(place, user).as_ref())?;
    let mut profile = map::workspace_member(asked.clone(), received.record);
    profile.raw = received.raw;
    Ok(profile)
}

/// Looks for a member in the list of a group: the service has no operation that reads one.
async fn member_of_group(caller: &Caller, id: &ProfileId, group: &str, user_id: &str) -> Result<Profile> {
    let mut paging = CursorPaging { limit: Some(MAX_LIMIT), page: None };
    let mut unread = 0;
    loop {
        let page = caller.call(&operations::list_rbac_group_members(group, &paging)).await?;
        let next = paging.following(&page.list).map_err(|error| error.with_provider(caller.info()))?;
        let mut members = page.list.data.into_iter();
        if let Some(member) =
            members.find(|it| it.user_id.value().is_some_and(|user| user.as_str() == user_id))
        {
            return Ok(map::rbac_group_member(id.clone(), member));
        }
        unread += page.quarantined.len();
        let Some(next) = next else { break };
        paging = next;
    }
    let error = if unread == 0 {
        Error::new(ErrorKind::NotFound, "the user is not a member of the group")
    } else {
        Error::new(ErrorKind::Decode, "a member of the group could not be read, and may be the one")
    };
    Err(error.with_provider(caller.info()).with_operation("AdminListGroupMembers"))
}

/// Reads the user of a member.
fn user(response: &Response, asked: &ProfileId, user_id: &str) -> Result<Profile> {
    let received: WithRaw<OrganizationUser> = response.decode_record()?;
    if received.record.id.value().is_none_or(|id| id.as_str() != user_id) {
        return Err(response.error(ErrorKind::Decode, "the record is not the one of the member's user"));
    }
    let mut user = map::organization_user(asked.clone(), received.record);
    user.roles = Field::Absent;
    Ok(user)
}

/// Returns the native id of a membership.
fn both(place: Option<&OpaqueId>, user: Option<&OpaqueId>) -> Option<OpaqueId> {
    Some(OpaqueId::from(format!("{}/{}", place?.as_str(), user?.as_str()).as_str()))
}

/// Returns the action that removes a member.
pub(super) fn remove(caller: &Caller, id: &ProfileId) -> Result<Action> {
    let (place, user_id) = parts(caller, id)?;
    let operation = if id.kind == RBAC_GROUP_MEMBER {
        operations::remove_rbac_group_member(place, user_id)
    } else {
        operations::remove_workspace_member(place, user_id)
    };
    // The response names both ids in keys of their own.
    Ok(Action::acknowledged(operation))
}
