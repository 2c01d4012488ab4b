//! The operations on the workspaces of service accounts, from both sides.

use serde_json::{Value, json};

use super::body::Body;
use super::links::Links;
use super::paging::SMALL;
use super::workspace_members::ADDABLE;
use super::workspaces::DEFAULT;
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::exchange::Call;

/// The role that every account has in the default workspace.
const IMPLICIT_ROLE: &str = "workspace_user";

/// The memberships, by workspace and account, without the implicit ones.
#[derive(Debug)]
pub(super) struct Memberships(Links<Membership>);

#[derive(Debug, Clone)]
struct Membership {
    role: &'static str,
    is_generated: bool,
}

impl Memberships {
    pub(super) fn new(workspaces: u64, accounts: u64) -> Self {
        Self(Links::new((workspaces, accounts), |workspace, account| {
            let role = ADDABLE[usize::try_from(workspace % 4).unwrap_or(0)];
            let is_member = workspace != DEFAULT && (workspace + account) % 3 == 1;
            is_member.then_some(Membership { role, is_generated: true })
        }))
    }
}

impl Anthropic {
    pub(super) fn list_service_account_workspaces(&self, call: &Call, id: &str) -> Handled {
        let organization = self.organization();
        let account = organization.service_account(id)?;
        let paging = self.paging(call, SMALL, &format!("workspaces of {id}"))?;
        let is_first = paging.is_first();
        let page = paging.upwards(organization.workspaces.total(), |workspace| {
            organization.membership(workspace, account).is_some()
        });
        let mut page = page.show(|workspace| organization.show_membership(workspace, account));
        // In addition to the limit.
        if is_first
            && organization.is_implicit(DEFAULT, account)
            && let Some(data) = page["data"].as_array_mut()
        {
            data.insert(0, organization.show_membership(DEFAULT, account));
        }
        Ok(page)
    }

    pub(super) fn add_service_account_workspace(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let account = organization.service_account(id)?;
        let body = Body::read(call)?;
        let workspace = organization.workspace(body.required("workspace_id")?)?;
        organization.join(workspace, account, &body)
    }

    pub(super) fn list_workspace_service_accounts(&self, call: &Call, id: &str) -> Handled {
        let organization = self.organization();
        let workspace = organization.live_workspace(id)?;
        let paging = self.paging(call, SMALL, &format!("service accounts of {id}"))?;
        let page = paging.upwards(organization.service_accounts.total(), |account| {
            organization.membership(workspace, account).is_some()
        });
        Ok(page.show(|account| organization.show_membership(workspace, account)))
    }

    pub(super) fn add_workspace_service_account(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let workspace = organization.live_workspace(id)?;
        let body = Body::read(call)?;
        let account = organization.service_account(body.required("service_account_id")?)?;
        organization.join(workspace, account, &body)
    }

    pub(super) fn get_workspace_service_account(&self, id: &str, account_id: &str) -> Handled {
        let organization = self.organization();
        let (workspace, account) = organization.both(id, account_id)?;
        organization.check_member(workspace, account)?;
        Ok(organization.show_membership(workspace, account))
    }

    /// Changes the role of a member. The implicit membership becomes one of its own.
    pub(super) fn update_workspace_service_account(
        &self,
        call: &Call,
        id: &str,
        account_id: &str,
    ) -> Handled {
        let mut organization = self.organization();
        let (workspace, account) = organization.both(id, account_id)?;
        organization.check_member(workspace, account)?;
        organization.join(workspace, account, &Body::read(call)?)
    }

    /// Removes an account from a workspace. Succeeds also where there is nothing to remove; the implicit
    /// membership stays.
    pub(super) fn remove_service_account_workspace(&self, id: &str, account_id: &str) -> Handled {
        let mut organization = self.organization();
        let (workspace, account) = organization.both(id, account_id)?;
        organization.memberships.0.remove(workspace, account);
        Ok(json!({
            "type": "service_account_workspace_member_deleted",
            "service_account_id": account_id,
            "workspace_id": id,
        }))
    }
}

impl Organization {
    fn both(&self, workspace_id: &str, account_id: &str) -> Result<(u64, u64), Refusal> {
        Ok((self.live_workspace(workspace_id)?, self.service_account(account_id)?))
    }

    /// Returns a membership that is not implicit. What is archived has none.
    fn membership(&self, workspace: u64, account: u64) -> Option<Membership> {
        let membership = self.memberships.0.get(workspace, account)?;
        let is_live = !self.workspaces.is_archived(workspace) && !self.service_accounts.is_archived(account);
        is_live.then_some(membership)
    }

    fn is_implicit(&self, workspace: u64, account: u64) -> bool {
        workspace == DEFAULT
            && self.membership(workspace, account).is_none()
            && !self.service_accounts.is_archived(account)
    }

    fn check_member(&self, workspace: u64, account: u64) -> Result<(), Refusal> {
        if self.membership(workspace, account).is_some() || self.is_implicit(workspace, account) {
            return Ok(());
        }
        Err(Refusal::not_found("The service account is not in the workspace."))
    }

    /// Adds an account to a workspace. The role of a member is replaced.
    fn join(&mut self, workspace: u64, account: u64, body: &Body) -> Handled {
        let role = body.required_word("workspace_role", &ADDABLE)?;
        self.check_live(workspace)?;
        if self.service_accounts.is_archived(account) {
            return Err(Refusal::invalid("An archived service account cannot be in a workspace."));
        }
        self.memberships.0.set(workspace, account, Membership { role, is_generated: false });
        Ok(self.show_membership(workspace, account))
    }

    fn show_membership(&self, workspace: u64, account: u64) -> Value {
        let (role, implicit, creator) = match self.membership(workspace, account) {
            Some(Membership { role, is_generated: true }) => (role, None, self.actor()),
            Some(Membership { role, is_generated: false }) => (role, Some(false), self.actor()),
            None => (IMPLICIT_ROLE, Some(true), None),
        };
        json!({
            "type": "service_account_workspace_member",
            "service_account_id": self.service_accounts.id(account),
            "workspace_id": self.workspaces.id(workspace),
            "workspace_role": role,
            "implicit": implicit,
            "created_by_actor_id": creator,
        })
    }
}
