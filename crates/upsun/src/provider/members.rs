//! The members of an organization.

use anyprofile_core::{
    Cursor, CursorPosition, Error, ErrorKind, Field, IdKind, ListQuery, MissingReason, MissingView, Next,
    Page, Profile, ProfileId, ProfileProvider as _, Result,
    wire::{OpaqueId, WithRaw},
};
use futures_util::future::try_join_all;

use super::UpsunProvider;
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
            Some(_) => return Err(Error::new(ErrorKind::InvalidRequest, "not a cursor of this service")),
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
        let mut page = Page::last(listed.items).with_quarantined(listed.quarantined).try_map(|kept| {
            // What was seen of the membership's own id is the user's.
            let native = kept.record.user_id.value().or(kept.record.id.value());
            let id = native.and_then(|native| self.id(IdKind::USER, OpaqueId::as_str(native)).ok());
            let id = id.ok_or_else(|| "the record has no usable id".to_owned())?;
            Ok(self.with_raw(map::member(id, kept.record), kept.raw))
        });
        let referenced = try_join_all(listed.users.iter().map(|link| self.referenced(link))).await?;
        for (_, spent) in &referenced {
            effort += *spent;
        }
        let answers: Vec<&Answered> = referenced.iter().map(|(answered, _)| answered).collect();
        for member in &mut page.items {
            describe(member, &answers);
        }
        let total = listed.count.into_value();
        Ok(page.with_declared_total(total).with_request(listed.request_id, effort).with_next(next))
    }

    async fn referenced(&self, link: &SignedLink) -> Result<(Answered, anyprofile_core::Effort)> {
        match self.client.http.send(referenced_users_request(link)).await {
            Ok(answer) => Ok((Ok(answer.decode()?), answer.effort)),
            Err(error) => match MissingReason::of(error.kind()) {
                Some(reason) => Ok((Err(reason), error.effort())),
                None => Err(error),
            },
        }
    }
}

/// The users behind a link, or why they cannot be read.
type Answered = std::result::Result<ReferencedUsers, MissingReason>;

/// Adds to a member what is said of the user: null means that the user is gone, and nothing that nothing is known.
fn describe(member: &mut Profile, answers: &[&Answered]) {
    let native = member.id.native().to_owned();
    let said = answers.iter().filter_map(|answered| answered.as_ref().ok()).map(|users| users.get(&native));
    match said.into_iter().find(|user| !user.is_absent()) {
        Some(Field::Value(user)) => {
            let reference = map::user_reference(member.id.clone(), user.clone());
            member.merge(USER_REFERENCE, reference);
        }
        Some(_) => member.merge(USER_REFERENCE, map::gone(member.id.clone())),
        None => {
            let refused = answers.iter().find_map(|answered| answered.as_ref().err());
            let reason = refused.copied().unwrap_or(MissingReason::NotThere);
            if let Some(origin) = &mut member.origin {
                origin.missing.push(MissingView::new(USER_REFERENCE, reason));
            }
        }
    }
}
