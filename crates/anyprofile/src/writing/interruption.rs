//! What may end a series of writes early.

use std::time::Duration;

use anyprofile_core::async_trait;
use futures_util::future::{Either, select};

/// Tells whether a series of writes is to end early, as after a signal. The pending write is awaited all the same, because its outcome
/// would be unknown otherwise.
#[async_trait]
pub trait Interruption: Send + Sync {
    /// Returns when the writes are to end. Never by default.
    async fn raised(&self) {
        std::future::pending::<()>().await;
    }

    /// Returns when the pending write has been awaited long enough after an interruption. Never by default.
    async fn write_takes_too_long(&self) {
        std::future::pending::<()>().await;
    }

    /// Returns when reading a profile back has been awaited long enough after an interruption. Never by default.
    async fn look_takes_too_long(&self) {
        std::future::pending::<()>().await;
    }

    /// Waits before a write is sent again that the service asked to send later. The write is not sent again if it returns `false`.
    async fn wait(&self, wait: Duration) -> bool;
}

/// Never interrupts. It waits with the timer of Tokio, which every service of this crate needs; without a service it waits for nothing, so
/// that a write which the service asks to send later has failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

#[async_trait]
impl Interruption for Never {
    #[cfg(feature = "engine")]
    async fn wait(&self, wait: Duration) -> bool {
        // A provider of one's own may run elsewhere, where this timer does not.
        if tokio::runtime::Handle::try_current().is_err() {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }

    #[cfg(not(feature = "engine"))]
    async fn wait(&self, _: Duration) -> bool {
        false
    }
}

/// Awaits work. Returns `None` without beginning it if the series is interrupted already, and if it is interrupted before the work ends.
pub(super) async fn unless_raised<T>(
    interruption: &dyn Interruption,
    work: impl Future<Output = T>,
) -> Option<T> {
    match select(interruption.raised(), std::pin::pin!(work)).await {
        Either::Left(((), _)) => None,
        Either::Right((outcome, _)) => Some(outcome),
    }
}

/// Awaits work. Returns `None` if `end` returns first.
pub(super) async fn unless<T>(end: impl Future<Output = ()>, work: impl Future<Output = T>) -> Option<T> {
    // The work is polled first: what is ready counts.
    match select(std::pin::pin!(work), std::pin::pin!(end)).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(((), _)) => None,
    }
}
