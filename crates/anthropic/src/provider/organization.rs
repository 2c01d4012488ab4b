//! The organization's own people.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use anyprofile_core::{
    AtCreation, Capabilities, Cursor, CursorPosition, Effort, Error, ErrorKind, ExecuteOptions, Executed,
    FieldPath, FieldSpec, FilterPart, FindKey, FindMethod, Found, GetOptions, IdKind, ListQuery,
    ListedCollection, Next, Page, Pages, Plan, PlanOptions, Profile, ProfileId, ProfileProvider,
    ProviderInfo, Result, Support, ValueFormat, Write, WriteRule, async_trait, look_up,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::{Answer, Request, actions};

use crate::{
    AnthropicClient, AnthropicConfig, ListInvites, ListOrganizationUsers,
    client::{
        id_page, invite_request, invites_request, organization_request, organization_user_request,
        organization_users_request,
    },
    map,
    wire::{self, OrganizationRole},
};

/// The ids of the organization's users (`anthropic:claude/organization_user/user_…`).
pub const ORGANIZATION_USER: IdKind = IdKind::new("organization_user");
/// The ids of invites to the organization (`anthropic:claude/invite/invite_…`).
pub const INVITE: IdKind = IdKind::new("invite");

/// The kinds of ids of what can be written.
const INVITES: &[IdKind] = &[INVITE];
const USERS_AND_INVITES: &[IdKind] = &[ORGANIZATION_USER, INVITE];

/// The words of [`OrganizationRole::SETTABLE`].
const SETTABLE_ROLES: &[&str] = &["billing", "claude_code_user", "developer", "managed", "user"];

/// The most users or invites a page (newer pages of the reference on listing them).
const MAX_PAGE_SIZE: u32 = 1_000;
/// How many are asked for where the caller names no size: as many as older pages of the reference allow.
const PAGE_SIZE: u32 = 100;

/// The organization at Anthropic that an admin key belongs to: its users, and behind them the invites, with the
/// status of each. They are the organization's own people; the end users of a platform that is built on the API are
/// [`AnthropicProvider`](crate::AnthropicProvider)'s, who need another credential.
///
/// [`current`](anyprofile_core::ProfileProviderExt::current) is the organization itself. Nothing tells whether a user
/// has a second factor.
#[derive(Clone, Debug)]
pub struct AnthropicOrganizationProvider {
    client: AnthropicClient,
    keep_raw: bool,
}

impl AnthropicOrganizationProvider {
    /// A provider of an account with an admin key, or with a bearer token that has `org:admin`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: AnthropicConfig) -> Result<Self> {
        if !config.reads_organization() {
            return Err(Error::config(format!(
                "account '{}': the people of the organization are read with an admin key",
                config.account
            ))
            .with_hint("name it as the account's admin_key"));
        }
        let keep_raw = config.keep_raw;
        AnthropicClient::new(config).map(|client| Self { client, keep_raw })
    }

    /// The client, for all that the trait has no word for.
    pub fn client(&self) -> &AnthropicClient {
        &self.client
    }

    fn id(&self, kind: IdKind, native: &str) -> Option<ProfileId> {
        let info = self.info();
        ProfileId::new(info.service.clone(), info.account.clone(), kind, native).ok()
    }

    /// A record as a profile, under its own id.
    fn profile<T>(&self, kept: WithRaw<T>, as_profile: &As<T>) -> Result<Profile, String> {
        let native = (as_profile.native)(&kept.record);
        let id = native.and_then(|native| self.id(as_profile.kind.clone(), native.as_str()));
        let id = id.ok_or_else(|| "the record has no usable id".to_owned())?;
        Ok((as_profile.map)(id, kept.record).with_raw(kept.raw.filter(|_| self.keep_raw)))
    }

    /// The profile that was asked for, and nobody else's.
    async fn asked<T: Tolerant>(
        &self,
        request: Request,
        id: &ProfileId,
        as_profile: &As<T>,
    ) -> Result<Profile> {
        let answer = self.client.http.send(request).await?;
        self.decoded_of(&answer, id, as_profile)
    }

    /// The record of a profile that was asked for, and of nobody else.
    pub(super) fn decoded_of<T: Tolerant>(
        &self,
        answer: &Answer,
        id: &ProfileId,
        as_profile: &As<T>,
    ) -> Result<Profile> {
        let kept: WithRaw<T> = answer.decode_record()?;
        answer.is_of(id, (as_profile.native)(&kept.record))?;
        self.profile(kept, as_profile).map_err(|reason| answer.error(ErrorKind::Decode, reason))
    }

    async fn one<T: Tolerant>(&self, request: Request, as_profile: &As<T>) -> Result<(Profile, Effort)> {
        let answer = self.client.http.send(request).await?;
        Ok((self.decoded(&answer, as_profile)?, answer.effort))
    }

    pub(super) fn decoded<T: Tolerant>(&self, answer: &Answer, as_profile: &As<T>) -> Result<Profile> {
        let profile = self.profile(answer.decode_record()?, as_profile);
        profile.map_err(|reason| answer.error(ErrorKind::Decode, reason))
    }

    /// A page of users or invites, and the id behind which the next one is.
    fn page<T: Tolerant>(
        &self,
        answer: &Answer,
        as_profile: &As<T>,
    ) -> Result<(Page<Profile>, Option<String>)> {
        let listed = id_page::<WithRaw<T>>(answer)?;
        let next = listed
            .list
            .next_after_id()
            .map_err(|error| answer.error(error.kind(), error.message().to_owned()));
        let next = next?.map(str::to_owned);
        let page = listed.into_page(|list| (list.data, None));
        Ok((page.try_map(|kept| self.profile(kept, as_profile)), next))
    }

    /// The role that is asked for, if it is one that the service takes.
    fn pushed_role(query: &ListQuery) -> Option<OrganizationRole> {
        let word = query.filter.role.as_deref()?;
        OrganizationRole::WORDS.contains(&word).then(|| OrganizationRole::from(word))
    }

    async fn users_page(
        &self,
        query: &ListQuery,
        after: Option<String>,
    ) -> Result<(Page<Profile>, Option<String>)> {
        let list = ListOrganizationUsers {
            limit: query.page_size,
            after_id: after,
            email: query.filter.email.clone(),
            roles: Self::pushed_role(query).into_iter().collect(),
            ..ListOrganizationUsers::default()
        };
        let answer = self.client.http.send(organization_users_request(&list)).await?;
        self.page(&answer, &USER)
    }

    async fn invites_page(
        &self,
        query: &ListQuery,
        after: Option<String>,
    ) -> Result<(Page<Profile>, Option<String>)> {
        let list = ListInvites { limit: query.page_size, after_id: after, ..ListInvites::default() };
        let answer = self.client.http.send(invites_request(&list)).await?;
        self.page(&answer, &INVITED)
    }

    /// Checks that an organization is the one that the credential belongs to: of another nobody can be listed.
    async fn check_organization(&self, id: &ProfileId) -> Result<(Profile, Effort)> {
        let own = self.one(organization_request(), &ORGANIZATION).await?;
        if own.0.id == *id {
            return Ok(own);
        }
        Err(Error::new(ErrorKind::NotFound, "the credential belongs to another organization")
            .with_provider(self.info())
            .with_operation("AdminGetOrganization"))
    }
}

/// How a record is read.
pub(super) struct As<T> {
    kind: IdKind,
    native: fn(&T) -> Option<&OpaqueId>,
    map: fn(ProfileId, T) -> Profile,
}

pub(super) const USER: As<wire::OrganizationUser> =
    As { kind: ORGANIZATION_USER, native: |record| record.id.value(), map: map::organization_user };
pub(super) const INVITED: As<wire::Invite> =
    As { kind: INVITE, native: |record| record.id.value(), map: map::invite };
const ORGANIZATION: As<wire::Organization> =
    As { kind: IdKind::ORGANIZATION, native: |record| record.id.value(), map: map::organization };

static CAPABILITIES: LazyLock<Arc<Capabilities>> = LazyLock::new(|| {
    use map::{INVITE as INVITE_VIEW, ORGANIZATION as ORGANIZATION_VIEW, ORGANIZATION_USER as USER_VIEW};
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::of([ORGANIZATION_USER, INVITE]);
    operations.get = Support::of([ORGANIZATION_USER, INVITE, IdKind::ORGANIZATION]);
    operations.current = Support::of([IdKind::ORGANIZATION]);
    operations.members = Support::of([IdKind::ORGANIZATION]);
    operations.enrich = Support::no("Anthropic shows all it has of a user or an invite in one record");
    operations.create = Support::of([INVITE]);
    operations.update = Support::of([ORGANIZATION_USER]);
    operations.deactivate =
        Support::no("Anthropic's API has no operation that deactivates a user: one is removed (delete)");
    operations.enroll = Support::no("people are invited to an organization: create an invite");
    operations.delete = Support::of([ORGANIZATION_USER, INVITE]);
    let listing = &mut capabilities.listing;
    listing.collections = vec![
        ListedCollection::new(ORGANIZATION_USER, [USER_VIEW]),
        // An address and a role narrow the users, and not the invites.
        ListedCollection::new(INVITE, [INVITE_VIEW]).without_filters([FilterPart::Email, FilterPart::Role]),
    ];
    listing.page_size = true;
    listing.max_page_size = Some(MAX_PAGE_SIZE);
    listing.default_page_size = Some(PAGE_SIZE);
    listing.filters = vec![FilterPart::Email, FilterPart::Role];
    listing.filter_roles = OrganizationRole::WORDS.iter().map(|word| Cow::Borrowed(*word)).collect();
    capabilities.members = listing.clone();
    capabilities.members.collections.truncate(1);
    let person = |path, user: &'static str, invite: &'static str| {
        FieldSpec::read_in(path, USER_VIEW, user).and_in(INVITE_VIEW, invite)
    };
    capabilities.fields = [
        person(FieldPath::ID, "id", "id").and_in(ORGANIZATION_VIEW, "id"),
        person(FieldPath::KIND, "(always human)", "(always human)")
            .and_in(ORGANIZATION_VIEW, "(always organization)"),
        FieldSpec::read_in(FieldPath::STATUS, INVITE_VIEW, "status"),
        FieldSpec::read_in(FieldPath::STATUS_RAW, INVITE_VIEW, "status"),
        person(FieldPath::EMAILS, "email", "email").writable(
            WriteRule::set_only(INVITES, ValueFormat::Email)
                .at_creation(AtCreation::Required)
                .not_by_update()
                .with_creation_warning("the service writes an invitation to this address"),
        ),
        person(FieldPath::ROLES, "role", "role").writable(
            WriteRule::set_only(USERS_AND_INVITES, ValueFormat::OneOf(SETTABLE_ROLES.into()))
                .at_creation(AtCreation::Required)
                .with_warning("a role that the API does not give, such as admin, cannot be given back by it"),
        ),
        FieldSpec::read_in(FieldPath::NAME_DISPLAY, USER_VIEW, "name").and_in(ORGANIZATION_VIEW, "name"),
        person(FieldPath::TIMES_CREATED, "added_at", "invited_at"),
        FieldSpec::read_in(FieldPath::extension("extension.invite"), INVITE_VIEW, "(the record)"),
    ]
    .into_iter()
    .collect();
    Arc::new(capabilities)
});

#[async_trait]
impl ProfileProvider for AnthropicOrganizationProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.http.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        // With what is asked for where the caller named nothing: a cursor is bound to it.
        let query = &query.clone().with_page_size(query.page_size.unwrap_or(PAGE_SIZE));
        let after = match cursor.map(|cursor| cursor.position(self.info(), query)).transpose()? {
            Some(CursorPosition::Token(id)) => Some(id.clone()),
            Some(CursorPosition::Start) | None => None,
            Some(_) => return Err(Cursor::foreign(self.info())),
        };
        let mut checked = Effort::default();
        if let (Some(organization), None) = (&query.member_of, cursor) {
            checked = self.check_organization(organization).await?.1;
        }
        let is_invites = cursor.is_some_and(|cursor| cursor.collection() == Some(&INVITE));
        let (kind, (mut page, next)) = if is_invites {
            (INVITE, self.invites_page(query, after).await?)
        } else {
            (ORGANIZATION_USER, self.users_page(query, after).await?)
        };
        page.effort += checked;
        let at =
            |kind: &IdKind, position| Cursor::new(self.info(), query, position).in_collection(kind.clone());
        let next = next.map_or(Next::End, |id| Next::Cursor(at(&kind, CursorPosition::Token(id))));
        let behind = (!is_invites && query.member_of.is_none()).then(|| at(&INVITE, CursorPosition::Start));
        Ok(page.with_next(next).in_collection(kind, behind))
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities().operations.get.check(self.info(), "get", id)?;
        match id.kind.as_str() {
            "organization_user" => self.asked(organization_user_request(id.native()), id, &USER).await,
            "invite" => self.asked(invite_request(id.native()), id, &INVITED).await,
            _ => self.check_organization(id).await.map(|(profile, _)| profile),
        }
    }

    /// Creating invites somebody, to whom the service then writes. Deleting removes a user from the organization, or takes
    /// back an invite, which may stay in the list as deleted.
    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        actions::plan(self, write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        actions::execute(self, plan, options).await
    }

    async fn current_with(&self, _: &GetOptions) -> Result<Profile> {
        self.one(organization_request(), &ORGANIZATION).await.map(|(profile, _)| profile)
    }

    /// A user is asked for by the address; of the invites, which may be there beside the user, all are read.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        match key {
            FindKey::NativeId(native) => {
                let kinds: &[IdKind] = match native.split('_').next() {
                    Some("user") => &[ORGANIZATION_USER],
                    Some("invite") => &[INVITE],
                    _ => &[IdKind::ORGANIZATION],
                };
                look_up(self, native, kinds).await
            }
            FindKey::Email(address) => {
                let mut query = ListQuery::new();
                query.filter.email = Some(address.clone());
                let mut pages = Pages::new(self, query);
                let mut found = Found::looked_up(None);
                while let Some(page) = pages.next_page().await {
                    found.profiles.extend(page?.items);
                }
                found.requests = pages.report().requests;
                found.is_complete = pages.report().is_complete();
                found.method = FindMethod::Listed;
                Ok(found)
            }
            _ => Ok(Found::unanswerable()),
        }
    }
}
