//! Writes of user profiles, and links for end users.

use anyprofile_core::Timestamp;
use anyprofile_http::{Operation, Request, Response};
use serde::Serialize;

use super::{
    reading::deleted,
    rules,
    user_profiles::{at_user_profile, at_user_profiles, get_user_profile},
};
use crate::{
    beta::Beta,
    wire::{
        ActionUrl, Deleted, EnrollmentUrl, UserProfile, UserProfileAction, UserProfileCreate,
        UserProfileUpdate,
    },
};

/// The hint if a link may have been created.
const LINK_HINT: &str = "it is not known whether a link was created (until it expires, anyone who has it can use it): look at the profile before you create another one";

/// Creates the operation that creates a user profile. `now` is the limit for times.
pub(crate) fn create_user_profile(
    beta: &Beta,
    create: &UserProfileCreate,
    now: Option<Timestamp>,
) -> Operation<UserProfile> {
    let violations = rules::create(create, beta.name(), now);
    let request =
        at_user_profiles(beta, Request::post("BetaCreateUserProfile")).json(create).checked(violations);
    Operation::new(request, Response::decode_record).with_hint_if_made(
        "it is not known whether the profile was created: look for its external id, or at the newest profiles, before you try again",
    )
}

/// Creates the operation that updates a user profile. `now` is the limit for times.
pub(crate) fn update_user_profile(
    beta: &Beta,
    user_profile_id: &str,
    update: &UserProfileUpdate,
    now: Option<Timestamp>,
) -> Operation<UserProfile> {
    let violations = rules::update(update, beta.name(), now);
    let request = at_user_profile(beta, Request::post("BetaUpdateUserProfile"), user_profile_id)
        .json(update)
        .checked(violations);
    Operation::new(request, Response::decode_record).reading_back(&get_user_profile(beta, user_profile_id))
}

pub(crate) fn create_enrollment_url(beta: &Beta, user_profile_id: &str) -> Operation<EnrollmentUrl> {
    let request = at_user_profile(beta, Request::post("BetaCreateEnrollmentUrl"), user_profile_id)
        .path("/enrollment_url");
    Operation::new(request, Response::decode_record).with_hint_if_made(LINK_HINT)
}

pub(crate) fn delete_user_profile(beta: &Beta, user_profile_id: &str) -> Operation<Deleted> {
    let request = at_user_profile(beta, Request::delete("DeleteUserProfile"), user_profile_id);
    Operation::new(request, deleted)
}

pub(crate) fn create_action_url(
    beta: &Beta,
    user_profile_id: &str,
    action: &UserProfileAction,
) -> Operation<ActionUrl> {
    #[derive(Serialize)]
    struct Typed<'a> {
        r#type: &'a UserProfileAction,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        action: Typed<'a>,
    }

    let request = at_user_profile(beta, Request::post("CreateUserProfileActionUrl"), user_profile_id)
        .path("/action_urls")
        .json(&Body { action: Typed { r#type: action } });
    Operation::new(request, Response::decode_record).with_hint_if_made(LINK_HINT)
}
