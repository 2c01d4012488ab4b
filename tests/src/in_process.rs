//! A transport that asks the sandbox within the process: no socket, and so no time but that of the runtime, which a
//! test can pause.

use std::{io::Read as _, sync::Arc};

use anyprofile::{
    async_trait,
    http::{ResponseBody, Transport, TransportError, TransportErrorKind},
};
use anyprofile_sandbox::{Body, NoAnswer, Sandbox};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response, header};

/// How much is decompressed at a time, in bytes.
const PIECE: usize = 64 << 10;

/// A transport to a sandbox.
#[derive(Debug)]
pub(crate) struct InProcess(pub(crate) Arc<Sandbox>);

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ResponseBody>, TransportError> {
        let response = self.0.call(request.map(Body::from)).await.map_err(|none| {
            TransportError::new(match none {
                NoAnswer::Refused => TransportErrorKind::Connect,
                _ => TransportErrorKind::Interrupted,
            })
        })?;
        let (head, body) = response.into_parts();
        let number = |name| head.headers.get(name)?.to_str().ok()?.parse::<usize>().ok();
        let declared = number(header::CONTENT_LENGTH);
        let is_packed = head.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
        let pieces = body
            .into_data_stream()
            .map(|piece| piece.map_err(|_| TransportError::new(TransportErrorKind::Interrupted)));
        if is_packed {
            return Ok(Response::from_parts(head, unpacked(pieces).await?));
        }
        // A body that ends before its declared length was cut.
        let counted = stream::unfold((Box::pin(pieces), declared), |(mut pieces, left)| async move {
            match pieces.next().await {
                Some(Ok(piece)) => {
                    let left = left.map(|left| left.saturating_sub(piece.len()));
                    Some((Ok(piece), (pieces, left)))
                }
                Some(Err(error)) => Some((Err(error), (pieces, None))),
                None if left.is_some_and(|left| left > 0) => {
                    Some((Err(TransportError::new(TransportErrorKind::Interrupted)), (pieces, None)))
                }
                None => None,
            }
        });
        Ok(Response::from_parts(head, ResponseBody::from_stream(counted)))
    }
}

/// The body of a packed answer, unpacked as it is read.
async fn unpacked(
    pieces: impl futures_util::Stream<Item = Result<Bytes, TransportError>>,
) -> Result<ResponseBody, TransportError> {
    let mut pieces = std::pin::pin!(pieces);
    let mut packed = Vec::new();
    while let Some(piece) = pieces.next().await {
        packed.extend_from_slice(&piece?);
    }
    let mut decoder = flate2::read::GzDecoder::new(std::io::Cursor::new(packed));
    let unpacked = std::iter::from_fn(move || {
        let mut piece = vec![0; PIECE];
        match decoder.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some(Ok(Bytes::from(piece)))
            }
            Err(_) => Some(Err(TransportError::new(TransportErrorKind::Encoding))),
        }
    });
    Ok(ResponseBody::from_stream(stream::iter(unpacked)))
}
