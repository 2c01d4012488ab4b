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

use anyprofile::{async_trait, writing::Interruption};
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
}

#[async_trait]
impl Interruption for Interrupt {
    async fn raised(&self) {
        let raised = self.0.raised.notified();
        if !self.is_raised() {
            raised.await;
        }
    }

    async fn write_takes_too_long(&self) {
        self.raised().await;
        tokio::time::sleep(LONGEST_WAIT).await;
    }

    async fn look_takes_too_long(&self) {
        self.raised().await;
        tokio::time::sleep(LONGEST_LOOK).await;
    }

    async fn wait(&self, wait: Duration) -> bool {
        tokio::time::sleep(wait).await;
        true
    }
}

/// Waits for a signal that ends a run which may stop at any moment: for ever, if signals cannot be received.
pub(crate) async fn signalled() {
    match Signals::listen() {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
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
    async fn an_interrupt_is_seen_at_once_and_leaves_time_for_what_is_on_its_way() {
        let takes = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        let is_longer = async |seconds: u64, end: &dyn Interruption, of_look: bool| {
            let too_long = if of_look { end.look_takes_too_long() } else { end.write_takes_too_long() };
            tokio::select! { biased; () = takes(seconds) => false, () = too_long => true }
        };
        let raised = raised();
        raised.raised().await;
        for (seconds, of_look, expected) in
            [(29, false, false), (31, false, true), (9, true, false), (11, true, true)]
        {
            assert_eq!(is_longer(seconds, &raised, of_look).await, expected, "{seconds}");
        }
        // Without an interrupt it may take as long as it takes.
        let calm = Interrupt(Arc::default());
        assert!(!is_longer(3600, &calm, false).await && !is_longer(3600, &calm, true).await);
        assert_eq!(raised.exit(Exit::Complete), Exit::Partial);
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_that_the_process_was_started_to_ignore_is_none() {
        assert_eq!(ignored_in("Name:\tanyprofile\nSigIgn:\t0000000000001001\n"), 0x1001);
        assert_eq!(ignored_in("Name:\tanyprofile\n"), 0);
    }
}
