//! The account as an anyprofile provider.

use std::{
    ops::Range,
    sync::{Arc, LazyLock},
};

use anyprofile_core::{
    Capabilities, Cursor, CursorPosition, Direction, Error, ErrorKind, Expected, FieldPath, FieldSpec,
    FilterPart, GetOptions, IdKind, ListQuery, Next, Order, OrderField, Page, Profile, ProfileId,
    ProfileProvider, ProviderInfo, RemainingPages, Result, Status, Support, async_trait,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::Answer;

use crate::{
    ListUsers, ProbelyClient, ProbelyConfig,
    client::{list_request, own_profile, profile_request, remaining_pages, user_list, user_request},
    map, wire,
};

/// An account at Probely.
///
/// Lists all users, deactivated ones included; pages are numbered and may be fetched side by side.
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

    fn profile(&self, record: wire::User) -> Result<Profile, String> {
        let native = record.id.value().map(OpaqueId::as_str).unwrap_or_default();
        let info = self.info();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), IdKind::USER, native)
            .map_err(|_| "the record has no usable id".to_owned())?;
        Ok(map::user(id, record))
    }

    fn kept(&self, kept: WithRaw<wire::User>) -> Result<Profile, String> {
        let raw = kept.raw.filter(|_| self.settings.keep_raw);
        self.profile(kept.record).map(|profile| profile.with_raw(raw))
    }

    fn one(&self, answer: &Answer, kept: WithRaw<wire::User>) -> Result<Profile> {
        self.kept(kept).map_err(|reason| answer.error(ErrorKind::Decode, reason))
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

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::users();
    operations.get = Support::users();
    operations.current = Support::users();
    operations.create = Support::no("creating users is not part of this version");
    operations.update = Support::no("updating users is not part of this version");
    operations.deactivate = Support::no("deactivating users is not part of this version");
    operations.delete = Support::no("Probely deactivates users and does not delete them");
    let listing = &mut capabilities.listing;
    listing.page_size = true;
    listing.orders = vec![OrderField::Updated, OrderField::Name, OrderField::Email];
    listing.any_order = true;
    listing.search = true;
    listing.filters = vec![FilterPart::Status, FilterPart::Mfa, FilterPart::Email];
    listing.declares_total = true;
    listing.numbered_pages = true;
    let read = FieldSpec::read;
    capabilities.fields = [
        read(FieldPath::ID, "id"),
        read(FieldPath::KIND, "is_apiuser"),
        read(FieldPath::STATUS, "active"),
        read(FieldPath::STATUS_RAW, "active"),
        read(FieldPath::EMAILS, "email"),
        read(FieldPath::TITLE, "title"),
        read(FieldPath::ROLES, "user_roles"),
        read(FieldPath::LABELS, "labels"),
        read(FieldPath::CHANGED_BY, "changed_by"),
        read(FieldPath::NAME_DISPLAY, "name"),
        read(FieldPath::ACCESS_OWNER, "is_owner (profile)"),
        read(FieldPath::ACCESS_BILLING_ADMIN, "is_billing_admin"),
        read(FieldPath::SECURITY_MFA_ENABLED, "mfa_enabled"),
        read(FieldPath::SECURITY_SSO, "is_sso (profile)"),
        read(FieldPath::SECURITY_LAST_LOGIN, "last_login"),
        read(FieldPath::SECURITY_FIRST_LOGIN, "first_login (profile)"),
        read(FieldPath::TIMES_UPDATED, "changed"),
        read(FieldPath::extension("extension.intercom_user_id"), "intercom_user_id (profile)"),
        read(FieldPath::extension("extension.labels"), "labels"),
        read(FieldPath::extension("extension.user_roles"), "user_roles"),
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

    fn capabilities(&self) -> &Capabilities {
        &self.settings.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        let query = &self.effective(query);
        let number = match cursor.map(|cursor| cursor.position(self.info(), query)).transpose()? {
            Some(CursorPosition::PageNumber(number)) => Some(*number),
            Some(_) => return Err(Error::new(ErrorKind::InvalidRequest, "not a cursor of this service")),
            None => None,
        };
        let answer = self.client.http.send(list_request(&self.list_users(query, number))).await?;
        let (page, remaining) = if self.settings.keep_raw {
            page_of(&answer, |record| self.kept(record))?
        } else {
            page_of(&answer, |record| self.profile(record))?
        };
        let next = if remaining.is_empty() {
            Next::End
        } else {
            Next::Remaining(RemainingPages::new(self.info(), query, remaining))
        };
        Ok(page.with_next(next))
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        if id.kind != IdKind::USER {
            return Err(Error::unsupported(self.info(), "get", "Probely's profiles are users"));
        }
        let answer = self.client.http.send(user_request(id.native())).await?;
        self.one(&answer, answer.decode_record()?)
    }

    async fn current_with(&self, _: &GetOptions) -> Result<Profile> {
        let answer = self.client.http.send(profile_request()).await?;
        self.one(&answer, own_profile(&answer)?)
    }
}
