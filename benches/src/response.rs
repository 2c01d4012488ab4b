//! Answers of a sandbox, asked for without a socket.

use anyprofile_sandbox::{Body, Sandbox};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{Request, Response, header};

use crate::Outcome;

/// The response to a request, whole and uncompressed. Its path names the server: the sandbox has a port for each, and the
/// benchmarks have one.
pub(crate) async fn response(sandbox: &Sandbox, mut request: Request<Body>) -> Outcome<Response<Bytes>> {
    let asked = request.uri().path_and_query().ok_or("no path")?.as_str().to_owned();
    let (server, rest) = asked[1..].split_once('/').ok_or("no server in the path")?;
    let it = sandbox.description();
    let base = match server {
        "upsun" => &it.upsun.base_url,
        "upsun-auth" => &it.upsun.auth_url,
        "probely" => &it.probely.base_url,
        _ => &it.anthropic.base_url,
    };
    *request.uri_mut() = format!("{base}/{rest}").parse()?;
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let (parts, body) = sandbox.call(request).await.map_err(|_| "no response")?.into_parts();
    let chunks: Vec<Bytes> = body.into_data_stream().try_collect().await?;
    let body = chunks.concat();
    // Links are to lead back to the benchmarks' one server.
    let body = match server {
        "upsun" => std::str::from_utf8(&body)?
            .replace(&format!("\"href\":\"{base}/"), "\"href\":\"/")
            .replace("\"href\":\"/", "\"href\":\"/upsun/")
            .into(),
        _ => body.into(),
    };
    Ok(Response::from_parts(parts, body))
}
