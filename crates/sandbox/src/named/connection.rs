//! Connections that break, stall or are slow.

use std::time::Duration;

use super::NamedFault;

/// Longer than any client's attempt timeout.
const LONG: Duration = Duration::from_secs(600);

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("refused-once", "the connection is refused, once", |listing| {
        Some(listing.once().refuse_connection())
    }),
    NamedFault::new("refused", "every connection is refused", |listing| {
        Some(listing.always().refuse_connection())
    }),
    NamedFault::new(
        "closed-before-headers-once",
        "the connection is closed before the response, once",
        |listing| Some(listing.once().drop_connection()),
    ),
    NamedFault::new("closed-before-headers", "the connection is closed before every response", |listing| {
        Some(listing.always().drop_connection())
    }),
    NamedFault::new("reset-mid-body-once", "the connection is reset within the body, once", |listing| {
        Some(listing.once().reset_mid_body())
    }),
    NamedFault::new("reset-mid-body", "the connection is reset within every body", |listing| {
        Some(listing.always().reset_mid_body())
    }),
    NamedFault::new("closed-mid-body-once", "the body ends before its declared length, once", |listing| {
        Some(listing.once().close_mid_body())
    }),
    NamedFault::new("closed-mid-body", "every body ends before its declared length", |listing| {
        Some(listing.always().close_mid_body())
    }),
    NamedFault::new(
        "truncated-json",
        "the JSON is truncated, and the declared length is that of the truncated JSON",
        |listing| {
            Some(listing.always().rewrite(|mut body| {
                body.truncate(body.len() / 2);
                body
            }))
        },
    ),
    NamedFault::new("stalled-before-headers-once", "no response is sent, once", |listing| {
        Some(listing.once().stall())
    }),
    NamedFault::new("stalled-before-headers", "no response is ever sent", |listing| {
        Some(listing.always().stall())
    }),
    NamedFault::new("stalled-mid-body-once", "half of the body is sent and then nothing, once", |listing| {
        Some(listing.once().stall_mid_body())
    }),
    NamedFault::new("stalled-mid-body", "half of the body is sent and then nothing, each time", |listing| {
        Some(listing.always().stall_mid_body())
    }),
    NamedFault::new("slow-headers", "the response is sent after ten minutes", |listing| {
        Some(listing.always().delay(LONG))
    }),
    NamedFault::new("slow-body-once", "the body is sent in 60 chunks over 30 seconds, once", |listing| {
        Some(listing.once().drip(60, Duration::from_millis(500)))
    }),
    NamedFault::new("endless-body", "the body is sent in chunks over an hour", |listing| {
        Some(listing.always().drip(360, Duration::from_secs(10)))
    }),
];
