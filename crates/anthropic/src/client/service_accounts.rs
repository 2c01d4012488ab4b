//! Service accounts and their workspaces (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    CursorPaging, ListServiceAccounts, operations,
    wire::{
        CursorPage, DeletedMembership, ServiceAccount, ServiceAccountCreate, ServiceAccountUpdate,
        ServiceAccountWorkspaceMember, WorkspaceRole,
    },
};

impl AnthropicClient {
    /// Lists service accounts: one page of `GET /v1/organizations/service_accounts`. Archived ones are listed only if the
    /// query asks for them.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_service_accounts(
        &self,
        list: &ListServiceAccounts,
    ) -> Result<Listed<CursorPage<ServiceAccount>>> {
        self.call(operations::list_service_accounts(list)).await
    }

    /// Gets a service account: `GET /v1/organizations/service_accounts/{service_account_id}`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_service_account(&self, service_account_id: &str) -> Result<ServiceAccount> {
        self.call(operations::get_service_account(service_account_id)).await
    }

    /// Creates a service account and returns it: `POST /v1/organizations/service_accounts`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the name is invalid;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict) if the name is taken. Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn create_service_account(&self, create: &ServiceAccountCreate) -> Result<ServiceAccount> {
        self.call(operations::create_service_account(create)).await
    }

    /// Changes a service account and returns it: `POST /v1/organizations/service_accounts/{service_account_id}`. The name
    /// cannot be changed.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if the service account is archived;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn update_service_account(
        &self,
        service_account_id: &str,
        update: &ServiceAccountUpdate,
    ) -> Result<ServiceAccount> {
        self.call(operations::update_service_account(service_account_id, update)).await
    }

    /// Archives a service account **for good** and returns it:
    /// `POST /v1/organizations/service_accounts/{service_account_id}/archive`. Archiving it again changes nothing.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) while a federation rule uses the service account;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn archive_service_account(&self, service_account_id: &str) -> Result<ServiceAccount> {
        self.call(operations::archive_service_account(service_account_id)).await
    }

    /// Lists the workspaces of a service account: one page of
    /// `GET /v1/organizations/service_accounts/{service_account_id}/workspaces`. The first page begins with the default
    /// workspace, also beyond the limit, unless the service account is archived.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_service_account_workspaces(
        &self,
        service_account_id: &str,
        paging: &CursorPaging,
    ) -> Result<Listed<CursorPage<ServiceAccountWorkspaceMember>>> {
        self.call(operations::list_service_account_workspaces(service_account_id, paging)).await
    }

    /// Adds a service account to a workspace and returns the membership:
    /// `POST /v1/organizations/service_accounts/{service_account_id}/workspaces`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id of the workspace is
    /// empty or the role is [`WorkspaceRole::Billing`]; [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn add_service_account_workspace(
        &self,
        service_account_id: &str,
        workspace_id: &str,
        role: &WorkspaceRole,
    ) -> Result<ServiceAccountWorkspaceMember> {
        self.call(operations::add_service_account_workspace(service_account_id, workspace_id, role)).await
    }

    /// Removes a service account from a workspace:
    /// `DELETE /v1/organizations/service_accounts/{service_account_id}/workspaces/{workspace_id}`. For the default
    /// workspace, the service confirms the removal and changes nothing.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the service account does not exist. Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn remove_service_account_workspace(
        &self,
        service_account_id: &str,
        workspace_id: &str,
    ) -> Result<DeletedMembership> {
        self.call(operations::remove_service_account_workspace(service_account_id, workspace_id)).await
    }

    /// Lists the service accounts of a workspace: one page of
    /// `GET /v1/organizations/workspaces/{workspace_id}/service_accounts`. Archived service accounts, and memberships that
    /// come with a service account, are not listed.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range, and
    /// if the workspace is archived. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_workspace_service_accounts(
        &self,
        workspace_id: &str,
        paging: &CursorPaging,
    ) -> Result<Listed<CursorPage<ServiceAccountWorkspaceMember>>> {
        self.call(operations::list_workspace_service_accounts(workspace_id, paging)).await
    }

    /// Gets the membership of a service account in a workspace:
    /// `GET /v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_workspace_service_account(
        &self,
        workspace_id: &str,
        service_account_id: &str,
    ) -> Result<ServiceAccountWorkspaceMember> {
        self.call(operations::get_workspace_service_account(workspace_id, service_account_id)).await
    }

    /// Adds a service account to a workspace and returns the membership:
    /// `POST /v1/organizations/workspaces/{workspace_id}/service_accounts`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id of the service account is
    /// empty or the role is [`WorkspaceRole::Billing`]; [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn add_workspace_service_account(
        &self,
        workspace_id: &str,
        service_account_id: &str,
        role: &WorkspaceRole,
    ) -> Result<ServiceAccountWorkspaceMember> {
        self.call(operations::add_workspace_service_account(workspace_id, service_account_id, role)).await
    }

    /// Changes the role of a service account in a workspace and returns the membership:
    /// `POST /v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the role is
    /// [`WorkspaceRole::Billing`]; [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn update_workspace_service_account(
        &self,
        workspace_id: &str,
        service_account_id: &str,
        role: &WorkspaceRole,
    ) -> Result<ServiceAccountWorkspaceMember> {
        self.call(operations::update_workspace_service_account(workspace_id, service_account_id, role)).await
    }

    /// Removes a service account from a workspace:
    /// `DELETE /v1/organizations/workspaces/{workspace_id}/service_accounts/{service_account_id}`.
    ///
    /// Requires an OAuth token with `org:admin`: the service refuses admin keys. Source: the service's documentation on
    /// service accounts, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn remove_workspace_service_account(
        &self,
        workspace_id: &str,
        service_account_id: &str,
    ) -> Result<DeletedMembership> {
        self.call(operations::remove_workspace_service_account(workspace_id, service_account_id)).await
    }
}
