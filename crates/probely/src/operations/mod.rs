//! The operations of the API: which request each is, and how its response is read. Every path ends with a slash: without it
//! the service redirects.
//!
//! No request that writes is repeated by the retry policy, not even those whose method is idempotent in HTTP: the service
//! documents none of them as safe to repeat. A second `POST /users/` may let somebody in again who was deactivated in
//! between, a second `PUT` may undo what somebody else changed, and what a second `DELETE` answers is not published: if it is
//! that there is no such user, a deactivation that came through would look as if it had failed. An error whose outcome is not
//! known says so.

mod account;
mod list;
mod rules;
mod users;
mod writes;

pub use self::{
    account::ListEntries,
    users::{ListUsers, LogicalOperator},
};
pub(crate) use self::{
    account::{get_profile, list_labels, list_roles, list_teams, list_user_roles, own_profile},
    list::{remaining_pages, result_list},
    rules::{MAX_LABEL, MAX_NAME},
    users::{get_api_user, get_user, list_api_users, list_users},
    writes::{
        bulk_update_api_users, bulk_update_users, change_password, create_api_user, create_user,
        deactivate_user, delete_api_user, replace_api_user, replace_user, update_api_user, update_user,
    },
};
