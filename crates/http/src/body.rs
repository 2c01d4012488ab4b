//! Bodies, read within bounds.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use tokio::time::{Instant, timeout_at};

use crate::{ResponseBody, TransportError, TransportErrorKind};

/// How long the start of an error's body is waited for. The status is known by then.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// The whole body, or `None` if it is larger than allowed.
pub(crate) async fn read_body(
    body: ResponseBody,
    headers: &HeaderMap,
    most: usize,
) -> Result<Option<Bytes>, TransportError> {
    match read_pieces(body, headers, most).await {
        Err(error) if error.kind == TransportErrorKind::TooLarge => Ok(None),
        read => read,
    }
}

async fn read_pieces(
    mut body: ResponseBody,
    headers: &HeaderMap,
    most: usize,
) -> Result<Option<Bytes>, TransportError> {
    let declared = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Ok(None);
    }
    let Some(first) = body.piece().await? else {
        return Ok(Some(Bytes::new()));
    };
    if first.len() > most {
        return Ok(None);
    }
    let Some(second) = body.piece().await? else {
        return Ok(Some(first));
    };
    let mut whole = BytesMut::with_capacity(declared.unwrap_or((first.len() + second.len()) * 2).min(most));
    whole.extend_from_slice(&first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if whole.len() + bytes.len() > most {
            return Ok(None);
        }
        whole.extend_from_slice(&bytes);
        piece = body.piece().await?;
    }
    Ok(Some(whole.freeze()))
}

/// The start of a body, as far as it comes in time, and whether it is the whole body.
pub(crate) async fn read_start(mut body: ResponseBody, most: usize) -> (Bytes, bool) {
    let deadline = Instant::now() + ERROR_BODY_TIMEOUT;
    let mut start = BytesMut::new();
    loop {
        match timeout_at(deadline, body.piece()).await {
            Ok(Ok(Some(piece))) => {
                let left = most - start.len();
                start.extend_from_slice(&piece[..piece.len().min(left)]);
                if start.len() == most {
                    return (start.freeze(), false);
                }
            }
            Ok(Ok(None)) => return (start.freeze(), true),
            Ok(Err(_)) | Err(_) => return (start.freeze(), false),
        }
    }
}
