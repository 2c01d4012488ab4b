//! The keys of every account.

use std::time::Duration;

use anyprofile_core::{Error, Result};
use anyprofile_engine::{SettingKey, SettingKind, Settings};
use anyprofile_http::{HttpOptions, Proxy};
use serde::Deserialize;

/// The keys that every account has, besides those of its service.
pub static COMMON_KEYS: [SettingKey; 10] = [
    SettingKey::describe(
        "proxy",
        SettingKind::Text,
        None,
        "the `http:` or `https:` URL of a proxy, without credentials, or `none`; otherwise the environment's proxy",
    ),
    SettingKey::describe(
        "ca_file",
        SettingKind::Path,
        None,
        "certificate authorities to trust besides the platform's, as PEM",
    ),
    SettingKey::describe(
        "user_agent",
        SettingKind::Text,
        None,
        "a product token before the library's own in `User-Agent`",
    ),
    SettingKey::describe(
        "max_attempts",
        ONE_OR_MORE,
        Some("3"),
        "maximum attempts of an operation that may be repeated",
    ),
    SettingKey::describe("attempt_timeout_seconds", ONE_OR_MORE, Some("60"), "the timeout of one attempt"),
    SettingKey::describe(
        "operation_timeout_seconds",
        ONE_OR_MORE,
        Some("300"),
        "the timeout of an operation, with all attempts and waits",
    ),
    SettingKey::describe(
        "max_concurrency",
        ANY_NUMBER,
        Some("8"),
        "maximum concurrent requests; `0` means no limit",
    ),
    SettingKey::describe(
        "max_requests_per_second",
        ANY_NUMBER,
        Some("0"),
        "maximum requests per second; `0` means no limit; slower when the service asks for it",
    ),
    SettingKey::describe(
        "trusted_origins",
        SettingKind::List { words: Vec::new() },
        None,
        "further origins that redirects and next links may lead to",
    ),
    SettingKey::describe(
        "allow_insecure_http",
        SettingKind::Flag,
        Some("false"),
        "allows sending credentials unencrypted to `http:` hosts other than loopback",
    ),
];

const ONE_OR_MORE: SettingKind = SettingKind::ONE_OR_MORE;
const ANY_NUMBER: SettingKind = SettingKind::ANY_NUMBER;

/// The settings of an account for the HTTP client.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Common {
    proxy: Option<String>,
    ca_file: Option<String>,
    user_agent: Option<String>,
    max_attempts: Option<u32>,
    attempt_timeout_seconds: Option<u64>,
    operation_timeout_seconds: Option<u64>,
    max_concurrency: Option<u32>,
    max_requests_per_second: Option<u32>,
    trusted_origins: Vec<String>,
    allow_insecure_http: bool,
}

/// Removes the keys of every account from `settings`, and returns them as options.
///
/// # Errors
/// A configuration error. It names the key and repeats no value.
pub(super) fn take_http_options(settings: &mut Settings) -> Result<HttpOptions> {
    let mut common = Settings::default();
    for key in &COMMON_KEYS {
        if let Some(value) = settings.remove(&key.name) {
            key.check(&value)?;
            common.insert(key.name.clone(), value);
        }
    }
    let common: Common = common.read()?;
    if common.trusted_origins.iter().any(|origin| origin.contains('@')) {
        return Err(Error::config("trusted_origins must have no user name and no password")
            .with_hint("write each as https://host or https://host:port"));
    }
    let mut http = HttpOptions::default()
        .with_allow_insecure_http(common.allow_insecure_http)
        .with_trusted_origins(common.trusted_origins);
    if let Some(path) = common.ca_file {
        let pem = std::fs::read(&path)
            .map_err(|error| Error::config(format!("the file {path} cannot be read: {}", error.kind())))?;
        http = http.with_root_certificate(pem);
    }
    match common.proxy.as_deref() {
        Some("none") => http.proxy = Proxy::None,
        Some(url) if url.contains('@') => {
            return Err(Error::config("proxy must not hold a literal secret")
                .with_hint("set the proxy with its credentials in HTTPS_PROXY"));
        }
        Some(url) => http.proxy = Proxy::Url(url.to_owned()),
        None => {}
    }
    http.user_agent = common.user_agent;
    http.max_attempts = common.max_attempts.unwrap_or(http.max_attempts);
    http.attempt_timeout = common.attempt_timeout_seconds.map_or(http.attempt_timeout, Duration::from_secs);
    http.operation_timeout =
        common.operation_timeout_seconds.map_or(http.operation_timeout, Duration::from_secs);
    http.max_concurrency = common.max_concurrency.unwrap_or(http.max_concurrency);
    http.max_requests_per_second = common.max_requests_per_second.unwrap_or(http.max_requests_per_second);
    Ok(http)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_that_are_told_are_those_that_count() {
        let mut documented = Settings::default();
        for key in &COMMON_KEYS {
            if let Some(default) = &key.default {
                documented.insert(key.name.clone(), key.value_of(default).unwrap());
            }
        }
        let documented = take_http_options(&mut documented).unwrap();
        let used = take_http_options(&mut Settings::default()).unwrap();
        assert_eq!(format!("{documented:?}"), format!("{used:?}"));
        assert_eq!(format!("{used:?}"), format!("{:?}", HttpOptions::default()));
    }
}
