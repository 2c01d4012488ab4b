//! Which proxy a request uses. A setting that cannot be read is an error: ignoring it would send the credential without the proxy.

use std::{ffi::OsString, fmt, net::IpAddr};

use anyprofile_core::{Error, Result};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::HeaderValue;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::origin::is_loopback;

/// The proxies of a client, by the scheme of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    http: Option<ProxyServer>,
    https: Option<ProxyServer>,
    bypass: Bypass,
    /// Whether requests to loopback use no proxy: loopback is allowed without TLS because it stays on this machine.
    keeps_loopback: bool,
}

/// One proxy. `Debug` and `Display` show its host and port and where it is configured, and no credentials.
#[derive(Clone)]
pub(crate) struct ProxyServer {
    /// Its URL without credentials.
    pub(crate) url: Url,
    /// Its `Proxy-Authorization` header (`Basic`, RFC 7617).
    pub(crate) authorization: Option<HeaderValue>,
    setting: &'static str,
}

impl fmt::Display for ProxyServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or_default();
        write!(formatter, "{host}:{port} ({})", self.setting)
    }
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ProxyServer({self})")
    }
}

impl Proxies {
    /// Reads the proxies of environment variables, as curl reads them. `None` if they name no proxy.
    ///
    /// - `https_proxy`, `HTTPS_PROXY`; `http_proxy`, and `HTTP_PROXY` unless `REQUEST_METHOD` is set: a CGI web server sets
    ///   `HTTP_PROXY` from a header that any client can send.
    /// - `all_proxy`, `ALL_PROXY` for a scheme without a proxy; `no_proxy`, `NO_PROXY` for hosts without a proxy.
    ///
    /// `with_http` says whether `http` URLs are allowed. If not, variables for `http` alone are ignored.
    ///
    /// # Errors
    /// A configuration error that names the variable and does not repeat its value.
    pub(crate) fn from_variables(
        variable: impl Fn(&str) -> Option<OsString>,
        with_http: bool,
    ) -> Result<Option<Self>> {
        let text = |names: &[&'static str]| -> Result<Option<(&'static str, String)>> {
            for name in names {
                let Some(value) = variable(name) else { continue };
                let value = value.into_string().map_err(|_| {
                    Error::config(format!("the environment variable {name} is not valid UTF-8"))
                        .with_hint(format!("correct {name}, or unset it"))
                })?;
                if !value.trim().is_empty() {
                    return Ok(Some((name, value)));
                }
            }
            Ok(None)
        };
        let read = |named: Option<(&'static str, String)>| {
            named.map(|(name, value)| ProxyServer::read(&value, name)).transpose()
        };
        let for_http: &[_] = if variable("REQUEST_METHOD").is_some() {
            &["http_proxy"]
        } else {
            &["http_proxy", "HTTP_PROXY"]
        };
        // An invalid value must not fail a client that does not use it.
        let mut http = if with_http { read(text(for_http)?)? } else { None };
        let mut https = read(text(&["https_proxy", "HTTPS_PROXY"])?)?;
        // It often names a SOCKS proxy next to HTTP proxies: an error only if it would be used.
        if https.is_none() || (with_http && http.is_none()) {
            let all = read(text(&["all_proxy", "ALL_PROXY"])?)?;
            https = https.or_else(|| all.clone());
            http = http.or(all);
        }
        if http.is_none() && https.is_none() {
            return Ok(None);
        }
        let bypass = text(&["no_proxy", "NO_PROXY"])?;
        let bypass = bypass.map(|(_, value)| Bypass::read(&value)).unwrap_or_default();
        Ok(Some(Self { http, https, bypass, keeps_loopback: true }))
    }

    /// Creates the proxies of an account with one proxy for all requests.
    ///
    /// # Errors
    /// A configuration error. It does not repeat the URL, which may hold credentials.
    pub(crate) fn one(text: &str) -> Result<Self> {
        let server = ProxyServer::read(text, "the account's proxy")?;
        Ok(Self { http: Some(server.clone()), https: Some(server), ..Self::default() })
    }

    /// Returns the proxy of a scheme, for any host.
    pub(crate) fn of(&self, scheme: &str) -> Option<&ProxyServer> {
        if scheme == "http" { self.http.as_ref() } else { self.https.as_ref() }
    }

    /// Returns the proxy of a request; `None` if it is sent directly to its host.
    pub(crate) fn server(&self, target: &Url) -> Option<&ProxyServer> {
        if (self.keeps_loopback && is_loopback(target)) || self.bypass.contains(target) {
            return None;
        }
        match target.scheme() {
            "http" => self.http.as_ref(),
            "https" => self.https.as_ref(),
            _ => None,
        }
    }
}

impl ProxyServer {
    fn read(text: &str, setting: &'static str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::config(format!("{setting} {why}")).with_hint(
                "write it as http://host:port without quotes, and characters such as #, / and @ of a user name or \
                 password as %23, %2F and %40",
            )
        };
        let text = text.trim();
        let with_scheme;
        let text = if text.contains("://") {
            text
        } else {
            with_scheme = format!("http://{text}");
            &with_scheme
        };
        if text.contains(|letter: char| {
            letter.is_control() || letter.is_whitespace() || "\"'`\\<>".contains(letter)
        }) {
            return Err(refuse(
                "must be a valid URL: it holds a quote, a space or another character that must be encoded",
            ));
        }
        let mut url = Url::parse(text).map_err(|_| refuse("must be a valid URL"))?;
        match url.scheme() {
            "http" | "https" => {}
            scheme if scheme.starts_with("socks") => {
                return Err(Error::config(format!("{setting} must not be a SOCKS proxy"))
                    .with_hint("name an HTTP proxy as http://host:port, or none"));
            }
            _ => return Err(refuse("must be an http or https URL")),
        }
        // An unencoded `/`, `?` or `#` in a password ends the host early, and a part of the password would become the host.
        if url.query().is_some() || url.fragment().is_some() || !matches!(url.path(), "" | "/") {
            return Err(refuse("must have nothing after the host and port"));
        }
        let authorization = (!url.username().is_empty() || url.password().is_some()).then(|| basic(&url));
        let authorization =
            authorization.transpose().map_err(|_| refuse("must have credentials that a header allows"))?;
        let is_stripped = url.set_username("").is_ok() && url.set_password(None).is_ok();
        // reqwest silently ignores a proxy URL that it cannot parse.
        if !is_stripped || url.as_str().parse::<http::Uri>().is_err() {
            return Err(refuse("must be a valid URL"));
        }
        Ok(Self { url, authorization, setting })
    }
}

/// Returns the `Basic` header for the credentials in a proxy's URL.
fn basic(url: &Url) -> std::result::Result<HeaderValue, http::header::InvalidHeaderValue> {
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let credentials =
        [&decoded(url.username())[..], b":", &decoded(url.password().unwrap_or_default())].concat();
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(credentials)))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The hosts whose requests use no proxy.
#[derive(Clone, Debug, Default)]
struct Bypass(Vec<Exception>);

/// One entry of [`Bypass`].
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    Everything,
    Network(IpNet),
    /// A name and its subdomains, at this port or at any port.
    Name(String, Option<u16>),
    Address(IpAddr, Option<u16>),
}

impl Bypass {
    /// Parses `NO_PROXY`: entries separated by commas or white space. An entry is `*`, a network (`10.0.0.0/8`), an address, or a
    /// name in letters of either case with its subdomains (`host`, `.host` and `*.host` mean the same). Addresses and names may have
    /// a port.
    fn read(text: &str) -> Self {
        let parts = text.split([',', ' ', '\t', '\r', '\n']).filter(|part| !part.is_empty());
        Self(parts.filter_map(Exception::read).collect())
    }

    fn contains(&self, target: &Url) -> bool {
        self.0.iter().any(|exception| exception.contains(target))
    }
}

impl Exception {
    fn read(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::Everything);
        }
        if let Ok(network) = entry.parse() {
            return Some(Self::Network(network));
        }
        if let Ok(address) = entry.trim_matches(['[', ']']).parse() {
            return Some(Self::Address(address, None));
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            return Some(Self::Address(address, port));
        }
        let name = host.strip_prefix('*').unwrap_or(host).trim_matches('.').to_ascii_lowercase();
        (!name.is_empty()).then_some(Self::Name(name, port))
    }

    fn contains(&self, target: &Url) -> bool {
        let at_port = |port: &Option<u16>| port.is_none() || *port == target.port_or_known_default();
        let address = match target.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            _ => None,
        };
        match (self, address, target.host()) {
            (Self::Everything, ..) => true,
            (Self::Network(network), Some(address), _) => network.contains(&address),
            (Self::Address(known, port), Some(address), _) => *known == address && at_port(port),
            (Self::Name(name, port), None, Some(Host::Domain(domain))) => {
                let domain = domain.trim_end_matches('.').to_ascii_lowercase();
                let is_below =
                    || domain.strip_suffix(name.as_str()).is_some_and(|front| front.ends_with('.'));
                at_port(port) && (domain == *name || is_below())
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use anyprofile_core::ErrorKind;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn proxies(pairs: &[(&str, &str)], with_http: bool) -> Result<Option<Proxies>> {
        let variable =
            |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
        Proxies::from_variables(variable, with_http)
    }

    /// Returns the proxies of requests to `https://api.example.com` and `http://api.example.com`.
    fn used(pairs: &[(&str, &str)]) -> [Option<String>; 2] {
        let proxies = proxies(pairs, true).unwrap().unwrap_or_default();
        ["https", "http"].map(|scheme| {
            proxies.server(&url(&format!("{scheme}://api.example.com"))).map(|server| server.url.to_string())
        })
    }

    #[test]
    fn the_variables_are_read_as_curl_reads_them() {
        let at = |text: &str| Some(text.to_owned());
        for (pairs, expected) in [
            (&[][..], [None, None]),
            (&[("HTTPS_PROXY", "")], [None, None]),
            (&[("HTTPS_PROXY", "http://p:1")], [at("http://p:1/"), None]),
            (&[("HTTPS_PROXY", "http://p:1"), ("https_proxy", "http://q:1")], [at("http://q:1/"), None]),
            (&[("HTTP_PROXY", "p:1")], [None, at("http://p:1/")]),
            (&[("HTTP_PROXY", "p:1"), ("REQUEST_METHOD", "GET")], [None, None]),
            (&[("http_proxy", "p:1"), ("REQUEST_METHOD", "GET")], [None, at("http://p:1/")]),
            (&[("ALL_PROXY", " https://p:1 ")], [at("https://p:1/"), at("https://p:1/")]),
            (&[("all_proxy", "p"), ("https_proxy", "q:2")], [at("http://q:2/"), at("http://p/")]),
            (&[("https_proxy", "u:p%23w@q:2")], [at("http://q:2/"), None]),
            (&[("https_proxy", "q:2"), ("no_proxy", "example.com")], [None, None]),
            // A SOCKS proxy that would not be used is not an error.
            (
                &[("all_proxy", "socks5://p:1"), ("https_proxy", "q:2"), ("http_proxy", "q:3")],
                [at("http://q:2/"), at("http://q:3/")],
            ),
        ] {
            assert_eq!(used(pairs), expected, "{pairs:?}");
        }
        for unused in ["all_proxy", "http_proxy"] {
            let both = [(unused, "socks5://p:1"), ("https_proxy", "q:2")];
            assert!(proxies(&both, false).unwrap().is_some(), "{unused}");
            assert!(proxies(&both, true).is_err(), "{unused}");
        }
    }

    #[test]
    fn a_variable_that_cannot_be_read_is_refused_with_its_name_and_without_its_value() {
        for value in [
            "htp://hunter2:1",
            "socks://hunter2:1",
            "socks5h://hunter2:1",
            "\"http://hunter2:1\"",
            "'hunter2:1'",
            "http://me:hun#ter2@proxy:1",
            "http://me:1#hunter2@proxy:1",
            "http://me:1/hunter2@proxy:1",
            "http://me:1?hunter2@proxy:1",
            "http://me:hunter2@",
            "http://hunter2:port",
            "http://hunter2:1 http://other:2",
            "http://",
            "file:///hunter2",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
                let error = proxies(&[(name, value)], true).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Config, "{value}");
                let text = format!("{error} {error:?}");
                assert!(text.contains(name) && !text.contains("hunter2") && !text.contains("ter2"), "{text}");
            }
            let error = Proxies::one(value).unwrap_err();
            assert!(
                error.message().starts_with("the account's proxy ") && !error.message().contains("hunter2")
            );
        }
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let variable =
                |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from_vec(b"http://p\xff:1".to_vec()));
            let error = Proxies::from_variables(variable, false).unwrap_err();
            assert!(error.message().contains("HTTPS_PROXY is not valid UTF-8"), "{error}");
        }
    }

    #[test]
    fn credentials_are_decoded_for_the_proxy_and_shown_nowhere() {
        let proxies = proxies(&[("https_proxy", "http://me:hun%23ter2@proxy:3128")], false).unwrap().unwrap();
        let server = proxies.server(&url("https://x.example.com")).unwrap();
        assert_eq!(server.to_string(), "proxy:3128 (https_proxy)");
        assert_eq!(server.authorization.as_ref().unwrap(), "Basic bWU6aHVuI3RlcjI=");
        assert!(!format!("{proxies:?}").contains("ter2"));
    }

    #[test]
    fn hosts_without_a_proxy_are_named_as_for_curl() {
        let target = url("https://api.example.com/x");
        for (no_proxy, goes_straight) in [
            ("*", true),
            ("example.com", true),
            (".example.com", true),
            ("*.example.com", true),
            ("other.org, API.Example.COM", true),
            ("other.org api.example.com", true),
            ("api.example.com:443", true),
            ("example.com.", true),
            ("api.example.com:8443", false),
            ("ample.com", false),
            ("i.example.com", false),
            ("", false),
            (" , ", false),
            ("example.com:port", false),
        ] {
            assert_eq!(Bypass::read(no_proxy).contains(&target), goes_straight, "{no_proxy}");
        }
        for (no_proxy, target, goes_straight) in [
            ("10.0.0.0/8", "https://10.1.2.3", true),
            ("10.0.0.0/8", "https://11.1.2.3", false),
            ("10.1.2.3:8443", "https://10.1.2.3:8443", true),
            ("10.1.2.3:8443", "https://10.1.2.3", false),
            ("2001:db8::1", "https://[2001:db8::1]", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true),
            ("2001:db8::/32", "https://[2001:db8::1]", true),
            ("1.2.3", "https://10.1.2.3", false),
        ] {
            assert_eq!(Bypass::read(no_proxy).contains(&url(target)), goes_straight, "{no_proxy} {target}");
        }
    }

    #[test]
    fn no_proxy_of_the_environment_sees_loopback() {
        let from_environment = proxies(&[("all_proxy", "p:1")], true).unwrap().unwrap();
        assert!(from_environment.server(&url("http://127.0.0.1:8080")).is_none());
        assert!(Proxies::one("p:1").unwrap().server(&url("http://127.0.0.1:8080")).is_some());
    }
}
