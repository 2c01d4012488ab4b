//! Users and API users.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListUsers, operations,
    wire::{User, UserList},
};

impl ProbelyClient {
    /// Lists users, including deactivated ones: one page of `GET /users/`, with the total. Whether API users
    /// are included is not published; [`list_api_users`](Self::list_api_users) lists them.
    ///
    /// Source: page `users-list` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by
    /// parameter. The error for a page past the end is not published;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) is the default of the service's framework.
    pub async fn list_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        self.call(operations::list_users(list)).await
    }

    /// Gets a user: `GET /users/{id}/`.
    ///
    /// Source: page `users-retrieve` of the reference.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user(&self, id: &str) -> Result<User> {
        self.call(operations::get_user(id)).await
    }

    /// Lists API users, which are programs with their own keys: one page of `GET /api-users/`, with the
    /// total. The record is that of a user; the reference shows no `email` and no `title` here.
    ///
    /// Source: page `api-users-list` of the reference.
    ///
    /// # Errors
    /// See [`list_users`](Self::list_users).
    pub async fn list_api_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        self.call(operations::list_api_users(list)).await
    }

    /// Gets an API user: `GET /api-users/{id}/`.
    ///
    /// Source: page `api-users-retrieve` of the reference.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_api_user(&self, id: &str) -> Result<User> {
        self.call(operations::get_api_user(id)).await
    }
}
