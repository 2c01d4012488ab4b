//! Links for somebody to enroll with.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use crate::{Timestamp, wire::SecretText};

/// A link for somebody to enroll with. **The link is a credential**: whoever holds it can enroll until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrollment {
    /// The link.
    pub url: SecretLink,
    /// When it stops working; `None` where the service does not say it in a form that is known.
    pub expires_at: Option<Timestamp>,
}

impl Enrollment {
    /// A link and its end.
    pub fn new(url: impl Into<String>, expires_at: Option<Timestamp>) -> Self {
        Self { url: SecretLink(SecretText::new(url.into())), expires_at }
    }
}

/// Why a link is not handed to a person: it would not lead where it seems to, or not over a secure connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// It is not an absolute URL with a host.
    Form,
    /// It holds a character that a URL cannot have: a control character, a space, a backslash, or one that is not ASCII.
    Character,
    /// It is neither `https` nor `http` on a loopback address.
    Scheme,
    /// It holds a user name or a password before its host.
    UserInfo,
}

impl fmt::Display for LinkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "it is not an absolute URL with a host",
            Self::Character => "it holds a character that a URL cannot have",
            Self::Scheme => "it is not an https URL",
            Self::UserInfo => "it holds a user name before its host",
        })
    }
}

impl std::error::Error for LinkError {}

/// A link that is a secret: neither `Debug` nor serde shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretLink(SecretText);

impl fmt::Debug for SecretLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretLink(..)")
    }
}

impl SecretLink {
    /// The link itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Checks that a person can be sent there: an `https` URL, or an `http` one on a loopback address, without user
    /// information and in characters that a URL can have.
    ///
    /// # Errors
    /// Why it cannot be handed out. The link is not repeated.
    pub fn check(&self) -> Result<(), LinkError> {
        let is_of_urls = |byte: u8| {
            byte.is_ascii_graphic()
                && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
        };
        let link = self.expose();
        if !link.bytes().all(is_of_urls) {
            return Err(LinkError::Character);
        }
        let (scheme, rest) = link.split_once(':').ok_or(LinkError::Form)?;
        let is_http = scheme.eq_ignore_ascii_case("http");
        if !is_http && !scheme.eq_ignore_ascii_case("https") {
            return Err(LinkError::Scheme);
        }
        let rest = rest.strip_prefix("//").ok_or(LinkError::Form)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(LinkError::UserInfo);
        }
        let host = host_of(authority).ok_or(LinkError::Form)?;
        if is_http && !is_loopback(host) { Err(LinkError::Scheme) } else { Ok(()) }
    }
}

/// The host of an authority without user information: a name, an address, or an IPv6 address in brackets.
fn host_of(authority: &str) -> Option<&str> {
    let end = authority.find(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[end..].rfind(':') {
        Some(colon) => (&authority[..end + colon], &authority[end + colon + 1..]),
        None => (authority, ""),
    };
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_name =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._%".contains(&byte));
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && is_name(host),
    };
    (is_port && is_host).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_that_leads_where_it_seems_to_is_handed_out() {
        for (link, expected) in [
            ("https://platform.claude.com/user-profiles/enrollment/M3J0bGJx?a=b%20c#d", Ok(())),
            ("HTTPS://example.com:8443", Ok(())),
            ("https://[2001:db8::1]:443/x", Ok(())),
            ("http://127.0.0.1:8080/enroll", Ok(())),
            ("http://localhost/enroll", Ok(())),
            ("http://[::1]/enroll", Ok(())),
            ("http://example.com/enroll", Err(LinkError::Scheme)),
            ("http://127.0.0.1.example.com/", Err(LinkError::Scheme)),
            ("http://localhost.example.com/", Err(LinkError::Scheme)),
            ("javascript:alert(1)", Err(LinkError::Scheme)),
            ("data:text/html,x", Err(LinkError::Scheme)),
            ("ftp://example.com/", Err(LinkError::Scheme)),
            ("https://u:p@example.com/", Err(LinkError::UserInfo)),
            ("http://u:p@127.0.0.1/", Err(LinkError::UserInfo)),
            ("https://good.example@evil.example/", Err(LinkError::UserInfo)),
            ("https://good.example\\@evil.example/", Err(LinkError::Character)),
            ("https://example.com/a\nhttps://evil.example/", Err(LinkError::Character)),
            ("https://example.com/\u{1b}[31m", Err(LinkError::Character)),
            ("https://example.com/a b", Err(LinkError::Character)),
            ("https://exämple.com/", Err(LinkError::Character)),
            ("https://example.com/\u{202e}gpj", Err(LinkError::Character)),
            ("5", Err(LinkError::Form)),
            ("", Err(LinkError::Form)),
            ("/enroll", Err(LinkError::Form)),
            ("https:/example.com/", Err(LinkError::Form)),
            ("https://", Err(LinkError::Form)),
            ("https:///enroll", Err(LinkError::Form)),
            ("https://:443/", Err(LinkError::Form)),
            ("https://example.com:https/", Err(LinkError::Form)),
            ("https://[::1/", Err(LinkError::Form)),
            ("https://]x/", Err(LinkError::Form)),
        ] {
            assert_eq!(SecretLink(SecretText::new(link)).check(), expected, "{link:?}");
        }
    }
}
