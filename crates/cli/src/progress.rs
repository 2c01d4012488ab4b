//! Progress on a terminal.

use std::{
    fmt::Write as _,
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use anyprofile::AccountReport;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{Format, Global};

/// How many profiles come between two looks at what the accounts declare.
const LOOK_EVERY: u64 = 256;

/// A line that tells how far a listing is. Shown on a terminal alone, and only where it does not get
/// between lines of the output.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    pub(crate) fn start(global: &Global) -> Self {
        let output_is_shared = std::io::stdout().is_terminal() && global.output != Format::Table;
        let is_shown = std::io::stderr().is_terminal() && !global.quiet && !output_is_shared;
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if is_shown {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, started: Instant::now() }
    }

    /// One more profile. `reports` is asked only now and then.
    pub(crate) fn advance(&self, reports: impl FnOnce() -> Vec<AccountReport>) {
        self.bar.inc(1);
        let seen = self.bar.position();
        if self.bar.is_hidden() || seen % LOOK_EVERY != 1 {
            return;
        }
        self.bar.set_message(message(seen, &reports(), self.started.elapsed()));
    }

    /// Writes something else without the line getting in its way.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// How many there are of how many, how fast, and how long it may still take.
fn message(seen: u64, reports: &[AccountReport], elapsed: Duration) -> String {
    let mut text = HumanCount(seen).to_string();
    let declared: u64 = reports.iter().filter_map(|report| report.listing.declared_total).sum();
    let undeclared = reports.iter().filter(|report| report.listing.declared_total.is_none());
    let seen_of_undeclared: u64 = undeclared.clone().map(|report| report.listing.seen).sum();
    let total = declared + seen_of_undeclared;
    let is_exact = undeclared.count() == 0;
    if declared > 0 {
        // An account that declares nothing counts with what it has shown so far.
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
