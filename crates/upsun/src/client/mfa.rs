//! The second factor of the members of an organization.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    operations,
    wire::{MfaEnforcement, MfaReminders},
};

impl UpsunClient {
    /// Gets whether an organization requires a second factor of its members:
    /// `GET /organizations/{organization_id}/mfa-enforcement`.
    ///
    /// `organization` is the id (a ULID), or `name=` and the organization's machine name. Which members have a
    /// second factor is in the users that a list of members links to
    /// ([`UserReference::mfa_enabled`](crate::wire::UserReference::mfa_enabled)). Source: OpenAPI document
    /// (`get-org-mfa-enforcement`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied); the document lists no 404.
    pub async fn get_organization_mfa_enforcement(&self, organization: &str) -> Result<MfaEnforcement> {
        self.call(operations::get_organization_mfa_enforcement(organization)).await
    }

    /// Requires a second factor of the members of an organization:
    /// `POST /organizations/{organization_id}/mfa-enforcement/enable`.
    ///
    /// Members without one are then denied access to the organization: by the API, the console, SSH and Git.
    /// The caller must be the owner or an admin and have a second factor, and the organization needs a plan
    /// that includes the feature. Source: OpenAPI document (`enable-org-mfa-enforcement`); for the effect and
    /// the conditions, the service's documentation.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if a condition is not met;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the
    /// organization is named by `name=`, which works only for reads.
    pub async fn enable_organization_mfa_enforcement(&self, organization_id: &str) -> Result<()> {
        self.call(operations::enable_organization_mfa_enforcement(organization_id)).await
    }

    /// No longer requires a second factor of the members of an organization:
    /// `POST /organizations/{organization_id}/mfa-enforcement/disable`.
    ///
    /// Source: OpenAPI document (`disable-org-mfa-enforcement`).
    ///
    /// # Errors
    /// See [`enable_organization_mfa_enforcement`](Self::enable_organization_mfa_enforcement).
    pub async fn disable_organization_mfa_enforcement(&self, organization_id: &str) -> Result<()> {
        self.call(operations::disable_organization_mfa_enforcement(organization_id)).await
    }

    /// Reminds members of an organization by e-mail to enable a second factor:
    /// `POST /organizations/{organization_id}/mfa/remind`. Returns the result for each user.
    ///
    /// The service responds with 200 even if reminders failed: check
    /// [`is_sent_to`](MfaReminders::is_sent_to) for each user. Each call sends messages, so the request is
    /// never retried. Source: OpenAPI document (`send-org-mfa-reminders`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if no user is
    /// named (the effect is not documented), an id is empty or the organization is named by `name=`, and if
    /// the service refuses the request;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn send_organization_mfa_reminders(
        &self,
        organization_id: &str,
        user_ids: &[&str],
    ) -> Result<MfaReminders> {
        self.call(operations::send_organization_mfa_reminders(organization_id, user_ids)).await
    }
}
