//! What is written of the organization's own people, through the engine: a user's role, invites, and who is removed.

use anyprofile_core::{FieldPath, ProfileChange, Result, Write};
use anyprofile_engine::Action;
use anyprofile_http::Caller;

use super::{INVITE, INVITED, OrganizationConnector, USER};
use crate::{
    operations,
    wire::{InviteCreate, OrganizationRole},
};

/// A field that is required, as the rules make sure.
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
            Write::Delete { id } => Action::accepted(operations::remove_organization_user(id.native()), id),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }
}
