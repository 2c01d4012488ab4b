//! The organization and its own people.

use anyprofile_core::{
    Email, Field, FieldPath, Kind, Profile, ProfileId, Status,
    profile::{Extension, Role, RoleAssignment, RoleScope, ScopeTier, View},
    wire::{note_other_types, read_time},
};

use super::AnthropicExtension;
use crate::wire::{self, InviteStatus, OrganizationRole};

/// A user of `/v1/organizations/users`.
pub(crate) const ORGANIZATION_USER: View = View::new("organization_user");
/// An invite of `/v1/organizations/invites`.
pub(crate) const INVITE: View = View::new("invite");
/// The organization of `/v1/organizations/me`.
pub(crate) const ORGANIZATION: View = View::new("organization");

/// A user of the organization.
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

/// Somebody who was invited.
pub(crate) fn invite(id: ProfileId, mut record: wire::Invite) -> Profile {
    let mut profile = Profile::read_from(INVITE, id);
    profile.unknown = std::mem::take(&mut record.unknown);
    note_other_types(&mut profile, wire::Invite::KEYS);
    profile.kind = Kind::Human.into();
    profile.status_raw = record.status.as_ref().map(|status| status.as_str().to_owned());
    // Who accepted is a user with an id of its own: the invite is neither active nor open any more.
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

/// The organization itself.
pub(crate) fn organization(id: ProfileId, record: wire::Organization) -> Profile {
    let mut profile = Profile::read_from(ORGANIZATION, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::Organization::KEYS);
    profile.kind = Kind::Organization.into();
    profile.name.display = record.name.empty_as_null();
    profile
}

/// The one role of a user, over the whole organization.
fn roles(word: Field<&OrganizationRole>) -> Field<Vec<RoleAssignment>> {
    word.map(|word| {
        let scope = RoleScope::default().with_tier(ScopeTier::Organization);
        vec![RoleAssignment::new(Role::default().with_name(word.as_str()), scope)]
    })
}
