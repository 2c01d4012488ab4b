//! Making and changing users and API users.
//!
//! No request of these is repeated by the retry policy, not even those whose method is idempotent in HTTP: the service
//! documents none of them as safe to repeat. A second `POST /users/` may let somebody in again who was
//! deactivated in between, a second `PUT` may undo what somebody else changed, and what a second `DELETE` answers is not
//! published: if it is that there is no such user, a deactivation that came through would look as if it had failed. An
//! error whose outcome is not known says so.

use anyprofile_core::{Result, wire::Tolerant};
use anyprofile_http::{Answer, ExposeSecret as _, Request, SecretString};
use serde::Serialize;

use super::{
    ProbelyClient,
    rules::{self, Rules},
    users::{api_user_request, user_request},
};
use crate::wire::{
    ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, PasswordChanged, User,
    UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
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
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the answer does not show the user, who may be there all the
    /// same.
    pub async fn create_user(&self, create: &UserCreate) -> Result<User> {
        let answer = self.http.send(self.create_user_request(create)?).await?;
        made(&answer)
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
        let answer = self.http.send(self.update_user_request(id, update)?).await?;
        self.http.read_back(answer, || user_request(id)).await?.decode_record()
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
        let answer = self.http.send(self.replace_user_request(id, replace)?).await?;
        self.http.read_back(answer, || user_request(id)).await?.decode_record()
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
        self.http.send(deactivate_user_request(id)).await?.acknowledged()
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
        let request = self.checked("users_bulk_update_create", update, |operation| {
            Request::post(operation).path("/users/bulk/update/").json(update)
        })?;
        Ok(self.http.send(request).await?.decode_record_if_any()?.unwrap_or_default())
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
        /// The names are the service's.
        #[derive(Serialize)]
        struct Passwords<'a> {
            current_password: &'a str,
            password: &'a str,
            confpassword: &'a str,
        }

        let operation = "profile_change_password_create";
        let (current_password, password) = (current.expose_secret(), new.expose_secret());
        rules::password(password).refuse(self.http.info(), operation)?;
        let body = Passwords { current_password, password, confpassword: password };
        let request = Request::post(operation).path("/profile/change_password/").json(&body);
        Ok(self.http.send(request).await?.decode_record_if_any()?.unwrap_or_default())
    }

    /// Makes an API user, which is a program that acts by a key of its own: `POST /api-users/`.
    ///
    /// Whether the answer shows the key is not published. If it does, the key is among the fields of the record that this
    /// version does not know, and has to be treated as a secret.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// As with [users](Self::create_user).
    pub async fn create_api_user(&self, create: &ApiUserCreate) -> Result<User> {
        let request = self.checked("api_users_create", create, |operation| {
            Request::post(operation).path("/api-users/").json(create)
        })?;
        made(&self.http.send(request).await?)
    }

    /// Changes an API user, and gives it as it then is: `PATCH /api-users/{id}/`. Only what is set is sent.
    ///
    /// Source: page `api-users-partial-update` of the reference.
    ///
    /// # Errors
    /// As with [users](Self::update_user).
    pub async fn update_api_user(&self, id: &str, update: &ApiUserUpdate) -> Result<User> {
        let answer = self.http.send(self.update_api_user_request(id, update)?).await?;
        self.http.read_back(answer, || api_user_request(id)).await?.decode_record()
    }

    /// Replaces an API user by what is given, and gives it as it then is: `PUT /api-users/{id}/`.
    ///
    /// Source: page `api-users-update` of the reference.
    ///
    /// # Errors
    /// As with [users](Self::update_user).
    pub async fn replace_api_user(&self, id: &str, replace: &ApiUserReplace) -> Result<User> {
        let request = self.checked("api_users_update", replace, |operation| {
            Request::put(operation, replace).path("/api-users").segment(id).path("/")
        })?;
        let answer = self.http.send(request).await?;
        self.http.read_back(answer, || api_user_request(id)).await?.decode_record()
    }

    /// Deletes an API user: `DELETE /api-users/{id}/`. Whether it is gone or deactivated then, as a user is, is not
    /// published.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// As with [users](Self::deactivate_user).
    pub async fn delete_api_user(&self, id: &str) -> Result<()> {
        self.http.send(delete_api_user_request(id)).await?.acknowledged()
    }

    /// Changes several API users alike: `POST /api-users/bulk/update/`. Which were changed may not be said.
    ///
    /// Source: page `api-users-bulk-update-create` of the reference, which shows no field for the ids.
    ///
    /// # Errors
    /// As with [users](Self::bulk_update_users).
    pub async fn bulk_update_api_users(&self, update: &ApiUserBulkUpdate) -> Result<BulkUpdated> {
        let request = self.checked("api_users_bulk_update_create", update, |operation| {
            Request::post(operation).path("/api-users/bulk/update/").json(update)
        })?;
        Ok(self.http.send(request).await?.decode_record_if_any()?.unwrap_or_default())
    }

    pub(crate) fn create_user_request(&self, create: &UserCreate) -> Result<Request> {
        self.checked("users_create", create, |operation| {
            Request::post(operation).path("/users/").json(create)
        })
    }

    pub(crate) fn update_user_request(&self, id: &str, update: &UserUpdate) -> Result<Request> {
        self.checked("users_partial_update", update, |operation| {
            Request::patch(operation, update).path("/users").segment(id).path("/")
        })
    }

    pub(crate) fn replace_user_request(&self, id: &str, replace: &UserReplace) -> Result<Request> {
        self.checked("users_update", replace, |operation| {
            Request::put(operation, replace).path("/users").segment(id).path("/")
        })
    }

    pub(crate) fn update_api_user_request(&self, id: &str, update: &ApiUserUpdate) -> Result<Request> {
        self.checked("api_users_partial_update", update, |operation| {
            Request::patch(operation, update).path("/api-users").segment(id).path("/")
        })
    }

    /// The request of a body, if it keeps the rules.
    fn checked(
        &self,
        operation: &'static str,
        body: &impl Rules,
        request: impl FnOnce(&'static str) -> Request,
    ) -> Result<Request> {
        body.violations().refuse(self.http.info(), operation)?;
        Ok(request(operation))
    }
}

pub(crate) fn deactivate_user_request(id: &str) -> Request {
    Request::delete("users_destroy").path("/users").segment(id).path("/")
}

pub(crate) fn delete_api_user_request(id: &str) -> Request {
    Request::delete("api_users_destroy").path("/api-users").segment(id).path("/")
}

/// The record that was made.
fn made<T: Tolerant>(answer: &Answer) -> Result<T> {
    answer.decode_record().map_err(|error| {
        error.with_hint("the user may be there all the same: look for it before trying again")
    })
}
