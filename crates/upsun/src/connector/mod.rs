//! The connector: how the engine uses the API of Upsun.

mod belongings;
mod capabilities;
mod members;
mod memberships;
mod organizations;
mod records;
mod writes;

use anyprofile_core::{
    Capabilities, Expected, FieldPath, FindKey, GetOptions, IdKind, Kind, ListQuery, Profile, ProfileId,
    Result, Timestamp, Write, async_trait, profile::View, wire::WithRaw,
};
use anyprofile_engine::{Action, Basis, Collection, Connector, LookUp, Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Response};

pub use self::memberships::{MEMBER, member_id};
use self::records::{PROFILES, USERS};
use crate::{
    ListProfiles, ListedOrganizations,
    map::{ADDRESS, CREDENTIALS, ORGANIZATION, ORGANIZATION_PROFILE, PROFILE, TEAMS, USER},
    operations::{self, profile_list},
    wire::{self, Link, ProfileList},
};

/// `extension.default_catalog`: the URL of a catalog that replaces the default one.
pub const DEFAULT_CATALOG: FieldPath = FieldPath::extension("extension.default_catalog");
/// `extension.project_options_url`: the URL of the project options of the whole organization.
pub const PROJECT_OPTIONS_URL: FieldPath = FieldPath::extension("extension.project_options_url");

/// `extension.company_type`: the type of the company, free text.
pub const COMPANY_TYPE: FieldPath = FieldPath::extension("extension.company_type");
/// `extension.marketing`: whether the user agreed to marketing messages.
pub const MARKETING: FieldPath = FieldPath::extension("extension.marketing");
/// `extension.ui_colorscheme`: the color scheme of the interface, `light` or `dark`.
pub const UI_COLORSCHEME: FieldPath = FieldPath::extension("extension.ui_colorscheme");

/// The connector of an account at Upsun or Platform.sh.
#[derive(Debug)]
pub(crate) struct UpsunConnector {
    capabilities: Capabilities,
    organizations: ListedOrganizations,
}

impl UpsunConnector {
    pub(crate) fn new(organizations: ListedOrganizations) -> Self {
        Self { capabilities: capabilities::capabilities(&organizations), organizations }
    }

    /// Returns whether organizations are listed after the profiles, and can match the query.
    fn lists_organizations(&self, query: &ListQuery) -> bool {
        let kinds = &query.filter.kind;
        let may_be_wanted = |kind: &Expected<Kind>| *kind == Expected::Is(Kind::Organization);
        self.organizations != ListedOrganizations::None
            && query.member_of.is_none()
            && (kinds.is_empty() || kinds.iter().any(may_be_wanted))
    }
}

/// Reads a page of `/profiles`. Its links name a page by its number.
fn page(response: &Response) -> Result<RecordPage> {
    let mut listed = profile_list(response)?;
    let next = listed.list.links.next.take();
    let page = listed
        .into_page(|list: ProfileList<WithRaw<wire::Profile>>| (list.profiles, list.count.into_value()));
    Ok(RecordPage::new(page.try_map(PROFILES.each(response)), onward(next)).numbered())
}

/// Returns the position of the next page. A link without an address is kept, so that following it fails: a
/// page is missing.
fn onward(next: Option<Link>) -> Onward {
    next.map_or(Onward::End, |link| Onward::At(Position::Token(link.href.into_value().unwrap_or_default())))
}

#[async_trait]
impl Connector for UpsunConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let users = Collection::new(IdKind::USER);
        if !self.lists_organizations(query) {
            return vec![users];
        }
        let organizations = Collection::new(IdKind::ORGANIZATION);
        vec![
            users,
            match &self.organizations {
                // The position is the index in the configuration.
                ListedOrganizations::These(_) => organizations.numbered(),
                _ => organizations,
            },
        ]
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        if let Some(organization) = &query.member_of {
            return members::page(caller, organization, query, place).await;
        }
        if *place.collection == IdKind::ORGANIZATION {
            return self.organizations(caller, query, place).await;
        }
        let list = ListProfiles { range: query.page_size, ..ListProfiles::default() };
        let operation = match place.token() {
            Some(link) => operations::follow_profiles(&list, &Link::to(link)),
            None => operations::list_profiles(&list),
        };
        caller.call(&operation.read_as(page)).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        if id.kind == MEMBER {
            memberships::get(caller, id).await
        } else if id.kind == IdKind::ORGANIZATION {
            records::organization(caller, id, options).await
        } else {
            records::profile(caller, id).await
        }
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        caller.call(&USERS.of(operations::get_current_user())).await
    }

    /// E-mail addresses and user names are looked up directly: `/users/email=…`, `/users/username=…`. The
    /// result is the user of `/users`.
    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        let operation = match key {
            FindKey::Email(address) if !address.is_empty() => operations::get_user_by_email(address),
            FindKey::Username(name) if !name.is_empty() => operations::get_user_by_username(name),
            FindKey::NativeId(native) => {
                // Only an id that looks like the id of an organization is looked up as one: for any other id
                // the service may respond that it is not allowed, which proves nothing.
                let is_ulid = native.len() == 26 && native.bytes().all(|byte| byte.is_ascii_alphanumeric());
                return LookUp::Ids(vec![if is_ulid { IdKind::ORGANIZATION } else { IdKind::USER }]);
            }
            _ => return LookUp::Unanswerable,
        };
        LookUp::Direct(caller.call(&USERS.of(operation)).await.map(Box::new))
    }

    fn further_views(&self, kind: &IdKind) -> Vec<View> {
        if *kind == MEMBER {
            Vec::new()
        } else if *kind == IdKind::ORGANIZATION {
            vec![ORGANIZATION, ORGANIZATION_PROFILE, ADDRESS]
        } else {
            vec![PROFILE, USER, ADDRESS, TEAMS, CREDENTIALS]
        }
    }

    async fn complete(&self, caller: &Caller, profile: &Profile, view: &View) -> Result<Profile> {
        match view {
            view if *view == TEAMS => belongings::teams(caller, &profile.id).await,
            view if *view == CREDENTIALS => belongings::credentials(caller, &profile.id).await,
            view => records::further(caller, &profile.id, view).await,
        }
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        match write {
            Write::Update { id, change } => Ok(writes::actions(id, change)),
            Write::Delete { id } => Ok(vec![memberships::remove(caller, id)?]),
            other => Err(other.unsupported(caller.info(), &self.capabilities)),
        }
    }
}
