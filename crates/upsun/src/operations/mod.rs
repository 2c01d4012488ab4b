//! The operations of the API: the request of each, and how its response is read.
//!
//! Only reads are retried: the service does not document any change as safe to repeat.

mod access;
mod filter;
mod invitations;
mod members;
mod mfa;
mod page;
mod phone;
mod picture;
mod profile;
mod security;
mod team_access;
mod teams;
mod user;

use std::collections::BTreeMap;

use anyprofile_core::{profile::RawJson, wire::Tolerant};
use anyprofile_http::{Operation, Request, Response};

pub use self::{
    access::{
        ListOrganizations, ListUserExtendedAccess, ListUserOrganizations, ListUserProjectAccess,
        ListUserTeams,
    },
    filter::{
        ArrayFilter, DateTimeFilter, InvitationSort, OrganizationSort, ProjectAccessSort, Sort, StringFilter,
        TeamSort, TimeSort,
    },
    invitations::ListInvitations,
    members::ListOrganizationMembers,
    page::{CursorPage, PageLink, PagePosition},
    profile::ListProfiles,
    team_access::ListTeamProjectAccess,
    teams::{ListTeamMembers, ListTeams},
};
pub(crate) use self::{
    access::{
        MAX_PAGE_SIZE, get_organization, get_user_project_access, grant_user_project_access,
        list_organizations, list_user_extended_access, list_user_organizations, list_user_project_access,
        list_user_teams, remove_user_project_access, update_user_project_access,
    },
    invitations::{
        cancel_organization_invitation, cancel_project_invitation, create_organization_invitation,
        create_project_invitation, list_organization_invitations, list_project_invitations,
    },
    members::{
        create_organization_member, delete_organization_member, get_organization_member,
        list_organization_members, update_organization_member,
    },
    mfa::{
        disable_organization_mfa_enforcement, enable_organization_mfa_enforcement,
        get_organization_mfa_enforcement, send_organization_mfa_reminders,
    },
    page::item_list,
    phone::{confirm_phone_number, verify_phone_number},
    picture::{create_profile_picture, delete_profile_picture},
    profile::{
        follow_profiles, get_organization_address, get_organization_profile, get_profile,
        get_profile_address, list_profiles, profile_list, update_organization_address,
        update_organization_profile, update_profile, update_profile_address,
    },
    security::{
        confirm_totp_enrollment, create_user_api_token, delete_user_api_token, delete_user_connection,
        get_totp_enrollment, recreate_recovery_codes, withdraw_totp_enrollment,
    },
    team_access::{
        get_team_project_access, grant_team_project_access, list_team_project_access,
        remove_team_project_access,
    },
    teams::{
        create_team, create_team_member, delete_team, delete_team_member, get_referenced_teams, get_team,
        get_team_member, list_team_members, list_teams, update_team,
    },
    user::{
        get_current_user, get_me, get_phone_verification, get_referenced_users, get_user, get_user_api_token,
        get_user_by_email, get_user_by_username, get_user_connection, get_verification, list_user_api_tokens,
        list_user_connections, reset_email_address, reset_password, update_user,
    },
};

/// Creates a change whose response shows the updated record. If the response does not, a read follows. The
/// API documents 200 with the record; it has also sent 201 and parts of the record, and sends 204 in other
/// places.
fn change<T: Tolerant + 'static>(
    request: Request,
    read: &Operation<T>,
    shows_record: fn(&Response) -> bool,
) -> Operation<T> {
    Operation::new(request, Response::decode_record).reading_back_unless(shows_record, read)
}

/// Returns whether a response contains any field of a record with these keys. A body that is not an object
/// counts as a record, except an empty body, `[]` (how the service behind `/profiles` may write an empty
/// object) and `null`. The API's notes on the responses to changes mention records that are wrapped.
fn shows(response: &Response, keys: &[&str]) -> bool {
    match serde_json::from_slice::<BTreeMap<String, RawJson>>(&response.body) {
        Ok(record) => keys.iter().any(|key| record.contains_key(*key)),
        Err(_) => !matches!(response.body.trim_ascii(), b"" | b"[]" | b"null"),
    }
}
