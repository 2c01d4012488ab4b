//! A run that writes, and is to end before its time.

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

/// How long a write on its way is waited for when the run is to end. Longer than most services take, and short enough for
/// whoever shuts a machine down.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long it is read back after that what became of it.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// Whether a run is to end: by Ctrl-C, or by a signal to terminate or that the terminal is gone. The write on its way is
/// waited for, since nobody would know what became of it; nothing else is begun.
pub(crate) struct Interrupt(Arc<State>);

#[derive(Default)]
struct State {
    is_raised: AtomicBool,
    raised: Notify,
}

impl Interrupt {
    /// Listens from here on. A second signal ends the process at once. Signals that whoever started the run has it ignore, as
    /// `nohup` does, are none.
    pub(crate) fn listen() -> Self {
        let state = Arc::new(State::default());
        let told = Arc::clone(&state);
        // Before anything is sent: not when the runtime gets to it.
        let signals = Signals::listen();
        tokio::spawn(async move {
            let Ok(mut signals) = signals else { return };
            signals.next().await;
            told.is_raised.store(true, Ordering::Relaxed);
            told.raised.notify_waiters();
            say!("interrupted: what is on its way is waited for; interrupt again to end at once");
            signals.next().await;
            std::process::exit(130);
        });
        Self(state)
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.0.is_raised.load(Ordering::Relaxed)
    }

    /// How a run ends that would end so: one that was interrupted may have left something.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        if self.is_raised() { Exit::Partial } else { exit }
    }

    async fn raised(&self) {
        let raised = self.0.raised.notified();
        if !self.is_raised() {
            raised.await;
        }
    }

    /// What comes before a write: given up once the run is to end, and nothing was written then.
    pub(crate) async fn unless_raised<T>(&self, before: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.raised() => None,
            outcome = before => Some(outcome),
        }
    }

    /// What comes behind a write, and says what became of it: for 10 s at the most where the run is to end.
    pub(crate) async fn look<T>(&self, read: impl Future<Output = T>) -> Option<T> {
        let outcome = self.within(LONGEST_LOOK, read).await;
        if outcome.is_none() {
            say!("reading it back did not end within {} s", LONGEST_LOOK.as_secs());
        }
        outcome
    }

    /// Waits for a write to its end, and for 30 s at the most once the run is to end: then `None`, and nobody knows what
    /// becomes of it.
    pub(crate) async fn finish<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let outcome = self.within(LONGEST_WAIT, write).await;
        if outcome.is_none() {
            say!("it did not end within {} s: whether it was made is not known", LONGEST_WAIT.as_secs());
        }
        outcome
    }

    /// What comes of something, that has so long once the run is to end.
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

/// Waits until a run is to end that may be cut off at any moment: by a person, or by what runs programs.
///
/// # Errors
/// If signals cannot be listened for.
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

/// The signals that this process was started to ignore: bit 0 is signal 1. Only Linux shows it without unsafe code; elsewhere
/// none is taken to be.
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
