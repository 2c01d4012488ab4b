//! Which URLs a request may be sent to: base URLs, redirects and next links.

use anyprofile_core::{Error, Result};
use url::{Origin, Url};

/// The maximum number of redirects of one attempt.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// Parses a service's base URL.
///
/// It must be https, or http if the host is loopback or `allow_insecure_http` is set. It must have no user, password, query or
/// fragment.
///
/// # Errors
/// A configuration error. It does not repeat the text, which may hold a secret.
pub fn base_url(text: &str, allow_insecure_http: bool) -> Result<Url> {
    checked_url(text, allow_insecure_http, "the base URL")
}

/// Parses a URL that the credential may be sent to. `what` is its name in errors.
fn checked_url(text: &str, allow_insecure_http: bool, what: &str) -> Result<Url> {
    let refuse = |flaw: &str| Error::config(format!("{what} {flaw}"));
    let url = Url::parse(text).map_err(|_| {
        refuse("must be a valid URL").with_hint("write it as https://host or https://host/path")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must have no user name and no password")
            .with_hint("leave them out; credentials have settings of their own"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("must have no query and no fragment").with_hint("leave them out"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_insecure_http || is_loopback(&url) => Ok(url),
        "http" => Err(refuse("must be https: http would send the credential unencrypted")
            .with_hint("use https, or set allow_insecure_http for this account")),
        _ => Err(refuse("must be https or http")),
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The origins besides that of the base URL that the credential may be sent to.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedOrigins(Vec<Origin>);

impl TrustedOrigins {
    pub(crate) fn new(origins: &[String], allow_insecure_http: bool) -> Result<Self> {
        let origins = origins
            .iter()
            .map(|text| checked_url(text, allow_insecure_http, "a trusted origin").map(|url| url.origin()));
        origins.collect::<Result<_>>().map(Self)
    }

    /// Returns whether a request to `from` may be sent to `to` instead.
    pub(crate) fn allow(&self, from: &Url, to: &Url) -> bool {
        from.origin() == to.origin() || self.0.contains(&to.origin())
    }
}

/// Returns the URL of a redirect, or the reason why it is not followed.
pub(crate) fn redirect(
    method: &http::Method,
    from: &Url,
    location: Option<&[u8]>,
    trusted: &TrustedOrigins,
) -> std::result::Result<Url, &'static str> {
    if *method != http::Method::GET {
        return Err("the service redirects a write, and following it would lose the body");
    }
    let location = location.ok_or("the service redirects without a Location header")?;
    // HTTP clients disagree about other characters in a header, so following them could lead to another host.
    let location = std::str::from_utf8(location).ok().filter(|location| location.is_ascii()).ok_or(
        "the service redirects to a URL with characters that are not ASCII: it must send them percent-encoded",
    )?;
    let to = from.join(location).map_err(|_| "the service redirects to an invalid URL")?;
    if !trusted.allow(from, &to) {
        return Err("the service redirects to another host, and the credential is not for that host");
    }
    Ok(to)
}

/// What is wrong with a link of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkFlaw {
    Empty,
    NoUrl,
    OtherOrigin,
    OtherResource,
}

impl LinkFlaw {
    /// Returns what is wrong with a link. `link` is its name in the message.
    pub(crate) fn of(self, link: &str) -> String {
        let flaw = match self {
            Self::Empty => "is empty",
            Self::NoUrl => "is not a valid URL",
            Self::OtherOrigin => "leads to another host, and the credential is not for that host",
            Self::OtherResource => "leads to another resource",
        };
        format!("{link} {flaw}")
    }
}

/// Resolves a link against `sent`. It must lead to the same resource at a trusted origin, and keeps its own query.
fn same_resource(sent: &Url, link: &str, trusted: &TrustedOrigins) -> std::result::Result<Url, LinkFlaw> {
    if link.is_empty() {
        return Err(LinkFlaw::Empty);
    }
    let mut linked = sent.join(link).map_err(|_| LinkFlaw::NoUrl)?;
    if !trusted.allow(sent, &linked) {
        return Err(LinkFlaw::OtherOrigin);
    }
    let (path, sent_path) =
        (linked.path().trim_end_matches('/').to_owned(), sent.path().trim_end_matches('/'));
    if path != sent_path {
        // A service behind a gateway does not know the path prefix of the gateway.
        if path.is_empty() || !sent_path.ends_with(&path) {
            return Err(LinkFlaw::OtherResource);
        }
        linked.set_path(sent.path());
    }
    linked.set_fragment(None);
    Ok(linked)
}

/// Returns the URL of a link that the service sent for this resource. Its query is unchanged, since it may be signed.
pub(crate) fn given_link(
    resource: &Url,
    link: &str,
    trusted: &TrustedOrigins,
) -> std::result::Result<Url, LinkFlaw> {
    same_resource(resource, link, trusted)
}

/// Returns the URL of the next page: the service's link, with the sent query parameters that the link omits.
///
/// Some services omit sent parameters from their links. Following such a link unchanged would lose a filter, or never end.
pub(crate) fn next_link(
    sent: &Url,
    link: &str,
    trusted: &TrustedOrigins,
) -> std::result::Result<Url, LinkFlaw> {
    let mut next = same_resource(sent, link, trusted)?;
    let linked = next.query().unwrap_or_default().to_owned();
    let keys: Vec<_> = next.query_pairs().map(|(key, _)| key.into_owned()).collect();
    // Pairs keep their encoding: a cursor is opaque, need not be UTF-8, and may distinguish `%20` from `+`.
    let omitted = pairs(sent.query().unwrap_or_default()).filter(|pair| !keys.contains(&key(pair)));
    let merged: Vec<_> = omitted.chain(pairs(&linked)).collect();
    next.set_query(Some(merged.join("&").as_str()).filter(|query| !query.is_empty()));
    Ok(next)
}

/// Returns the pairs of a query, still encoded.
fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

/// Returns the decoded key of a pair.
fn key(pair: &str) -> String {
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use anyprofile_core::ErrorKind;
    use http::Method;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_base_url_must_keep_the_credential_private() {
        for good in [
            "https://api.example.com",
            "https://x/y/",
            "http://127.0.0.1:1",
            "http://[::1]",
            "http://localhost:8",
        ] {
            assert!(base_url(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.example.com",
            "http://api.example.com",
            "ftp://x",
            "https://u:secret@x",
            "https://x?secret=1",
        ] {
            let error = base_url(bad, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
            assert!(!format!("{error:?}").contains("secret"), "{error}");
        }
        assert!(base_url("http://api.example.com", true).is_ok());
    }

    #[test]
    fn an_error_of_a_trusted_origin_says_that_it_is_one() {
        for bad in ["", "http://api.example.com", "ftp://x", "https://u:secret@x", "https://x?secret=1"] {
            let error = TrustedOrigins::new(&[bad.to_owned()], false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
            let text = format!("{error} {error:?}");
            assert!(text.contains("a trusted origin ") && !text.contains("base URL"), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn redirects_stay_with_the_host() {
        let from = url("https://api.example.com/users");
        let trusted = TrustedOrigins::new(&["https://eu.example.com".to_owned()], false).unwrap();
        let follow =
            |method, location: Option<&str>| redirect(&method, &from, location.map(str::as_bytes), &trusted);
        assert_eq!(follow(Method::GET, Some("/users/")).unwrap().as_str(), "https://api.example.com/users/");
        assert!(follow(Method::GET, Some("https://eu.example.com/users/")).is_ok());
        for (method, location) in [
            (Method::GET, Some("https://evil.example.com/users/")),
            (Method::GET, Some("http://api.example.com/users/")),
            (Method::GET, Some("https://api.example.com:444/users/")),
            (Method::GET, Some("//evil.example.com/")),
            (Method::GET, None),
            (Method::POST, Some("/users/")),
        ] {
            assert!(follow(method, location).is_err(), "{location:?}");
        }
        for location in ["/usér/".as_bytes(), b"/us\xe9r/"] {
            let reason = redirect(&Method::GET, &from, Some(location), &trusted).unwrap_err();
            assert!(reason.contains("not ASCII"), "{reason}");
        }
        assert_eq!(
            follow(Method::GET, Some("https://[")).unwrap_err(),
            "the service redirects to an invalid URL"
        );
    }

    #[test]
    fn a_next_link_is_merged_with_what_was_sent() {
        let next = |sent: &str, link: &str| next_link(&url(sent), link, &TrustedOrigins::default());
        assert_eq!(
            next("https://x/profiles?filter%5Bs%5D=a&filter%5Bs%5D=b&page=1", "/profiles?page=2")
                .unwrap()
                .as_str(),
            "https://x/profiles?filter%5Bs%5D=a&filter%5Bs%5D=b&page=2"
        );
        assert_eq!(
            next("https://x/p/profiles?range=5", "https://x/p/profiles?page%5Bafter%5D=W%3D%3D")
                .unwrap()
                .as_str(),
            "https://x/p/profiles?range=5&page%5Bafter%5D=W%3D%3D"
        );
        assert_eq!(
            next("https://x/gate/profiles", "/profiles?page=2").unwrap().as_str(),
            "https://x/gate/profiles?page=2"
        );
        assert_eq!(next("https://x/profiles", "?page=2").unwrap().as_str(), "https://x/profiles?page=2");
        // No byte of an opaque cursor or of the sent query changes.
        for cursor in ["%FF%00", "a%20b+c", "W%3d%3D", "a=b", "%zz", "", "[x]"] {
            assert_eq!(
                next(
                    "https://x/profiles?q=%C3%A9+a%20b&page%5Bafter%5D=1",
                    &format!("/profiles?page[after]={cursor}")
                )
                .unwrap()
                .as_str(),
                format!("https://x/profiles?q=%C3%A9+a%20b&page[after]={cursor}")
            );
        }
        assert_eq!(next("https://x/profiles", "/profiles?").unwrap().as_str(), "https://x/profiles");
        for link in [
            "",
            "string",
            "https://evil/profiles?page=2",
            "http://x/profiles?page=2",
            "/users?page=2",
            "https://[",
        ] {
            assert!(next("https://x/profiles", link).is_err(), "{link}");
        }
    }

    #[test]
    fn a_given_link_keeps_its_query_to_the_letter() {
        let given = |resource: &str, link: &str| given_link(&url(resource), link, &TrustedOrigins::default());
        for (resource, link, to) in [
            (
                "https://x/ref/users",
                "/ref/users?in=a,b&sig=a%2Bb+c~",
                "https://x/ref/users?in=a,b&sig=a%2Bb+c~",
            ),
            ("https://x/ref/users", "https://x/ref/users?in=a%2Cb#f", "https://x/ref/users?in=a%2Cb"),
            ("https://x/gate/ref/users", "/ref/users?in=a", "https://x/gate/ref/users?in=a"),
        ] {
            assert_eq!(given(resource, link).unwrap().as_str(), to);
        }
        for link in [
            "",
            "https://evil/ref/users?in=a",
            "http://x/ref/users?in=a",
            "//evil/ref/users",
            "https://x@evil/ref/users",
            "/users/me",
            "/ref/users/../../me",
            "https://[",
        ] {
            assert!(given("https://x/ref/users", link).is_err(), "{link}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_link_leaves_the_origin(link in ".*") {
            if let Ok(next) = next_link(&url("https://x/profiles?a=1"), &link, &TrustedOrigins::default()) {
                proptest::prop_assert_eq!(next.origin(), url("https://x").origin());
            }
        }
    }
}
