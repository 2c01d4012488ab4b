//! Records as the API sends them. Every field may be missing, null or empty, and new ones may come:
//! the OpenAPI document lists no required field for a profile, and its nullability is not reliable.
//!
//! Times are kept as the texts that came; [`timestamp`](anyprofile_core::Field::timestamp) reads them. `Debug` shows no content.
//!
//! What is sent to change a record is a type of its own, whose name ends in `Update`: what is not set is not sent,
//! and stays as it is.

mod access;
mod address;
mod list;
mod loose;
mod profile;
mod security;
mod trial;
pub(crate) mod update;
mod user;

pub use anyprofile_core::wire::SecretText;

pub use self::{
    access::{
        AiAgentSettings, ExtendedAccess, Organization, OrganizationMember, OrganizationStatus,
        OrganizationType, ProjectAccess, ProjectAccessGrant, ProjectPermission, ResourceType, Team,
        TeamCounts,
    },
    address::{Address, AddressMetadata, AddressUpdate},
    list::{ItemList, Link, Links, ProfileList, RecordLink, RecordLinks, SignedLink},
    loose::{Decimal, LooseMap, LooseText, OneOrMany},
    profile::{CustomerType, OrganizationProfileUpdate, Profile, ProfilePicture, ProfileType, ProfileUpdate},
    security::{PhoneChannel, RecoveryCodes, TotpEnrollment},
    trial::{CurrentTrial, Money, MoneyRecord, Trial, TrialProject},
    user::{
        AccountStatus, ApiToken, Connection, CurrentUser, CurrentUserProject, OwnerInfo, PhoneVerification,
        ReferencedUsers, SshKey, User, UserReference, UserUpdate, Verification, VerificationType,
    },
};
