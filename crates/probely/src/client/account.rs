//! The account: the credential's own profile, and what users' roles and labels refer to.

use std::fmt;

use anyprofile_core::{ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{Answer, Listed, Request};

use super::{ProbelyClient, list::result_list};
use crate::wire::{Label, ResultList, Role, Team, User, UserRoleAssignment};

/// Which part of a list: of roles, labels, teams or assigned roles.
///
/// The reference shows these four parameters at every list of this API that was seen, such as
/// `labels-users-list`; its pages of these four lists themselves were not.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListEntries {
    /// Entries a page. The service's default is 10 where it is published, for users; a maximum is not published.
    pub length: Option<u32>,
    /// The field to order by; a `-` in front inverts. Which fields there are is not published.
    pub ordering: Option<String>,
    /// The page, from 1.
    pub page: Option<u64>,
    /// Text to search for.
    pub search: Option<String>,
}

/// Shows the page alone: what is searched for may be a person's name or address.
impl fmt::Debug for ListEntries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListEntries")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl ListEntries {
    fn request(&self, operation: &'static str, path: &'static str) -> Request {
        Request::get(operation)
            .path(path)
            .query("length", self.length)
            .asking_for(self.length)
            .query("ordering", self.ordering.as_deref())
            .query("page", self.page)
            .names_resource(self.page.is_some_and(|page| page > 1))
            .query("search", self.search.as_deref())
    }
}

impl ProbelyClient {
    /// Gets the profile of the credential: `GET /profile/`. The parameters that the reference calls
    /// required are those of a list; the service wants none.
    ///
    /// Source: page `profile-list` of the reference, and recorded answers for its form.
    ///
    /// # Errors
    /// [`Unauthenticated`](ErrorKind::Unauthenticated);
    /// [`Decode`](ErrorKind::Decode) if the answer is a list of none or several.
    pub async fn get_profile(&self) -> Result<User> {
        let answer = self.http.send(profile_request()).await?;
        own_profile(&answer)
    }

    /// Lists the roles that users can hold: one page of `GET /roles/`, which says how many there are.
    ///
    /// Source: client code; the reference's page `user-roles` tells what a role is.
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) with the service's words by parameter;
    /// [`PermissionDenied`](ErrorKind::PermissionDenied) if the key may not see them.
    pub async fn list_roles(&self, list: &ListEntries) -> Result<Listed<ResultList<Role>>> {
        self.list_entries(list.request("roles_list", "/roles/")).await
    }

    /// Lists the labels of the account: one page of `GET /labels/`, which says how many there are.
    ///
    /// Source: client code for the path; the record is documented with users.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_labels(&self, list: &ListEntries) -> Result<Listed<ResultList<Label>>> {
        self.list_entries(list.request("labels_list", "/labels/")).await
    }

    /// Lists the teams of the account: one page of `GET /teams/`, which says how many there are.
    ///
    /// Source: client code for the path; id and name are documented where a role names its team.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_teams(&self, list: &ListEntries) -> Result<Listed<ResultList<Team>>> {
        self.list_entries(list.request("teams_list", "/teams/")).await
    }

    /// Lists which roles are assigned, and where they hold: one page of `GET /user-roles/`, which says how many
    /// there are.
    ///
    /// Source: the reference's page `user-roles` for the operation; the record is that of a user's roles.
    ///
    /// # Errors
    /// As [above](Self::list_roles).
    pub async fn list_user_roles(
        &self,
        list: &ListEntries,
    ) -> Result<Listed<ResultList<UserRoleAssignment>>> {
        self.list_entries(list.request("user_roles_list", "/user-roles/")).await
    }

    async fn list_entries<T: Tolerant>(&self, request: Request) -> Result<Listed<ResultList<T>>> {
        let answer = self.http.send(request).await?;
        result_list(&answer)
    }
}

pub(crate) fn profile_request() -> Request {
    Request::get("profile_list").path("/profile/")
}

/// The own profile: documented as a list of one, sent as the object alone.
pub(crate) fn own_profile<T: Tolerant>(answer: &Answer) -> Result<T> {
    if answer.json()?.trim_ascii_start().first() != Some(&b'[') {
        return answer.decode_record();
    }
    let mut records = answer.decode::<Vec<T>>()?.into_iter();
    match (records.next(), records.next()) {
        (Some(record), None) => Ok(record),
        _ => Err(answer
            .error(ErrorKind::Decode, "the answer lists none or several profiles where one was expected")),
    }
}
