//! Credentials: a static header, or a token that is exchanged and renewed.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, RequestStats, Result};
use futures_util::future::WeakShared;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use crate::dialect::{Dialect, TOKEN_DIALECT};

/// How requests prove who they come from. `Debug` shows no secret.
#[derive(Clone)]
pub struct Credential(pub(crate) CredentialKind);

#[derive(Clone)]
pub(crate) enum CredentialKind {
    Header(HeaderName, HeaderValue),
    Call(Arc<TokenExchange>),
}

impl Credential {
    /// A header that is the same for every request: `scheme` and `secret` with a space between, or the
    /// secret alone where there is no scheme.
    ///
    /// # Errors
    /// A configuration error if the secret is empty or cannot stand in a header.
    pub fn header(name: HeaderName, scheme: Option<&str>, secret: &SecretString) -> Result<Self> {
        let secret = usable(secret)?;
        let text = scheme.map_or_else(|| secret.to_owned(), |scheme| format!("{scheme} {secret}"));
        sensitive(&text).map(|value| Self(CredentialKind::Header(name, value)))
    }

    /// A token that is exchanged for an access token (OAuth 2.0), again whenever that runs out.
    pub fn exchange(exchange: TokenExchange) -> Self {
        Self(CredentialKind::Call(Arc::new(exchange)))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            CredentialKind::Header(..) => "Credential(header)",
            CredentialKind::Call(_) => "Credential(token exchange)",
        })
    }
}

/// A secret of fewer bytes is not looked for: it would be found in words.
const SHORTEST_HIDDEN: usize = 6;

/// The secret without what surrounds it in files and environment variables.
fn usable(secret: &SecretString) -> Result<&str> {
    let secret = secret.expose_secret().trim();
    // Nobody sees them, and the service would only say that it does not know the credential.
    if let Some(name) = secret.chars().find_map(invisible) {
        return Err(Error::config(format!("the credential holds an invisible character: {name}"))
            .with_hint("copy it again, or write its file anew as plain UTF-8 without a byte order mark"));
    }
    if secret.is_empty() {
        return Err(Error::config("the credential is empty"));
    }
    Ok(secret)
}

/// What an invisible character is called that copying and editors put into texts.
const fn invisible(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{feff}' => "a byte order mark (U+FEFF)",
        '\u{200b}' => "a zero-width space (U+200B)",
        '\u{200c}' => "a zero-width non-joiner (U+200C)",
        '\u{200d}' => "a zero-width joiner (U+200D)",
        '\u{2060}' => "a word joiner (U+2060)",
        '\u{ad}' => "a soft hyphen (U+00AD)",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark of writing direction"
        }
        _ => return None,
    })
}

pub(crate) fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::config("the credential holds characters that cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// An exchange of a long-lived token for short-lived access tokens at a token endpoint (RFC 6749 §4).
pub struct TokenExchange {
    pub(crate) url: Url,
    pub(crate) client_id: String,
    pub(crate) form: Vec<(&'static str, SecretString)>,
    pub(crate) setting: &'static str,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) state: Mutex<TokenState>,
}

/// What the exchange has come to. The lock is held for a look and never while waiting: a waiting future may be
/// left unpolled by its caller, and would keep everybody else out.
#[derive(Default)]
pub(crate) struct TokenState {
    pub(crate) current: Option<Arc<AccessToken>>,
    /// The exchange on its way. Whoever needs a token drives it, whoever began it.
    pub(crate) on_its_way: Option<WeakShared<Exchanging>>,
    pub(crate) generation: u64,
}

pub(crate) type Exchanging = Pin<Box<dyn Future<Output = Exchanged> + Send>>;

/// The access token or why there is none, and what it took.
pub(crate) type Exchanged = (Result<Arc<AccessToken>>, RequestStats);

impl TokenExchange {
    /// An exchange at `url`, with HTTP Basic authentication by `client_id` and an empty password, and
    /// these form fields.
    pub fn new(
        url: Url,
        client_id: impl Into<String>,
        form: Vec<(&'static str, SecretString)>,
    ) -> Result<Self> {
        for (_, value) in &form {
            usable(value)?;
        }
        let setting = "the URL of the token endpoint";
        let dialect = Arc::new(TOKEN_DIALECT);
        Ok(Self { url, client_id: client_id.into(), form, setting, dialect, state: Mutex::default() })
    }

    /// Says how the token endpoint words its errors, where that is more than RFC 6749 has ([`TOKEN_DIALECT`]).
    pub fn with_dialect(mut self, dialect: impl Dialect) -> Self {
        self.dialect = Arc::new(dialect);
        self
    }

    /// Names the setting that the URL comes from (`auth_url in the file, …`), so that an error can say what to check.
    pub fn configured_by(mut self, setting: &'static str) -> Self {
        self.setting = setting;
        self
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenExchange").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// An access token, and when to renew it.
pub(crate) struct AccessToken {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
    pub(crate) renew_at: Option<Instant>,
}

impl AccessToken {
    pub(crate) fn is_usable(&self, refused: Option<Generation>) -> bool {
        refused != Some(Generation(self.generation))
            && self.renew_at.is_none_or(|renew_at| Instant::now() < renew_at)
    }
}

/// Which access token a request was sent with, so that it is renewed only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation(pub(crate) u64);

impl Credential {
    /// A text of the service's without the account's own credential, which some servers repeat in what they say.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        self.each_secret(|secret| {
            if hidden.contains(secret) {
                hidden = hidden.replace(secret, "…");
            }
        });
        hidden
    }

    /// Whether a text of the service's holds the account's own credential.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let mut is_in = false;
        self.each_secret(|secret| is_in |= text.contains(secret));
        is_in
    }

    /// Each secret that is long enough to be told from a word.
    fn each_secret(&self, mut look: impl FnMut(&str)) {
        let mut look = |secret: &str| {
            if secret.len() >= SHORTEST_HIDDEN {
                look(secret);
            }
        };
        // Behind a scheme, which is no secret.
        let of_header = |value: &HeaderValue| {
            let text = value.to_str().ok()?;
            Some(text.split_once(' ').map_or(text, |(_, secret)| secret).to_owned())
        };
        match &self.0 {
            CredentialKind::Header(_, value) => {
                if let Some(secret) = of_header(value) {
                    look(&secret);
                }
            }
            CredentialKind::Call(tokens) => {
                for (_, value) in tokens.form.iter().filter(|(key, _)| *key != "grant_type") {
                    look(value.expose_secret().trim());
                }
                let token = tokens.lock().current.as_ref().and_then(|token| of_header(&token.header));
                if let Some(secret) = token {
                    look(&secret);
                }
            }
        }
    }

    /// Whether a refused request may succeed with a renewed credential.
    pub(crate) fn is_renewable(&self) -> bool {
        matches!(self.0, CredentialKind::Call(_))
    }
}

impl TokenExchange {
    pub(crate) fn lock(&self) -> MutexGuard<'_, TokenState> {
        // Nothing panics while it is held, and its parts are whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a 401 asks for a more recent sign-in of a person (RFC 9470), which no renewed token helps with.
pub(crate) fn is_step_up(headers: &HeaderMap) -> bool {
    let challenges = headers.get_all(http::header::WWW_AUTHENTICATE);
    challenges
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|text| text.contains("insufficient_user_authentication"))
}

/// The error for a step-up challenge.
pub(crate) fn step_up_error(info: &ProviderInfo) -> Error {
    Error::new(ErrorKind::Unauthenticated, "the service asks for a more recent sign-in of a person")
        .with_provider(info)
        .with_hint("sign in again in a browser; a new access token does not help")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_that_cannot_be_sent_is_a_configuration_error_and_is_not_repeated() {
        for secret in ["", " \n", "se\ncret", "se\u{7f}cret"] {
            let error =
                Credential::header(http::header::AUTHORIZATION, Some("JWT"), &secret.into()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!format!("{error:?}").contains("cret"));
        }
        let credential =
            Credential::header(http::header::AUTHORIZATION, Some("JWT"), &" secret\n".into()).unwrap();
        assert_eq!(format!("{credential:?}"), "Credential(header)");
    }

    #[test]
    fn an_invisible_character_of_a_credential_is_named() {
        for (secret, name) in [
            ("\u{feff}secret", "a byte order mark (U+FEFF)"),
            ("secret\u{200b}", "a zero-width space (U+200B)"),
            ("\u{200b}", "a zero-width space (U+200B)"),
            ("sec\u{ad}ret\n", "a soft hyphen (U+00AD)"),
            ("\u{202e}secret", "a mark of writing direction"),
        ] {
            let form = || vec![("api_token", secret.into())];
            let url = Url::parse("https://auth.example.com").unwrap();
            for error in [
                Credential::header(http::header::AUTHORIZATION, None, &secret.into()).unwrap_err(),
                TokenExchange::new(url, "client", form()).unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Config);
                assert_eq!(error.message(), format!("the credential holds an invisible character: {name}"));
                assert!(!format!("{error:?}").contains("ret"), "{error:?}");
            }
        }
    }

    #[test]
    fn a_step_up_challenge_is_told_from_an_expired_token() {
        let challenge = |text: &'static str| {
            HeaderMap::from_iter([(http::header::WWW_AUTHENTICATE, HeaderValue::from_static(text))])
        };
        assert!(is_step_up(&challenge(r#"Bearer error="insufficient_user_authentication", max_age="5""#)));
        assert!(!is_step_up(&challenge(r#"Bearer error="invalid_token""#)));
        assert!(!is_step_up(&HeaderMap::new()));
    }
}
