//! Plans: the changes and requests of a write, before it is sent. A plan is the only way to write.

mod aside;
pub(crate) mod builder;
pub(crate) mod difference;
pub(crate) mod executed;
pub(crate) mod execution;
pub(crate) mod options;
#[cfg(feature = "plan-record")]
pub(crate) mod record;
pub(crate) mod request;

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "plan-record")]
pub use self::record::{PLAN_KEY_LENGTH, PlanRecord, Resumed};
pub use self::{
    builder::PlanBuilder,
    difference::Difference,
    executed::{Executed, Receipt, StepOutcome},
    execution::Execution,
    options::{ExecuteOptions, PlanOptions, PlanRead},
    request::PlannedRequest,
};
use crate::{
    AccountName, Capabilities, Error, ErrorKind, Field, FieldPath, Profile, ProviderInfo, Result,
    ServiceName, Write,
    written::{canonical, value_of},
};

/// The fields that people recognize a profile by.
const IDENTIFYING: [FieldPath; 4] =
    [FieldPath::EMAILS, FieldPath::USERNAME, FieldPath::EXTERNAL_ID, FieldPath::NAME_DISPLAY];

/// A planned write: which fields change from what to what, and the requests that it sends.
///
/// [`ProfileProvider::plan`](crate::ProfileProvider::plan) creates a plan and writes nothing.
/// [`ProfileProvider::execute`](crate::ProfileProvider::execute) sends exactly the planned writes, once; clones count
/// as the same plan. Cheap to clone. `Debug` shows no values.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ExecuteOptions, FieldPath, PlanOptions, ProfileChange, ProfileProvider, Write};
///
/// let write = Write::update(ada.id.clone(), ProfileChange::new().set(FieldPath::TITLE, "countess"));
/// let plan = provider.plan(&write, &PlanOptions::always()).await?;
/// for request in plan.requests() {
///     println!("{} {}", request.method, request.url);
/// }
/// for difference in plan.differences() {
///     println!("{difference:?}");
/// }
/// // What was shown is what is sent, once.
/// let executed = provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()?;
/// assert!(executed.ignored.is_empty() && plan.is_spent());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone)]
pub struct Plan(Arc<Inner>);

struct Inner {
    write: Write,
    /// The write without the values that are unchanged.
    needed: Write,
    is_settled: bool,
    differences: Vec<Difference>,
    /// Requested values that the profile already has. They are part of the precondition and of the verification.
    settled: Vec<Difference>,
    requests: Vec<PlannedRequest>,
    warnings: Vec<String>,
    current: Option<Arc<Profile>>,
    /// Whether a field that is touched is in another record than the first.
    enrich: bool,
    issuer: Issuer,
    payload: Option<Arc<dyn Any + Send + Sync>>,
    /// Whether the plan is being executed, or was executed with an effect other than none.
    is_spent: AtomicBool,
}

/// The account that created a plan. Only this account can execute it.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{
///     AccountName, ErrorKind, PlanOptions, ProfileProvider, Write, memory::MemoryProvider, plan::Issuer,
/// };
///
/// let plan = provider.plan(&Write::delete(ada.id), &PlanOptions::new()).await?;
/// assert_eq!(*plan.issuer(), Issuer::of(provider.info()));
/// // At another account the same id may be somebody else.
/// let other = MemoryProvider::builder(AccountName::from_static("other")).build()?;
/// assert_eq!(plan.check_issuer(other.info()).unwrap_err().kind(), ErrorKind::InvalidRequest);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issuer {
    /// The service.
    pub service: ServiceName,
    /// The account.
    pub account: AccountName,
    /// The base URL, without credentials.
    pub base_url: String,
    /// Other settings that change the requests.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shape: String,
}

impl Issuer {
    /// Returns the issuer for a provider's account.
    pub fn of(info: &ProviderInfo) -> Self {
        Self {
            service: info.service.clone(),
            account: info.account.clone(),
            base_url: info.base_url.clone(),
            shape: info.shape.clone(),
        }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Plan")
            .field("write", &self.0.write)
            .field("differences", &self.0.differences)
            .field("requests", &self.0.requests)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// Returns the write that was requested.
    pub fn write(&self) -> &Write {
        &self.0.write
    }

    /// Returns the write that is sent: the requested one without unchanged values.
    pub fn needed(&self) -> &Write {
        &self.0.needed
    }

    /// Returns the fields that change. A field that already has the value is not included. If the profile was not
    /// read, the current values are not known.
    pub fn differences(&self) -> &[Difference] {
        &self.0.differences
    }

    /// Returns the requested values that the profile already has.
    pub fn settled(&self) -> &[Difference] {
        &self.0.settled
    }

    /// Returns the requests that write, in their order. Requests that read or obtain tokens are not included. Empty
    /// for a provider that sends no HTTP requests.
    pub fn requests(&self) -> &[PlannedRequest] {
        &self.0.requests
    }

    /// Returns warnings about side effects, and about values that stay although they differ in notation.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// Returns the profile as it was when the plan was created, if it was read or given.
    pub fn current(&self) -> Option<&Profile> {
        self.0.current.as_deref()
    }

    /// Returns whether the profile already has all requested values, so that nothing is sent.
    pub fn is_settled(&self) -> bool {
        self.0.is_settled
    }

    /// Returns whether the plan was executed, with an effect other than none.
    pub fn is_spent(&self) -> bool {
        self.0.is_spent.load(Ordering::Acquire)
    }

    /// Returns the account that created the plan.
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// Returns the provider's own data; see [`PlanBuilder::with_payload`](crate::plan::PlanBuilder::with_payload).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the plan has no data of this type, because another provider created it.
    pub fn payload<T: Any + Send + Sync>(&self) -> Result<&T> {
        let payload = self.0.payload.as_deref().and_then(|payload| payload.downcast_ref());
        payload.ok_or_else(|| self.refused("another provider created the plan"))
    }

    /// Checks that a provider of this account created the plan.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if another account created it.
    pub fn check_issuer(&self, info: &ProviderInfo) -> Result<()> {
        if *self.issuer() == Issuer::of(info) {
            return Ok(());
        }
        let Issuer { service, account, base_url, .. } = self.issuer();
        let message = format!("the plan was created for {service} account '{account}' at {base_url}");
        Err(self.refused(message).with_provider(info))
    }

    fn refused(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidRequest, message)
            .with_operation(self.0.write.operation())
            .with_hint("create the plan with the provider that executes it")
    }

    /// Returns all requested values, changed or not.
    fn asked(&self) -> impl Iterator<Item = &Difference> {
        self.0.differences.iter().chain(&self.0.settled)
    }

    /// Returns the touched fields whose value is no longer the planned one. If a profile is deactivated, deleted or
    /// enrolled, its identifying fields count as touched. A value that was not known is never stale.
    fn stale(&self, current: &Profile, capabilities: &Capabilities) -> Vec<FieldPath> {
        let differs = |path: &FieldPath, then: &Field<Value>| {
            let now = value_of(current, path, capabilities);
            !then.is_absent() && canonical(&now, path, capabilities) != canonical(then, path, capabilities)
        };
        let touched = self.asked().map(|it| (it.field.clone(), it.now.clone()));
        touched
            .chain(self.identity(capabilities))
            .filter(|(path, then)| differs(path, then))
            .map(|it| it.0)
            .collect()
    }

    /// Returns the identifying fields of a profile that is deactivated, deleted or enrolled.
    fn identity(&self, capabilities: &Capabilities) -> Vec<(FieldPath, Field<Value>)> {
        let (Write::Deactivate { .. } | Write::Delete { .. } | Write::Enroll { .. }, Some(current)) =
            (self.write(), self.current())
        else {
            return Vec::new();
        };
        let value = |path: FieldPath| {
            let value = value_of(current, &path, capabilities);
            (path, value)
        };
        IDENTIFYING.into_iter().map(value).collect()
    }

    /// Marks the plan as executed, so that it is sent once.
    fn spend(&self) -> Result<()> {
        if self.0.is_spent.swap(true, Ordering::AcqRel) {
            return Err(Error::new(ErrorKind::Conflict, "the plan was executed before; nothing was sent")
                .with_operation(self.0.write.operation())
                .with_hint("create the plan again: it shows what remains to be done"));
        }
        Ok(())
    }

    /// Marks the plan as not executed, after an execution without any effect.
    fn unspend(&self) {
        self.0.is_spent.store(false, Ordering::Release);
    }
}
