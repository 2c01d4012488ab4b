//! Plans that are kept: what was to be written, and not how.

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

/// The version of what is written.
const VERSION: u32 = 1;

/// A plan as it is kept, in a file or for an approval: the intent, whom it is for, and what it came to. No request is in it, and
/// so none can be put in: [`ProfileProviderExt::resume`](crate::ProfileProviderExt::resume) makes the plan anew, and compares.
///
/// It serializes with all values that are to be written, but for secrets, which are refused. `Debug` shows none. What it came
/// to is kept as digests (HMAC-SHA-256) under a key of its own, so that two records do not show that they write the same.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanRecord {
    /// The version of the form, 1.
    pub version: u32,
    /// What is to be written.
    pub write: Write,
    /// What changes, as it was when the plan was made: to be looked at.
    pub differences: Vec<Difference>,
    /// What the write does besides.
    pub warnings: Vec<String>,
    /// Who is to execute it.
    pub issuer: Issuer,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it may be executed.
    pub expires: Timestamp,
    /// The key of the digests, in hexadecimal digits. It keeps nothing secret from who reads the record.
    key: String,
    /// The digest of each request, in their order.
    requests: Vec<String>,
    /// The digest of what the fields were that the plan touches.
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

/// How long a key of digests is, in bytes.
pub const PLAN_KEY_LENGTH: usize = 32;

impl PlanRecord {
    /// Keeps a plan. The key is to be random, and used for nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if it writes a field that is secret: secrets are not kept.
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
            let message = format!("{} is a secret, and no plan with a secret is kept", it.field);
            return Err(Error::new(ErrorKind::InvalidRequest, message)
                .with_operation(plan.write().operation())
                .with_hint("write it without keeping the plan"));
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

    /// Checks that it can be executed at a time.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if it is of a later version, [`ErrorKind::Conflict`] if it has expired.
    pub fn check_time(&self, now: Timestamp) -> Result<()> {
        let operation = self.write.operation();
        if self.version != VERSION {
            let message =
                format!("the plan has the version {}, and this program reads {VERSION}", self.version);
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation));
        }
        if now < self.expires && self.made < self.expires {
            return Ok(());
        }
        let message = format!("the plan has expired at {}", self.expires);
        Err(Error::new(ErrorKind::Conflict, message)
            .with_operation(operation)
            .with_hint("make the plan anew"))
    }

    /// What tells this record from any other one, also from one of the same write: a digest, in hexadecimal digits. It stays the
    /// same where somebody has changed what [`compare`](Self::compare) refuses.
    pub fn digest(&self) -> String {
        digest(&self.key, &(&self.requests, &self.basis))
    }

    /// Holds a plan, which was made anew, against this one.
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

/// A plan that was kept, and made anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Resumed {
    /// It comes to the same, to the letter.
    Unchanged(Plan),
    /// A part of it is so already, and the rest is as it was: as it is where the plan was executed in part. All of it may be so.
    Rest(Plan),
    /// It comes to something else by now: this.
    Changed(Plan),
}

impl Resumed {
    /// The plan, if it comes to the same.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if not: what is to be sent has to be looked at once more.
    pub fn into_unchanged(self) -> Result<Plan> {
        match self {
            Self::Unchanged(plan) => Ok(plan),
            Self::Rest(plan) | Self::Changed(plan) => {
                let message = if plan.is_settled() {
                    "nothing was sent: the service shows by now all that the plan was to bring about"
                } else {
                    "nothing was sent: what the plan comes to has changed since it was made"
                };
                Err(Error::new(ErrorKind::Conflict, message)
                    .with_operation(plan.write().operation())
                    .with_hint("look at what it comes to now, and make the plan anew"))
            }
        }
    }
}

fn requests_of(key: &str, plan: &Plan) -> Vec<String> {
    plan.requests().iter().map(|request| digest(key, request)).collect()
}

/// The digest of what was known of what the plan touches, and of whom it is about.
fn basis_of(
    key: &str,
    plan: &Plan,
    capabilities: &Capabilities,
    made: Timestamp,
    expires: Timestamp,
) -> String {
    let canonical = |(path, now): (&FieldPath, &Field<Value>)| {
        let now = canonical(now, path, capabilities);
        (path.clone(), now.state(), now.into_value())
    };
    let touched: Vec<_> = plan.asked().map(|it| (&it.field, &it.now)).map(canonical).collect();
    let identity = plan.identity(capabilities);
    let identity: Vec<_> = identity.iter().map(|(path, now)| (path, now)).map(canonical).collect();
    digest(key, &(plan.issuer(), plan.write().id(), touched, identity, made, expires))
}

/// The digest of what a value serializes to.
fn digest(key: &str, value: &impl Serialize) -> String {
    // What is digested here has text for keys, and a key of any length is one: neither fails.
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
