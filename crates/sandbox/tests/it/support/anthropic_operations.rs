//! The writes of Anthropic's Admin API and of its betas.

use anyprofile_sandbox::Sandbox;
use serde_json::json;

use super::{anthropic, anthropic_admin, with_token};

/// A write: its id, method, path and body.
pub(crate) type Write = (&'static str, &'static str, String, String);

/// The betas that some of the writes need.
pub(crate) const BETAS: &str = "admin-user-sign-out-2026-10-08,google-managed-data-controls-2026-09-01";

/// Returns every write that is not one of user profiles, users or invites, in an order in which all succeed.
pub(crate) async fn organization_writes(sandbox: &Sandbox) -> Vec<Write> {
    const PATH: &str = "/v1/organizations";
    let id = |page: serde_json::Value, place: usize| page["data"][place]["id"].as_str().unwrap().to_owned();
    let profile = id(anthropic(sandbox, &[], "/v1/user_profiles").await.ok(), 1);
    let users = anthropic_admin(sandbox, &format!("{PATH}/users?roles[]=developer")).await.ok();
    let user = id(users, 0);
    let workspace = id(anthropic_admin(sandbox, &format!("{PATH}/workspaces")).await.ok(), 0);
    let group = id(anthropic_admin(sandbox, &format!("{PATH}/rbac_groups")).await.ok(), 0);
    let accounts = with_token(sandbox, &[], "GET", &format!("{PATH}/service_accounts"), "").await;
    let account = id(accounts.ok(), 0);
    let base = format!("/anthropic{PATH}");
    let (group, groups) = (format!("{base}/rbac_groups/{group}"), format!("{base}/rbac_groups"));
    let (seats, accounts) =
        (format!("{base}/workspaces/{workspace}/members"), format!("{base}/service_accounts"));
    let own = format!("{accounts}/{account}/workspaces");
    let members = format!("{base}/workspaces/{workspace}/service_accounts");
    let (add_user, named) = (json!({"user_id": user}), json!({"name": "x"}));
    let role = json!({"workspace_role": "workspace_admin"});
    let seat = json!({"user_id": user, "workspace_role": "workspace_user"});
    let member = json!({"service_account_id": account, "workspace_role": "workspace_user"});
    let joined = json!({"workspace_id": workspace, "workspace_role": "workspace_user"});
    let off = json!({"cmek": {"type": "disabled"}});
    let controls = format!("/anthropic/v1/user_profiles/{profile}/providers/google/data_controls");
    let none = serde_json::Value::Null;
    [
        ("BetaUpdateGoogleDataControls", "POST", controls, &off),
        ("AdminSignOutUser", "POST", format!("{base}/users/{user}/sign_out"), &none),
        ("AdminCreateWorkspace", "POST", format!("{base}/workspaces"), &named),
        ("AdminUpdateWorkspace", "POST", format!("{base}/workspaces/{workspace}"), &named),
        ("AdminUpdateWorkspaceMember", "POST", format!("{seats}/{user}"), &role),
        ("AdminRemoveWorkspaceMember", "DELETE", format!("{seats}/{user}"), &none),
        ("AdminAddWorkspaceMember", "POST", seats, &seat),
        ("AdminAddWorkspaceServiceAccount", "POST", members.clone(), &member),
        ("AdminUpdateWorkspaceServiceAccount", "POST", format!("{members}/{account}"), &role),
        ("AdminRemoveWorkspaceServiceAccount", "DELETE", format!("{members}/{account}"), &none),
        ("AdminAddServiceAccountWorkspace", "POST", own.clone(), &joined),
        ("AdminRemoveServiceAccountWorkspace", "DELETE", format!("{own}/{workspace}"), &none),
        ("AdminCreateServiceAccount", "POST", accounts.clone(), &named),
        ("AdminUpdateServiceAccount", "POST", format!("{accounts}/{account}"), &json!({"description": "x"})),
        ("AdminArchiveServiceAccount", "POST", format!("{accounts}/{account}/archive"), &none),
        ("AdminArchiveWorkspace", "POST", format!("{base}/workspaces/{workspace}/archive"), &none),
        ("AdminCreateGroup", "POST", groups, &named),
        ("AdminUpdateGroup", "POST", group.clone(), &named),
        ("AdminRemoveGroupMember", "DELETE", format!("{group}/members/{user}"), &none),
        ("AdminAddGroupMember", "POST", format!("{group}/members"), &add_user),
        ("AdminDeleteGroup", "DELETE", group, &none),
    ]
    .map(|(operation, method, path, body)| {
        (operation, method, path, if body.is_null() { String::new() } else { body.to_string() })
    })
    .to_vec()
}
