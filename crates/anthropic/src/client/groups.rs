//! Groups, their members, and roles (Admin API).

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::AnthropicClient;
use crate::{
    CursorPaging, operations,
    wire::{
        CursorPage, Deleted, DeletedMembership, RbacGroup, RbacGroupMember, RbacRole, RbacRolePermission,
    },
};

/// Only organizations of Claude Enterprise have groups and roles.
impl AnthropicClient {
    /// Lists groups: one page of `GET /v1/organizations/rbac_groups`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// listing groups, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_rbac_groups(&self, paging: &CursorPaging) -> Result<Listed<CursorPage<RbacGroup>>> {
        self.call(operations::list_rbac_groups(paging)).await
    }

    /// Gets a group: `GET /v1/organizations/rbac_groups/{rbac_group_id}`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// getting a group, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_rbac_group(&self, rbac_group_id: &str) -> Result<RbacGroup> {
        self.call(operations::get_rbac_group(rbac_group_id)).await
    }

    /// Creates a group without members and returns it: `POST /v1/organizations/rbac_groups`. Names are not unique.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `write:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// creating a group, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent unless the name has 1 to 255
    /// characters. Otherwise see [`get_organization`](Self::get_organization).
    pub async fn create_rbac_group(&self, name: &str) -> Result<RbacGroup> {
        self.call(operations::create_rbac_group(name)).await
    }

    /// Renames a group and returns it: `POST /v1/organizations/rbac_groups/{rbac_group_id}`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `write:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// updating a group, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent unless the name has 1 to 255
    /// characters, and if a directory provides the group over SCIM;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn update_rbac_group(&self, rbac_group_id: &str, name: &str) -> Result<RbacGroup> {
        self.call(operations::update_rbac_group(rbac_group_id, name)).await
    }

    /// Deletes a group: `DELETE /v1/organizations/rbac_groups/{rbac_group_id}`. Its members lose the roles of the group.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `write:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// deleting a group, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if a directory provides the group over SCIM;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn delete_rbac_group(&self, rbac_group_id: &str) -> Result<Deleted> {
        self.call(operations::delete_rbac_group(rbac_group_id)).await
    }

    /// Lists the members of a group: one page of `GET /v1/organizations/rbac_groups/{rbac_group_id}/members`. A page may
    /// have fewer members than requested although more pages follow.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// listing group members, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_rbac_group_members(
        &self,
        rbac_group_id: &str,
        paging: &CursorPaging,
    ) -> Result<Listed<CursorPage<RbacGroupMember>>> {
        self.call(operations::list_rbac_group_members(rbac_group_id, paging)).await
    }

    /// Adds a user of the organization to a group and returns the member:
    /// `POST /v1/organizations/rbac_groups/{rbac_group_id}/members`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `write:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// adding a group member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the id of the user is empty,
    /// and if the user is a member already or a directory provides the group over SCIM;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) if the user is not in the organization. Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn add_rbac_group_member(&self, rbac_group_id: &str, user_id: &str) -> Result<RbacGroupMember> {
        self.call(operations::add_rbac_group_member(rbac_group_id, user_id)).await
    }

    /// Removes a user from a group: `DELETE /v1/organizations/rbac_groups/{rbac_group_id}/members/{user_id}`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `write:rbac_groups`, or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// removing a group member, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if a directory provides the group over SCIM;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see [`get_organization`](Self::get_organization).
    pub async fn remove_rbac_group_member(
        &self,
        rbac_group_id: &str,
        user_id: &str,
    ) -> Result<DeletedMembership> {
        self.call(operations::remove_rbac_group_member(rbac_group_id, user_id)).await
    }

    /// Lists roles: one page of `GET /v1/organizations/rbac_roles`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups` (inferred), or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// listing roles, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_rbac_roles(&self, paging: &CursorPaging) -> Result<Listed<CursorPage<RbacRole>>> {
        self.call(operations::list_rbac_roles(paging)).await
    }

    /// Gets a role: `GET /v1/organizations/rbac_roles/{rbac_role_id}`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups` (inferred), or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// getting a role, and types of the official SDKs.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound). Otherwise see
    /// [`get_organization`](Self::get_organization).
    pub async fn get_rbac_role(&self, rbac_role_id: &str) -> Result<RbacRole> {
        self.call(operations::get_rbac_role(rbac_role_id)).await
    }

    /// Lists the permissions of a role: one page of `GET /v1/organizations/rbac_roles/{rbac_role_id}/permissions`.
    ///
    /// Requires a key of a Claude Enterprise organization with the scope `read:rbac_groups` (inferred), or an OAuth token
    /// with `org:admin`. Source: Admin API, page of the reference on
    /// listing the permissions of a role, and types of the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the limit is out of range.
    /// Otherwise see [`get_organization`](Self::get_organization).
    pub async fn list_rbac_role_permissions(
        &self,
        rbac_role_id: &str,
        paging: &CursorPaging,
    ) -> Result<Listed<CursorPage<RbacRolePermission>>> {
        self.call(operations::list_rbac_role_permissions(rbac_role_id, paging)).await
    }
}
