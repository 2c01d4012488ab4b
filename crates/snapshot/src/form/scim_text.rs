//! Which addresses and references a SCIM user may have.

use anyprofile_core::profile::is_email_address;

/// The ends of domains that nobody on the internet can write to (RFC 6761, RFC 6762 and RFC 7686). scim2-models refuses a user with one.
const SPECIAL_USE: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// Returns whether an address is one that strict readers accept. Others are in our extension.
pub(super) fn is_plain_address(address: &str) -> bool {
    // RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4, in bytes.
    const LONGEST_LOCAL: usize = 64;
    const LONGEST: usize = 254;

    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let has_dots_inside = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    is_email_address(address)
        && address.len() <= LONGEST
        && local.len() <= LONGEST_LOCAL
        && has_dots_inside
        && local.chars().all(is_local)
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && domain.rsplit('.').next().is_some_and(|last| {
            !last.bytes().all(|byte| byte.is_ascii_digit())
                && !SPECIAL_USE.iter().any(|name| last.eq_ignore_ascii_case(name))
        })
}

/// Returns whether a text is a label of a domain that needs no look at the rules of IDNA. Punycode does.
fn is_label(label: &str) -> bool {
    // 63 bytes, of which an encoded label of other letters needs several each.
    let is_short = if label.is_ascii() { label.len() <= 63 } else { label.chars().count() <= 12 };
    is_short
        && !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.get(2..4) != Some("--")
        && label.chars().all(|c| c.is_alphabetic() || c.is_ascii_digit() || c == '-')
}

/// Returns whether a text is a URL of the web, or the path of one. Section 2.3.7 has references be URIs; what else services send as a
/// picture or a website is in our extension.
pub(super) fn is_reference(text: &str) -> bool {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if text.starts_with('/') {
        return true;
    }
    let scheme = ["https://", "http://"].iter().find(|scheme| text.starts_with(**scheme));
    let Some(rest) = scheme.and_then(|scheme| text.strip_prefix(scheme)) else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_port =
        port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    // A host whose last label begins with a digit is read as an IPv4 address.
    let is_address_like =
        host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    let is_host = host.is_ascii() && host.split('.').all(|label| is_label(&label.replace('_', "x")));
    is_port && is_host && (!is_address_like || host.parse::<std::net::Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_not_a_url_is_not_a_reference() {
        for url in
            ["https://example.org/a.png", "http://localhost:8080", "/me.png", "https://example.org?x=1"]
        {
            assert!(is_reference(url), "{url}");
        }
        for text in
            ["", "a.png", "https://", "https://exa mple.org", "https://a:99999/", "data:image/png;base64,AA"]
        {
            assert!(!is_reference(text), "{text}");
        }
    }

    #[test]
    fn what_strict_readers_refuse_is_not_a_plain_address() {
        for address in ["ada@example.org", "zoë@exämple.org", "a.b+c@x-y.example.org"] {
            assert!(is_plain_address(address), "{address}");
        }
        for text in [
            "",
            "ada",
            "[redacted]",
            "ada@localhost",
            "a..b@example.org",
            "ada@-x.org",
            "a b@example.org",
            "ada@corp.LOCAL",
        ] {
            assert!(!is_plain_address(text), "{text}");
        }
    }
}
