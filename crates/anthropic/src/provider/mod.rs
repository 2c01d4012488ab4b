//! The account as an anyprofile provider: of end users, or of the organization's own people.

mod organization;
mod organization_writes;
mod user_profiles;
mod writes;

pub use self::{
    organization::{AnthropicOrganizationProvider, INVITE, ORGANIZATION_USER},
    user_profiles::AnthropicProvider,
};
