//! Records as SCIM defines them (RFC 7643), and request bodies (RFC 7644).

mod flag;
mod group;
mod group_input;
mod list;
mod patch;
mod provider_config;
mod schema;
mod user;
mod user_input;

pub use self::{
    flag::Flag,
    group::{GROUP_SCHEMA, Group, GroupMember},
    group_input::{GroupInput, MemberInput},
    list::{ListResponse, UserList},
    patch::{PatchOperation, PatchRequest, PatchVerb},
    provider_config::{FilterSupport, PaginationSupport, ServiceProviderConfig, Support},
    schema::{Attribute, ResourceType, Schema},
    user::{
        ENTERPRISE_USER_SCHEMA, EnterpriseUser, Manager, Meta, MultiValued, Name, PostalAddress,
        ResourceGroup, USER_SCHEMA, User,
    },
    user_input::{NameInput, UserInput, ValueInput},
};
