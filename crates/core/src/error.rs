//! The one error type.

mod conversions;

use std::{
    borrow::Cow, collections::BTreeMap, error::Error as StdError, fmt, str::FromStr, sync::Arc,
    time::Duration,
};

pub use crate::words::WordError;
use crate::{AccountName, RequestStats, ServiceName, Timestamp, words::value_of_word};

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is, and so what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is wrong. Change it. Without a status nothing was sent.
    Config,
    /// The service does not know the credential, or it has expired. Renew it.
    Unauthenticated,
    /// The service knows the credential and does not let it do this. Ask for the permission.
    PermissionDenied,
    /// There is no such profile, or none that this credential may see.
    NotFound,
    /// The request is wrong; see [`Error::field_errors`]. Without a status it was never sent.
    InvalidRequest,
    /// The request does not fit the profile's present state. Read it again.
    Conflict,
    /// There were too many requests. Wait; see [`Error::retry`].
    RateLimited,
    /// The service cannot do this. Nothing was sent, unless there is a status.
    Unsupported,
    /// The service did not answer in time.
    Timeout,
    /// The connection failed.
    Transport,
    /// The service failed.
    Upstream,
    /// The service answered with something else than its API promises.
    Decode,
    /// The response is larger than allowed.
    TooLarge,
    /// The operation was given up by its caller.
    Cancelled,
    /// A defect in this library. Please report it.
    Internal,
}

impl ErrorKind {
    /// All kinds that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Config,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotFound,
        Self::InvalidRequest,
        Self::Conflict,
        Self::RateLimited,
        Self::Unsupported,
        Self::Timeout,
        Self::Transport,
        Self::Upstream,
        Self::Decode,
        Self::TooLarge,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The kind as a word of snake case, for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission_denied",
            Self::NotFound => "not_found",
            Self::InvalidRequest => "invalid_request",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Unsupported => "unsupported",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Upstream => "upstream",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

impl FromStr for ErrorKind {
    type Err = WordError;

    fn from_str(word: &str) -> std::result::Result<Self, WordError> {
        value_of_word("a kind of error", Self::ALL, Self::as_str, word)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Whether asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Retry {
    /// The same request will fail again.
    #[default]
    No,
    /// It may succeed, at any time.
    Later,
    /// It may succeed, not before this time has passed.
    After(Duration),
}

/// What became of a write that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It was not made, or the failure is not that of a write.
    #[default]
    None,
    /// It may have been made: no response came, or none that can be read.
    Possible,
    /// A part of it was made.
    Partial,
    /// It was made: what failed came after.
    Whole,
}

/// What went wrong, where, why, and what to do next.
///
/// One pointer wide. `Display` and `Debug` hold no secret and no personal data: the service's own words
/// are kept apart in [`Error::service_message`] and [`Error::field_errors`], since they may repeat what
/// was sent.
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
    is_out_of_scope: bool,
    response_date: Option<Timestamp>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure of a kind, with a message that holds no secret and no personal data.
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
            is_out_of_scope: false,
            response_date: None,
            source: None,
        }))
    }

    /// A configuration that cannot work.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, alone.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether asking again may help, and when.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The service that was asked.
    pub fn service(&self) -> Option<&ServiceName> {
        self.0.service.as_ref()
    }

    /// The account that was used.
    pub fn account(&self) -> Option<&AccountName> {
        self.0.account.as_ref()
    }

    /// The operation, in the service's word for it (its `operationId`).
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's code for the failure, such as `rate_limit_error`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The service's id of the request, to name to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What was spent before giving up.
    pub fn stats(&self) -> RequestStats {
        self.0.stats
    }

    /// What is wrong with which field. The messages may be the service's and may repeat what was sent.
    pub fn field_errors(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0.field_errors
    }

    /// The service's own words. They may repeat what was sent: show them to the person who asked, and do
    /// not log them.
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What became of a write that failed.
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// Whether a write may have been made, as a whole or in part, although it failed. Who sends it again may make it twice.
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.effect != Effect::None
    }

    /// Whether the service itself reported this failure: a response came, and its body has the error form that the
    /// service documents for the operation.
    ///
    /// Only then does a status such as 404 say anything about a profile. It is false without a response, and for one
    /// that a gateway, a proxy, a token endpoint or another server at a wrong base URL may have sent. It cannot be
    /// proof: other servers may use the same form.
    pub fn is_from_service(&self) -> bool {
        self.0.is_from_service
    }

    /// Whether the service sent the record of another profile than the one that was asked for. Of a write nobody knows then
    /// to whom it was made, also where the profile that was meant shows it.
    pub fn is_of_another_profile(&self) -> bool {
        self.0.is_of_another_profile
    }

    /// The same failure, for the record of another profile than the one that was asked for.
    pub(crate) fn of_another_profile(mut self) -> Self {
        self.0.is_of_another_profile = true;
        self
    }

    /// Whether it was not the service that refused it but the scope that a provider is limited to: the layer `Scoped`.
    pub fn is_out_of_scope(&self) -> bool {
        self.0.is_out_of_scope
    }

    /// The same failure, as the refusal of a scope.
    #[cfg(feature = "layers")]
    pub(crate) fn of_scope(mut self) -> Self {
        self.0.is_out_of_scope = true;
        self
    }

    /// The time of the response by the clock of the server that sent it (its `Date` header), to the second. `None`
    /// without a response, and where the response has no readable date.
    pub fn response_date(&self) -> Option<Timestamp> {
        self.0.response_date
    }

    /// The same failure, of a write that had an effect, or may have had one: asking again does not help.
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        if effect == Effect::None { self } else { self.with_retry(Retry::No) }
    }

    /// The same failure, of the reading that followed a write that was made.
    pub fn after_write(self) -> Self {
        self.with_effect(Effect::Whole).with_hint("the change was made, and reading it back failed")
    }

    /// The same failure, of a write that was answered with the record of somebody else: whom it was made to is not known.
    pub fn as_written_to_somebody_else(self) -> Self {
        self.with_effect(Effect::Possible).with_hint(
            "whether the change was made, and to whom, is not known: read both profiles before trying again",
        )
    }

    /// Names the account that the failure is of, where there is no provider of it yet.
    pub fn with_account(mut self, service: &ServiceName, account: &AccountName) -> Self {
        self.0.service = Some(service.clone());
        self.0.account = Some(account.clone());
        self
    }

    /// The same failure, of a request for what every account has, such as the list of its users: where a service says that
    /// there is no such thing, the account is not where the configuration says, and nothing is said of anybody.
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

    /// The same failure with whether asking again may help.
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// The same failure with what was spent before it.
    pub(crate) fn with_effort_before(self, before: RequestStats) -> Self {
        let mut stats = self.stats();
        stats += before;
        self.with_stats(stats)
    }

    /// Names the account that the failure is of.
    pub(crate) fn set_provider(&mut self, service: ServiceName, account: AccountName) {
        self.0.service = Some(service);
        self.0.account = Some(account);
    }

    /// The same failure with the operation.
    pub fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// The same failure with the HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same failure with the service's code, cut to what can be a code.
    pub fn with_code(mut self, code: &str) -> Self {
        let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !code.is_empty() && code.len() <= 64 && code.chars().all(is_code) {
            self.0.code = Some(code.to_owned());
        }
        self
    }

    /// The same failure with the service's id of the request.
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    /// The same failure with what was spent.
    pub fn with_stats(mut self, stats: RequestStats) -> Self {
        self.0.stats = stats;
        self
    }

    /// The same failure with whether the service itself reported it.
    pub fn with_from_service(mut self, is_from_service: bool) -> Self {
        self.0.is_from_service = is_from_service;
        self
    }

    /// The same failure with the time of the response by the server's clock.
    pub fn with_response_date(mut self, date: Option<Timestamp>) -> Self {
        self.0.response_date = date;
        self
    }

    /// The same failure with one more message about a field.
    pub fn with_field_error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.field_errors.entry(field.into()).or_default().push(message.into());
        self
    }

    /// The same failure with the service's own words.
    pub fn with_service_message(mut self, message: impl Into<String>) -> Self {
        self.0.service_message = Some(message.into());
        self
    }

    /// The same failure with what to do next.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same failure with what to do next where it may have taken effect all the same; else as it is.
    pub fn with_hint_if_effect(self, hint: impl Into<String>) -> Self {
        if self.may_have_taken_effect() { self.with_hint(hint) } else { self }
    }

    /// The same failure with its cause, whose messages hold no secret and no personal data.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }
}

/// A key that names a field, and cannot be anything else.
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
