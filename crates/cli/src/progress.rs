//! Progress on a terminal.

use std::{io::IsTerminal as _, time::Duration};

use anyprofile::AccountReport;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{Format, Global};

/// A line that tells how far a listing is. Shown on a terminal alone, and only where it does not get
/// between lines of the output.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn start(global: &Global) -> Self {
        let output_is_shared = std::io::stdout().is_terminal() && global.output != Format::Table;
        let is_shown = std::io::stderr().is_terminal() && !global.quiet && !output_is_shared;
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if is_shown {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} profiles, {per_sec}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// One more profile. `reports` is asked only now and then.
    pub(crate) fn advance(&self, reports: impl FnOnce() -> Vec<AccountReport>) {
        self.bar.inc(1);
        if self.bar.is_hidden() || self.bar.position() % 256 != 1 {
            return;
        }
        // The total is known when every account has said its own.
        let totals: Option<Vec<u64>> = reports().iter().map(|report| report.listing.declared_total).collect();
        if let Some(totals) = totals {
            self.bar.set_length(totals.iter().sum());
            let template = "{spinner} {human_pos} of {human_len} profiles, {per_sec}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style);
            }
        }
    }

    /// Writes something else without the line getting in its way.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
