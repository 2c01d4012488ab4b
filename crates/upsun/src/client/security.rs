//! What a user signs in with: API tokens, other services, a second factor.

use anyprofile_core::Result;

use super::UpsunClient;
use crate::{
    operations,
    wire::{ApiToken, RecoveryCodes, SecretText, TotpEnrollment},
};

impl UpsunClient {
    /// Makes an API token for a user, and gives it with the secret itself, which is not shown again:
    /// `POST /users/{user_id}/api-tokens`.
    ///
    /// Each request makes another one; this is never repeated by the client. Source: OpenAPI document
    /// (`create-api-token`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the name is empty,
    /// and if the service refuses it; [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not
    /// documented; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response cannot be read, after which there may be a token
    /// that nobody knows.
    pub async fn create_user_api_token(&self, user_id: &str, name: &str) -> Result<ApiToken> {
        self.call(operations::create_user_api_token(user_id, name)).await
    }

    /// Deletes an API token of a user: `DELETE /users/{user_id}/api-tokens/{token_id}`. Access tokens that were
    /// exchanged for it are good until they run out.
    ///
    /// Source: OpenAPI document (`delete-api-token`); of the access tokens, the document's words on
    /// [`ApiToken::last_used_at`].
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), from a response without a body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn delete_user_api_token(&self, user_id: &str, token_id: &str) -> Result<()> {
        self.call(operations::delete_user_api_token(user_id, token_id)).await
    }

    /// Deletes the way in which a user signs in through another service:
    /// `DELETE /users/{user_id}/connections/{provider}`.
    ///
    /// `provider` is [`Connection::provider`](crate::wire::Connection::provider). Source: OpenAPI document
    /// (`delete-login-connection`).
    ///
    /// # Errors
    /// As [above](Self::delete_user_api_token).
    pub async fn delete_user_connection(&self, user_id: &str, provider: &str) -> Result<()> {
        self.call(operations::delete_user_connection(user_id, provider)).await
    }

    /// Gets what an app needs to make one-time passwords for a user, the seed among it: `GET /users/{user_id}/totp`.
    /// It counts once it is [confirmed](Self::confirm_totp_enrollment).
    ///
    /// Whether each request makes another seed is not documented: confirm the one that came last. Source: OpenAPI
    /// document (`get-totp-enrollment`).
    ///
    /// # Errors
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not documented: that the user has the second
    /// factor is inferred; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_totp_enrollment(&self, user_id: &str) -> Result<TotpEnrollment> {
        self.call(operations::get_totp_enrollment(user_id)).await
    }

    /// Turns on one-time passwords as a user's second factor, and gives the codes that stand in for it:
    /// `POST /users/{user_id}/totp`.
    ///
    /// `secret` is the [seed](TotpEnrollment::secret), and `passcode` a password that was made from it just now. The
    /// codes are not shown again; a response without a body has none, and
    /// [`recreate_recovery_codes`](Self::recreate_recovery_codes) makes others. Source: OpenAPI document
    /// (`confirm-totp-enrollment`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the seed or the
    /// password is empty, and if the service refuses it; [`Conflict`](anyprofile_core::ErrorKind::Conflict);
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn confirm_totp_enrollment(
        &self,
        user_id: &str,
        secret: &SecretText,
        passcode: &str,
    ) -> Result<RecoveryCodes> {
        self.call(operations::confirm_totp_enrollment(user_id, secret, passcode)).await
    }

    /// Turns off one-time passwords as a user's second factor: `DELETE /users/{user_id}/totp`.
    ///
    /// Source: OpenAPI document (`withdraw-totp-enrollment`).
    ///
    /// # Errors
    /// As [above](Self::delete_user_api_token).
    pub async fn withdraw_totp_enrollment(&self, user_id: &str) -> Result<()> {
        self.call(operations::withdraw_totp_enrollment(user_id)).await
    }

    /// Makes other codes that stand in for a user's second factor, and gives them: `POST /users/{user_id}/codes`.
    /// That those before are then worth nothing is inferred.
    ///
    /// They are not shown again; a response without a body has none. This is never repeated by the client. Source:
    /// OpenAPI document (`recreate-recovery-codes`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), from a response without a body, if there is no such user or, as
    /// is inferred, no second factor; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn recreate_recovery_codes(&self, user_id: &str) -> Result<RecoveryCodes> {
        self.call(operations::recreate_recovery_codes(user_id)).await
    }
}
