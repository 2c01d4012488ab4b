//! The operations of the API: the request of each, and how its response is read. Every path ends with a
//! slash; without it, the service redirects.
//!
//! The retry policy does not repeat any request that writes, not even those whose method is idempotent in
//! HTTP: the service documents none of them as safe to repeat. A second `POST /users/` may reactivate a user
//! who was deactivated in between. A second `PUT` may undo another change. The response to a second `DELETE`
//! is not published: if it is a 404, a successful deactivation would look like a failure. If the outcome is
//! not known, the error says so.

mod account;
mod assignments;
mod labels;
mod list;
mod rules;
mod teams;
mod users;
mod writes;

pub(crate) use self::{
    account::{get_profile, get_role, list_permissions, list_roles, own_profile},
    assignments::{
        bulk_change_assignments, bulk_create_assignments, bulk_delete_assignments, bulk_update_assignments,
        create_assignment, delete_assignment, get_assignment, list_assignments, replace_assignment,
        update_assignment,
    },
    labels::{
        create_label, create_user_label, delete_label, delete_user_label, get_label, get_user_label,
        list_labels, list_user_labels, replace_user_label, update_label, update_user_label,
    },
    list::{remaining_pages, result_list},
    rules::{MAX_LABEL, MAX_NAME},
    teams::{create_team, delete_team, get_team, list_teams, update_team},
    users::{get_api_user, get_user, list_api_users, list_users},
    writes::{
        bulk_update_api_users, bulk_update_users, change_password, create_api_user, create_user,
        deactivate_user, delete_api_user, replace_api_user, replace_user, update_api_user, update_user,
    },
};
pub use self::{
    assignments::{ListAssignments, RoleHolders},
    list::ListEntries,
    users::{ListUsers, LogicalOperator},
};
