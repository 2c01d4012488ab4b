//! The connector for the end users of a platform.

mod capabilities;
mod writes;

use anyprofile_core::{
    Capabilities, Expected, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result, Status, Timestamp,
    Write, async_trait,
    profile::View,
    query::{Direction, FilterPart, OrderField},
    wire::WithRaw,
};
use anyprofile_engine::{Action, Basis, Connector, Mapping, Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Response};

use crate::{
    CursorPaging, ListUserProfiles, OrderBy, SortDirection,
    beta::{Beta, Shape},
    map,
    operations::{self, cursor_page},
    wire::{self, EnforcementStatus},
};

/// The connector of the end users of an account.
#[derive(Debug)]
pub(crate) struct UserProfilesConnector {
    capabilities: Capabilities,
    beta: Beta,
}

impl UserProfilesConnector {
    pub(crate) fn new(beta: Beta) -> Self {
        Self { capabilities: capabilities::capabilities(beta.shape()), beta }
    }

    /// Returns the service's parameters for a query.
    fn list_user_profiles(&self, query: &ListQuery, place: &Place<'_>) -> ListUserProfiles {
        let order = query.order.as_ref();
        ListUserProfiles {
            enforcement_status: self.enforcement_status(query),
            paging: CursorPaging { limit: query.page_size, page: place.token().map(str::to_owned) },
            order: order.map(|order| match order.direction {
                Direction::Ascending => SortDirection::Ascending,
                Direction::Descending => SortDirection::Descending,
            }),
            // The default order needs no parameter, which older betas do not have.
            order_by: order.and_then(|order| (order.field == OrderField::Name).then_some(OrderBy::Name)),
        }
    }

    /// Returns the service's words for the status filter, if the service applies it.
    fn enforcement_status(&self, query: &ListQuery) -> Vec<EnforcementStatus> {
        if !query.filter_plan(&self.capabilities).pushed.contains(&FilterPart::Status) {
            return Vec::new();
        }
        match &query.filter.status[..] {
            [Expected::Is(Status::Active)] => vec![EnforcementStatus::Unrestricted],
            [Expected::Is(Status::Pending)] => vec![EnforcementStatus::Pending],
            _ => Vec::new(),
        }
    }
}

static USER_PROFILE: Mapping<wire::UserProfile> =
    Mapping::new(IdKind::USER, |record: &wire::UserProfile| record.id.value(), map::user_profile)
        .taking_id(|record| record.id.take());

static LISTED_USER_PROFILE: Mapping<wire::UserProfile> =
    Mapping::new(IdKind::USER, |record: &wire::UserProfile| record.id.value(), map::listed_user_profile)
        .taking_id(|record| record.id.take());

/// Returns the mapping of the records of lists, and of responses to writes.
const fn mapping_of_lists(shape: Shape) -> &'static Mapping<wire::UserProfile> {
    match shape {
        Shape::GenerallyAvailable => &LISTED_USER_PROFILE,
        _ => &USER_PROFILE,
    }
}

/// Reads a page of profiles, and the cursor of the next one. An empty page with a cursor is not the end.
fn page(response: &Response, shape: Shape) -> Result<RecordPage> {
    let listed = cursor_page::<WithRaw<wire::UserProfile>>(response)?;
    let next = match listed.list.next_cursor() {
        Ok(next) => next.map(str::to_owned),
        Err(error) => return Err(response.error(error.kind(), error.message().to_owned())),
    };
    // The service does not report a total.
    let page = listed.into_page(|list| (list.data, None));
    let onward = next.map_or(Onward::End, |token| Onward::At(Position::Token(token)));
    Ok(RecordPage::new(page.try_map(mapping_of_lists(shape).each(response)), onward))
}

#[async_trait]
impl Connector for UserProfilesConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        let list = self.list_user_profiles(query, place);
        let shape = self.beta.shape();
        let operation =
            operations::list_user_profiles(&self.beta, &list).read_as(move |response| page(response, shape));
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let operation = USER_PROFILE.asked(operations::get_user_profile(&self.beta, id.native()), id);
        caller.call(&operation).await
    }

    fn further_views(&self, _: &IdKind) -> Vec<View> {
        // A list has no field that the record of one profile lacks.
        vec![map::USER_PROFILE]
    }

    async fn complete(&self, caller: &Caller, profile: &Profile, _: &View) -> Result<Profile> {
        self.get(caller, &profile.id, &GetOptions::default()).await
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, now: Timestamp) -> Result<Vec<Action>> {
        self.action(caller, write, now).map(|action| vec![action])
    }
}
