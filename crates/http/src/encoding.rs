//! Decodes content encodings chunk by chunk, up to a maximum size.

use std::io::{self, Write};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

use crate::{TransportError, TransportErrorKind};

/// The value of `Accept-Encoding`.
pub(crate) const ACCEPTED: HeaderValue = HeaderValue::from_static(match (BROTLI, ZSTD) {
    (false, false) => "gzip",
    (true, false) => "gzip, br",
    (false, true) => "gzip, zstd",
    (true, true) => "gzip, br, zstd",
});
const BROTLI: bool = cfg!(feature = "brotli");
const ZSTD: bool = cfg!(feature = "zstd");

/// The maximum number of encodings of one body, applied one after the other. More is an attack or a mistake.
const MOST_ENCODINGS: usize = 4;

/// The encodings of a body, the outermost first.
pub(crate) struct Decoder(Vec<Stage>);

/// One encoding. Its sink holds the decoded bytes until they are taken, up to a maximum.
enum Stage {
    Gzip(Box<flate2::write::MultiGzDecoder<Sink>>),
    #[cfg(feature = "brotli")]
    Brotli(Box<brotli_decompressor::DecompressorWriter<Sink>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<zstd::stream::write::Decoder<'static, Sink>>),
}

/// Holds decoded bytes, and fails after `left` bytes in all.
struct Sink {
    bytes: Vec<u8>,
    left: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::QuotaExceeded)?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder {
    /// Creates a decoder for the encodings that the headers name. Returns `None` if they name none. Names are read in letters of
    /// either case, old names too.
    ///
    /// # Errors
    /// [`TransportErrorKind::Encoding`] for an unknown encoding, which the error names, or for too many.
    pub(crate) fn of(headers: &HeaderMap, most: usize) -> Result<Option<Self>, TransportError> {
        let mut stages = Vec::new();
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let text = String::from_utf8_lossy(value.as_bytes());
            for name in text.split(',').map(str::trim) {
                if name.is_empty() || name.eq_ignore_ascii_case("identity") {
                    continue;
                }
                stages.push(Stage::of(name, most).ok_or_else(|| unknown("content", name))?);
            }
        }
        if stages.len() > MOST_ENCODINGS {
            let reason = format!("it has {} content encodings, more than {MOST_ENCODINGS}", stages.len());
            return Err(TransportError::new(TransportErrorKind::Encoding).with_source(reason));
        }
        // The header names them in the order in which they were applied.
        stages.reverse();
        Ok((!stages.is_empty()).then_some(Self(stages)))
    }

    /// Decodes a chunk of the encoded body. The result is often empty.
    pub(crate) fn decode(&mut self, chunk: Bytes) -> Result<Bytes, TransportError> {
        let mut chunk = chunk;
        for stage in &mut self.0 {
            stage.writer().write_all(&chunk).map_err(|error| failed(&error))?;
            chunk = stage.take();
        }
        Ok(chunk)
    }

    /// Returns the rest of the decoded body, at the end of the encoded one.
    pub(crate) fn finish(&mut self) -> Result<Bytes, TransportError> {
        let mut chunk = Bytes::new();
        for stage in &mut self.0 {
            stage.writer().write_all(&chunk).map_err(|error| failed(&error))?;
            stage.finish().map_err(|error| failed(&error))?;
            chunk = stage.take();
        }
        Ok(chunk)
    }
}

impl Stage {
    fn of(name: &str, most: usize) -> Option<Self> {
        let sink = Sink { bytes: Vec::new(), left: most };
        // RFC 9110 §8.4.1.3: `x-gzip` is to be taken for `gzip`.
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip(Box::new(flate2::write::MultiGzDecoder::new(sink)))),
            #[cfg(feature = "brotli")]
            "br" => {
                let writer = brotli_decompressor::DecompressorWriter::new(sink, 16 * 1024);
                Some(Self::Brotli(Box::new(writer)))
            }
            #[cfg(feature = "zstd")]
            "zstd" => Some(Self::Zstd(Box::new(zstd::stream::write::Decoder::new(sink).ok()?))),
            _ => None,
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Gzip(writer) => writer,
            #[cfg(feature = "brotli")]
            Self::Brotli(writer) => writer,
            #[cfg(feature = "zstd")]
            Self::Zstd(writer) => writer,
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(writer) => writer.try_finish(),
            #[cfg(feature = "brotli")]
            Self::Brotli(writer) => writer.close(),
            #[cfg(feature = "zstd")]
            Self::Zstd(writer) => writer.do_finish(),
        }
    }

    /// Takes the decoded bytes. Decoders may return the rest of a chunk only with the next one.
    fn take(&mut self) -> Bytes {
        let sink = match self {
            Self::Gzip(writer) => writer.get_mut(),
            #[cfg(feature = "brotli")]
            Self::Brotli(writer) => writer.get_mut(),
            #[cfg(feature = "zstd")]
            Self::Zstd(writer) => writer.get_mut(),
        };
        std::mem::take(&mut sink.bytes).into()
    }
}

fn failed(error: &io::Error) -> TransportError {
    if error.kind() == io::ErrorKind::QuotaExceeded {
        return TransportError::new(TransportErrorKind::TooLarge);
    }
    TransportError::new(TransportErrorKind::Encoding).with_source(error.to_string())
}

/// Creates the error for an unknown encoding. It shows only characters of the name that are allowed in one (RFC 9110 §5.6.2).
fn unknown(kind: &str, name: &str) -> TransportError {
    let is_token = |letter: &char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*letter);
    let name: String = name.chars().filter(is_token).take(32).collect();
    TransportError::new(TransportErrorKind::Encoding)
        .with_source(format!("the {kind} encoding '{name}' is unknown"))
}

/// Checks that the transfer encoding is `chunked` or absent. With another one, the body would be read to the end of the connection
/// and without being decoded.
///
/// # Errors
/// [`TransportErrorKind::Encoding`] that names the other encoding.
pub(crate) fn check_transfer(headers: &HeaderMap) -> Result<(), TransportError> {
    for value in headers.get_all(header::TRANSFER_ENCODING) {
        let text = String::from_utf8_lossy(value.as_bytes());
        for name in text.split(',').map(str::trim) {
            if !name.eq_ignore_ascii_case("chunked")
                && !name.eq_ignore_ascii_case("identity")
                && !name.is_empty()
            {
                return Err(unknown("transfer", name));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 20;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn headers(encodings: &[&str]) -> HeaderMap {
        encodings.iter().map(|text| (header::CONTENT_ENCODING, text.parse().unwrap())).collect()
    }

    fn decoded(
        encodings: &[&str],
        body: &[u8],
        chunk: usize,
        most: usize,
    ) -> Result<Vec<u8>, TransportError> {
        let mut decoder = Decoder::of(&headers(encodings), most)?.expect("an encoding is named");
        let mut whole = Vec::new();
        for chunk in body.chunks(chunk) {
            whole.extend(decoder.decode(Bytes::copy_from_slice(chunk))?);
        }
        whole.extend(decoder.finish()?);
        Ok(whole)
    }

    #[test]
    fn encodings_are_known_by_any_of_their_names_and_undone_in_their_order() {
        let text: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        let once = gzip(&text);
        let twice = gzip(&once);
        let members = [gzip(&text[..9]), gzip(b""), gzip(&text[9..])].concat();
        for (encodings, body) in [
            (&["gzip"][..], &once),
            (&["GZip"], &once),
            (&["x-gzip"], &once),
            (&[" X-GZIP , identity"], &once),
            (&["gzip, gzip"], &twice),
            (&["gzip", "x-gzip"], &twice),
            (&["gzip"], &members),
        ] {
            for chunk in [1, 7, 4096, usize::MAX] {
                assert_eq!(decoded(encodings, body, chunk, MOST).unwrap(), text, "{encodings:?} by {chunk}");
            }
        }
        for none in [&[][..], &["identity"], &[""], &["Identity, "]] {
            assert!(Decoder::of(&headers(none), MOST).unwrap().is_none());
        }
    }

    #[test]
    fn what_does_not_decompress_and_what_is_too_large_is_told_apart() {
        let kind = |encodings: &[&str], body: &[u8], most| {
            decoded(encodings, body, 100, most).expect_err("an error was expected").kind
        };
        let zipped = gzip(&[b' '; 10_000]);
        assert_eq!(kind(&["gzip"], b"[1,2,3]", MOST), TransportErrorKind::Encoding);
        assert_eq!(kind(&["gzip"], &zipped[..zipped.len() - 3], MOST), TransportErrorKind::Encoding);
        assert_eq!(kind(&["gzip"], b"", MOST), TransportErrorKind::Encoding);
        assert_eq!(kind(&["gzip"], &zipped, 9_999), TransportErrorKind::TooLarge);
        assert_eq!(decoded(&["gzip"], &zipped, 100, 10_000).unwrap().len(), 10_000);
        assert_eq!(kind(&["gzip, gzip, gzip, gzip, gzip"], &zipped, MOST), TransportErrorKind::Encoding);
    }

    #[test]
    fn an_unknown_encoding_is_named() {
        for (name, shown) in [
            ("compress", "the content encoding 'compress' is unknown"),
            ("gzip, dcb", "the content encoding 'dcb' is unknown"),
            ("<script>", "the content encoding 'script' is unknown"),
        ] {
            let Err(error) = Decoder::of(&headers(&[name]), MOST) else { panic!("{name}") };
            assert_eq!(
                (error.kind, error.source.unwrap().to_string().as_str()),
                (TransportErrorKind::Encoding, shown)
            );
        }
        let transfer = |text: &str| {
            check_transfer(&HeaderMap::from_iter([(header::TRANSFER_ENCODING, text.parse().unwrap())]))
        };
        for known in ["chunked", "Chunked", "identity, chunked"] {
            transfer(known).unwrap();
        }
        for (unknown, shown) in [("banana", "banana"), ("gzip, chunked", "gzip"), ("chunked, x", "x")] {
            let error = transfer(unknown).unwrap_err();
            assert_eq!(
                error.source.unwrap().to_string(),
                format!("the transfer encoding '{shown}' is unknown")
            );
        }
    }

    #[cfg(feature = "brotli")]
    #[test]
    fn brotli_is_undone() {
        // `[1,2,3]`, as the reference encoder writes it without compression.
        let body = [0x0b, 0x03, 0x80, b'[', b'1', b',', b'2', b',', b'3', b']', 0x03];
        for chunk in [1, 5, 100] {
            assert_eq!(decoded(&["BR"], &body, chunk, MOST).unwrap(), b"[1,2,3]");
        }
        decoded(&["br"], &body[..5], 100, MOST).unwrap_err();
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn zstandard_is_undone() {
        let body = zstd::encode_all(&b"[1,2,3]"[..], 0).unwrap();
        for chunk in [1, 5, 100] {
            assert_eq!(decoded(&["ZSTD"], &body, chunk, MOST).unwrap(), b"[1,2,3]");
        }
        decoded(&["zstd"], &body[..5], 100, MOST).unwrap_err();
    }
}
