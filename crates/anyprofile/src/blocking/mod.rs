//! Providers for programs without an async runtime.
//!
//! A [`Provider`] has the methods of [`ProfileProviderExt`](crate::ProfileProviderExt), and blocks until each one is done. A
//! [`Runtime`] does the work on one background thread, which several providers can share.
//!
//! Inside a Tokio runtime, `spawn_blocking` included, every method that sends a request fails with
//! [`ErrorKind::Config`](crate::ErrorKind::Config), because it would block the runtime. Use the async API there, or a thread of its own
//! (`std::thread::spawn`). Values of this module never panic inside a runtime, and can be dropped there.
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

/// The runtime of blocking providers: one background thread. Clones share it. It ends when the last clone, provider and listing that
/// uses it is dropped.
///
/// Connections belong to the runtime that opened them: use one runtime for a provider.
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

/// `None` only while it is dropped.
struct Inner(Option<tokio::runtime::Runtime>);

impl Drop for Inner {
    fn drop(&mut self) {
        // Must not block: it may be dropped inside an async runtime.
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
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the operating system cannot start a thread.
    pub fn new() -> Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("anyprofile").enable_all();
        let runtime = builder.build().map_err(|error| {
            Error::config("the runtime of the blocking API cannot be started").with_source(error).with_hint(
                "the operating system could not provide a thread or a file descriptor; try again with fewer in use",
            )
        })?;
        Ok(Self(Arc::new(Inner(Some(runtime)))))
    }

    /// Blocks until the work is done.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) inside an async runtime.
    fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        match &self.0.0 {
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(work)),
            _ => Err(Error::config(
                "the blocking API must not be called inside an async runtime, which it would block",
            )
            .with_hint("use the async API there, or call it from a thread of its own (std::thread::spawn)")),
        }
    }
}
