//! Records as the API sends them, and request bodies. One type covers all versions of the API: a field that a
//! beta does not have is absent from a record, and refused in a body before anything is sent.

mod body;
mod organization;
mod page;
mod response;
mod user_profile;

pub use anyprofile_core::wire::SecretText;

pub use self::{
    body::{
        AccountStatus, ExternalUserDetailsInput, InviteCreate, UserProfileAction, UserProfileCreate,
        UserProfileUpdate,
    },
    organization::{Invite, InviteStatus, Organization, OrganizationRole, OrganizationUser},
    page::{IdPage, UserProfileList},
    response::{ActionUrl, Deleted, EnrollmentUrl},
    user_profile::{
        AccessType, CyberProgram, CyberRequirements, EfsProgram, EnforcementAction, EnforcementActionType,
        EnforcementReason, EnforcementRemedy, EnforcementStatus, EntityType, ExternalUserDetails,
        ProgramPart, ProgramPartStatus, Programs, Relationship, TrustGrant, UserProfile,
    },
};
