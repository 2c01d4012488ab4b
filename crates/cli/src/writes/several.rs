//! Executes several plans one after another.

use std::hash::Hash;

use anyprofile::{
    Error, Plan, ProfileProvider,
    writing::{WriteOutcome, WriteState},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    execute,
    outcome::{FailureRate, Outcomes},
};
use crate::{
    args::{Format, Global},
    bulk::Journal,
    diagnostics,
    exit::{Exit, Failure},
    interrupt::Interrupt,
    output::{Rows, print_rows},
    progress::Progress,
    report::after_write,
};

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// One of several writes that were shown. Its plan is computed again before it is executed.
pub(crate) trait ShownWrite {
    /// The key of the write in the journal.
    type Key: Clone + Eq + Hash + Serialize + DeserializeOwned;

    /// Returns the name of the write.
    fn name(&self) -> String;

    fn key(&self) -> &Self::Key;

    /// Returns the digest of the change and its target.
    fn fingerprint(&self) -> &str;

    /// Returns the outcome, if there is nothing to write.
    fn known(&self) -> Option<WriteOutcome>;

    /// Returns the plan and its provider, if the plan is the one that was shown. It is sent directly after this.
    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error>;

    /// Receives the outcome of the write.
    fn ended(&self, outcome: &WriteOutcome) {
        let _ = outcome;
    }
}

/// Executes the plans one after another, and prints each outcome at once. Outcomes that are known already come first.
/// The journal, if any, records what was written.
pub(crate) async fn write_all<P: ShownWrite>(
    global: &Global,
    mut journal: Option<&mut Journal<P::Key>>,
    plans: Vec<P>,
    mut outcomes: Outcomes,
    mut rate: FailureRate,
    summary: impl FnOnce(&Outcomes) -> String,
) -> Result<Exit, Failure> {
    let all = outcomes.iter().map(|(name, _)| name.clone()).chain(plans.iter().map(ShownWrite::name));
    let names: Vec<_> = all.collect();
    let mut rows = Rows::new(global.output, COLUMNS, names.iter().map(String::as_str));
    let mut exit = Exit::Complete;
    for (name, outcome) in outcomes.iter() {
        exit = exit.and(print_row(&mut rows, name, outcome)?);
    }
    let interrupt = Interrupt::listen();
    let mut broken = None;
    let progress = Progress::of_rows(global, plans.len(), "writing");
    for planned in plans {
        progress.step();
        let is_over =
            interrupt.is_raised() || rate.is_too_high() || broken.is_some() || exit != Exit::Complete;
        let outcome = if is_over {
            WriteOutcome::NotTried
        } else if let Some(outcome) = planned.known() {
            outcome
        } else {
            let mut note = |state| match &mut journal {
                Some(journal) => journal.note(planned.key(), planned.fingerprint(), state),
                None => Ok(()),
            };
            match note(WriteState::Sending) {
                Ok(()) => {
                    let outcome = written(&planned, &interrupt).await;
                    planned.ended(&outcome);
                    broken = note(outcome.state()).err();
                    rate.count(outcome.is_failure());
                    outcome
                }
                Err(failure) => {
                    broken = Some(failure);
                    WriteOutcome::NotTried
                }
            }
        };
        let name = planned.name();
        if !matches!(outcome, WriteOutcome::NotTried) {
            exit = exit.and(print_row(&mut rows, &name, &outcome)?);
        }
        outcomes.push(name, outcome);
    }
    progress.finish();
    if exit == Exit::Complete {
        exit = after_write(rows.finish(), String::new)?;
    }
    if rate.is_too_high() {
        say!("stopped: {rate}");
    }
    say!("{}", summary(&outcomes));
    let mut left = outcomes.left().peekable();
    if left.peek().is_some() {
        say!("not started:");
        left.for_each(|name| say!("  {name}"));
    }
    if let Some(failure) = broken {
        return Err(failure);
    }
    if outcomes.has_link() {
        say!("a link is a credential: anyone who has it can enroll");
    }
    let exit = interrupt.exit(if exit == Exit::Complete { outcomes.exit() } else { exit });
    match journal {
        Some(journal) if exit == Exit::Complete => journal.close()?,
        Some(_) if outcomes.has_left() => say!("run the same command again to write the remaining profiles"),
        _ => {}
    }
    Ok(exit)
}

async fn written(planned: &impl ShownWrite, interrupt: &Interrupt) -> WriteOutcome {
    match planned.plan().await {
        Ok((plan, provider)) => execute(provider, &plan, interrupt).await.0,
        Err(error) => {
            diagnostics::error(&error);
            WriteOutcome::of_failure(&error)
        }
    }
}

/// Prints one outcome. If the output fails, the outcome goes to standard error and nothing else is written.
fn print_row(rows: &mut Rows, name: &str, outcome: &WriteOutcome) -> Result<Exit, Failure> {
    after_write(rows.push(&row(name, outcome)), || format!("{name}  {outcome}"))
}

fn row(name: &str, outcome: &WriteOutcome) -> Vec<Value> {
    vec![Value::from(name), Value::from(outcome.word()), Value::from(outcome.in_full())]
}

/// Prints the outcomes of a run that writes nothing more.
pub(crate) fn print_outcomes(format: Format, outcomes: &Outcomes) -> Result<(), Failure> {
    let rows: Vec<_> = outcomes.iter().map(|(name, outcome)| row(name, outcome)).collect();
    print_rows(format, COLUMNS, &rows)
}
