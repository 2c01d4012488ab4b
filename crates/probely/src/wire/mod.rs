//! Records as the API sends them, and request bodies. Any field of a record may be missing, because `exclude`
//! omits fields and older responses have fewer of them. A field of a body that is `None` is not sent.

mod assignment;
mod body;
mod label;
mod list;
mod role;
mod user;

pub(crate) use self::assignment::AssignmentIds;
pub use self::{
    assignment::{
        AssignmentChange, AssignmentOperations, AssignmentUpdate, AssignmentWrite, GrantScope, RoleGrant,
    },
    body::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, BulkUpdated, LabelByName,
        PasswordChanged, UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
    label::{LabelCreate, LabelUpdate, TeamCreate, TeamUpdate, UserLabelWrite},
    list::{ResultList, UserList},
    role::{Named, Permission, Role, Scope, Target, Team, Tier, UserRole, UserRoleAssignment, UserRoles},
    user::{ChangedBy, Label, Title, User},
};
