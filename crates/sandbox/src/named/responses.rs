//! Statuses, headers and bodies that are not the service's response.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::{Listing, NamedFault};
use crate::fault::Fault;

/// Defines a fault with a status once, and one with the status each time.
macro_rules! statuses {
    ($($status:literal),+) => {
        [$(
            NamedFault::new(
                concat!("status-", $status, "-once"),
                concat!("the status is ", $status, ", once"),
                |listing| Some(listing.refusing(listing.once(), $status)),
            ),
            NamedFault::new(
                concat!("status-", $status),
                concat!("the status is ", $status, " each time"),
                |listing| Some(listing.refusing(listing.always(), $status)),
            ),
        )+]
    };
}

/// Returns a refusal, once, with a header.
fn throttled(listing: &Listing, header: &str, value: &str) -> Fault {
    listing.refusing(listing.once(), 429).header(header, value)
}

/// Returns a fault of the service's token endpoint, if it has one.
pub(super) fn token_endpoint(listing: &Listing) -> Option<Fault> {
    (listing.service == "upsun").then(|| Fault::new("oauth2-token"))
}

/// Returns 64 MiB of spaces, compressed with gzip.
fn packed_spaces() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let chunk = vec![b' '; 1 << 16];
    let written = (0..1 << 10).try_for_each(|_| encoder.write_all(&chunk));
    // Writing to memory does not fail.
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

const PAGE: &str = "<!DOCTYPE html><html><head><title>One moment</title></head><body></body></html>";

fn web_page(fault: Fault, status: u16) -> Fault {
    fault.respond(status).header("content-type", "text/html; charset=utf-8").body(PAGE)
}

const STATUSES: [NamedFault; 22] = statuses!(408, 425, 429, 500, 502, 503, 504, 507, 520, 529, 599);

const OTHERS: [NamedFault; 28] = [
    NamedFault::new("retry-after-seconds-once", "429 with `Retry-After: 2`, once", |it| {
        Some(throttled(it, "retry-after", "2"))
    }),
    NamedFault::new("retry-after-date-once", "429 with a date in 20 s, by the service's clock, once", |it| {
        let until = throttled(it, "retry-after", "Wed, 21 Oct 2015 07:28:20 GMT");
        Some(until.header("date", "Wed, 21 Oct 2015 07:28:00 GMT"))
    }),
    NamedFault::new(
        "retry-after-past-date-once",
        "429 with a `Retry-After` that is a past date, once",
        |it| Some(throttled(it, "retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")),
    ),
    NamedFault::new("retry-after-milliseconds-once", "429 with `retry-after-ms: 1500`, once", |it| {
        Some(throttled(it, "retry-after-ms", "1500"))
    }),
    NamedFault::new("retry-after-absurd-once", "429 with a `Retry-After` of 300 years, once", |it| {
        Some(throttled(it, "retry-after", "9460800000"))
    }),
    NamedFault::new("retry-after-negative-once", "429 with a negative `Retry-After`, once", |it| {
        Some(throttled(it, "retry-after", "-5"))
    }),
    NamedFault::new("retry-after-nan-once", "429 with a `Retry-After` that is not a number, once", |it| {
        Some(throttled(it, "retry-after", "NaN"))
    }),
    NamedFault::new("should-retry-once", "409 with `x-should-retry: true`, once", |it| {
        Some(it.refusing(it.once(), 409).header("x-should-retry", "true"))
    }),
    NamedFault::new("should-not-retry-once", "503 with `x-should-retry: false`, once", |it| {
        Some(it.refusing(it.once(), 503).header("x-should-retry", "false"))
    }),
    NamedFault::new("unauthorized-once", "401, once: the credential is refused temporarily", |it| {
        Some(it.refusing(it.once(), 401))
    }),
    NamedFault::new("unauthorized", "401 each time: the credential was revoked after the first page", |it| {
        Some(it.refusing(it.always(), 401))
    }),
    NamedFault::new("step-up", "401 that requires a person to sign in again", |it| {
        let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=600";
        Some(it.refusing(it.always(), 401).header("www-authenticate", challenge))
    }),
    NamedFault::new("token-refused-once", "the token endpoint responds with 503, once", |it| {
        token_endpoint(it).map(|fault| it.refusing(fault.first(1), 503))
    }),
    NamedFault::new("token-refused", "the token endpoint responds with 503 each time", |it| {
        token_endpoint(it).map(|fault| it.refusing(fault, 503))
    }),
    NamedFault::new("clock-skew", "the service's clock shows the year 1998", |it| {
        Some(it.always().header("date", "Wed, 21 Oct 1998 07:28:00 GMT"))
    }),
    NamedFault::new("forbidden", "403 from the second page on", |it| Some(it.refusing(it.always(), 403))),
    NamedFault::new("html-with-200", "a web page with the status 200", |it| Some(web_page(it.always(), 200))),
    NamedFault::new("html-with-403", "a web page of a CDN with the status 403", |it| {
        Some(web_page(it.always(), 403))
    }),
    NamedFault::new(
        "error-as-html",
        "500 with a web page instead of an error in the service's format",
        |it| Some(web_page(it.always(), 500)),
    ),
    NamedFault::new("empty-200", "an empty body with the status 200", |it| {
        Some(it.always().respond(200).header("content-type", "application/json"))
    }),
    NamedFault::new("wrong-content-type", "the right response as `text/plain`", |it| {
        Some(it.always().header("content-type", "text/plain"))
    }),
    NamedFault::new("large-body", "100 MB of JSON", |it| {
        Some(it.always().rewrite(|mut body| {
            body.resize(100 << 20, b' ');
            body
        }))
    }),
    NamedFault::new("gzip-bomb", "64 MiB of spaces, compressed to 64 KB", |it| {
        let packed = packed_spaces();
        Some(it.always().header("content-encoding", "gzip").rewrite(move |_| packed.clone()))
    }),
    NamedFault::new("deep-json", "JSON that is nested 100,000 deep", |it| {
        Some(it.always().rewrite(|_| [vec![b'['; 100_000], vec![b']'; 100_000]].concat()))
    }),
    NamedFault::new("invalid-utf-8", "a text in a record that is not valid UTF-8", |it| {
        Some(it.always().rewrite(|body| {
            let key: &[u8] = b"\"id\":\"";
            let place = body.windows(key.len()).position(|window| window == key);
            let mut broken = body.clone();
            if let Some(place) = place {
                broken.splice(place + key.len()..place + key.len(), [0xff, 0xfe]);
            }
            broken
        }))
    }),
    NamedFault::new("byte-order-mark", "a byte order mark before the JSON", |it| {
        Some(it.always().rewrite(|body| [b"\xef\xbb\xbf", &body[..]].concat()))
    }),
    NamedFault::new("duplicate-keys", "the key of the records twice, once with an empty list", |it| {
        let records = it.records;
        Some(it.always().rewrite(move |body| {
            let rest = body.strip_prefix(b"{").unwrap_or(&body);
            [format!("{{\"{records}\":[],").as_bytes(), rest].concat()
        }))
    }),
    NamedFault::new("redirected-elsewhere", "a redirect to another host", |it| {
        Some(it.always().respond(302).header("location", "https://elsewhere.example.com/"))
    }),
];

pub(super) const FAULTS: &[NamedFault] = &{
    let mut all = [OTHERS[0]; STATUSES.len() + OTHERS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < STATUSES.len() { STATUSES[at] } else { OTHERS[at - STATUSES.len()] };
        at += 1;
    }
    all
};
