//! What a server can do (RFC 7643 §5, RFC 9865 §4).

use anyprofile_core::open_record;

use super::Flag;

open_record! {
    /// What a server can do (`GET /ServiceProviderConfig`).
    pub struct ServiceProviderConfig {
        /// Whether single attributes can be changed.
        patch: Support,
        /// Whether users can be filtered, and how many a page has at most.
        filter: FilterSupport,
        /// Whether the order can be chosen.
        sort: Support,
        /// Whether records have versions.
        etag: Support,
        /// Which ways to page there are (RFC 9865); missing where there is only the index.
        pagination: PaginationSupport,
    }
}

open_record! {
    /// Whether something is supported.
    pub struct Support {
        /// Whether it is.
        supported: Flag,
    }
}

open_record! {
    /// Whether users can be filtered.
    pub struct FilterSupport {
        /// Whether they can.
        supported: Flag,
        /// The most records of a response.
        max_results: u64 = "maxResults",
    }
}

open_record! {
    /// Which ways to page there are.
    pub struct PaginationSupport {
        /// Whether there are cursors.
        cursor: Flag,
        /// Whether there are indexes.
        index: Flag,
        /// The way that is used where a request names none: `cursor` or `index`.
        default_method: String = "defaultPaginationMethod",
        /// The page size where a request names none.
        default_page_size: u64 = "defaultPageSize",
        /// The largest page size.
        max_page_size: u64 = "maxPageSize",
        /// How long a cursor is valid, in seconds.
        cursor_timeout: u64 = "cursorTimeout",
    }
}
