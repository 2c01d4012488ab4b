//! Signed tokens that say who a client is.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyprofile_core::{Error, ErrorKind, Result, Secret};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use serde_json::{Map, Value, json};

use crate::random::random_bits;

/// How long an assertion is valid by default. RFC 7523 leaves it to the server; those that limit it allow at least this.
const LIFETIME: Duration = Duration::from_secs(300);

/// A private key that signs. `Debug` does not show it.
///
/// ```
/// # use base64::{Engine as _, prelude::BASE64_STANDARD};
/// # let key = ring::signature::Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
/// # let key = BASE64_STANDARD.encode(key);
/// # let pem: anyprofile_core::Secret = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n").into();
/// use anyprofile_core::ErrorKind;
/// use anyprofile_http::SigningKey;
///
/// // `pem` is the text of the key's file, and the id is the one that the server knows it by.
/// let key = SigningKey::from_pem(&pem)?.with_id("2026-11");
/// assert_eq!(format!("{key:?}"), "SigningKey(EdDSA)");
/// // A public key cannot sign.
/// let error = SigningKey::from_pem(&"-----BEGIN PUBLIC KEY-----".into()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<KeyPair>,
    id: Option<String>,
}

enum KeyPair {
    /// RSA of at least 2048 bits.
    Rs256(RsaKeyPair),
    /// ECDSA on the curve P-256.
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Reads a private key as PEM (`BEGIN PRIVATE KEY`, or `BEGIN RSA PRIVATE KEY`): RSA of 2048 to 4096 bits, which signs as RS256,
    /// ECDSA on P-256 (ES256), or Ed25519 (`EdDSA`).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the text is not such a key. The error repeats nothing of it.
    pub fn from_pem(pem: &Secret) -> Result<Self> {
        let unusable = || {
            Error::config("the private key cannot be read").with_hint(
                "use an unencrypted PEM file with an RSA key of 2048 to 4096 bits, or a PKCS#8 key on P-256 or Ed25519",
            )
        };
        let key = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| unusable())?;
        let pair = match &key {
            PrivateKeyDer::Pkcs1(key) => {
                RsaKeyPair::from_der(key.secret_pkcs1_der()).ok().map(KeyPair::Rs256)
            }
            PrivateKeyDer::Pkcs8(key) => of_pkcs8(key.secret_pkcs8_der()),
            _ => None,
        };
        Ok(Self { pair: Arc::new(pair.ok_or_else(unusable)?), id: None })
    }

    /// Sets the id by which the server knows the key (`kid`).
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Returns a signed token (JWS in the compact form, RFC 7515 §3.1).
    fn sign(&self, claims: &Map<String, Value>) -> Result<Secret> {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(id) = &self.id {
            header["kid"] = json!(id);
        }
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let claims = Value::from(claims.clone());
        let message =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.signature(message.as_bytes()).map_err(|_| {
            Error::new(ErrorKind::Internal, "the assertion could not be signed")
                .with_hint("the system may have no random numbers; try again")
        })?;
        Ok(format!("{message}.{}", encode(&signature)).into())
    }

    fn algorithm(&self) -> &'static str {
        match *self.pair {
            KeyPair::Rs256(_) => "RS256",
            KeyPair::Es256(_) => "ES256",
            KeyPair::Ed25519(_) => "EdDSA",
        }
    }

    fn signature(&self, message: &[u8]) -> std::result::Result<Vec<u8>, ring::error::Unspecified> {
        let random = SystemRandom::new();
        Ok(match &*self.pair {
            KeyPair::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
            KeyPair::Es256(pair) => pair.sign(&random, message)?.as_ref().to_vec(),
            KeyPair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        })
    }
}

/// Reads a key of PKCS#8, whose kind is in it.
fn of_pkcs8(der: &[u8]) -> Option<KeyPair> {
    let random = SystemRandom::new();
    let rsa = || RsaKeyPair::from_pkcs8(der).ok().map(KeyPair::Rs256);
    let ecdsa = || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random).ok();
    let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(KeyPair::Ed25519);
    rsa().or_else(|| ecdsa().map(KeyPair::Es256)).or_else(ed25519)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.algorithm())
    }
}

/// A token that a client signs to say who it is (RFC 7523 §3). It is signed anew for each exchange, with an id of its own.
///
/// ```no_run
/// use anyprofile_http::{Credential, JwtAssertion, SigningKey, TokenExchange, Url};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SigningKey::from_pem(&std::fs::read_to_string("key.pem")?.into())?.with_id("2026-11");
/// let url = Url::parse("https://login.example.com/oauth2/token")?;
/// let exchange = TokenExchange::signed_client_credentials(url, "reviewer", JwtAssertion::new(key));
/// let credential = Credential::exchange(exchange.with_scope("users:read"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct JwtAssertion {
    key: SigningKey,
    /// Those that the caller sets. `Debug` shows no value.
    claims: Claims,
    lifetime: Duration,
}

#[derive(Clone, Default)]
struct Claims(Map<String, Value>);

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl JwtAssertion {
    /// Creates an assertion that is signed with this key and valid for five minutes.
    pub fn new(key: SigningKey) -> Self {
        Self { key, claims: Claims::default(), lifetime: LIFETIME }
    }

    /// Sets who signs (`iss`). Default: the client's id.
    pub fn with_issuer(self, issuer: impl Into<String>) -> Self {
        self.with_claim("iss", issuer.into())
    }

    /// Sets whom the access token is for (`sub`). Default: the issuer.
    pub fn with_subject(self, subject: impl Into<String>) -> Self {
        self.with_claim("sub", subject.into())
    }

    /// Sets whom the assertion is for (`aud`). Default: the URL of the token endpoint.
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        self.with_claim("aud", audience.into())
    }

    /// Sets another claim, such as `scope`.
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.0.insert(name.into(), value.into());
        self
    }

    /// Sets how long the assertion is valid.
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Signs the assertion for a token endpoint. `issuer` is the one that counts if the assertion has none.
    pub(super) fn sign(&self, issuer: Option<&str>, endpoint: &str) -> Result<Secret> {
        let mut claims = self.claims.0.clone();
        let mut default = |name: &str, value: Value| {
            claims.entry(name).or_insert(value);
        };
        if let Some(issuer) = issuer {
            default("iss", issuer.into());
        }
        default("aud", endpoint.into());
        default("jti", format!("{:016x}{:016x}", random_bits(), random_bits()).into());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        default("iat", now.as_secs().into());
        default("exp", now.saturating_add(self.lifetime).as_secs().into());
        let issuer = claims.get("iss").cloned().ok_or_else(|| {
            Error::config("the assertion needs an issuer").with_hint("set it with JwtAssertion::with_issuer")
        })?;
        claims.entry("sub").or_insert(issuer);
        self.key.sign(&claims)
    }
}

#[cfg(test)]
mod tests;
