//! Answers of a sandbox, asked for without a socket.

use anyprofile_sandbox::{Body, Sandbox};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{Request, Response, header};

use crate::Outcome;

/// The response to a request, whole and uncompressed.
pub(crate) async fn response(sandbox: &Sandbox, mut request: Request<Body>) -> Outcome<Response<Bytes>> {
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let (parts, body) = sandbox.call(request).await.map_err(|_| "no response")?.into_parts();
    let chunks: Vec<Bytes> = body.into_data_stream().try_collect().await?;
    Ok(Response::from_parts(parts, chunks.concat().into()))
}
