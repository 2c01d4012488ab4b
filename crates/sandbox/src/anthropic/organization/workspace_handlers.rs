//! The operations on workspaces.

use std::collections::BTreeSet;

use serde_json::Value;

use super::body::Body;
use super::paging::{IdPaging, flag, id_page, list};
use super::workspaces::{DEFAULT, Workspace};
use super::{Anthropic, Handled, Organization, workspace_input};
use crate::anthropic::errors::Refusal;
use crate::anthropic::store::Store;
use crate::exchange::Call;

const MOST_IDS: usize = 100;

impl Anthropic {
    pub(super) fn list_workspaces(&self, call: &Call) -> Handled {
        let (store, organization) = (self.read_store(), self.organization());
        let workspaces = &organization.workspaces;
        let paging = IdPaging::parse(&call.query, |id| workspaces.index_of(id))?;
        let with_archived = flag(&call.query, "include_archived")?;
        let with_default = flag(&call.query, "include_default")?;
        let ids = list(&call.query, "ids[]");
        if ids.len() > MOST_IDS {
            return Err(Refusal::invalid(format!("ids: must be at most {MOST_IDS}")));
        }
        // An id of no workspace is not an error: it is in no page.
        let wanted: BTreeSet<u64> = ids.iter().filter_map(|id| workspaces.index_of(id)).collect();
        let (indexes, has_more) = paging.choose(workspaces.total(), |index| {
            (ids.is_empty() || wanted.contains(&index))
                && (with_default || index != DEFAULT)
                && (with_archived || !workspaces.is_archived(index))
        });
        let shown: Vec<Value> =
            indexes.into_iter().map(|index| organization.show_workspace(index, &store)).collect();
        Ok(id_page(&shown, "id", has_more))
    }

    pub(super) fn create_workspace(&self, call: &Call) -> Handled {
        let (store, mut organization) = (self.read_store(), self.organization());
        let body = Body::read(call)?;
        let mut workspace = Workspace::new(body.required("name")?.to_owned(), self.clock.now());
        workspace_input::apply(&body, &mut workspace)?;
        workspace.profile = profile(&body, &store)?;
        let index = organization.workspaces.create(workspace);
        Ok(organization.show_workspace(index, &store))
    }

    pub(super) fn get_workspace(&self, id: &str) -> Handled {
        let (store, organization) = (self.read_store(), self.organization());
        Ok(organization.show_workspace(organization.workspace(id)?, &store))
    }

    pub(super) fn update_workspace(&self, call: &Call, id: &str) -> Handled {
        let (store, mut organization) = (self.read_store(), self.organization());
        let index = organization.changeable_workspace(id)?;
        organization.check_live(index)?;
        let body = Body::read(call)?;
        let mut workspace = organization.workspaces.get(index);
        workspace_input::apply(&body, &mut workspace)?;
        // A profile that was deleted has freed the field.
        let bound = workspace.profile.filter(|profile| !store.is_deleted(*profile));
        match (bound, profile(&body, &store)?) {
            (Some(bound), Some(wanted)) if bound != wanted => {
                return Err(Refusal::invalid("user_profile_id: is already set and cannot be changed"));
            }
            (_, wanted) => workspace.profile = wanted.or(bound),
        }
        organization.workspaces.put(index, workspace);
        Ok(organization.show_workspace(index, &store))
    }

    /// Archives a workspace for good. A second time changes nothing, which is inferred.
    pub(super) fn archive_workspace(&self, id: &str) -> Handled {
        let (store, mut organization) = (self.read_store(), self.organization());
        let index = organization.changeable_workspace(id)?;
        let mut workspace = organization.workspaces.get(index);
        if workspace.archived.is_none() {
            workspace.archived = Some(self.clock.now());
            organization.workspaces.put(index, workspace);
        }
        Ok(organization.show_workspace(index, &store))
    }
}

impl Organization {
    /// Returns the index of a workspace.
    pub(super) fn workspace(&self, id: &str) -> Result<u64, Refusal> {
        self.workspaces.index_of(id).ok_or_else(|| Refusal::not_found("There is no such workspace."))
    }

    /// Returns the index of a workspace that is not archived.
    pub(super) fn live_workspace(&self, id: &str) -> Result<u64, Refusal> {
        let index = self.workspace(id)?;
        self.check_live(index)?;
        Ok(index)
    }

    pub(super) fn check_live(&self, index: u64) -> Result<(), Refusal> {
        if self.workspaces.is_archived(index) {
            return Err(Refusal::invalid("The workspace is archived."));
        }
        Ok(())
    }

    /// That the default workspace stays as it is, is inferred.
    fn changeable_workspace(&self, id: &str) -> Result<u64, Refusal> {
        match self.workspace(id)? {
            DEFAULT => Err(Refusal::invalid("The default workspace cannot be changed.")),
            index => Ok(index),
        }
    }

    fn show_workspace(&self, index: u64, store: &Store) -> Value {
        self.workspaces
            .show(index, |profile| Some(profile).filter(|it| !store.is_deleted(*it)).map(|it| store.id(it)))
    }
}

/// Returns the index of the user profile that a body names.
fn profile(body: &Body, store: &Store) -> Result<Option<u64>, Refusal> {
    let Some(id) = body.filled("user_profile_id")? else { return Ok(None) };
    let unknown = || Refusal::invalid("user_profile_id: there is no such profile");
    store.index_of(id).map(Some).ok_or_else(|| unknown().with_code("user_profile_not_found"))
}
