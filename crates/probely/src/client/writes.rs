//! Writes of users and API users.

use anyprofile_core::Result;
use anyprofile_http::Secret;

use super::ProbelyClient;
use crate::{
    operations,
    wire::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, PasswordChanged, User,
        UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
};

impl ProbelyClient {
    /// Creates a user: `POST /users/`. **If a deactivated user has the e-mail address, that user is
    /// reactivated**, so repeating the request is not harmless.
    ///
    /// Source: page `users-create` of the reference; the older OpenAPI document for the reactivation.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the user. The user may
    /// have been created then.
    pub async fn create_user(&self, create: &UserCreate) -> Result<User> {
        self.call(operations::create_user(create)).await
    }

    /// Updates a user and returns it: `PATCH /users/{id}/`. Only the fields that are set are sent.
    ///
    /// **A new e-mail address resets the user's password and revokes the user's tokens.**
    ///
    /// Source: page `users-partial-update` of the reference; the older OpenAPI document for the e-mail address.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user(&self, id: &str, update: &UserUpdate) -> Result<User> {
        self.call(operations::update_user(id, update)).await
    }

    /// Replaces a user and returns it: `PUT /users/{id}/`.
    ///
    /// **If the e-mail address differs from the current one, the service resets the user's password and
    /// revokes the user's tokens.**
    ///
    /// Source: older OpenAPI document; the reference has the operation for API users.
    ///
    /// # Errors
    /// See [`update_user`](Self::update_user).
    pub async fn replace_user(&self, id: &str, replace: &UserReplace) -> Result<User> {
        self.call(operations::replace_user(id, replace)).await
    }

    /// Deactivates a user: `DELETE /users/{id}/`. The user may stay in the list.
    /// [`create_user`](Self::create_user) with the same e-mail address reactivates the user.
    ///
    /// Source: older OpenAPI document, and client code. The response for a user who is already deactivated is
    /// not published.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn deactivate_user(&self, id: &str) -> Result<()> {
        self.call(operations::deactivate_user(id)).await
    }

    /// Makes the same change to several users: `POST /users/bulk/update/`. Only the newer form of the
    /// reference returns the ids of the changed users.
    ///
    /// Source: page `users-bulk-update-create` of the reference, which has two forms.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field. Whether some users were changed then
    /// is not published.
    pub async fn bulk_update_users(&self, update: &UserBulkUpdate) -> Result<BulkUpdated> {
        self.call(operations::bulk_update_users(update)).await
    }

    /// Changes the password of the credential's own user: `POST /profile/change_password/`. The new password
    /// must have at least 10 characters. An API user has no password.
    ///
    /// Source: older OpenAPI document; page `user` of the reference confirms that the operation exists.
    /// Whether it revokes tokens is not published.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent if the new
    /// password is too short, or with the service's messages, for example if the current password is wrong.
    pub async fn change_password(&self, current: &Secret, new: &Secret) -> Result<PasswordChanged> {
        self.call(operations::change_password(current, new)).await
    }

    /// Creates an API user, which is a program with its own key: `POST /api-users/`.
    ///
    /// Whether the response contains the key is not published. If it does, it is the only one:
    /// [`User::key`](crate::wire::User::key).
    ///
    /// Source: page `api-users-create` of the reference, and client code.
    ///
    /// # Errors
    /// See [`create_user`](Self::create_user).
    pub async fn create_api_user(&self, create: &ApiUserCreate) -> Result<User> {
        self.call(operations::create_api_user(create)).await
    }

    /// Updates an API user and returns it: `PATCH /api-users/{id}/`. Only the fields that are set are sent.
    ///
    /// Source: page `api-users-partial-update` of the reference.
    ///
    /// # Errors
    /// See [`update_user`](Self::update_user).
    pub async fn update_api_user(&self, id: &str, update: &ApiUserUpdate) -> Result<User> {
        self.call(operations::update_api_user(id, update)).await
    }

    /// Replaces an API user and returns it: `PUT /api-users/{id}/`.
    ///
    /// Source: page `api-users-update` of the reference.
    ///
    /// # Errors
    /// See [`update_user`](Self::update_user).
    pub async fn replace_api_user(&self, id: &str, replace: &ApiUserReplace) -> Result<User> {
        self.call(operations::replace_api_user(id, replace)).await
    }

    /// Deletes an API user: `DELETE /api-users/{id}/`. Whether the API user is deleted, or deactivated like a
    /// user, is not published.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// See [`deactivate_user`](Self::deactivate_user).
    pub async fn delete_api_user(&self, id: &str) -> Result<()> {
        self.call(operations::delete_api_user(id)).await
    }

    /// Makes the same change to several API users: `POST /api-users/bulk/update/`. The response may not
    /// contain the changed ids.
    ///
    /// Source: page `api-users-bulk-update-create` of the reference, which has two forms.
    ///
    /// # Errors
    /// See [`bulk_update_users`](Self::bulk_update_users).
    pub async fn bulk_update_api_users(&self, update: &ApiUserBulkUpdate) -> Result<BulkUpdated> {
        self.call(operations::bulk_update_api_users(update)).await
    }
}
