//! Work that makes progress while its future is not polled.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyprofile_core::{Error, ErrorKind, Result};
use tokio::{runtime::Handle, task::JoinSet};

/// A flag that says whether the caller has cancelled the work.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// Returns whether the work was cancelled.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Sets the flag when it is dropped.
struct Owner(GivenUp);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

/// Work in a task of the runtime. Dropping it aborts the task.
pub(crate) struct Owned<T> {
    // Dropped first, so that the work begins nothing more before the task is aborted.
    _owner: Owner,
    tasks: JoinSet<T>,
}

/// Spawns the work as a task, so that it makes progress while its future is not polled: a stalled future must not hold one of the
/// account's concurrent requests. The work checks `given_up` before it begins a request.
///
/// Call [`check_runtime`] first.
pub(crate) fn owned<T: Send + 'static>(
    given_up: GivenUp,
    work: impl Future<Output = T> + Send + 'static,
) -> Owned<T> {
    let mut tasks = JoinSet::new();
    tasks.spawn(work);
    Owned { _owner: Owner(given_up), tasks }
}

/// Checks that a task can be spawned.
///
/// # Errors
/// [`ErrorKind::Internal`] outside of a Tokio runtime.
pub(crate) fn check_runtime() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorKind::Internal, "a Tokio runtime is required to send a request")
            .with_hint("call it within a Tokio runtime, such as that of #[tokio::main]")),
    }
}

impl<T: 'static> Owned<T> {
    /// Waits for the result of the work.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] if the runtime shuts down.
    ///
    /// # Panics
    /// If the work panics.
    pub(crate) async fn outcome(mut self) -> Result<T> {
        match self.tasks.join_next().await {
            Some(Ok(outcome)) => Ok(outcome),
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) | None => Err(Error::new(
                ErrorKind::Cancelled,
                "the Tokio runtime shut down while a request was in progress",
            )),
        }
    }
}
