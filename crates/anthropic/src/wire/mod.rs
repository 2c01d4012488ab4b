//! Records as the API sends them. One type for all dated shapes: a field that a beta does not have is absent.

mod organization;
mod page;
mod user_profile;

pub use self::{
    organization::{Invite, InviteStatus, Organization, OrganizationRole, OrganizationUser},
    page::{IdPage, UserProfileList},
    user_profile::{
        AccessType, EnforcementStatus, EntityType, ExternalUserDetails, Relationship, TrustGrant, UserProfile,
    },
};
