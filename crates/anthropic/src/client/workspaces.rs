//! Workspaces and their members (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    IdPaging, ListWorkspaces, operations,
    wire::{
        DeletedMembership, IdPage, Workspace, WorkspaceCreate, WorkspaceMember, WorkspaceRole,
        WorkspaceUpdate,
    },
};

/// Only organizations of the Console have workspaces.
impl AnthropicClient {
    /// Lists workspaces: one page of `GET /v1/organizations/workspaces`. Archived ones and the default one are
    /// listed only if the query asks for them.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing workspaces, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range or more
    /// than 100 ids are given. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_workspaces(&self, list: &ListWorkspaces) -> Result<Listed<IdPage<Workspace>>> {
        self.call(operations::list_workspaces(list)).await
    }

    /// Gets a workspace: `GET /v1/organizations/workspaces/{workspace_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting a workspace, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_workspace(&self, workspace_id: &str) -> Result<Workspace> {
        self.call(operations::get_workspace(workspace_id)).await
    }

    /// Creates a workspace and returns it: `POST /v1/organizations/workspaces`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// creating a workspace, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the name is empty, and
    /// if the service refuses a value, such as a user profile that does not exist (code `user_profile_not_found`). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn create_workspace(&self, create: &WorkspaceCreate) -> Result<Workspace> {
        self.call(operations::create_workspace(create)).await
    }

    /// Changes a workspace and returns it: `POST /v1/organizations/workspaces/{workspace_id}`. Fields that are not set
    /// stay unchanged, also among the tags.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// updating a workspace, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the name is empty or the
    /// place of the data is set, and if the workspace is bound to another user profile already; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn update_workspace(&self, workspace_id: &str, update: &WorkspaceUpdate) -> Result<Workspace> {
        self.call(operations::update_workspace(workspace_id, update)).await
    }

    /// Archives a workspace **for good** and returns it: `POST /v1/organizations/workspaces/{workspace_id}/archive`. Its
    /// API keys are revoked.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// archiving a workspace, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn archive_workspace(&self, workspace_id: &str) -> Result<Workspace> {
        self.call(operations::archive_workspace(workspace_id)).await
    }

    /// Lists the members of a workspace: one page of `GET /v1/organizations/workspaces/{workspace_id}/members`. Their
    /// names and addresses are in the [users](Self::list_organization_users).
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// listing workspace members, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_workspace_members(
        &self,
        workspace_id: &str,
        paging: &IdPaging,
    ) -> Result<Listed<IdPage<WorkspaceMember>>> {
        self.call(operations::list_workspace_members(workspace_id, paging)).await
    }

    /// Gets a member of a workspace: `GET /v1/organizations/workspaces/{workspace_id}/members/{user_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// getting a workspace member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_workspace_member(&self, workspace_id: &str, user_id: &str) -> Result<WorkspaceMember> {
        self.call(operations::get_workspace_member(workspace_id, user_id)).await
    }

    /// Adds a user of the organization to a workspace and returns the member:
    /// `POST /v1/organizations/workspaces/{workspace_id}/members`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// adding a workspace member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id of the user is empty
    /// or the role is [`WorkspaceRole::Billing`], which only an update can give;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn add_workspace_member(
        &self,
        workspace_id: &str,
        user_id: &str,
        role: &WorkspaceRole,
    ) -> Result<WorkspaceMember> {
        self.call(operations::add_workspace_member(workspace_id, user_id, role)).await
    }

    /// Changes the role of a member and returns the member:
    /// `POST /v1/organizations/workspaces/{workspace_id}/members/{user_id}`.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// updating a workspace member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn update_workspace_member(
        &self,
        workspace_id: &str,
        user_id: &str,
        role: &WorkspaceRole,
    ) -> Result<WorkspaceMember> {
        self.call(operations::update_workspace_member(workspace_id, user_id, role)).await
    }

    /// Removes a user from a workspace: `DELETE /v1/organizations/workspaces/{workspace_id}/members/{user_id}`. The user
    /// stays in the organization, and its API keys stay in use.
    ///
    /// Requires an admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on
    /// removing a workspace member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn remove_workspace_member(
        &self,
        workspace_id: &str,
        user_id: &str,
    ) -> Result<DeletedMembership> {
        self.call(operations::remove_workspace_member(workspace_id, user_id)).await
    }
}
