//! Records as the API sends them, and request bodies. Any field of a record may be missing, because `exclude`
//! omits fields and older responses have fewer of them. A field of a body that is `None` is not sent.

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
