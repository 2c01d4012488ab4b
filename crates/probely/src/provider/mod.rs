//! The account as an anyprofile provider.

mod writes;

use std::{
    ops::Range,
    sync::{Arc, LazyLock},
};

use anyprofile_core::{
    AtCreation, Capabilities, Cursor, CursorPosition, Direction, ErrorKind, ExecuteOptions, Executed,
    Expected, FieldPath, FieldSpec, FilterPart, GetOptions, IdKind, Kind, ListQuery, ListedCollection, Next,
    Order, OrderField, Page, Plan, PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo,
    RemainingPages, Result, Status, Support, ValueFormat, View, Write, WriteRule, async_trait,
    wire::{Tolerant, WithRaw},
};
use anyprofile_http::{Answer, actions};

use crate::{
    ListUsers, ProbelyClient, ProbelyConfig,
    client::{
        api_user_list_request, api_user_request, list_request, own_profile, profile_request, remaining_pages,
        user_list, user_request,
    },
    map::{self, PROFILE, USER},
    wire,
};

/// The ids of API users (`probely:eu/api_user/…`): programs, with a list of their own beside the users'.
pub const API_USER: IdKind = IdKind::new("api_user");

/// An account at Probely.
///
/// Lists all users, deactivated ones included, and behind them the API users, as profiles of the kind `service`;
/// the pages of each are numbered and may be fetched side by side. Whether the service shows an API user among the users
/// too is not published; if so, it is there under both ids.
///
/// [`current`](anyprofile_core::ProfileProviderExt::current) is `/profile/`, which tells more of a user than
/// the list does (`access.owner`, `security.sso`, `security.first_login`).
#[derive(Clone, Debug)]
pub struct ProbelyProvider {
    client: ProbelyClient,
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Settings {
    capabilities: Capabilities,
    page_size: u32,
    ordering: Option<String>,
    keep_raw: bool,
}

impl ProbelyProvider {
    /// A provider of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: ProbelyConfig) -> Result<Self> {
        let mut capabilities = CAPABILITIES.clone();
        capabilities.listing.default_page_size = Some(config.page_size);
        let settings = Settings {
            capabilities,
            page_size: config.page_size,
            ordering: config.ordering.clone(),
            keep_raw: config.keep_raw,
        };
        ProbelyClient::new(config).map(|client| Self { client, settings: Arc::new(settings) })
    }

    /// The client, for all that the trait has no word for.
    pub fn client(&self) -> &ProbelyClient {
        &self.client
    }

    fn profile(&self, kind: &IdKind, view: View, mut record: wire::User) -> Result<Profile, String> {
        let native = record.id.take().into_value().map(Box::<str>::from).unwrap_or_default();
        let info = self.info();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), kind.clone(), native)
            .map_err(|_| "the record has no usable id".to_owned())?;
        Ok(map::user(id, view, record))
    }

    fn kept(&self, kind: &IdKind, view: View, kept: WithRaw<wire::User>) -> Result<Profile, String> {
        let raw = kept.raw.filter(|_| self.settings.keep_raw);
        self.profile(kind, view, kept.record).map(|profile| profile.with_raw(raw))
    }

    fn one(&self, answer: &Answer, kind: &IdKind, view: View, kept: WithRaw<wire::User>) -> Result<Profile> {
        self.kept(kind, view, kept).map_err(|reason| answer.error(ErrorKind::Decode, reason))
    }

    /// The record of a profile that was asked for, and of nobody else.
    fn asked(
        &self,
        answer: &Answer,
        id: &ProfileId,
        view: View,
        kept: WithRaw<wire::User>,
    ) -> Result<Profile> {
        answer.is_of(id, kept.record.id.value())?;
        self.one(answer, &id.kind, view, kept)
    }

    /// The query with what is asked for where the caller named nothing. A cursor is bound to it.
    fn effective(&self, query: &ListQuery) -> ListQuery {
        let mut effective = query.clone().with_page_size(query.page_size.unwrap_or(self.settings.page_size));
        if effective.order.is_none()
            && let Some(ordering) = &self.settings.ordering
        {
            effective.order = Some(match ordering.strip_prefix('-') {
                Some(field) => Order::descending(OrderField::from(field)),
                None => Order::ascending(OrderField::from(ordering.as_str())),
            });
        }
        effective
    }

    /// Where the listing goes on behind a collection.
    fn behind(&self, query: &ListQuery, kind: &IdKind) -> Option<Cursor> {
        let is_there = *kind == IdKind::USER && wants_api_users(query);
        is_there.then(|| Cursor::new(self.info(), query, CursorPosition::Start).in_collection(API_USER))
    }

    /// The service's parameters for an effective query.
    fn list_users(&self, query: &ListQuery, page: Option<u64>) -> ListUsers {
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
        let pushed = query.filter_plan(self.capabilities()).pushed;
        let answers = |part| pushed.contains(&part);
        let is_active = match &query.filter.status[..] {
            [Expected::Is(Status::Active)] => Some(true),
            [Expected::Is(Status::Suspended)] => Some(false),
            // Probely has no other status: nobody will meet the filter, which is applied to what comes.
            _ => None,
        };
        let mfa_enabled = match query.filter.mfa {
            Some(Expected::Is(enabled)) => Some(enabled),
            _ => None,
        };
        let email = query.filter.email.clone().filter(|_| answers(FilterPart::Email));
        ListUsers {
            length: query.page_size,
            ordering,
            active: is_active.filter(|_| answers(FilterPart::Status)),
            mfa_enabled: mfa_enabled.filter(|_| answers(FilterPart::Mfa)),
            // The search finds the address among others; the filter then keeps the exact one.
            search: query.search.clone().or(email),
            page,
            ..ListUsers::default()
        }
    }
}

/// A page of profiles, and the numbers of the pages that remain. `T` is the record, with its text or without.
fn page_of<T: Tolerant>(
    answer: &Answer,
    profile: impl FnMut(T) -> Result<Profile, String>,
) -> Result<(Page<Profile>, Range<u64>)> {
    let listed = user_list(answer)?;
    let remaining = remaining_pages(answer, &listed.list)?;
    let page = listed.into_page(|list: wire::UserList<T>| (list.results, list.count.into_value()));
    Ok((page.try_map(profile), remaining))
}

/// The kinds of ids of what can be written.
const USERS: &[IdKind] = &[IdKind::USER];
const USERS_AND_API_USERS: &[IdKind] = &[IdKind::USER, API_USER];

/// The job titles that the reference has; the empty one clears it.
const TITLES: &[&str] = &["ceo", "cto", "cso", "seceng", "dev", "devop", "manager", "other"];

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::of([IdKind::USER, API_USER]);
    operations.get = Support::of([IdKind::USER, API_USER]);
    operations.current = Support::of([IdKind::USER, API_USER]);
    operations.enrich = Support::no("Probely shows all it has of a user in one record");
    operations.members = Support::no("Probely has teams, and no organizations with members");
    operations.create = Support::of([IdKind::USER]);
    operations.update = Support::of([IdKind::USER, API_USER]);
    operations.deactivate = Support::of([IdKind::USER, API_USER]);
    operations.enroll = Support::no("Probely writes to new users itself");
    operations.delete = Support::no("Probely deactivates users and does not delete them");
    let listing = &mut capabilities.listing;
    listing.collections =
        vec![ListedCollection::new(IdKind::USER, [USER]), ListedCollection::new(API_USER, [map::API_USER])];
    listing.page_size = true;
    listing.orders = vec![OrderField::Updated, OrderField::Name, OrderField::Email];
    listing.any_order = true;
    listing.search = true;
    listing.filters = vec![FilterPart::Status, FilterPart::Mfa, FilterPart::Email];
    listing.filter_statuses = vec![Status::Active, Status::Suspended];
    listing.declares_total = true;
    listing.numbered_pages = true;
    // Users, API users and the own profile have these alike.
    let all =
        |path, name| FieldSpec::read_in(path, USER, name).and_in(map::API_USER, name).and_in(PROFILE, name);
    // Of an API user the reference shows no address, no title and no second factor.
    let person = |path, name| FieldSpec::read_in(path, USER, name).and_in(PROFILE, name);
    let own = |path, name| FieldSpec::read_in(path, PROFILE, name);
    let users = |format| WriteRule::set_only(USERS, format);
    let both = |format| WriteRule::set_only(USERS_AND_API_USERS, format);
    capabilities.fields = [
        all(FieldPath::ID, "id"),
        person(FieldPath::KIND, "is_apiuser").and_in(map::API_USER, "(always service)"),
        all(FieldPath::STATUS, "active").writable(
            both(ValueFormat::OneOf(vec!["active", "suspended"].into())).at_creation(AtCreation::Optional),
        ),
        all(FieldPath::STATUS_RAW, "active"),
        person(FieldPath::EMAILS, "email").writable(
            users(ValueFormat::Email)
                .at_creation(AtCreation::Required)
                .with_warning(
                    "another address resets the user's password and revokes the tokens that the user has",
                )
                .with_creation_warning("a deactivated user with this address is let in again"),
        ),
        person(FieldPath::TITLE, "title")
            .writable(users(ValueFormat::OneOf(TITLES.into())).at_creation(AtCreation::Optional).clearable()),
        // Roles are not changed with the user: each assignment is a record of its own.
        all(FieldPath::ROLES, "user_roles").writable(
            users(ValueFormat::Roles { tiers: vec!["account", "team", "target"].into() })
                .at_creation(AtCreation::Optional)
                .not_by_update(),
        ),
        all(FieldPath::LABELS, "labels").writable(
            both(ValueFormat::Names { max_characters: Some(255) })
                .at_creation(AtCreation::Optional)
                .clearable(),
        ),
        all(FieldPath::CHANGED_BY, "changed_by"),
        all(FieldPath::NAME_DISPLAY, "name")
            .writable(both(ValueFormat::Text { max_characters: Some(60) }).at_creation(AtCreation::Required)),
        own(FieldPath::ACCESS_OWNER, "is_owner"),
        all(FieldPath::ACCESS_BILLING_ADMIN, "is_billing_admin"),
        person(FieldPath::SECURITY_MFA_ENABLED, "mfa_enabled"),
        own(FieldPath::SECURITY_SSO, "is_sso"),
        all(FieldPath::SECURITY_LAST_LOGIN, "last_login"),
        own(FieldPath::SECURITY_FIRST_LOGIN, "first_login"),
        all(FieldPath::TIMES_UPDATED, "changed"),
        own(FieldPath::extension("extension.intercom_user_id"), "intercom_user_id"),
        all(FieldPath::extension("extension.labels"), "labels"),
        all(FieldPath::extension("extension.user_roles"), "user_roles"),
    ]
    .into_iter()
    .collect();
    capabilities
});

#[async_trait]
impl ProfileProvider for ProbelyProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.http.info()
    }

    fn close_idle(&self) {
        self.client.http.close_idle();
    }

    fn capabilities(&self) -> &Capabilities {
        &self.settings.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        let query = &self.effective(query);
        let number = match cursor.map(|cursor| cursor.position(self.info(), query)).transpose()? {
            Some(CursorPosition::PageNumber(number)) => Some(*number),
            Some(CursorPosition::Start) | None => None,
            Some(_) => return Err(Cursor::foreign(self.info())),
        };
        let (kind, view) = match cursor.and_then(Cursor::collection) {
            Some(kind) if *kind == API_USER => (API_USER, map::API_USER),
            _ => (IdKind::USER, USER),
        };
        let mut list = self.list_users(query, number);
        if kind == API_USER {
            // Of an API user no second factor is told: who is asked for by it comes, and is counted as undetermined.
            list.mfa_enabled = None;
        }
        let request = if kind == API_USER { api_user_list_request(&list) } else { list_request(&list) };
        let answer = match self.client.http.send(request).await {
            Ok(answer) => answer,
            // The first page of a list is always there, if the list is: where the account is right, which the users' list
            // proves, the service does not have this one.
            Err(error)
                if kind == API_USER
                    && number.is_none()
                    && error.status() == Some(404)
                    && error.is_from_service() =>
            {
                let mut effort = error.effort();
                let proof = ListUsers { length: Some(1), ..ListUsers::default() };
                let proven = self.client.http.send(list_request(&proof)).await?;
                user_list::<wire::User>(&proven)?;
                effort += proven.effort;
                return Ok(Page::not_offered(effort).in_collection(kind, None));
            }
            // The list has become shorter meanwhile: this is behind its end. What is lacking then is seen from the total.
            Err(error) if number.is_some_and(|number| number > 1) && error.kind() == ErrorKind::NotFound => {
                let mut page = Page::last(Vec::new());
                page.effort = error.effort();
                return Ok(page.in_collection(kind.clone(), self.behind(query, &kind)));
            }
            Err(error) => return Err(error),
        };
        let (page, remaining) = if self.settings.keep_raw {
            page_of(&answer, |record| self.kept(&kind, view.clone(), record))?
        } else {
            page_of(&answer, |record| self.profile(&kind, view.clone(), record))?
        };
        let next = if remaining.is_empty() {
            Next::End
        } else {
            Next::Remaining(RemainingPages::new(self.info(), query, remaining).in_collection(kind.clone()))
        };
        let behind = self.behind(query, &kind);
        Ok(page.with_next(next).in_collection(kind, behind))
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities().operations.get.check(self.info(), "get", id)?;
        let (request, view) = if id.kind == API_USER {
            (api_user_request(id.native()), map::API_USER)
        } else {
            (user_request(id.native()), USER)
        };
        let answer = self.client.http.send(request).await?;
        self.asked(&answer, id, view, answer.decode_record()?)
    }

    /// Creating also lets a deactivated user in again, if there is one with the address.
    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        actions::plan(self, write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        actions::execute(self, plan, options).await
    }

    async fn current_with(&self, _: &GetOptions) -> Result<Profile> {
        let answer = self.client.http.send(profile_request()).await?;
        let own: WithRaw<wire::User> = own_profile(&answer)?;
        let kind = if own.record.is_apiuser == true { API_USER } else { IdKind::USER };
        self.one(&answer, &kind, PROFILE, own)
    }
}

/// Whether an API user can be among what a query asks for: not by an address, which it does not have. A user can
/// always be, since what it is stands in its record.
fn wants_api_users(query: &ListQuery) -> bool {
    let kinds = &query.filter.kind;
    query.filter.email.is_none() && (kinds.is_empty() || kinds.contains(&Expected::Is(Kind::Service)))
}
