//! The token endpoint, and self-contained access tokens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Map, Value, json};

use super::api_tokens::ApiTokens;
use super::errors::oauth;
use super::records::Records;
use crate::clock::{Clock, SECOND, stamp};
use crate::description::UPSUN_API_TOKEN;
use crate::exchange::{Call, Query, Reply};
use crate::options::SandboxOptions;
use crate::rng::key_of_text;
use crate::route::{Route, Service};
use crate::server::lock;

/// The public OAuth clients of API tokens; their passwords are empty. The API documents the first one. The
/// others are from client code: platformsh-client-js sends the second one, and the CLI of Upsun the third one.
const CLIENTS: [&str; 3] = ["platform-api-user:", "platform-cli:", "upsun-cli:"];

/// Issues and checks access tokens. None is stored: a token contains its serial number and expiry, and its
/// signature proves that it was issued here.
pub(crate) struct Tokens {
    seed: u64,
    lifetime: u64,
    /// The user of the tokens.
    subject: Option<String>,
    issued: AtomicU64,
    /// The API tokens that were created in the sandbox.
    pub(super) of_api: Mutex<ApiTokens>,
    clock: Arc<Clock>,
}

impl Tokens {
    pub(crate) fn new(options: &SandboxOptions, clock: Arc<Clock>) -> Self {
        Self {
            seed: options.seed,
            lifetime: options.token_lifetime.as_secs(),
            subject: (!options.upsun_token_without_user).then(|| Records::new(options.seed).user_id(0)),
            issued: AtomicU64::new(0),
            of_api: Mutex::new(ApiTokens::new(options.seed)),
            clock,
        }
    }

    fn issue(&self) -> String {
        let serial = self.issued.fetch_add(1, Ordering::SeqCst) + 1;
        let now = self.clock.now() / SECOND;
        let end = now.saturating_add(i64::try_from(self.lifetime).unwrap_or(i64::MAX));
        let mut claims =
            json!({"jti": format!("sandbox-{serial}"), "iat": now, "exp": end, "grant": "api_token"});
        if let Some(subject) = &self.subject {
            claims["sub"] = subject.as_str().into();
        }
        let head = BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
        let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = self.signature(&head, &claims);
        format!("{head}.{claims}.{signature}")
    }

    /// Returns whether a token was issued here and has not expired.
    pub(super) fn is_valid(&self, token: &str) -> bool {
        let mut parts = token.split('.');
        let (Some(head), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        if signature != self.signature(head, claims) {
            return false;
        }
        let claims = BASE64_URL_SAFE_NO_PAD
            .decode(claims)
            .ok()
            .and_then(|json| serde_json::from_slice::<Value>(&json).ok());
        let end = claims.and_then(|claims| claims["exp"].as_i64());
        end.is_some_and(|end| self.clock.now() < end.saturating_mul(SECOND))
    }

    /// Returns whether an API token can be exchanged, and records its use.
    fn accepts(&self, api_token: &str) -> bool {
        let now = stamp(self.clock.now(), 6, "Z");
        api_token == UPSUN_API_TOKEN || lock(&self.of_api).accept(api_token, &now)
    }

    fn signature(&self, head: &str, claims: &str) -> String {
        let key = key_of_text(key_of_text(self.seed, head), claims);
        BASE64_URL_SAFE_NO_PAD.encode(key.to_be_bytes())
    }
}

/// The authentication server.
pub(crate) struct UpsunAuth {
    tokens: Arc<Tokens>,
}

impl UpsunAuth {
    pub(crate) fn new(tokens: Arc<Tokens>) -> Self {
        Self { tokens }
    }

    fn token(&self, call: &Call) -> Reply {
        let Some(grant) = Grant::read(call) else {
            return oauth(400, "invalid_request", "The body must be a form or a JSON object of texts.");
        };
        let reply = match (grant.kind.as_deref(), grant.api_token.as_deref()) {
            (None, _) => oauth(400, "invalid_request", "The grant type is missing."),
            (Some("api_token"), None) => oauth(400, "invalid_request", "The API token is missing."),
            (Some("api_token"), Some(token)) if self.tokens.accepts(token) => Reply::json(
                200,
                &json!({
                    "access_token": self.tokens.issue(),
                    "expires_in": self.tokens.lifetime,
                    "token_type": "bearer",
                }),
            ),
            (Some("api_token"), Some(_)) => oauth(400, "invalid_grant", "The API token is invalid."),
            (Some(_), _) => oauth(400, "unsupported_grant_type", "The grant type is not supported."),
        };
        reply.header("cache-control", "no-store")
    }
}

/// The parameters of a request for a token.
#[derive(Debug)]
struct Grant {
    kind: Option<String>,
    api_token: Option<String>,
}

impl Grant {
    /// Reads a form, which is what OAuth and the API document, or JSON, which only client code shows:
    /// platformsh-client-js sends it.
    fn read(call: &Call) -> Option<Self> {
        if call.is_json() {
            let body: Map<String, Value> = serde_json::from_slice(&call.body).ok()?;
            let text = |name: &str| match body.get(name) {
                None => Some(None),
                Some(value) => value.as_str().map(|text| Some(text.to_owned())),
            };
            return Some(Self { kind: text("grant_type")?, api_token: text("api_token")? });
        }
        let content_type = call.header("content-type")?.to_ascii_lowercase();
        content_type.starts_with("application/x-www-form-urlencoded").then(|| {
            let form = Query::parse(&String::from_utf8_lossy(&call.body));
            let text = |name| form.get(name).map(str::to_owned);
            Self { kind: text("grant_type"), api_token: text("api_token") }
        })
    }
}

static ROUTES: LazyLock<[Route<UpsunAuth>; 1]> = LazyLock::new(|| {
    [Route::post("/oauth2/token", "oauth2-token", |auth: &UpsunAuth, call, _| auth.token(call))
        .that_only_reads()]
});

impl Service for UpsunAuth {
    const REQUEST_ID_HEADER: &'static str = "x-request-id";

    fn routes() -> &'static [Route<Self>] {
        &*ROUTES
    }

    fn authorize(&self, call: &Call) -> Result<(), Reply> {
        let client = call.header("authorization").and_then(|value| {
            let (scheme, encoded) = value.split_once(' ')?;
            scheme
                .eq_ignore_ascii_case("basic")
                .then(|| STANDARD_PAD_INDIFFERENT.decode(encoded.trim()).ok())?
        });
        if CLIENTS.iter().any(|known| client.as_deref() == Some(known.as_bytes())) {
            return Ok(());
        }
        Err(oauth(401, "invalid_client", "Client authentication failed.").header("www-authenticate", "Basic"))
    }

    fn unknown_path(&self, _call: &Call) -> Reply {
        oauth(404, "not_found", "The path does not exist.")
    }

    fn wrong_method(&self, _call: &Call) -> Reply {
        oauth(405, "invalid_request", "The path does not have this method.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(options: &SandboxOptions) -> (Tokens, String, Value) {
        let tokens = Tokens::new(options, Arc::new(Clock::new(Some(1_000))));
        let token = tokens.issue();
        let claims =
            BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("three parts")).expect("base 64");
        (tokens, token, serde_json::from_slice(&claims).expect("JSON"))
    }

    #[test]
    fn a_token_tells_its_user_and_its_end() {
        let (_, _, claims) = claims(&SandboxOptions::new());
        assert_eq!(claims["sub"], Records::new(1).user_id(0));
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_000), &json!(1_900)));
    }

    #[test]
    fn a_token_of_no_user_names_none() {
        let (_, _, claims) = claims(&SandboxOptions::new().upsun_token_without_user(true));
        assert_eq!(claims.get("sub"), None);
    }

    #[test]
    fn a_changed_token_is_invalid() {
        let (tokens, token, _) = claims(&SandboxOptions::new());
        assert!(tokens.is_valid(&token));
        let longer = BASE64_URL_SAFE_NO_PAD.encode(br#"{"exp":9999999999}"#);
        let mut parts: Vec<&str> = token.split('.').collect();
        parts[1] = &longer;
        assert!(!tokens.is_valid(&parts.join(".")));
        assert!(!tokens.is_valid(&format!("{token}.x")));
    }
}
