//! The connector: how the engine uses a server that speaks SCIM.

mod capabilities;
mod changes;
mod ends;
mod examination;
mod filters;
mod listing;
mod members;
mod sample;
mod writes;

use std::sync::OnceLock;

use anyprofile_core::{
    Capabilities, Error, ErrorKind, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result,
    Timestamp, Write, async_trait, check::Finding, profile::View,
};
use anyprofile_engine::{Action, Basis, Collection, Connector, LookUp, Mapping, Place, RecordPage};
use anyprofile_http::Caller;
use futures_util::future::try_join;

use self::filters::{Compared, ReliableFilters};
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
    attributes: UserAttributes,
    capabilities: Capabilities,
}

impl Prepared {
    fn new(features: Features, attributes: UserAttributes, quirks: &Quirks) -> Self {
        let capabilities = capabilities::capabilities(&features, &attributes, quirks);
        Self { features, attributes, capabilities }
    }
}

/// The connector of an account at a server.
#[derive(Debug)]
pub(crate) struct ScimConnector {
    quirks: Quirks,
    unasked: Prepared,
    /// Set by [`prepare`](Connector::prepare).
    asked: OnceLock<Prepared>,
    filters: ReliableFilters,
}

impl ScimConnector {
    pub(crate) fn new(quirks: Quirks) -> Self {
        let unasked = Prepared::new(Features::unasked(&quirks), UserAttributes::default(), &quirks);
        Self { quirks, unasked, asked: OnceLock::new(), filters: ReliableFilters::default() }
    }

    /// Looks a user name up by the server's filter, if it can be relied on.
    async fn by_user_name(&self, caller: &Caller, name: &str) -> Result<LookUp> {
        if !self.filters.has(Compared::UserName, caller).await? {
            return Ok(LookUp::Listed);
        }
        let mut found = listing::by_user_name(caller, name).await?;
        match (found.pop(), found.is_empty()) {
            (Some(user), true) => Ok(LookUp::Direct(Ok(Box::new(user)))),
            (None, _) => {
                let nobody = Error::new(ErrorKind::NotFound, "no user has this user name");
                Ok(LookUp::Direct(Err(nobody.with_provider(caller.info()))))
            }
            (Some(_), false) => Ok(LookUp::Listed),
        }
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
        let features = Features::discover(caller, &self.quirks);
        let attributes = UserAttributes::discover(caller, &self.quirks);
        let (features, attributes) = try_join(features, attributes).await?;
        // Another call may have been first, with the same answer.
        let _ = self.asked.set(Prepared::new(features, attributes, &self.quirks));
        Ok(())
    }

    async fn examine(&self, caller: &Caller) -> Result<Vec<Finding>> {
        examination::examine(caller, &self.prepared().features, &self.quirks).await
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
        let mut pushed = Vec::new();
        for part in query.filter_plan(&prepared.capabilities).pushed {
            // A filter that is not relied on is applied to all users, here.
            let is_reliable = match Compared::of(part) {
                Some(compared) => self.filters.has(compared, caller).await?,
                None => true,
            };
            if is_reliable {
                pushed.push(part);
            }
        }
        listing::page(caller, query, &pushed, place, &prepared.features).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        caller.call(&USER.asked(operations::get_user(id.native()), id)).await
    }

    /// Reads the user of a member, of whom the group has the name alone.
    async fn complete(&self, caller: &Caller, profile: &Profile, _: &View) -> Result<Profile> {
        caller.call(&USER.asked(operations::get_user(profile.id.native()), &profile.id)).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        let me = caller.call(&ME.of(operations::get_me())).await;
        me.map_err(|error| match error.kind() {
            ErrorKind::Config | ErrorKind::NotFound | ErrorKind::Unsupported => {
                error.with_hint("if the server has no /Me, set `quirks = { me = false }`")
            }
            _ => error,
        })
    }

    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        match key {
            FindKey::NativeId(_) => LookUp::Ids(vec![IdKind::USER]),
            FindKey::Username(name) if self.prepared().features.filter => {
                self.by_user_name(caller, name).await.unwrap_or_else(|error| LookUp::Direct(Err(error)))
            }
            _ => LookUp::Listed,
        }
    }

    async fn basis(&self, caller: &Caller, write: &Write, current: Option<&Profile>) -> Result<Basis> {
        writes::basis(caller, write, current, &self.prepared().features).await
    }

    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        writes::action(caller, write, basis, self.prepared()).map(|action| vec![action])
    }
}
