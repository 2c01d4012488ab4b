//! Access tokens: fetched once for all requests that need one, and renewed before they expire.

use std::{sync::Arc, time::Duration};

use anyprofile_core::{Error, ErrorKind, RequestStats, Result, Secret, error::Retry};
use futures_util::future::{FutureExt as _, Shared, WeakShared};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::{
    AccessToken, Credential, CredentialKind, Exchanging, Generation, RenewedToken, TokenExchange,
    TokenSource, TokenState, basic, exchange::Client, sensitive, usable,
};
use crate::{
    Operation, Request, Response,
    call::Call,
    observed::ObservedOperation,
    outbound::{Outbound, TargetServer},
};

/// Returns how long before its expiry an access token is renewed: a minute, or a tenth of a lifetime below ten minutes. A fixed
/// minute would renew a one-minute token before every request.
fn renewal_margin(lifetime: Duration) -> Duration {
    (lifetime / 10).min(Duration::from_secs(60))
}

/// The response of a token endpoint (RFC 6749 §5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: Secret,
    expires_in: Option<serde_json::Value>,
}

impl TokenResponse {
    /// Returns the lifetime of the token. Some servers send the number as a string. Without a number, the token is used until the
    /// service refuses it.
    fn lifetime(&self) -> Option<Duration> {
        let seconds = match self.expires_in.as_ref()? {
            serde_json::Value::String(text) => text.trim().parse().ok()?,
            other => other.as_f64()?,
        };
        Duration::try_from_secs_f64(seconds).ok()
    }
}

impl Credential {
    /// Adds the credential to the headers of a request. `refused` is the access token that the service has just refused.
    pub(crate) async fn apply(
        &self,
        headers: &mut HeaderMap,
        call: &Call,
        refused: Option<Generation>,
        stats: &mut RequestStats,
    ) -> Result<Option<Generation>> {
        match &self.0 {
            CredentialKind::Header(name, value) => {
                headers.insert(name.clone(), value.clone());
                Ok(None)
            }
            CredentialKind::Headers(all) => {
                for (name, value, _) in all {
                    headers.insert(name.clone(), value.clone());
                }
                Ok(None)
            }
            CredentialKind::Basic(value, _) => {
                headers.insert(http::header::AUTHORIZATION, value.clone());
                Ok(None)
            }
            CredentialKind::Renewed(tokens) => {
                let token = tokens.token(call, refused, stats).await?;
                headers.insert(tokens.header_name(), token.header.clone());
                Ok(Some(Generation(token.generation)))
            }
        }
    }
}

impl RenewedToken {
    /// Returns the header that the token is sent in.
    pub(super) fn header_name(&self) -> HeaderName {
        match &self.source {
            TokenSource::Exchange(_) => http::header::AUTHORIZATION,
            TokenSource::Function(function) => function.name.clone(),
        }
    }

    /// Returns the current access token, or the one that is being exchanged, or a new one.
    async fn token(
        self: &Arc<Self>,
        call: &Call,
        refused: Option<Generation>,
        stats: &mut RequestStats,
    ) -> Result<Arc<AccessToken>> {
        loop {
            let (exchanging, is_ours) = {
                let mut held = self.lock();
                if let Some(token) = held.current.as_ref().filter(|token| token.is_usable(refused)) {
                    return Ok(Arc::clone(token));
                }
                match held.in_progress.as_ref().and_then(WeakShared::upgrade) {
                    Some(exchanging) => (exchanging, false),
                    None => (self.begin(&mut held, call), true),
                }
            };
            let (result, own) = exchanging.await;
            let mut held = self.lock();
            held.in_progress = None;
            match result {
                Ok(token) => {
                    if held.current.as_ref().is_none_or(|current| current.generation < token.generation) {
                        held.current = Some(Arc::clone(&token));
                    }
                    if is_ours {
                        // Of a successful exchange, the operation counts only the retries and the time waited.
                        stats.waited += own.waited;
                        stats.attempts += own.attempts.saturating_sub(1);
                    }
                    return Ok(token);
                }
                // An exchange that another operation began may have timed out because it was not polled: try again.
                Err(error)
                    if !is_ours && matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) => {}
                Err(error) => {
                    stats.waited += own.waited;
                    stats.requests = stats.requests.max(own.requests);
                    stats.attempts += own.attempts;
                    return Err(error);
                }
            }
        }
    }

    fn begin(self: &Arc<Self>, held: &mut TokenState, call: &Call) -> Shared<Exchanging> {
        held.generation += 1;
        let (tokens, call, generation) = (Arc::clone(self), call.anew(), held.generation);
        let exchanging: Exchanging = Box::pin(async move {
            let mut stats = RequestStats::default();
            let result = tokens.fetch(&call, generation, &mut stats).await;
            (result.map(Arc::new), stats)
        });
        let shared = exchanging.shared();
        held.in_progress = shared.downgrade();
        shared
    }

    async fn fetch(&self, call: &Call, generation: u64, stats: &mut RequestStats) -> Result<AccessToken> {
        let asked_at = Instant::now();
        let (header, lifetime) = match &self.source {
            TokenSource::Exchange(exchange) => {
                let signed =
                    exchange.assertions().map_err(|error| error.with_provider(&call.account.info))?;
                self.lock().signed = signed.iter().map(|(_, assertion)| assertion.clone()).collect();
                exchange.fetch(&signed, call, stats).await?
            }
            TokenSource::Function(function) => {
                // Operations that overlap would wait for ever for a function that does not return.
                let fetched = timeout(call.remaining(), function.fetch()).await.unwrap_or_else(|_| {
                    let error = Error::new(ErrorKind::Timeout, "the credential was not fetched in time");
                    Err(error.with_retry(Retry::Later))
                });
                fetched.map_err(|error| error.with_provider(&call.account.info))?
            }
        };
        let renew_at = lifetime
            .and_then(|lifetime| asked_at.checked_add(lifetime.saturating_sub(renewal_margin(lifetime))));
        Ok(AccessToken { header, generation, renew_at })
    }
}

impl TokenExchange {
    /// Fetches an access token; returns its header and lifetime.
    async fn fetch(
        &self,
        signed: &[(&'static str, Secret)],
        call: &Call,
        stats: &mut RequestStats,
    ) -> Result<(HeaderValue, Option<Duration>)> {
        for (_, value) in &self.form {
            usable(value).map_err(|error| error.with_provider(&call.account.info))?;
        }
        let mut form: Vec<(&str, &str)> =
            self.form.iter().map(|(name, value)| (&**name, value.expose().trim())).collect();
        let mut headers = HeaderMap::new();
        match &self.client {
            Client::Basic { id, secret } => {
                let client = sensitive(&of_client(id, secret.expose().trim()))?;
                headers.insert(http::header::AUTHORIZATION, client);
            }
            Client::Form { id, secret } => {
                form.extend([("client_id", id.as_str()), ("client_secret", secret.expose().trim())]);
            }
            #[cfg(feature = "jwt")]
            Client::Assertion { id, .. } => form.extend([
                ("client_id", id.as_str()),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ]),
            Client::Unnamed => {}
        }
        form.extend(signed.iter().map(|(name, value)| (*name, value.expose())));
        // Idempotent: a second exchange only creates one more access token.
        let request = Request::post("oauth2-token").idempotent();
        let request = if self.as_json {
            request.json(&form.into_iter().collect::<std::collections::BTreeMap<_, _>>())
        } else {
            request.form(form)
        };
        let at = self.token.clone();
        let operation = Operation::new(request, move |response| token(response, at.as_deref()));
        let place = TargetServer::TokenEndpoint(self.setting);
        let outbound = Outbound::new(operation.request().clone(), self.url.clone(), headers, place);
        let mut observed = ObservedOperation::begin(&call.account, &outbound);
        let response = call.run(&outbound, None, &self.dialect, &mut observed, stats).await;
        observed.finish(&response);
        let (token, header) = operation.read(&response?)?;
        Ok((header, token.lifetime()))
    }

    /// Signs the assertions of the form.
    #[cfg(not(feature = "jwt"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as with the feature")]
    fn assertions(&self) -> Result<Vec<(&'static str, Secret)>> {
        Ok(Vec::new())
    }

    /// Signs the assertions of the form.
    #[cfg(feature = "jwt")]
    fn assertions(&self) -> Result<Vec<(&'static str, Secret)>> {
        let endpoint = self.url.as_str();
        let mut form = Vec::new();
        if let Client::Assertion { id, assertion } = &self.client {
            form.push(("client_assertion", assertion.sign(Some(id), endpoint)?));
        }
        if let Some(assertion) = &self.grant_assertion {
            form.push(("assertion", assertion.sign(None, endpoint)?));
        }
        Ok(form)
    }
}

/// Reads the token of a response, and returns it with its header.
///
/// `at` is the JSON pointer of the token in a response that is not that of RFC 6749.
fn token(response: &Response, at: Option<&str>) -> Result<(TokenResponse, HeaderValue)> {
    let token: TokenResponse = match at {
        None => response.decode()?,
        Some(at) => {
            let body: serde_json::Value = response.decode()?;
            let token = body.pointer(at).and_then(serde_json::Value::as_str).ok_or_else(|| {
                response.error(ErrorKind::Decode, format!("the response has no token at '{at}'"))
            })?;
            TokenResponse { access_token: token.into(), expires_in: body.get("expires_in").cloned() }
        }
    };
    let header = sensitive(&format!("Bearer {}", token.access_token.expose())).map_err(|_| {
        response.error(ErrorKind::Decode, "the access token holds characters that a header does not allow")
    })?;
    Ok((token, header))
}

/// Returns the credentials of a client (RFC 6749 §2.3.1): `Basic`, with parts that are encoded as in a form.
fn of_client(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    basic(&encoded(client_id), &encoded(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_renewed_early_and_short_ones_not_at_once() {
        for (lifetime, margin) in [(900, 60), (3600, 60), (60, 6), (600, 60), (0, 0)] {
            assert_eq!(
                renewal_margin(Duration::from_secs(lifetime)),
                Duration::from_secs(margin),
                "{lifetime}"
            );
        }
    }

    #[test]
    fn basic_credentials_are_base64() {
        assert_eq!(of_client("platform-api-user", ""), "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
        // `a:b` and `c d`, whose colon and space are encoded.
        assert_eq!(of_client("a:b", "c d"), "Basic YSUzQWI6Yytk");
    }
}
