//! The operations on the users in workspaces.

use serde_json::{Value, json};

use super::body::Body;
use super::links::Links;
use super::paging::{IdPaging, id_page};
use super::people::USERS;
use super::workspaces::DEFAULT;
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::exchange::Call;

/// The roles that a new member may have.
pub(super) const ADDABLE: [&str; 4] =
    ["workspace_user", "workspace_developer", "workspace_restricted_developer", "workspace_admin"];
const ROLES: [&str; 5] = [ADDABLE[0], ADDABLE[1], ADDABLE[2], ADDABLE[3], "workspace_billing"];

/// The roles of users in workspaces, by workspace and user, without the inherited ones.
#[derive(Debug)]
pub(super) struct Seats(Links<&'static str>);

impl Seats {
    pub(super) fn new(workspaces: u64, users: u64) -> Self {
        Self(Links::new((workspaces, users), |workspace, user| {
            let role = ROLES[usize::try_from((workspace + user) % 5).unwrap_or(0)];
            ((workspace + user) % 3 != 1).then_some(role)
        }))
    }
}

impl Anthropic {
    pub(super) fn list_workspace_members(&self, call: &Call, id: &str) -> Handled {
        let organization = self.organization();
        let workspace = organization.workspace(id)?;
        let staff = &organization.staff;
        let paging = IdPaging::parse(&call.query, |id| staff.place_of(USERS, id))?;
        let (users, has_more) =
            paging.choose(staff.count(USERS), |user| organization.workspace_role(workspace, user).is_some());
        let members = users.into_iter().map(|user| organization.show_seat(workspace, user));
        Ok(id_page(&members.collect::<Vec<Value>>(), "user_id", has_more))
    }

    pub(super) fn add_workspace_member(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let workspace = organization.live_workspace(id)?;
        let body = Body::read(call)?;
        let user = organization.user(body.required("user_id")?)?;
        let role = body.required_word("workspace_role", &ADDABLE)?;
        if organization.workspace_role(workspace, user).is_some() {
            return Err(Refusal::invalid("user_id: is a member of the workspace already"));
        }
        organization.seats.0.set(workspace, user, role);
        Ok(organization.show_seat(workspace, user))
    }

    pub(super) fn get_workspace_member(&self, id: &str, user_id: &str) -> Handled {
        let organization = self.organization();
        let (workspace, user) = (organization.workspace(id)?, organization.user(user_id)?);
        organization.check_seat(workspace, user)?;
        Ok(organization.show_seat(workspace, user))
    }

    pub(super) fn update_workspace_member(&self, call: &Call, id: &str, user_id: &str) -> Handled {
        let mut organization = self.organization();
        let (workspace, user) = organization.own_seat(id, user_id)?;
        let role = Body::read(call)?.required_word("workspace_role", &ROLES)?;
        organization.seats.0.set(workspace, user, role);
        Ok(organization.show_seat(workspace, user))
    }

    pub(super) fn remove_workspace_member(&self, id: &str, user_id: &str) -> Handled {
        let mut organization = self.organization();
        let (workspace, user) = organization.own_seat(id, user_id)?;
        organization.seats.0.remove(workspace, user);
        Ok(json!({"type": "workspace_member_deleted", "user_id": user_id, "workspace_id": id}))
    }
}

impl Organization {
    /// Returns the role that a user has in a workspace because of the role in the organization. That
    /// everybody is in the default workspace is inferred.
    fn inherited_role(&self, workspace: u64, user: u64) -> Option<&'static str> {
        match self.staff.role(user) {
            "admin" => Some("workspace_admin"),
            "billing" => Some("workspace_billing"),
            _ if workspace != DEFAULT => None,
            "developer" => Some("workspace_developer"),
            _ => Some("workspace_user"),
        }
    }

    /// Returns the role of a user in a workspace. A removed user has none.
    fn workspace_role(&self, workspace: u64, user: u64) -> Option<&'static str> {
        if !self.staff.has_user(user) {
            return None;
        }
        self.inherited_role(workspace, user).or_else(|| self.seats.0.get(workspace, user))
    }

    fn check_seat(&self, workspace: u64, user: u64) -> Result<(), Refusal> {
        let unknown = || Refusal::not_found("The user is not a member of the workspace.");
        self.workspace_role(workspace, user).map(|_| ()).ok_or_else(unknown)
    }

    /// Returns a membership that can be changed.
    fn own_seat(&self, id: &str, user_id: &str) -> Result<(u64, u64), Refusal> {
        let (workspace, user) = (self.live_workspace(id)?, self.user(user_id)?);
        self.check_seat(workspace, user)?;
        if self.inherited_role(workspace, user).is_some() {
            return Err(Refusal::invalid("The role comes from the organization and cannot be changed here."));
        }
        Ok((workspace, user))
    }

    fn show_seat(&self, workspace: u64, user: u64) -> Value {
        json!({
            "type": "workspace_member",
            "user_id": self.ids.id(USERS, user),
            "workspace_id": self.workspaces.id(workspace),
            "workspace_role": self.workspace_role(workspace, user),
        })
    }
}
