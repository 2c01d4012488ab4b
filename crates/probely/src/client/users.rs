//! People and API users.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListUsers, operations,
    wire::{User, UserList},
};

impl ProbelyClient {
    /// Lists users, deactivated ones included: one page of `GET /users/`, which says how many there are.
    /// Whether API users are among them is not published; they have [a list of their own](Self::list_api_users).
    ///
    /// Source: page `users-list` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's words by parameter. For
    /// a page past the end the service's error is not published;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound) is what its framework answers.
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

    /// Lists API users, which are programs that act by keys of their own: one page of `GET /api-users/`, which
    /// says how many there are. The record is that of a user; the reference shows no `email` and no `title` here.
    ///
    /// Source: page `api-users-list` of the reference.
    ///
    /// # Errors
    /// As [above](Self::list_users).
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
