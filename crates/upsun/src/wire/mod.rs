//! Records as the API sends them. Every field may be missing, null or empty, and unknown fields are kept: the
//! OpenAPI document lists no required field for a profile, and its nullability is not reliable.
//!
//! Times are texts as the service sent them; [`timestamp`](anyprofile_core::Field::timestamp) parses them.
//! `Debug` shows no content.
//!
//! Types whose name ends in `Update` are request bodies. A field that is not set is not sent, and stays
//! unchanged. Types whose name begins with `New` are the bodies that create a record.

mod access;
mod address;
mod invitation;
mod list;
mod loose;
mod member;
mod mfa;
mod profile;
mod reference;
mod security;
mod team;
mod trial;
pub(crate) mod update;
mod user;

pub use anyprofile_core::wire::SecretText;

pub use self::{
    access::{
        AiAgentSettings, ExtendedAccess, Organization, OrganizationStatus, OrganizationType, ProjectAccess,
        ProjectAccessGrant, ProjectPermission, ResourceType,
    },
    address::{Address, AddressMetadata, AddressUpdate},
    invitation::{
        EnvironmentGrant, EnvironmentRole, EnvironmentType, EnvironmentTypeGrant, InvitationState,
        InvitedEnvironment, Inviter, NewOrganizationInvitation, NewProjectInvitation, OrganizationInvitation,
        ProjectInvitation, ProjectRole,
    },
    list::{ItemList, Link, Links, ProfileList, RecordLink, RecordLinks, SignedLink},
    loose::{Decimal, LooseMap, LooseText, OneOrMany},
    member::{MemberLevel, OrganizationMember, OrganizationPermission},
    mfa::{MfaEnforcement, MfaReminder, MfaReminders},
    profile::{CustomerType, OrganizationProfileUpdate, Profile, ProfilePicture, ProfileType, ProfileUpdate},
    reference::{ReferencedTeams, ReferencedUsers, UserReference},
    security::{PhoneChannel, RecoveryCodes, TotpEnrollment},
    team::{NewTeam, Team, TeamCounts, TeamMember, TeamProjectAccess, TeamUpdate},
    trial::{CurrentTrial, Money, MoneyRecord, Trial, TrialProject},
    user::{
        AccountStatus, ApiToken, Connection, CurrentUser, CurrentUserProject, OwnerInfo, PhoneVerification,
        SshKey, User, UserUpdate, Verification, VerificationType,
    },
};
