use anyprofile_core::ErrorKind;
use anyprofile_http::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings0 {
    base_url: String,
    pages: Option<u32>,
}

#[allow(clippy::needless_pass_by_value, reason = "the form that it has")]
fn connect(
    account: AccountName,
    settings: &Settings0,
    secrets: &Secrets,
    _: HttpOptions,
) -> Result<Arc<dyn ProfileProvider>> {
    // The error shows what was received: no provider is needed here.
    let (key, _) = secrets.single()?;
    Err(Error::config(format!("{account} {} {:?} {key}", settings.base_url, settings.pages)))
}

fn service() -> ServiceDescriptor {
    ServiceDescriptor::new(ServiceName::from_static("library"), "Library", connect)
        .with_key(SettingKey::url("base_url", "the API").required())
        .with_key(SettingKey::number("pages", "pages").at_least(1))
        .with_credential(CredentialKey::new("api_key", "an API key"))
        .with_credential(CredentialSet::new([
            CredentialKey::new("client_id", "the client"),
            CredentialKey::new("client_secret", "its secret"),
        ]))
}

fn settings(value: Value) -> Settings {
    match value {
        Value::Object(map) => map.into(),
        _ => Settings::default(),
    }
}

#[test]
fn settings_are_read_before_the_credentials_and_given_to_the_function_that_connects() {
    let configured =
        service().configure(settings(json!({"base_url": "https://x", "pages": 7})), &["api_key"]).unwrap();
    let secrets = Secrets::new().with("api_key", Secret::from("hidden"));
    let error = configured.connect("main".parse().unwrap(), &secrets, HttpOptions::default()).unwrap_err();
    assert_eq!(error.message(), "main https://x Some(7) api_key");
    assert!(!format!("{configured:?} {secrets:?} {:?}", service()).contains("hidden"));
}

#[test]
fn what_does_not_fit_is_told_by_its_key_and_never_by_its_value() {
    for (value, credentials, part) in [
        (json!({}), &["api_key"][..], "base_url is required"),
        (json!({"base_url": 7}), &["api_key"], "base_url must be a URL"),
        (json!({"base_url": "x", "pages": 0}), &["api_key"], "pages must be a whole number of at least 1"),
        (json!({"base_url": "x", "pages": "hunter2"}), &["api_key"], "pages must be a whole number"),
        (
            json!({"base_url": "x"}),
            &[],
            "must have exactly one credential: api_key or client_id with client_secret",
        ),
        (json!({"base_url": "x"}), &["client_id"], "must have exactly one credential"),
        (
            json!({"base_url": "x"}),
            &["api_key", "client_id", "client_secret"],
            "must have exactly one credential",
        ),
        // A key that the descriptor has not: of its own struct.
        (json!({"base_url": "x", "colour": "hunter2"}), &["api_key"], "unknown field `colour`"),
    ] {
        let error = service().configure(settings(value), credentials).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(part), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let configured = service().configure(settings(json!({"base_url": "x"})), &["client_secret", "client_id"]);
    assert!(configured.is_ok());
}

#[test]
fn a_text_of_the_environment_becomes_the_value_that_the_key_has() {
    let list = SettingKey::list("organizations", "which").or_word("all").with_variable("ORGANIZATIONS");
    assert_eq!(list.value_of("all").unwrap(), json!("all"));
    assert_eq!(list.value_of(" a, b,,a ").unwrap(), json!(["a", "b"]));
    assert_eq!(SettingKey::number("pages", "").value_of("7").unwrap(), json!(7));
    assert_eq!(SettingKey::flag("wide", "").value_of("true").unwrap(), json!(true));
    assert_eq!(SettingKey::text("name", "").value_of(" x ").unwrap(), json!("x"));
    let error =
        SettingKey::number("pages", "").at_least(1).with_variable("PAGES").value_of("hunter2").unwrap_err();
    assert_eq!(error.message(), "the environment variable PAGES must be a whole number of at least 1");
    assert!(list.check(&json!("some")).is_err() && list.check(&json!([1])).is_err());
    let choice = SettingKey::choice("region", "", ["eu", "us"]);
    assert_eq!(choice.check(&json!("uk")).unwrap_err().message(), "region must be eu or us");
}

#[test]
fn a_placeholder_is_a_value_that_the_key_takes() {
    for key in [
        SettingKey::text("a", ""),
        SettingKey::url("a", ""),
        SettingKey::path("a", ""),
        SettingKey::flag("a", ""),
        SettingKey::number("a", "").at_least(3),
        SettingKey::choice("a", "", ["eu"]),
        SettingKey::list("a", "").or_word("all"),
    ] {
        key.check(&key.placeholder()).unwrap();
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    One,
}

#[test]
fn a_number_that_is_too_large_and_a_url_with_a_password_are_refused_without_their_values() {
    let number = SettingKey::number("pages", "").at_most(50);
    assert_eq!(number.check(&json!(51)).unwrap_err().message(), "pages must be at most 50");
    assert!(SettingKey::number("pages", "").check(&json!(5_000_000_000_u64)).is_err());
    let url = SettingKey::url("base_url", "");
    for bad in ["https://me:hunter2@host/x", "https://hunter2@host", "me:hunter2@host"] {
        let error = url.check(&json!(bad)).unwrap_err();
        assert!(error.message().contains("no user name") && !format!("{error:?}").contains("hunter2"));
    }
    for good in ["https://host/users/@me", "https://host?q=a@b"] {
        url.check(&json!(good)).unwrap();
    }
    // What a custom type repeats of a word.
    let error = settings(json!({"hunter2": 7})).read::<Word>().unwrap_err();
    assert!(!format!("{error:?} {:?}", Word::One).contains("hunter2"), "{error:?}");
}
