//! The one error type.

mod conversions;
mod kind;

use std::{borrow::Cow, collections::BTreeMap, error::Error as StdError, fmt, sync::Arc, time::Duration};

pub use self::kind::ErrorKind;
pub use crate::words::WordError;
use crate::{AccountName, RequestStats, ServiceName, Timestamp};

/// The result of the fallible functions of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether a retry may help.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_core::{Error, ErrorKind, error::Retry};
///
/// let error = Error::new(ErrorKind::RateLimited, "too many requests").with_retry(Retry::After(Duration::from_secs(30)));
/// let wait = match error.retry() {
///     Retry::After(wait) => Some(wait),
///     Retry::Later => Some(Duration::from_secs(60)),
///     _ => None,
/// };
/// assert_eq!(wait, Some(Duration::from_secs(30)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Retry {
    /// A retry will fail again.
    #[default]
    No,
    /// A retry may succeed at any time.
    Later,
    /// A retry may succeed after this time.
    After(Duration),
}

/// The effect of a failed write.
///
/// ```
/// use anyprofile_core::{Error, ErrorKind, error::Effect};
///
/// // The connection broke after the request was sent.
/// let error = Error::new(ErrorKind::Transport, "no response").with_effect(Effect::Possible);
/// assert!(error.may_have_taken_effect());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It had no effect, or the failed operation was not a write.
    #[default]
    None,
    /// It may have had an effect: there was no response, or no readable one.
    Possible,
    /// A part of it took effect.
    Partial,
    /// It took effect; a later step failed.
    Whole,
}

/// A failure: what went wrong, where, why, and what to do next.
///
/// It is one pointer wide. `Display` and `Debug` contain no secrets and no personal data. The service's own messages are kept
/// apart in [`Error::service_message`] and [`Error::field_errors`], because they may repeat what was sent.
///
/// ```
/// use anyprofile_core::{Error, ErrorKind};
///
/// fn what_to_do(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::NotFound => "the person is not there",
///         ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => "the credential must be mended",
///         _ if error.may_have_taken_effect() => "the write may have been made: read before it is sent again",
///         _ => "the operation failed",
///     }
/// }
///
/// let error = Error::new(ErrorKind::NotFound, "there is no such user").with_status(404);
/// assert_eq!(what_to_do(&error), "the person is not there");
/// assert_eq!(error.status(), Some(404));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    retry: Retry,
    service: Option<ServiceName>,
    account: Option<AccountName>,
    operation: Option<Cow<'static, str>>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    stats: RequestStats,
    field_errors: BTreeMap<String, Vec<String>>,
    service_message: Option<String>,
    hint: Option<String>,
    effect: Effect,
    is_from_service: bool,
    is_of_another_profile: bool,
    has_no_body: bool,
    is_out_of_scope: bool,
    response_date: Option<Timestamp>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Creates an error of this kind. The message must not contain secrets or personal data.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retry: Retry::No,
            service: None,
            account: None,
            operation: None,
            status: None,
            code: None,
            request_id: None,
            stats: RequestStats::default(),
            field_errors: BTreeMap::new(),
            service_message: None,
            hint: None,
            effect: Effect::None,
            is_from_service: false,
            is_of_another_profile: false,
            has_no_body: false,
            is_out_of_scope: false,
            response_date: None,
            source: None,
        }))
    }

    /// Creates an error of the kind [`Config`](ErrorKind::Config).
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what went wrong, without the place and the hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns whether a retry may help, and when.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Returns the service.
    pub fn service(&self) -> Option<&ServiceName> {
        self.0.service.as_ref()
    }

    /// Returns the account.
    pub fn account(&self) -> Option<&AccountName> {
        self.0.account.as_ref()
    }

    /// Returns the operation, by the service's name for it (its `operationId`).
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the service's error code, such as `rate_limit_error`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the service's request id, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the requests, attempts and waiting time of the operation.
    pub fn stats(&self) -> RequestStats {
        self.0.stats
    }

    /// Returns the messages by field. Messages of the service may repeat what was sent.
    pub fn field_errors(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0.field_errors
    }

    /// Returns the service's own message. It may repeat what was sent: show it to the person who made the request, and do not log it.
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// Returns what to do next.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The effect of a failed write.
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// Returns whether a failed write may have taken effect, as a whole or in part. Sending it again may then apply it twice.
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.effect != Effect::None
    }

    /// Returns whether the service itself reported this failure: the body of the response has the error form that the service
    /// documents for the operation.
    ///
    /// Only then does a status such as 404 say anything about a profile. It is false if there was no response, and for a response that
    /// a gateway, a proxy, a token endpoint or another server at a wrong base URL may have sent. It is not proof, because other
    /// servers may use the same form.
    pub fn is_from_service(&self) -> bool {
        self.0.is_from_service
    }

    /// Returns whether the response had no body. Only the missing body then shows that the service sent it, so that a proof from
    /// before the response is not enough to believe it.
    pub fn has_no_body(&self) -> bool {
        self.0.has_no_body
    }

    /// Sets whether the response had no body.
    #[must_use]
    pub fn with_no_body(mut self, has_no_body: bool) -> Self {
        self.0.has_no_body = has_no_body;
        self
    }

    /// Returns whether the service sent the record of another profile than the requested one. After a write, it is then unknown which
    /// profile was changed, even if the requested one shows the change.
    pub fn is_of_another_profile(&self) -> bool {
        self.0.is_of_another_profile
    }

    /// Marks the error: the service sent the record of another profile than the requested one.
    pub(crate) fn of_another_profile(mut self) -> Self {
        self.0.is_of_another_profile = true;
        self
    }

    /// Returns whether the layer `Scoped` refused the operation, and not the service.
    pub fn is_out_of_scope(&self) -> bool {
        self.0.is_out_of_scope
    }

    /// Marks the error as a refusal of the layer `Scoped`.
    #[cfg(feature = "layers")]
    pub(crate) fn of_scope(mut self) -> Self {
        self.0.is_out_of_scope = true;
        self
    }

    /// Returns the time of the response by the server's clock (its `Date` header), in seconds. Returns `None` if there was no response,
    /// or no readable date.
    pub fn response_date(&self) -> Option<Timestamp> {
        self.0.response_date
    }

    /// Marks the error as one of a write that had, or may have had, an effect. A retry then does not help.
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        if effect == Effect::None { self } else { self.with_retry(Retry::No) }
    }

    /// Marks the error as one of the read after a write that took effect.
    pub fn after_write(self) -> Self {
        self.with_effect(Effect::Whole).with_hint("the change was made, and reading it back failed")
    }

    /// Marks the error: the response to a write has the record of another profile, so it is unknown which profile was changed.
    pub fn as_written_to_somebody_else(self) -> Self {
        self.with_effect(Effect::Possible).with_hint(
            "whether the change was made, and to whom, is not known: read both profiles before trying again",
        )
    }

    /// Sets the account, for errors before a provider exists.
    pub fn with_account(mut self, service: &ServiceName, account: &AccountName) -> Self {
        self.0.service = Some(service.clone());
        self.0.account = Some(account.clone());
        self
    }

    /// Marks the error as one of a request for something that every account has, such as the list of its users. "Not found" then
    /// means that the account is not at the configured URL, and says nothing about a profile.
    pub fn as_wrong_place(mut self) -> Self {
        if self.0.kind == ErrorKind::NotFound && self.is_from_service() {
            self.0.kind = ErrorKind::Config;
            self.0.message = "the service has nothing at this URL".into();
            return self.with_hint(
                "check the account's base URL, and what else of the account stands in its paths, such as a tenant",
            );
        }
        self
    }

    /// Sets whether a retry may help.
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Adds the requests that were spent before the failed one.
    pub(crate) fn with_effort_before(self, before: RequestStats) -> Self {
        let mut stats = self.stats();
        stats += before;
        self.with_stats(stats)
    }

    /// Sets the service and the account.
    pub(crate) fn set_provider(&mut self, service: ServiceName, account: AccountName) {
        self.0.service = Some(service);
        self.0.account = Some(account);
    }

    /// Sets the operation.
    pub fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Sets the HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Sets the service's error code, cut to the part that can be a code.
    pub fn with_code(mut self, code: &str) -> Self {
        let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !code.is_empty() && code.len() <= 64 && code.chars().all(is_code) {
            self.0.code = Some(code.to_owned());
        }
        self
    }

    /// Sets the service's request id.
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    /// Sets the requests, attempts and waiting time.
    pub fn with_stats(mut self, stats: RequestStats) -> Self {
        self.0.stats = stats;
        self
    }

    /// Sets whether the service itself reported the failure.
    pub fn with_from_service(mut self, is_from_service: bool) -> Self {
        self.0.is_from_service = is_from_service;
        self
    }

    /// Sets the time of the response by the server's clock.
    pub fn with_response_date(mut self, date: Option<Timestamp>) -> Self {
        self.0.response_date = date;
        self
    }

    /// Adds a message about a field.
    pub fn with_field_error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.field_errors.entry(field.into()).or_default().push(message.into());
        self
    }

    /// Sets the service's own message.
    pub fn with_service_message(mut self, message: impl Into<String>) -> Self {
        self.0.service_message = Some(message.into());
        self
    }

    /// Sets what to do next.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Sets what to do next if the write may have taken effect; otherwise does nothing.
    pub fn with_hint_if_effect(self, hint: impl Into<String>) -> Self {
        if self.may_have_taken_effect() { self.with_hint(hint) } else { self }
    }

    /// Sets the cause. Its messages must not contain secrets or personal data.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }
}

/// Returns a name of a field that cannot be anything else, such as personal data.
fn is_field_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']'))
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut place = Vec::new();
        match (&inner.service, &inner.account) {
            (Some(service), Some(account)) if service.as_str() != account.as_str() => {
                place.push(format!("{service} account '{account}'"));
            }
            (Some(service), _) => place.push(format!("{service} account '{service}'")),
            (None, _) => {}
        }
        if let Some(operation) = &inner.operation {
            place.push(operation.to_string());
        }
        if !place.is_empty() {
            write!(formatter, "{}: ", place.join(", "))?;
        }
        formatter.write_str(&inner.message)?;
        // Rules that were broken before sending are in the message already.
        let sent = inner.status.is_some();
        let names: Vec<_> =
            inner.field_errors.keys().filter(|_| sent).filter(|name| is_field_name(name)).cloned().collect();
        if !names.is_empty() {
            write!(formatter, " ({})", names.join(", "))?;
        }
        let mut facts = Vec::new();
        if let Some(status) = inner.status {
            facts.push(format!("HTTP status {status}"));
        }
        if let Some(code) = &inner.code {
            facts.push(format!("code {code}"));
        }
        if let Some(request_id) = &inner.request_id {
            facts.push(format!("request id {request_id}"));
        }
        if inner.stats.attempts > inner.stats.requests.max(1) {
            facts.push(format!("{} attempts", inner.stats.attempts));
        }
        if !facts.is_empty() {
            write!(formatter, " [{}]", facts.join(", "))?;
        }
        if let Some(hint) = &inner.hint {
            write!(formatter, "; {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("display", &format_args!("{self}"));
        if let Some(source) = &self.0.source {
            debug.field("source", &format_args!("{source}"));
        }
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests;
