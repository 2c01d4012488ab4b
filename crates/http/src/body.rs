//! Reads bodies within limits of size and time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use tokio::time::{Instant, timeout_at};

use crate::{ResponseBody, TransportError, TransportErrorKind};

/// The timeout of reading the start of an error's body. The status is already known.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// The time over which the throughput of a body is averaged.
const THROUGHPUT_WINDOW: Duration = Duration::from_secs(20);

/// The chunks of a body, with a minimum throughput.
struct TimedChunks {
    body: ResponseBody,
    /// The minimum number of bytes in a window.
    least: u64,
    /// The end of the current window, and the bytes received before it began.
    window: Option<(Instant, u64)>,
}

impl TimedChunks {
    fn new(body: ResponseBody, min_bytes_per_second: u32) -> Self {
        Self { body, least: u64::from(min_bytes_per_second) * THROUGHPUT_WINDOW.as_secs(), window: None }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        // The minimum throughput does not apply to the first chunk.
        let Some((mut end, mut before)) = self.window else {
            let first = self.body.chunk().await;
            self.window = Some((Instant::now() + THROUGHPUT_WINDOW, self.body.received()));
            return first;
        };
        loop {
            // Checked here too: while chunks are ready, the timeout below never elapses.
            if Instant::now() >= end {
                let received = self.body.received() - before;
                if received > 0 && received < self.least {
                    return Err(TransportError::new(TransportErrorKind::Slow));
                }
                (end, before) = (Instant::now() + THROUGHPUT_WINDOW, self.body.received());
                self.window = Some((end, before));
            }
            if let Ok(chunk) = timeout_at(end, self.body.chunk()).await {
                return chunk;
            }
        }
    }
}

/// Reads the whole body. Returns `None` if it is larger than `most` bytes.
pub(crate) async fn read_body(
    body: ResponseBody,
    headers: &HeaderMap,
    most: usize,
    min_bytes_per_second: u32,
) -> Result<Option<Bytes>, TransportError> {
    match read_chunks(TimedChunks::new(body, min_bytes_per_second), headers, most).await {
        Err(error) if error.kind == TransportErrorKind::TooLarge => Ok(None),
        read => read,
    }
}

async fn read_chunks(
    mut body: TimedChunks,
    headers: &HeaderMap,
    most: usize,
) -> Result<Option<Bytes>, TransportError> {
    let declared = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Ok(None);
    }
    let Some(first) = body.next().await? else {
        return Ok(Some(Bytes::new()));
    };
    if first.len() > most {
        return Ok(None);
    }
    let Some(second) = body.next().await? else {
        return Ok(Some(first));
    };
    let mut whole = BytesMut::with_capacity(declared.unwrap_or((first.len() + second.len()) * 2).min(most));
    whole.extend_from_slice(&first);
    let mut chunk = Some(second);
    while let Some(bytes) = chunk {
        if whole.len() + bytes.len() > most {
            return Ok(None);
        }
        whole.extend_from_slice(&bytes);
        chunk = body.next().await?;
    }
    Ok(Some(whole.freeze()))
}

/// Reads the start of a body, as far as it arrives in time. Returns it, and whether it is the whole body.
pub(crate) async fn read_start(mut body: ResponseBody, most: usize) -> (Bytes, bool) {
    let deadline = Instant::now() + ERROR_BODY_TIMEOUT;
    let mut start = BytesMut::new();
    loop {
        match timeout_at(deadline, body.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let left = most - start.len();
                start.extend_from_slice(&chunk[..chunk.len().min(left)]);
                if start.len() == most {
                    return (start.freeze(), false);
                }
            }
            Ok(Ok(None)) => return (start.freeze(), true),
            Ok(Err(_)) | Err(_) => return (start.freeze(), false),
        }
    }
}
