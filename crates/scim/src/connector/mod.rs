//! The connector: how the engine uses a server that speaks SCIM.

mod capabilities;
mod listing;
mod members;
mod writes;

use std::sync::OnceLock;

use anyprofile_core::{
    Capabilities, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result, Timestamp, Write,
    async_trait, profile::View,
};
use anyprofile_engine::{Action, Basis, Collection, Connector, LookUp, Mapping, Place, RecordPage};
use anyprofile_http::Caller;

use crate::{
    config::{Paging, Quirks},
    discovery::{Features, UserAttributes},
    map, operations, wire,
};

static USER: Mapping<wire::User> = Mapping::new(IdKind::USER, |user: &wire::User| user.id.value(), map::user);
static ME: Mapping<wire::User> = Mapping::new(IdKind::USER, |user: &wire::User| user.id.value(), map::me);

/// What a server can do, and what follows from it.
#[derive(Debug)]
struct Prepared {
    features: Features,
    capabilities: Capabilities,
}

impl Prepared {
    fn new(features: Features, quirks: &Quirks) -> Self {
        let capabilities = capabilities::capabilities(&features, quirks);
        Self { features, capabilities }
    }
}

/// The connector of an account at a server.
#[derive(Debug)]
pub(crate) struct ScimConnector {
    quirks: Quirks,
    unasked: Prepared,
    /// Set by [`prepare`](Connector::prepare).
    asked: OnceLock<Prepared>,
    /// Set before the first write that needs to know.
    attributes: OnceLock<UserAttributes>,
}

impl ScimConnector {
    pub(crate) fn new(quirks: Quirks) -> Self {
        let unasked = Prepared::new(Features::unasked(&quirks), &quirks);
        Self { quirks, unasked, asked: OnceLock::new(), attributes: OnceLock::new() }
    }

    fn prepared(&self) -> &Prepared {
        self.asked.get().unwrap_or(&self.unasked)
    }
}

#[async_trait]
impl Connector for ScimConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.prepared().capabilities
    }

    async fn prepare(&self, caller: &Caller) -> Result<()> {
        let features = Features::discover(caller, &self.quirks).await?;
        // Another call may have been first, with the same answer.
        let _ = self.asked.set(Prepared::new(features, &self.quirks));
        Ok(())
    }

    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let users = Collection::new(IdKind::USER);
        if query.member_of.is_some() {
            return vec![users];
        }
        vec![match self.prepared().features.paging {
            Paging::Index => users.numbered(),
            Paging::Cursor => users,
        }]
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        if let Some(group) = &query.member_of {
            return members::page(caller, group).await;
        }
        let prepared = self.prepared();
        listing::page(caller, query, place, &prepared.features, &prepared.capabilities).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        caller.call(&USER.asked(operations::get_user(id.native()), id)).await
    }

    /// Reads the user of a member, of whom the group has the name alone.
    async fn complete(&self, caller: &Caller, profile: &Profile, _: &View) -> Result<Profile> {
        caller.call(&USER.asked(operations::get_user(profile.id.native()), &profile.id)).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        caller.call(&ME.of(operations::get_me())).await
    }

    async fn look_up(&self, _: &Caller, key: &FindKey) -> LookUp {
        match key {
            FindKey::NativeId(_) => LookUp::Ids(vec![IdKind::USER]),
            _ => LookUp::Listed,
        }
    }

    async fn basis(&self, caller: &Caller, write: &Write, current: Option<&Profile>) -> Result<Basis> {
        writes::basis(caller, write, current, &self.prepared().features, &self.attributes).await
    }

    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        let prepared = self.prepared();
        writes::action(caller, write, basis, &prepared.features, &prepared.capabilities)
            .map(|action| vec![action])
    }
}
