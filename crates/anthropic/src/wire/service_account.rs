//! Service accounts and their workspaces (Admin API).

use std::fmt;

use anyprofile_core::{
    Change, open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::Serialize;

use super::WorkspaceRole;

open_enum! {
    /// The role of a service account in the organization.
    pub enum ServiceAccountRole {
        /// Everything that an admin of the organization may do.
        Admin = "admin",
        /// Using the API.
        Developer = "developer",
    }
}

open_record! {
    /// A service account of the organization (`GET /v1/organizations/service_accounts`).
    pub struct ServiceAccount {
        /// The id (`svac_…`).
        id: OpaqueId,
        /// `service_account`.
        record_type: String = "type",
        /// The name: lower-case letters, digits and hyphens, unique in the organization. It cannot be changed.
        name: String,
        /// The description; null or empty if there is none.
        description: String,
        /// The role in the organization.
        organization_role: ServiceAccountRole,
        /// The time of creation.
        created_at: TimeText,
        /// Who created it; null if that is not known.
        created_by_actor_id: String,
        /// The time of the last change.
        updated_at: TimeText,
        /// Who changed it last; null if that is not known.
        updated_by_actor_id: String,
        /// The time when it was archived, for good; null for one in use.
        archived_at: TimeText,
        /// Who archived it; null for one in use, and if that is not known.
        archived_by_actor_id: String,
    }
}

/// A service account to create (`POST /v1/organizations/service_accounts`). A field that is not set is not sent.
///
/// `Debug` shows the role alone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServiceAccountCreate {
    /// The name: 1 to 255 lower-case letters, digits and hyphens, unique in the organization. It cannot be changed.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The role in the organization. [`Admin`](ServiceAccountRole::Admin) requires a person's credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_role: Option<ServiceAccountRole>,
}

impl ServiceAccountCreate {
    /// Creates a service account with a name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, organization_role: None }
    }
}

/// The fields of a service account to change (`POST /v1/organizations/service_accounts/{service_account_id}`). A
/// field that is not set is not sent and stays unchanged.
///
/// `Debug` shows the role alone.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServiceAccountUpdate {
    /// The description. A cleared one is sent as null, and the service stores it as an empty text.
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "super::body::value_or_null")]
    pub description: Change<String>,
    /// The role in the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_role: Option<ServiceAccountRole>,
}

impl fmt::Debug for ServiceAccountCreate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceAccountCreate")
            .field("organization_role", &self.organization_role)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServiceAccountUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceAccountUpdate")
            .field("organization_role", &self.organization_role)
            .finish_non_exhaustive()
    }
}

open_record! {
    /// A service account's membership in a workspace
    /// (`GET /v1/organizations/service_accounts/{service_account_id}/workspaces`).
    pub struct ServiceAccountWorkspaceMember {
        /// `service_account_workspace_member`.
        record_type: String = "type",
        /// The id of the service account.
        service_account_id: OpaqueId,
        /// The id of the workspace.
        workspace_id: OpaqueId,
        /// The role in the workspace.
        workspace_role: WorkspaceRole,
        /// Who added it; null if that is not known.
        created_by_actor_id: String,
        /// Whether it comes with the service account, as the one in the default workspace does: it cannot be removed.
        implicit: bool,
    }
}
