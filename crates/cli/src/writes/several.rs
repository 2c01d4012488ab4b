//! Several plans, executed one after the other.

use std::hash::Hash;

use anyprofile::{Error, Plan, ProfileProvider};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    execute::execute,
    outcome::{FailureRate, Outcomes, WriteOutcome},
};
use crate::{
    args::{Format, Global},
    bulk::{Journal, State},
    diagnostics,
    exit::{Exit, Failure},
    interrupt::Interrupt,
    output::{Rows, print_rows},
    progress::Progress,
    report::after_write,
};

const COLUMNS: &[&str] = &["id", "state", "outcome"];

/// One of several writes that were shown. Its plan is made again when it is its turn.
pub(crate) trait Planned {
    /// What the journal knows it by.
    type Key: Clone + Eq + Hash + Serialize + DeserializeOwned;

    /// What it is called.
    fn name(&self) -> String;

    fn key(&self) -> &Self::Key;

    /// What is to be done and where.
    fn fingerprint(&self) -> &str;

    /// What comes of it, where there is nothing to write.
    fn known(&self) -> Option<WriteOutcome>;

    /// The plan, if it is what was shown, and who executes it. Nothing else happens before it is sent.
    async fn plan(&self) -> Result<(Plan, &dyn ProfileProvider), Error>;

    /// Takes what came of it.
    fn ended(&self, outcome: &WriteOutcome) {
        let _ = outcome;
    }
}

/// Executes one plan after the other, and prints what came of each at once, those first of which that is known already. What was
/// done is noted in the journal, if there is one.
pub(crate) async fn write_all<P: Planned>(
    global: &Global,
    mut journal: Option<&mut Journal<P::Key>>,
    plans: Vec<P>,
    mut outcomes: Outcomes,
    mut rate: FailureRate,
    summary: impl FnOnce(&Outcomes) -> String,
) -> Result<Exit, Failure> {
    let all = outcomes.iter().map(|(name, _)| name.clone()).chain(plans.iter().map(Planned::name));
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
            match note(State::Sending) {
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
        if outcome != WriteOutcome::NotTried {
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
        say!("not begun:");
        left.for_each(|name| say!("  {name}"));
    }
    if let Some(failure) = broken {
        return Err(failure);
    }
    if outcomes.has_link() {
        say!("a link is a credential: whoever holds it can enroll");
    }
    let exit = interrupt.exit(if exit == Exit::Complete { outcomes.exit() } else { exit });
    match journal {
        Some(journal) if exit == Exit::Complete => journal.close()?,
        Some(_) if outcomes.has_left() => say!("the same command goes on with those that were not written"),
        _ => {}
    }
    Ok(exit)
}

async fn written(planned: &impl Planned, interrupt: &Interrupt) -> WriteOutcome {
    match planned.plan().await {
        Ok((plan, provider)) => execute(provider, &plan, interrupt).await.0,
        Err(error) => {
            diagnostics::error(&error);
            WriteOutcome::of_failure(&error)
        }
    }
}

/// Prints what came of one. Where that cannot be printed any more, it is said, and nothing further is written.
fn print_row(rows: &mut Rows, name: &str, outcome: &WriteOutcome) -> Result<Exit, Failure> {
    after_write(rows.push(&row(name, outcome)), || format!("{name}  {outcome}"))
}

fn row(name: &str, outcome: &WriteOutcome) -> Vec<Value> {
    vec![Value::from(name), Value::from(outcome.word()), Value::from(outcome.in_full())]
}

/// Prints what came of each, where nothing is written any more.
pub(crate) fn print_outcomes(format: Format, outcomes: &Outcomes) -> Result<(), Failure> {
    let rows: Vec<_> = outcomes.iter().map(|(name, outcome)| row(name, outcome)).collect();
    print_rows(format, COLUMNS, &rows)
}
