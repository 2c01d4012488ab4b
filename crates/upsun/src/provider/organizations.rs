//! Organizations, listed behind the profiles of `/profiles`.

use anyprofile_core::{
    Cursor, CursorPosition, Effort, ErrorKind, Field, IdKind, ListQuery, Next, Page, Profile,
    ProfileProvider as _, Quarantined, Result,
    wire::{OpaqueId, WithRaw},
};
use futures_util::{StreamExt as _, stream};

use super::{
    UpsunProvider,
    records::{OF_ONE, SIDE_BY_SIDE, both},
};
use crate::{
    ListUserOrganizations, ListedOrganizations, PagePosition,
    client::{MAX_PAGE_SIZE, current_user_request, user_organizations},
    map::{self, ORGANIZATION, ORGANIZATION_PROFILE},
    wire,
};

/// How many of the configured organizations are one page, where the caller names no size.
const PAGE_SIZE: u32 = 25;

impl UpsunProvider {
    /// A page of organizations, each with its profile where the service still shows it.
    pub(super) async fn organizations_page(
        &self,
        query: &ListQuery,
        position: Option<&CursorPosition>,
    ) -> Result<Page<Profile>> {
        match self.organizations.as_ref() {
            ListedOrganizations::None => Ok(Page::last(Vec::new())),
            ListedOrganizations::Discovered => self.discovered(query, position).await,
            ListedOrganizations::These(organizations) => {
                self.configured(query, position, organizations).await
            }
        }
    }

    async fn discovered(
        &self,
        query: &ListQuery,
        position: Option<&CursorPosition>,
    ) -> Result<Page<Profile>> {
        let mut effort = Effort::default();
        let user_id = self.own_id(&mut effort).await?;
        // A page of more organizations is a page of more requests.
        let page_size = Some(query.page_size.unwrap_or(PAGE_SIZE).min(MAX_PAGE_SIZE));
        let list = ListUserOrganizations { page_size, ..ListUserOrganizations::default() };
        let position = match position {
            Some(CursorPosition::Token(link)) => Some(PagePosition::from(link.as_str())),
            None | Some(CursorPosition::Start) => None,
            Some(_) => return Err(Cursor::foreign(self.info())),
        };
        let listed = self
            .client
            .list::<WithRaw<wire::Organization>>(user_organizations(&user_id, &list), position.as_ref());
        let listed = listed.await?;
        effort += listed.effort;
        let next = listed.next.map(|link| CursorPosition::Token(link.position().as_str().to_owned()));
        let page = Page::last(listed.items).with_quarantined(listed.quarantined).try_map(|kept| {
            let native = kept.record.id.value().map(OpaqueId::as_str).unwrap_or_default();
            let id = self
                .id(IdKind::ORGANIZATION, native)
                .map_err(|_| "the record has no usable id".to_owned())?;
            Ok(self.with_raw(map::organization(id, kept.record), kept.raw))
        });
        let (organizations, quarantined) = (page.items, page.quarantined);
        let mut profiles = stream::iter(organizations)
            .map(|organization| async move {
                let profile = self.organization_profile(&organization.id, organization.id.native()).await;
                both(
                    Ok((organization, Effort::default())),
                    ORGANIZATION,
                    profile,
                    ORGANIZATION_PROFILE,
                    OF_ONE,
                )
            })
            .buffered(SIDE_BY_SIDE);
        let mut items = Vec::new();
        while let Some(read) = profiles.next().await {
            let (profile, spent) = read?;
            effort += spent;
            items.push(profile);
        }
        let page = Page::last(items)
            .with_quarantined(quarantined)
            .with_changed_types(listed.changed_types)
            .with_declared_total(listed.count.into_value())
            .with_request(listed.request_id, effort)
            .with_date(listed.date);
        Ok(page.with_next(self.next(query, next)))
    }

    async fn configured(
        &self,
        query: &ListQuery,
        position: Option<&CursorPosition>,
        organizations: &[String],
    ) -> Result<Page<Profile>> {
        let size = usize::try_from(query.page_size.unwrap_or(PAGE_SIZE)).unwrap_or(usize::MAX).max(1);
        // The number is the organization's: a stored cursor is good with another page size of ours.
        let first = match position {
            None | Some(CursorPosition::Start) => 0,
            Some(CursorPosition::PageNumber(number)) => usize::try_from(*number).unwrap_or(usize::MAX),
            Some(_) => return Err(Cursor::foreign(self.info())),
        };
        let first = first.min(organizations.len());
        let end = first.saturating_add(size).min(organizations.len());
        let mut reads = stream::iter(organizations[first..end].to_vec())
            .map(|address: String| async move {
                let id = self
                    .id(IdKind::ORGANIZATION, address.as_str())
                    .map_err(|error| (address.clone(), error))?;
                let record = self.organization_record(&id, &address);
                let profile = self.organization_profile(&id, &address);
                let (record, profile) = futures_util::future::join(record, profile).await;
                // Only the record says which id belongs to a name.
                let read = if address.starts_with("name=") && record.is_err() {
                    record
                } else {
                    both(record, ORGANIZATION, profile, ORGANIZATION_PROFILE, OF_ONE)
                };
                read.map_err(|error| (address, error))
            })
            .buffered(SIDE_BY_SIDE);
        let (mut items, mut quarantined, mut effort) = (Vec::<Profile>::new(), Vec::new(), Effort::default());
        let mut place = 0;
        while let Some(read) = reads.next().await {
            match read {
                Ok((profile, spent)) => {
                    effort += spent;
                    // One organization may be named by its id and by its name.
                    if !items.iter().any(|known| known.id == profile.id) {
                        items.push(profile);
                    }
                }
                // It was named, so it is missing.
                Err((address, error)) => match OF_ONE(&error) {
                    Some(reason) => {
                        effort += error.effort();
                        let reason = format!("the organization {address} cannot be read ({reason})");
                        quarantined.push(Quarantined::new(place, reason));
                    }
                    None => return Err(error),
                },
            }
            place += 1;
        }
        let next = (end < organizations.len())
            .then(|| CursorPosition::PageNumber(u64::try_from(end).unwrap_or(u64::MAX)));
        let page = Page::last(items).with_quarantined(quarantined);
        Ok(page.with_request(None, effort).with_next(self.next(query, next)))
    }

    fn next(&self, query: &ListQuery, position: Option<CursorPosition>) -> Next {
        position.map_or(Next::End, |position| {
            Next::Cursor(Cursor::new(self.info(), query, position).in_collection(IdKind::ORGANIZATION))
        })
    }

    /// The id of the token's user, asked for once.
    async fn own_id(&self, effort: &mut Effort) -> Result<String> {
        if let Some(known) = self.own_id.get() {
            return Ok(known.clone());
        }
        let answer = self.client.http.send(current_user_request()).await.map_err(|error| {
            if error.kind() == ErrorKind::PermissionDenied {
                return error.with_hint(
                    "the token belongs to no user, whose organizations could be listed: name them in the configuration",
                );
            }
            error
        })?;
        *effort += answer.effort;
        let user: wire::User = answer.decode_record()?;
        match user.id {
            Field::Value(id) => Ok(self.own_id.get_or_init(|| id.as_str().to_owned()).clone()),
            _ => Err(answer.error(ErrorKind::Decode, "the answer has no usable id")),
        }
    }
}
