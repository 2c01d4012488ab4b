//! Who a provider speaks to, and whether that account is known to be where the configuration says.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{AccountName, Error, ErrorKind, ProfileId, Result, ServiceName};

/// Who a provider speaks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The service.
    pub service: ServiceName,
    /// The account, by the name that the configuration gives it.
    pub account: AccountName,
    /// The service's name for people.
    pub display_name: String,
    /// The base URL, without credentials.
    pub base_url: String,
    /// What else of the configuration shapes the responses, such as a beta or a workspace: a cursor is bound to
    /// it.
    pub shape: String,
    /// When the account was last seen to be there.
    #[serde(skip)]
    pub(crate) proof: PlaceProof,
    /// What closes connections.
    #[serde(skip)]
    idle: IdleConnections,
}

impl ProviderInfo {
    /// Puts it together.
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

    /// Names what else of the configuration shapes the responses.
    pub fn with_shape(mut self, shape: impl Into<String>) -> Self {
        self.shape = shape.into();
        self
    }

    /// Says how the connections to the account are closed that are open and not used; see [`close_idle`](Self::close_idle).
    pub fn with_idle_connections(mut self, close: impl Fn() + Send + Sync + 'static) -> Self {
        self.idle = IdleConnections(Some(Arc::new(close)));
        self
    }

    /// Closes the connections to the account that are open and not used, where many accounts share what a process may have.
    /// The next request opens another one. Without effect where none is kept open.
    pub fn close_idle(&self) {
        if let Some(close) = &self.idle.0 {
            close();
        }
    }

    /// Takes note that a request has just succeeded which proves that the account is where the configuration says: for the next
    /// seconds nothing further has to prove it.
    pub fn take_as_proven(&self) {
        self.proof.renew();
    }

    /// The error for the record of another profile than the one that was asked for. It names both.
    pub fn somebody_else(&self, asked: &ProfileId, came: &ProfileId) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("{asked} was asked for, and the service sent the record of {came}"),
        )
        .with_provider(self)
        .with_hint("nothing of it is used; ask again, and report it to the service if it comes again")
        .of_another_profile()
    }

    /// Checks that an id belongs to this service and account.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if it is another's: it would name somebody else here.
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
    /// An operation that the service does not have.
    pub fn unsupported(info: &ProviderInfo, operation: impl Into<Cow<'static, str>>, reason: &str) -> Self {
        Self::new(ErrorKind::Unsupported, reason).with_provider(info).with_operation(operation)
    }

    /// The same failure with the provider it came from.
    pub fn with_provider(mut self, info: &ProviderInfo) -> Self {
        self.set_provider(info.service.clone(), info.account.clone());
        self
    }
}

/// For how long a place that was proven to be right is taken to be so: one proof for many who are looked for one after the
/// other, and no longer than it takes to notice what changed on the way there.
const FRESH: Duration = Duration::from_secs(10);

/// When it was last proven that an account is where the configuration says. Shared by all clones, and no part of what makes
/// two of them equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceProof(Arc<Mutex<Option<Instant>>>);

impl PlaceProof {
    pub(crate) fn is_fresh(&self) -> bool {
        let proven = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_some_and(|proven| proven.elapsed() < FRESH)
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

/// What closes the connections that are open and not used. No part of what makes two accounts equal.
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
