//! The typed client.

use anyprofile_core::Result;
use anyprofile_http::{HttpClient, Listed, Operation};

use crate::{
    ListUsers, ScimConfig, operations,
    wire::{
        Group, GroupInput, ListResponse, PatchRequest, ResourceType, Schema, ServiceProviderConfig, User,
        UserInput, UserList,
    },
};

/// A client of a server that speaks SCIM 2.0. It has a method for each operation and returns the records as the service
/// sends them. Cheap to clone; clones share connections. An id is always one path segment. Writes are not retried.
#[derive(Clone, Debug)]
pub struct ScimClient {
    http: HttpClient,
}

impl ScimClient {
    /// Creates a client of an account. No request is sent.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a setting is invalid.
    pub fn new(config: ScimConfig) -> Result<Self> {
        config.http_client().map(|http| Self { http })
    }

    /// Creates a client that shares the connections, limits and credential of a provider
    /// ([`Connection::http`](anyprofile_engine::Connection::http)).
    pub fn over(http: &HttpClient) -> Self {
        Self { http: http.clone() }
    }

    async fn call<T>(&self, operation: Operation<T>) -> Result<T> {
        self.http.call(&operation).await.map(|reply| reply.value)
    }

    /// Gets what the server can do: `GET /ServiceProviderConfig` (RFC 7644 §4). Not every server has it.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the server does not have it, or the base URL is wrong.
    pub async fn get_service_provider_config(&self) -> Result<ServiceProviderConfig> {
        self.call(operations::get_service_provider_config()).await
    }

    /// Lists the schemas of the records: `GET /Schemas` (RFC 7644 §4). Not every server has it.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the server does not have it, or the base URL is wrong.
    pub async fn list_schemas(&self) -> Result<Listed<ListResponse<Schema>>> {
        self.call(operations::list_schemas()).await
    }

    /// Lists the kinds of records: `GET /ResourceTypes` (RFC 7644 §4). Not every server has it.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the server does not have it, or the base URL is wrong.
    pub async fn list_resource_types(&self) -> Result<Listed<ListResponse<ResourceType>>> {
        self.call(operations::list_resource_types()).await
    }

    /// Lists users: one page of `GET /Users` (RFC 7644 §3.4.2).
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if the server does not understand the filter
    /// (code `invalidFilter`) or finds too many users (`tooMany`);
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) for a cursor at a server without cursors.
    pub async fn list_users(&self, list: &ListUsers) -> Result<Listed<UserList>> {
        self.call(operations::list_users(list)).await
    }

    /// Gets a user: `GET /Users/{id}` (RFC 7644 §3.4.1).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user(&self, id: &str) -> Result<User> {
        self.call(operations::get_user(id)).await
    }

    /// Lists groups: one page of `GET /Groups` (RFC 7644 §3.4.2).
    ///
    /// # Errors
    /// See [`list_users`](Self::list_users).
    pub async fn list_groups(&self, list: &ListUsers) -> Result<Listed<ListResponse<Group>>> {
        self.call(operations::list_groups(list)).await
    }

    /// Gets a group with its members: `GET /Groups/{id}` (RFC 7644 §3.4.1). Some servers leave the members out.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_group(&self, id: &str) -> Result<Group> {
        self.call(operations::get_group(id)).await
    }

    /// Creates a group and returns it: `POST /Groups` (RFC 7644 §3.3).
    ///
    /// # Errors
    /// See [`create_user`](Self::create_user).
    pub async fn create_group(&self, group: &GroupInput) -> Result<Group> {
        self.call(operations::create_group(group)).await
    }

    /// Replaces a group by these attributes and returns it: `PUT /Groups/{id}` (RFC 7644 §3.5.1). Members that are not
    /// sent are removed.
    ///
    /// # Errors
    /// See [`replace_user`](Self::replace_user).
    pub async fn replace_group(&self, id: &str, group: &GroupInput, version: Option<&str>) -> Result<Group> {
        self.call(operations::replace_group(id, group, version)).await
    }

    /// Changes attributes of a group and returns the group: `PATCH /Groups/{id}` (RFC 7644 §3.5.2). To add or remove members
    /// without naming the others, use [`PatchOperation::add_member`](crate::wire::PatchOperation::add_member) and
    /// [`remove_member`](crate::wire::PatchOperation::remove_member).
    ///
    /// # Errors
    /// See [`patch_user`](Self::patch_user).
    pub async fn patch_group(&self, id: &str, patch: &PatchRequest, version: Option<&str>) -> Result<Group> {
        self.call(operations::patch_group(id, patch, version)).await
    }

    /// Deletes a group, and not its members: `DELETE /Groups/{id}` (RFC 7644 §3.6).
    ///
    /// # Errors
    /// See [`delete_user`](Self::delete_user).
    pub async fn delete_group(&self, id: &str, version: Option<&str>) -> Result<()> {
        self.call(operations::delete_group(id, version)).await
    }

    /// Gets the user of the credential: `GET /Me` (RFC 7644 §3.11). Not every server has it, and not every credential
    /// belongs to a user.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) (501), or
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the server does not have it.
    pub async fn get_me(&self) -> Result<User> {
        self.call(operations::get_me()).await
    }

    /// Creates a user and returns it: `POST /Users` (RFC 7644 §3.3).
    ///
    /// # Errors
    /// [`Conflict`](anyprofile_core::ErrorKind::Conflict) if the user name is taken;
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if a value is refused;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the user. The user may have been
    /// created then.
    pub async fn create_user(&self, user: &UserInput) -> Result<User> {
        self.call(operations::create_user(user)).await
    }

    /// Replaces a user by these attributes and returns it: `PUT /Users/{id}` (RFC 7644 §3.5.1). Attributes that are not
    /// sent are removed. With a `version` (`meta.version`), the server refuses the write if the user has another one.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); [`Conflict`](anyprofile_core::ErrorKind::Conflict) for another
    /// version (412); [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) if a value is refused.
    pub async fn replace_user(&self, id: &str, user: &UserInput, version: Option<&str>) -> Result<User> {
        self.call(operations::replace_user(id, user, version)).await
    }

    /// Changes attributes of a user and returns the user: `PATCH /Users/{id}` (RFC 7644 §3.5.2). If the server responds
    /// with nothing, the user is read.
    ///
    /// # Errors
    /// See [`replace_user`](Self::replace_user); [`Unsupported`](anyprofile_core::ErrorKind::Unsupported) if the server
    /// replaces users alone.
    pub async fn patch_user(&self, id: &str, patch: &PatchRequest, version: Option<&str>) -> Result<User> {
        self.call(operations::patch_user(id, patch, version)).await
    }

    /// Deletes a user: `DELETE /Users/{id}` (RFC 7644 §3.6).
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); [`Conflict`](anyprofile_core::ErrorKind::Conflict) for another
    /// version (412).
    pub async fn delete_user(&self, id: &str, version: Option<&str>) -> Result<()> {
        self.call(operations::delete_user(id, version)).await
    }
}
