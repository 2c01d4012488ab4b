//! A few users as they come, to find out what a server does.

use anyprofile_core::Result;
use anyprofile_http::{Operation, Response};
use serde_json::Value;

use crate::{
    discovery::says_nothing,
    operations::{self, ListUsers, Page},
    wire::User,
};

/// Returns the operation that reads a page of users as it comes.
pub(super) fn page_of(page: Page, count: u32, filter: Option<String>) -> Operation<Value> {
    let list = ListUsers { page, count: Some(count), filter, ..ListUsers::default() };
    operations::list_users::<User>(&list).read_as(Response::decode)
}

/// Returns the users of a page.
pub(super) fn users_of(page: &Value) -> &[Value] {
    let users = page["Resources"].as_array().or_else(|| page["resources"].as_array());
    users.map(Vec::as_slice).unwrap_or_default()
}

/// Separates what says something about the server from what fails the examination.
pub(super) fn answer<T>(result: Result<T>) -> Result<Result<T>> {
    match result {
        Err(error) if !says_nothing(&error) => Err(error),
        result => Ok(result),
    }
}
