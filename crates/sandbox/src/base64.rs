//! Base 64, in the two alphabets that HTTP Basic and JSON Web Tokens use.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes with the URL-safe alphabet and without padding.
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let digit = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(URL_SAFE[usize::try_from(digit).unwrap_or(0)]));
        }
    }
    text
}

/// Decodes the URL-safe alphabet, without padding.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    decode(URL_SAFE, text)
}

/// Decodes the standard alphabet, with or without padding.
pub(crate) fn decode_standard(text: &str) -> Option<Vec<u8>> {
    decode(STANDARD, text.trim_end_matches('='))
}

fn decode(alphabet: &[u8; 64], text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let digit = alphabet.iter().position(|known| *known == byte)?;
        bits = ((bits << 6) | u32::try_from(digit).ok()?) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_pairs_are_encoded_and_decoded() {
        for (plain, encoded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            assert_eq!(encode_url(plain.as_bytes()), encoded);
            assert_eq!(decode_url(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(encode_url(&[0xFB, 0xFF]), "-_8");
        assert_eq!(decode_standard("+/8="), Some(vec![0xFB, 0xFF]));
        assert_eq!(decode_standard("cGxhdGZvcm0tYXBpLXVzZXI6").as_deref(), Some(&b"platform-api-user:"[..]));
        assert_eq!(decode_url("a*b"), None);
    }
}
