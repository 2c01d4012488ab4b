//! The members of a workspace or a group.

use std::collections::{HashMap, HashSet};

use anyprofile_core::{
    Error, ErrorKind, Field, ListQuery, Profile, ProfileId, Result,
    profile::MissingReason,
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::{Mapping, Place, RecordPage, SIDE_BY_SIDE};
use anyprofile_http::{Caller, Response};

use super::{
    RBAC_GROUP, RBAC_GROUP_MEMBER, WORKSPACE_MEMBER, WORKSPACE_SERVICE_ACCOUNT, cursor_paging,
    page_of_cursors, page_of_ids, paging,
};
use crate::{
    IdPaging, ListOrganizationUsers, map,
    operations::{self, MAX_LIMIT, MAX_SERVICE_ACCOUNTS, id_page},
    wire::{OrganizationUser, RbacGroupMember, ServiceAccountWorkspaceMember, WorkspaceMember},
};

pub(super) static OF_WORKSPACE: Mapping<WorkspaceMember> =
    Mapping::new(WORKSPACE_MEMBER, |record| record.user_id.value(), map::workspace_member)
        .taking_id(|record| both(&record.workspace_id, &record.user_id));
pub(super) static OF_GROUP: Mapping<RbacGroupMember> =
    Mapping::new(RBAC_GROUP_MEMBER, |record| record.user_id.value(), map::rbac_group_member)
        .taking_id(|record| both(&record.rbac_group_id, &record.user_id));
pub(super) static ACCOUNT_OF_WORKSPACE: Mapping<ServiceAccountWorkspaceMember> = Mapping::new(
    WORKSPACE_SERVICE_ACCOUNT,
    |record| record.service_account_id.value(),
    map::service_account_in_workspace,
)
.taking_id(|record| both(&record.workspace_id, &record.service_account_id));

/// Returns the native id of a membership, which consists of two ids.
fn both(place: &Field<OpaqueId>, holder: &Field<OpaqueId>) -> Field<OpaqueId> {
    match (place.value(), holder.value()) {
        (Some(place), Some(holder)) => {
            OpaqueId::from(format!("{}/{}", place.as_str(), holder.as_str()).as_str()).into()
        }
        _ => Field::Absent,
    }
}

/// Returns a function that converts the records of a page, if they are of the place that was asked for.
fn each_of<'a, T>(
    mapping: &'static Mapping<T>,
    response: &'a Response,
    place: &'a str,
) -> impl Fn(WithRaw<T>) -> std::result::Result<Profile, String> + 'a {
    move |record| {
        let profile = mapping.profile(response, record)?;
        let is_asked = profile.id.native().split_once('/').is_some_and(|(own, _)| own == place);
        if is_asked { Ok(profile) } else { Err("the record is a member of something else".to_owned()) }
    }
}

/// Returns a page of members of a workspace or a group. The users of many members are read in one go; the engine reads
/// the record of whoever is left.
pub(super) async fn page(
    caller: &Caller,
    place_of: &ProfileId,
    query: &ListQuery,
    place: &Place<'_>,
) -> Result<RecordPage> {
    let native = place_of.native().to_owned();
    let operation = if place_of.kind == RBAC_GROUP {
        operations::list_rbac_group_members(&native.clone(), &cursor_paging(query, place, MAX_LIMIT))
            .read_as(move |response| page_of_cursors(response, &each_of(&OF_GROUP, response, &native)))
    } else if *place.collection == WORKSPACE_SERVICE_ACCOUNT {
        let paging = cursor_paging(query, place, MAX_SERVICE_ACCOUNTS);
        let operation = operations::list_workspace_service_accounts(&native.clone(), &paging);
        let operation = operation.read_as(move |response| {
            page_of_cursors(response, &each_of(&ACCOUNT_OF_WORKSPACE, response, &native))
        });
        return caller.call(&operation).await;
    } else {
        operations::list_workspace_members(&native.clone(), &paging(query, place))
            .read_as(move |response| page_of_ids(response, &each_of(&OF_WORKSPACE, response, &native)))
    };
    let mut page = caller.call(&operation).await?;
    let members = page.profiles_mut().iter_mut().filter_map(|member| {
        let (_, user_id) = member.id.native().split_once('/')?;
        Some((user_id.to_owned(), member))
    });
    let mut members: HashMap<_, _> = members.collect();
    // For a few members, one request each is not more than the list of all users.
    if members.len() > SIDE_BY_SIDE {
        add_users(caller, &mut members).await?;
    }
    Ok(page)
}

/// Adds their users to members, from the list of the organization's users, as far as it must be read. If the list cannot
/// be read, the members say why.
async fn add_users(caller: &Caller, members: &mut HashMap<String, &mut Profile>) -> Result<()> {
    let mut paging = IdPaging { limit: Some(MAX_LIMIT), ..IdPaging::default() };
    let mut positions = HashSet::new();
    while !members.is_empty() {
        let list = ListOrganizationUsers { paging: paging.clone(), ..ListOrganizationUsers::default() };
        let operation = operations::list_organization_users(&list).read_as(move |response| {
            let listed = id_page::<WithRaw<OrganizationUser>>(response)?;
            let next = list.paging.following(&listed.list);
            let next = next.map_err(|error| response.error(error.kind(), error.message().to_owned()))?;
            Ok((listed.list.data, next))
        });
        let (users, next) = match caller.call(&operation).await {
            Ok(page) => page,
            Err(error) => {
                let reason = MissingReason::of_one_among_many(&error).ok_or(error)?;
                for member in members.values_mut() {
                    member.note_missing(map::ORGANIZATION_USER, reason.clone());
                }
                return Ok(());
            }
        };
        for user in users {
            let id = user.record.id.value().map(|id| id.as_str().to_owned());
            if let Some(member) = id.and_then(|id| members.remove(&id)) {
                let user = holder(member, map::organization_user(member.id.clone(), user.record));
                member.merge(map::ORGANIZATION_USER, user);
            }
        }
        let Some(next) = next else { break };
        if !positions.insert(next.after_id.clone()) {
            return Err(Error::new(ErrorKind::Decode, "the pages of users lead in a circle")
                .with_provider(caller.info())
                .with_operation("AdminListUsers"));
        }
        paging = next;
    }
    Ok(())
}

/// Returns the user or service account of a membership as it is added to it. The role in a workspace stays the role of
/// the membership.
pub(super) fn holder(member: &Profile, mut holder: Profile) -> Profile {
    if member.id.kind != RBAC_GROUP_MEMBER {
        holder.roles = Field::Absent;
    }
    holder
}
