//! Settings of an exchange for access tokens.

use std::{borrow::Cow, fmt, sync::Arc};

use anyprofile_core::{Result, Secret};
use url::Url;

#[cfg(feature = "jwt")]
use super::assertion::JwtAssertion;
use super::usable;
use crate::dialect::{CLIENT_DIALECT, Dialect, TOKEN_DIALECT};

/// The exchange of a long-lived credential for short-lived access tokens at a token endpoint (RFC 6749 §4). `Debug` shows no secret.
///
/// ```
/// use anyprofile_http::{Credential, TokenExchange, Url};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let url = Url::parse("https://login.example.com/oauth2/token")?;
/// let exchange = TokenExchange::client_credentials(url, "reviewer", "the-secret".into())?
///     .with_scope("users:read")
///     .with_audience("https://api.example.com");
/// let credential = Credential::exchange(exchange);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenExchange {
    pub(super) url: Url,
    pub(super) client: Client,
    pub(super) form: Vec<(Cow<'static, str>, Secret)>,
    /// Whether the fields of the form are sent as a JSON object.
    pub(super) as_json: bool,
    #[cfg(feature = "jwt")]
    pub(super) grant_assertion: Option<JwtAssertion>,
    /// The JSON pointer of the token in the response.
    pub(super) token: Option<String>,
    pub(super) setting: &'static str,
    pub(super) dialect: Arc<dyn Dialect>,
}

/// How the client says who it is.
#[derive(Clone)]
pub(super) enum Client {
    /// It does not.
    Unnamed,
    /// With HTTP Basic (`client_secret_basic`).
    Basic { id: String, secret: Secret },
    /// In the form (`client_secret_post`).
    Form { id: String, secret: Secret },
    /// With a token that it signs (`private_key_jwt`).
    #[cfg(feature = "jwt")]
    Assertion { id: String, assertion: JwtAssertion },
}

impl TokenExchange {
    /// Creates an exchange that posts `form` to `url`, with HTTP Basic authentication: `client_id` and an empty password, unless
    /// there is a [secret](Self::with_client_secret).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](anyprofile_core::ErrorKind::Config) if a value of the form is empty or holds an invisible character.
    pub fn new(url: Url, client_id: impl Into<String>, form: Vec<(&'static str, Secret)>) -> Result<Self> {
        for (_, value) in &form {
            usable(value)?;
        }
        let client = Client::Basic { id: client_id.into(), secret: Secret::default() };
        let mut exchange = Self::of(url, client, "");
        exchange.form = form.into_iter().map(|(name, value)| (name.into(), value)).collect();
        exchange.dialect = Arc::new(TOKEN_DIALECT);
        Ok(exchange)
    }

    fn of(url: Url, client: Client, grant_type: &str) -> Self {
        Self {
            url,
            client,
            form: vec![("grant_type".into(), grant_type.into())],
            as_json: false,
            #[cfg(feature = "jwt")]
            grant_assertion: None,
            token: None,
            setting: "the URL of the token endpoint",
            dialect: Arc::new(CLIENT_DIALECT),
        }
    }

    /// Creates an exchange for the access tokens of an OAuth client itself (client credentials, RFC 6749 §4.4). The client's secret is
    /// sent with HTTP Basic, unless it is to be [in the form](Self::with_client_in_form).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](anyprofile_core::ErrorKind::Config) if the secret is empty or holds an invisible character.
    pub fn client_credentials(url: Url, client_id: impl Into<String>, client_secret: Secret) -> Result<Self> {
        usable(&client_secret)?;
        let client = Client::Basic { id: client_id.into(), secret: client_secret };
        Ok(Self::of(url, client, "client_credentials"))
    }

    /// Creates an exchange for the access tokens of an OAuth client itself, which signs a token in place of sending a secret
    /// (`private_key_jwt`, RFC 7523 §2.2). The assertion is signed anew for each exchange. Its issuer and subject are the client, unless
    /// the assertion says otherwise, and its audience is the token endpoint.
    #[cfg(feature = "jwt")]
    pub fn signed_client_credentials(
        url: Url,
        client_id: impl Into<String>,
        assertion: JwtAssertion,
    ) -> Self {
        let client = Client::Assertion { id: client_id.into(), assertion };
        Self::of(url, client, "client_credentials")
    }

    /// Creates an exchange of a service's own: the fields of its request, such as a user name and a password, without an OAuth client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](anyprofile_core::ErrorKind::Config) if a value is empty or holds an invisible character.
    pub fn of_fields(url: Url, fields: impl IntoIterator<Item = (String, Secret)>) -> Result<Self> {
        let mut exchange = Self::of(url, Client::Unnamed, "");
        exchange.form.clear();
        for (name, value) in fields {
            usable(&value)?;
            exchange.form.push((name.into(), value));
        }
        Ok(exchange)
    }

    /// Sets the JSON pointer of the token in the response. Default: the response of RFC 6749, with `access_token`.
    pub fn with_token_at(mut self, pointer: impl Into<String>) -> Self {
        self.token = Some(pointer.into());
        self
    }

    /// Creates an exchange of signed tokens for access tokens (JWT bearer grant, RFC 7523 §2.1), as for a service account. The
    /// assertion is signed anew for each exchange, and needs an [issuer](JwtAssertion::with_issuer).
    #[cfg(feature = "jwt")]
    pub fn jwt_bearer(url: Url, assertion: JwtAssertion) -> Self {
        let mut exchange = Self::of(url, Client::Unnamed, "urn:ietf:params:oauth:grant-type:jwt-bearer");
        exchange.grant_assertion = Some(assertion);
        exchange
    }

    /// Sets the secret of the client, which is its password (RFC 6749 §2.3.1).
    pub fn with_client_secret(mut self, client_secret: Secret) -> Self {
        match &mut self.client {
            Client::Basic { secret, .. } | Client::Form { secret, .. } => *secret = client_secret,
            Client::Unnamed => {}
            #[cfg(feature = "jwt")]
            Client::Assertion { .. } => {}
        }
        self
    }

    /// Sends the client's id and secret in the form in place of HTTP Basic (`client_secret_post`, RFC 6749 §2.3.1). Servers need not
    /// support it; some support nothing else.
    pub fn with_client_in_form(mut self) -> Self {
        if let Client::Basic { id, secret } = self.client {
            self.client = Client::Form { id, secret };
        }
        self
    }

    /// Sets the scopes to ask for, separated by spaces (RFC 6749 §3.3). Default: those that the server gives without one.
    pub fn with_scope(self, scope: impl Into<String>) -> Self {
        self.with_parameter("scope", scope.into().into())
    }

    /// Sets the service that the access tokens are for, as the server names it (`audience`).
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        self.with_parameter("audience", audience.into().into())
    }

    /// Sets a parameter of the form, such as `resource` (RFC 8707). A parameter of the same name is replaced.
    pub fn with_parameter(mut self, name: impl Into<Cow<'static, str>>, value: Secret) -> Self {
        let name = name.into();
        self.form.retain(|(known, _)| *known != name);
        self.form.push((name, value));
        self
    }

    /// Sends the fields of the form as a JSON object, for a token endpoint that takes no form. RFC 6749 defines only forms.
    pub fn with_json_body(mut self) -> Self {
        self.as_json = true;
        self
    }

    /// Sets how errors of the token endpoint are read. Default: as RFC 6749 §5.2 defines them.
    pub fn with_dialect(mut self, dialect: impl Dialect) -> Self {
        self.dialect = Arc::new(dialect);
        self
    }

    /// Names the setting that the URL comes from (`auth_url in the file, …`), so that errors say what to check.
    pub fn configured_by(mut self, setting: &'static str) -> Self {
        self.setting = setting;
        self
    }

    /// Calls a function with each secret that is sent to the token endpoint.
    pub(super) fn each_secret(&self, mut visit: impl FnMut(&str)) {
        match &self.client {
            Client::Basic { secret, .. } | Client::Form { secret, .. } => visit(secret.expose().trim()),
            Client::Unnamed => {}
            #[cfg(feature = "jwt")]
            Client::Assertion { .. } => {}
        }
        for (name, value) in &self.form {
            if !matches!(&**name, "grant_type" | "scope" | "audience" | "resource") {
                visit(value.expose().trim());
            }
        }
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenExchange").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}
