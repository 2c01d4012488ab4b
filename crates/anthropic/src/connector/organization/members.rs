//! The members of a workspace or a group.

use std::collections::HashMap;

use anyprofile_core::{Field, ListQuery, Profile, ProfileId, Result, wire::WithRaw};
use anyprofile_engine::{Mapping, Place, RecordPage, SIDE_BY_SIDE};
use anyprofile_http::{Caller, Response};

use super::{
    ORGANIZATION_USER, RBAC_GROUP, SERVICE_ACCOUNT, USER, cursor_paging, page as page_of_ids,
    page_of_cursors, paging,
};
use crate::{
    IdPaging, ListOrganizationUsers, map,
    operations::{self, MAX_LIMIT, MAX_SERVICE_ACCOUNTS, id_page},
    wire::{self, OrganizationUser},
};

static OF_WORKSPACE: Mapping<wire::WorkspaceMember> =
    Mapping::new(ORGANIZATION_USER, |record| record.user_id.value(), map::workspace_member);
static OF_GROUP: Mapping<wire::RbacGroupMember> =
    Mapping::new(ORGANIZATION_USER, |record| record.user_id.value(), map::rbac_group_member);
static ACCOUNT_OF_WORKSPACE: Mapping<wire::ServiceAccountWorkspaceMember> = Mapping::new(
    SERVICE_ACCOUNT,
    |record| record.service_account_id.value(),
    map::service_account_in_workspace,
);

/// Returns a page of members of a workspace or a group. Their users are read too; the engine reads the record of
/// whoever is left.
pub(super) async fn page(
    caller: &Caller,
    place_of: &ProfileId,
    query: &ListQuery,
    place: &Place<'_>,
) -> Result<RecordPage> {
    let native = place_of.native();
    let operation = if place_of.kind == RBAC_GROUP {
        operations::list_rbac_group_members(native, &cursor_paging(query, place, MAX_LIMIT))
            .read_as(|response| page_of_cursors(response, &OF_GROUP))
    } else if *place.collection == SERVICE_ACCOUNT {
        let paging = cursor_paging(query, place, MAX_SERVICE_ACCOUNTS);
        let operation = operations::list_workspace_service_accounts(native, &paging)
            .read_as(|response| page_of_cursors(response, &ACCOUNT_OF_WORKSPACE));
        return caller.call(&operation).await;
    } else {
        operations::list_workspace_members(native, &paging(query, place))
            .read_as(|response| page_of_ids(response, &OF_WORKSPACE))
    };
    let mut page = caller.call(&operation).await?;
    let mut members: HashMap<_, _> =
        page.profiles_mut().iter_mut().map(|member| (member.id.native().to_owned(), member)).collect();
    // For a few members, one request each is not more than the list of all users.
    if members.len() > SIDE_BY_SIDE {
        add_users(caller, &mut members).await?;
    }
    Ok(page)
}

/// Adds their users to members, from the list of the organization's users, as far as it must be read.
async fn add_users(caller: &Caller, members: &mut HashMap<String, &mut Profile>) -> Result<()> {
    let mut paging = IdPaging { limit: Some(MAX_LIMIT), ..IdPaging::default() };
    while !members.is_empty() {
        let list = ListOrganizationUsers { paging: paging.clone(), ..ListOrganizationUsers::default() };
        let operation = operations::list_organization_users(&list).read_as(move |response| {
            let listed = id_page::<WithRaw<OrganizationUser>>(response)?;
            let next = list
                .paging
                .following(&listed.list)
                .map_err(|error| response.error(error.kind(), error.message().to_owned()))?;
            Ok((users(response, listed.list.data), next))
        });
        let (users, next) = caller.call(&operation).await?;
        for mut user in users {
            if let Some(member) = members.remove(user.id.native()) {
                // The role in the workspace stays the member's role.
                user.roles = Field::Absent;
                member.merge(map::ORGANIZATION_USER, user);
            }
        }
        let Some(next) = next else { break };
        paging = next;
    }
    Ok(())
}

/// Returns the users that can be read. Whoever cannot is read alone later, which then says why.
fn users(response: &Response, records: Vec<WithRaw<OrganizationUser>>) -> Vec<Profile> {
    records.into_iter().filter_map(|record| USER.profile(response, record).ok()).collect()
}
