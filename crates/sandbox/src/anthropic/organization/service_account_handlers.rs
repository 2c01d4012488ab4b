//! The operations on service accounts.

use super::body::Body;
use super::paging::{SMALL, flag};
use super::service_accounts::{Event, ServiceAccount};
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::exchange::Call;

const ROLES: [&str; 2] = ["developer", "admin"];
const LONGEST_NAME: usize = 255;

impl Anthropic {
    /// Lists the newest accounts first.
    pub(super) fn list_service_accounts(&self, call: &Call) -> Handled {
        let accounts = &self.organization().service_accounts;
        let with_archived = flag(&call.query, "include_archived")?;
        let paging = self.paging(call, SMALL, &format!("service accounts {with_archived}"))?;
        let page = paging.downwards(accounts.total(), |index| with_archived || !accounts.is_archived(index));
        Ok(page.show(|index| accounts.show(index)))
    }

    /// Creates an account. The role of an administrator needs a person at the other end, who is assumed.
    pub(super) fn create_service_account(&self, call: &Call) -> Handled {
        let body = Body::read(call)?;
        let name = body.required("name")?;
        let is_right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.len() > LONGEST_NAME || !name.chars().all(is_right) {
            let message = "name: must be 1 to 255 lower-case letters, digits and hyphens";
            return Err(Refusal::invalid(message));
        }
        let description = body.text("description")?.map(str::to_owned);
        let role = body.word("organization_role", &ROLES)?.unwrap_or(ROLES[0]);
        let mut organization = self.organization();
        if organization.service_accounts.has_name(name) {
            return Err(Refusal::new(409, "name: another service account has it"));
        }
        let created = Event { at: self.clock.now(), by: organization.actor() };
        let updated = Event { by: None, ..created.clone() };
        let name = name.to_owned();
        let account = ServiceAccount { name, description, role, created, updated, archived: None };
        let index = organization.service_accounts.create(account);
        Ok(organization.service_accounts.show(index))
    }

    pub(super) fn get_service_account(&self, id: &str) -> Handled {
        let organization = self.organization();
        Ok(organization.service_accounts.show(organization.service_account(id)?))
    }

    /// Changes an account. A description of null is stored as an empty text; a role of null stays as it is.
    pub(super) fn update_service_account(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.service_account(id)?;
        let body = Body::read(call)?;
        let mut account = organization.service_accounts.get(index);
        if account.archived.is_some() {
            return Err(Refusal::invalid("An archived service account cannot be changed."));
        }
        let description = body.text("description")?.unwrap_or_default().to_owned();
        let role = body.word("organization_role", &ROLES)?;
        let described = body.field("description").is_some();
        if described || role.is_some() {
            if described {
                account.description = Some(description);
            }
            account.role = role.unwrap_or(account.role);
            account.updated = Event { at: self.clock.now(), by: organization.actor() };
            organization.service_accounts.put(index, account);
        }
        Ok(organization.service_accounts.show(index))
    }

    /// Archives an account. A second time changes nothing.
    pub(super) fn archive_service_account(&self, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.service_account(id)?;
        let mut account = organization.service_accounts.get(index);
        if account.archived.is_none() {
            account.archived = Some(Event { at: self.clock.now(), by: organization.actor() });
            organization.service_accounts.put(index, account);
        }
        Ok(organization.service_accounts.show(index))
    }
}

impl Organization {
    /// Returns the index of a service account.
    pub(super) fn service_account(&self, id: &str) -> Result<u64, Refusal> {
        let unknown = || Refusal::not_found("There is no such service account.");
        self.service_accounts.index_of(id).ok_or_else(unknown)
    }
}
