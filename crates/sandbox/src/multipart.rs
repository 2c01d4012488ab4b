//! Bodies of `multipart/form-data`.

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    /// There for files only.
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: &'a [u8],
}

/// The boundary that a content type names, when it is one of these bodies.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())
}

/// The parts; nothing when the body does not keep to the form, or ends before its last line.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n{first}");
    let (_, mut rest) = split(body, first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let (head, content) = split(rest.strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (content, behind) = split(content, next.as_bytes())?;
        rest = behind;
        parts.push(part(std::str::from_utf8(head).ok()?, content)?);
    }
}

fn part<'a>(head: &str, content: &'a [u8]) -> Option<Part<'a>> {
    let header = |wanted: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim()))
    };
    let (_, parameters) = header("content-disposition")?.split_once(';')?;
    Some(Part {
        name: parameter(parameters, "name")?,
        file_name: parameter(parameters, "filename"),
        content_type: header("content-type").map(str::to_owned),
        content,
    })
}

/// The value of one of `a=b; c="d"`.
fn parameter(mut text: &str, wanted: &str) -> Option<String> {
    loop {
        text = text.trim_start_matches([' ', '\t', ';']);
        let (name, rest) = text.split_once('=')?;
        let (value, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let end = rest.find(';').unwrap_or(rest.len());
            (rest[..end].trim().to_owned(), &rest[end..])
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        text = behind;
    }
}

/// A text up to its closing quote, and what is behind that.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((value, &text[at + 1..])),
            _ => {
                value.push(character);
                escaped = false;
            }
        }
    }
    None
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_named_by_the_content_type() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"a b;c\"", Some("a b;c")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/mixed; boundary=abc", None),
            ("application/json; boundary=abc", None),
        ] {
            assert_eq!(boundary(content_type).as_deref(), expected, "{content_type}");
        }
    }

    #[test]
    fn parts_have_names_and_any_bytes() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\\\"b.png\"\r\n\
            Content-Type: image/png\r\n\r\n\x89P\r\n--y\0\r\n--x\r\ncontent-disposition: form-data; name=n\
            \r\n\r\n\r\n--x--\r\n";
        let found = parts(body, "x").expect("parts");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].file_name.as_deref()), ("file", Some("a\"b.png")));
        assert_eq!(
            (found[0].content_type.as_deref(), found[0].content),
            (Some("image/png"), &b"\x89P\r\n--y\0"[..])
        );
        assert_eq!((found[1].name.as_str(), &found[1].file_name, found[1].content), ("n", &None, &b""[..]));
        assert_eq!(parts(b"--x--", "x"), Some(Vec::new()));
        for broken in [
            &b""[..],
            b"--x\r\n",
            b"--x\r\nContent-Disposition: form-data; name=n\r\n\r\nno end",
            b"--x\r\nContent-Type: text/plain\r\n\r\n\r\n--x--",
            b"--x\r\nContent-Disposition: form-data; name=\"n\r\n\r\n\r\n--x--",
        ] {
            assert_eq!(parts(broken, "x"), None);
        }
    }
}
