//! The end users of a platform.

use std::sync::Arc;

use anyprofile_core::{
    AtCreation, Capabilities, Cursor, CursorPosition, Direction, Error, ErrorKind, ExecuteOptions, Executed,
    Expected, FieldPath, FieldSpec, FilterPart, GetOptions, IdKind, ListQuery, ListedCollection, Next,
    OrderField, Page, Plan, PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Status,
    Support, ValueFormat, Write, WriteRule, async_trait,
    wire::{Tolerant, WithRaw},
};
use anyprofile_http::{Answer, actions};

use super::writes::{ACCESS_TYPE, EMAIL_HASH, ENTITY_TYPE, NAME_HASH, ONBOARDED_AT, RELATIONSHIP};
use crate::{
    AnthropicClient, AnthropicConfig, ListUserProfiles, OrderBy, SortDirection,
    client::user_profile_list,
    config::Shape,
    map,
    wire::{self, EnforcementStatus},
};

/// The most profiles a page (list page of the reference, since the beta of 2026-09-04).
const MAX_PAGE_SIZE: u32 = 100;

/// An account at the Anthropic API: the end users of its platform.
///
/// There is no e-mail address, no total and no own profile; which fields there are depends on the beta.
#[derive(Clone, Debug)]
pub struct AnthropicProvider {
    pub(super) client: AnthropicClient,
    pub(super) settings: Arc<Settings>,
}

#[derive(Debug)]
pub(super) struct Settings {
    capabilities: Capabilities,
    pub(super) shape: Shape,
    pub(super) keep_raw: bool,
}

impl AnthropicProvider {
    /// A provider of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        if !config.reads_user_profiles() {
            return Err(Error::config(format!(
                "account '{}': an admin key reads no user profiles",
                config.account
            ))
            .with_hint("use AnthropicOrganizationProvider for the organization's own people"));
        }
        let shape = Shape::of(config.beta.as_deref());
        let settings = Settings { capabilities: capabilities(shape), shape, keep_raw: config.keep_raw };
        AnthropicClient::new(config).map(|client| Self { client, settings: Arc::new(settings) })
    }

    /// The client, for all that the trait has no word for.
    pub fn client(&self) -> &AnthropicClient {
        &self.client
    }

    pub(super) fn kept(&self, kept: WithRaw<wire::UserProfile>) -> Result<Profile, String> {
        let raw = kept.raw.filter(|_| self.settings.keep_raw);
        self.profile(kept.record).map(|profile| profile.with_raw(raw))
    }

    /// The record of a profile that was asked for, and of nobody else.
    pub(super) fn asked(&self, answer: &Answer, id: &ProfileId) -> Result<Profile> {
        let kept: WithRaw<wire::UserProfile> = answer.decode_record()?;
        answer.is_of(id, kept.record.id.value())?;
        self.kept(kept).map_err(|reason| answer.error(ErrorKind::Decode, reason))
    }

    /// The service's words for the status that is asked for, where it filters by it.
    fn enforcement_status(&self, query: &ListQuery) -> Vec<EnforcementStatus> {
        if !query.filter_plan(self.capabilities()).pushed.contains(&FilterPart::Status) {
            return Vec::new();
        }
        match &query.filter.status[..] {
            [Expected::Is(Status::Active)] => vec![EnforcementStatus::Unrestricted],
            [Expected::Is(Status::Pending)] => vec![EnforcementStatus::Pending],
            [Expected::Is(Status::Suspended)] => {
                vec![EnforcementStatus::Restricted, EnforcementStatus::Banned]
            }
            _ => Vec::new(),
        }
    }

    fn profile(&self, mut record: wire::UserProfile) -> Result<Profile, String> {
        let native = record.id.take().into_value().map(Box::<str>::from).unwrap_or_default();
        let info = self.info();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), IdKind::USER, native)
            .map_err(|_| "the record has no usable id".to_owned())?;
        Ok(map::user_profile(id, record))
    }
}

/// A page of profiles, and the cursor of the next one: an empty page with a cursor is not the end. `T` is the
/// record, with its text or without.
fn page_of<T: Tolerant>(
    answer: &Answer,
    profile: impl FnMut(T) -> Result<Profile, String>,
) -> Result<(Page<Profile>, Option<String>)> {
    let mut listed = user_profile_list(answer)?;
    let next = listed.list.next_page.take().empty_as_null().into_value();
    // The service declares no total.
    let page = listed.into_page(|list: wire::UserProfileList<T>| (list.data, None));
    Ok((page.try_map(profile), next))
}

/// The kinds of ids of what can be written.
const USERS: &[IdKind] = &[IdKind::USER];

/// How a field can be written in a shape, if it can.
fn write_rule(path: &FieldPath, shape: Shape) -> Option<WriteRule> {
    let text = |max| ValueFormat::Text { max_characters: Some(max) };
    let words = |words: &[&'static str]| ValueFormat::OneOf(words.to_vec().into());
    let format = match path {
        path if *path == FieldPath::NAME_DISPLAY || *path == FieldPath::EXTERNAL_ID => text(255),
        path if *path == EMAIL_HASH || *path == NAME_HASH => text(255),
        path if *path == FieldPath::COUNTRY => ValueFormat::Country,
        path if *path == FieldPath::DECLARED_STATUS => words(&["active", "suspended", "blocked"]),
        path if *path == ENTITY_TYPE => words(&["individual", "business", "non_profit", "government"]),
        path if *path == ONBOARDED_AT => ValueFormat::Time,
        path if *path == RELATIONSHIP => words(&["external", "resold", "internal"]),
        path if *path == ACCESS_TYPE && shape >= Shape::August => words(&["application", "passthrough"]),
        path if *path == FieldPath::METADATA => ValueFormat::Pairs {
            max_pairs: Some(16),
            max_key_characters: Some(64),
            max_value_characters: Some(512),
        },
        _ => return None,
    };
    let rule = WriteRule::set_only(USERS, format).at_creation(AtCreation::Optional);
    // What null does to the others is not published; of a pair the empty text removes it.
    Some(if *path == FieldPath::METADATA { rule.clearable() } else { rule })
}

fn capabilities(shape: Shape) -> Capabilities {
    use Shape::{August, GenerallyAvailable, March, September};
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::users();
    operations.get = Support::users();
    operations.current = Support::no("an Anthropic credential has no profile of its own");
    operations.enrich = Support::no("Anthropic shows all it has of a user profile in one record");
    operations.members = Support::no("the members of the organization are read with an admin key");
    operations.create = Support::users();
    operations.enroll = Support::users();
    operations.update = Support::users();
    operations.deactivate = Support::no("Anthropic's API has no operation that deactivates a user profile");
    operations.delete = if shape == GenerallyAvailable {
        Support::users()
    } else {
        Support::no(
            "user profiles are deleted by the generally available API alone: set the account's beta to none",
        )
    };
    let listing = &mut capabilities.listing;
    listing.collections = vec![ListedCollection::new(IdKind::USER, [map::USER_PROFILE])];
    if shape == GenerallyAvailable {
        listing.filters = vec![FilterPart::Status];
        listing.filter_statuses = vec![Status::Active, Status::Pending, Status::Suspended];
    }
    listing.page_size = true;
    listing.max_page_size = Some(MAX_PAGE_SIZE);
    listing.default_page_size = Some(MAX_PAGE_SIZE);
    listing.orders = vec![OrderField::Created];
    listing.both_ends = true;
    if shape >= September {
        listing.orders.push(OrderField::Name);
    }
    let always =
        |path, source| (March, GenerallyAvailable, FieldSpec::read_in(path, map::USER_PROFILE, source));
    let since = |first, path, source| {
        (first, GenerallyAvailable, FieldSpec::read_in(path, map::USER_PROFILE, source))
    };
    let between =
        |first, last, path, source| (first, last, FieldSpec::read_in(path, map::USER_PROFILE, source));
    capabilities.fields = [
        always(FieldPath::ID, "id"),
        between(March, August, FieldPath::KIND, "relationship, access_type"),
        since(September, FieldPath::KIND, "external_user_details.entity_type, access_type"),
        since(GenerallyAvailable, FieldPath::STATUS, "enforcement_status"),
        since(GenerallyAvailable, FieldPath::STATUS_RAW, "enforcement_status"),
        since(September, FieldPath::DECLARED_STATUS, "external_user_details.account_status"),
        between(March, August, FieldPath::EXTERNAL_ID, "external_id"),
        since(September, FieldPath::EXTERNAL_ID, "external_user_details.reference_id"),
        since(September, FieldPath::COUNTRY, "external_user_details.country"),
        always(FieldPath::METADATA, "metadata"),
        always(FieldPath::GRANTS, "trust_grants"),
        always(FieldPath::NAME_DISPLAY, "name"),
        since(September, FieldPath::ORGANIZATION_KIND, "external_user_details.entity_type"),
        always(FieldPath::TIMES_CREATED, "created_at"),
        always(FieldPath::TIMES_UPDATED, "updated_at"),
        between(March, August, FieldPath::extension("extension.relationship"), "relationship"),
        since(August, FieldPath::extension("extension.access_type"), "access_type"),
        since(September, FieldPath::extension("extension.entity_type"), "external_user_details.entity_type"),
        between(August, August, FieldPath::extension("extension.onboarded_at"), "external_user_onboarded_at"),
        since(
            September,
            FieldPath::extension("extension.onboarded_at"),
            "external_user_details.onboarded_at",
        ),
        since(September, FieldPath::extension("extension.email_hash"), "external_user_details.email_hash"),
        since(September, FieldPath::extension("extension.name_hash"), "external_user_details.name_hash"),
        since(
            GenerallyAvailable,
            FieldPath::extension("extension.enforcement_actions"),
            "enforcement_actions",
        ),
    ]
    .into_iter()
    .filter(|(first, last, _)| (*first..=*last).contains(&shape))
    .map(|(.., spec)| match write_rule(&spec.path, shape) {
        Some(rule) => spec.writable(rule),
        None => spec,
    })
    .collect();
    capabilities
}

#[async_trait]
impl ProfileProvider for AnthropicProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.http.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.settings.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        // With what is asked for where the caller named nothing: a cursor is bound to it.
        let query = &query.clone().with_page_size(query.page_size.unwrap_or(MAX_PAGE_SIZE));
        let page = match cursor.map(|cursor| cursor.position(self.info(), query)).transpose()? {
            Some(CursorPosition::Token(token)) => Some(token.clone()),
            Some(_) => return Err(Cursor::foreign(self.info())),
            None => None,
        };
        let list = ListUserProfiles {
            limit: query.page_size,
            order: query.order.as_ref().map(|order| match order.direction {
                Direction::Ascending => SortDirection::Ascending,
                Direction::Descending => SortDirection::Descending,
            }),
            // The default needs no parameter that older betas do not know.
            order_by: query
                .order
                .as_ref()
                .and_then(|order| (order.field == OrderField::Name).then_some(OrderBy::Name)),
            page,
            enforcement_status: self.enforcement_status(query),
        };
        let answer = self.client.http.send(self.client.list_request(&list)).await?;
        let (page, next) = if self.settings.keep_raw {
            page_of(&answer, |record| self.kept(record))?
        } else {
            page_of(&answer, |record| self.profile(record))?
        };
        Ok(page.with_next(match next {
            Some(token) => Next::Cursor(Cursor::new(self.info(), query, CursorPosition::Token(token))),
            None => Next::End,
        }))
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        actions::plan(self, write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        actions::execute(self, plan, options).await
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities().operations.get.check(self.info(), "get", id)?;
        let answer = self.client.http.send(self.client.get_request(id.native())).await?;
        self.asked(&answer, id)
    }
}
