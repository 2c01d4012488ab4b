//! The API, operation by operation.

mod access;
mod change;
mod dialect;
mod filter;
mod page;
mod phone;
mod picture;
mod profile;
mod security;
mod user;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_http::HttpClient;

use crate::UpsunConfig;

pub use self::{
    access::{
        ListOrganizationMembers, ListOrganizations, ListUserExtendedAccess, ListUserOrganizations,
        ListUserProjectAccess, ListUserTeams,
    },
    filter::{
        ArrayFilter, DateTimeFilter, OrganizationSort, ProjectAccessSort, Sort, StringFilter, TimeSort,
    },
    page::{CursorPage, PageLink, PagePosition},
    profile::ListProfiles,
};
pub(crate) use self::{
    access::{MAX_PAGE_SIZE, organization_members, organization_record_request, user_organizations},
    change::has_something,
    dialect::{DIALECT, TOKENS},
    profile::{
        list_request, organization_address_request, organization_address_update_request,
        organization_request, profile_address_request, profile_address_update_request, profile_list,
        profile_request, profile_update_request, update_request,
    },
    user::{
        current_user_request, referenced_users_request, user_by_email_request, user_by_username_request,
        user_request, user_update_request,
    },
};

/// A client of Upsun's API around profiles: one method an operation, records as they come.
///
/// Cheap to clone; clones share connections and access tokens. An id is one segment of a path whatever it
/// holds, and refused before anything is sent if it is empty, `.` or `..`.
///
/// Only what reads is repeated by the client where that may help. A change is sent once: where its outcome is not
/// known, the error says so.
#[derive(Clone, Debug)]
pub struct UpsunClient {
    pub(crate) http: HttpClient,
}

impl UpsunClient {
    /// A client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        config.connect().map(|http| Self { http })
    }

    /// An error about a request that is not sent.
    fn refusal(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::InvalidRequest, message)
            .with_provider(self.http.info())
            .with_operation(operation)
    }
}
