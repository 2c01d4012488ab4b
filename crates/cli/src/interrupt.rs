//! Interrupts a run that writes.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use tokio::sync::Notify;

use crate::exit::Exit;

/// How long an interrupted run waits for a pending write. Most services respond sooner, and a system shutdown can
/// wait this long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long an interrupted run then reads the profile to verify the write.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// Whether the run was interrupted: by Ctrl-C, a termination signal, or a hangup. The pending write is awaited,
/// because its result would be unknown otherwise. No other write is started.
pub(crate) struct Interrupt(Arc<InterruptState>);

#[derive(Default)]
struct InterruptState {
    is_raised: AtomicBool,
    raised: Notify,
}

impl Interrupt {
    /// Starts listening for signals. A second signal ends the process at once. Signals that the process was started
    /// to ignore, as by `nohup`, stay ignored.
    pub(crate) fn listen() -> Self {
        let state = Arc::new(InterruptState::default());
        let shared = Arc::clone(&state);
        // Starts before anything is sent, not when the task first runs.
        let signals = Signals::listen();
        tokio::spawn(async move {
            let Ok(mut signals) = signals else { return };
            signals.next().await;
            shared.is_raised.store(true, Ordering::Relaxed);
            shared.raised.notify_waiters();
            say!("interrupted: waiting for the pending write; interrupt again to stop at once");
            signals.next().await;
            std::process::exit(130);
        });
        Self(state)
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.0.is_raised.load(Ordering::Relaxed)
    }

    /// Returns the exit code, or [`Exit::Partial`] if the run was interrupted.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        if self.is_raised() { Exit::Partial } else { exit }
    }

    async fn raised(&self) {
        let raised = self.0.raised.notified();
        if !self.is_raised() {
            raised.await;
        }
    }

    /// Awaits work before a write. Returns `None` if the run is interrupted first; nothing was written then.
    pub(crate) async fn unless_raised<T>(&self, before: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.raised() => None,
            outcome = before => Some(outcome),
        }
    }

    /// Awaits the verification of a write. Returns `None` if it takes longer than 10 s after an interrupt.
    pub(crate) async fn look<T>(&self, read: impl Future<Output = T>) -> Option<T> {
        let outcome = self.within(LONGEST_LOOK, read).await;
        if outcome.is_none() {
            say!("the profile could not be read back within {} s", LONGEST_LOOK.as_secs());
        }
        outcome
    }

    /// Awaits a write. Returns `None` if it takes longer than 30 s after an interrupt; the result is then unknown.
    pub(crate) async fn finish<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let outcome = self.within(LONGEST_WAIT, write).await;
        if outcome.is_none() {
            say!(
                "warning: the write did not finish within {} s; its result is unknown",
                LONGEST_WAIT.as_secs()
            );
        }
        outcome
    }

    /// Awaits a future, for at most `time` after an interrupt.
    async fn within<T>(&self, time: Duration, something: impl Future<Output = T>) -> Option<T> {
        let too_long = async {
            self.raised().await;
            tokio::time::sleep(time).await;
        };
        tokio::select! {
            biased;
            outcome = something => Some(outcome),
            () = too_long => None,
        }
    }
}

/// Waits for a signal that ends a run which may stop at any moment.
///
/// # Errors
/// If the signals cannot be received.
pub(crate) async fn signalled() -> io::Result<()> {
    Signals::listen()?.next().await;
    Ok(())
}

/// The signals that end a run.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored_signals();
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .into_iter()
            .filter(|kind| ignored >> (kind.as_raw_value() - 1) & 1 == 0)
            .map(signal)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    async fn next(&mut self) {
        poll_fn(|context| {
            let is_there = |signal: &mut tokio::signal::unix::Signal| signal.poll_recv(context).is_ready();
            if self.0.iter_mut().any(is_there) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Returns the signals that this process was started to ignore; bit 0 is signal 1. Only Linux shows them without
/// unsafe code; elsewhere no signal counts as ignored.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_in(&status)
}

#[cfg(unix)]
fn ignored_in(status: &str) -> u64 {
    let digits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    digits.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0)
}

/// The signals that end a run.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised() -> Interrupt {
        let interrupt = Interrupt(Arc::default());
        interrupt.0.is_raised.store(true, Ordering::Relaxed);
        interrupt
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_on_its_way_is_waited_for_and_no_longer_than_its_bound() {
        let takes = |seconds| async move { tokio::time::sleep(Duration::from_secs(seconds)).await };
        assert!(raised().finish(takes(29)).await.is_some());
        assert!(raised().finish(takes(31)).await.is_none());
        // Without an interrupt it may take as long as it takes.
        assert!(Interrupt(Arc::default()).finish(takes(3600)).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_before_a_write_is_given_up_and_what_comes_behind_it_is_bounded() {
        let takes = |seconds| async move { tokio::time::sleep(Duration::from_secs(seconds)).await };
        assert!(raised().unless_raised(async {}).await.is_none());
        assert!(Interrupt(Arc::default()).unless_raised(takes(3600)).await.is_some());
        assert!(raised().look(takes(9)).await.is_some());
        assert!(raised().look(takes(11)).await.is_none());
        assert!(Interrupt(Arc::default()).look(takes(3600)).await.is_some());
        assert_eq!(raised().exit(Exit::Complete), Exit::Partial);
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_that_the_process_was_started_to_ignore_is_none() {
        assert_eq!(ignored_in("Name:\tanyprofile\nSigIgn:\t0000000000001001\n"), 0x1001);
        assert_eq!(ignored_in("Name:\tanyprofile\n"), 0);
    }
}
