//! A user's credentials: API tokens, logins through other services, the second factor.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    operations,
    wire::{ApiToken, RecoveryCodes, SecretText, TotpEnrollment},
};

impl UpsunClient {
    /// Creates an API token for a user and returns it with its secret, which is not shown again:
    /// `POST /users/{user_id}/api-tokens`.
    ///
    /// Each call creates another token, so the request is never retried. Source: OpenAPI document
    /// (`create-api-token`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the name is
    /// empty, and if the service refuses it; [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose
    /// reasons are not documented; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response cannot be read. A token whose secret is
    /// lost may exist then.
    pub async fn create_user_api_token(&self, user_id: &str, name: &str) -> Result<ApiToken> {
        self.call(operations::create_user_api_token(user_id, name)).await
    }

    /// Deletes an API token of a user: `DELETE /users/{user_id}/api-tokens/{token_id}`. Access tokens that
    /// were obtained with it stay valid until they expire.
    ///
    /// Source: OpenAPI document (`delete-api-token`); for the access tokens, the document's description of
    /// [`ApiToken::last_used_at`].
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), with an empty response body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn delete_user_api_token(&self, user_id: &str, token_id: &str) -> Result<()> {
        self.call(operations::delete_user_api_token(user_id, token_id)).await
    }

    /// Deletes a user's login through another service: `DELETE /users/{user_id}/connections/{provider}`.
    ///
    /// `provider` is [`Connection::provider`](crate::wire::Connection::provider). Source: OpenAPI document
    /// (`delete-login-connection`).
    ///
    /// # Errors
    /// See [`delete_user_api_token`](Self::delete_user_api_token).
    pub async fn delete_user_connection(&self, user_id: &str, provider: &str) -> Result<()> {
        self.call(operations::delete_user_connection(user_id, provider)).await
    }

    /// Gets the data that an authenticator app needs for a user, including the seed:
    /// `GET /users/{user_id}/totp`. It takes effect when it is [confirmed](Self::confirm_totp_enrollment).
    ///
    /// Whether each request creates another seed is not documented: confirm the most recent one. Source:
    /// OpenAPI document (`get-totp-enrollment`).
    ///
    /// # Errors
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not documented (inferred: the
    /// user already has a second factor); [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_totp_enrollment(&self, user_id: &str) -> Result<TotpEnrollment> {
        self.call(operations::get_totp_enrollment(user_id)).await
    }

    /// Enables one-time passwords as a user's second factor and returns the recovery codes:
    /// `POST /users/{user_id}/totp`.
    ///
    /// `secret` is the [seed](TotpEnrollment::secret), and `passcode` a current one-time password generated
    /// from it. The codes are not shown again. If the response has no body, the result has no codes;
    /// [`recreate_recovery_codes`](Self::recreate_recovery_codes) creates new ones. Source: OpenAPI document
    /// (`confirm-totp-enrollment`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the seed or
    /// the password is empty, and if the service refuses it;
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn confirm_totp_enrollment(
        &self,
        user_id: &str,
        secret: &SecretText,
        passcode: &str,
    ) -> Result<RecoveryCodes> {
        self.call(operations::confirm_totp_enrollment(user_id, secret, passcode)).await
    }

    /// Disables one-time passwords as a user's second factor: `DELETE /users/{user_id}/totp`.
    ///
    /// Source: OpenAPI document (`withdraw-totp-enrollment`).
    ///
    /// # Errors
    /// See [`delete_user_api_token`](Self::delete_user_api_token).
    pub async fn withdraw_totp_enrollment(&self, user_id: &str) -> Result<()> {
        self.call(operations::withdraw_totp_enrollment(user_id)).await
    }

    /// Creates new recovery codes for a user and returns them: `POST /users/{user_id}/codes`. That the
    /// previous codes become invalid is inferred.
    ///
    /// The codes are not shown again. If the response has no body, the result has no codes. The request is
    /// never retried. Source: OpenAPI document (`recreate-recovery-codes`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), with an empty response body, if the user does not
    /// exist or (inferred) has no second factor;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn recreate_recovery_codes(&self, user_id: &str) -> Result<RecoveryCodes> {
        self.call(operations::recreate_recovery_codes(user_id)).await
    }
}
