//! A layer that tells an observer of every call.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;

use crate::{
    AccountName, Capabilities, Error, ErrorKind, ExecuteOptions, Executed, FindKey, Found, GetOptions,
    ListQuery, Plan, PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, ServiceName,
    Write,
    error::Effect,
    listing::{Cursor, Page},
    plan::StepOutcome,
};

/// Is told of the calls of a provider: for metrics, traces and logs of a program's own.
///
/// Both methods do nothing unless they are implemented. Each call that begins also ends: with a result, with an error, or
/// cancelled, when its future is dropped. Of a call that ends with a panic the end is not told. Events carry no id of a profile
/// and nothing that a profile holds.
///
/// Methods are called on the way of the call, in the task that makes it: they must not block. They must not panic; if one does,
/// the call fails with the panic, and nothing more is told of it.
///
/// What happens between a call and the service, request by request, is told to the observer of the HTTP client.
///
/// ```
/// use std::sync::{
///     Arc,
///     atomic::{AtomicU64, Ordering},
/// };
///
/// use anyprofile_core::{
///     ProfileProvider,
///     layers::{CallFinished, CallOutcome, Observed, ProviderObserver},
/// };
///
/// #[derive(Debug, Default)]
/// struct Failures(AtomicU64);
///
/// impl ProviderObserver for Failures {
///     fn call_finished(&self, event: &CallFinished<'_>) {
///         if let CallOutcome::Failed(kind) = event.outcome {
///             eprintln!("{} of {}: {kind} after {:?}", event.call.operation, event.call.account, event.duration);
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// fn observed(provider: Arc<dyn ProfileProvider>) -> Arc<dyn ProfileProvider> {
///     Arc::new(Observed::new(provider, Arc::new(Failures::default())))
/// }
/// ```
pub trait ProviderObserver: fmt::Debug + Send + Sync + 'static {
    /// A call begins. Nothing was sent yet.
    fn call_started(&self, call: &ProviderCall<'_>) {
        let _ = call;
    }

    /// A call ended.
    fn call_finished(&self, event: &CallFinished<'_>) {
        let _ = event;
    }
}

/// A call of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderCall<'a> {
    /// A number that no other call of this process has.
    pub id: u64,
    /// The operation: `prepare`, `list`, `get`, `current`, `find`, `plan` or `execute`. A listing is a call for each page.
    pub operation: &'static str,
    /// Of a plan and an execution what is to be written: `create`, `update`, `deactivate`, `delete` or `enroll`.
    pub write: Option<&'static str>,
    /// The service.
    pub service: &'a ServiceName,
    /// The account.
    pub account: &'a AccountName,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFinished<'a> {
    /// The call.
    pub call: ProviderCall<'a>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What was written: [`Effect::Whole`] where all was, also without a failure. Of an execution that was cancelled it is
    /// [`Effect::Possible`].
    pub effect: Effect,
    /// How many profiles came; of a plan, how many requests it shows, and of an execution how many of them were made.
    pub items: u64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// With a result.
    Succeeded,
    /// With an error of this kind. So does an execution in which a request failed.
    Failed(ErrorKind),
    /// Its future was dropped.
    Cancelled,
}

/// A provider that tells a [`ProviderObserver`] of every call. It changes nothing of what is asked and of what comes.
///
/// A call that the provider makes of itself is part of the call that it serves, and is not told: reading a profile to plan an
/// update, for one.
#[derive(Clone)]
pub struct Observed {
    provider: Arc<dyn ProfileProvider>,
    observer: Arc<dyn ProviderObserver>,
    clock: Arc<dyn Fn() -> Instant + Send + Sync>,
}

impl fmt::Debug for Observed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Observed")
            .field("provider", &self.provider)
            .field("observer", &self.observer)
            .finish_non_exhaustive()
    }
}

impl Observed {
    /// Wraps a provider.
    pub fn new(provider: Arc<dyn ProfileProvider>, observer: Arc<dyn ProviderObserver>) -> Self {
        Self { provider, observer, clock: Arc::new(Instant::now) }
    }

    /// Sets the clock that durations are measured with, for tests. Default: [`Instant::now`].
    pub fn with_clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes a call, and tells of it.
    async fn observe<T>(
        &self,
        operation: &'static str,
        write: Option<&Write>,
        if_cancelled: Told,
        call: impl Future<Output = Result<T>>,
        told: impl FnOnce(&T) -> Told,
    ) -> Result<T> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let info = self.info();
        let call_of = ProviderCall {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            operation,
            write: write.map(Write::operation),
            service: &info.service,
            account: &info.account,
        };
        self.observer.call_started(&call_of);
        let mut watch = Watch { observed: self, call: call_of, began: (self.clock)(), told: if_cancelled };
        let result = call.await;
        watch.told = match &result {
            Ok(value) => told(value),
            Err(error) => Told::failed(error, 0),
        };
        result
    }
}

/// What is told of a call that ended.
#[derive(Clone, Copy)]
struct Told {
    outcome: CallOutcome,
    effect: Effect,
    items: u64,
}

/// What is told of a call that only reads and is dropped.
const READ: Told = Told::cancelled(Effect::None);

impl Told {
    /// Of a call that is dropped before its end.
    const fn cancelled(effect: Effect) -> Self {
        Self { outcome: CallOutcome::Cancelled, effect, items: 0 }
    }

    fn read(items: usize) -> Self {
        Self { outcome: CallOutcome::Succeeded, effect: Effect::None, items: items as u64 }
    }

    fn failed(error: &Error, items: u64) -> Self {
        Self { outcome: CallOutcome::Failed(error.kind()), effect: error.effect(), items }
    }

    fn executed(executed: &Executed) -> Self {
        let made = executed.steps.iter().filter(|step| **step == StepOutcome::Made).count() as u64;
        match &executed.error {
            Some(error) => Self::failed(error, made),
            None => Self {
                outcome: CallOutcome::Succeeded,
                effect: if made > 0 { Effect::Whole } else { Effect::None },
                items: made,
            },
        }
    }
}

/// Tells how a call ended, also where its future is dropped.
struct Watch<'a> {
    observed: &'a Observed,
    call: ProviderCall<'a>,
    began: Instant,
    /// What is told when it is dropped.
    told: Told,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        // A second panic while unwinding would abort the process; and a panic is not a cancellation.
        if std::thread::panicking() {
            return;
        }
        let Told { outcome, effect, items } = self.told;
        let duration = (self.observed.clock)().saturating_duration_since(self.began);
        self.observed.observer.call_finished(&CallFinished {
            call: self.call,
            duration,
            outcome,
            effect,
            items,
        });
    }
}

#[async_trait]
impl ProfileProvider for Observed {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn prepare(&self) -> Result<&Capabilities> {
        self.observe("prepare", None, READ, self.provider.prepare(), |_| Told::read(0)).await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let call = self.provider.list_page(query, cursor);
        self.observe("list", None, READ, call, |page| Told::read(page.items.len())).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.observe("get", None, READ, self.provider.get_opts(id, options), |_| Told::read(1)).await
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.observe("current", None, READ, self.provider.current_opts(options), |_| Told::read(1)).await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let call = self.provider.find_by(key);
        self.observe("find", None, READ, call, |found| Told::read(found.profiles.len())).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let call = self.provider.plan(write, options);
        self.observe("plan", Some(write), READ, call, |plan| Told::read(plan.requests().len())).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let if_cancelled = Told::cancelled(if plan.is_settled() { Effect::None } else { Effect::Possible });
        let call = self.provider.execute(plan, options);
        self.observe("execute", Some(plan.write()), if_cancelled, call, Told::executed).await
    }
}
