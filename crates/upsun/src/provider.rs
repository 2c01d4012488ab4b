//! The account as an anyprofile provider.

use std::sync::LazyLock;

use anyprofile_core::{
    Capabilities, Cursor, CursorPosition, Error, ErrorKind, FieldPath, FieldSpec, FindKey, Found, GetOptions,
    IdKind, ListQuery, Next, Page, PlannedRequest, Profile, ProfileChange, ProfileId, ProfileProvider,
    ProviderInfo, Result, Support, ValueFormat, WriteOptions, WriteRule, async_trait, found_or_nobody,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::Answer;

use crate::{
    ListProfiles, UpsunClient, UpsunConfig,
    client::{
        current_user_request, list_request, organization_request, profile_list, profile_request,
        update_request,
    },
    map, wire,
};

/// `extension.default_catalog`: the URL of a catalog in place of the default.
pub const DEFAULT_CATALOG: FieldPath = FieldPath::extension("extension.default_catalog");
/// `extension.project_options_url`: the URL of the project options of the whole organization.
pub const PROJECT_OPTIONS_URL: FieldPath = FieldPath::extension("extension.project_options_url");

/// An account at Upsun or Platform.sh.
///
/// Lists `/profiles`: users and organizations, all addressed as `user`. An organization's own profile is
/// addressed by the organization's id (`upsun:acme/organization/01H…`) or, for reading, by its name
/// (`upsun:acme/organization/name=acme`). [`current`](anyprofile_core::ProfileProviderExt::current) is the
/// user whom the token belongs to. Only an organization's profile can be updated.
#[derive(Clone, Debug)]
pub struct UpsunProvider {
    client: UpsunClient,
    keep_raw: bool,
}

impl UpsunProvider {
    /// A provider of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]. No request is sent.
    pub fn new(config: UpsunConfig) -> Result<Self> {
        let keep_raw = config.keep_raw;
        UpsunClient::new(config).map(|client| Self { client, keep_raw })
    }

    /// The client, for all that the trait has no word for.
    pub fn client(&self) -> &UpsunClient {
        &self.client
    }

    fn id(&self, kind: IdKind, native: impl Into<Box<str>>) -> Result<ProfileId> {
        let info = self.info();
        ProfileId::new(info.service.clone(), info.account.clone(), kind, native).map_err(Error::from)
    }

    fn user_profile(&self, record: wire::Profile) -> Result<Profile, String> {
        let id = record.id.value().map(OpaqueId::as_str).unwrap_or_default();
        let id = self.id(IdKind::USER, id).map_err(|_| "the record has no usable id".to_owned())?;
        Ok(map::profile(id, record))
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

/// The kinds of ids whose profiles can be updated.
const ORGANIZATIONS: &[IdKind] = &[IdKind::ORGANIZATION];

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::users();
    operations.get = Support::For(vec![IdKind::USER, IdKind::ORGANIZATION]);
    operations.current = Support::users();
    operations.update = Support::For(ORGANIZATIONS.to_vec());
    operations.create = Support::no("Upsun's users register themselves");
    operations.deactivate = Support::no("Upsun's API has no operation that deactivates a user");
    operations.delete = Support::no("Upsun's API has no operation that deletes a user");
    capabilities.listing.page_size = true;
    capabilities.listing.declares_total = true;
    let set = |format| WriteRule::set_only(ORGANIZATIONS, format);
    let text = || set(ValueFormat::Text { max_characters: None });
    let read = FieldSpec::read;
    capabilities.fields = [
        read(FieldPath::ID, "id"),
        read(FieldPath::KIND, "type"),
        read(FieldPath::STATUS, "deactivated (users/me)"),
        read(FieldPath::STATUS_RAW, "deactivated (users/me)"),
        read(FieldPath::USERNAME, "username"),
        read(FieldPath::EMAILS, "email, email_verified (users/me)"),
        read(FieldPath::PICTURE, "picture"),
        read(FieldPath::WEBSITE, "website_url, website (users/me)"),
        read(FieldPath::COUNTRY, "country (users/me)"),
        read(FieldPath::NAME_DISPLAY, "display_name"),
        read(FieldPath::NAME_GIVEN, "first_name (users/me)"),
        read(FieldPath::NAME_FAMILY, "last_name (users/me)"),
        read(FieldPath::ORGANIZATION_NAME, "company_name, company (users/me)").writable(text()),
        read(FieldPath::ORGANIZATION_LEGAL_NAME, "legal_entity_name").writable(text()),
        read(FieldPath::ORGANIZATION_KIND, "customer_type, company_type")
            .writable(set(ValueFormat::OneOf(vec!["individual", "company", "government"].into()))),
        read(FieldPath::ORGANIZATION_ROLE, "company_role"),
        read(FieldPath::BILLING_CONTACT, "billing_contact").writable(set(ValueFormat::Email)),
        read(FieldPath::BILLING_VAT_NUMBER, "vat_number").writable(text()),
        read(FieldPath::BILLING_CURRENCY, "currency"),
        read(FieldPath::BILLING_INVOICED, "invoiced"),
        read(FieldPath::SECURITY_MFA_ENABLED, "mfa_enabled (users/me)"),
        read(FieldPath::SECURITY_SSO, "sso_enabled (users/me)"),
        read(FieldPath::TIMES_CREATED, "created_at"),
        read(FieldPath::TIMES_UPDATED, "updated_at"),
        read(FieldPath::extension("extension.profile_id"), "id (organizations)"),
        read(FieldPath::extension("extension.company_type"), "company_type"),
        read(FieldPath::extension("extension.customer_type"), "customer_type"),
        read(FieldPath::extension("extension.marketing"), "marketing"),
        read(FieldPath::extension("extension.new_ui"), "new_ui"),
        read(FieldPath::extension("extension.ui_colorscheme"), "ui_colorscheme"),
        read(DEFAULT_CATALOG, "default_catalog").writable(text()),
        read(PROJECT_OPTIONS_URL, "project_options_url").writable(set(ValueFormat::Uri)),
        read(FieldPath::extension("extension.current_trial"), "current_trial"),
        read(FieldPath::extension("extension.namespace"), "namespace (users/me)"),
        read(FieldPath::extension("extension.consented_at"), "consented_at (users/me)"),
        read(FieldPath::extension("extension.consent_method"), "consent_method (users/me)"),
        read(FieldPath::extension("extension.phone_number_verified"), "phone_number_verified (users/me)"),
    ]
    .into_iter()
    .collect();
    capabilities
});

#[async_trait]
impl ProfileProvider for UpsunProvider {
    fn info(&self) -> &ProviderInfo {
        self.client.http.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(self.info(), self.capabilities())?;
        let link = match cursor.map(|cursor| cursor.position(self.info(), query)).transpose()? {
            Some(CursorPosition::Token(link)) => Some(link.as_str()),
            Some(_) => return Err(Error::new(ErrorKind::InvalidRequest, "not a cursor of this service")),
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
        Ok(page.with_next(match next {
            // A link without an address is followed too, and then refused: a page is missing.
            Some(link) => {
                let href = link.href.into_value().unwrap_or_default();
                Next::Cursor(Cursor::new(self.info(), query, CursorPosition::Token(href)))
            }
            None => Next::End,
        }))
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let request = match id.kind.as_str() {
            "user" => profile_request(id.native()),
            "organization" => organization_request(id.native()),
            _ => return Err(Error::unsupported(self.info(), "get", "Upsun has users and organizations")),
        };
        let answer = self.client.http.send(request).await?;
        let kept: WithRaw<wire::Profile> = answer.decode_record()?;
        Ok(map::profile(id.clone(), kept.record).with_raw(kept.raw.filter(|_| self.keep_raw)))
    }

    async fn current_with(&self, _: &GetOptions) -> Result<Profile> {
        let answer = self.client.http.send(current_user_request()).await?;
        let kept: WithRaw<wire::User> = answer.decode_record()?;
        let native = kept.record.id.value().map(OpaqueId::as_str).unwrap_or_default();
        let id = self
            .id(IdKind::USER, native)
            .map_err(|_| answer.error(ErrorKind::Decode, "the answer has no usable id"))?;
        Ok(map::user(id, kept.record).with_raw(kept.raw.filter(|_| self.keep_raw)))
    }

    /// Addresses and user names are looked up directly: `/users/email=…`, `/users/username=…`. What is found is the
    /// user as `/users` shows it.
    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let record = match key {
            FindKey::Email(address) if !address.is_empty() => self.client.get_user_by_email(address).await,
            FindKey::Username(name) if !name.is_empty() => self.client.get_user_by_username(name).await,
            FindKey::NativeId(native) => {
                let Ok(id) = self.id(IdKind::USER, native.as_str()) else {
                    return Ok(Found::looked_up(None));
                };
                return found_or_nobody(self.get_with(&id, &GetOptions::default()).await);
            }
            _ => return Ok(Found::unanswerable()),
        };
        let profile = record.and_then(|record| {
            let native = record.id.value().map(OpaqueId::as_str).unwrap_or_default();
            let id = self.id(IdKind::USER, native)?;
            Ok(map::user(id, record))
        });
        found_or_nobody(profile)
    }

    fn plan_update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Vec<PlannedRequest>> {
        change.check(id, self.info(), self.capabilities())?;
        if id.native().starts_with("name=") {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "an organization is updated by its id, not by its name",
            )
            .with_provider(self.info())
            .with_operation("update")
            .with_hint("use the id, which the console shows (26 letters and digits)"));
        }
        if change.is_empty() {
            return Ok(Vec::new());
        }
        let update = map::organization_update(change);
        let url = self.client.http.url(&update_request(id.native(), &update))?;
        let body = serde_json::to_value(&update).ok();
        Ok(vec![PlannedRequest::new("PATCH", url, body)])
    }

    async fn update_with(&self, id: &ProfileId, change: &ProfileChange, _: &WriteOptions) -> Result<Profile> {
        if self.plan_update(id, change)?.is_empty() {
            return self.get_with(id, &GetOptions::default()).await;
        }
        let update = map::organization_update(change);
        let answer = self.client.send_update(id.native(), &update).await?;
        let kept: WithRaw<wire::Profile> = answer.decode_record()?;
        Ok(map::profile(id.clone(), kept.record).with_raw(kept.raw.filter(|_| self.keep_raw)))
    }
}
