//! Providers for programs without an async runtime.
//!
//! A [`Provider`] has what [`ProfileProviderExt`](crate::ProfileProviderExt) has, and waits for what comes. A [`Runtime`] does
//! the work behind it: one background thread, which several providers share.
//!
//! Whatever sends something is refused with [`ErrorKind::Config`](crate::ErrorKind::Config) where it is called inside an async
//! runtime of Tokio, which it would block, `spawn_blocking` included: use the async API there, or a thread of its own
//! (`std::thread::spawn`). Nothing panics there, and everything can be dropped there.
//!
//! ```no_run
//! # #[cfg(feature = "engine")]
//! # fn example() -> anyprofile::Result<()> {
//! use anyprofile::{Accounts, ListQuery, blocking};
//!
//! let runtime = blocking::Runtime::new()?;
//! for provider in Accounts::from_env()?.connect()? {
//!     let provider = blocking::Provider::with_runtime(provider, &runtime);
//!     let mut profiles = provider.list(ListQuery::new());
//!     for profile in &mut profiles {
//!         let profile = profile?;
//!         println!("{} {}", profile.id, profile.label());
//!     }
//!     assert!(profiles.report().is_complete());
//! }
//! # Ok(())
//! # }
//! ```

mod directory;
mod listing;
mod provider;

use std::{fmt, sync::Arc};

use anyprofile_core::{Error, Result};
use tokio::runtime::{Builder, Handle};

pub use self::{
    directory::{Directory, DirectoryProfiles},
    listing::{Pages, Profiles},
    provider::Provider,
};

/// What does the work of blocking providers: one background thread. Clones share it; it ends with the last of them, and with the
/// providers and listings that use it.
///
/// Connections belong to the runtime that made them: use one runtime for a provider.
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

/// `None` while it is dropped.
struct Inner(Option<tokio::runtime::Runtime>);

impl Drop for Inner {
    fn drop(&mut self) {
        // Waits for nothing: it may be dropped where nothing may block.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Runtime(..)")
    }
}

impl Runtime {
    /// Starts a runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the operating system gives no thread for it.
    pub fn new() -> Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("anyprofile").enable_all();
        let runtime = builder.build().map_err(|error| {
            Error::config("the runtime of the blocking API cannot be started").with_source(error).with_hint(
                "the operating system gave no thread or no descriptor for it; try again with fewer in use",
            )
        })?;
        Ok(Self(Arc::new(Inner(Some(runtime)))))
    }

    /// Waits for what comes.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) inside an async runtime.
    fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        match &self.0.0 {
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(work)),
            _ => Err(Error::config(
                "the blocking API was called inside an async runtime, which it would block",
            )
            .with_hint("use the async API there, or call it from a thread of its own (std::thread::spawn)")),
        }
    }
}
