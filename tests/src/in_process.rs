//! A transport that asks the sandbox within the process: no socket, and so no time but that of the runtime, which a
//! test can pause.

use std::{io::Read as _, sync::Arc};

use anyprofile::{
    async_trait,
    http_client::{ResponseBody, Transport, TransportError, TransportErrorKind},
};
use anyprofile_sandbox::{Body, NoResponse, Sandbox};
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
                NoResponse::Refused => TransportErrorKind::Connect,
                _ => TransportErrorKind::Interrupted,
            })
        })?;
        let (head, body) = response.into_parts();
        let number = |name| head.headers.get(name)?.to_str().ok()?.parse::<usize>().ok();
        let declared = number(header::CONTENT_LENGTH);
        let is_packed = head.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
        let chunks = body
            .into_data_stream()
            .map(|chunk| chunk.map_err(|_| TransportError::new(TransportErrorKind::Interrupted)));
        if is_packed {
            return Ok(Response::from_parts(head, unpacked(chunks).await?));
        }
        // A body that ends before its declared length was cut.
        let counted = stream::unfold((Box::pin(chunks), declared), |(mut chunks, left)| async move {
            match chunks.next().await {
                Some(Ok(chunk)) => {
                    let left = left.map(|left| left.saturating_sub(chunk.len()));
                    Some((Ok(chunk), (chunks, left)))
                }
                Some(Err(error)) => Some((Err(error), (chunks, None))),
                None if left.is_some_and(|left| left > 0) => {
                    Some((Err(TransportError::new(TransportErrorKind::Interrupted)), (chunks, None)))
                }
                None => None,
            }
        });
        Ok(Response::from_parts(head, ResponseBody::from_stream(counted)))
    }
}

/// The body of a packed answer, unpacked as it is read.
async fn unpacked(
    chunks: impl futures_util::Stream<Item = Result<Bytes, TransportError>>,
) -> Result<ResponseBody, TransportError> {
    let mut chunks = std::pin::pin!(chunks);
    let mut packed = Vec::new();
    while let Some(chunk) = chunks.next().await {
        packed.extend_from_slice(&chunk?);
    }
    let mut decoder = flate2::read::GzDecoder::new(std::io::Cursor::new(packed));
    let unpacked = std::iter::from_fn(move || {
        let mut chunk = vec![0; PIECE];
        match decoder.read(&mut chunk) {
            Ok(0) => None,
            Ok(length) => {
                chunk.truncate(length);
                Some(Ok(Bytes::from(chunk)))
            }
            Err(_) => Some(Err(TransportError::new(TransportErrorKind::Encoding))),
        }
    });
    Ok(ResponseBody::from_stream(stream::iter(unpacked)))
}
