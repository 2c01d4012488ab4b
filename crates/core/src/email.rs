//! When two e-mail addresses are one.

use std::borrow::Cow;

/// Whether two e-mail addresses are the same one: ASCII letters without regard to case, in the domain and in front of it,
/// since no service keeps apart what differs by nothing else; other letters as they are, however they are composed (NFC); a
/// label of the domain in Punycode is the one that it stands for; surrounding white space does not count.
pub(crate) fn is_same_address(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if is_plain(one) && is_plain(other) {
        return one.eq_ignore_ascii_case(other);
    }
    folded(one) == folded(other)
}

/// Whether a text has the form of one e-mail address: something on both sides of an `@`, no white space, no control character,
/// and nothing that stands around or between several addresses. Whether there is such an address is left to the service.
pub fn is_email_address(text: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>');
    let sides = text.rsplit_once('@');
    sides.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()) && !text.contains(is_odd)
}

/// ASCII alone, with no label in Punycode: what nearly every address is.
fn is_plain(address: &str) -> bool {
    address.is_ascii() && !address.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"xn--"))
}

/// A form in which addresses that are the same are equal.
fn folded(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let labels = domain.split('.').map(|label| composed(&decoded(label)).to_ascii_lowercase());
    let domain = labels.collect::<Vec<_>>().join(".");
    format!("{}@{domain}", composed(local).to_ascii_lowercase())
}

/// A label as it is shown, where it stands there in Punycode (RFC 5891); one that cannot be decoded stays as it is.
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

/// The text in composed form (NFC), but for those characters that would thereby become ASCII, such as the Kelvin sign: they
/// look like a letter of somebody else's address.
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
            // The Kelvin sign is neither a `k` nor a `K`, in front of the domain and in it.
            ("\u{212a}im@example.org", "kim@example.org", false),
            ("\u{212a}im@example.org", "Kim@example.org", false),
            ("kim@\u{212a}.example", "kim@k.example", false),
            ("\u{212a}im@example.org", "\u{212a}im@Example.org", true),
            // A dotless i is none, and neither is a sharp s two of them.
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
