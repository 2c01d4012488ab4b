//! Writes that are shown before they are made, and checked after.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::{
    AccountName, Capabilities, Change, Error, ErrorKind, Field, FieldPath, FieldState, GetOptions,
    PlannedRequest, Profile, ProfileChange, ProfileId, ProfileProvider, ProviderInfo, Result, ServiceName,
    ValueFormat, WriteOptions,
    reading::{check_same, read},
    rules::{pair_violations, refuse},
    written::{Shown, format_of, is_same, shown, value_of},
};

/// An update that was worked out and not made: what changes from what to what, and the requests.
///
/// Made by [`ProfileProviderExt::plan`](crate::ProfileProviderExt::plan), which sends no write; made true by
/// [`ProfileProviderExt::apply`](crate::ProfileProviderExt::apply). `Debug` shows no values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UpdatePlan {
    /// The profile.
    pub id: ProfileId,
    /// What changes, field by field. A field that has the value already is not in it.
    pub differences: Vec<Difference>,
    /// The requests, in their order.
    pub requests: Vec<PlannedRequest>,
    /// What the change does besides, and what is left as it is although it is written otherwise.
    pub warnings: Vec<String>,
    change: ProfileChange,
    /// What was asked for and is so already: it is part of the precondition, and of what is verified.
    settled: Vec<Difference>,
    /// Whether a field that is touched is in another record than the first.
    enrich: bool,
    service: ServiceName,
    account: AccountName,
}

/// How one field changes.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The field.
    pub field: FieldPath,
    /// What it is now. Absent where the service did not send it.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub now: Field<Value>,
    /// What it is to be; `None` if it is to be cleared.
    pub then: Option<Value>,
}

impl fmt::Debug for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = if self.then.is_some() { "set" } else { "cleared" };
        write!(formatter, "Difference({}: {} -> {then})", self.field, self.now.state())
    }
}

impl fmt::Debug for UpdatePlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UpdatePlan")
            .field("id", &format_args!("{}", self.id))
            .field("differences", &self.differences)
            .field("requests", &self.requests)
            .finish_non_exhaustive()
    }
}

impl UpdatePlan {
    /// Whether a profile has to be enriched to show what a change touches.
    pub(crate) fn needs_more(
        provider: &(impl ProfileProvider + ?Sized),
        change: &ProfileChange,
        current: &Profile,
    ) -> bool {
        let capabilities = provider.capabilities();
        let is_elsewhere = |path: &FieldPath| {
            current.state(path, capabilities) == FieldState::Unsupported
                && capabilities.fields.get(path).is_some()
        };
        capabilities.operations.enrich.is_supported() && change.iter().any(|(path, _)| is_elsewhere(path))
    }

    /// Works out what a change does to a profile as it is now.
    ///
    /// `id` is the one that was asked for, and the one that is written to: a record never says where a write goes.
    pub(crate) fn of(
        provider: &(impl ProfileProvider + ?Sized),
        id: &ProfileId,
        change: &ProfileChange,
        current: &Profile,
        enrich: bool,
    ) -> Result<Self> {
        let (info, capabilities) = (provider.info(), provider.capabilities());
        refuse("update", info, pair_violations(change, current.metadata.value(), capabilities))?;
        let mut needed = ProfileChange::new();
        let (mut differences, mut settled) = (Vec::new(), Vec::new());
        let mut warnings = Vec::new();
        for (path, wanted) in change.iter() {
            let now = value_of(current, path, capabilities);
            let then = match wanted {
                Change::Keep => continue,
                Change::Set(value) => Some(value.clone()),
                Change::Clear => None,
            };
            // Whether it is so already is known of what is known alone.
            let is_so = match (&now, &then) {
                (Field::Value(now), Some(then)) => is_same(now, then, format_of(path, capabilities)),
                (Field::Null, None) => true,
                _ => false,
            };
            if is_so {
                if let (Field::Value(now), Some(then), Some(ValueFormat::Email)) =
                    (&now, &then, format_of(path, capabilities))
                    && now != then
                {
                    warnings
                        .push(format!("{path}: it is this address already, written otherwise, and stays so"));
                }
                settled.push(Difference { field: path.clone(), now, then });
                continue;
            }
            needed = match &then {
                Some(value) => needed.set(path.clone(), value.clone()),
                None => needed.clear(path.clone()),
            };
            let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
            warnings.extend(
                rule.and_then(|rule| rule.warning.as_ref()).map(|warning| format!("{path}: {warning}")),
            );
            differences.push(Difference { field: path.clone(), now, then });
        }
        let requests = if needed.is_empty() { Vec::new() } else { provider.plan_update(id, &needed)? };
        Ok(Self {
            id: id.clone(),
            differences,
            requests,
            warnings,
            change: needed,
            settled,
            enrich,
            service: info.service.clone(),
            account: info.account.clone(),
        })
    }

    /// Whether everything is so already, and nothing would be sent.
    pub fn is_empty(&self) -> bool {
        self.change.is_empty()
    }

    /// What is to be written: the change without what is so already.
    pub fn change(&self) -> &ProfileChange {
        &self.change
    }

    pub(crate) fn check_provider(&self, info: &ProviderInfo) -> Result<()> {
        if info.service == self.service && info.account == self.account {
            return Ok(());
        }
        let message = format!("the plan was made with {} account '{}'", self.service, self.account);
        Err(Error::new(ErrorKind::InvalidRequest, message).with_provider(info).with_operation("update"))
    }

    /// All that was asked for.
    fn asked(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().chain(&self.settled)
    }

    /// The fields that are not any more what they were when the plan was made.
    fn stale(&self, current: &Profile, capabilities: &Capabilities) -> Vec<&FieldPath> {
        let differs = |it: &&Difference| value_of(current, &it.field, capabilities) != it.now;
        self.asked().filter(differs).map(|it| &it.field).collect()
    }

    /// Whether an answer leaves out a field that was asked for: then nothing is known of it.
    fn is_unsaid(&self, written: &Profile, capabilities: &Capabilities) -> bool {
        self.asked().any(|it| value_of(written, &it.field, capabilities).is_absent())
    }

    /// The fields of which a profile shows something.
    fn fields_shown(&self, what: Shown, written: &Profile, capabilities: &Capabilities) -> Vec<FieldPath> {
        let is_so = |it: &&Difference| shown(it.then.as_ref(), written, &it.field, capabilities) == what;
        self.asked().filter(is_so).map(|it| it.field.clone()).collect()
    }

    fn applied(&self, profile: Profile, capabilities: &Capabilities) -> Applied {
        Applied {
            ignored: self.fields_shown(Shown::Otherwise, &profile, capabilities),
            unshown: self.fields_shown(Shown::Not, &profile, capabilities),
            profile,
        }
    }
}

/// How to make a plan true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Whether to read the profile once more before writing, and to write nothing if a field that the plan touches is
    /// not what it was when the plan was made. It cannot keep somebody from changing it in between: no service offers
    /// that. Default: no.
    pub unchanged: bool,
}

impl ApplyOptions {
    /// Without a precondition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`unchanged`](Self::unchanged).
    pub fn with_unchanged(mut self, unchanged: bool) -> Self {
        self.unchanged = unchanged;
        self
    }
}

/// What became of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The profile as the service shows it after the write.
    pub profile: Profile,
    /// The fields that the service accepted and shows otherwise: it ignored them or changed them.
    pub ignored: Vec<FieldPath>,
    /// The fields that the service accepted and does not show: whether they are as they were to be is not known.
    pub unshown: Vec<FieldPath>,
}

/// Checks that what a write was answered with is the profile that was written to: else nobody knows who was.
///
/// # Errors
/// [`ErrorKind::Decode`] if it is another one; the write may have been made.
pub(crate) fn check_written<P: ProfileProvider + ?Sized>(
    provider: &P,
    id: &ProfileId,
    written: Profile,
    is_read: bool,
) -> Result<Profile> {
    match check_same(provider, id, &written) {
        Ok(()) => Ok(written),
        Err(error) if is_read => Err(error),
        Err(error) => Err(error.with_operation("update").as_written_to_somebody_else()),
    }
}

/// Reads the profile of a plan, and checks that all that the plan touches is as it was when it was made.
pub(crate) async fn check_unchanged<P: ProfileProvider + ?Sized>(
    provider: &P,
    plan: &UpdatePlan,
) -> Result<()> {
    plan.check_provider(provider.info())?;
    let current = read(provider, &plan.id, &GetOptions::default().with_enrich(plan.enrich)).await?;
    let stale: Vec<_> =
        plan.stale(&current, provider.capabilities()).into_iter().map(FieldPath::as_str).collect();
    if stale.is_empty() {
        return Ok(());
    }
    let message =
        format!("nothing was sent: since the plan was made, these have changed: {}", stale.join(", "));
    Err(Error::new(ErrorKind::Conflict, message)
        .with_provider(provider.info())
        .with_operation("update")
        .with_hint("make the plan anew"))
}

/// Makes a plan true.
pub(crate) async fn apply<P: ProfileProvider + ?Sized>(
    provider: &P,
    plan: &UpdatePlan,
    options: &ApplyOptions,
) -> Result<Applied> {
    plan.check_provider(provider.info())?;
    let as_planned = GetOptions::default().with_enrich(plan.enrich);
    if plan.is_empty() {
        let profile = read(provider, &plan.id, &as_planned).await?;
        return Ok(plan.applied(profile, provider.capabilities()));
    }
    if options.unchanged {
        check_unchanged(provider, plan).await?;
    }
    let profile = provider.update_with(&plan.id, &plan.change, &WriteOptions::default()).await?;
    let mut profile = check_written(provider, &plan.id, profile, false)?;
    if plan.is_unsaid(&profile, provider.capabilities()) {
        // The answer shows a part of the record only: what became of the rest has to be read.
        profile = read(provider, &plan.id, &as_planned).await.map_err(Error::after_write)?;
    }
    Ok(plan.applied(profile, provider.capabilities()))
}
