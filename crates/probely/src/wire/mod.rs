//! Records as the API sends them, and bodies as it takes them. Any field of a record may be missing, since `exclude`
//! leaves fields out and older answers have fewer of them; of a body, what is `None` is not sent.

mod body;
mod list;
mod role;
mod user;

pub use self::{
    body::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, GrantScope,
        LabelByName, PasswordChanged, RoleGrant, UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
    list::{ResultList, UserList},
    role::{Named, Role, Scope, Team, Tier, UserRole, UserRoleAssignment, UserRoles},
    user::{ChangedBy, Label, Title, User},
};
