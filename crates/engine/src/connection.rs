//! An account as a provider.

use std::{fmt, sync::Arc};

use anyprofile_core::{
    Capabilities, Error, ExecuteOptions, Executed, FindKey, Found, GetOptions, ListQuery, Plan, PlanOptions,
    Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Write, async_trait,
    check::Finding,
    find::{find_by_listing, find_in_collections, found_or_nobody, look_up},
    listing::{Cursor, Page},
};
use anyprofile_http::{Caller, HttpClient};
use tokio::sync::OnceCell;

use crate::{Connector, LookUp, listing, writing};

/// A provider for one account of a service: a [`Connector`] for what differs between services, and the engine for everything else.
///
/// Cheap to clone; clones share connections, tokens and cached facts about the account.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    connector: Arc<dyn Connector>,
    caller: Caller,
    prepared: OnceCell<()>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("info", self.info())
            .field("connector", &self.0.connector)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Creates a provider from a connector and the client of an account. Sends no request.
    pub fn new(connector: impl Connector, http: HttpClient) -> Self {
        Self(Arc::new(Inner {
            connector: Arc::new(connector),
            caller: Caller::new(http),
            prepared: OnceCell::new(),
        }))
    }

    /// Returns the client of the account.
    pub fn http(&self) -> &HttpClient {
        self.0.caller.http()
    }

    pub(crate) fn connector(&self) -> &dyn Connector {
        &*self.0.connector
    }

    /// Prepares the connector, and runs one method of the provider. An error holds the stats of all its requests.
    pub(crate) async fn run<T>(&self, method: impl AsyncFnOnce(&Caller) -> Result<T>) -> Result<T> {
        let caller = self.0.caller.begin();
        let result = match self.prepare_by(&caller.reading()).await {
            Ok(()) => method(&caller).await,
            Err(error) => Err(error),
        };
        result.map_err(|error| {
            let spent = caller.spent();
            // Requests that the core crate sends through the provider, such as for a plan, are in the error and not with this caller.
            if spent.attempts >= error.stats().attempts { error.with_stats(spent) } else { error }
        })
    }

    async fn prepare_by(&self, caller: &Caller) -> Result<()> {
        self.0.prepared.get_or_try_init(|| self.connector().prepare(caller)).await.copied()
    }

    /// Reads the requested profile, and checks that it is not another one.
    pub(crate) async fn read(
        &self,
        caller: &Caller,
        id: &ProfileId,
        options: &GetOptions,
    ) -> Result<Profile> {
        let profile = self.connector().get(caller, id, options).await?;
        if self.capabilities().is_same(id, &profile.id) {
            Ok(profile)
        } else {
            Err(self.info().somebody_else(id, &profile.id))
        }
    }

    /// Adds the further records of a profile, if the options ask for them.
    async fn completed(
        &self,
        caller: &Caller,
        mut profile: Profile,
        options: &GetOptions,
    ) -> Result<Profile> {
        if options.enrich {
            self.complete(caller, &mut profile, &options.fields).await?;
        }
        Ok(profile)
    }
}

#[async_trait]
impl ProfileProvider for Connection {
    fn info(&self) -> &ProviderInfo {
        self.0.caller.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.connector().capabilities()
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.run(async |_| Ok(())).await?;
        Ok(self.capabilities())
    }

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.run(async |caller| self.connector().examine(&caller.reading()).await).await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.run(async |caller| listing::page(self, caller, query, cursor).await).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.run(async |caller| {
            self.capabilities().operations.get.check(self.info(), "get", id)?;
            let caller = &caller.reading();
            self.completed(caller, self.read(caller, id, options).await?, options).await
        })
        .await
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.run(async |caller| {
            let current = &self.capabilities().operations.current;
            if !current.is_supported() {
                return Err(current.missing(self.info(), "current"));
            }
            let caller = &caller.reading();
            let current = self.connector().current(caller, options).await.map_err(Error::as_wrong_place)?;
            self.completed(caller, current, options).await
        })
        .await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let (how, mut sent) = self
            .run(async |caller| {
                let before = caller.spent().requests;
                let how = self.connector().look_up(&caller.reading(), key).await;
                Ok((how, caller.spent().requests - before))
            })
            .await?;
        let mut found = match how {
            LookUp::Direct(result) => {
                // The look-up itself is counted with its result.
                sent = sent.saturating_sub(1);
                found_or_nobody(self, key, result.map(|profile| *profile)).await?
            }
            LookUp::DirectAmong(result, kinds) => {
                sent = sent.saturating_sub(1);
                let mut found = found_or_nobody(self, key, result.map(|profile| *profile)).await?;
                let listed = self.capabilities().listing.collections.iter().map(|it| it.kind.clone());
                let others: Vec<_> = listed.filter(|kind| !kinds.contains(kind)).collect();
                let further = find_in_collections(self, key, &others).await?;
                found.profiles.extend(further.profiles);
                found.requests += further.requests;
                found.is_complete &= further.is_complete;
                found.method = further.method;
                found
            }
            LookUp::Ids(kinds) => match key {
                FindKey::NativeId(native) => look_up(self, native, &kinds).await?,
                _ => Found::unanswerable(),
            },
            LookUp::Listed => find_by_listing(self, key).await?,
            LookUp::Unanswerable => Found::unanswerable(),
        };
        found.requests += u64::from(sent);
        Ok(found)
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.run(async |caller| writing::plan(self, caller, write, options).await).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        self.run(async |caller| writing::execute(self, caller, plan, options).await).await
    }
}
