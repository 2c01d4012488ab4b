//! Records as the API sends them. Any field may be missing, since `exclude` leaves fields out and older
//! answers have fewer of them.

mod list;
mod role;
mod user;

pub use self::{
    list::{ResultList, UserList},
    role::{Named, Role, Scope, Team, Tier, UserRole, UserRoleAssignment, UserRoles},
    user::{ChangedBy, Label, Title, User},
};
