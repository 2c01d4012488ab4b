//! A layer that reports every call to an observer.

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
    check::Finding,
    error::Effect,
    listing::{Cursor, Page},
    plan::StepOutcome,
};

/// Observes the calls of a provider, for a program's own metrics, traces and logs.
///
/// Both methods do nothing by default. Each call that starts also finishes: with a result, with an error, or
/// cancelled when its future is dropped. A call that panics has no finish event. Events contain no ids and no data of
/// profiles.
///
/// The methods run in the task that makes the call, so they must not block. They must not panic: a panic fails the
/// call, and no further event of it follows.
///
/// The single requests of a call are reported to the observer of the HTTP client.
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
    /// Called when a call starts, before anything is sent.
    fn call_started(&self, call: &ProviderCall<'_>) {
        let _ = call;
    }

    /// Called when a call has finished.
    fn call_finished(&self, event: &CallFinished<'_>) {
        let _ = event;
    }
}

/// A call of a provider.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use std::sync::{Arc, Mutex};
/// use anyprofile_core::{ProfileProviderExt, layers::{Observed, ProviderCall, ProviderObserver}};
///
/// #[derive(Debug, Default)]
/// struct Calls(Mutex<Vec<String>>);
///
/// impl ProviderObserver for Calls {
///     fn call_started(&self, call: &ProviderCall<'_>) {
///         self.0.lock().unwrap().push(format!("{} {}", call.operation, call.write.unwrap_or_default()));
///     }
/// }
///
/// let calls = Arc::new(Calls::default());
/// Observed::new(Arc::new(provider), calls.clone()).deactivate(&ada.id).await?;
/// assert_eq!(*calls.0.lock().unwrap(), ["plan deactivate", "execute deactivate"]);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderCall<'a> {
    /// A number that is unique in this process.
    pub id: u64,
    /// The operation: `prepare`, `list`, `get`, `current`, `find`, `plan` or `execute`. A listing makes one call for
    /// each page.
    pub operation: &'static str,
    /// The kind of write, for `plan` and `execute`: `create`, `update`, `deactivate`, `delete` or `enroll`.
    pub write: Option<&'static str>,
    /// The service.
    pub service: &'a ServiceName,
    /// The account.
    pub account: &'a AccountName,
}

/// A finished call.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// use anyprofile_core::{ListQuery, ProfileProviderExt, layers::{CallFinished, Observed, ProviderObserver}};
///
/// /// How many profiles were read.
/// #[derive(Debug, Default)]
/// struct Read(AtomicU64);
///
/// impl ProviderObserver for Read {
///     fn call_finished(&self, event: &CallFinished<'_>) {
///         self.0.fetch_add(event.items, Ordering::Relaxed);
///     }
/// }
///
/// let read = Arc::new(Read::default());
/// Observed::new(Arc::new(provider), read.clone()).list_all(ListQuery::new()).await?;
/// assert_eq!(read.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFinished<'a> {
    /// The call.
    pub call: ProviderCall<'a>,
    /// The duration of the call.
    pub duration: Duration,
    /// The outcome of the call.
    pub outcome: CallOutcome,
    /// The effect of the write: [`Effect::Whole`] if everything was written, also after a success.
    /// [`Effect::Possible`] if an execution was cancelled.
    pub effect: Effect,
    /// The number of profiles that were returned; for a plan, of its requests; for an execution, of the requests that
    /// succeeded.
    pub items: u64,
}

/// The outcome of a call.
///
/// ```
/// use anyprofile_core::{ErrorKind, layers::CallOutcome};
///
/// /// The label of a metric.
/// fn label(outcome: CallOutcome) -> &'static str {
///     match outcome {
///         CallOutcome::Succeeded => "ok",
///         CallOutcome::Failed(kind) => kind.as_str(),
///         _ => "cancelled",
///     }
/// }
///
/// assert_eq!(label(CallOutcome::Succeeded), "ok");
/// assert_eq!(label(CallOutcome::Failed(ErrorKind::RateLimited)), "rate_limited");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// The call returned a result.
    Succeeded,
    /// The call returned an error of this kind, or an execution in which a request failed.
    Failed(ErrorKind),
    /// The future of the call was dropped.
    Cancelled,
}

/// A provider that reports every call to a [`ProviderObserver`]. It changes neither requests nor results.
///
/// A call that the provider makes itself is part of the outer call and is not reported, for example reading a profile
/// to plan an update.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// use anyprofile_core::{ProfileProviderExt, layers::{Observed, ProviderCall, ProviderObserver}};
///
/// #[derive(Debug, Default)]
/// struct Count(AtomicU64);
///
/// impl ProviderObserver for Count {
///     fn call_started(&self, _: &ProviderCall<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let count = Arc::new(Count::default());
/// let provider = Observed::new(Arc::new(provider), count.clone());
/// assert_eq!(provider.get(&ada.id).await?.label(), "Ada");
/// assert_eq!(count.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
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

    /// Sets the clock that measures durations, for tests. The default is [`Instant::now`].
    pub fn with_clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes a call, and reports it.
    async fn observe<T>(
        &self,
        operation: &'static str,
        write: Option<&Write>,
        if_cancelled: CallSummary,
        call: impl Future<Output = Result<T>>,
        summarize: impl FnOnce(&T) -> CallSummary,
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
        let mut watch = Watch { observed: self, call: call_of, began: (self.clock)(), summary: if_cancelled };
        let result = call.await;
        watch.summary = match &result {
            Ok(value) => summarize(value),
            Err(error) => CallSummary::failed(error, 0),
        };
        result
    }
}

/// What is reported of a finished call.
#[derive(Clone, Copy)]
struct CallSummary {
    outcome: CallOutcome,
    effect: Effect,
    items: u64,
}

/// Reported if a call that only reads is dropped.
const READ: CallSummary = CallSummary::cancelled(Effect::None);

impl CallSummary {
    /// Returns the summary of a call that was dropped.
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

/// Reports the end of a call when dropped.
struct Watch<'a> {
    observed: &'a Observed,
    call: ProviderCall<'a>,
    began: Instant,
    /// What is reported on drop.
    summary: CallSummary,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        // A second panic while unwinding would abort the process, and a panic is not a cancellation.
        if std::thread::panicking() {
            return;
        }
        let CallSummary { outcome, effect, items } = self.summary;
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
        self.observe("prepare", None, READ, self.provider.prepare(), |_| CallSummary::read(0)).await
    }

    async fn examine(&self) -> Result<Vec<Finding>> {
        self.observe("examine", None, READ, self.provider.examine(), |_| CallSummary::read(0)).await
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let call = self.provider.list_page(query, cursor);
        self.observe("list", None, READ, call, |page| CallSummary::read(page.items.len())).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.observe("get", None, READ, self.provider.get_opts(id, options), |_| CallSummary::read(1)).await
    }

    async fn current_opts(&self, options: &GetOptions) -> Result<Profile> {
        self.observe("current", None, READ, self.provider.current_opts(options), |_| CallSummary::read(1))
            .await
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        let call = self.provider.find_by(key);
        self.observe("find", None, READ, call, |found| CallSummary::read(found.profiles.len())).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let call = self.provider.plan(write, options);
        self.observe("plan", Some(write), READ, call, |plan| CallSummary::read(plan.requests().len())).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let if_cancelled =
            CallSummary::cancelled(if plan.is_settled() { Effect::None } else { Effect::Possible });
        let call = self.provider.execute(plan, options);
        self.observe("execute", Some(plan.write()), if_cancelled, call, CallSummary::executed).await
    }
}
