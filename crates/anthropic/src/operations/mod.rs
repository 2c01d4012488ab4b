//! The operations of the user profiles and organization APIs: the request of each, and how its response is
//! read. Those of user profiles depend on the account's beta.
//!
//! The retry policy does not repeat any request that writes. A repeated creation creates a second profile or
//! invite, because profiles have no unique id of the client and requests have no idempotency key. A repeated
//! link is a second credential. The effect of a repeated change is not known. A repeated `DELETE` would do no
//! harm, but the service does not document it as safe: if the first one succeeded, the second gets a 404, and
//! the success would look like a failure. If the outcome is not known, the error says so.

mod organization;
mod organization_writes;
mod reading;
mod rules;
mod user_profile_writes;
mod user_profiles;

pub use self::{
    organization::{ListInvites, ListOrganizationUsers},
    user_profiles::{ListUserProfiles, OrderBy, SortDirection},
};
pub(crate) use self::{
    organization::{
        MAX_LIMIT, get_invite, get_organization, get_organization_user, list_invites, list_organization_users,
    },
    organization_writes::{create_invite, delete_invite, remove_organization_user, update_organization_user},
    reading::{id_page, user_profile_list},
    rules::{MAX_KEY, MAX_PAIRS, MAX_TEXT, MAX_VALUE},
    user_profile_writes::{
        create_action_url, create_enrollment_url, create_user_profile, delete_user_profile,
        update_user_profile,
    },
    user_profiles::{get_user_profile, list_user_profiles},
};
