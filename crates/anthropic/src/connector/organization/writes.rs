//! Writes of the organization's own people: the role of a user, invites, and removals.

use anyprofile_core::{FieldPath, ProfileChange, Result, Write};
use anyprofile_engine::Action;
use anyprofile_http::Caller;

use super::{
    ACCOUNT, INVITE, INVITED, OrganizationConnector, RBAC_GROUP_MEMBER, USER, WORKSPACE_MEMBER, memberships,
};
use crate::{
    operations,
    wire::{InviteCreate, OrganizationRole},
};

/// Returns a required field. The rules have checked that it is set.
fn text<'a>(change: &'a ProfileChange, path: &FieldPath) -> &'a str {
    change.text(path).into_set().unwrap_or_default()
}

fn role(change: &ProfileChange) -> OrganizationRole {
    OrganizationRole::from(text(change, &FieldPath::ROLES))
}

impl OrganizationConnector {
    pub(super) fn action(&self, caller: &Caller, write: &Write) -> Result<Action> {
        Ok(match write {
            Write::Create { draft } => {
                let fields = draft.fields();
                let create = InviteCreate::new(text(fields, &FieldPath::EMAILS), role(fields));
                Action::shows(INVITED.of(operations::create_invite(&create)))
            }
            Write::Update { id, change } => {
                let update = operations::update_organization_user(id.native(), &role(change));
                Action::shows(USER.asked(update, id))
            }
            Write::Delete { id } if id.kind == INVITE => {
                Action::accepted(operations::delete_invite(id.native()), id)
            }
            Write::Delete { id } if id.kind == WORKSPACE_MEMBER || id.kind == RBAC_GROUP_MEMBER => {
                memberships::remove(caller, id)?
            }
            Write::Deactivate { id } => {
                Action::shows(ACCOUNT.asked(operations::archive_service_account(id.native()), id))
            }
            Write::Delete { id } => Action::accepted(operations::remove_organization_user(id.native()), id),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }
}
