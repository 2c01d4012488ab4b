//! The shared state of all requests of an account.

use std::sync::Arc;

use anyprofile_core::ProviderInfo;
use http::HeaderMap;
use url::Url;

use crate::{
    Credential, HttpOptions, RetryPolicy, Transport, dialect::Dialect, limiter::Limiter,
    origin::TrustedOrigins, retry::Budget,
};

/// The state that all clones of a client share.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) info: Arc<ProviderInfo>,
    pub(crate) base: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) options: HttpOptions,
    pub(crate) trusted: TrustedOrigins,
    pub(crate) credential: Credential,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) retry_policy: Arc<dyn RetryPolicy>,
    pub(crate) budget: Budget,
    pub(crate) limiter: Limiter,
}
