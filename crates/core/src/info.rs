//! The service and account of a provider, and proof that the account is at the configured URL.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{AccountName, Error, ErrorKind, ProfileId, Result, ServiceName};

/// The service and account that a provider is connected to.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ErrorKind, ProfileProvider};
///
/// let info = provider.info();
/// assert_eq!((info.service.as_str(), info.account.as_str()), ("memory", "test"));
/// // The id of another account is an error before anything is sent.
/// let elsewhere = "memory:other/user/ada".parse()?;
/// assert_eq!(info.check_id(&elsewhere).unwrap_err().kind(), ErrorKind::InvalidRequest);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The service.
    pub service: ServiceName,
    /// The account's name in the configuration.
    pub account: AccountName,
    /// The service's name, for people.
    pub display_name: String,
    /// The base URL, without credentials.
    pub base_url: String,
    /// Other settings that change the responses, such as a beta or a workspace. A cursor is bound to them.
    pub shape: String,
    /// When the account was last proven to be at the configured URL.
    #[serde(skip)]
    pub(crate) proof: PlaceProof,
    /// Closes idle connections.
    #[serde(skip)]
    idle: IdleConnections,
}

impl ProviderInfo {
    /// Creates the info of a provider.
    pub fn new(
        service: ServiceName,
        account: AccountName,
        display_name: impl Into<String>,
        base_url: impl Into<String>,
    ) -> Self {
        Self {
            service,
            account,
            display_name: display_name.into(),
            base_url: base_url.into(),
            shape: String::new(),
            proof: PlaceProof::default(),
            idle: IdleConnections::default(),
        }
    }

    /// Sets [`shape`](Self::shape).
    pub fn with_shape(mut self, shape: impl Into<String>) -> Self {
        self.shape = shape.into();
        self
    }

    /// Sets the function that closes idle connections; see [`close_idle`](Self::close_idle).
    pub fn with_idle_connections(mut self, close: impl Fn() + Send + Sync + 'static) -> Self {
        self.idle = IdleConnections(Some(Arc::new(close)));
        self
    }

    /// Closes the idle connections of the account, for a process with many accounts that share a connection limit.
    /// The next request opens a new one. Without effect if no connection is kept open.
    pub fn close_idle(&self) {
        if let Some(close) = &self.idle.0 {
            close();
        }
    }

    /// Records that a request has just proven that the account is at the configured URL. For the next 10 seconds no
    /// further proof is needed.
    pub fn take_as_proven(&self) {
        self.proof.renew();
    }

    /// Creates the error for a response with the record of another profile. It names both ids.
    pub fn somebody_else(&self, requested: &ProfileId, received: &ProfileId) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("{requested} was requested, and the service sent the record of {received}"),
        )
        .with_provider(self)
        .with_hint("the record was not used; try again, and report it to the service if it happens again")
        .of_another_profile()
    }

    /// Checks that an id belongs to this service and account.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for the id of another account: here it could name another profile.
    pub fn check_id(&self, id: &ProfileId) -> Result<()> {
        if id.service == self.service && id.account == self.account {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidRequest,
            format!("the id belongs to {} account '{}'", id.service, id.account),
        )
        .with_provider(self))
    }
}

impl Error {
    /// Creates the error for an operation that the service does not support.
    pub fn unsupported(info: &ProviderInfo, operation: impl Into<Cow<'static, str>>, reason: &str) -> Self {
        Self::new(ErrorKind::Unsupported, reason).with_provider(info).with_operation(operation)
    }

    /// Sets the service and the account.
    pub fn with_provider(mut self, info: &ProviderInfo) -> Self {
        self.set_provider(info.service.clone(), info.account.clone());
        self
    }
}

/// How long a proof stays valid: long enough for a series of lookups, short enough to notice a change of the network.
const FRESH: Duration = Duration::from_secs(10);

/// When the account was last proven to be at the configured URL. Clones share it, and equality ignores it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceProof(Arc<Mutex<Option<Instant>>>);

impl PlaceProof {
    pub(crate) fn is_fresh(&self) -> bool {
        let proven = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_some_and(|proven| proven.elapsed() < FRESH)
    }

    /// Takes account of a "not found". Without a body, a gateway may have sent it after the last proof: the next proof
    /// then sends a request.
    pub(crate) fn doubt(&self, not_found: &Error) {
        if not_found.has_no_body() {
            self.expire();
        }
    }

    /// Makes the next proof send a request.
    pub(crate) fn expire(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl PartialEq for PlaceProof {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for PlaceProof {}

/// Closes idle connections. Equality ignores it.
#[derive(Clone, Default)]
struct IdleConnections(Option<Arc<dyn Fn() + Send + Sync>>);

impl fmt::Debug for IdleConnections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdleConnections(..)")
    }
}

impl PartialEq for IdleConnections {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for IdleConnections {}
