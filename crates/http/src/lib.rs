//! The HTTP client of anyprofile's service crates: credentials, retries, limits and redaction.
//!
//! An [`HttpClient`] sends a [`Request`] with the account's [`Credential`]. It returns a [`Response`], or one
//! [`Error`](anyprofile_core::Error) that says what failed and what to do next. Only this crate knows which HTTP client library is
//! used.
//!
//! ```
//! use std::sync::Arc;
//!
//! use anyprofile_core::{ProviderInfo, Result, async_trait};
//! use anyprofile_http::{
//!     Credential, HeaderMap, HttpClient, HttpOptions, Request, ResponseBody, StaticDialect,
//!     Transport, TransportError, header,
//! };
//! use bytes::Bytes;
//!
//! /// Responds from memory. Without it, the built-in transport sends requests over the network.
//! #[derive(Debug)]
//! struct InMemory;
//!
//! #[async_trait]
//! impl Transport for InMemory {
//!     async fn send(
//!         &self,
//!         request: http::Request<Bytes>,
//!     ) -> Result<http::Response<ResponseBody>, TransportError> {
//!         assert_eq!(request.uri(), "https://api.example.com/v1/users/ada");
//!         assert_eq!(request.headers()["authorization"], "Bearer the-key");
//!         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let base_url = "https://api.example.com/v1";
//! let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", base_url);
//! let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
//! // How this service reports errors.
//! let dialect = StaticDialect::new(
//!     |failure| failure.text("/problem").is_some(),
//!     |failure, details| details.service_message = failure.texts("/problem"),
//! );
//! let options = HttpOptions::default().with_transport(Arc::new(InMemory));
//! let client = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
//!
//! let response = client.send(Request::get("get-user").path("/users").segment("ada")).await?;
//! let user: serde_json::Value = response.decode()?;
//! assert_eq!((response.status, &user["name"]), (200, &"Ada".into()));
//! assert_eq!(response.stats.attempts, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Three things to know
//! - **Only what is safe is sent again.** A read is retried after a broken connection, 408, 425, 429 and every transient 5xx status:
//!   with exponential backoff and full jitter, or after the wait that the service asks for, within the account's retry budget and the
//!   operation's deadline. A write is sent again only if the server did not process it. The error of any other write says that the
//!   [effect](anyprofile_core::error::Effect) is possible.
//! - **The credential goes only to the origin that it is for.** Redirects and next links to another origin are an error, unless
//!   [`HttpOptions::trusted_origins`] names it. An access token is renewed before it expires, once for all requests that need it, and
//!   once more if the service refuses it.
//! - **Everything has a limit, and nothing sensitive is shown.** [`HttpOptions`] limits the time of connecting, of silence, of an
//!   attempt and of the whole operation, and the size of a response after decompression. Logs (with `tracing`) hold the service,
//!   account, operation, attempt, status, duration and request id, and nothing of a URL, header or body.
//!
//! A wait longer than 5 s is an event of its own, with the level `WARN` and the target `anyprofile_http::wait`. Its message says how
//! long and why, and its fields `service` and `account` say where. A program that shows no other log should show this one.
//!
//! # What a program can replace
//! - [`Credential::from_fn`] asks a function for the secret, such as one that asks a vault.
//! - [`RetryPolicy`] decides when to retry.
//! - [`Transport`] sends the requests; the default is [`BuiltinTransport`]. [`HttpOptions::with_transport_layer`] wraps it.
//! - [`Observer`] receives an event for each step of an operation, for metrics and traces.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `rustls` | TLS by rustls with ring, which trusts what the platform trusts |
//! | `rustls-aws-lc` | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | TLS by rustls with the [`CryptoProvider`] that the program has installed for its process |
//! | `native-tls` | TLS by the platform's own library |
//! | `brotli`, `zstd` | responses compressed so, beside gzip |
//! | `jwt` | `JwtAssertion`: OAuth clients that sign a token in place of sending a secret (RFC 7523) |
//! | `tower` | `TowerTransport` and `TransportService`: a [`Transport`] out of a tower service, and the other way round |
//! | `reqwest-middleware` | `MiddlewareTransport`: a [`Transport`] out of a client of reqwest-middleware |
//!
//! None is on by default, and each only adds. With several TLS features, the first of this order is used, unless
//! [`HttpOptions::tls`] chooses another: `rustls`, `rustls-aws-lc`, `native-tls`, `rustls-no-provider`. This crate never installs a
//! provider for the process. It uses an installed one only with `rustls-no-provider`; if none is installed then, creating the client
//! fails with a configuration error. With no TLS feature, `https` fails with a configuration error, unless the program brings its own
//! [`Transport`].
//!
//! The rustls features turn on reqwest's `rustls-no-provider`, since reqwest's `rustls` would bring aws-lc-rs. A program that also
//! creates reqwest clients itself must therefore configure TLS for them, as reqwest documents: with a TLS feature of its own, a
//! configuration, or an installed provider. Without one, reqwest panics when such a client is built.
//!
//! [`CryptoProvider`]: https://docs.rs/rustls/latest/rustls/crypto/struct.CryptoProvider.html

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod body;
mod builtin;
mod call;
mod caller;
mod client;
mod credential;
mod dialect;
mod encoding;
mod failure;
mod limiter;
mod logging;
#[cfg(feature = "reqwest-middleware")]
mod middleware;
mod multipart;
mod observed;
mod observer;
mod operation;
mod options;
mod origin;
mod outbound;
mod owned;
mod planned;
mod proxy;
mod random;
mod request;
mod response;
mod retry;
mod retry_policy;
#[cfg(feature = "tower")]
mod service;
mod tls;
mod transport;
mod transport_error;
mod violations;

pub use anyprofile_core::Secret;
pub use bytes;
pub use http::{self, HeaderMap, HeaderName, HeaderValue, header};
pub use url::Url;

#[cfg(feature = "jwt")]
pub use self::credential::{JwtAssertion, SigningKey};
#[cfg(feature = "reqwest-middleware")]
pub use self::middleware::MiddlewareTransport;
#[cfg(feature = "tower")]
pub use self::service::{TowerTransport, TransportService};
pub use self::{
    builtin::BuiltinTransport,
    caller::{Caller, Fact},
    client::HttpClient,
    credential::{Credential, FetchedSecret, TokenExchange},
    dialect::{Dialect, ErrorDetails, Failure, StaticDialect, Success, SuccessVerdict, TOKEN_DIALECT},
    multipart::FormFile,
    observer::{
        Observer, OperationContext, OperationFinished, OperationId, OperationOutcome, OperationStarted,
        RequestCancelled, RequestContext, RequestFailed, RequestStarted, ResponseReceived, RetryReason,
        RetryScheduled, WaitReason, Waited,
    },
    operation::{Operation, Reply},
    options::{HttpOptions, Proxy, TlsBackend, TransportLayer},
    origin::base_url,
    request::Request,
    response::{Listed, Response},
    retry_policy::{
        AttemptFailure, AttemptLimit, ExponentialBackoff, RetryContext, RetryDecision, RetryPolicy, TimeLimit,
    },
    transport::{ResponseBody, Transport},
    transport_error::{TransportError, TransportErrorKind},
    violations::Violations,
};
