//! Maps organizations and their members.

use anyprofile_core::{
    Email, FieldPath, Kind, Profile, ProfileId, Status,
    profile::{Extension, Role, RoleAssignment, RoleScope, ScopeTier},
    wire::{note_other_types, read_time},
};

use super::{MEMBER, ORGANIZATION, USER_REFERENCE, UpsunExtension, name_of};
use crate::wire::{self, OrganizationPermission, OrganizationStatus};

/// Maps an organization of `/organizations`.
pub(crate) fn organization(id: ProfileId, mut record: wire::Organization) -> Profile {
    let mut profile = Profile::read_from(ORGANIZATION, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::Organization::KEYS);
    profile.kind = Kind::Organization.into();
    profile.status_raw = record.status.as_ref().map(|status| status.as_str().to_owned());
    profile.status = record.status.as_ref().map(|status| match status {
        OrganizationStatus::Active => Status::Active,
        OrganizationStatus::Suspended => Status::Suspended,
        OrganizationStatus::Deleted => Status::Deleted,
        other => Status::from(other.as_str()),
    });
    profile.name.display = record.label.clone().empty_as_null();
    profile.country = record.country.clone().empty_as_null();
    let (created, updated) = (record.created_at.clone(), record.updated_at.clone());
    profile.times.created = read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", created);
    profile.times.updated = read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", updated);
    profile.extension = Some(Extension::new(UpsunExtension {
        namespace: record.namespace.clone().empty_as_null(),
        organization: Box::new(record).into(),
        ..UpsunExtension::default()
    }));
    profile
}

/// Maps a member of an organization: the fields of the membership. [`user_reference`] maps the fields of the
/// user.
pub(crate) fn member(id: ProfileId, mut record: wire::OrganizationMember) -> Profile {
    let mut profile = Profile::read_from(MEMBER, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::OrganizationMember::KEYS);
    profile.kind = Kind::Human.into();
    profile.access.owner = record.owner;
    profile.roles = record.permissions.as_ref().map(|permissions| {
        let assignment = |permission: &OrganizationPermission| {
            let organization = record.organization_id.as_ref().map(|id| id.as_str().to_owned());
            let scope = RoleScope::default().with_tier(ScopeTier::Organization).with_id(organization);
            RoleAssignment::new(Role::default().with_name(permission.as_str()), scope)
        };
        permissions.iter().map(assignment).collect()
    });
    profile.extension =
        Some(Extension::new(UpsunExtension { member: Box::new(record).into(), ..UpsunExtension::default() }));
    profile
}

/// Maps the user of a member.
pub(crate) fn user_reference(id: ProfileId, record: wire::UserReference) -> Profile {
    let mut profile = Profile::read_from(USER_REFERENCE, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::UserReference::KEYS);
    name_of(&mut profile, record.first_name, record.last_name);
    profile.username = record.username.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null());
    profile.picture = record.picture.empty_as_null();
    profile.security.mfa_enabled = record.mfa_enabled;
    profile.security.sso = record.sso_enabled;
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    profile
}

/// Returns the profile of a member whose user no longer exists: the service sends null instead of the user.
pub(crate) fn gone(id: ProfileId) -> Profile {
    let mut profile = Profile::read_from(USER_REFERENCE, id);
    profile.status = Status::Deleted.into();
    profile
}
