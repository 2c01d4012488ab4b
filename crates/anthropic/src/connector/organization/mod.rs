//! The connector for the organization's own people and programs.

mod capabilities;
mod members;
mod memberships;
mod writes;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, Expected, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId,
    Result, Status, Timestamp, Write, async_trait,
    profile::View,
    query::FilterPart,
    wire::{Tolerant, WithRaw},
};
use anyprofile_engine::{
    Action, Basis, Collection, Connector, LookUp, Mapping, Onward, Place, Position, RecordPage,
};
use anyprofile_http::{Caller, Response};

pub use self::memberships::{
    RBAC_GROUP_MEMBER, WORKSPACE_MEMBER, WORKSPACE_SERVICE_ACCOUNT, rbac_group_member_id,
    workspace_member_id, workspace_service_account_id,
};
use crate::{
    CursorPaging, IdPaging, ListInvites, ListOrganizationUsers, ListServiceAccounts, map,
    operations::{self, MAX_SERVICE_ACCOUNTS, cursor_page, id_page},
    wire::{self, CursorPage, IdPage, InviteStatus},
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

    fn shows_service_accounts(&self) -> bool {
        self.capabilities.operations.get.kinds().contains(&SERVICE_ACCOUNT)
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

/// Returns whether only an invite can have a status.
fn is_status_of_invites(expected: &Expected<Status>) -> bool {
    let Expected::Is(status) = expected else { return false };
    InviteStatus::WORDS.contains(&status.as_str())
}

/// Returns the page of a query.
fn paging(query: &ListQuery, place: &Place<'_>) -> IdPaging {
    IdPaging { limit: query.page_size, after_id: place.token().map(str::to_owned), before_id: None }
}

/// Returns the page of a query, of a list with cursors.
fn cursor_paging(query: &ListQuery, place: &Place<'_>, max_limit: u32) -> CursorPaging {
    let limit = query.page_size.map(|size| size.min(max_limit));
    CursorPaging { limit, page: place.token().map(str::to_owned) }
}

static USER: Mapping<wire::OrganizationUser> =
    Mapping::new(ORGANIZATION_USER, |record| record.id.value(), map::organization_user);
static ACCOUNT: Mapping<wire::ServiceAccount> =
    Mapping::new(SERVICE_ACCOUNT, |record| record.id.value(), map::service_account);
static INVITED: Mapping<wire::Invite> = Mapping::new(INVITE, |record| record.id.value(), map::invite);
static ORGANIZATION: Mapping<wire::Organization> =
    Mapping::new(IdKind::ORGANIZATION, |record| record.id.value(), map::organization);

/// Converts a record of a page.
type Convert<'a, T> = dyn Fn(WithRaw<T>) -> std::result::Result<Profile, String> + 'a;

/// Reads a page of a list whose cursors are the ids of its records, and the id after which the next page begins.
fn page_of_ids<T: Tolerant>(response: &Response, convert: &Convert<'_, T>) -> Result<RecordPage> {
    let listed = id_page::<WithRaw<T>>(response)?;
    let onward = onward(response, listed.list.next_after_id())?;
    let page = listed.into_page(|IdPage { data, .. }| (data, None));
    Ok(RecordPage::new(page.try_map(convert), onward))
}

/// Reads a page of a list with cursors, and the cursor of the next page. An empty page with a cursor is not the end.
fn page_of_cursors<T: Tolerant>(response: &Response, convert: &Convert<'_, T>) -> Result<RecordPage> {
    let listed = cursor_page::<WithRaw<T>>(response)?;
    let onward = onward(response, listed.list.next_cursor())?;
    let page = listed.into_page(|CursorPage { data, .. }| (data, None));
    Ok(RecordPage::new(page.try_map(convert), onward))
}

fn onward(response: &Response, next: Result<Option<&str>>) -> Result<Onward> {
    let next = next.map_err(|error| response.error(error.kind(), error.message().to_owned()))?;
    Ok(next.map_or(Onward::End, |token| Onward::At(Position::Token(token.to_owned()))))
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

    /// Leaves out a list that cannot hold who is asked for: service accounts have no address, and the statuses of
    /// invites belong to nobody else.
    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let kinds = match query.member_of.as_ref().map(|place_of| place_of.kind.as_str()) {
            Some("workspace") => vec![WORKSPACE_MEMBER, WORKSPACE_SERVICE_ACCOUNT],
            Some("rbac_group") => vec![RBAC_GROUP_MEMBER],
            Some(_) => vec![ORGANIZATION_USER],
            None => vec![ORGANIZATION_USER, INVITE, SERVICE_ACCOUNT],
        };
        let filter = &query.filter;
        let is_of_invites = !filter.status.is_empty() && filter.status.iter().all(is_status_of_invites);
        let is_program = |kind: &IdKind| [SERVICE_ACCOUNT, WORKSPACE_SERVICE_ACCOUNT].contains(kind);
        let named = &self.capabilities.listing_of(query).collections;
        kinds
            .into_iter()
            .filter(|kind| named.iter().any(|it| it.kind == *kind))
            .filter(|kind| query.member_of.is_some() || !is_of_invites || *kind == INVITE)
            .filter(|kind| filter.email.is_none() || !is_program(kind))
            .map(Collection::new)
            .collect()
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
                .read_as(|response| page_of_ids(response, &INVITED.each(response))),
            "service_account" => {
                let paging = cursor_paging(query, place, MAX_SERVICE_ACCOUNTS);
                let list = ListServiceAccounts { paging, include_archived: Some(true) };
                operations::list_service_accounts(&list)
                    .read_as(|response| page_of_cursors(response, &ACCOUNT.each(response)))
            }
            _ => operations::list_organization_users(&self.list_users(query, place))
                .read_as(|response| page_of_ids(response, &USER.each(response))),
        };
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let operation = match id.kind.as_str() {
            "organization_user" => USER.asked(operations::get_organization_user(id.native()), id),
            "invite" => INVITED.asked(operations::get_invite(id.native()), id),
            "service_account" => ACCOUNT.asked(operations::get_service_account(id.native()), id),
            "workspace_member" | "workspace_service_account" | "rbac_group_member" => {
                return memberships::get(caller, id).await;
            }
            _ => return own_of(caller, id).await,
        };
        caller.call(&operation).await
    }

    /// Reads the user or the service account of a membership.
    async fn complete(&self, caller: &Caller, profile: &Profile, _: &View) -> Result<Profile> {
        memberships::holder(caller, &profile.id).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        own(caller).await
    }

    /// The prefix of an id tells its kind. An address is looked for among users and among invites, because an invite may
    /// exist in addition to a user.
    async fn look_up(&self, _: &Caller, key: &FindKey) -> LookUp {
        let FindKey::NativeId(native) = key else { return LookUp::Listed };
        LookUp::Ids(match native.split_once('_').map(|(prefix, _)| prefix) {
            Some("user") => vec![ORGANIZATION_USER],
            Some("invite") => vec![INVITE],
            Some("svac") if self.shows_service_accounts() => vec![SERVICE_ACCOUNT],
            // The service does not show service accounts to this credential, and the others are not profiles.
            Some("svac" | "wrkspc" | "rbac") => return LookUp::Unanswerable,
            Some(_) => vec![ORGANIZATION_USER, INVITE, IdKind::ORGANIZATION],
            None => vec![IdKind::ORGANIZATION],
        })
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        self.action(caller, write).map(|action| vec![action])
    }
}
