//! The account as an anyprofile provider.

mod capabilities;
mod members;
mod organizations;
mod records;
mod writes;

use std::sync::{Arc, OnceLock};

use anyprofile_core::{
    Capabilities, Cursor, CursorPosition, Error, ErrorKind, ExecuteOptions, Executed, Expected, FieldPath,
    FindKey, Found, GetOptions, IdKind, Kind, ListQuery, Next, Page, Plan, PlanOptions, Profile, ProfileId,
    ProfileProvider, ProviderInfo, RawJson, Result, Write, async_trait, found_or_nobody, look_up,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::{Answer, Request, actions};

use crate::{
    ListProfiles, ListedOrganizations, UpsunClient, UpsunConfig,
    client::{
        current_user_request, list_request, profile_list, user_by_email_request, user_by_username_request,
    },
    map, wire,
};

/// `extension.default_catalog`: the URL of a catalog in place of the default.
pub const DEFAULT_CATALOG: FieldPath = FieldPath::extension("extension.default_catalog");
/// `extension.project_options_url`: the URL of the project options of the whole organization.
pub const PROJECT_OPTIONS_URL: FieldPath = FieldPath::extension("extension.project_options_url");

/// `extension.company_type`: the type of the company, free text.
pub const COMPANY_TYPE: FieldPath = FieldPath::extension("extension.company_type");
/// `extension.marketing`: whether the user agreed to marketing messages.
pub const MARKETING: FieldPath = FieldPath::extension("extension.marketing");
/// `extension.ui_colorscheme`: the color scheme of the interface, `light` or `dark`.
pub const UI_COLORSCHEME: FieldPath = FieldPath::extension("extension.ui_colorscheme");

/// An account at Upsun or Platform.sh.
///
/// Lists `/profiles`: users and organizations, all addressed as `user`; and behind them the organizations that the
/// configuration asks for ([`ListedOrganizations`]). An organization's own profile is addressed by the organization's
/// id (`upsun:acme/organization/01H…`) or, for reading, by its name (`upsun:acme/organization/name=acme`). Its
/// members are listed with [`members`](anyprofile_core::ProfileProviderExt::members).
/// [`current`](anyprofile_core::ProfileProviderExt::current) is the user whom the token belongs to. A user is changed in the
/// profile and in the user's record, whichever has the field; an organization in its profile.
///
/// The service shows a person in several records, of which `/profiles` says nothing of status and second factor:
/// [`GetOptions::enrich`] and [`ListQuery::enrich`] add the user of `/users` and the postal address.
#[derive(Clone, Debug)]
pub struct UpsunProvider {
    client: UpsunClient,
    capabilities: Arc<Capabilities>,
    organizations: Arc<ListedOrganizations>,
    /// The id of the token's user.
    own_id: Arc<OnceLock<String>>,
    keep_raw: bool,
}

impl UpsunProvider {
    /// A provider of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        let keep_raw = config.keep_raw;
        if let ListedOrganizations::These(organizations) = &config.organizations
            && let Some(wrong) = organizations.iter().find(|it| !may_be_organization(it))
        {
            return Err(Error::config(format!("account '{}': '{wrong}' is no organization", config.account))
                .with_hint("an organization is named by its id (26 letters and digits) or by name= and its machine name"));
        }
        let organizations = Arc::new(config.organizations.clone());
        let capabilities = Arc::new(capabilities::capabilities(&organizations));
        let own_id = Arc::default();
        UpsunClient::new(config).map(|client| Self { client, capabilities, organizations, own_id, keep_raw })
    }

    /// The client, for all that the trait has no word for.
    pub fn client(&self) -> &UpsunClient {
        &self.client
    }

    fn id(&self, kind: IdKind, native: impl Into<Box<str>>) -> Result<ProfileId> {
        let info = self.info();
        ProfileId::new(info.service.clone(), info.account.clone(), kind, native).map_err(Error::from)
    }

    fn with_raw(&self, profile: Profile, raw: Option<RawJson>) -> Profile {
        profile.with_raw(raw.filter(|_| self.keep_raw))
    }

    /// The user of `/users` that a request asks for, under its own id.
    async fn user_of(&self, request: Request) -> Result<Profile> {
        let answer = self.client.http.send(request).await?;
        let kept: WithRaw<wire::User> = answer.decode_record()?;
        let native = kept.record.id.value().map(OpaqueId::as_str).unwrap_or_default();
        let id = self
            .id(IdKind::USER, native)
            .map_err(|_| answer.error(ErrorKind::Decode, "the answer has no usable id"))?;
        Ok(self.with_raw(map::user(id, kept.record), kept.raw))
    }

    /// Whether organizations are listed behind the profiles, and can be among what the query asks for.
    fn lists_organizations(&self, query: &ListQuery) -> bool {
        let kinds = &query.filter.kind;
        let may_be_wanted = |kind: &Expected<Kind>| *kind == Expected::Is(Kind::Organization);
        *self.organizations != ListedOrganizations::None
            && (kinds.is_empty() || kinds.iter().any(may_be_wanted))
    }

    async fn profiles_page(
        &self,
        query: &ListQuery,
        position: Option<&CursorPosition>,
    ) -> Result<Page<Profile>> {
        let link = match position {
            Some(CursorPosition::Token(link)) => Some(link.as_str()),
            Some(_) => return Err(Cursor::foreign(self.info())),
            None => None,
        };
        let list = ListProfiles { range: query.page_size, ..ListProfiles::default() };
        let answer = self.client.http.send(list_request(&list, link)).await?;
        let (page, next) = if self.keep_raw {
            page_of(&answer, |kept: WithRaw<wire::Profile>| {
                self.user_profile(kept.record).map(|profile| profile.with_raw(kept.raw))
            })?
        } else {
            page_of(&answer, |record| self.user_profile(record))?
        };
        // The links name a page by its number.
        Ok(page.with_numbered(true).with_next(match next {
            // A link without an address is followed too, and then refused: a page is missing.
            Some(link) => {
                let href = link.href.into_value().unwrap_or_default();
                Next::Cursor(Cursor::new(self.info(), query, CursorPosition::Token(href)))
            }
            None => Next::End,
        }))
    }

    fn user_profile(&self, record: wire::Profile) -> Result<Profile, String> {
        let id = record.id.value().map(OpaqueId::as_str).unwrap_or_default();
        let id = self.id(IdKind::USER, id).map_err(|_| "the record has no usable id".to_owned())?;
        Ok(map::profile(id, record))
    }
}

/// Whether a text can address an organization: a ULID begins with a digit.
fn may_be_organization(text: &str) -> bool {
    match text.strip_prefix("name=") {
        Some(name) => !name.is_empty(),
        None => text.starts_with(|first: char| first.is_ascii_digit()),
    }
}

/// A page of profiles, and the link to the next one. `T` is the record, with its text or without.
fn page_of<T: Tolerant>(
    answer: &Answer,
    profile: impl FnMut(T) -> Result<Profile, String>,
) -> Result<(Page<Profile>, Option<wire::Link>)> {
    let mut listed = profile_list(answer)?;
    let next = listed.list.links.next.take();
    let page = listed.into_page(|list: wire::ProfileList<T>| (list.profiles, list.count.into_value()));
    Ok((page.try_map(profile), next))
}

#[async_trait]
impl ProfileProvider for UpsunProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.http.info()
    }

    fn close_idle(&self) {
        self.client.http.close_idle();
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        let position = cursor.map(|cursor| cursor.position(self.info(), query)).transpose()?;
        let is_organizations =
            cursor.is_some_and(|cursor| cursor.collection() == Some(&IdKind::ORGANIZATION));
        let mut page = match &query.member_of {
            Some(organization) => self.members_page(organization, query, position).await?,
            None if is_organizations => self.organizations_page(query, position).await?,
            None => self.profiles_page(query, position).await?,
        };
        if query.enrich {
            self.enriched_page(&mut page).await?;
        }
        if is_organizations {
            return Ok(page.in_collection(IdKind::ORGANIZATION, None));
        }
        if query.member_of.is_some() || !self.lists_organizations(query) {
            return Ok(page);
        }
        let first =
            Cursor::new(self.info(), query, CursorPosition::Start).in_collection(IdKind::ORGANIZATION);
        Ok(page.in_collection(IdKind::USER, Some(first)))
    }

    async fn get_with(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.capabilities().operations.get.check(self.info(), "get", id)?;
        self.one(id, options).await
    }

    async fn current_with(&self, options: &GetOptions) -> Result<Profile> {
        let user = self.user_of(current_user_request()).await?;
        if options.enrich { self.enrich_user(user).await } else { Ok(user) }
    }

    /// Addresses and user names are looked up directly: `/users/email=…`, `/users/username=…`. What is found is the
    /// user as `/users` shows it.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let request = match key {
            FindKey::Email(address) if !address.is_empty() => user_by_email_request(address),
            FindKey::Username(name) if !name.is_empty() => user_by_username_request(name),
            FindKey::NativeId(native) => {
                // An organization is asked for only by what looks like its id: to any other the service may answer
                // that it is not allowed, which says nothing.
                let is_ulid = native.len() == 26 && native.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let kind = if is_ulid { IdKind::ORGANIZATION } else { IdKind::USER };
                return look_up(self, native, &[kind]).await;
            }
            _ => return Ok(Found::unanswerable()),
        };
        found_or_nobody(self, key, self.user_of(request).await).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.check_addressed_by_id(write)?;
        actions::plan(self, write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        actions::execute(self, plan, options).await
    }
}
