//! The members of an organization.

use anyprofile_core::{
    Field, IdKind, ListQuery, Profile, ProfileId, Result, profile::MissingReason, wire::WithRaw,
};
use anyprofile_engine::{Mapping, Place, RecordPage, SIDE_BY_SIDE};
use anyprofile_http::{Caller, Response};
use futures_util::{StreamExt as _, stream};

use super::onward;
use crate::{
    ListOrganizationMembers, PagePosition,
    map::{self, USER_REFERENCE},
    operations::{self, item_list},
    wire::{ItemList, OrganizationMember, ReferencedUsers, SignedLink},
};

/// In the records that were seen, the membership's own id is the user's.
static MEMBERS: Mapping<OrganizationMember> =
    Mapping::new(IdKind::USER, |member| member.user_id.value().or(member.id.value()), map::member);

/// Returns a page of members, each with the user's record from `/ref/users`.
pub(super) async fn page(
    caller: &Caller,
    organization: &ProfileId,
    query: &ListQuery,
    place: &Place<'_>,
) -> Result<RecordPage> {
    let list = ListOrganizationMembers {
        page_size: query.page_size,
        position: place.token().map(PagePosition::from),
        ..ListOrganizationMembers::default()
    };
    let operation = operations::list_organization_members(organization.native(), &list).read_as(members);
    let (mut page, users) = caller.call(&operation).await?;
    let mut reads =
        stream::iter(users).map(|link| async move { referenced(caller, &link).await }).buffered(SIDE_BY_SIDE);
    let mut responses = Vec::new();
    while let Some(read) = reads.next().await {
        responses.push(read?);
    }
    for member in page.profiles_mut() {
        describe(member, &responses);
    }
    Ok(page)
}

/// Reads the members of a page, and the links to their users.
fn members(response: &Response) -> Result<(RecordPage, Vec<SignedLink>)> {
    let mut listed = item_list(response)?;
    let links = std::mem::take(&mut listed.list.links);
    let page =
        listed.into_page(|list: ItemList<WithRaw<OrganizationMember>>| (list.items, list.count.into_value()));
    Ok((RecordPage::new(page.try_map(MEMBERS.each(response)), onward(links.next)), links.users))
}

/// The users of a link, or the reason why they cannot be read.
type Referenced = std::result::Result<ReferencedUsers, MissingReason>;

async fn referenced(caller: &Caller, link: &SignedLink) -> Result<Referenced> {
    match caller.call(&operations::get_referenced_users(link)).await {
        Ok(users) => Ok(Ok(users)),
        Err(error) => Ok(Err(MissingReason::of_one_among_many(&error).ok_or(error)?)),
    }
}

/// Adds the user's record to a member. Null means that the user no longer exists; a missing entry means that
/// nothing is known.
fn describe(member: &mut Profile, responses: &[Referenced]) {
    let native = member.id.native().to_owned();
    let users = || responses.iter().filter_map(|referenced| referenced.as_ref().ok());
    match users().map(|users| users.get(&native)).find(|user| !user.is_absent()) {
        Some(Field::Value(user)) => {
            let reference = map::user_reference(member.id.clone(), user.clone());
            member.merge(USER_REFERENCE, reference);
        }
        Some(_) => member.merge(USER_REFERENCE, map::gone(member.id.clone())),
        None => {
            let refused = responses.iter().find_map(|referenced| referenced.as_ref().err()).cloned();
            // A record that could not be read may be this one.
            let is_unread = users().any(|users| !users.quarantined.is_empty());
            let otherwise = if is_unread { MissingReason::Failed } else { MissingReason::NotThere };
            member.note_missing(USER_REFERENCE, refused.unwrap_or(otherwise));
        }
    }
}
