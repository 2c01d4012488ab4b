//! Building an in-memory provider.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use super::{MemoryProvider, Shared, store::ProfileStore};
use crate::{
    AccountName, Capabilities, Error, FieldPath, IdKind, Profile, ProfileId, ProfileProvider, ProviderInfo,
    Result, ServiceName, Status, Timestamp,
    capabilities::{AtCreation, FieldSpec, Support, ValueFormat, WriteRule},
    query::{FilterPart, OrderField},
};

const USERS: &[IdKind] = &[IdKind::USER];

/// Builds a [`MemoryProvider`]. `Debug` shows the account and the number of profiles.
///
/// ```
/// # fn main() -> anyprofile_core::Result<()> {
/// use anyprofile_core::{AccountName, Profile, memory::MemoryProvider};
///
/// let ada = Profile::new("memory:test/user/ada".parse()?);
/// let provider = MemoryProvider::builder(AccountName::from_static("test"))
///     .with_current(ada.id.clone())
///     .with_profile(ada)
///     .with_deleted_shown(true)
///     .build()?;
/// assert!(provider.requests().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct MemoryBuilder {
    info: ProviderInfo,
    capabilities: Capabilities,
    profiles: Vec<Profile>,
    members: Vec<(ProfileId, Vec<ProfileId>)>,
    current: Option<ProfileId>,
    shows_deleted: bool,
    clock: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
}

impl fmt::Debug for MemoryBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemoryBuilder")
            .field("service", &self.info.service)
            .field("account", &self.info.account)
            .field("profiles", &self.profiles.len())
            .finish_non_exhaustive()
    }
}

impl MemoryBuilder {
    pub(super) fn new(account: AccountName) -> Self {
        Self {
            info: ProviderInfo::new(ServiceName::from_static("memory"), account, "Memory", "memory:"),
            capabilities: capabilities(),
            profiles: Vec::new(),
            members: Vec::new(),
            current: None,
            shows_deleted: false,
            clock: None,
        }
    }

    /// Sets the service of the provider and its ids. The default is `memory`.
    pub fn with_service(mut self, service: ServiceName) -> Self {
        self.info.service = service;
        self
    }

    /// Copies the service, account, name, base URL and capabilities of another provider, to stand in for it. Sends it
    /// no request. Plans still show requests with `memory:` URLs. The credential's own profile is set with
    /// [`with_current`](Self::with_current).
    pub fn like(mut self, provider: &dyn ProfileProvider) -> Self {
        let ProviderInfo { service, account, display_name, base_url, shape, .. } = provider.info();
        // Not cloned: the proof of the other provider's URL does not apply here.
        self.info =
            ProviderInfo::new(service.clone(), account.clone(), display_name, base_url).with_shape(shape);
        self.capabilities = provider.capabilities().clone();
        self
    }

    /// Sets the capabilities.
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Adds a profile.
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profiles.push(profile);
        self
    }

    /// Adds profiles.
    pub fn with_profiles(mut self, profiles: impl IntoIterator<Item = Profile>) -> Self {
        self.profiles.extend(profiles);
        self
    }

    /// Makes profiles the members of an organization, for [`ListQuery::member_of`](crate::ListQuery::member_of). The
    /// [capabilities](crate::capabilities::Operations::members) must include it.
    pub fn with_members(
        mut self,
        organization: ProfileId,
        members: impl IntoIterator<Item = ProfileId>,
    ) -> Self {
        self.members.push((organization, members.into_iter().collect()));
        self
    }

    /// Sets the profile that the credential belongs to. The capabilities include it only if it is set.
    pub fn with_current(mut self, id: ProfileId) -> Self {
        self.current = Some(id);
        self
    }

    /// Sets whether deleted profiles stay and are shown with [`Status::Deleted`], as at some services. By default
    /// they are removed.
    pub fn with_deleted_shown(mut self, shown: bool) -> Self {
        self.shows_deleted = shown;
        self
    }

    /// Sets the clock for the times of creation and update. Without one, times stay as the profiles have them.
    pub fn with_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the provider.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a profile of another account, for a kind of id that the
    /// capabilities do not include, and for two profiles with the same id.
    pub fn build(mut self) -> Result<MemoryProvider> {
        let current = &mut self.capabilities.operations.current;
        match &self.current {
            Some(id) if !current.kinds().contains(&id.kind) => *current = Support::of([id.kind.clone()]),
            None if current.is_supported() => {
                *current = Support::no("no profile in memory is set as the credential's own");
            }
            _ => {}
        }
        let mut store = ProfileStore::default();
        for profile in self.profiles {
            check(&profile, &self.info, &self.capabilities)?;
            if store.get(&profile.id).is_some() {
                let message = format!("two profiles have the id {}", profile.id);
                return Err(Error::config(message).with_provider(&self.info));
            }
            store.put(profile);
        }
        for (organization, members) in self.members {
            store.add_members(organization, members);
        }
        Ok(MemoryProvider(Arc::new(Shared {
            info: self.info,
            capabilities: self.capabilities,
            current: self.current,
            shows_deleted: self.shows_deleted,
            clock: self.clock,
            store: Mutex::new(store),
            log: Mutex::default(),
        })))
    }
}

/// Checks that a profile can be stored here.
pub(super) fn check(profile: &Profile, info: &ProviderInfo, capabilities: &Capabilities) -> Result<()> {
    let id = &profile.id;
    if id.service != info.service || id.account != info.account {
        let message = format!("the profile {id} belongs to another account");
        let hint = format!("the id must start with {}:{}/", info.service, info.account);
        return Err(Error::config(message).with_provider(info).with_hint(hint));
    }
    let operations = &capabilities.operations;
    let is_known = [&operations.list, &operations.get].into_iter().any(|it| it.kinds().contains(&id.kind));
    if is_known {
        return Ok(());
    }
    let message = format!("the capabilities can neither list nor read profiles of kind '{}'", id.kind);
    Err(Error::config(message).with_provider(info).with_hint("add the kind to the capabilities"))
}

/// Returns the default capabilities.
fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    for support in [
        &mut operations.list,
        &mut operations.get,
        &mut operations.create,
        &mut operations.update,
        &mut operations.deactivate,
        &mut operations.delete,
    ] {
        *support = Support::users();
    }
    let listing = &mut capabilities.listing;
    listing.page_size = true;
    listing.max_page_size = Some(1000);
    listing.default_page_size = Some(super::listing::PAGE_SIZE);
    listing.orders = vec![OrderField::Created, OrderField::Updated, OrderField::Name, OrderField::Email];
    listing.search = true;
    listing.filters = FilterPart::ALL.to_vec();
    listing.filter_statuses = vec![Status::Active, Status::Suspended, Status::Pending, Status::Deleted];
    listing.declares_total = true;
    capabilities.fields = fields().into_iter().collect();
    capabilities
}

fn fields() -> Vec<FieldSpec> {
    let read = |path: FieldPath| FieldSpec::read(path, "in memory");
    let write = |path: FieldPath, format| {
        let rule = WriteRule::set_only(USERS, format).at_creation(AtCreation::Optional).clearable();
        read(path).writable(rule)
    };
    let words = |words: &'static [&'static str]| ValueFormat::one_of(words.iter().copied());
    let text = ValueFormat::Text { max_characters: None };
    let pairs = ValueFormat::Pairs { max_pairs: None, max_key_characters: None, max_value_characters: None };
    let status = WriteRule::set_only(USERS, words(&["active", "suspended", "pending"]));
    let kind = WriteRule::set_only(USERS, words(&["human", "service"]));
    let texts = [
        FieldPath::EXTERNAL_ID,
        FieldPath::USERNAME,
        FieldPath::NAME_DISPLAY,
        FieldPath::NAME_GIVEN,
        FieldPath::NAME_FAMILY,
        FieldPath::TITLE,
        FieldPath::LOCALE,
        FieldPath::ORGANIZATION_NAME,
        FieldPath::ORGANIZATION_ROLE,
    ];
    let mut fields = vec![
        read(FieldPath::ID),
        read(FieldPath::KIND).writable(kind.at_creation(AtCreation::Optional).not_by_update()),
        read(FieldPath::STATUS).writable(status.at_creation(AtCreation::Optional)),
        write(FieldPath::EMAILS, ValueFormat::Email),
        write(FieldPath::PICTURE, ValueFormat::Uri),
        write(FieldPath::WEBSITE, ValueFormat::Uri),
        write(FieldPath::COUNTRY, ValueFormat::Country),
        write(FieldPath::ROLES, ValueFormat::roles(["account", "organization", "team"])),
        write(FieldPath::LABELS, ValueFormat::Names { max_characters: None }),
        write(FieldPath::METADATA, pairs),
        read(FieldPath::SECURITY_MFA_ENABLED),
        read(FieldPath::SECURITY_LAST_LOGIN),
        read(FieldPath::TIMES_CREATED),
        read(FieldPath::TIMES_UPDATED),
    ];
    fields.extend(texts.map(|path| write(path, text.clone())));
    fields
}
