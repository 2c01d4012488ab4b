//! The connector for the organization's own people.

mod capabilities;
mod members;
mod memberships;
mod writes;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, Expected, Field, FindKey, GetOptions, IdKind, ListQuery, Profile,
    ProfileId, Result, Timestamp, Write, async_trait,
    profile::View,
    query::FilterPart,
    wire::{Tolerant, WithRaw},
};
use anyprofile_engine::{
    Action, Basis, Collection, Connector, LookUp, Mapping, Onward, Place, Position, RecordPage,
};
use anyprofile_http::{Caller, Response};

pub use self::memberships::{RBAC_GROUP_MEMBER, WORKSPACE_MEMBER, rbac_group_member_id, workspace_member_id};
use crate::{
    CursorPaging, IdPaging, ListInvites, ListOrganizationUsers, ListServiceAccounts, map,
    operations::{self, MAX_SERVICE_ACCOUNTS, cursor_page, id_page},
    wire::{self, InviteStatus},
};

/// The kind of the ids of the organization's users (`anthropic:claude/organization_user/user_…`).
pub const ORGANIZATION_USER: IdKind = IdKind::new("organization_user");
/// The kind of the ids of invites to the organization (`anthropic:claude/invite/invite_…`).
pub const INVITE: IdKind = IdKind::new("invite");

/// The kind of the ids of service accounts (`anthropic:claude/service_account/svac_…`).
pub const SERVICE_ACCOUNT: IdKind = IdKind::new("service_account");
/// The kind of the ids of workspaces (`anthropic:claude/workspace/wrkspc_…`), whose members can be listed.
pub const WORKSPACE: IdKind = IdKind::new("workspace");
/// The kind of the ids of groups (`anthropic:claude/rbac_group/rbac_group_…`), whose members can be listed.
pub const RBAC_GROUP: IdKind = IdKind::new("rbac_group");

/// The connector of an organization at Anthropic.
#[derive(Debug)]
pub(crate) struct OrganizationConnector {
    capabilities: Capabilities,
}

impl OrganizationConnector {
    /// Creates a connector. The service shows service accounts to some credentials alone.
    pub(crate) fn new(shows_service_accounts: bool) -> Self {
        Self { capabilities: capabilities::capabilities(shows_service_accounts) }
    }

    /// Returns the service's parameters for a query of users.
    fn list_users(&self, query: &ListQuery, place: &Place<'_>) -> ListOrganizationUsers {
        let pushed = query.filter_plan(&self.capabilities).pushed;
        let is_pushed = |part| pushed.contains(&part);
        let role = query.filter.role.as_deref().filter(|_| is_pushed(FilterPart::Role));
        ListOrganizationUsers {
            paging: paging(query, place),
            email: query.filter.email.clone().filter(|_| is_pushed(FilterPart::Email)),
            roles: role.into_iter().map(Into::into).collect(),
        }
    }

    /// Returns the service's parameters for a query of invites.
    fn list_invites(&self, query: &ListQuery, place: &Place<'_>) -> ListInvites {
        let ListOrganizationUsers { paging, email, roles } = self.list_users(query, place);
        let is_pushed = query.filter_plan(&self.capabilities).pushed.contains(&FilterPart::Status);
        let statuses = query.filter.status.iter().filter(|_| is_pushed);
        let statuses = statuses.filter_map(|expected| match expected {
            Expected::Is(status) => Some(InviteStatus::from(status.as_str())),
            _ => None,
        });
        ListInvites { paging, email, roles, statuses: statuses.collect() }
    }
}

/// Returns the page of a query.
fn paging(query: &ListQuery, place: &Place<'_>) -> IdPaging {
    IdPaging { limit: query.page_size, after_id: place.token().map(str::to_owned), before_id: None }
}

static USER: Mapping<wire::OrganizationUser> =
    Mapping::new(ORGANIZATION_USER, |record| record.id.value(), map::organization_user);
static ACCOUNT: Mapping<wire::ServiceAccount> =
    Mapping::new(SERVICE_ACCOUNT, |record| record.id.value(), map::service_account);
static INVITED: Mapping<wire::Invite> = Mapping::new(INVITE, |record| record.id.value(), map::invite);
static ORGANIZATION: Mapping<wire::Organization> =
    Mapping::new(IdKind::ORGANIZATION, |record| record.id.value(), map::organization);

/// Returns the page of a query, of a list with cursors.
fn cursor_paging(query: &ListQuery, place: &Place<'_>, max_limit: u32) -> CursorPaging {
    let limit = query.page_size.map(|size| size.min(max_limit));
    CursorPaging { limit, page: place.token().map(str::to_owned) }
}

/// Reads a page of a list whose cursors are the ids of its records, and the id after which the next page begins.
fn page<T: Tolerant>(response: &Response, mapping: &Mapping<T>) -> Result<RecordPage> {
    let listed = id_page::<WithRaw<T>>(response)?;
    let onward = match listed.list.next_after_id() {
        Ok(Some(id)) => Onward::At(Position::Token(id.to_owned())),
        Ok(None) => Onward::End,
        Err(error) => return Err(response.error(error.kind(), error.message().to_owned())),
    };
    let page = listed.into_page(|list| (list.data, None));
    Ok(RecordPage::new(page.try_map(mapping.each(response)), onward))
}

/// Reads a page of a list with cursors, and the cursor of the next page. An empty page with a cursor is not the end.
fn page_of_cursors<T: Tolerant>(response: &Response, mapping: &Mapping<T>) -> Result<RecordPage> {
    let mut listed = cursor_page::<WithRaw<T>>(response)?;
    let next = listed.list.next_page.take().empty_as_null().into_value();
    let onward = next.map_or(Onward::End, |token| Onward::At(Position::Token(token)));
    let page = listed.into_page(|list| (list.data, None));
    Ok(RecordPage::new(page.try_map(mapping.each(response)), onward))
}

/// Gets the organization that the credential belongs to.
async fn own(caller: &Caller) -> Result<Profile> {
    let operation = ORGANIZATION.of(operations::get_organization());
    caller.call(&operation).await
}

/// Gets the organization, if the credential belongs to it. The members of other organizations cannot be
/// listed.
async fn own_of(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let own = own(caller).await?;
    if own.id.is_same_as(id) {
        return Ok(own);
    }
    Err(Error::new(ErrorKind::NotFound, "the credential belongs to another organization")
        .with_provider(caller.info())
        .with_operation("AdminGetOrganization"))
}

#[async_trait]
impl Connector for OrganizationConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let named = &self.capabilities.listing_of(query).collections;
        let is_of_group = query.member_of.as_ref().is_some_and(|id| id.kind == RBAC_GROUP);
        // Groups have users alone.
        let named = named.iter().filter(|it| !is_of_group || it.kind == ORGANIZATION_USER);
        named.map(|it| Collection::new(it.kind.clone())).collect()
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        if let Some(place_of) = &query.member_of {
            if place_of.kind != IdKind::ORGANIZATION {
                return members::page(caller, place_of, query, place).await;
            }
            if place.position.is_none() {
                own_of(caller, place_of).await?;
            }
        }
        let operation = match place.collection.as_str() {
            "invite" => operations::list_invites(&self.list_invites(query, place))
                .read_as(|response| page(response, &INVITED)),
            "service_account" => {
                let paging = cursor_paging(query, place, MAX_SERVICE_ACCOUNTS);
                let list = ListServiceAccounts { paging, include_archived: Some(true) };
                operations::list_service_accounts(&list)
                    .read_as(|response| page_of_cursors(response, &ACCOUNT))
            }
            _ => operations::list_organization_users(&self.list_users(query, place))
                .read_as(|response| page(response, &USER)),
        };
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let operation = match id.kind.as_str() {
            "organization_user" => USER.asked(operations::get_organization_user(id.native()), id),
            "invite" => INVITED.asked(operations::get_invite(id.native()), id),
            "service_account" => ACCOUNT.asked(operations::get_service_account(id.native()), id),
            "workspace_member" | "rbac_group_member" => return memberships::get(caller, id).await,
            _ => return own_of(caller, id).await,
        };
        caller.call(&operation).await
    }

    /// Reads the record of a member of a workspace or a group. The role there stays the member's role.
    async fn complete(&self, caller: &Caller, profile: &Profile, _: &View) -> Result<Profile> {
        let mut record = self.get(caller, &profile.id, &GetOptions::default()).await?;
        record.roles = Field::Absent;
        Ok(record)
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        own(caller).await
    }

    /// The prefix of an id tells its kind. An address is looked for among users and among invites, because an invite may
    /// exist in addition to a user.
    async fn look_up(&self, _: &Caller, key: &FindKey) -> LookUp {
        let FindKey::NativeId(native) = key else { return LookUp::Listed };
        LookUp::Ids(vec![match native.split('_').next() {
            Some("user") => ORGANIZATION_USER,
            Some("invite") => INVITE,
            Some("svac") if self.capabilities.operations.get.kinds().contains(&SERVICE_ACCOUNT) => {
                SERVICE_ACCOUNT
            }
            _ => IdKind::ORGANIZATION,
        }])
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        self.action(caller, write).map(|action| vec![action])
    }
}
