//! What the caller decides.

use anyprofile_core::Timestamp;

/// The options of a form.
///
/// ```
/// use anyprofile_snapshot::form::FormOptions;
///
/// let options = FormOptions::default().with_unknown_mfa(false);
/// assert_eq!(options.unknown_mfa, Some(false));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormOptions {
    /// What is written where the form wants yes or no and it is not known whether sign-in requires a second factor. `None` stops the run.
    pub unknown_mfa: Option<bool>,
    /// When the services were asked: the time of the events of `ocsf` and `ecs`. `None` is the time at which the writer is created.
    pub time: Option<Timestamp>,
}

impl FormOptions {
    /// Sets [`unknown_mfa`](Self::unknown_mfa).
    pub fn with_unknown_mfa(mut self, written: bool) -> Self {
        self.unknown_mfa = Some(written);
        self
    }

    /// Sets [`time`](Self::time).
    pub fn with_time(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }
}
