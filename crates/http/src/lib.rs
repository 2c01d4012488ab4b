//! The HTTP client under the service crates, and the only crate that knows which HTTP library is used.
//!
//! An [`HttpClient`] sends a [`Request`] with the account's [`Credential`], repeats it where that may help
//! and does no harm, and gives an [`Response`] or one [`Error`](anyprofile_core::Error) that says what
//! failed and what to do. What it does in between:
//!
//! - times out connecting, silence, attempts and whole operations ([`HttpOptions`]);
//! - repeats reads on broken connections, 408, 425, 429 and every 5xx that may pass, with exponential
//!   back-off, full jitter, and the wait that the service asks for, within a budget and the deadline, or as a [`RetryPolicy`]
//!   of one's own decides;
//! - renews an exchanged token early, once for all who need it, and once more when it is refused;
//! - follows redirects and next links only to the origin that the credential is for;
//! - reads no more than it may hold, after decompression;
//! - logs, through `tracing`, the service, account, operation, attempt, status, duration and request id,
//!   and nothing of a URL, header or body.
//!
//! What a program may decide itself: when to retry ([`RetryPolicy`]), what sends the requests ([`Transport`], with the built-in one as
//! [`BuiltinTransport`]) and what wraps it ([`HttpOptions::with_transport_layer`]), and who is told ([`Observer`]).
//!
//! A wait longer than 5 s is an event of its own, at the level `WARN` and with the target `anyprofile_http::wait`: its
//! message says how long and why, its fields `service` and `account` where. A program that shows no log should show it.
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `rustls` | TLS by rustls with ring, which trusts what the platform trusts |
//! | `rustls-aws-lc` | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | TLS by rustls with the [`CryptoProvider`] that the program has installed for its process |
//! | `native-tls` | TLS by the platform's own library |
//! | `brotli`, `zstd` | responses compressed so, beside gzip |
//! | `tower` | `TowerTransport` and `TransportService`: a [`Transport`] out of a tower service, and the other way round |
//! | `reqwest-middleware` | `MiddlewareTransport`: a [`Transport`] out of a client of reqwest-middleware |
//!
//! None is on by default, and each only adds. With several TLS features the first one of this order is used, unless
//! [`HttpOptions::tls`] says otherwise: `rustls`, `rustls-aws-lc`, `native-tls`, `rustls-no-provider`. No provider is ever
//! installed for the process, and an installed one is used only where it is asked for; where it is and there is none, the client
//! is not built and the error says so. With no TLS feature, `https` is refused with a configuration error unless there is a
//! [`Transport`] of one's own.
//!
//! The features of rustls turn on reqwest's `rustls-no-provider`, since its `rustls` would bring aws-lc-rs. A program that makes clients of
//! reqwest itself must therefore give them TLS, as reqwest says there: a TLS feature of its own, a configuration, or an
//! installed provider. Without one, reqwest panics when such a client is built.
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
mod tokens;
mod transport;
mod transport_error;
mod violations;

pub use http::{HeaderMap, HeaderName, HeaderValue, header};
pub use secrecy::{ExposeSecret, SecretString};
pub use url::Url;

#[cfg(feature = "reqwest-middleware")]
pub use self::middleware::MiddlewareTransport;
#[cfg(feature = "tower")]
pub use self::service::{TowerTransport, TransportService};
pub use self::{
    builtin::BuiltinTransport,
    caller::{Caller, Fact},
    client::HttpClient,
    credential::{Credential, TokenExchange},
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
