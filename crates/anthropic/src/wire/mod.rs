//! Records as the API sends them, and request bodies. One type covers all versions of the API: a field that a
//! beta does not have is absent from a record, and refused in a body before anything is sent.

mod body;
mod data_controls;
mod group;
mod organization;
mod page;
mod response;
mod service_account;
mod user_profile;
mod webhook;
mod workspace;

pub use anyprofile_core::wire::SecretText;

pub use self::{
    body::{
        AccountStatus, ExternalUserDetailsInput, InviteCreate, UserProfileAction, UserProfileCreate,
        UserProfileUpdate,
    },
    data_controls::{
        DataControlsUpdate, GoogleBucket, GoogleBucketInput, GoogleDataControls, GoogleEncryption,
        GoogleEncryptionInput, GoogleFailedCheck, GoogleRegionKey, GoogleRegionStatus, GoogleRegionStorage,
        GoogleRetiredBucket, GoogleRetiredKey, GoogleStorage, GoogleStorageInput,
    },
    group::{
        GroupSource, PermissionResource, RbacGroup, RbacGroupMember, RbacRole, RbacRolePermission,
        RbacRoleSource, RoleSource,
    },
    organization::{Invite, InviteStatus, Organization, OrganizationRole, OrganizationUser},
    page::{CursorPage, IdPage},
    response::{ActionUrl, Deleted, DeletedMembership, EnrollmentUrl},
    service_account::{
        ServiceAccount, ServiceAccountCreate, ServiceAccountRole, ServiceAccountUpdate,
        ServiceAccountWorkspaceMember,
    },
    user_profile::{
        AccessType, CyberProgram, CyberRequirements, EfsProgram, EnforcementAction, EnforcementActionType,
        EnforcementReason, EnforcementRemedy, EnforcementStatus, EntityType, ExternalUserDetails,
        ProgramPart, ProgramPartStatus, Programs, Relationship, TrustGrant, UserProfile,
    },
    webhook::{EventData, EventType, WebhookEvent},
    workspace::{
        DataResidency, DataResidencyInput, InferenceGeos, Workspace, WorkspaceCreate, WorkspaceMember,
        WorkspaceRole, WorkspaceUpdate,
    },
};
