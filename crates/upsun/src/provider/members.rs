//! The members of an organization.

use anyprofile_core::{
    Cursor, CursorPosition, Effort, Error, ErrorKind, Field, IdKind, ListQuery, MissingReason, Next, Page,
    Profile, ProfileId, ProfileProvider as _, Result,
    wire::{OpaqueId, WithRaw},
};
use futures_util::{StreamExt as _, stream};

use super::{
    UpsunProvider,
    records::{OF_ONE, SIDE_BY_SIDE},
};
use crate::{
    ListOrganizationMembers, PagePosition,
    client::{MAX_PAGE_SIZE, organization_members, referenced_users_request},
    map::{self, USER_REFERENCE},
    wire::{self, ReferencedUsers, SignedLink},
};

impl UpsunProvider {
    /// A page of members, each with what the service says of the user where it refers to it.
    pub(super) async fn members_page(
        &self,
        organization: &ProfileId,
        query: &ListQuery,
        position: Option<&CursorPosition>,
    ) -> Result<Page<Profile>> {
        if organization.native().starts_with("name=") {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "the members of an organization are listed by its id, not by its name",
            )
            .with_provider(self.info())
            .with_operation("list-org-members")
            .with_hint("use the id, which the console shows (26 letters and digits)"));
        }
        let page_size = Some(query.page_size.unwrap_or(MAX_PAGE_SIZE));
        let list = ListOrganizationMembers { page_size, ..ListOrganizationMembers::default() };
        let position = match position {
            Some(CursorPosition::Token(link)) => Some(PagePosition::from(link.as_str())),
            None => None,
            Some(_) => return Err(Cursor::foreign(self.info())),
        };
        let listing = organization_members(organization.native(), &list);
        let listed =
            self.client.list::<WithRaw<wire::OrganizationMember>>(listing, position.as_ref()).await?;
        let mut effort = listed.effort;
        let next = match listed.next {
            Some(link) => {
                let position = CursorPosition::Token(link.position().as_str().to_owned());
                Next::Cursor(Cursor::new(self.info(), query, position))
            }
            None => Next::End,
        };
        let mut page = Page::last(listed.items)
            .with_quarantined(listed.quarantined)
            .with_changed_types(listed.changed_types)
            .try_map(|kept| {
                // What was seen of the membership's own id is the user's.
                let native = kept.record.user_id.value().or(kept.record.id.value());
                let id = native.and_then(|native| self.id(IdKind::USER, OpaqueId::as_str(native)).ok());
                let id = id.ok_or_else(|| "the record has no usable id".to_owned())?;
                Ok(self.with_raw(map::member(id, kept.record), kept.raw))
            });
        let mut reads = stream::iter(listed.users)
            .map(|link| async move { self.referenced(&link).await })
            .buffered(SIDE_BY_SIDE);
        let mut referenced = Vec::new();
        while let Some(read) = reads.next().await {
            let (answered, spent) = read?;
            effort += spent;
            referenced.push(answered);
        }
        for member in &mut page.items {
            describe(member, &referenced);
        }
        let total = listed.count.into_value();
        Ok(page
            .with_declared_total(total)
            .with_request(listed.request_id, effort)
            .with_date(listed.date)
            .with_next(next))
    }

    async fn referenced(&self, link: &SignedLink) -> Result<(Answered, Effort)> {
        let read = self.client.http.send(referenced_users_request(link)).await;
        let effort = read.as_ref().map_or_else(Error::effort, |answer| answer.effort);
        match read.and_then(|answer| answer.decode()) {
            Ok(users) => Ok((Ok(users), effort)),
            Err(error) => match OF_ONE(&error) {
                Some(reason) => Ok((Err(reason), effort)),
                None => Err(error),
            },
        }
    }
}

/// The users behind a link, or why they cannot be read.
type Answered = std::result::Result<ReferencedUsers, MissingReason>;

/// Adds to a member what is said of the user: null means that the user is gone, and nothing that nothing is known.
fn describe(member: &mut Profile, answers: &[Answered]) {
    let native = member.id.native().to_owned();
    let users = || answers.iter().filter_map(|answered| answered.as_ref().ok());
    match users().map(|users| users.get(&native)).find(|user| !user.is_absent()) {
        Some(Field::Value(user)) => {
            let reference = map::user_reference(member.id.clone(), user.clone());
            member.merge(USER_REFERENCE, reference);
        }
        Some(_) => member.merge(USER_REFERENCE, map::gone(member.id.clone())),
        None => {
            let refused = answers.iter().find_map(|answered| answered.as_ref().err()).cloned();
            // A record that did not decode may be this one.
            let is_unread = users().any(|users| !users.quarantined.is_empty());
            let otherwise = if is_unread { MissingReason::Failed } else { MissingReason::NotThere };
            member.note_missing(USER_REFERENCE, refused.unwrap_or(otherwise));
        }
    }
}
