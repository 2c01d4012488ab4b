//! The requests that an in-memory provider received.

use std::{borrow::Cow, collections::VecDeque, fmt};

use serde_json::Value;

use crate::plan::PlannedRequest;

/// The number of requests that are kept.
const KEPT: usize = 10_000;

/// A request that a [`MemoryProvider`](super::MemoryProvider) received. A write is recorded as its plan showed it.
///
/// `Debug` does not show the body.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, ProfileChange, ProfileProviderExt};
/// use serde_json::json;
///
/// provider.update(&ada.id, &ProfileChange::new().set(FieldPath::TITLE, "countess")).await?;
/// // A test of a program looks at what the program sent.
/// let requests = provider.requests();
/// let sent = requests.iter().find(|request| request.is_write).expect("a title was written");
/// assert_eq!((sent.method.as_ref(), sent.url.as_str()), ("PATCH", "memory:user/ada"));
/// assert_eq!(sent.body, Some(json!({"title": "countess"})));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct MemoryRequest {
    /// The HTTP method that a service would use.
    pub method: Cow<'static, str>,
    /// The URL, which starts with `memory:`.
    pub url: String,
    /// The JSON body.
    pub body: Option<Value>,
    /// Whether the request writes.
    pub is_write: bool,
}

impl MemoryRequest {
    pub(super) fn read(url: String) -> Self {
        Self { method: Cow::Borrowed("GET"), url, body: None, is_write: false }
    }

    pub(super) fn write(request: PlannedRequest) -> Self {
        Self { method: request.method, url: request.url, body: request.body, is_write: true }
    }
}

impl fmt::Debug for MemoryRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemoryRequest({} {})", self.method, self.url)
    }
}

/// The latest requests.
#[derive(Default)]
pub(super) struct RequestLog {
    latest: VecDeque<MemoryRequest>,
    count: u64,
    writes: u64,
}

impl RequestLog {
    pub(super) fn push(&mut self, request: MemoryRequest) {
        if self.latest.len() == KEPT {
            self.latest.pop_front();
        }
        self.count += 1;
        self.writes += u64::from(request.is_write);
        self.latest.push_back(request);
    }

    pub(super) fn latest(&self) -> Vec<MemoryRequest> {
        self.latest.iter().cloned().collect()
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    pub(super) const fn writes(&self) -> u64 {
        self.writes
    }
}
