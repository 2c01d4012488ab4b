//! Records as the API sends them. Every field may be missing, null or empty, and new ones may come:
//! the OpenAPI document lists no required field for a profile, and its nullability is not reliable.
//!
//! Times are kept as the texts that came; [`read_time`] reads them. `Debug` shows no content.

mod access;
mod address;
mod list;
mod loose;
mod profile;
mod trial;
mod user;

pub use self::{
    access::{
        AiAgentSettings, ExtendedAccess, Organization, OrganizationMember, OrganizationStatus,
        OrganizationType, ProjectAccess, ProjectPermission, ResourceType, Team, TeamCounts,
    },
    address::{Address, AddressMetadata},
    list::{ItemList, Link, Links, ProfileList, RecordLink, RecordLinks, SignedLink},
    loose::{Decimal, LooseMap, LooseText, OneOrMany, Secret, read_time},
    profile::{CustomerType, OrganizationProfileUpdate, Profile, ProfileType},
    trial::{CurrentTrial, Money, MoneyRecord, Trial, TrialProject},
    user::{
        AccountStatus, ApiToken, Connection, CurrentUser, CurrentUserProject, OwnerInfo, PhoneVerification,
        ReferencedUsers, SshKey, User, UserReference, Verification, VerificationType,
    },
};
