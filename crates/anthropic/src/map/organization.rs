//! Maps the organization and its own people.

use anyprofile_core::{
    Email, Field, FieldPath, Kind, Profile, ProfileId, Status,
    profile::{Extension, Role, RoleAssignment, RoleScope, ScopeTier, View},
    wire::{note_other_types, read_time},
};

use super::AnthropicExtension;
use crate::wire::{self, InviteStatus, OrganizationRole};

/// The view of a user in `/v1/organizations/users`.
pub(crate) const ORGANIZATION_USER: View = View::new("organization_user");
/// The view of an invite in `/v1/organizations/invites`.
pub(crate) const INVITE: View = View::new("invite");
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
    profile.roles = roles(record.role.as_ref());
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
    profile.roles = roles(record.role.as_ref());
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

/// Returns the one role of a user, whose scope is the whole organization.
fn roles(word: Field<&OrganizationRole>) -> Field<Vec<RoleAssignment>> {
    word.map(|word| {
        let scope = RoleScope::default().with_tier(ScopeTier::Organization);
        vec![RoleAssignment::new(Role::default().with_name(word.as_str()), scope)]
    })
}
