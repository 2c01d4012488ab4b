//! The progress bar on a terminal.

use std::{
    fmt::Write as _,
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyprofile::AccountReport;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{Format, Global};

/// How many profiles pass between two updates of the declared totals.
const LOOK_EVERY: u64 = 256;

/// The visible progress bar, if any.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Writes something while the bar is hidden.
pub(crate) fn suspended(write: impl FnOnce()) {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// A progress line. It is shown only on a terminal, and only if it does not mix with the output. Only one exists at a
/// time.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress {
    /// Starts the progress of a listing.
    pub(crate) fn start(global: &Global) -> Self {
        let output_is_shared = std::io::stdout().is_terminal() && global.output != Format::Table;
        Self::of(None, "{spinner} {msg}", !global.quiet && !output_is_shared)
    }

    /// Starts the progress of something whose steps are not known.
    pub(crate) fn waiting(global: &Global, doing: String) -> Self {
        let it = Self::of(None, "{spinner} {msg}, {elapsed}", !global.quiet);
        it.bar.set_message(doing);
        it
    }

    /// Starts the progress of `total` steps; `doing` describes them.
    pub(crate) fn of_many(global: &Global, total: usize, doing: &'static str) -> Self {
        let it = Self::of(Some(total as u64), "{msg} {wide_bar} {pos}/{len}, {eta} left", !global.quiet);
        it.bar.set_message(doing);
        it
    }

    /// Starts the progress of `total` steps that also print one row each.
    pub(crate) fn of_rows(global: &Global, total: usize, doing: &'static str) -> Self {
        // On a terminal, the rows themselves show the progress.
        if std::io::stdout().is_terminal() {
            return Self::of(None, "", false);
        }
        Self::of_many(global, total, doing)
    }

    fn of(total: Option<u64>, template: &str, is_wanted: bool) -> Self {
        let is_shown = is_wanted && std::io::stderr().is_terminal();
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        if is_shown {
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        }
        Self { bar, started: Instant::now() }
    }

    /// Counts one step.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// Counts one profile. `reports` is called only now and then.
    pub(crate) fn advance(&self, reports: impl FnOnce() -> Vec<AccountReport>) {
        self.bar.inc(1);
        let seen = self.bar.position();
        if self.bar.is_hidden() || seen % LOOK_EVERY != 1 {
            return;
        }
        self.bar.set_message(message(seen, &reports(), self.started.elapsed()));
    }

    /// Shows how many profiles of an account came.
    pub(crate) fn tell(&self, account: &str, seen: u64) {
        self.bar.set_message(format!("{account}: {} profiles", HumanCount(seen)));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Describes the number of profiles, the total, the rate and the remaining time.
fn message(seen: u64, reports: &[AccountReport], elapsed: Duration) -> String {
    let mut text = HumanCount(seen).to_string();
    let declared: u64 = reports.iter().filter_map(|report| report.listing.declared_total).sum();
    let undeclared = reports.iter().filter(|report| report.listing.declared_total.is_none());
    let seen_of_undeclared: u64 = undeclared.clone().map(|report| report.listing.seen).sum();
    let total = declared + seen_of_undeclared;
    let is_exact = undeclared.count() == 0;
    if declared > 0 {
        // An account without a declared total counts with its profiles so far.
        let bound = if is_exact { "" } else { "at least " };
        let _ = write!(text, " of {bound}{}", HumanCount(total));
    }
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = seen.saturating_mul(1000) / milliseconds;
    let _ = write!(text, " profiles, {} a second", HumanCount(rate));
    if is_exact && rate > 0 && total > seen {
        let _ = write!(text, ", {} s left", (total - seen) / rate);
    }
    text
}
