//! The operations of the APIs of user profiles and of the organization: which request each is, and how its response is read.
//! Those of user profiles need to know which beta the account speaks.
//!
//! No request that writes is repeated by the retry policy. A repeated creation makes a second profile or invite, since no
//! id of a profile is unique for the service and there is no key for a request; a repeated link is a second credential;
//! what a repeated change would undo is not known. A repeated `DELETE` would harm nothing, but the service does not
//! document it as safe: where the first one came through, the second is told that there is no such thing, and what
//! succeeded would look as if it had failed. An error whose outcome is not known says so.

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
