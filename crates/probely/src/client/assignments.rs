//! Role assignments of users and of API users.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListAssignments, RoleHolders, operations,
    wire::{
        AssignmentChange, AssignmentOperations, AssignmentUpdate, AssignmentWrite, ResultList,
        UserRoleAssignment,
    },
};

/// Role assignments. The roles of an existing user are changed here, and not with the user. A role in the
/// scope of a team makes the user a member of the team. A user whose last assignment is deleted stays, without
/// access. The role of the account's owner can neither be granted nor taken away.
impl ProbelyClient {
    /// Lists role assignments with their scopes: one page of `GET /user-roles/` or `GET /api-user-roles/`, with
    /// the total.
    ///
    /// Source: page `user-roles-list` of the reference; the names of its two filters are inferred.
    ///
    /// # Errors
    /// See [`list_roles`](Self::list_roles).
    pub async fn list_role_assignments(
        &self,
        holders: RoleHolders,
        list: &ListAssignments,
    ) -> Result<Listed<ResultList<UserRoleAssignment>>> {
        self.call(operations::list_assignments(holders, list)).await
    }

    /// Assigns a role: `POST /user-roles/` or `POST /api-user-roles/`. A user can have several roles, in
    /// different scopes.
    ///
    /// Source: page `user-roles-create` of the reference; the status of the response is inferred.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the assignment. The role
    /// may have been assigned then.
    pub async fn create_role_assignment(
        &self,
        holders: RoleHolders,
        create: &AssignmentWrite,
    ) -> Result<UserRoleAssignment> {
        self.call(operations::create_assignment(holders, create)).await
    }

    /// Gets a role assignment: `GET /user-roles/{id}/` or `GET /api-user-roles/{id}/`.
    ///
    /// Source: the reference names the operation; the response is inferred from the list.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_role_assignment(&self, holders: RoleHolders, id: &str) -> Result<UserRoleAssignment> {
        self.call(operations::get_assignment(holders, id)).await
    }

    /// Replaces a role assignment and returns it: `PUT /user-roles/{id}/` or `PUT /api-user-roles/{id}/`.
    ///
    /// Source: the reference names the operation; the body is inferred from that of a new assignment.
    ///
    /// # Errors
    /// See [`update_role_assignment`](Self::update_role_assignment).
    pub async fn replace_role_assignment(
        &self,
        holders: RoleHolders,
        id: &str,
        replace: &AssignmentWrite,
    ) -> Result<UserRoleAssignment> {
        self.call(operations::replace_assignment(holders, id, replace)).await
    }

    /// Updates a role assignment and returns it: `PATCH /user-roles/{id}/` or `PATCH /api-user-roles/{id}/`.
    /// Only the fields that are set are sent.
    ///
    /// Source: the reference names the operation; the body is inferred from that of a new assignment.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_role_assignment(
        &self,
        holders: RoleHolders,
        id: &str,
        update: &AssignmentUpdate,
    ) -> Result<UserRoleAssignment> {
        self.call(operations::update_assignment(holders, id, update)).await
    }

    /// Deletes a role assignment: `DELETE /user-roles/{id}/` or `DELETE /api-user-roles/{id}/`. The user stays,
    /// also without any role.
    ///
    /// Source: the reference names the operation; the status of the response is inferred.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_role_assignment(&self, holders: RoleHolders, id: &str) -> Result<()> {
        self.call(operations::delete_assignment(holders, id)).await
    }

    /// Assigns several roles: `POST /user-roles/bulk/create/` or `POST /api-user-roles/bulk/create/`. The body
    /// is an array. Neither the body nor the response is published; both are inferred from the bulk update.
    ///
    /// Source: inferred. [`bulk_change_role_assignments`](Self::bulk_change_role_assignments) is documented.
    ///
    /// # Errors
    /// See [`bulk_update_role_assignments`](Self::bulk_update_role_assignments).
    pub async fn bulk_create_role_assignments(
        &self,
        holders: RoleHolders,
        create: &[AssignmentWrite],
    ) -> Result<()> {
        self.call(operations::bulk_create_assignments(holders, create)).await
    }

    /// Replaces several role assignments: `POST /user-roles/bulk/update/` or
    /// `POST /api-user-roles/bulk/update/`. The body is an array.
    ///
    /// Source: page `api-user-roles-bulk-update-create` of the reference, and client code for users.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied). Whether some assignments were
    /// changed then is not published.
    pub async fn bulk_update_role_assignments(
        &self,
        holders: RoleHolders,
        update: &[AssignmentChange],
    ) -> Result<()> {
        self.call(operations::bulk_update_assignments(holders, update)).await
    }

    /// Deletes several role assignments: `POST /user-roles/bulk/delete/` or `POST /api-user-roles/bulk/delete/`.
    /// The body is an array. Neither the body nor the response is published; both are inferred from the
    /// deletions of [`bulk_change_role_assignments`](Self::bulk_change_role_assignments).
    ///
    /// Source: inferred.
    ///
    /// # Errors
    /// See [`bulk_update_role_assignments`](Self::bulk_update_role_assignments).
    pub async fn bulk_delete_role_assignments(&self, holders: RoleHolders, ids: &[String]) -> Result<()> {
        self.call(operations::bulk_delete_assignments(holders, ids)).await
    }

    /// Creates, replaces and deletes role assignments in one request: `POST /user-roles/bulk/operations/` or
    /// `POST /api-user-roles/bulk/operations/`. The body is an object.
    ///
    /// Source: page `user-roles-bulk-operations-create` of the reference; the status of the response is
    /// inferred.
    ///
    /// # Errors
    /// See [`bulk_update_role_assignments`](Self::bulk_update_role_assignments).
    pub async fn bulk_change_role_assignments(
        &self,
        holders: RoleHolders,
        operations: &AssignmentOperations,
    ) -> Result<()> {
        self.call(operations::bulk_change_assignments(holders, operations)).await
    }
}
