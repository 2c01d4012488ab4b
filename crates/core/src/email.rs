//! Comparison of e-mail addresses.

use std::borrow::Cow;

/// Returns whether two e-mail addresses are equal. ASCII letters are compared without regard to case, in the domain
/// and in the local part: no service distinguishes addresses by case alone. Other letters are compared after Unicode
/// composition (NFC), and Punycode labels of the domain after decoding. Surrounding white space is ignored.
pub(crate) fn is_same_address(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if is_plain(one) && is_plain(other) {
        return one.eq_ignore_ascii_case(other);
    }
    folded(one) == folded(other)
}

/// Returns whether a text has the form of one e-mail address: text on both sides of an `@`, no white space or control
/// characters, and no separators or brackets. It does not check that the address exists.
pub fn is_email_address(text: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>');
    let sides = text.rsplit_once('@');
    sides.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()) && !text.contains(is_odd)
}

/// Returns an address in a form in which equal addresses are equal texts; `None` if it is no address.
pub(crate) fn normalized_address(text: &str) -> Option<String> {
    let address = text.trim();
    if !is_email_address(address) {
        return None;
    }
    Some(if is_plain(address) { address.to_ascii_lowercase() } else { folded(address) })
}

/// Returns whether an address is ASCII without Punycode, as nearly all addresses are.
fn is_plain(address: &str) -> bool {
    address.is_ascii() && !address.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"xn--"))
}

/// Returns a form in which equal addresses are equal texts.
fn folded(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let labels = domain.split('.').map(|label| composed(&decoded(label)).to_ascii_lowercase());
    let domain = labels.collect::<Vec<_>>().join(".");
    format!("{}@{domain}", composed(local).to_ascii_lowercase())
}

/// Decodes a Punycode label (RFC 5891). A label that cannot be decoded is returned unchanged.
fn decoded(label: &str) -> Cow<'_, str> {
    let is_encoded = label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    if !is_encoded {
        return Cow::Borrowed(label);
    }
    match idna::domain_to_unicode(label) {
        (decoded, Ok(())) => Cow::Owned(decoded),
        (_, Err(_)) => Cow::Borrowed(label),
    }
}

/// Composes the text (NFC), except for characters that would become ASCII, such as the Kelvin sign: the result would
/// look like another person's address.
fn composed(text: &str) -> String {
    let normalizer = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
    let becomes_ascii = |c: char| {
        let mut buffer = [0; 4];
        !c.is_ascii() && normalizer.normalize(c.encode_utf8(&mut buffer)).is_ascii()
    };
    text.split_inclusive(becomes_ascii)
        .map(|part| match part.char_indices().next_back() {
            Some((at, last)) if becomes_ascii(last) => format!("{}{last}", normalizer.normalize(&part[..at])),
            _ => normalizer.normalize(part).into_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_has_two_sides() {
        for text in ["ada@example.com", "\"a@b\"@example", "ä+b@localhost"] {
            assert!(is_email_address(text), "{text}");
        }
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada @example.com",
            "ada@example.com\n",
            "ada@example.com,zoe@example.com",
            "ada@example.com;zoe@example.com",
            "Ada <ada@example.com>",
            "a\u{7}da@example.com",
        ] {
            assert!(!is_email_address(text), "{text:?}");
        }
    }

    #[test]
    fn addresses_are_the_same_whatever_case_composition_and_encoding_they_are_written_in() {
        for (one, other, is_same) in [
            ("Ana.Lind@Example.org", "ana.lind@example.org", true),
            (" ana@example.org\n", "ana@example.org", true),
            ("ana@example.org", "ana@example.com", false),
            ("ana@bücher.example", "ana@xn--bcher-kva.example", true),
            ("Ana@B\u{fc}cher.example", "ana@bu\u{308}cher.Example", true),
            ("ana@XN--BCHER-KVA.example", "ana@b\u{fc}cher.example", true),
            ("jos\u{e9}@example.org", "jose\u{301}@example.org", true),
            ("jose@example.org", "jos\u{e9}@example.org", false),
            // The Kelvin sign is neither `k` nor `K`, in the local part and in the domain.
            ("\u{212a}im@example.org", "kim@example.org", false),
            ("\u{212a}im@example.org", "Kim@example.org", false),
            ("kim@\u{212a}.example", "kim@k.example", false),
            ("\u{212a}im@example.org", "\u{212a}im@Example.org", true),
            // A dotless i is not an i, and a sharp s is not `ss`.
            ("\u{131}na@example.org", "ina@example.org", false),
            ("stra\u{df}e@example.org", "strasse@example.org", false),
            ("ana@xn--\u{e9}.example", "ana@xn--\u{e9}.example", true),
            ("nobody", "Nobody", true),
            ("", "", true),
        ] {
            assert_eq!(is_same_address(one, other), is_same, "{one:?} {other:?}");
            assert_eq!(is_same_address(other, one), is_same, "{other:?} {one:?}");
        }
    }
}
