//! The operations of the user profiles and organization APIs: the request of each, and how its response is
//! read. Those of user profiles depend on the account's beta.
//!
//! The retry policy does not repeat any request that writes. A repeated creation creates a second profile or
//! invite, because profiles have no unique id of the client and requests have no idempotency key. A repeated
//! link is a second credential. The effect of a repeated change is not known. A repeated `DELETE` would do no
//! harm, but the service does not document it as safe: if the first one succeeded, the second gets a 404, and
//! the success would look like a failure. If the outcome is not known, the error says so.

mod data_controls;
mod groups;
mod invites;
mod paging;
mod reading;
mod rules;
mod service_accounts;
mod user_profile_writes;
mod user_profiles;
mod users;
mod workspaces;

pub(crate) use self::{
    data_controls::{get_data_controls, update_data_controls},
    groups::{
        add_rbac_group_member, create_rbac_group, delete_rbac_group, get_rbac_group, get_rbac_role,
        list_rbac_group_members, list_rbac_groups, list_rbac_role_permissions, list_rbac_roles,
        remove_rbac_group_member, update_rbac_group,
    },
    invites::{create_invite, delete_invite, get_invite, list_invites},
    paging::MAX_LIMIT,
    reading::{cursor_page, id_page},
    rules::{MAX_KEY, MAX_PAIRS, MAX_TEXT, MAX_VALUE},
    service_accounts::{
        MAX_SERVICE_ACCOUNTS, add_service_account_workspace, add_workspace_service_account,
        archive_service_account, create_service_account, get_service_account, get_workspace_service_account,
        list_service_account_workspaces, list_service_accounts, list_workspace_service_accounts,
        remove_service_account_workspace, remove_workspace_service_account, update_service_account,
        update_workspace_service_account,
    },
    user_profile_writes::{
        create_action_url, create_enrollment_url, create_user_profile, delete_user_profile,
        update_user_profile,
    },
    user_profiles::{MAX_USER_PROFILES, get_user_profile, list_user_profiles},
    users::{
        get_organization, get_organization_user, list_organization_users, remove_organization_user,
        sign_out_organization_user, update_organization_user,
    },
    workspaces::{
        add_workspace_member, archive_workspace, create_workspace, get_workspace, get_workspace_member,
        list_workspace_members, list_workspaces, remove_workspace_member, update_workspace,
        update_workspace_member,
    },
};
pub use self::{
    invites::ListInvites,
    paging::{CursorPaging, IdPaging},
    service_accounts::ListServiceAccounts,
    user_profiles::{ListUserProfiles, OrderBy, SortDirection},
    users::ListOrganizationUsers,
    workspaces::ListWorkspaces,
};
