//! Making and changing users and API users.

use anyprofile_core::Result;
use anyprofile_http::SecretString;

use super::ProbelyClient;
use crate::{
    operations,
    wire::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, PasswordChanged, User,
        UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
};

impl ProbelyClient {
    /// Makes a user: `POST /users/`. **It also lets a deactivated user in again**, if there is one with the e-mail
    /// address, so that a second request is no harmless repetition.
    ///
    /// Source: page `users-create` of the reference; the older OpenAPI document for the letting in.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every
    /// broken rule by field, or with the service's words by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the user, who may be there all the
    /// same.
    pub async fn create_user(&self, create: &UserCreate) -> Result<User> {
        self.call(operations::create_user(create)).await
    }

    /// Changes a user, and gives it as it then is: `PATCH /users/{id}/`. Only what is set is sent.
    ///
    /// **With a new e-mail address the service resets the user's password, and the user's tokens are revoked.**
    ///
    /// Source: page `users-partial-update` of the reference; the older OpenAPI document for the e-mail address.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every
    /// broken rule by field, or with the service's words by field;
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user(&self, id: &str, update: &UserUpdate) -> Result<User> {
        self.call(operations::update_user(id, update)).await
    }

    /// Replaces a user by what is given, and gives it as it then is: `PUT /users/{id}/`.
    ///
    /// **With another e-mail address than before the service resets the user's password, and the user's tokens are
    /// revoked.**
    ///
    /// Source: older OpenAPI document; the reference has the operation for API users.
    ///
    /// # Errors
    /// As [above](Self::update_user).
    pub async fn replace_user(&self, id: &str, replace: &UserReplace) -> Result<User> {
        self.call(operations::replace_user(id, replace)).await
    }

    /// Deactivates a user, who may stay in the list: `DELETE /users/{id}/`. [Making](Self::create_user) a user with the
    /// same e-mail address lets the user in again.
    ///
    /// Source: older OpenAPI document, and client code. What is answered for a user who is deactivated already is
    /// not published.
    ///
    /// # Errors
    /// [`PermissionDenied`](anyprofile_core::ErrorKind::PermissionDenied);
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn deactivate_user(&self, id: &str) -> Result<()> {
        self.call(operations::deactivate_user(id)).await
    }

    /// Changes several users alike: `POST /users/bulk/update/`. Which were changed is said in the newer form of the
    /// reference alone.
    ///
    /// Source: page `users-bulk-update-create` of the reference, which has two forms.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every
    /// broken rule by field, or with the service's words by field. Whether some users were changed then is not
    /// published.
    pub async fn bulk_update_users(&self, update: &UserBulkUpdate) -> Result<BulkUpdated> {
        self.call(operations::bulk_update_users(update)).await
    }

    /// Changes the password of the credential's own user: `POST /profile/change_password/`. The new one has at least 10
    /// characters. An API user has no password.
    ///
    /// Source: older OpenAPI document; page `user` of the reference says that the operation exists. Whether it revokes
    /// tokens is not published.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent for a new password that
    /// is too short, or with the service's words, such as for a wrong current one.
    pub async fn change_password(
        &self,
        current: &SecretString,
        new: &SecretString,
    ) -> Result<PasswordChanged> {
        self.call(operations::change_password(current, new)).await
    }

    /// Makes an API user, which is a program that acts by a key of its own: `POST /api-users/`.
    ///
    /// Whether the response shows the key is not published. If it does, the key is among the fields of the record that this
    /// version does not know, and has to be treated as a secret.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// As with [users](Self::create_user).
    pub async fn create_api_user(&self, create: &ApiUserCreate) -> Result<User> {
        self.call(operations::create_api_user(create)).await
    }

    /// Changes an API user, and gives it as it then is: `PATCH /api-users/{id}/`. Only what is set is sent.
    ///
    /// Source: page `api-users-partial-update` of the reference.
    ///
    /// # Errors
    /// As with [users](Self::update_user).
    pub async fn update_api_user(&self, id: &str, update: &ApiUserUpdate) -> Result<User> {
        self.call(operations::update_api_user(id, update)).await
    }

    /// Replaces an API user by what is given, and gives it as it then is: `PUT /api-users/{id}/`.
    ///
    /// Source: page `api-users-update` of the reference.
    ///
    /// # Errors
    /// As with [users](Self::update_user).
    pub async fn replace_api_user(&self, id: &str, replace: &ApiUserReplace) -> Result<User> {
        self.call(operations::replace_api_user(id, replace)).await
    }

    /// Deletes an API user: `DELETE /api-users/{id}/`. Whether it is gone or deactivated then, as a user is, is not
    /// published.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// As with [users](Self::deactivate_user).
    pub async fn delete_api_user(&self, id: &str) -> Result<()> {
        self.call(operations::delete_api_user(id)).await
    }

    /// Changes several API users alike: `POST /api-users/bulk/update/`. Which were changed may not be said.
    ///
    /// Source: page `api-users-bulk-update-create` of the reference, which shows no field for the ids.
    ///
    /// # Errors
    /// As with [users](Self::bulk_update_users).
    pub async fn bulk_update_api_users(&self, update: &ApiUserBulkUpdate) -> Result<BulkUpdated> {
        self.call(operations::bulk_update_api_users(update)).await
    }
}
