//! Users, and what belongs to them.

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
    /// Gets the user whom the token belongs to: `GET /users/me`.
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
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound), from a response without a body;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn get_user(&self, user_id: &str) -> Result<User> {
        self.call(operations::get_user(user_id)).await
    }

    /// Gets the user with an e-mail address: `GET /users/email={email}`.
    ///
    /// Prefix and address are one segment of the path, of which the address is percent-encoded. Source: OpenAPI
    /// document (`get-user-by-email-address`).
    ///
    /// # Errors
    /// As [above](Self::get_user); [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before
    /// anything is sent, if the address is empty.
    pub async fn get_user_by_email(&self, email: &str) -> Result<User> {
        self.call(operations::get_user_by_email(email)).await
    }

    /// Gets the user with a user name: `GET /users/username={username}`.
    ///
    /// Source: OpenAPI document (`get-user-by-username`).
    ///
    /// # Errors
    /// As [above](Self::get_user_by_email).
    pub async fn get_user_by_username(&self, username: &str) -> Result<User> {
        self.call(operations::get_user_by_username(username)).await
    }

    /// Changes a user, and gives the record as it then is, or the part of it that the service answers with:
    /// `PATCH /users/{user_id}`.
    ///
    /// `user_id` is a UUID. Only what `update` has is sent; if that is nothing, the user is read. The e-mail address
    /// has [an operation of its own](Self::reset_email_address). Source: OpenAPI document (`update-user`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for a country that is
    /// not two letters, and for what the service refuses;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response is no user, after which the change may have been
    /// made.
    pub async fn update_user(&self, user_id: &str, update: &UserUpdate) -> Result<User> {
        self.call(operations::update_user(user_id, update)).await
    }

    /// Asks for another e-mail address of a user: `POST /users/{user_id}/emailaddress`. The service then writes to
    /// the new address, and the user has to confirm it.
    ///
    /// Until then the user's records show the present address. The service's SDK for Node sends an empty address to
    /// remove it; nothing documents that, and here it is refused. Source: OpenAPI document (`reset-email-address`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the address is
    /// empty, and if the service refuses it; [`Conflict`](anyprofile_core::ErrorKind::Conflict), whose reasons are not
    /// documented; [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn reset_email_address(&self, user_id: &str, email: &str) -> Result<()> {
        self.call(operations::reset_email_address(user_id, email)).await
    }

    /// Asks for another password of a user: `POST /users/{user_id}/resetpassword`. The service writes to the user,
    /// who chooses it; to set one, see [`ProfileUpdate::password`](crate::wire::ProfileUpdate::password).
    ///
    /// Source: OpenAPI document (`reset-password`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn reset_password(&self, user_id: &str) -> Result<()> {
        self.call(operations::reset_password(user_id)).await
    }

    /// Gets the older view of the user whom the token belongs to, with SSH keys and projects: `GET /me`.
    ///
    /// The API calls it deprecated: use [`get_current_user`](Self::get_current_user) to know who it is. Source:
    /// OpenAPI document (`get-current-user-deprecated`), which names no error.
    pub async fn get_me(&self) -> Result<CurrentUser> {
        self.call(operations::get_me()).await
    }

    /// Asks whether the token's user has to verify a phone number before making a project: `POST /me/phone`.
    ///
    /// The request changes nothing, so it is repeated like a read. `force_refresh` asks for the state of now,
    /// not one that the service kept; it is from client code. The service's own client is about to drop this
    /// operation for [`get_verification`](Self::get_verification). Source: OpenAPI document
    /// (`get-current-user-verification-status`), which names no error.
    pub async fn get_phone_verification(&self, force_refresh: bool) -> Result<PhoneVerification> {
        self.call(operations::get_phone_verification(force_refresh)).await
    }

    /// Asks whether and how the token's user has to be verified before making a project:
    /// `POST /me/verification`.
    ///
    /// The request changes nothing, so it is repeated like a read. `force_refresh` asks for the state of now,
    /// not one that the service kept; it is from client code. Source: OpenAPI document
    /// (`get-current-user-verification-status-full`), which names no error.
    pub async fn get_verification(&self, force_refresh: bool) -> Result<Verification> {
        self.call(operations::get_verification(force_refresh)).await
    }

    /// Gets the users whom other records name, such as members: `GET /ref/users`.
    ///
    /// The link is one that a response of this account held (`_links["ref:users:N"]`, see
    /// [`CursorPage::users`](crate::CursorPage::users)): it is signed, cannot be made up, and is sent to the
    /// letter. A user who no longer exists is null, and one may be missing. Source: OpenAPI document
    /// (`list-referenced-users`).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, if the link leads
    /// to another host or resource, and if the service does not accept the signature.
    pub async fn get_referenced_users(&self, link: &SignedLink) -> Result<ReferencedUsers> {
        self.call(operations::get_referenced_users(link)).await
    }

    /// Lists the ways in which a user signs in through other services: `GET /users/{user_id}/connections`. All
    /// come at once.
    ///
    /// Source: OpenAPI document (`list-login-connections`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_connections(&self, user_id: &str) -> Result<Page<Connection>> {
        self.call(operations::list_user_connections(user_id)).await
    }

    /// Gets the way in which a user signs in through one other service:
    /// `GET /users/{user_id}/connections/{provider}`.
    ///
    /// `provider` is [`Connection::provider`]. Source: OpenAPI document (`get-login-connection`).
    ///
    /// # Errors
    /// As [above](Self::get_user).
    pub async fn get_user_connection(&self, user_id: &str, provider: &str) -> Result<Connection> {
        self.call(operations::get_user_connection(user_id, provider)).await
    }

    /// Lists a user's API tokens, without the secrets themselves: `GET /users/{user_id}/api-tokens`. All come
    /// at once.
    ///
    /// Source: OpenAPI document (`list-api-tokens`).
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied).
    pub async fn list_user_api_tokens(&self, user_id: &str) -> Result<Page<ApiToken>> {
        self.call(operations::list_user_api_tokens(user_id)).await
    }

    /// Gets one API token of a user, without the secret itself: `GET /users/{user_id}/api-tokens/{token_id}`.
    ///
    /// Source: OpenAPI document (`get-api-token`).
    ///
    /// # Errors
    /// As [above](Self::get_user).
    pub async fn get_user_api_token(&self, user_id: &str, token_id: &str) -> Result<ApiToken> {
        self.call(operations::get_user_api_token(user_id, token_id)).await
    }
}
