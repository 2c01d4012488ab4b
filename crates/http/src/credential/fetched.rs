//! Secrets that a function of the program fetches.

use std::{fmt, pin::Pin, time::Duration};

use anyprofile_core::{Result, Secret};
use http::{HeaderName, HeaderValue};

/// A secret that a function has fetched, and how long it may be used.
///
/// A [`Secret`] alone is used until the service refuses it.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_http::FetchedSecret;
///
/// // It is fetched again before a quarter of an hour has passed, and when the service refuses it.
/// let secret = FetchedSecret::new("the-key").with_lifetime(Duration::from_secs(900));
/// assert_eq!(secret.valid_for, Some(Duration::from_secs(900)));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedSecret {
    /// The secret.
    pub secret: Secret,
    /// How long it is valid, from now on. It is fetched again a minute before its end, or a tenth of this before it if that is shorter.
    pub valid_for: Option<Duration>,
}

impl FetchedSecret {
    /// Creates a secret that is used until the service refuses it.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self { secret: secret.into(), valid_for: None }
    }

    /// Sets how long the secret is valid, from now on.
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.valid_for = Some(lifetime);
        self
    }
}

impl From<Secret> for FetchedSecret {
    fn from(secret: Secret) -> Self {
        Self::new(secret)
    }
}

type Fetching = Pin<Box<dyn Future<Output = Result<FetchedSecret>> + Send>>;

/// The header of a secret, and the function that fetches it.
pub(super) struct FetchedHeader {
    pub(super) name: HeaderName,
    scheme: Option<String>,
    fetch: Box<dyn Fn() -> Fetching + Send + Sync>,
}

impl FetchedHeader {
    pub(super) fn new<F, R>(name: HeaderName, scheme: Option<&str>, fetch: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<FetchedSecret>> + Send + 'static,
    {
        Self { name, scheme: scheme.map(str::to_owned), fetch: Box::new(move || Box::pin(fetch())) }
    }

    /// Fetches the secret; returns the value of the header, and how long the secret is valid.
    pub(super) async fn fetch(&self) -> Result<(HeaderValue, Option<Duration>)> {
        let fetched = (self.fetch)().await?;
        Ok((super::header_value(self.scheme.as_deref(), &fetched.secret)?, fetched.valid_for))
    }
}

impl fmt::Debug for FetchedHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FetchedHeader({})", self.name)
    }
}
