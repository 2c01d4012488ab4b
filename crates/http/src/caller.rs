//! Calls operations of one account and caches facts about it.

use std::{
    any::Any,
    borrow::Cow,
    collections::HashMap,
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, RequestStats, Result};
use tokio::{sync::OnceCell, time::Instant};

use crate::{HttpClient, Operation};

/// Calls operations of one account, sums up their [`RequestStats`], and caches facts about the account. Cheap to clone.
///
/// In tests, give the client a [`Transport`](crate::Transport) that responds from memory.
///
/// ```
/// # use std::sync::Arc;
/// #
/// # use anyprofile_core::{ProviderInfo, Result, async_trait};
/// # use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, ResponseBody, StaticDialect, Transport, TransportError};
/// # use bytes::Bytes;
/// #
/// # #[derive(Debug)]
/// # struct InMemory;
/// #
/// # #[async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)))
/// #     }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", "https://api.example.com/v1");
/// # let credential = Credential::header(http::header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// # let dialect = StaticDialect::new(|_| true, |_, _| {});
/// # let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// # let client = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
/// use anyprofile_http::{Caller, Operation, Request};
///
/// /// The name of a user.
/// fn get_name(user: &str) -> Operation<String> {
///     Operation::new(Request::get("get-user").path("/users").segment(user), |response| {
///         let user: serde_json::Value = response.decode()?;
///         Ok(user["name"].as_str().unwrap_or_default().to_owned())
///     })
/// }
///
/// let caller = Caller::new(client);
/// assert_eq!(caller.call(&get_name("ada")).await?, "Ada");
/// assert_eq!(caller.spent().requests, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Caller {
    http: HttpClient,
    known: Knowledge,
    spent: Arc<Mutex<RequestStats>>,
    may_write: bool,
}

impl Caller {
    /// Creates a caller with an empty cache.
    pub fn new(http: HttpClient) -> Self {
        Self { http, known: Knowledge::default(), spent: Arc::default(), may_write: true }
    }

    /// Returns a caller with the same cache and a sum of zero, for one operation of the provider.
    pub fn begin(&self) -> Self {
        Self { spent: Arc::default(), ..self.clone() }
    }

    /// Returns a caller with the same cache and sum that refuses operations that write.
    pub fn reading(&self) -> Self {
        Self { may_write: false, ..self.clone() }
    }

    /// Returns the service and account that requests are sent to.
    pub fn info(&self) -> &ProviderInfo {
        self.http.info()
    }

    /// Returns the client that sends the requests.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Calls an operation and returns the value that is read from its response.
    ///
    /// # Errors
    /// Those of [`HttpClient::call`]. [`ErrorKind::Internal`], with nothing sent, if the operation writes and the caller
    /// [only reads](Self::reading).
    pub async fn call<T>(&self, operation: &Operation<T>) -> Result<T> {
        if !self.may_write && !operation.request().reads() {
            let name = operation.request().operation().clone();
            return Err(Error::new(
                ErrorKind::Internal,
                "nothing was sent: the operation writes where only reading is allowed",
            )
            .with_provider(self.info())
            .with_operation(name)
            .with_hint("report this as a defect"));
        }
        let reply = self.http.call(operation).await;
        let stats = reply.as_ref().map_or_else(Error::stats, |reply| reply.stats);
        *self.lock() += stats;
        reply.map(|reply| reply.value)
    }

    /// Adds stats of requests that were sent without this caller.
    pub fn spend(&self, stats: RequestStats) {
        *self.lock() += stats;
    }

    /// Returns the sum of the stats since this caller [began](Self::begin), those of its clones included.
    pub fn spent(&self) -> RequestStats {
        *self.lock()
    }

    /// Returns a fact about the account from the cache, or runs `find` and caches its result.
    ///
    /// Concurrent calls share one run of `find`. It runs again when the fact is too old. An error is not cached. `find` must not
    /// ask for the same fact: it would deadlock.
    ///
    /// # Errors
    /// Those of `find`.
    pub async fn remember<T: Send + Sync + 'static>(
        &self,
        fact: Fact<T>,
        find: impl Future<Output = Result<T>> + Send,
    ) -> Result<Arc<T>> {
        let cell = self.known.cell(fact.name.clone(), fact.most_age);
        let found = cell
            .get_or_try_init(|| async move {
                let value: Arc<dyn Any + Send + Sync> = Arc::new(find.await?);
                Ok::<_, Error>(CachedFact { value, at: Instant::now(), may_change: fact.most_age.is_some() })
            })
            .await?;
        found.value.clone().downcast().map_err(|_| {
            Error::new(ErrorKind::Internal, "two facts of an account have the same name")
                .with_provider(self.info())
                .with_hint("report this as a defect")
        })
    }

    /// Removes facts that [may change](Fact::at_most) from the cache, after a write.
    pub fn forget_what_may_change(&self) {
        // A fact that is being found was requested before the write: it is removed too.
        self.known.lock().retain(|_, cell| cell.get().is_some_and(|found| !found.may_change));
    }

    fn lock(&self) -> MutexGuard<'_, RequestStats> {
        // A sum is always valid, also after a panic.
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name and type of a cached fact about an account, such as its own id. The name must be unique in a connector.
///
/// ```
/// # use std::sync::Arc;
/// #
/// # use anyprofile_core::{ProviderInfo, Result, async_trait};
/// # use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, ResponseBody, StaticDialect, Transport, TransportError};
/// # use bytes::Bytes;
/// #
/// # #[derive(Debug)]
/// # struct InMemory;
/// #
/// # #[async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)))
/// #     }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", "https://api.example.com/v1");
/// # let credential = Credential::header(http::header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// # let dialect = StaticDialect::new(|_| true, |_, _| {});
/// # let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// # let client = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
/// use std::time::Duration;
///
/// use anyprofile_http::{Caller, Fact};
///
/// /// The id of the account's organization, which is asked for once an hour.
/// const ORGANIZATION: Fact<String> = Fact::new("organization").at_most(Duration::from_secs(3600));
///
/// let caller = Caller::new(client);
/// let first = caller.remember(ORGANIZATION, async { Ok("o1".to_owned()) }).await?;
/// let second = caller.remember(ORGANIZATION, async { unreachable!("it is known") }).await?;
/// assert_eq!(first, second);
/// # Ok(())
/// # }
/// ```
pub struct Fact<T> {
    name: Cow<'static, str>,
    most_age: Option<Duration>,
    of: PhantomData<fn() -> T>,
}

impl<T> Fact<T> {
    /// Creates a fact that never changes.
    pub const fn new(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), most_age: None, of: PhantomData }
    }

    /// Creates a fact whose name is not known when the program is built.
    pub const fn named(name: String) -> Self {
        Self { name: Cow::Owned(name), most_age: None, of: PhantomData }
    }

    /// Sets how old the fact may be. It is found again when it is older, and after a write.
    pub const fn at_most(mut self, age: Duration) -> Self {
        self.most_age = Some(age);
        self
    }
}

impl<T> Clone for Fact<T> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), ..*self }
    }
}

impl<T> fmt::Debug for Fact<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fact({})", self.name)
    }
}

struct CachedFact {
    value: Arc<dyn Any + Send + Sync>,
    at: Instant,
    may_change: bool,
}

type Cells = HashMap<Cow<'static, str>, Arc<OnceCell<CachedFact>>>;

/// The cache of an account, with one entry for each fact of the connector.
#[derive(Clone, Default)]
struct Knowledge(Arc<Mutex<Cells>>);

impl Knowledge {
    fn lock(&self) -> MutexGuard<'_, Cells> {
        // Each change of the map is one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the cell of a fact, or an empty one if the fact is too old.
    fn cell(&self, name: Cow<'static, str>, most_age: Option<Duration>) -> Arc<OnceCell<CachedFact>> {
        let mut cells = self.lock();
        let cell = cells.entry(name).or_default();
        let is_old = |found: &CachedFact| most_age.is_some_and(|most| found.at.elapsed() > most);
        if cell.get().is_some_and(is_old) {
            *cell = Arc::default();
        }
        Arc::clone(cell)
    }
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Knowledge(..)")
    }
}
