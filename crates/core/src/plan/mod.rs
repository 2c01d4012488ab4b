//! Plans: what a write comes to, before it is made. A plan is the only way to write.

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

/// What people are known by.
const IDENTIFYING: [FieldPath; 4] =
    [FieldPath::EMAILS, FieldPath::USERNAME, FieldPath::EXTERNAL_ID, FieldPath::NAME_DISPLAY];

/// A write that was worked out and not made: what changes from what to what, and the requests that it sends.
///
/// Made by [`ProfileProvider::plan`](crate::ProfileProvider::plan), which writes nothing; made true by
/// [`ProfileProvider::execute`](crate::ProfileProvider::execute), which sends exactly these writes, and no plan twice: clones are
/// one plan. Cheap to clone. `Debug` shows no values.
#[derive(Clone)]
pub struct Plan(Arc<Inner>);

struct Inner {
    write: Write,
    /// The write without what is so already.
    needed: Write,
    is_settled: bool,
    differences: Vec<Difference>,
    /// What was asked for and is so already: it is part of the precondition, and of what is verified.
    settled: Vec<Difference>,
    requests: Vec<PlannedRequest>,
    warnings: Vec<String>,
    current: Option<Arc<Profile>>,
    /// Whether a field that is touched is in another record than the first.
    enrich: bool,
    issuer: Issuer,
    payload: Option<Arc<dyn Any + Send + Sync>>,
    /// Whether it was sent with any effect but none, or is on its way.
    is_spent: AtomicBool,
}

/// Who made a plan, and alone executes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issuer {
    /// The service.
    pub service: ServiceName,
    /// The account.
    pub account: AccountName,
    /// The base URL, without credentials.
    pub base_url: String,
    /// What else of the configuration shapes the requests.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shape: String,
}

impl Issuer {
    /// The account that is spoken to.
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
    /// What was asked for.
    pub fn write(&self) -> &Write {
        &self.0.write
    }

    /// What is written: what was asked for without what is so already.
    pub fn needed(&self) -> &Write {
        &self.0.needed
    }

    /// What changes, field by field. A field that has the value already is not in it. Where the profile was not read it is not
    /// known what a field is now.
    pub fn differences(&self) -> &[Difference] {
        &self.0.differences
    }

    /// What was asked for and is so already.
    pub fn settled(&self) -> &[Difference] {
        &self.0.settled
    }

    /// The requests that write, in their order. What is read besides, and tokens, are not among them. A provider that is no
    /// client of a server has none.
    pub fn requests(&self) -> &[PlannedRequest] {
        &self.0.requests
    }

    /// What the write does besides, and what is left as it is although it is written otherwise.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// The profile as it was when the plan was made, if it was read or given.
    pub fn current(&self) -> Option<&Profile> {
        self.0.current.as_deref()
    }

    /// Whether everything is so already, and nothing is sent.
    pub fn is_settled(&self) -> bool {
        self.0.is_settled
    }

    /// Whether it was executed, with any effect but none.
    pub fn is_spent(&self) -> bool {
        self.0.is_spent.load(Ordering::Acquire)
    }

    /// Who made it.
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// What the provider that made it has put in; see [`PlanBuilder::with_payload`](crate::plan::PlanBuilder::with_payload).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if there is nothing of this type in it: another provider made it.
    pub fn payload<T: Any + Send + Sync>(&self) -> Result<&T> {
        let payload = self.0.payload.as_deref().and_then(|payload| payload.downcast_ref());
        payload.ok_or_else(|| self.refused("another provider made the plan"))
    }

    /// Checks that a provider of this account made it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if another one did.
    pub fn check_issuer(&self, info: &ProviderInfo) -> Result<()> {
        if *self.issuer() == Issuer::of(info) {
            return Ok(());
        }
        let Issuer { service, account, base_url, .. } = self.issuer();
        let message = format!("the plan was made with {service} account '{account}' at {base_url}");
        Err(self.refused(message).with_provider(info))
    }

    fn refused(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidRequest, message)
            .with_operation(self.0.write.operation())
            .with_hint("make the plan with the provider that executes it")
    }

    /// All that was asked for.
    fn asked(&self) -> impl Iterator<Item = &Difference> {
        self.0.differences.iter().chain(&self.0.settled)
    }

    /// The fields that are not any more what they were when the plan was made: those that it touches, and of somebody who is
    /// deactivated, deleted or enrolled those that say who that is. Of what was not known then nothing is known now.
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

    /// What says who it is that is deactivated, deleted or enrolled.
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

    /// Makes sure that it is executed once: from now on it is spent.
    fn spend(&self) -> Result<()> {
        if self.0.is_spent.swap(true, Ordering::AcqRel) {
            return Err(Error::new(
                ErrorKind::Conflict,
                "the plan was executed before, and nothing is sent a second time",
            )
            .with_operation(self.0.write.operation())
            .with_hint("make the plan anew: it shows what is still to be done"));
        }
        Ok(())
    }

    /// Takes back that it is spent, where nothing came of it.
    fn unspend(&self) {
        self.0.is_spent.store(false, Ordering::Release);
    }
}
