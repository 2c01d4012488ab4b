//! Writes of users and API users.

use anyprofile_core::{Result, wire::Tolerant};
use anyprofile_http::{Operation, Request, Response, Secret};
use serde::Serialize;

use super::{
    rules,
    users::{get_api_user, get_user},
};
use crate::wire::{
    ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, PasswordChanged, User,
    UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
};

pub(crate) fn create_user(create: &UserCreate) -> Operation<User> {
    let request = Request::post("users_create")
        .path("/users/")
        .json(create)
        .checked(rules::email(Some(&create.email)))
        .checked(rules::name(Some(&create.name)))
        .checked(rules::labels(create.labels.as_deref()))
        .checked(rules::user_roles(create.user_roles.as_deref()));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the user was created: find the e-mail address before you try again",
    )
}

pub(crate) fn update_user(id: &str, update: &UserUpdate) -> Operation<User> {
    let request = user(Request::patch("users_partial_update", update), id)
        .checked(rules::email(update.email.as_deref()))
        .checked(rules::name(update.name.as_deref()))
        .checked(rules::labels(update.labels.as_deref()));
    Operation::new(request, Response::decode_record).reading_back(&get_user(id))
}

pub(crate) fn replace_user(id: &str, replace: &UserReplace) -> Operation<User> {
    let request = user(Request::put("users_update", replace), id)
        .checked(rules::email(Some(&replace.email)))
        .checked(rules::name(Some(&replace.name)))
        .checked(rules::labels(replace.labels.as_deref()));
    Operation::new(request, Response::decode_record).reading_back(&get_user(id))
}

pub(crate) fn deactivate_user(id: &str) -> Operation<()> {
    Operation::new(user(Request::delete("users_destroy"), id), Response::acknowledged)
}

pub(crate) fn bulk_update_users(update: &UserBulkUpdate) -> Operation<BulkUpdated> {
    let request = Request::post("users_bulk_update_create")
        .path("/users/bulk/update/")
        .json(update)
        .checked(rules::ids(&update.ids))
        .checked(rules::name(update.name.as_deref()))
        .checked(rules::labels(update.labels.as_deref()))
        .checked(rules::user_roles(update.user_roles.as_deref()));
    Operation::new(request, record_if_any)
}

pub(crate) fn change_password(current: &Secret, new: &Secret) -> Operation<PasswordChanged> {
    /// The field names of the service.
    #[derive(Serialize)]
    struct Passwords<'a> {
        current_password: &'a str,
        password: &'a str,
        confpassword: &'a str,
    }

    let (current_password, password) = (current.expose(), new.expose());
    let body = Passwords { current_password, password, confpassword: password };
    let request = Request::post("profile_change_password_create")
        .path("/profile/change_password/")
        .json(&body)
        .checked(rules::password(password));
    Operation::new(request, record_if_any)
}

pub(crate) fn create_api_user(create: &ApiUserCreate) -> Operation<User> {
    let request = Request::post("api_users_create")
        .path("/api-users/")
        .json(create)
        .checked(rules::name(Some(&create.name)))
        .checked(rules::labels(create.labels.as_deref()))
        .checked(rules::user_roles(create.user_roles.as_deref()));
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the API user was created: look for its name before you try again",
    )
}

pub(crate) fn update_api_user(id: &str, update: &ApiUserUpdate) -> Operation<User> {
    let request = api_user(Request::patch("api_users_partial_update", update), id)
        .checked(rules::name(update.name.as_deref()))
        .checked(rules::labels(update.labels.as_deref()));
    Operation::new(request, Response::decode_record).reading_back(&get_api_user(id))
}

pub(crate) fn replace_api_user(id: &str, replace: &ApiUserReplace) -> Operation<User> {
    let request = api_user(Request::put("api_users_update", replace), id)
        .checked(rules::name(Some(&replace.name)))
        .checked(rules::labels(replace.labels.as_deref()));
    Operation::new(request, Response::decode_record).reading_back(&get_api_user(id))
}

pub(crate) fn delete_api_user(id: &str) -> Operation<()> {
    Operation::new(api_user(Request::delete("api_users_destroy"), id), Response::acknowledged)
}

pub(crate) fn bulk_update_api_users(update: &ApiUserBulkUpdate) -> Operation<BulkUpdated> {
    let request = Request::post("api_users_bulk_update_create")
        .path("/api-users/bulk/update/")
        .json(update)
        .checked(rules::ids(&update.ids))
        .checked(rules::name(update.name.as_deref()))
        .checked(rules::labels(update.labels.as_deref()))
        .checked(rules::user_roles(update.user_roles.as_deref()));
    Operation::new(request, record_if_any)
}

fn user(request: Request, id: &str) -> Request {
    request.path("/users").segment(id).path("/")
}

fn api_user(request: Request, id: &str) -> Request {
    request.path("/api-users").segment(id).path("/")
}

fn record_if_any<T: Tolerant + Default>(response: &Response) -> Result<T> {
    Ok(response.decode_record_if_any()?.unwrap_or_default())
}
