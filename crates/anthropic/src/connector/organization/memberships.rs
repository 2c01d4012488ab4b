//! The membership of a user or a service account in a workspace, or of a user in a group, as a profile of its own that
//! can be deleted.

use std::collections::HashSet;

use anyprofile_core::{
    Error, ErrorKind, IdKind, Profile, ProfileId, Result,
    id::IdError,
    profile::MissingReason,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_engine::{Action, Mapping};
use anyprofile_http::{Caller, Operation, Response};

use super::members::{ACCOUNT_OF_WORKSPACE, OF_GROUP, OF_WORKSPACE, holder as added};
use crate::{
    CursorPaging, map,
    operations::{self, MAX_LIMIT, cursor_page},
    wire::{OrganizationUser, RbacGroupMember, ServiceAccount},
};

/// The kind of the id of a user's membership in a workspace: `anthropic:claude/workspace_member/WORKSPACE/USER`, with
/// both ids. See [`workspace_member_id`].
pub const WORKSPACE_MEMBER: IdKind = IdKind::new("workspace_member");
/// The kind of the id of a service account's membership in a workspace:
/// `anthropic:claude/workspace_service_account/WORKSPACE/SERVICE_ACCOUNT`, with both ids. See
/// [`workspace_service_account_id`].
pub const WORKSPACE_SERVICE_ACCOUNT: IdKind = IdKind::new("workspace_service_account");
/// The kind of the id of a user's membership in a group: `anthropic:claude/rbac_group_member/GROUP/USER`, with both
/// ids. See [`rbac_group_member_id`].
pub const RBAC_GROUP_MEMBER: IdKind = IdKind::new("rbac_group_member");

/// Returns the id of a user's membership in a workspace, as the members of the workspace are listed.
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

/// Returns the id of a service account's membership in a workspace. The provider reads the membership by it, and removes
/// the service account from the workspace when it is deleted.
///
/// # Errors
/// [`IdError`] if an id contains what no id may contain.
pub fn workspace_service_account_id(
    workspace: &ProfileId,
    service_account_id: &str,
) -> std::result::Result<ProfileId, IdError> {
    membership_id(workspace, WORKSPACE_SERVICE_ACCOUNT, service_account_id)
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

fn membership_id(place: &ProfileId, kind: IdKind, holder: &str) -> std::result::Result<ProfileId, IdError> {
    let native = format!("{}/{holder}", place.native());
    ProfileId::new(place.service.clone(), place.account.clone(), kind, native)
}

/// Returns the id of the workspace or the group, and the id of the user or the service account.
fn parts<'a>(caller: &Caller, id: &'a ProfileId) -> Result<(&'a str, &'a str)> {
    let is_id = |text: &str| !text.is_empty() && !text.contains('/');
    let parts = id.native().split_once('/').filter(|(place, holder)| is_id(place) && is_id(holder));
    parts.ok_or_else(|| {
        let message = "the id of a member must be the id of the workspace or the group, '/' and the id of the user or \
                       the service account";
        Error::new(ErrorKind::InvalidRequest, message)
            .with_provider(caller.info())
            .with_hint("for example anthropic:ACCOUNT/workspace_member/wrkspc_01A/user_01B")
    })
}

/// Gets a membership together with the record of its user or service account, which may be unreadable.
pub(super) async fn get(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (place, holder_id) = parts(caller, id)?;
    let mut member = match id.kind.as_str() {
        "rbac_group_member" => member_of_group(caller, id, place).await?,
        "workspace_service_account" => {
            let operation = operations::get_workspace_service_account(place, holder_id);
            caller.call(&asked(&ACCOUNT_OF_WORKSPACE, operation, id)).await?
        }
        _ => {
            let operation = operations::get_workspace_member(place, holder_id);
            caller.call(&asked(&OF_WORKSPACE, operation, id)).await?
        }
    };
    let record = holder(caller, id).await;
    let view =
        if id.kind == WORKSPACE_SERVICE_ACCOUNT { map::SERVICE_ACCOUNT } else { map::ORGANIZATION_USER };
    member.merge_or_note(view, record, MissingReason::of)?;
    Ok(member)
}

/// Returns the operation that reads the requested membership, whose id consists of two ids of the record.
fn asked<T: Tolerant + 'static>(
    mapping: &'static Mapping<T>,
    operation: Operation<T>,
    id: &ProfileId,
) -> Operation<Profile> {
    let asked = id.clone();
    operation.read_as(move |response| {
        let member = mapping.read(response)?;
        response.is_of(&asked, Some(&OpaqueId::from(member.id.native())))?;
        Ok(member)
    })
}

/// Gets the user or the service account of a membership, as it is added to the membership.
pub(super) async fn holder(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let (_, holder_id) = parts(caller, id)?;
    let (asked, own) = (id.clone(), holder_id.to_owned());
    let record = if id.kind == WORKSPACE_SERVICE_ACCOUNT {
        let operation = operations::get_service_account(holder_id);
        caller.call(&operation.read_as(move |response| account(response, &asked, &own))).await?
    } else {
        let operation = operations::get_organization_user(holder_id);
        caller.call(&operation.read_as(move |response| user(response, &asked, &own))).await?
    };
    Ok(added(&Profile::new(id.clone()), record))
}

/// Looks for a member in the list of a group: the service has no operation that reads one.
async fn member_of_group(caller: &Caller, id: &ProfileId, group: &str) -> Result<Profile> {
    let mut paging = CursorPaging { limit: Some(MAX_LIMIT), page: None };
    let (mut unread, mut pages) = (0, HashSet::new());
    loop {
        let current = paging.clone();
        let asked = id.clone();
        let operation = operations::list_rbac_group_members(group, &paging).read_as(move |response| {
            let page = cursor_page::<WithRaw<RbacGroupMember>>(response)?;
            let next = current.following(&page.list);
            let next = next.map_err(|error| response.error(error.kind(), error.message().to_owned()))?;
            let members = page.list.data.into_iter().map(|member| OF_GROUP.profile(response, member));
            let (members, unreadable): (Vec<_>, Vec<_>) = members.partition(std::result::Result::is_ok);
            let unread = page.quarantined.len() + unreadable.len();
            Ok((members.into_iter().flatten().find(|member| member.id.is_same_as(&asked)), unread, next))
        });
        let (found, more_unread, next) = caller.call(&operation).await?;
        if let Some(member) = found {
            return Ok(member);
        }
        unread += more_unread;
        let Some(next) = next else { break };
        if !pages.insert(next.page.clone()) {
            return Err(of_group(caller, ErrorKind::Decode, "the pages of members lead in a circle"));
        }
        paging = next;
    }
    Err(if unread == 0 {
        of_group(caller, ErrorKind::NotFound, "the user is not a member of the group")
    } else {
        of_group(caller, ErrorKind::Decode, "a member of the group could not be read, and may be the one")
    })
}

fn of_group(caller: &Caller, kind: ErrorKind, message: &'static str) -> Error {
    Error::new(kind, message).with_provider(caller.info()).with_operation("AdminListGroupMembers")
}

/// Reads the user of a member.
fn user(response: &Response, asked: &ProfileId, user_id: &str) -> Result<Profile> {
    let received: WithRaw<OrganizationUser> = response.decode_record()?;
    if received.record.id.value().is_none_or(|id| id.as_str() != user_id) {
        return Err(response.error(ErrorKind::Decode, "the record is not the one of the member's user"));
    }
    Ok(map::organization_user(asked.clone(), received.record))
}

/// Reads the service account of a member.
fn account(response: &Response, asked: &ProfileId, service_account_id: &str) -> Result<Profile> {
    let received: WithRaw<ServiceAccount> = response.decode_record()?;
    if received.record.id.value().is_none_or(|id| id.as_str() != service_account_id) {
        let message = "the record is not the one of the member's service account";
        return Err(response.error(ErrorKind::Decode, message));
    }
    Ok(map::service_account(asked.clone(), received.record))
}

/// Returns the action that removes a member.
pub(super) fn remove(caller: &Caller, id: &ProfileId) -> Result<Action> {
    let (place, holder_id) = parts(caller, id)?;
    let operation = match id.kind.as_str() {
        "rbac_group_member" => operations::remove_rbac_group_member(place, holder_id),
        "workspace_service_account" => operations::remove_workspace_service_account(place, holder_id),
        _ => operations::remove_workspace_member(place, holder_id),
    };
    // The response names both ids in keys of their own.
    Ok(Action::acknowledged(operation))
}
