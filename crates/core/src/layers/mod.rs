//! Layers: providers around a provider, which restrict, remember or observe what it does.
//!
//! Each takes an `Arc<dyn ProfileProvider>` and is one, so that they compose in any order, and whatever takes a provider takes a
//! layered one. The order says what is meant: `Observed(Cached(p))` is told of every call of the program, `Cached(Observed(p))`
//! of those that the cache does not answer.
//!
//! | layer | what it does |
//! |---|---|
//! | [`ReadOnly`] | refuses every write |
//! | [`Scoped`] | is restricted to some profiles, kinds and operations |
//! | [`Cached`] | keeps what was read for a time |
//! | [`Observed`] | tells an observer of every call |
//!
//! [`info`](crate::ProfileProvider::info) is that of the provider below: ids, cursors and plans are those of the same account. So
//! a plan that was made by way of a layer is one that the provider below executes, and the other way round: who must not write by
//! way of a layer must not have the provider below it either.
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
