//! Users and their records.

use anyprofile_core::listing::Page;
use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::{change, page::bare_list, shows};
use crate::wire::{
    ApiToken, Connection, CurrentUser, PhoneVerification, ReferencedUsers, SignedLink, User, UserUpdate,
    Verification, update::Body,
};

pub(crate) fn get_current_user() -> Operation<User> {
    Operation::new(Request::get("get-current-user").path("/users/me"), Response::decode_record)
}

pub(crate) fn get_user(user_id: &str) -> Operation<User> {
    Operation::new(of_user(Request::get("get-user"), user_id), Response::decode_record)
}

pub(crate) fn get_user_by_email(email: &str) -> Operation<User> {
    let request = Request::get("get-user-by-email-address").path("/users").named_segment("email", email);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn get_user_by_username(username: &str) -> Operation<User> {
    let request = Request::get("get-user-by-username").path("/users").named_segment("username", username);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn update_user(user_id: &str, update: &UserUpdate) -> Operation<User> {
    let read = get_user(user_id);
    if update.is_empty() {
        return read;
    }
    let is_code = |text: &String| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let can_be = update.country.as_ref().is_none_or(is_code);
    let request = of_user(Request::patch("update-user", &Body(update)), user_id).refused_if(
        !can_be,
        "the country must be a two-letter code",
        None,
    );
    change(request, &read, |response| shows(response, User::KEYS))
}

pub(crate) fn reset_email_address(user_id: &str, email: &str) -> Operation<()> {
    let request = of_user(Request::post("reset-email-address"), user_id)
        .path("/emailaddress")
        .json(&json!({ "email_address": email }))
        .refused_if(email.is_empty(), "the e-mail address is required", None);
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn reset_password(user_id: &str) -> Operation<()> {
    let request = of_user(Request::post("reset-password"), user_id).path("/resetpassword");
    Operation::new(request, Response::acknowledged)
}

pub(crate) fn get_me() -> Operation<CurrentUser> {
    Operation::new(Request::get("get-current-user-deprecated").path("/me"), Response::decode_record)
}

pub(crate) fn get_phone_verification(force_refresh: bool) -> Operation<PhoneVerification> {
    let request = Request::post("get-current-user-verification-status").path("/me/phone");
    Operation::new(status(request, force_refresh), Response::decode_record)
}

pub(crate) fn get_verification(force_refresh: bool) -> Operation<Verification> {
    let request = Request::post("get-current-user-verification-status-full").path("/me/verification");
    Operation::new(status(request, force_refresh), Response::decode_record)
}

pub(crate) fn get_referenced_users(link: &SignedLink) -> Operation<ReferencedUsers> {
    let request = Request::get("list-referenced-users").path("/ref/users").given_link(link.as_str());
    Operation::new(request, Response::decode)
}

pub(crate) fn list_user_connections(user_id: &str) -> Operation<Page<Connection>> {
    let request = of_user(Request::get("list-login-connections"), user_id).path("/connections");
    Operation::new(request, bare_list)
}

pub(crate) fn get_user_connection(user_id: &str, provider: &str) -> Operation<Connection> {
    let request = of_user(Request::get("get-login-connection"), user_id).path("/connections");
    Operation::new(request.segment(provider), Response::decode_record)
}

pub(crate) fn list_user_api_tokens(user_id: &str) -> Operation<Page<ApiToken>> {
    Operation::new(of_user(Request::get("list-api-tokens"), user_id).path("/api-tokens"), bare_list)
}

pub(crate) fn get_user_api_token(user_id: &str, token_id: &str) -> Operation<ApiToken> {
    let request = of_user(Request::get("get-api-token"), user_id).path("/api-tokens").segment(token_id);
    Operation::new(request, Response::decode_record)
}

/// Adds the path of a user.
pub(super) fn of_user(request: Request, user_id: &str) -> Request {
    request.path("/users").segment(user_id)
}

/// Marks a `POST` that only reads.
fn status(request: Request, force_refresh: bool) -> Request {
    request.query("force_refresh", force_refresh.then_some(1)).idempotent()
}
