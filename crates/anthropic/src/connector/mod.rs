//! The connectors: how the engine uses Anthropic's APIs of end users, and of the organization's own people.

mod organization;
mod user_profiles;

pub use self::organization::{
    INVITE, ORGANIZATION_USER, RBAC_GROUP, RBAC_GROUP_MEMBER, SERVICE_ACCOUNT, WORKSPACE, WORKSPACE_MEMBER,
    WORKSPACE_SERVICE_ACCOUNT, rbac_group_member_id, workspace_member_id, workspace_service_account_id,
};
pub(crate) use self::{organization::OrganizationConnector, user_profiles::UserProfilesConnector};
