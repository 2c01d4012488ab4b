//! Credentials: a fixed header, a secret that is fetched, or a token that is exchanged for access tokens.

#[cfg(feature = "jwt")]
mod assertion;
mod exchange;
mod fetched;
mod tokens;

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, RequestStats, Result, Secret};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures_util::future::WeakShared;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

#[cfg(feature = "jwt")]
pub use self::assertion::{JwtAssertion, SigningKey};
use self::fetched::FetchedHeader;
pub use self::{exchange::TokenExchange, fetched::FetchedSecret};

/// The credential of an account. `Debug` shows no secret.
///
/// ```
/// # fn main() -> anyprofile_core::Result<()> {
/// use anyprofile_http::{Credential, FetchedSecret, header};
///
/// let key = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// let password = Credential::basic("robot", &"the-password".into())?;
/// assert!(!format!("{key:?} {password:?}").contains("the-"));
///
/// // From a vault, when it is needed.
/// let fetched = Credential::from_fn(header::AUTHORIZATION, Some("Bearer"), || async {
///     Ok(FetchedSecret::new("the-key-of-today"))
/// });
/// # let _ = fetched;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Credential(pub(crate) CredentialKind);

#[derive(Clone)]
pub(crate) enum CredentialKind {
    Header(HeaderName, HeaderValue),
    /// Several headers, each with its secret.
    Headers(Vec<(HeaderName, HeaderValue, Secret)>),
    /// The header, and the password in it.
    Basic(HeaderValue, Secret),
    Renewed(Arc<RenewedToken>),
}

impl Credential {
    /// Creates a credential that sends the same header with every request: `scheme`, a space and `secret`, or the secret alone if
    /// `scheme` is `None`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the secret is empty, holds an invisible character, or has characters that a header does not allow.
    pub fn header(name: HeaderName, scheme: Option<&str>, secret: &Secret) -> Result<Self> {
        header_value(scheme, secret).map(|value| Self(CredentialKind::Header(name, value)))
    }

    /// Creates a credential that sends several headers with every request, for services that take more than one secret, or one with a text
    /// before it: each has a name, the text before the secret, and the secret.
    ///
    /// ```
    /// use anyprofile_http::{Credential, HeaderName, Secret};
    ///
    /// let credential = Credential::headers([
    ///     (HeaderName::from_static("x-api-key"), String::new(), Secret::from("the-key")),
    ///     (HeaderName::from_static("authorization"), "Token token=".to_owned(), Secret::from("the-token")),
    /// ])?;
    /// # let _ = credential;
    /// # Ok::<(), anyprofile_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is no header, or for a secret as with [`header`](Self::header).
    pub fn headers(headers: impl IntoIterator<Item = (HeaderName, String, Secret)>) -> Result<Self> {
        let mut all = Vec::new();
        for (name, before, secret) in headers {
            let value = sensitive(&format!("{before}{}", usable(&secret)?))?;
            all.push((name, value, secret));
        }
        if all.is_empty() {
            return Err(Error::config("a credential needs at least one header"));
        }
        Ok(Self(CredentialKind::Headers(all)))
    }

    /// Creates a credential that sends a user name and a password with every request (HTTP Basic, RFC 7617).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the password is empty or holds an invisible character, or if the user name has a colon, which would
    /// end it.
    pub fn basic(user: &str, password: &Secret) -> Result<Self> {
        let secret = usable(password)?;
        if user.contains(':') {
            return Err(Error::config("the user name must not have a colon"));
        }
        sensitive(&basic(user, secret)).map(|value| Self(CredentialKind::Basic(value, password.clone())))
    }

    /// Creates a credential that is exchanged for access tokens (OAuth 2.0), and again before each expires.
    pub fn exchange(exchange: TokenExchange) -> Self {
        Self::renewed(TokenSource::Exchange(Box::new(exchange)))
    }

    /// Creates a credential whose secret a function fetches, as from a vault: when it is first needed, before it
    /// [expires](FetchedSecret::with_lifetime), and once more if the service refuses it. Requests that need it at the same time share one
    /// call. It is sent as with [`header`](Self::header).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use anyprofile_http::{Credential, FetchedSecret, header};
    ///
    /// let credential = Credential::from_fn(header::AUTHORIZATION, Some("Bearer"), || async {
    ///     // Asks the vault, and returns its error if it has none.
    ///     Ok(FetchedSecret::new("the-token").with_lifetime(Duration::from_secs(900)))
    /// });
    /// ```
    ///
    /// # Errors
    /// Those of the function are the errors of the operation that needs the secret. A function that does not return ends with the
    /// operation's deadline.
    pub fn from_fn<F, R>(name: HeaderName, scheme: Option<&str>, fetch: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<FetchedSecret>> + Send + 'static,
    {
        Self::renewed(TokenSource::Function(FetchedHeader::new(name, scheme, fetch)))
    }

    /// Returns the header that the credential is sent in; of several, the first.
    pub fn header_name(&self) -> HeaderName {
        match &self.0 {
            CredentialKind::Header(name, _) => name.clone(),
            CredentialKind::Headers(all) => {
                all.first().map_or(http::header::AUTHORIZATION, |(name, _, _)| name.clone())
            }
            CredentialKind::Basic(..) => http::header::AUTHORIZATION,
            CredentialKind::Renewed(token) => token.header_name(),
        }
    }

    fn renewed(source: TokenSource) -> Self {
        Self(CredentialKind::Renewed(Arc::new(RenewedToken { source, state: Mutex::default() })))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.0 {
            CredentialKind::Header(..) => "Credential(header)",
            CredentialKind::Headers(..) => "Credential(headers)",
            CredentialKind::Basic(..) => "Credential(basic)",
            CredentialKind::Renewed(token) => match &token.source {
                TokenSource::Exchange(_) => "Credential(token exchange)",
                TokenSource::Function(_) => "Credential(function)",
            },
        })
    }
}

/// The shortest secret that is hidden in texts. A shorter one could be part of a word.
const SHORTEST_HIDDEN: usize = 6;

/// Returns the secret without surrounding white space, as files and environment variables have it.
fn usable(secret: &Secret) -> Result<&str> {
    let secret = secret.expose().trim();
    // A person cannot see them, and the service would only refuse the credential.
    if let Some(name) = secret.chars().find_map(invisible) {
        return Err(Error::config(format!("the credential must not hold an invisible character: {name}"))
            .with_hint("copy it again, or save its file as UTF-8 without a byte order mark"));
    }
    if secret.is_empty() {
        return Err(Error::config("the credential must not be empty"));
    }
    Ok(secret)
}

/// Returns the name of an invisible character, as editors and copying insert it into texts.
const fn invisible(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{feff}' => "a byte order mark (U+FEFF)",
        '\u{200b}' => "a zero-width space (U+200B)",
        '\u{200c}' => "a zero-width non-joiner (U+200C)",
        '\u{200d}' => "a zero-width joiner (U+200D)",
        '\u{2060}' => "a word joiner (U+2060)",
        '\u{ad}' => "a soft hyphen (U+00AD)",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark of text direction"
        }
        _ => return None,
    })
}

/// Returns `Basic` credentials (RFC 7617).
fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

/// Returns the value of a header: the scheme, a space and the secret; or the secret alone.
fn header_value(scheme: Option<&str>, secret: &Secret) -> Result<HeaderValue> {
    let secret = usable(secret)?;
    sensitive(&scheme.map_or_else(|| secret.to_owned(), |scheme| format!("{scheme} {secret}")))
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::config("the credential must hold only characters that are allowed in a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// An access token, or another secret that is fetched, and how it is renewed.
pub(crate) struct RenewedToken {
    source: TokenSource,
    state: Mutex<TokenState>,
}

/// Where a token comes from.
enum TokenSource {
    Exchange(Box<TokenExchange>),
    Function(FetchedHeader),
}

/// The state of the renewal. The lock is never held across an `.await`: a future that is not polled would block all others.
#[derive(Default)]
struct TokenState {
    current: Option<Arc<AccessToken>>,
    /// The renewal that is in progress. Every request that needs a token polls it.
    in_progress: Option<WeakShared<Exchanging>>,
    generation: u64,
    /// The signed assertions of the last exchange. A server may repeat them in an error.
    signed: Vec<Secret>,
}

type Exchanging = Pin<Box<dyn Future<Output = Exchanged> + Send>>;

/// The access token or an error, and the stats of the exchange.
type Exchanged = (Result<Arc<AccessToken>>, RequestStats);

/// An access token with the time to renew it.
pub(crate) struct AccessToken {
    header: HeaderValue,
    generation: u64,
    renew_at: Option<Instant>,
}

impl AccessToken {
    fn is_usable(&self, refused: Option<Generation>) -> bool {
        refused != Some(Generation(self.generation))
            && self.renew_at.is_none_or(|renew_at| Instant::now() < renew_at)
    }
}

/// The number of the access token that a request was sent with. A refused token is renewed only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation(u64);

impl Credential {
    /// Replaces the account's credential in a text of the service. Some servers repeat it in error messages.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        self.each_secret(|secret| {
            if hidden.contains(secret) {
                hidden = hidden.replace(secret, "…");
            }
        });
        hidden
    }

    /// Returns whether a text of the service holds the account's credential.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let mut is_in = false;
        self.each_secret(|secret| is_in |= text.contains(secret));
        is_in
    }

    /// Calls a function with each secret of the credential that is long enough to be hidden.
    fn each_secret(&self, mut visit: impl FnMut(&str)) {
        let mut visit = |secret: &str| {
            if secret.len() >= SHORTEST_HIDDEN {
                visit(secret);
            }
        };
        // The secret follows the scheme.
        let of_header = |value: &HeaderValue| {
            let text = value.to_str().ok()?;
            Some(text.split_once(' ').map_or(text, |(_, secret)| secret).to_owned())
        };
        match &self.0 {
            CredentialKind::Header(_, value) => {
                if let Some(secret) = of_header(value) {
                    visit(&secret);
                }
            }
            CredentialKind::Headers(all) => {
                for (_, _, secret) in all {
                    visit(secret.expose().trim());
                }
            }
            CredentialKind::Basic(value, password) => {
                visit(password.expose().trim());
                if let Some(encoded) = of_header(value) {
                    visit(&encoded);
                }
            }
            CredentialKind::Renewed(tokens) => {
                if let TokenSource::Exchange(exchange) = &tokens.source {
                    exchange.each_secret(&mut visit);
                }
                let state = tokens.lock();
                if let Some(secret) = state.current.as_ref().and_then(|token| of_header(&token.header)) {
                    visit(&secret);
                }
                state.signed.iter().for_each(|assertion| visit(assertion.expose()));
            }
        }
    }

    /// Returns whether a refused request may succeed with a renewed token.
    pub(crate) fn is_renewable(&self) -> bool {
        matches!(self.0, CredentialKind::Renewed(_))
    }
}

impl RenewedToken {
    fn lock(&self) -> MutexGuard<'_, TokenState> {
        // Nothing panics while the lock is held, so a poisoned state is still valid.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether a 401 requires a more recent sign-in of a person (RFC 9470). A renewed token does not help.
pub(crate) fn is_step_up(headers: &HeaderMap) -> bool {
    let challenges = headers.get_all(http::header::WWW_AUTHENTICATE);
    challenges
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|text| text.contains("insufficient_user_authentication"))
}

/// Creates the error for a step-up challenge.
pub(crate) fn step_up_error(info: &ProviderInfo) -> Error {
    Error::new(ErrorKind::Unauthenticated, "the service requires a more recent sign-in of a person")
        .with_provider(info)
        .with_hint("sign in again in a browser; a new access token does not help")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_is_hidden_as_it_is_and_as_it_is_sent() {
        let password = Credential::basic("ola", &"pass-word".into()).unwrap();
        assert_eq!(password.hide("pass-word b2xhOnBhc3Mtd29yZA=="), "… …");
        assert!(!format!("{password:?}").contains("pass-word"));
        assert!(Credential::basic("o:la", &"pass-word".into()).is_err());
        assert!(Credential::basic("ola", &" ".into()).is_err());
        let url = url::Url::parse("https://auth.example.com").unwrap();
        let exchange = TokenExchange::new(url, "client", Vec::new()).unwrap();
        let client = Credential::exchange(exchange.with_client_secret("client-secret".into()));
        assert!(client.is_in("the secret client-secret is wrong"));
    }

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
            ("\u{202e}secret", "a mark of text direction"),
        ] {
            let form = || vec![("api_token", secret.into())];
            let url = url::Url::parse("https://auth.example.com").unwrap();
            for error in [
                Credential::header(http::header::AUTHORIZATION, None, &secret.into()).unwrap_err(),
                TokenExchange::new(url, "client", form()).unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Config);
                assert_eq!(
                    error.message(),
                    format!("the credential must not hold an invisible character: {name}")
                );
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
