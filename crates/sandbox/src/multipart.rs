//! Bodies of `multipart/form-data`.

use std::convert::Infallible;

use axum::body::Bytes;
use futures_util::future::FutureExt as _;
use futures_util::stream;
use multer::Multipart;

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Set only for files.
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Bytes,
}

/// Returns the boundary of a content type, if it is `multipart/form-data`.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok().filter(|boundary| !boundary.is_empty())
}

/// Returns the parts; `None` if the body is malformed or truncated.
pub(crate) fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let body = stream::iter([Ok::<_, Infallible>(body.clone())]);
    // The body is complete, so nothing is awaited.
    read(Multipart::new(body, boundary)).now_or_never()?
}

async fn read(mut multipart: Multipart<'_>) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        parts.push(Part {
            name: field.name()?.to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            content: field.bytes().await.ok()?,
        });
    }
    Some(parts)
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
        let parts = |body: &'static [u8]| parts(&Bytes::from_static(body), "x");
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\\\"b.png\"\r\n\
            Content-Type: image/png\r\n\r\n\x89P\r\n--y\0\r\n--x\r\ncontent-disposition: form-data; name=n\
            \r\n\r\n\r\n--x--\r\n";
        let found = parts(body).expect("parts");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].file_name.as_deref()), ("file", Some("a\"b.png")));
        assert_eq!(
            (found[0].content_type.as_deref(), &found[0].content[..]),
            (Some("image/png"), &b"\x89P\r\n--y\0"[..])
        );
        assert_eq!(
            (found[1].name.as_str(), &found[1].file_name, &found[1].content[..]),
            ("n", &None, &b""[..])
        );
        assert_eq!(parts(b"--x--"), Some(Vec::new()));
        for broken in [
            &b""[..],
            b"--x\r\n",
            b"--x\r\nContent-Disposition: form-data; name=n\r\n\r\nno end",
            b"--x\r\nContent-Type: text/plain\r\n\r\n\r\n--x--",
            b"--x\r\nContent-Disposition: form-data; name=\"n\r\n\r\n\r\n--x--",
        ] {
            assert_eq!(parts(broken), None, "{broken:?}");
        }
    }
}
