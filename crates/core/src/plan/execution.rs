//! Executing plans, for providers.

use super::{Plan, aside::Aside};
use crate::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, FieldPath, GetOptions, Profile, ProfileId,
    ProfileProvider, Result, Write, created,
    enrollment::Enrollment,
    error::Effect,
    plan::{Difference, Receipt, StepOutcome},
    reading::{check_same, read},
    written::{WrittenField, shown, value_of},
};

/// An execution of a plan: the work that all providers share. A provider begins it, reports the outcome of each
/// request, and finishes it.
///
/// If it is dropped before it is finished, the plan counts as executed, because something may have been sent.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{
///     ExecuteOptions, PlanOptions, ProfileProvider, Write,
///     plan::{Execution, Receipt, StepOutcome},
/// };
///
/// let plan = provider.plan(&Write::delete(ada.id), &PlanOptions::new()).await?;
/// // What a provider does in `execute`.
/// let mut execution = Execution::begin(&provider, &plan, &ExecuteOptions::new()).await?;
/// while execution.goes_on() {
///     // Here the next request is sent.
///     execution.step(Ok(Receipt::Accepted));
/// }
/// let executed = execution.finish(&provider).await;
/// assert_eq!(executed.steps, [StepOutcome::Made]);
/// assert!(plan.is_spent());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct Execution {
    plan: Plan,
    steps: Vec<StepOutcome>,
    next: usize,
    profile: Option<Profile>,
    enrollment: Option<Enrollment>,
    /// What a response, or a read before the last one, showed as changed besides.
    also_changed: Vec<FieldPath>,
    error: Option<Error>,
}

impl Execution {
    /// Starts the execution. Checks that this account created the plan and that it was not executed before. If the
    /// options require it, also checks that no field that the plan touches has changed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for the plan of another account, [`ErrorKind::Conflict`] for a plan that was
    /// executed before or is stale, and those of the service if the profile is read. Nothing was written.
    pub async fn begin<P: ProfileProvider + ?Sized>(
        provider: &P,
        plan: &Plan,
        options: &ExecuteOptions,
    ) -> Result<Self> {
        plan.check_issuer(provider.info())?;
        let mut execution = Self {
            plan: plan.clone(),
            steps: Vec::new(),
            next: 0,
            profile: None,
            enrollment: None,
            also_changed: Vec::new(),
            error: None,
        };
        if options.unchanged {
            check_unchanged(provider, plan).await?;
        }
        if plan.is_settled() {
            execution.profile = match (plan.current(), plan.write().id()) {
                (Some(current), _) => Some(current.clone()),
                (None, Some(id)) => Some(read(provider, id, &as_planned(plan)).await?),
                (None, None) => None,
            };
            return Ok(execution);
        }
        plan.spend().map_err(|error| error.with_provider(provider.info()))?;
        execution.steps = vec![StepOutcome::NotBegun; plan.requests().len().max(1)];
        Ok(execution)
    }

    /// Returns whether a request remains to be sent: not if everything is unchanged, and not after a failure.
    pub fn goes_on(&self) -> bool {
        self.error.is_none() && self.next < self.steps.len()
    }

    /// Records the outcome of the next request.
    pub fn step(&mut self, outcome: Result<Receipt>) {
        let outcome = match outcome {
            Ok(receipt) => {
                match receipt {
                    // A profile in an earlier response does not show this change.
                    Receipt::Accepted if matches!(self.plan.write(), Write::Update { .. }) => {
                        self.profile = None;
                    }
                    Receipt::Accepted => {}
                    Receipt::Shows(profile) => self.profile = Some(*profile),
                    Receipt::Enrollment(enrollment) => self.enrollment = Some(enrollment),
                }
                StepOutcome::Made
            }
            Err(error) => {
                let outcome = match error.effect() {
                    Effect::None => StepOutcome::NotMade,
                    Effect::Possible | Effect::Partial => StepOutcome::Unknown,
                    Effect::Whole => StepOutcome::Made,
                };
                let is_last = self.next + 1 == self.steps.len();
                // The error is accurate by itself if no other request was sent before, or remains to be sent.
                let is_alone = if outcome == StepOutcome::Made { is_last } else { self.next == 0 };
                self.error = Some(if is_alone { error } else { after_others(error, self.next) });
                outcome
            }
        };
        if let Some(step) = self.steps.get_mut(self.next) {
            *step = outcome;
        }
        self.next += 1;
    }

    /// Returns whether an update succeeded and no response shows the profile.
    pub fn is_unshown(&self) -> bool {
        let is_made = self.error.is_none() && !self.steps.is_empty();
        is_made && self.profile.is_none() && matches!(self.plan.write(), Write::Update { .. })
    }

    /// Records the profile after the last request, or why it could not be read.
    pub fn shows(&mut self, profile: Result<Profile>) {
        match profile {
            Ok(profile) => self.profile = Some(profile),
            Err(error) => self.error = Some(error.after_write()),
        }
    }

    /// Finishes the execution, and compares what the service shows with what was written.
    pub async fn finish<P: ProfileProvider + ?Sized>(mut self, provider: &P) -> Executed {
        let is_without_effect =
            self.steps.iter().all(|step| matches!(step, StepOutcome::NotMade | StepOutcome::NotBegun));
        if is_without_effect {
            self.plan.unspend();
        }
        if self.error.is_none() && !self.steps.is_empty() {
            self.error = self.verify(provider).await.err();
        }
        let plan = &self.plan;
        let capabilities = provider.capabilities();
        let fields = |what| match &self.profile {
            Some(profile) if self.error.is_none() => plan.fields_shown(what, profile, capabilities),
            _ => Vec::new(),
        };
        let also_changed = match &self.profile {
            Some(profile) if self.error.is_none() && !self.steps.is_empty() => {
                Aside::of(plan, profile, capabilities).into_fields(self.also_changed)
            }
            _ => Vec::new(),
        };
        Executed {
            ignored: fields(WrittenField::Otherwise),
            unshown: fields(WrittenField::Not),
            also_changed,
            steps: self.steps,
            profile: self.profile,
            enrollment: self.enrollment,
            error: self.error,
        }
    }

    /// Checks that the service shows the profile that was written.
    async fn verify<P: ProfileProvider + ?Sized>(&mut self, provider: &P) -> Result<()> {
        let plan = &self.plan;
        match (plan.write(), &self.profile) {
            (Write::Create { draft }, Some(profile)) => created::check_created(provider, draft, profile),
            (Write::Update { id, .. }, shown) => {
                if let Some(profile) = shown {
                    check_written(provider, id, profile)?;
                }
                // The response shows a part of the record only, so the rest has to be read. A value that is gone is one, too: the
                // response leaves it out, or the write removed it.
                let capabilities = provider.capabilities();
                let is_whole = shown.as_ref().is_some_and(|it| {
                    !plan.is_unsaid(it, capabilities) && Aside::of(plan, it, capabilities).gone.is_empty()
                });
                if !is_whole {
                    self.also_changed =
                        shown.iter().flat_map(|it| Aside::of(plan, it, capabilities).changed).collect();
                    let read = read(provider, id, &as_planned(plan)).await;
                    self.profile = Some(read.map_err(Error::after_write)?);
                }
                Ok(())
            }
            (Write::Deactivate { id } | Write::Delete { id }, Some(profile)) => {
                check_written(provider, id, profile)
            }
            (Write::Enroll { .. }, _) => match &self.enrollment {
                Some(enrollment) => check_link(provider, enrollment).inspect_err(|_| self.enrollment = None),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl Plan {
    /// Returns whether a response leaves out a requested field, so that its result is not known.
    fn is_unsaid(&self, written: &Profile, capabilities: &Capabilities) -> bool {
        self.asked().any(|it| value_of(written, &it.field, capabilities).is_absent())
    }

    /// Returns the requested fields with this result.
    fn fields_shown(
        &self,
        what: WrittenField,
        written: &Profile,
        capabilities: &Capabilities,
    ) -> Vec<FieldPath> {
        let statuses = self.write().statuses();
        let is_so = |it: &&Difference| match written.status.value() {
            // Each of these statuses is as requested.
            Some(status) if it.field == FieldPath::STATUS && statuses.contains(status) => {
                what == WrittenField::AsWritten
            }
            _ => shown(it.then.as_ref(), written, &it.field, capabilities) == what,
        };
        self.asked().filter(is_so).map(|it| it.field.clone()).collect()
    }
}

/// Returns the options for reading the profile of a plan again.
fn as_planned(plan: &Plan) -> GetOptions {
    let fields = plan.asked().map(|it| it.field.clone());
    GetOptions::default().with_enrich(plan.0.enrich).with_fields(fields).with_fresh(true)
}

/// Reads the profile of a plan, and checks that no field that the plan touches has changed.
pub(crate) async fn check_unchanged<P: ProfileProvider + ?Sized>(provider: &P, plan: &Plan) -> Result<()> {
    plan.check_issuer(provider.info())?;
    // Without a profile in the plan there is nothing to compare.
    let (Some(id), Some(_)) = (plan.write().id(), plan.current()) else { return Ok(()) };
    let current = read(provider, id, &as_planned(plan)).await?;
    let stale = plan.stale(&current, provider.capabilities());
    let stale: Vec<_> = stale.iter().map(FieldPath::as_str).collect();
    if stale.is_empty() {
        return Ok(());
    }
    let message = format!(
        "nothing was sent: these fields have changed since the plan was created: {}",
        stale.join(", ")
    );
    Err(Error::new(ErrorKind::Conflict, message)
        .with_provider(provider.info())
        .with_operation(plan.write().operation())
        .with_hint("create the plan again"))
}

/// Checks that the response to a write shows the profile that was written.
fn check_written<P: ProfileProvider + ?Sized>(provider: &P, id: &ProfileId, written: &Profile) -> Result<()> {
    check_same(provider, id, written)
        .map_err(|error| error.with_operation("update").as_written_to_somebody_else())
}

/// Checks that a link is safe to pass on.
fn check_link<P: ProfileProvider + ?Sized>(provider: &P, enrollment: &Enrollment) -> Result<()> {
    enrollment.url.check().map_err(|reason| {
        Error::new(
            ErrorKind::Decode,
            format!("the service sent an enrollment link that is not safe to use: {reason}"),
        )
        .with_provider(provider.info())
        .with_operation("enroll")
        .with_effect(Effect::Possible)
        .with_hint("a link may have been created: check the profile before you create another one")
    })
}

/// Returns the error of a request that others were sent before.
fn after_others(error: Error, made: usize) -> Error {
    let before = match error.operation() {
        Some(operation) => format!("the requests before {operation} were applied"),
        None => format!("the requests before request {} were applied", made + 1),
    };
    let hint = match error.effect() {
        Effect::None => match error.hint() {
            Some(hint) => format!("{before}, the others were not; {hint}"),
            None => format!("{before}, the others were not"),
        },
        _ => format!(
            "{before}; it is not known whether the others were: read the profile before you try again"
        ),
    };
    error.with_effect(Effect::Partial).with_hint(hint)
}
