//! The table of operations.

use std::sync::LazyLock;

use super::Upsun;
use crate::route::Route;

pub(super) static ROUTES: LazyLock<Vec<Route<Upsun>>> = LazyLock::new(|| {
    let (get, post, patch, delete) = (Route::get, Route::post, Route::patch, Route::delete);
    vec![
        get("/profiles", "list-profiles", |upsun, call, _| upsun.list_profiles(call)),
        get("/profiles/{userId}", "get-profile", |upsun, _, parts| upsun.get_profile(&parts[0])),
        patch("/profiles/{userId}", "update-profile", |upsun, call, parts| {
            upsun.update_profile(call, &parts[0])
        }),
        get("/profiles/{userId}/address", "get-address", |upsun, _, parts| upsun.get_address(&parts[0])),
        patch("/profiles/{userId}/address", "update-address", |upsun, call, parts| {
            upsun.update_address(call, &parts[0])
        }),
        post("/profile/{uuid}/picture", "create-profile-picture", |upsun, call, parts| {
            upsun.create_picture(call, &parts[0])
        }),
        delete("/profile/{uuid}/picture", "delete-profile-picture", |upsun, _, parts| {
            upsun.delete_picture(&parts[0])
        }),
        get("/me", "get-current-user-deprecated", |upsun, _, _| upsun.get_me()),
        post("/me/phone", "get-current-user-verification-status", |upsun, _, _| upsun.phone_status())
            .that_only_reads(),
        post("/me/verification", "get-current-user-verification-status-full", |upsun, _, _| {
            upsun.verification_status()
        })
        .that_only_reads(),
        get("/users/me", "get-current-user", |upsun, _, _| upsun.get_current_user()),
        get("/users/email={email}", "get-user-by-email-address", |upsun, _, parts| {
            upsun.get_user_by_email(&parts[0])
        }),
        get("/users/username={username}", "get-user-by-username", |upsun, _, parts| {
            upsun.get_user_by_username(&parts[0])
        }),
        get("/users/{user_id}", "get-user", |upsun, _, parts| upsun.get_user(&parts[0])),
        patch("/users/{user_id}", "update-user", |upsun, call, parts| upsun.update_user(call, &parts[0])),
        post("/users/{user_id}/emailaddress", "reset-email-address", |upsun, call, parts| {
            upsun.reset_email(call, &parts[0])
        }),
        post("/users/{user_id}/resetpassword", "reset-password", |upsun, _, parts| {
            upsun.reset_password(&parts[0])
        }),
        post("/users/{user_id}/phonenumber", "verify-phone-number", |upsun, call, parts| {
            upsun.verify_phone_number(call, &parts[0])
        }),
        post("/users/{user_id}/phonenumber/{sid}", "confirm-phone-number", |upsun, call, parts| {
            upsun.confirm_phone_number(call, &parts[0], &parts[1])
        }),
        get("/users/{user_id}/organizations", "list-user-orgs", |upsun, call, parts| {
            upsun.list_user_organizations(call, &parts[0])
        }),
        get("/users/{user_id}/teams", "list-user-teams", |upsun, call, parts| {
            upsun.list_user_teams(call, &parts[0])
        }),
        get("/users/{user_id}/project-access", "list-user-project-access", |upsun, call, parts| {
            upsun.list_user_project_access(call, &parts[0])
        }),
        get("/users/{user_id}/project-access/{project_id}", "get-user-project-access", |upsun, _, parts| {
            upsun.get_user_project_access(&parts[0], &parts[1])
        }),
        post("/users/{user_id}/project-access", "grant-user-project-access", |upsun, call, parts| {
            upsun.grant_user_project_access(call, &parts[0])
        }),
        patch(
            "/users/{user_id}/project-access/{project_id}",
            "update-user-project-access",
            |upsun, call, parts| upsun.update_user_project_access(call, &parts[0], &parts[1]),
        ),
        delete(
            "/users/{user_id}/project-access/{project_id}",
            "remove-user-project-access",
            |upsun, _, parts| upsun.remove_user_project_access(&parts[0], &parts[1]),
        ),
        get("/users/{user_id}/extended-access", "list-user-extended-access", |upsun, call, parts| {
            upsun.list_user_extended_access(call, &parts[0])
        }),
        get("/users/{user_id}/connections", "list-login-connections", |upsun, _, parts| {
            upsun.list_connections(&parts[0])
        }),
        get("/users/{user_id}/connections/{provider}", "get-login-connection", |upsun, _, parts| {
            upsun.get_connection(&parts[0], &parts[1])
        }),
        delete("/users/{user_id}/connections/{provider}", "delete-login-connection", |upsun, _, parts| {
            upsun.delete_connection(&parts[0], &parts[1])
        }),
        get("/users/{user_id}/totp", "get-totp-enrollment", |upsun, _, parts| upsun.get_totp(&parts[0])),
        post("/users/{user_id}/totp", "confirm-totp-enrollment", |upsun, call, parts| {
            upsun.confirm_totp(call, &parts[0])
        }),
        delete("/users/{user_id}/totp", "withdraw-totp-enrollment", |upsun, _, parts| {
            upsun.withdraw_totp(&parts[0])
        }),
        post("/users/{user_id}/codes", "recreate-recovery-codes", |upsun, _, parts| {
            upsun.recreate_recovery_codes(&parts[0])
        }),
        get("/users/{user_id}/api-tokens", "list-api-tokens", |upsun, _, parts| {
            upsun.list_api_tokens(&parts[0])
        }),
        get("/users/{user_id}/api-tokens/{token_id}", "get-api-token", |upsun, _, parts| {
            upsun.get_api_token(&parts[0], &parts[1])
        }),
        post("/users/{user_id}/api-tokens", "create-api-token", |upsun, call, parts| {
            upsun.create_api_token(call, &parts[0])
        }),
        delete("/users/{user_id}/api-tokens/{token_id}", "delete-api-token", |upsun, _, parts| {
            upsun.delete_api_token(&parts[0], &parts[1])
        }),
        get("/organizations", "list-orgs", |upsun, call, _| upsun.list_organizations(call)),
        get("/organizations/{organization_id}", "get-org", |upsun, _, parts| {
            upsun.get_organization(&parts[0])
        }),
        get("/organizations/{organization_id}/members", "list-org-members", |upsun, call, parts| {
            upsun.list_members(call, &parts[0])
        }),
        post("/organizations/{organization_id}/members", "create-org-member", |upsun, call, parts| {
            upsun.create_member(call, &parts[0])
        }),
        get("/organizations/{organization_id}/members/{user_id}", "get-org-member", |upsun, _, parts| {
            upsun.get_member(&parts[0], &parts[1])
        }),
        patch(
            "/organizations/{organization_id}/members/{user_id}",
            "update-org-member",
            |upsun, call, parts| upsun.update_member(call, &parts[0], &parts[1]),
        ),
        delete(
            "/organizations/{organization_id}/members/{user_id}",
            "delete-org-member",
            |upsun, _, parts| upsun.delete_member(&parts[0], &parts[1]),
        ),
        get("/organizations/{organization_id}/invitations", "list-org-invites", |upsun, call, parts| {
            upsun.list_org_invitations(call, &parts[0])
        }),
        post("/organizations/{organization_id}/invitations", "create-org-invite", |upsun, call, parts| {
            upsun.create_org_invitation(call, &parts[0])
        }),
        delete(
            "/organizations/{organization_id}/invitations/{invitation_id}",
            "cancel-org-invite",
            |upsun, _, parts| upsun.cancel_org_invitation(&parts[0], &parts[1]),
        ),
        get("/projects/{project_id}/invitations", "list-project-invites", |upsun, call, parts| {
            upsun.list_project_invitations(call, &parts[0])
        }),
        post("/projects/{project_id}/invitations", "create-project-invite", |upsun, call, parts| {
            upsun.create_project_invitation(call, &parts[0])
        }),
        delete(
            "/projects/{project_id}/invitations/{invitation_id}",
            "cancel-project-invite",
            |upsun, _, parts| upsun.cancel_project_invitation(&parts[0], &parts[1]),
        ),
        get(
            "/organizations/{organization_id}/mfa-enforcement",
            "get-org-mfa-enforcement",
            |upsun, _, parts| upsun.get_mfa_enforcement(&parts[0]),
        ),
        post(
            "/organizations/{organization_id}/mfa-enforcement/enable",
            "enable-org-mfa-enforcement",
            |upsun, _, parts| upsun.enforce_mfa(&parts[0], true),
        ),
        post(
            "/organizations/{organization_id}/mfa-enforcement/disable",
            "disable-org-mfa-enforcement",
            |upsun, _, parts| upsun.enforce_mfa(&parts[0], false),
        ),
        post(
            "/organizations/{organization_id}/mfa/remind",
            "send-org-mfa-reminders",
            |upsun, call, parts| upsun.remind_of_mfa(call, &parts[0]),
        ),
        get("/organizations/{organization_id}/address", "get-org-address", |upsun, _, parts| {
            upsun.get_org_address(&parts[0])
        }),
        patch("/organizations/{organization_id}/address", "update-org-address", |upsun, call, parts| {
            upsun.update_org_address(call, &parts[0])
        }),
        get("/organizations/{organization_id}/profile", "get-org-profile", |upsun, _, parts| {
            upsun.get_org_profile(&parts[0])
        }),
        patch("/organizations/{organization_id}/profile", "update-org-profile", |upsun, call, parts| {
            upsun.update_org_profile(call, &parts[0])
        }),
        get("/teams", "list-teams", |upsun, call, _| upsun.list_teams(call)),
        post("/teams", "create-team", |upsun, call, _| upsun.create_team(call)),
        get("/teams/{team_id}", "get-team", |upsun, _, parts| upsun.get_team(&parts[0])),
        patch("/teams/{team_id}", "update-team", |upsun, call, parts| upsun.update_team(call, &parts[0])),
        delete("/teams/{team_id}", "delete-team", |upsun, _, parts| upsun.delete_team(&parts[0])),
        get("/teams/{team_id}/members", "list-team-members", |upsun, call, parts| {
            upsun.list_team_members(call, &parts[0])
        }),
        post("/teams/{team_id}/members", "create-team-member", |upsun, call, parts| {
            upsun.create_team_member(call, &parts[0])
        }),
        get("/teams/{team_id}/members/{user_id}", "get-team-member", |upsun, _, parts| {
            upsun.get_team_member(&parts[0], &parts[1])
        }),
        delete("/teams/{team_id}/members/{user_id}", "delete-team-member", |upsun, _, parts| {
            upsun.delete_team_member(&parts[0], &parts[1])
        }),
        get("/teams/{team_id}/project-access", "list-team-project-access", |upsun, call, parts| {
            upsun.list_team_project_access(call, &parts[0])
        }),
        post("/teams/{team_id}/project-access", "grant-team-project-access", |upsun, call, parts| {
            upsun.grant_team_project_access(call, &parts[0])
        }),
        get("/teams/{team_id}/project-access/{project_id}", "get-team-project-access", |upsun, _, parts| {
            upsun.get_team_project_access(&parts[0], &parts[1])
        }),
        delete(
            "/teams/{team_id}/project-access/{project_id}",
            "remove-team-project-access",
            |upsun, _, parts| upsun.remove_team_project_access(&parts[0], &parts[1]),
        ),
        get("/ref/organizations", "list-referenced-orgs", |upsun, call, _| {
            upsun.list_referenced_organizations(&call.query)
        }),
        get("/ref/teams", "list-referenced-teams", |upsun, call, _| upsun.list_referenced_teams(&call.query)),
        get("/ref/users", "list-referenced-users", |upsun, call, _| upsun.list_referenced_users(&call.query)),
    ]
});
