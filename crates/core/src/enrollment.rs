//! Enrollment links.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use crate::{Timestamp, wire::SecretText};

/// A link with which a person can enroll. **The link is a credential**: anyone who has it can enroll until it
/// expires.
///
/// ```
/// use anyprofile_core::enrollment::Enrollment;
///
/// let enrollment = Enrollment::new("https://example.com/enroll/7Qx", None);
/// assert!(enrollment.url.check().is_ok());
/// assert_eq!(enrollment.url.expose(), "https://example.com/enroll/7Qx");
/// assert!(!format!("{enrollment:?}").contains("7Qx"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrollment {
    /// The link.
    pub url: SecretLink,
    /// When the link expires; `None` if the service does not say so in a known form.
    pub expires_at: Option<Timestamp>,
}

impl Enrollment {
    /// Creates an enrollment from a link and its expiry.
    pub fn new(url: impl Into<String>, expires_at: Option<Timestamp>) -> Self {
        Self { url: SecretLink(SecretText::new(url.into())), expires_at }
    }
}

/// Why a link must not be passed on: it may lead to another place than it seems to, or over an insecure connection.
///
/// ```
/// use anyprofile_core::enrollment::{Enrollment, LinkError};
///
/// // It looks like a link to example.com.
/// let enrollment = Enrollment::new("https://example.com@elsewhere.example/enroll", None);
/// assert_eq!(enrollment.url.check(), Err(LinkError::UserInfo));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// The link is not an absolute URL with a host.
    Form,
    /// The link has a character that a URL cannot have: a control character, a space, a backslash, or one outside
    /// ASCII.
    Character,
    /// The link is neither `https`, nor `http` on a loopback address.
    Scheme,
    /// The link has a user name or password before its host.
    UserInfo,
}

impl fmt::Display for LinkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "the link must be an absolute URL with a host",
            Self::Character => "the link must not contain characters that a URL cannot have",
            Self::Scheme => "the link must be an https URL",
            Self::UserInfo => "the link must not have a user name before its host",
        })
    }
}

impl std::error::Error for LinkError {}

/// A link that is a secret: `Debug` and serde do not show it.
///
/// ```
/// use anyprofile_core::enrollment::Enrollment;
///
/// let link = Enrollment::new("https://example.com/enroll/7Qx", None).url;
/// link.check()?;
/// // A log has no link. The person who enrolls gets it.
/// assert_eq!(format!("{link:?}"), "SecretLink(..)");
/// assert_eq!(link.expose(), "https://example.com/enroll/7Qx");
/// # Ok::<(), anyprofile_core::enrollment::LinkError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretLink(SecretText);

impl fmt::Debug for SecretLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretLink(..)")
    }
}

impl SecretLink {
    /// Returns the link itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Checks that the link is safe to pass on: an `https` URL, or an `http` URL on a loopback address, without user
    /// information, and with only the characters that a URL can have.
    ///
    /// # Errors
    /// A [`LinkError`] says why not. It does not repeat the link.
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

/// Returns the host of an authority without user information: a name, an address, or an IPv6 address in brackets.
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
