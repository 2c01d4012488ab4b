//! Layers: providers around a provider that restrict, cache or observe it.
//!
//! Each layer takes an `Arc<dyn ProfileProvider>` and is a provider itself, so layers compose in any order. The order
//! matters: `Observed(Cached(p))` reports every call of the program, `Cached(Observed(p))` only those that the cache
//! cannot serve.
//!
//! | layer | what it does |
//! |---|---|
//! | [`ReadOnly`] | refuses every write |
//! | [`Scoped`] | restricts a provider to some profiles, kinds and operations |
//! | [`Cached`] | caches what was read for a time |
//! | [`Observed`] | reports every call to an observer |
//!
//! [`info`](crate::ProfileProvider::info) is that of the provider below: ids, cursors and plans belong to the same
//! account. So the provider below can execute a plan that was created through a layer, and the other way round. Code
//! that must not write through a layer must not have access to the provider below it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use anyprofile_core::{
//!     ErrorKind, ProfileProvider, ProfileProviderExt, Result,
//!     layers::{Observed, ProviderObserver, ReadOnly},
//! };
//!
//! async fn look(provider: Arc<dyn ProfileProvider>, observer: Arc<dyn ProviderObserver>) -> Result<()> {
//!     let provider = ReadOnly::new(Arc::new(Observed::new(provider, observer)));
//!     let current = provider.current().await?;
//!     assert_eq!(provider.delete(&current.id).await.unwrap_err().kind(), ErrorKind::Unsupported);
//!     Ok(())
//! }
//! ```

mod cached;
mod derived;
mod observed;
mod read_only;
mod scoped;

pub use self::{
    cached::Cached,
    observed::{CallFinished, CallOutcome, Observed, ProviderCall, ProviderObserver},
    read_only::ReadOnly,
    scoped::{Scoped, ScopedOperation},
};
