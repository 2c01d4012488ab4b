//! The connector for the organization's own people.

mod capabilities;
mod writes;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result,
    Timestamp, Write, async_trait,
    query::FilterPart,
    wire::{Tolerant, WithRaw},
};
use anyprofile_engine::{Action, Basis, Connector, LookUp, Mapping, Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Response};

use crate::{
    ListInvites, ListOrganizationUsers, map,
    operations::{self, id_page},
    wire,
};

/// The kind of the ids of the organization's users (`anthropic:claude/organization_user/user_…`).
pub const ORGANIZATION_USER: IdKind = IdKind::new("organization_user");
/// The kind of the ids of invites to the organization (`anthropic:claude/invite/invite_…`).
pub const INVITE: IdKind = IdKind::new("invite");

/// The connector of an organization at Anthropic.
#[derive(Debug)]
pub(crate) struct OrganizationConnector {
    capabilities: Capabilities,
}

impl OrganizationConnector {
    pub(crate) fn new() -> Self {
        Self { capabilities: capabilities::capabilities() }
    }

    /// Returns the service's parameters for a query of users.
    fn list_users(&self, query: &ListQuery, place: &Place<'_>) -> ListOrganizationUsers {
        let pushed = query.filter_plan(&self.capabilities).pushed;
        let is_pushed = |part| pushed.contains(&part);
        let role = query.filter.role.as_deref().filter(|_| is_pushed(FilterPart::Role));
        ListOrganizationUsers {
            limit: query.page_size,
            after_id: place.token().map(str::to_owned),
            email: query.filter.email.clone().filter(|_| is_pushed(FilterPart::Email)),
            roles: role.into_iter().map(Into::into).collect(),
            ..ListOrganizationUsers::default()
        }
    }
}

static USER: Mapping<wire::OrganizationUser> =
    Mapping::new(ORGANIZATION_USER, |record| record.id.value(), map::organization_user);
static INVITED: Mapping<wire::Invite> = Mapping::new(INVITE, |record| record.id.value(), map::invite);
static ORGANIZATION: Mapping<wire::Organization> =
    Mapping::new(IdKind::ORGANIZATION, |record| record.id.value(), map::organization);

/// Reads a page of users or invites, and the id after which the next page begins.
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

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        if let (Some(organization), None) = (&query.member_of, place.position) {
            own_of(caller, organization).await?;
        }
        let operation = if *place.collection == INVITE {
            let list = ListInvites {
                limit: query.page_size,
                after_id: place.token().map(str::to_owned),
                ..ListInvites::default()
            };
            operations::list_invites(&list).read_as(|response| page(response, &INVITED))
        } else {
            let list = self.list_users(query, place);
            operations::list_organization_users(&list).read_as(|response| page(response, &USER))
        };
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let operation = match id.kind.as_str() {
            "organization_user" => USER.asked(operations::get_organization_user(id.native()), id),
            "invite" => INVITED.asked(operations::get_invite(id.native()), id),
            _ => return own_of(caller, id).await,
        };
        caller.call(&operation).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        own(caller).await
    }

    /// The prefix of an id tells its kind. All invites are read, because an invite may exist in addition to a
    /// user with the same address.
    async fn look_up(&self, _: &Caller, key: &FindKey) -> LookUp {
        let FindKey::NativeId(native) = key else { return LookUp::Listed };
        LookUp::Ids(vec![match native.split('_').next() {
            Some("user") => ORGANIZATION_USER,
            Some("invite") => INVITE,
            _ => IdKind::ORGANIZATION,
        }])
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        self.action(caller, write).map(|action| vec![action])
    }
}
