//! The connectors: how the engine uses Anthropic's APIs of end users, and of the organization's own people.

mod organization;
mod user_profiles;

pub use self::organization::{INVITE, ORGANIZATION_USER};
pub(crate) use self::{organization::OrganizationConnector, user_profiles::UserProfilesConnector};
