//! The members of a group.

use anyprofile_core::{IdKind, ProfileId, Result, listing::Page, wire::WithRaw};
use anyprofile_engine::{Mapping, Onward, RecordPage};
use anyprofile_http::{Caller, Response};

use crate::{
    map, operations,
    wire::{Group, GroupMember},
};

/// The kind of ids of groups.
pub(super) const GROUP: IdKind = IdKind::new("group");

static MEMBER: Mapping<GroupMember> =
    Mapping::new(IdKind::USER, |member: &GroupMember| member.value.value(), map::member);

/// Returns the members of a group, which come in one page.
///
/// A server that leaves out `members` does not say that there are none: the end is not proven then. The groups in the
/// group are left out, as `hides` says.
pub(super) async fn page(caller: &Caller, group: &ProfileId) -> Result<RecordPage> {
    let operation = operations::get_group(group.native())
        .read_as(|response| response.decode_record::<Group>().map(|group| page_of(response, group)));
    caller.call(&operation).await
}

fn page_of(response: &Response, group: Group) -> RecordPage {
    let onward = if group.members.is_absent() { Onward::Claimed(None) } else { Onward::End };
    let members = group.members.into_value().unwrap_or_default().into_iter();
    let users = members.filter(|member| !is_group(member));
    let page = Page::last(users.map(WithRaw::from).collect());
    RecordPage::new(page.try_map(MEMBER.each(response)), onward)
}

/// Returns whether a member is a group: by its type, or by its URL where it has none.
fn is_group(member: &GroupMember) -> bool {
    match (member.member_type.value(), member.reference.value()) {
        (Some(member_type), _) => member_type.eq_ignore_ascii_case("group"),
        (None, Some(url)) => url.rsplit('/').nth(1).is_some_and(|kind| kind.eq_ignore_ascii_case("groups")),
        (None, None) => false,
    }
}
