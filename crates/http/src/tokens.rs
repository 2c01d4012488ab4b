//! Access tokens: exchanged once for all who need one, and renewed early.

use std::{sync::Arc, time::Duration};

use anyprofile_core::{Effort, ErrorKind, Result};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures_util::future::{FutureExt as _, Shared, WeakShared};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    Answer, Credential, Operation, Request, TokenExchange,
    credential::{AccessToken, Exchanging, Form, Generation, State, sensitive},
    exchange::Exchange,
    observed::ObservedOperation,
    outbound::{Outbound, Place},
};

/// How long before its end an access token is renewed: a minute, or a tenth of a short life. A fixed
/// minute would exchange a one-minute token before every request.
fn renewal_margin(lifetime: Duration) -> Duration {
    (lifetime / 10).min(Duration::from_secs(60))
}

/// What a token endpoint answers (RFC 6749 §5.1).
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: Option<serde_json::Value>,
}

impl TokenAnswer {
    /// How long the token is good for. Some servers write the number as a text; what is no number says nothing, and the
    /// token is good until it is refused.
    fn lifetime(&self) -> Option<Duration> {
        let seconds = match self.expires_in.as_ref()? {
            serde_json::Value::String(text) => text.trim().parse().ok()?,
            other => other.as_f64()?,
        };
        Duration::try_from_secs_f64(seconds).ok()
    }
}

impl Credential {
    /// Puts the credential on a request. `refused` is the access token that the service has just refused.
    pub(crate) async fn apply(
        &self,
        headers: &mut HeaderMap,
        exchange: &Exchange,
        refused: Option<Generation>,
        effort: &mut Effort,
    ) -> Result<Option<Generation>> {
        match &self.0 {
            Form::Header(name, value) => {
                headers.insert(name.clone(), value.clone());
                Ok(None)
            }
            Form::Exchange(tokens) => {
                let token = tokens.token(exchange, refused, effort).await?;
                headers.insert(http::header::AUTHORIZATION, token.header.clone());
                Ok(Some(Generation(token.generation)))
            }
        }
    }
}

impl TokenExchange {
    /// The access token: the present one, or the one that is on its way, or a new one.
    async fn token(
        self: &Arc<Self>,
        exchange: &Exchange,
        refused: Option<Generation>,
        effort: &mut Effort,
    ) -> Result<Arc<AccessToken>> {
        loop {
            let (exchanging, is_ours) = {
                let mut state = self.lock();
                if let Some(token) = state.current.as_ref().filter(|token| token.is_usable(refused)) {
                    return Ok(Arc::clone(token));
                }
                match state.on_its_way.as_ref().and_then(WeakShared::upgrade) {
                    Some(exchanging) => (exchanging, false),
                    None => (self.begin(&mut state, exchange), true),
                }
            };
            let (result, own) = exchanging.await;
            let mut state = self.lock();
            state.on_its_way = None;
            match result {
                Ok(token) => {
                    if state.current.as_ref().is_none_or(|current| current.generation < token.generation) {
                        state.current = Some(Arc::clone(&token));
                    }
                    if is_ours {
                        // The effort is the operation's: of the exchange only what was repeated and waited counts.
                        effort.waited += own.waited;
                        effort.attempts += own.attempts.saturating_sub(1);
                    }
                    return Ok(token);
                }
                // Somebody else's exchange may have run out of time because nobody drove it.
                Err(error)
                    if !is_ours && matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) => {}
                Err(error) => {
                    effort.waited += own.waited;
                    effort.requests = effort.requests.max(own.requests);
                    effort.attempts += own.attempts;
                    return Err(error);
                }
            }
        }
    }

    fn begin(self: &Arc<Self>, state: &mut State, exchange: &Exchange) -> Shared<Exchanging> {
        state.generation += 1;
        let (tokens, exchange, generation) = (Arc::clone(self), exchange.anew(), state.generation);
        let exchanging: Exchanging = Box::pin(async move {
            let mut effort = Effort::default();
            let result = tokens.fetch(&exchange, generation, &mut effort).await;
            (result.map(Arc::new), effort)
        });
        let shared = exchanging.shared();
        state.on_its_way = shared.downgrade();
        shared
    }

    async fn fetch(&self, exchange: &Exchange, generation: u64, effort: &mut Effort) -> Result<AccessToken> {
        let form = self.form.iter().map(|(key, value)| (*key, value.expose_secret().trim()));
        // Exchanging again has no effect besides one more access token.
        let request = Request::post("oauth2-token").form(form).idempotent();
        let operation = Operation::new(request, token);
        let headers =
            HeaderMap::from_iter([(http::header::AUTHORIZATION, sensitive(&basic(&self.client_id))?)]);
        let place = Place::TokenEndpoint(self.setting);
        let outbound = Outbound::new(operation.request().clone(), self.url.clone(), headers, place);
        let asked_at = Instant::now();
        let mut observed = ObservedOperation::begin(&exchange.account, &outbound);
        let answer = exchange.run(&outbound, None, &self.dialect, &mut observed, effort).await;
        observed.finish(&answer);
        let (token, header) = operation.read(&answer?)?;
        let renew_at = token
            .lifetime()
            .and_then(|lifetime| asked_at.checked_add(lifetime.saturating_sub(renewal_margin(lifetime))));
        Ok(AccessToken { header, generation, renew_at })
    }
}

/// The token of an answer, and the header that it makes.
fn token(answer: &Answer) -> Result<(TokenAnswer, HeaderValue)> {
    let token: TokenAnswer = answer.decode()?;
    let header = sensitive(&format!("Bearer {}", token.access_token.expose_secret()))
        .map_err(|_| answer.error(ErrorKind::Decode, "the access token cannot stand in a header"))?;
    Ok((token, header))
}

/// `Basic` credentials with an empty password (RFC 7617).
fn basic(user: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:")))
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
        assert_eq!(basic("platform-api-user"), "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
    }
}
