//! The operations on groups.

use serde_json::json;

use super::body::Body;
use super::groups::Group;
use super::paging::LARGE;
use super::{Anthropic, Handled, Organization};
use crate::anthropic::errors::Refusal;
use crate::exchange::Call;

const LONGEST_NAME: usize = 255;

impl Anthropic {
    pub(super) fn list_groups(&self, call: &Call) -> Handled {
        let groups = &self.organization().groups;
        let page = self.paging(call, LARGE, "groups")?.upwards(groups.total(), |index| groups.has(index));
        Ok(page.show_with_has_more(|index| groups.show(index)))
    }

    pub(super) fn create_group(&self, call: &Call) -> Handled {
        let body = Body::read(call)?;
        let name = body.required("name").and_then(short)?;
        let groups = &mut self.organization().groups;
        let index = groups.create(Group::new(name, self.clock.now()));
        Ok(groups.show(index))
    }

    pub(super) fn get_group(&self, id: &str) -> Handled {
        let organization = self.organization();
        Ok(organization.groups.show(organization.group(id)?))
    }

    /// Renames a group. Without a name, or with null, it stays as it is.
    pub(super) fn update_group(&self, call: &Call, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.group(id)?;
        let mut group = organization.groups.get(index);
        group.check_writable()?;
        if let Some(name) = Body::read(call)?.filled("name")? {
            group.name = short(name)?;
            group.updated = self.clock.now();
            organization.groups.put(index, group);
        }
        Ok(organization.groups.show(index))
    }

    pub(super) fn delete_group(&self, id: &str) -> Handled {
        let mut organization = self.organization();
        let index = organization.group(id)?;
        organization.groups.get(index).check_access()?;
        organization.groups.delete(index);
        Ok(json!({"id": id, "type": "rbac_group_deleted"}))
    }
}

impl Organization {
    /// Returns the index of a group.
    pub(super) fn group(&self, id: &str) -> Result<u64, Refusal> {
        let unknown = || Refusal::not_found("There is no such group.").with_code("rbac_group_not_found");
        self.groups.index_of(id).ok_or_else(unknown)
    }
}

fn short(name: &str) -> Result<String, Refusal> {
    if name.chars().count() > LONGEST_NAME {
        return Err(Refusal::invalid(format!("name: must have at most {LONGEST_NAME} characters")));
    }
    Ok(name.to_owned())
}
