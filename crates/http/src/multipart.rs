//! A form with one file (`multipart/form-data`, RFC 7578).

use std::{fmt, fmt::Write as _};

use bytes::Bytes;
use http::HeaderValue;

use crate::random::random_bits;

/// A file to send in a form; see [`Request::form_file`](crate::Request::form_file).
///
/// `Debug` shows its size, and neither its name nor its content.
///
/// ```
/// use anyprofile_http::{FormFile, Request};
///
/// let picture = FormFile::new("ada.png", "image/png", b"\x89PNG");
/// let request = Request::post("put-picture").path("/users/ada/picture").form_file("file", &picture);
/// assert_eq!(request.operation(), "put-picture");
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct FormFile<'a> {
    /// The name of the file, without its folder; must not be empty.
    pub name: &'a str,
    /// The media type, such as `image/png`, without parameters.
    pub media_type: &'a str,
    /// The content.
    pub content: &'a [u8],
}

impl<'a> FormFile<'a> {
    /// Creates a file with this name and media type.
    pub const fn new(name: &'a str, media_type: &'a str, content: &'a [u8]) -> Self {
        Self { name, media_type, content }
    }
}

impl fmt::Debug for FormFile<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FormFile({} bytes)", self.content.len())
    }
}

/// Returns the content type and the body of a form with the file as its part `part`, with a boundary of its own. A request
/// keeps both, so that it is sent again as it was sent before.
pub(crate) fn form(part: &str, file: &FormFile<'_>) -> Result<(HeaderValue, Bytes), &'static str> {
    form_with(&boundary(), part, file)
}

/// Returns a boundary of 128 random bits: nobody can foresee it, so no file can be made to contain it.
fn boundary() -> String {
    format!("anyprofile-{:016x}{:016x}", random_bits(), random_bits())
}

fn form_with(boundary: &str, part: &str, file: &FormFile<'_>) -> Result<(HeaderValue, Bytes), &'static str> {
    if file.name.is_empty() {
        return Err("a file name is required");
    }
    if !is_media_type(file.media_type) {
        return Err("the media type of a file must have the form type/subtype");
    }
    let head = format!(
        "Content-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        quotable(part),
        quotable(file.name),
        file.media_type,
    );
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| "the boundary of a form must be valid in a header")?;
    let (opening, closing) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}--\r\n"));
    let body = [opening.as_bytes(), head.as_bytes(), file.content, closing.as_bytes()].concat();
    Ok((content_type, body.into()))
}

/// A name as it can stand in quotes in a part's header. Quotes and line breaks become `%22`, `%0D` and `%0A`, and
/// other letters stay as they are, in UTF-8: so does the HTML standard ("multipart/form-data encoding algorithm"),
/// and with it every browser. Control characters and the backslash, which it leaves alone, are treated like quotes:
/// receivers that read quoted strings would take a backslash at the end for one that protects the closing quote.
fn quotable(name: &str) -> String {
    let mut quotable = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_control() || matches!(letter, '"' | '\\') {
            // Writing to a text does not fail.
            let _ = write!(quotable, "%{:02X}", u32::from(letter));
        } else {
            quotable.push(letter);
        }
    }
    quotable
}

/// Whether a text is a type and a subtype of the letters that such names have (RFC 6838 §4.2).
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !name.is_empty() && name.bytes().all(is_letter)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn file<'a>(name: &'a str, content: &'a [u8]) -> FormFile<'a> {
        FormFile { name, media_type: "image/png", content }
    }

    /// The head and the content of the only part, read as a receiver would.
    fn read(file: &FormFile<'_>) -> (String, Vec<u8>) {
        let (content_type, body) = form_with("b-0", "file", file).unwrap();
        assert_eq!(content_type, "multipart/form-data; boundary=b-0");
        let part = body.strip_prefix(b"--b-0\r\n").unwrap().strip_suffix(b"\r\n--b-0--\r\n").unwrap();
        let head_length = part.windows(4).position(|place| place == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(part[..head_length].to_vec()).unwrap();
        (head, part[head_length + 4..].to_vec())
    }

    #[test]
    fn a_form_has_one_part_with_the_file_as_it_is() {
        let content = b"\x89PNG\r\n\x1a\n\x00\xff\r\n--\r\n";
        let (head, read) = read(&file("ada.png", content));
        assert_eq!(
            head,
            "Content-Disposition: form-data; name=\"file\"; filename=\"ada.png\"\r\nContent-Type: image/png"
        );
        assert_eq!(read, content);
    }

    #[test]
    fn a_name_ends_neither_its_quotes_nor_its_line() {
        for (name, written) in [
            ("a\"; name=\"b", "a%22; name=%22b"),
            ("a\r\nX-Evil: 1\r\n\r\n", "a%0D%0AX-Evil: 1%0D%0A%0D%0A"),
            ("folder\\a.png\\", "folder%5Ca.png%5C"),
            ("nul\0 tab\t del\x7f", "nul%00 tab%09 del%7F"),
            ("Åse 写真 🙂.png", "Åse 写真 🙂.png"),
            ("100%.png", "100%.png"),
        ] {
            let (head, content) = read(&file(name, b"x"));
            let lines: Vec<_> = head.split("\r\n").collect();
            let first = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{written}\"");
            assert_eq!(lines, [first.as_str(), "Content-Type: image/png"], "{name:?}");
            assert_eq!(content, b"x");
        }
    }

    #[test]
    fn every_form_has_a_boundary_of_its_own() {
        let boundaries: HashSet<_> = (0..1000).map(|_| boundary()).collect();
        assert_eq!(boundaries.len(), 1000);
        let (content_type, body) = form("file", &file("a", b"x")).unwrap();
        let boundary = content_type.to_str().unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(body.starts_with(format!("--{boundary}\r\n").as_bytes()));
        // RFC 2046 §5.1.1 allows 70 characters.
        assert_eq!(boundary.len(), 43);
        assert!(boundary.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }

    #[test]
    fn what_cannot_stand_in_a_form_is_refused() {
        form("file", &file("", b"x")).unwrap_err();
        for media_type in [
            "",
            "image",
            "/",
            "image/",
            "/png",
            "image/png\r\nX-Evil: 1",
            "image/p ng",
            "image/png; a=b",
            "a/b/c",
        ] {
            form("file", &FormFile { name: "a", media_type, content: b"x" }).unwrap_err();
        }
        for media_type in ["image/png", "image/svg+xml", "application/vnd.x-y.z"] {
            form("file", &FormFile { name: "a", media_type, content: b"" }).unwrap();
        }
    }

    #[test]
    fn debug_shows_no_name_and_no_content() {
        assert_eq!(format!("{:?}", file("ada.png", b"secret")), "FormFile(6 bytes)");
    }
}
