//! A run that writes, and is to end before its time.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

/// How long a write on its way is waited for when the run is to end. Longer than most services take, and short enough for
/// whoever shuts a machine down.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Whether a run is to end: by Ctrl-C, or by a signal to terminate or that the terminal is gone. The write on its way is
/// waited for, since nobody would know what became of it; nothing else is begun.
pub(crate) struct Interrupt(Arc<State>);

#[derive(Default)]
struct State {
    is_raised: AtomicBool,
    raised: Notify,
}

impl Interrupt {
    /// Listens from here on. A second signal ends the process at once.
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

    /// Waits for a write to its end, and for 30 s at the most once the run is to end: then `None`, and nobody knows what
    /// becomes of it.
    pub(crate) async fn finish<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let too_long = async {
            let raised = self.0.raised.notified();
            if !self.is_raised() {
                raised.await;
            }
            tokio::time::sleep(LONGEST_WAIT).await;
        };
        tokio::select! {
            biased;
            outcome = write => Some(outcome),
            () = too_long => {
                say!("it did not end within {} s: whether it was made is not known", LONGEST_WAIT.as_secs());
                None
            }
        }
    }
}

/// The signals that end a run.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    async fn next(&mut self) {
        let [interrupted, terminated, hung_up] = &mut self.0;
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            _ = hung_up.recv() => {}
        }
    }
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
}
