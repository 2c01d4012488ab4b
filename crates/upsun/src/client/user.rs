//! Users and their records.

use anyprofile_core::{Result, listing::Page};

use super::UpsunClient;
use crate::{
    operations,
    wire::{
        ApiToken, Connection, CurrentUser, PhoneVerification, ReferencedUsers, SignedLink, User, UserUpdate,
        Verification,
    },
};

impl UpsunClient {
    /// Gets the user of the token: `GET /users/me`.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied) if the token belongs to no user.
    pub async fn get_current_user(&self) -> Result<User> {
        self.call(operations::get_current_user()).await
    }

    /// Gets a user: `GET /users/{user_id}`.
    ///
    /// `user_id` is a UUID. Source: OpenAPI document (`get-user`).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), with an empty response body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_user(&self, user_id: &str) -> Result<User> {
        self.call(operations::get_user(user_id)).await
    }

    /// Gets the user with an e-mail address: `GET /users/email={email}`.
    ///
    /// The prefix and the percent-encoded address are one path segment. Source: OpenAPI document
    /// (`get-user-by-email-address`).
    ///
    /// # Errors
    /// See [`get_user`](Self::get_user); also [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest)
    /// before anything is sent if the address is empty.
    pub async fn get_user_by_email(&self, email: &str) -> Result<User> {
        self.call(operations::get_user_by_email(email)).await
    }

    /// Gets the user with a user name: `GET /users/username={username}`.
    ///
    /// Source: OpenAPI document (`get-user-by-username`).
    ///
    /// # Errors
    /// See [`get_user_by_email`](Self::get_user_by_email).
    pub async fn get_user_by_username(&self, username: &str) -> Result<User> {
        self.call(operations::get_user_by_username(username)).await
    }

    /// Updates a user: `PATCH /users/{user_id}`. Returns the updated user, or the part of it that the service
    /// returns.
    ///
    /// `user_id` is a UUID. Only the fields that are set in `update` are sent; if none is, the user is read
    /// instead. To change the e-mail address, use [`reset_email_address`](Self::reset_email_address). Source:
    /// OpenAPI document (`update-user`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the country
    /// is not two letters, and if the service refuses the change;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is not a user. The change may have been
    /// made then.
    pub async fn update_user(&self, user_id: &str, update: &UserUpdate) -> Result<User> {
        self.call(operations::update_user(user_id, update)).await
    }

    /// Requests another e-mail address for a user: `POST /users/{user_id}/emailaddress`. The service sends a
    /// message to the new address, and the user must confirm it.
    ///
    /// Until then the user's records show the current address. The service's SDK for Node sends an empty
    /// address to remove the address. That is not documented, so an empty address is refused here. Source:
    /// OpenAPI document (`reset-email-address`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the address
    /// is empty, and if the service refuses it; [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose
    /// reasons are not documented; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn reset_email_address(&self, user_id: &str, email: &str) -> Result<()> {
        self.call(operations::reset_email_address(user_id, email)).await
    }

    /// Requests a password reset for a user: `POST /users/{user_id}/resetpassword`. The service sends a
    /// message to the user, who chooses the password. To set one, see
    /// [`ProfileUpdate::password`](crate::wire::ProfileUpdate::password).
    ///
    /// Source: OpenAPI document (`reset-password`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn reset_password(&self, user_id: &str) -> Result<()> {
        self.call(operations::reset_password(user_id)).await
    }

    /// Gets the older view of the token's user, with SSH keys and projects: `GET /me`.
    ///
    /// The API has deprecated the operation. To get only the user, use
    /// [`get_current_user`](Self::get_current_user). Source: OpenAPI document
    /// (`get-current-user-deprecated`), which lists no errors.
    pub async fn get_me(&self) -> Result<CurrentUser> {
        self.call(operations::get_me()).await
    }

    /// Returns whether the token's user must verify a phone number before creating a project:
    /// `POST /me/phone`.
    ///
    /// The request changes nothing, so it is retried like a read. `force_refresh` (from client code) bypasses
    /// the state that the service has cached. The service's own client is about to replace this operation
    /// with [`get_verification`](Self::get_verification). Source: OpenAPI document
    /// (`get-current-user-verification-status`), which lists no errors.
    pub async fn get_phone_verification(&self, force_refresh: bool) -> Result<PhoneVerification> {
        self.call(operations::get_phone_verification(force_refresh)).await
    }

    /// Returns whether and how the token's user must be verified before creating a project:
    /// `POST /me/verification`.
    ///
    /// The request changes nothing, so it is retried like a read. `force_refresh` (from client code) bypasses
    /// the state that the service has cached. Source: OpenAPI document
    /// (`get-current-user-verification-status-full`), which lists no errors.
    pub async fn get_verification(&self, force_refresh: bool) -> Result<Verification> {
        self.call(operations::get_verification(force_refresh)).await
    }

    /// Gets the users that other records refer to, such as members: `GET /ref/users`.
    ///
    /// The link must come from a response of this account (`_links["ref:users:N"]`, see
    /// [`CursorPage::users`](crate::CursorPage::users)). It is signed, so it is sent unchanged. A user that
    /// no longer exists is null, and a user may be missing. Source: OpenAPI document
    /// (`list-referenced-users`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the link
    /// leads to another host or resource, and if the service does not accept the signature.
    pub async fn get_referenced_users(&self, link: &SignedLink) -> Result<ReferencedUsers> {
        self.call(operations::get_referenced_users(link)).await
    }

    /// Lists a user's logins through other services: `GET /users/{user_id}/connections`. The list has no
    /// pages.
    ///
    /// Source: OpenAPI document (`list-login-connections`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_connections(&self, user_id: &str) -> Result<Page<Connection>> {
        self.call(operations::list_user_connections(user_id)).await
    }

    /// Gets a user's login through one other service: `GET /users/{user_id}/connections/{provider}`.
    ///
    /// `provider` is [`Connection::provider`]. Source: OpenAPI document (`get-login-connection`).
    ///
    /// # Errors
    /// See [`get_user`](Self::get_user).
    pub async fn get_user_connection(&self, user_id: &str, provider: &str) -> Result<Connection> {
        self.call(operations::get_user_connection(user_id, provider)).await
    }

    /// Lists a user's API tokens, without their secrets: `GET /users/{user_id}/api-tokens`. The list has no
    /// pages.
    ///
    /// Source: OpenAPI document (`list-api-tokens`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_api_tokens(&self, user_id: &str) -> Result<Page<ApiToken>> {
        self.call(operations::list_user_api_tokens(user_id)).await
    }

    /// Gets one API token of a user, without its secret: `GET /users/{user_id}/api-tokens/{token_id}`.
    ///
    /// Source: OpenAPI document (`get-api-token`).
    ///
    /// # Errors
    /// See [`get_user`](Self::get_user).
    pub async fn get_user_api_token(&self, user_id: &str, token_id: &str) -> Result<ApiToken> {
        self.call(operations::get_user_api_token(user_id, token_id)).await
    }
}
