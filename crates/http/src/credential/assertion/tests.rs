use base64::prelude::BASE64_STANDARD;
use ring::signature::{self, KeyPair as _, UnparsedPublicKey, VerificationAlgorithm};

use super::*;

/// A key that signs nothing but these tests.
const RSA: &str = include_str!("rsa-key-of-tests.pem");

fn pem(der: &[u8]) -> Secret {
    let lines = BASE64_STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n").into()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn each_kind_of_key_signs_what_its_public_key_verifies() {
    let random = SystemRandom::new();
    let ecdsa = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let keys: [(&str, Secret, &dyn VerificationAlgorithm); 3] = [
        ("RS256", RSA.into(), &signature::RSA_PKCS1_2048_8192_SHA256),
        ("ES256", pem(ecdsa.as_ref()), &signature::ECDSA_P256_SHA256_FIXED),
        ("EdDSA", pem(ed25519.as_ref()), &signature::ED25519),
    ];
    for (algorithm, secret, verification) in keys {
        let key = SigningKey::from_pem(&secret).unwrap().with_id("first");
        assert_eq!(format!("{key:?}"), format!("SigningKey({algorithm})"));
        let public = match &*key.pair {
            KeyPair::Rs256(pair) => pair.public_key().as_ref().to_vec(),
            KeyPair::Es256(pair) => pair.public_key().as_ref().to_vec(),
            KeyPair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        };
        let token = JwtAssertion::new(key).sign(Some("client"), "https://auth.example.com/token").unwrap();
        let token = token.expose();
        assert_eq!(part(token, 0), json!({"alg": algorithm, "typ": "JWT", "kid": "first"}));
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(verification, public).verify(message.as_bytes(), &signature).unwrap();
    }
}

#[test]
fn an_assertion_says_who_it_is_from_and_for_and_when_it_ends() {
    let key = SigningKey::from_pem(&RSA.into()).unwrap();
    let assertion = JwtAssertion::new(key.clone());
    let [first, second] =
        [(), ()].map(|()| assertion.sign(Some("client"), "https://auth.example.com").unwrap());
    let claims = part(first.expose(), 1);
    for (name, value) in [("iss", "client"), ("sub", "client"), ("aud", "https://auth.example.com")] {
        assert_eq!(claims[name], value);
    }
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 300);
    assert_ne!(claims["jti"], part(second.expose(), 1)["jti"], "an assertion is used once");

    let assertion = JwtAssertion::new(key)
        .with_issuer("service@example.com")
        .with_subject("admin@example.com")
        .with_audience("login")
        .with_claim("scope", "directory.read")
        .with_lifetime(Duration::from_secs(60));
    assert!(!format!("{assertion:?}").contains("example.com"), "{assertion:?}");
    let claims = part(assertion.sign(None, "elsewhere").unwrap().expose(), 1);
    for (name, value) in [
        ("iss", "service@example.com"),
        ("sub", "admin@example.com"),
        ("aud", "login"),
        ("scope", "directory.read"),
    ] {
        assert_eq!(claims[name], value);
    }
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 60);
}

#[test]
fn what_is_no_key_or_has_no_issuer_is_a_configuration_error_that_repeats_nothing() {
    for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"] {
        let error = SigningKey::from_pem(&text.into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}").contains("c2VjcmV0") && !error.to_string().contains("secret"));
    }
    let assertion = JwtAssertion::new(SigningKey::from_pem(&RSA.into()).unwrap());
    assert_eq!(assertion.sign(None, "https://auth.example.com").unwrap_err().kind(), ErrorKind::Config);
}
