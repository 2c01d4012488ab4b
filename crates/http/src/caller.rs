//! What the code that knows a service may do, and what it may remember of an account.

use std::{
    any::Any,
    collections::HashMap,
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, RequestStats, Result};
use tokio::{sync::OnceCell, time::Instant};

use crate::{HttpClient, Operation};

/// Calls operations of one account, adds up what they take, and remembers what the account is known for. Cheap to clone.
///
/// In tests, give the client a [`Transport`](crate::Transport) that answers from a script.
#[derive(Clone, Debug)]
pub struct Caller {
    http: HttpClient,
    known: Knowledge,
    spent: Arc<Mutex<RequestStats>>,
    may_write: bool,
}

impl Caller {
    /// A caller of an account of which nothing is known yet.
    pub fn new(http: HttpClient) -> Self {
        Self { http, known: Knowledge::default(), spent: Arc::default(), may_write: true }
    }

    /// The same caller with nothing spent, for one thing that is wished for.
    pub fn begin(&self) -> Self {
        Self { spent: Arc::default(), ..self.clone() }
    }

    /// The same caller, which refuses operations that write.
    pub fn reading(&self) -> Self {
        Self { may_write: false, ..self.clone() }
    }

    /// Who is spoken to.
    pub fn info(&self) -> &ProviderInfo {
        self.http.info()
    }

    /// The client that sends the requests.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Calls an operation, and gives what was read of its response.
    ///
    /// # Errors
    /// As [`HttpClient::call`]; and [`ErrorKind::Internal`], with nothing sent, for an operation that writes of a caller that
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

    /// Adds what was spent otherwise for the same wish.
    pub fn spend(&self, stats: RequestStats) {
        *self.lock() += stats;
    }

    /// What was spent since this caller [began](Self::begin), by its clones too.
    pub fn spent(&self) -> RequestStats {
        *self.lock()
    }

    /// What an account is known for: found by `find` the first time, once for all who ask meanwhile, and again when it is too
    /// old. A failure is not remembered. `find` must not ask for the same fact: it would wait for itself.
    ///
    /// # Errors
    /// Those of `find`.
    pub async fn remember<T: Send + Sync + 'static>(
        &self,
        fact: Fact<T>,
        find: impl Future<Output = Result<T>> + Send,
    ) -> Result<Arc<T>> {
        let cell = self.known.cell(fact.name, fact.most_age);
        let found = cell
            .get_or_try_init(|| async move {
                let value: Arc<dyn Any + Send + Sync> = Arc::new(find.await?);
                Ok::<_, Error>(Found { value, at: Instant::now(), may_change: fact.most_age.is_some() })
            })
            .await?;
        found.value.clone().downcast().map_err(|_| {
            Error::new(ErrorKind::Internal, "two facts of an account have the same name")
                .with_provider(self.info())
                .with_hint("report this as a defect")
        })
    }

    /// Forgets all that [may change](Fact::at_most): something was written.
    pub fn forget_what_may_change(&self) {
        // What is on its way was asked for before.
        self.known.lock().retain(|_, cell| cell.get().is_some_and(|found| !found.may_change));
    }

    fn lock(&self) -> MutexGuard<'_, RequestStats> {
        // A sum is whole at any time.
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of something that an account is known for, such as the own id, and of which type it is. One of a kind in a
/// connector.
pub struct Fact<T> {
    name: &'static str,
    most_age: Option<Duration>,
    of: PhantomData<fn() -> T>,
}

impl<T> Fact<T> {
    /// Something that does not change.
    pub const fn new(name: &'static str) -> Self {
        Self { name, most_age: None, of: PhantomData }
    }

    /// Something that may change: it is found anew when it is older, and after something was written.
    pub const fn at_most(mut self, age: Duration) -> Self {
        self.most_age = Some(age);
        self
    }
}

impl<T> Clone for Fact<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fact<T> {}

impl<T> fmt::Debug for Fact<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fact({})", self.name)
    }
}

struct Found {
    value: Arc<dyn Any + Send + Sync>,
    at: Instant,
    may_change: bool,
}

type Cells = HashMap<&'static str, Arc<OnceCell<Found>>>;

/// What is known of an account: as many entries as a connector has facts.
#[derive(Clone, Default)]
struct Knowledge(Arc<Mutex<Cells>>);

impl Knowledge {
    fn lock(&self) -> MutexGuard<'_, Cells> {
        // Each change of the map is one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a fact, an empty one where what is there is too old.
    fn cell(&self, name: &'static str, most_age: Option<Duration>) -> Arc<OnceCell<Found>> {
        let mut cells = self.lock();
        let cell = cells.entry(name).or_default();
        let is_old = |found: &Found| most_age.is_some_and(|most| found.at.elapsed() > most);
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
