//! The OAuth client that an account is.

use std::fmt;

use anyprofile_core::{Result, Secret};
#[cfg(feature = "jwt")]
use anyprofile_http::JwtAssertion;
use anyprofile_http::{HttpOptions, TokenExchange};

/// The OAuth client that an account is (client credentials, RFC 6749 §4.4). `Debug` shows no secret.
#[derive(Clone)]
pub struct ClientCredentials {
    token_url: String,
    client_id: String,
    proof: Proof,
    scope: Option<String>,
    audience: Option<String>,
}

/// How the client proves who it is.
#[derive(Clone)]
enum Proof {
    Secret {
        secret: Secret,
        in_form: bool,
    },
    #[cfg(feature = "jwt")]
    Assertion(JwtAssertion),
}

impl ClientCredentials {
    /// Creates the credentials of a client with a secret, which is sent with HTTP Basic.
    pub fn new(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        let proof = Proof::Secret { secret: client_secret.into(), in_form: false };
        Self::of(token_url.into(), client_id.into(), proof)
    }

    /// Creates the credentials of a client that signs a token in place of sending a secret (`private_key_jwt`, RFC 7523 §2.2).
    #[cfg(feature = "jwt")]
    pub fn signed(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        assertion: JwtAssertion,
    ) -> Self {
        Self::of(token_url.into(), client_id.into(), Proof::Assertion(assertion))
    }

    fn of(token_url: String, client_id: String, proof: Proof) -> Self {
        Self { token_url, client_id, proof, scope: None, audience: None }
    }

    /// Sets the scopes to ask for, separated by spaces. Default: those of the client.
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets the service that the access tokens are for, as the authorization server names it.
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sends the client's secret in the form in place of HTTP Basic (`client_secret_post`). Without effect on a client that signs.
    pub fn with_secret_in_form(mut self) -> Self {
        match &mut self.proof {
            Proof::Secret { in_form, .. } => *in_form = true,
            #[cfg(feature = "jwt")]
            Proof::Assertion(_) => {}
        }
        self
    }

    /// Returns the exchange for access tokens.
    pub(super) fn exchange(&self, http: &HttpOptions) -> Result<TokenExchange> {
        let url = anyprofile_http::base_url(&self.token_url, http.allow_insecure_http)?;
        let mut exchange = match &self.proof {
            Proof::Secret { secret, in_form } => {
                let exchange = TokenExchange::client_credentials(url, &self.client_id, secret.clone())?;
                if *in_form { exchange.with_client_in_form() } else { exchange }
            }
            #[cfg(feature = "jwt")]
            Proof::Assertion(assertion) => {
                TokenExchange::signed_client_credentials(url, &self.client_id, assertion.clone())
            }
        };
        if let Some(scope) = &self.scope {
            exchange = exchange.with_scope(scope);
        }
        if let Some(audience) = &self.audience {
            exchange = exchange.with_audience(audience);
        }
        Ok(exchange.configured_by("token_url"))
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCredentials")
            .field("token_url", &self.token_url)
            .finish_non_exhaustive()
    }
}
