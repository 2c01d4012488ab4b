//! The table of operations. Those of the general release have no published names.

use std::sync::LazyLock;

use super::{Anthropic, organization};
use crate::route::Route;

pub(super) static ROUTES: LazyLock<Vec<Route<Anthropic>>> = LazyLock::new(|| {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    let profiles: Vec<Route<Anthropic>> = vec![
        get("/v1/user_profiles", "BetaListUserProfiles", |anthropic, call, _| {
            anthropic.list_user_profiles(call)
        }),
        post("/v1/user_profiles", "BetaCreateUserProfile", |anthropic, call, _| {
            anthropic.create_user_profile(call)
        }),
        get("/v1/user_profiles/{user_profile_id}", "BetaGetUserProfile", |anthropic, call, parts| {
            anthropic.get_user_profile(call, &parts[0])
        }),
        post("/v1/user_profiles/{user_profile_id}", "BetaUpdateUserProfile", |anthropic, call, parts| {
            anthropic.update_user_profile(call, &parts[0])
        }),
        delete("/v1/user_profiles/{user_profile_id}", "DeleteUserProfile", |anthropic, call, parts| {
            anthropic.delete_user_profile(call, &parts[0])
        }),
        post(
            "/v1/user_profiles/{user_profile_id}/enrollment_url",
            "BetaCreateEnrollmentUrl",
            |anthropic, call, parts| anthropic.create_enrollment_url(call, &parts[0]),
        ),
        post(
            "/v1/user_profiles/{user_profile_id}/action_urls",
            "CreateUserProfileActionUrl",
            |anthropic, call, parts| anthropic.create_action_url(call, &parts[0]),
        ),
        get(
            "/v1/user_profiles/{user_profile_id}/providers/google/data_controls",
            "BetaGetGoogleDataControls",
            |anthropic, call, parts| anthropic.get_google_data_controls(call, &parts[0]),
        ),
        post(
            "/v1/user_profiles/{user_profile_id}/providers/google/data_controls",
            "BetaUpdateGoogleDataControls",
            |anthropic, call, parts| anthropic.update_google_data_controls(call, &parts[0]),
        ),
    ];
    profiles.into_iter().chain(organization::routes()).collect()
});
