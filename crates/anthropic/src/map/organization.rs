//! Maps the organization and its own people.

use anyprofile_core::{
    Email, Field, FieldPath, Kind, Profile, ProfileId, Status,
    profile::{Extension, Group, Role, RoleAssignment, RoleScope, ScopeTier, View},
    wire::{OpaqueId, note_other_types, read_time},
};

use super::AnthropicExtension;
use crate::wire::{self, InviteStatus, OrganizationRole};

/// The view of a user in `/v1/organizations/users`.
pub(crate) const ORGANIZATION_USER: View = View::new("organization_user");
/// The view of an invite in `/v1/organizations/invites`.
pub(crate) const INVITE: View = View::new("invite");
/// The view of a user or a service account in the lists of a workspace's members.
pub(crate) const WORKSPACE_MEMBER: View = View::new("workspace_member");
/// The view of a user in `/v1/organizations/rbac_groups/{rbac_group_id}/members`.
pub(crate) const RBAC_GROUP_MEMBER: View = View::new("rbac_group_member");
/// The view of a service account in `/v1/organizations/service_accounts`.
pub(crate) const SERVICE_ACCOUNT: View = View::new("service_account");
/// The view of the organization in `/v1/organizations/me`.
pub(crate) const ORGANIZATION: View = View::new("organization");

/// Maps a user of the organization.
pub(crate) fn organization_user(id: ProfileId, record: wire::OrganizationUser) -> Profile {
    let mut profile = Profile::read_from(ORGANIZATION_USER, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::OrganizationUser::KEYS);
    profile.kind = Kind::Human.into();
    profile.name.display = record.name.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null());
    profile.roles = roles(record.role.as_ref().map(OrganizationRole::as_str));
    profile.times.created = read_time(&mut profile, FieldPath::TIMES_CREATED, "added_at", record.added_at);
    profile
}

/// Maps an invite.
pub(crate) fn invite(id: ProfileId, mut record: wire::Invite) -> Profile {
    let mut profile = Profile::read_from(INVITE, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::Invite::KEYS);
    profile.kind = Kind::Human.into();
    profile.status_raw = record.status.as_ref().map(|status| status.as_str().to_owned());
    // An accepted invite is a user with another id: the invite is neither active nor pending any more.
    profile.status = record.status.as_ref().map(|status| match status {
        InviteStatus::Pending => Status::Pending,
        InviteStatus::Deleted => Status::Deleted,
        other => Status::from(other.as_str()),
    });
    profile.emails = Email::login(record.email.clone().empty_as_null());
    profile.roles = roles(record.role.as_ref().map(OrganizationRole::as_str));
    profile.groups = record.rbac_group_ids.as_ref().map(|ids| ids.iter().map(|id| group(id)).collect());
    let invited = record.invited_at.clone();
    profile.times.created = read_time(&mut profile, FieldPath::TIMES_CREATED, "invited_at", invited);
    profile.extension = Some(Extension::new(AnthropicExtension {
        invite: Box::new(record).into(),
        ..AnthropicExtension::default()
    }));
    profile
}

/// Maps the organization itself.
pub(crate) fn organization(id: ProfileId, record: wire::Organization) -> Profile {
    let mut profile = Profile::read_from(ORGANIZATION, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::Organization::KEYS);
    profile.kind = Kind::Organization.into();
    profile.name.display = record.name.empty_as_null();
    profile
}

/// Maps the membership of a user in a workspace.
pub(crate) fn workspace_member(id: ProfileId, record: wire::WorkspaceMember) -> Profile {
    let mut profile = Profile::read_from(WORKSPACE_MEMBER, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::WorkspaceMember::KEYS);
    profile.kind = Kind::Human.into();
    profile.roles = roles_in_workspace(record.workspace_role.as_ref(), record.workspace_id);
    profile
}

/// Maps the membership of a service account in a workspace.
pub(crate) fn service_account_in_workspace(
    id: ProfileId,
    record: wire::ServiceAccountWorkspaceMember,
) -> Profile {
    let mut profile = Profile::read_from(WORKSPACE_MEMBER, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::ServiceAccountWorkspaceMember::KEYS);
    profile.kind = Kind::Service.into();
    profile.roles = roles_in_workspace(record.workspace_role.as_ref(), record.workspace_id);
    profile
}

/// Maps the membership of a user in a group.
pub(crate) fn rbac_group_member(id: ProfileId, mut record: wire::RbacGroupMember) -> Profile {
    let mut profile = Profile::read_from(RBAC_GROUP_MEMBER, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::RbacGroupMember::KEYS);
    profile.kind = Kind::Human.into();
    profile.emails = Email::login(record.email.clone().empty_as_null());
    profile.groups = record.rbac_group_id.as_ref().map(|id| vec![group(id.as_str())]);
    profile.extension = Some(Extension::new(AnthropicExtension {
        group_member: Box::new(record).into(),
        ..AnthropicExtension::default()
    }));
    profile
}

/// Maps a service account. An archived one exists and cannot act, for good.
pub(crate) fn service_account(id: ProfileId, mut record: wire::ServiceAccount) -> Profile {
    let mut profile = Profile::read_from(SERVICE_ACCOUNT, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::ServiceAccount::KEYS);
    profile.kind = Kind::Service.into();
    profile.status = match &record.archived_at {
        Field::Value(_) => Status::Suspended.into(),
        Field::Null => Status::Active.into(),
        Field::Absent => Field::Absent,
    };
    profile.name.display = record.name.clone().empty_as_null();
    profile.roles = roles(record.organization_role.as_ref().map(wire::ServiceAccountRole::as_str));
    let (created, updated) = (record.created_at.clone(), record.updated_at.clone());
    profile.times.created = read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", created);
    profile.times.updated = read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", updated);
    profile.extension = Some(Extension::new(AnthropicExtension {
        service_account: Box::new(record).into(),
        ..AnthropicExtension::default()
    }));
    profile
}

/// Returns a group, of which the record has the id alone.
fn group(id: &str) -> Group {
    Group::default().with_id(id).with_kind("rbac_group")
}

/// Returns the one role of a user or a service account, whose scope is the whole organization.
fn roles(word: Field<&str>) -> Field<Vec<RoleAssignment>> {
    word.map(|word| {
        let scope = RoleScope::default().with_tier(ScopeTier::Organization);
        vec![RoleAssignment::new(Role::default().with_name(word), scope)]
    })
}

/// Returns the one role of a member, whose scope is the workspace.
fn roles_in_workspace(
    word: Field<&wire::WorkspaceRole>,
    workspace_id: Field<OpaqueId>,
) -> Field<Vec<RoleAssignment>> {
    word.map(|word| {
        let scope = RoleScope::default().with_tier(ScopeTier::Workspace);
        let scope = match workspace_id.into_value() {
            Some(id) => scope.with_id(id.as_str()),
            None => scope,
        };
        vec![RoleAssignment::new(Role::default().with_name(word.as_str()), scope)]
    })
}
