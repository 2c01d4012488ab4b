//! The connector: how the engine uses the API of Probely.

mod capabilities;
mod labels;
mod roles;
mod whole;
mod writes;

use anyprofile_core::{
    Capabilities, ErrorKind, Expected, FieldPath, GetOptions, IdKind, Kind, ListQuery, Profile, ProfileId,
    Result, Status, Timestamp, Write, async_trait,
    query::{Direction, FilterPart, OrderField},
    wire::WithRaw,
};
use anyprofile_engine::{Action, Basis, Collection, Connector, Mapping, Onward, Place, RecordPage};
use anyprofile_http::{Caller, Response};

use crate::{
    ListUsers, map,
    operations::{self, own_profile, remaining_pages, result_list},
    wire::{self, ResultList},
};

/// The kind of the ids of API users (`probely:eu/api_user/…`), which are programs with a list of their own.
pub const API_USER: IdKind = IdKind::new("api_user");

/// The status that Probely's framework returns for a page past the end.
const PAST_END: u16 = 404;

/// The connector of an account at Probely.
#[derive(Debug)]
pub(crate) struct ProbelyConnector {
    capabilities: Capabilities,
}

impl ProbelyConnector {
    pub(crate) fn new(page_size: u32, ordering: Option<&str>) -> Self {
        Self { capabilities: capabilities::capabilities(page_size, ordering) }
    }

    /// Returns the service's parameters for a query, with the ids of the labels that it asks for.
    fn list_users(&self, query: &ListQuery, place: &Place<'_>, labels: Vec<String>) -> ListUsers {
        let ordering = query.order.as_ref().map(|order| {
            let field = match &order.field {
                OrderField::Updated => "changed",
                other => other.as_str(),
            };
            match order.direction {
                Direction::Ascending => field.to_owned(),
                Direction::Descending => format!("-{field}"),
            }
        });
        let pushed = query.filter_plan(&self.capabilities).pushed;
        let is_pushed = |part| pushed.contains(&part);
        let is_active = match &query.filter.status[..] {
            [Expected::Is(Status::Active)] => Some(true),
            [Expected::Is(Status::Suspended)] => Some(false),
            // Probely has no other status. The filter is applied to the delivered profiles, and none matches.
            _ => None,
        };
        let mfa_enabled = match query.filter.mfa {
            // The second factor of an API user is not shown. API users are delivered, and counted as
            // undetermined.
            Some(Expected::Is(enabled)) if *place.collection != API_USER => Some(enabled),
            _ => None,
        };
        let email = query.filter.email.clone().filter(|_| is_pushed(FilterPart::Email));
        ListUsers {
            length: query.page_size,
            ordering,
            active: is_active.filter(|_| is_pushed(FilterPart::Status)),
            label: labels,
            mfa_enabled: mfa_enabled.filter(|_| is_pushed(FilterPart::Mfa)),
            // The search may return more users. The filter then keeps those with exactly this address.
            search: query.search.clone().or(email),
            page: place.number(),
            ..ListUsers::default()
        }
    }
}

/// Returns the mapping of the users of a kind. The profile takes the id out of the record.
const fn users(kind: IdKind, profile: fn(ProfileId, wire::User) -> Profile) -> Mapping<wire::User> {
    Mapping::new(kind, |user: &wire::User| user.id.value(), profile).taking_id(|user| user.id.take())
}

static USER: Mapping<wire::User> = users(IdKind::USER, |id, user| map::user(id, map::USER, user));
static API: Mapping<wire::User> = users(API_USER, |id, user| map::user(id, map::API_USER, user));
static OWN: Mapping<wire::User> = users(IdKind::USER, |id, user| map::user(id, map::PROFILE, user));
static OWN_API: Mapping<wire::User> = users(API_USER, |id, user| map::user(id, map::PROFILE, user));

/// Returns the mapping of a kind.
fn mapping(is_api_user: bool) -> &'static Mapping<wire::User> {
    if is_api_user { &API } else { &USER }
}

/// Reads a page of profiles, and the numbers of the remaining pages.
fn page(response: &Response, mapping: &Mapping<wire::User>) -> Result<RecordPage> {
    let listed = result_list(response)?;
    let remaining = remaining_pages(response, &listed.list)?;
    let page =
        listed.into_page(|list: ResultList<WithRaw<wire::User>>| (list.results, list.count.into_value()));
    Ok(RecordPage::new(page.try_map(mapping.each(response)), Onward::Ahead(remaining)))
}

/// Reads the own profile, whose record says whether it belongs to an API user.
fn own(response: &Response) -> Result<Profile> {
    let own: WithRaw<wire::User> = own_profile(response)?;
    let mapping = if own.record.is_apiuser.is_known_to_be(&true) { &OWN_API } else { &OWN };
    mapping.profile(response, own).map_err(|reason| response.error(ErrorKind::Decode, reason))
}

#[async_trait]
impl Connector for ProbelyConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let users = Collection::new(IdKind::USER).numbered().with_past_end(PAST_END);
        let api_users = Collection::new(API_USER).numbered().optional().with_past_end(PAST_END);
        if wants_api_users(query) { vec![users, api_users] } else { vec![users] }
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        let pushed = query.filter_plan(&self.capabilities).pushed;
        let label = query.filter.label.as_deref().filter(|_| pushed.contains(&FilterPart::Label));
        let labels = match label {
            Some(label) => labels::ids(caller, label, query.page_size).await?,
            None => Vec::new(),
        };
        let list = self.list_users(query, place, labels);
        let is_api_users = *place.collection == API_USER;
        let operation =
            if is_api_users { operations::list_api_users(&list) } else { operations::list_users(&list) };
        let operation = operation.read_as(move |response| page(response, mapping(is_api_users)));
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let operation = if id.kind == API_USER {
            API.asked(operations::get_api_user(id.native()), id)
        } else {
            USER.asked(operations::get_user(id.native()), id)
        };
        caller.call(&operation).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        caller.call(&operations::get_profile().read_as(own)).await
    }

    async fn basis(&self, caller: &Caller, write: &Write, _: Option<&Profile>) -> Result<Basis> {
        match write {
            Write::Update { id, change } if !change.get(&FieldPath::ROLES).is_keep() => {
                roles::basis(caller, id, self.capabilities.listing.default_page_size).await
            }
            _ => Ok(Basis::default()),
        }
    }

    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        self.actions(caller, write, basis)
    }
}

/// Returns whether an API user can match the query. A filter by e-mail address excludes API users, because
/// they have none. Users are always listed, because only the record says whether it belongs to an API user.
fn wants_api_users(query: &ListQuery) -> bool {
    let kinds = &query.filter.kind;
    query.filter.email.is_none() && (kinds.is_empty() || kinds.contains(&Expected::Is(Kind::Service)))
}
