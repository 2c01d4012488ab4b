//! Stored plans: the write, without its requests.

use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::{Issuer, Plan};
use crate::{
    Capabilities, Error, ErrorKind, Field, FieldPath, Result, Timestamp, Write, plan::Difference,
    written::canonical,
};

/// The version of the stored form.
const VERSION: u32 = 1;

/// A plan in a form that can be stored, in a file or for an approval: the write, its account, and what it changes.
///
/// It contains no requests, so none can be injected:
/// [`ProfileProviderExt::resume`](crate::ProfileProviderExt::resume) plans the write again and compares.
///
/// It serializes with all values to write; a plan with a secret value is refused. `Debug` shows no values. The
/// requests and the current values are stored as digests (HMAC-SHA-256) under a key of its own, so that two records
/// do not reveal that they write the same.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use anyprofile_core::Timestamp;
/// # let time = |text: &str| text.parse::<Timestamp>().expect("it is a time");
/// # let (noon, evening) = (time("2026-01-31T12:00:00Z"), time("2026-01-31T20:00:00Z"));
/// # let key = [7; anyprofile_core::plan::PLAN_KEY_LENGTH];
/// use anyprofile_core::{
///     FieldPath, PlanOptions, ProfileChange, ProfileProvider, ProfileProviderExt, Write, plan::PlanRecord,
/// };
///
/// let write = Write::update(ada.id, ProfileChange::new().set(FieldPath::TITLE, "countess"));
/// let plan = provider.plan(&write, &PlanOptions::always()).await?;
/// let record = PlanRecord::of(&plan, provider.capabilities(), noon, evening, key)?;
/// let stored = serde_json::to_string(&record).expect("a record can be written");
///
/// // Later, after somebody has approved it.
/// let record: PlanRecord = serde_json::from_str(&stored).expect("it was written above");
/// let plan = provider.resume(&record, noon).await?.into_unchanged()?;
/// assert_eq!(plan.differences(), record.differences);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanRecord {
    /// The version of the stored form, 1.
    pub version: u32,
    /// The write.
    pub write: Write,
    /// The changes as they were when the plan was created, for review.
    pub differences: Vec<Difference>,
    /// Warnings about side effects.
    pub warnings: Vec<String>,
    /// The account that may execute the plan.
    pub issuer: Issuer,
    /// When the plan was created.
    pub made: Timestamp,
    /// When the plan expires.
    pub expires: Timestamp,
    /// The key of the digests, in hexadecimal. It is not a secret from a reader of the record.
    key: String,
    /// The digest of each request, in their order.
    requests: Vec<String>,
    /// The digest of the current values of the fields that the plan touches.
    basis: String,
}

impl fmt::Debug for PlanRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PlanRecord")
            .field("write", &self.write)
            .field("issuer", &self.issuer)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The length of a digest key, in bytes.
pub const PLAN_KEY_LENGTH: usize = 32;

impl PlanRecord {
    /// Creates the record of a plan. The key must be random, and must not be used for anything else.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the plan writes a secret field: secrets are not stored.
    pub fn of(
        plan: &Plan,
        capabilities: &Capabilities,
        made: Timestamp,
        expires: Timestamp,
        key: [u8; PLAN_KEY_LENGTH],
    ) -> Result<Self> {
        let is_secret = |path: &FieldPath| {
            let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
            rule.is_some_and(|rule| rule.secret)
        };
        if let Some(it) = plan.asked().find(|it| is_secret(&it.field)) {
            let message = format!("{} is a secret, and a plan with a secret must not be stored", it.field);
            return Err(Error::new(ErrorKind::InvalidRequest, message)
                .with_operation(plan.write().operation())
                .with_hint("write it without storing the plan"));
        }
        let key = hex(&key);
        Ok(Self {
            version: VERSION,
            write: plan.write().clone(),
            differences: plan.differences().to_vec(),
            warnings: plan.warnings().to_vec(),
            issuer: plan.issuer().clone(),
            made,
            expires,
            requests: requests_of(&key, plan),
            basis: basis_of(&key, plan, capabilities, made, expires),
            key,
        })
    }

    /// Checks that the plan can be executed at a time.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the record has another version, [`ErrorKind::Conflict`] if it has expired.
    pub fn check_time(&self, now: Timestamp) -> Result<()> {
        let operation = self.write.operation();
        if self.version != VERSION {
            let message =
                format!("the plan has version {}, and this program supports version {VERSION}", self.version);
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
        }
        if now < self.expires && self.made < self.expires {
            return Ok(());
        }
        let message = format!("the plan expired at {}", self.expires);
        Err(Error::new(ErrorKind::Conflict, message)
            .with_operation(operation)
            .with_hint("create the plan again"))
    }

    /// Returns a digest in hexadecimal that identifies this record, even among records of the same write. It does not
    /// change if another part of the record is edited; [`compare`](Self::compare) detects such an edit.
    pub fn digest(&self) -> String {
        digest(&self.key, &(&self.requests, &self.basis))
    }

    /// Compares a new plan of the write with this record.
    pub fn compare(&self, plan: Plan, capabilities: &Capabilities) -> Resumed {
        let is_same = *plan.write() == self.write
            && plan.differences() == self.differences
            && plan.warnings() == self.warnings
            && requests_of(&self.key, &plan) == self.requests
            && self.is_basis_of(&plan, capabilities);
        let is_left = |it: &Difference| self.differences.contains(it);
        let is_rest = *plan.write() == self.write
            && matches!(plan.write(), Write::Update { .. })
            && plan.differences().len() < self.differences.len()
            && plan.differences().iter().all(is_left);
        match (is_same, is_rest) {
            (true, _) => Resumed::Unchanged(plan),
            (false, true) => Resumed::Rest(plan),
            (false, false) => Resumed::Changed(plan),
        }
    }
}

impl PlanRecord {
    fn is_basis_of(&self, plan: &Plan, capabilities: &Capabilities) -> bool {
        basis_of(&self.key, plan, capabilities, self.made, self.expires) == self.basis
    }
}

/// A stored plan that was planned again.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// # use anyprofile_core::Timestamp;
/// # let time = |text: &str| text.parse::<Timestamp>().expect("it is a time");
/// # let (noon, evening) = (time("2026-01-31T12:00:00Z"), time("2026-01-31T20:00:00Z"));
/// # let key = [7; anyprofile_core::plan::PLAN_KEY_LENGTH];
/// use anyprofile_core::{
///     FieldPath, PlanOptions, ProfileChange, ProfileProvider, ProfileProviderExt, Write,
///     plan::{PlanRecord, Resumed},
/// };
///
/// let title = |title: &str| ProfileChange::new().set(FieldPath::TITLE, title);
/// let write = Write::update(ada.id.clone(), title("countess"));
/// let plan = provider.plan(&write, &PlanOptions::always()).await?;
/// let record = PlanRecord::of(&plan, provider.capabilities(), noon, evening, key)?;
/// // Before it is approved, somebody else changes the title.
/// provider.update(&ada.id, &title("baroness")).await?;
/// assert!(matches!(provider.resume(&record, noon).await?, Resumed::Changed(_)));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Resumed {
    /// The new plan is identical.
    Unchanged(Plan),
    /// A part of the changes is already done, for example by a partial execution, and the rest is identical. All
    /// changes may be done.
    Rest(Plan),
    /// The new plan differs from the record.
    Changed(Plan),
}

impl Resumed {
    /// Returns the plan if it is identical.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if it differs: the new plan has to be reviewed.
    pub fn into_unchanged(self) -> Result<Plan> {
        match self {
            Self::Unchanged(plan) => Ok(plan),
            Self::Rest(plan) | Self::Changed(plan) => {
                let message = if plan.is_settled() {
                    "nothing was sent: the profile already has all values of the plan"
                } else {
                    "nothing was sent: the changes or requests of the plan are no longer the same as when it was created"
                };
                Err(Error::new(ErrorKind::Conflict, message)
                    .with_operation(plan.write().operation())
                    .with_hint("review the new plan, and create the plan again"))
            }
        }
    }
}

fn requests_of(key: &str, plan: &Plan) -> Vec<String> {
    plan.requests().iter().map(|request| digest(key, request)).collect()
}

/// Returns the digest of the known values that the plan touches, and of the identity of the profile.
fn basis_of(
    key: &str,
    plan: &Plan,
    capabilities: &Capabilities,
    made: Timestamp,
    expires: Timestamp,
) -> String {
    let canonical = |(path, now): (&FieldPath, &Field<Value>)| {
        let now = canonical(now, path, capabilities);
        (path.clone(), now.record_state(), now.into_value())
    };
    let touched: Vec<_> = plan.asked().map(|it| (&it.field, &it.now)).map(canonical).collect();
    let identity = plan.identity(capabilities);
    let identity: Vec<_> = identity.iter().map(|(path, now)| (path, now)).map(canonical).collect();
    digest(key, &(plan.issuer(), plan.write().id(), touched, identity, made, expires))
}

/// Returns the digest of a value's JSON.
fn digest(key: &str, value: &impl Serialize) -> String {
    // The values have text keys, and a key of any length is valid: neither step fails.
    let text = serde_json::to_vec(value).unwrap_or_default();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(&text);
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
