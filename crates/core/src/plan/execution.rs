//! How a provider executes a plan.

use super::Plan;
use crate::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, FieldPath, GetOptions, Profile, ProfileId,
    ProfileProvider, Result, Write, created,
    enrollment::Enrollment,
    error::Effect,
    plan::{Difference, Receipt, StepOutcome},
    reading::{check_same, read},
    written::{Shown, shown, value_of},
};

/// A plan that is being executed: what is the same for all providers. A provider begins it, reports what comes of each
/// request, and finishes it.
///
/// Dropped before it is finished, it leaves the plan spent: something may have been sent.
#[derive(Debug)]
pub struct Execution {
    plan: Plan,
    steps: Vec<StepOutcome>,
    next: usize,
    profile: Option<Profile>,
    enrollment: Option<Enrollment>,
    error: Option<Error>,
}

impl Execution {
    /// Begins to execute a plan: checks that this account made it, that it was not executed before, and that nothing which it
    /// touches has changed where the options ask for that.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for a plan of another account, [`ErrorKind::Conflict`] for one that is spent or does not
    /// fit any more; and the service's, where the profile is read. Nothing was written.
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

    /// Whether there is something to send: not if everything is so already, and not after a request that was not made.
    pub fn goes_on(&self) -> bool {
        self.error.is_none() && self.next < self.steps.len()
    }

    /// Takes what came of the next request.
    pub fn step(&mut self, outcome: Result<Receipt>) {
        let outcome = match outcome {
            Ok(receipt) => {
                match receipt {
                    // What an earlier response shows of a change is older than this one.
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
                // Of those before and behind it nothing is different from what the error says by itself.
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

    /// Whether a change was made of which no response shows the profile.
    pub fn is_unshown(&self) -> bool {
        let is_made = self.error.is_none() && !self.steps.is_empty();
        is_made && self.profile.is_none() && matches!(self.plan.write(), Write::Update { .. })
    }

    /// Takes the profile as the service shows it after the last request, or why it could not be read.
    pub fn shows(&mut self, profile: Result<Profile>) {
        match profile {
            Ok(profile) => self.profile = Some(profile),
            Err(error) => self.error = Some(error.after_write()),
        }
    }

    /// Ends it: holds what the service shows against what was to be written.
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
        Executed {
            ignored: fields(Shown::Otherwise),
            unshown: fields(Shown::Not),
            steps: self.steps,
            profile: self.profile,
            enrollment: self.enrollment,
            error: self.error,
        }
    }

    /// Checks that what the service shows is what was written to.
    async fn verify<P: ProfileProvider + ?Sized>(&mut self, provider: &P) -> Result<()> {
        let plan = &self.plan;
        match (plan.write(), &self.profile) {
            (Write::Create { draft }, Some(profile)) => created::check_created(provider, draft, profile),
            (Write::Update { id, .. }, shown) => {
                if let Some(profile) = shown {
                    check_written(provider, id, profile)?;
                }
                // The response shows a part of the record only: what became of the rest has to be read.
                let is_whole = shown.as_ref().is_some_and(|it| !plan.is_unsaid(it, provider.capabilities()));
                if !is_whole {
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
    /// Whether a response leaves out a field that was asked for: then nothing is known of it.
    fn is_unsaid(&self, written: &Profile, capabilities: &Capabilities) -> bool {
        self.asked().any(|it| value_of(written, &it.field, capabilities).is_absent())
    }

    /// The fields of which a profile shows something.
    fn fields_shown(&self, what: Shown, written: &Profile, capabilities: &Capabilities) -> Vec<FieldPath> {
        let statuses = self.write().statuses();
        let is_so = |it: &&Difference| match written.status.value() {
            // Any of these will do.
            Some(status) if it.field == FieldPath::STATUS && statuses.contains(status) => {
                what == Shown::AsWritten
            }
            _ => shown(it.then.as_ref(), written, &it.field, capabilities) == what,
        };
        self.asked().filter(is_so).map(|it| it.field.clone()).collect()
    }
}

/// How a profile is read that a plan was made for.
fn as_planned(plan: &Plan) -> GetOptions {
    GetOptions::default().with_enrich(plan.0.enrich).with_fresh(true)
}

/// Reads the profile of a plan, and checks that all that the plan touches is as it was when it was made.
pub(crate) async fn check_unchanged<P: ProfileProvider + ?Sized>(provider: &P, plan: &Plan) -> Result<()> {
    plan.check_issuer(provider.info())?;
    // Where nothing was read nothing is known that could have changed.
    let (Some(id), Some(_)) = (plan.write().id(), plan.current()) else { return Ok(()) };
    let current = read(provider, id, &as_planned(plan)).await?;
    let stale = plan.stale(&current, provider.capabilities());
    let stale: Vec<_> = stale.iter().map(FieldPath::as_str).collect();
    if stale.is_empty() {
        return Ok(());
    }
    let message =
        format!("nothing was sent: since the plan was made, these have changed: {}", stale.join(", "));
    Err(Error::new(ErrorKind::Conflict, message)
        .with_provider(provider.info())
        .with_operation(plan.write().operation())
        .with_hint("make the plan anew"))
}

/// Checks that what a write was answered with is the profile that was written to: else nobody knows who was.
fn check_written<P: ProfileProvider + ?Sized>(provider: &P, id: &ProfileId, written: &Profile) -> Result<()> {
    check_same(provider, id, written)
        .map_err(|error| error.with_operation("update").as_written_to_somebody_else())
}

/// Checks that a link is one that a person can be sent to.
fn check_link<P: ProfileProvider + ?Sized>(provider: &P, enrollment: &Enrollment) -> Result<()> {
    enrollment.url.check().map_err(|reason| {
        Error::new(ErrorKind::Decode, format!("the link is not handed out: {reason}"))
            .with_provider(provider.info())
            .with_operation("enroll")
            .with_effect(Effect::Possible)
            .with_hint(
                "a link may have been made all the same: look at the profile before making another one",
            )
    })
}

/// The error of a request that others came before.
fn after_others(error: Error, made: usize) -> Error {
    let before = match error.operation() {
        Some(operation) => format!("the part of the change before {operation} was made"),
        None => format!("the part of the change before request {} was made", made + 1),
    };
    let hint = match error.effect() {
        Effect::None => match error.hint() {
            Some(hint) => format!("{before}, the rest was not; {hint}"),
            None => format!("{before}, the rest was not"),
        },
        _ => format!("{before}; whether the rest was is not known: read the profile before trying again"),
    };
    error.with_effect(Effect::Partial).with_hint(hint)
}
