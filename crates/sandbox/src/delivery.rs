//! How the body of a response is delivered.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;

/// How the body of a response is delivered. The declared length is always that of the whole body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// All at once.
    #[default]
    Whole,
    /// The first half; then the connection is reset.
    Reset,
    /// The first half; then the connection is closed as if the body were complete.
    Short,
    /// The first half; then nothing, forever.
    Stalled,
    /// In a number of chunks, with a delay before each.
    Dripping { chunks: usize, every: Duration },
}

impl Delivery {
    /// Returns the body with this delivery.
    pub(crate) fn body(self, bytes: Vec<u8>) -> Body {
        let mut rest = Bytes::from(bytes);
        let (chunks, every) = match self {
            Self::Whole => return Body::from(rest),
            Self::Dripping { chunks, every } => (chunks.max(1), every),
            Self::Reset | Self::Short | Self::Stalled => {
                rest.truncate(rest.len() / 2);
                (1, Duration::ZERO)
            }
        };
        let size = rest.len().div_ceil(chunks).max(1);
        Body::from_stream(stream::unfold(Some(rest), move |rest| async move {
            let mut rest = rest?;
            if !rest.is_empty() {
                if !every.is_zero() {
                    tokio::time::sleep(every).await;
                }
                let chunk = rest.split_to(size.min(rest.len()));
                return Some((Ok(chunk), Some(rest)));
            }
            match self {
                Self::Reset => Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None)),
                Self::Stalled => std::future::pending().await,
                Self::Whole | Self::Short | Self::Dripping { .. } => None,
            }
        }))
    }
}
