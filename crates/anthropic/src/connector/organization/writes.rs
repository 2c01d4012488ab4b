//! Writes of the organization's own people: the role of a user, invites, and removals.

use anyprofile_core::{FieldPath, IdKind, ProfileChange, Result, Write};
use anyprofile_engine::Action;
use anyprofile_http::Caller;

use super::{
    ACCOUNT, INVITE, INVITED, OrganizationConnector, RBAC_GROUP_MEMBER, USER, WORKSPACE_MEMBER,
    WORKSPACE_SERVICE_ACCOUNT, memberships,
};
use crate::{
    operations,
    wire::{InviteCreate, OrganizationRole},
};

/// The kinds of the ids of memberships.
const MEMBERSHIPS: [IdKind; 3] = [WORKSPACE_MEMBER, WORKSPACE_SERVICE_ACCOUNT, RBAC_GROUP_MEMBER];

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
            Write::Delete { id } if MEMBERSHIPS.contains(&id.kind) => memberships::remove(caller, id)?,
            Write::Deactivate { id } => {
                Action::shows(ACCOUNT.asked(operations::archive_service_account(id.native()), id))
                    .with_warning(
                        "the service account is archived for good: nothing can make it active again",
                    )
            }
            Write::Delete { id } => Action::accepted(operations::remove_organization_user(id.native()), id)
                .with_warning(
                    "the user is removed from the whole organization; API keys that the user made stay valid",
                ),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }
}
