//! Work that goes on while nobody polls it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyprofile_core::{Error, ErrorKind, Result};
use tokio::{runtime::Handle, task::JoinSet};

/// Whether who asked for some work has given it up.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// Whether it was.
    pub(crate) fn is_so(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Gives the work up when it is dropped.
struct Owner(GivenUp);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

/// Work that runs as a task of the runtime. Dropping it aborts the work.
pub(crate) struct Owned<T> {
    // Dropped first: nothing is begun any more by the time the task is aborted.
    _owner: Owner,
    tasks: JoinSet<T>,
}

/// Runs some work as a task of the runtime, so that it goes on while nobody polls: a place among the requests that are sent at
/// once is not held by one that does not move. What the work has not begun when it is given up it must not begin, which
/// `given_up` tells it.
///
/// It is called where [`check_runtime`] has passed.
pub(crate) fn owned<T: Send + 'static>(
    given_up: GivenUp,
    work: impl Future<Output = T> + Send + 'static,
) -> Owned<T> {
    let mut tasks = JoinSet::new();
    tasks.spawn(work);
    Owned { _owner: Owner(given_up), tasks }
}

/// Checks that a task can be spawned here.
///
/// # Errors
/// [`ErrorKind::Internal`] outside of a Tokio runtime.
pub(crate) fn check_runtime() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorKind::Internal, "there is no Tokio runtime to send a request from")
            .with_hint("call it within a Tokio runtime, such as that of #[tokio::main]")),
    }
}

impl<T: 'static> Owned<T> {
    /// What came of it.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] if the runtime shuts down.
    pub(crate) async fn outcome(mut self) -> Result<T> {
        match self.tasks.join_next().await {
            Some(Ok(outcome)) => Ok(outcome),
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) | None => Err(Error::new(
                ErrorKind::Cancelled,
                "the Tokio runtime was shut down while a request was under way",
            )),
        }
    }
}
