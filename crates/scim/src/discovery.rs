//! What a server can do, as it says itself, corrected by the account's settings.

mod attributes;

use anyprofile_core::{Error, ErrorKind, Result};
use anyprofile_http::Caller;

use crate::{
    config::{Paging, Patching, Quirks},
    operations,
    wire::{Flag, ServiceProviderConfig},
};

pub(crate) use self::attributes::{Mutability, UserAttributes};

/// The largest page size that is asked for without being told to: most servers have 100 or more.
const PAGE_SIZE: u32 = 100;

/// What a server can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) paging: Paging,
    pub(crate) page_size: u32,
    /// The largest page size that the server names.
    pub(crate) max_page_size: Option<u32>,
    /// Whether users can be filtered.
    pub(crate) filter: bool,
    /// Which changes are made by PATCH.
    pub(crate) patch: Patching,
    /// Whether records have versions that a write can name.
    pub(crate) etag: bool,
    /// Whether the order can be chosen.
    pub(crate) sort: bool,
}

impl Features {
    /// Returns what is known before the server was asked. A filter that is not known to work is applied here.
    pub(crate) fn unasked(quirks: &Quirks) -> Self {
        Self::of(&ServiceProviderConfig::default(), quirks)
    }

    /// Asks the server. One that does not have `/ServiceProviderConfig`, or whose answer cannot be read, is used with care.
    pub(crate) async fn discover(caller: &Caller, quirks: &Quirks) -> Result<Self> {
        match caller.call(&operations::get_service_provider_config()).await {
            Ok(config) => Ok(Self::of(&config, quirks)),
            Err(error) if says_nothing(&error) => Ok(Self::unasked(quirks)),
            Err(error) => Err(error),
        }
    }

    fn of(config: &ServiceProviderConfig, quirks: &Quirks) -> Self {
        let is_on = |flag: Option<&Flag>| flag.is_some_and(|flag| flag.0);
        let pagination = config.pagination.value();
        let has_cursors = is_on(pagination.and_then(|it| it.cursor.value()));
        let filter = config.filter.value();
        let max = pagination
            .and_then(|it| it.max_page_size.value())
            .or(filter.and_then(|it| it.max_results.value()));
        let max = max.and_then(|max| u32::try_from(*max).ok()).filter(|max| *max > 0);
        let supported = |it: Option<&crate::wire::Support>| is_on(it.and_then(|it| it.supported.value()));
        Self {
            // A cursor stays where it was when others are created or deleted; an index does not.
            paging: quirks.paging.unwrap_or(if has_cursors { Paging::Cursor } else { Paging::Index }),
            page_size: quirks.page_size.unwrap_or_else(|| max.map_or(PAGE_SIZE, |max| max.min(PAGE_SIZE))),
            max_page_size: max,
            filter: quirks.filter.unwrap_or(is_on(filter.and_then(|it| it.supported.value()))),
            patch: quirks.patch.unwrap_or(if supported(config.patch.value()) {
                Patching::All
            } else {
                Patching::None
            }),
            etag: quirks.etag.unwrap_or(supported(config.etag.value())),
            sort: supported(config.sort.value()),
        }
    }
}

/// Returns whether a server can be used in spite of an error of an optional endpoint: it does not have it, or not for this
/// credential, or garbles it. What the endpoint would have said is not known then.
pub(crate) fn says_nothing(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 403..=406 | 500 | 501)) || error.kind() == ErrorKind::Decode
}
