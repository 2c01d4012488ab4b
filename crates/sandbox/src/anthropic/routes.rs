//! The table of operations. Those of the general release have no published names.

use std::sync::LazyLock;

use super::Anthropic;
use crate::route::Route;

pub(super) static ROUTES: LazyLock<Vec<Route<Anthropic>>> = LazyLock::new(|| {
    let (get, post, delete) = (Route::get, Route::post, Route::delete);
    vec![
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
        get("/v1/organizations/me", "AdminGetOrganization", |anthropic, _, _| anthropic.get_organization()),
        get("/v1/organizations/users", "AdminListUsers", |anthropic, call, _| anthropic.list_org_users(call)),
        get("/v1/organizations/users/{user_id}", "AdminGetUser", |anthropic, call, parts| {
            anthropic.get_org_user(call, &parts[0])
        }),
        post("/v1/organizations/users/{user_id}", "AdminUpdateUser", |anthropic, call, parts| {
            anthropic.update_org_user(call, &parts[0])
        }),
        delete("/v1/organizations/users/{user_id}", "AdminDeleteUser", |anthropic, call, parts| {
            anthropic.delete_org_user(call, &parts[0])
        }),
        get("/v1/organizations/invites", "AdminListInvites", |anthropic, call, _| {
            anthropic.list_invites(call)
        }),
        post("/v1/organizations/invites", "AdminCreateInvite", |anthropic, call, _| {
            anthropic.create_invite(call)
        }),
        get("/v1/organizations/invites/{invite_id}", "AdminGetInvite", |anthropic, call, parts| {
            anthropic.get_invite(call, &parts[0])
        }),
        delete("/v1/organizations/invites/{invite_id}", "AdminDeleteInvite", |anthropic, call, parts| {
            anthropic.delete_invite(call, &parts[0])
        }),
    ]
});
