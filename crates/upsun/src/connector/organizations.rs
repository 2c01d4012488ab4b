//! Organizations, listed after the profiles of `/profiles`.

use anyprofile_core::{
    ErrorKind, Field, IdKind, ListQuery, Profile, ProfileId, Result,
    listing::{Page, Quarantined},
    profile::MissingReason,
    wire::WithRaw,
};
use anyprofile_engine::{Onward, Place, Position, RecordPage, SIDE_BY_SIDE};
use anyprofile_http::{Caller, Fact, Response};
use futures_util::{StreamExt as _, stream};

use super::{UpsunConnector, onward, records};
use crate::{
    ListUserOrganizations, ListedOrganizations, PagePosition,
    operations::{self, MAX_PAGE_SIZE, item_list},
    wire::{self, ItemList},
};

/// The default page size. Each organization is a request of its own.
const PAGE_SIZE: u32 = 25;

/// The id of the token's user.
const OWN_ID: Fact<String> = Fact::new("own id");

impl UpsunConnector {
    /// Returns a page of organizations. For discovered organizations, the engine adds the profiles.
    pub(super) async fn organizations(
        &self,
        caller: &Caller,
        query: &ListQuery,
        place: &Place<'_>,
    ) -> Result<RecordPage> {
        match &self.organizations {
            ListedOrganizations::None => Ok(RecordPage::new(Page::last(Vec::new()), Onward::End)),
            ListedOrganizations::Discovered => discovered(caller, query, place).await,
            ListedOrganizations::These(organizations) => {
                configured(caller, query, place, organizations).await
            }
        }
    }
}

async fn discovered(caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
    let user_id = caller.remember(OWN_ID, own_id(caller)).await?;
    let list = ListUserOrganizations {
        page_size: Some(query.page_size.unwrap_or(PAGE_SIZE).min(MAX_PAGE_SIZE)),
        position: place.token().map(PagePosition::from),
        ..ListUserOrganizations::default()
    };
    let operation = operations::list_user_organizations(&user_id, &list).read_as(page);
    caller.call(&operation).await
}

fn page(response: &Response) -> Result<RecordPage> {
    let mut listed = item_list(response)?;
    let next = listed.list.links.next.take();
    let page =
        listed.into_page(|list: ItemList<WithRaw<wire::Organization>>| (list.items, list.count.into_value()));
    Ok(RecordPage::new(page.try_map(records::ORGANIZATIONS.each(response)), onward(next)))
}

/// Returns the id of the token's user.
async fn own_id(caller: &Caller) -> Result<String> {
    let operation =
        operations::get_current_user().read_as(|response| {
            let user: wire::User = response.decode_record()?;
            match user.id {
                Field::Value(id) => Ok(id.as_str().to_owned()),
                _ => Err(response
                    .error(ErrorKind::Decode, "the id of the user is missing or has an unexpected type")),
            }
        });
    caller.call(&operation).await.map_err(|error| {
        if error.kind() == ErrorKind::PermissionDenied {
            return error.with_hint(
                "the token belongs to no user, so organizations cannot be discovered: list them in the configuration",
            );
        }
        error
    })
}

async fn configured(
    caller: &Caller,
    query: &ListQuery,
    place: &Place<'_>,
    organizations: &[String],
) -> Result<RecordPage> {
    let size = usize::try_from(query.page_size.unwrap_or(PAGE_SIZE)).unwrap_or(usize::MAX).max(1);
    // The position is the index of an organization, so a stored cursor stays valid if the page size changes.
    let first = place.number().map_or(0, |number| usize::try_from(number).unwrap_or(usize::MAX));
    let first = first.min(organizations.len());
    let end = first.saturating_add(size).min(organizations.len());
    let mut reads = stream::iter(organizations[first..end].to_vec())
        .map(|address: String| async move {
            let read = named(caller, &address).await;
            read.map_err(|error| (address, error))
        })
        .buffered(SIDE_BY_SIDE);
    let mut page = RecordPage::new(Page::last(Vec::new()), Onward::End);
    let mut position = 0;
    while let Some(read) = reads.next().await {
        match read {
            // An organization may be configured by its id and by its name.
            Ok(profile) if page.profiles().iter().any(|known| known.id == profile.id) => {}
            Ok(profile) => page.profiles_mut().push(profile),
            // A configured organization that cannot be read is missing from the listing.
            Err((address, error)) => {
                let reason = MissingReason::of_one_among_many(&error).ok_or(error)?;
                let reason = format!("the organization {address} could not be read ({reason})");
                page.quarantine(Quarantined::new(position, reason));
            }
        }
        position += 1;
    }
    let next = (end < organizations.len()).then(|| Position::Number(u64::try_from(end).unwrap_or(u64::MAX)));
    Ok(page.with_onward(next.map_or(Onward::End, Onward::At)))
}

/// Gets an organization that the configuration names.
async fn named(caller: &Caller, address: &str) -> Result<Profile> {
    let info = caller.info();
    let id = ProfileId::new(info.service.clone(), info.account.clone(), IdKind::ORGANIZATION, address)?;
    records::organization_with_profile(caller, &id, MissingReason::of_one_among_many).await
}
