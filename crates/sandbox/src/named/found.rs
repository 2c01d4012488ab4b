//! HTTP and JSON as real services send them: not as documented, but mostly with a clear meaning.

use std::io::Write as _;
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::responses::token_endpoint;
use super::{Listing, NamedFault, NextLink};
use crate::fault::Fault;

/// The number of records on a page that has far too many.
const TINY_RECORDS: usize = 200_000;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Changes the body to an encoding with this name.
fn encoded(listing: &Listing, name: &str, encode: fn(Vec<u8>) -> Vec<u8>) -> Fault {
    listing.always().header("content-encoding", name).rewrite(encode)
}

/// Adds rate limit headers to every page.
fn advice(listing: &Listing, limit: &str, reset: &str) -> Fault {
    let fault = Fault::new(listing.operation).header("x-ratelimit-limit", limit);
    fault.header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", reset)
}

/// Changes the type of the counts next to the records.
fn numbers(listing: &'static Listing, write: fn(u64) -> Value) -> Option<Fault> {
    let total = listing.total?;
    Some(Fault::new(listing.operation).edit(move |page, _| {
        for key in [total, "page_total", "startIndex", "itemsPerPage"] {
            if let Some(number) = page[key].as_u64() {
                page[key] = write(number);
            }
        }
    }))
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new(
        "rate-limit-reset-in-milliseconds",
        "the rate limit is used up, until a Unix time in milliseconds",
        |it| Some(advice(it, "100", "1800000060000")),
    ),
    NamedFault::new(
        "rate-limit-reset-in-nanoseconds",
        "the rate limit is used up, until a Unix time in nanoseconds",
        |it| Some(advice(it, "100", "1800000060000000000")),
    ),
    NamedFault::new("rate-limit-of-none", "the rate limit is 0 requests", |it| Some(advice(it, "0", "60"))),
    NamedFault::new("numbers-as-text", "the count and the number of pages are texts", |it| {
        numbers(it, |number| json!(number.to_string()))
    }),
    NamedFault::new("numbers-as-floats", "the count and the number of pages have a fraction of 0", |it| {
        #[allow(clippy::cast_precision_loss, reason = "small numbers")]
        numbers(it, |number| json!(number as f64))
    }),
    NamedFault::new("numbers-negative", "the count and the number of pages are -1", |it| {
        numbers(it, |_| json!(-1))
    }),
    NamedFault::new("records-null", "the records are null, and the count is 0", |it| {
        Some(it.always().edit(|page, _| {
            page[it.records] = Value::Null;
            if let Some(total) = it.total {
                page[total] = json!(0);
            }
        }))
    }),
    NamedFault::new("records-by-number", "the list of records is an object whose keys are numbers", |it| {
        Some(it.always().edit(|page, _| {
            // An array without elements is not told from a list, where arrays have keys.
            let records = page[it.records].as_array_mut().filter(|records| !records.is_empty());
            if let Some(records) = records.map(std::mem::take) {
                let numbered =
                    records.into_iter().enumerate().map(|(place, record)| (place.to_string(), record));
                page[it.records] = Value::Object(numbered.collect());
            }
        }))
    }),
    NamedFault::new("lifetime-as-text", "the lifetime of the access token is a text", |it| {
        let lifetime =
            |token: &mut Value, _: u64| token["expires_in"] = json!(token["expires_in"].to_string());
        token_endpoint(it).map(|fault| fault.edit(lifetime))
    }),
    NamedFault::new("x-gzip", "the content encoding is `X-GZIP`", |it| {
        Some(encoded(it, "X-GZIP", |body| packed(&body)))
    })
    .over_a_connection(),
    NamedFault::new("gzip-twice", "the body is compressed twice", |it| {
        Some(encoded(it, "gzip, gzip", |body| packed(&packed(&body))))
    })
    .over_a_connection(),
    NamedFault::new("gzip-in-members", "the body is compressed in two gzip members", |it| {
        Some(encoded(it, "gzip", |body| {
            let (first, second) = body.split_at(body.len() / 2);
            [packed(first), packed(second)].concat()
        }))
    })
    .over_a_connection(),
    NamedFault::new("unknown-encoding", "the body has a content encoding that was not requested", |it| {
        Some(encoded(it, "snappy", |body| body))
    })
    .over_a_connection(),
    NamedFault::new("many-headers", "the response has 300 headers", |it| {
        let many = (0..300).fold(it.always(), |fault, number| fault.header(format!("x-trace-{number}"), "1"));
        Some(many)
    })
    .over_a_connection(),
    NamedFault::new("redirected-in-utf-8", "a redirect to a path that is not ASCII", |it| {
        Some(it.always().respond(302).header("location", "https://elsewhere.example.com/größe"))
    })
    .over_a_connection(),
    NamedFault::new("json-as-html", "the right response as `text/html`", |it| {
        Some(it.always().header("content-type", "text/html; charset=utf-8"))
    }),
    NamedFault::new("credential-echoed", "an error message repeats the request's credential", |it| {
        let message = "The credential {credential} is of no use here.";
        Some(it.failing(it.always(), 400, "invalid_request_error", message))
    }),
    NamedFault::new("tiny-records", "a page of 200,000 records that contain only an id", |it| {
        // As text: a tree of so many values would cost more than the page.
        let records: Vec<_> = (0..TINY_RECORDS).map(|number| format!("{{\"id\":\"{number}\"}}")).collect();
        let records = format!("\"{}\":[{}]", it.records, records.join(","));
        let none = format!("\"{}\":[]", it.records);
        let fault = it.always().edit(|page, _| page[it.records] = json!([]));
        Some(fault.rewrite(move |body| String::from_utf8_lossy(&body).replace(&none, &records).into_bytes()))
    }),
    NamedFault::new("byte-by-byte", "the body is sent at one byte a second", |it| {
        Some(it.always().drip(usize::MAX, Duration::from_secs(1)))
    }),
    NamedFault::new(
        "opaque-cursor",
        "the cursor of the next page contains `%FF`, `+` and `%20`, which must be sent back unchanged",
        opaque_cursor,
    ),
];

/// The part that is added to a link. It must be sent back unchanged.
const IN_LINK: &str = "&opaque=%FF%2B+%20";
/// The part that is appended to a token.
const IN_TOKEN: &str = "%FF +ü";

/// Requires the client to send the cursor back unchanged; otherwise it gets an error.
fn opaque_cursor(listing: &'static Listing) -> Option<Fault> {
    let fault = Fault::new(listing.operation);
    match listing.next {
        NextLink::Number | NextLink::Index => None,
        NextLink::Link => {
            let fault = fault.rewrite(|body| extended(&body, b"\"next\":{\"href\":\"", IN_LINK));
            Some(fault.misread_query(|query| {
                let is_kept = !query.contains("page=") || query.contains(&IN_LINK[1..]);
                if is_kept { query.to_owned() } else { "page=changed".to_owned() }
            }))
        }
        NextLink::Token => {
            let fault = fault.rewrite(|body| extended(&body, b"\"next_page\":\"", IN_TOKEN));
            Some(fault.misread_query(|query| {
                super::queries::map(query, |name, value| match (name, value.strip_suffix(IN_TOKEN)) {
                    ("page", Some(token)) => Some(token.to_owned()),
                    ("page", None) => Some("changed".to_owned()),
                    _ => Some(value.to_owned()),
                })
            }))
        }
    }
}

/// Returns the body with text appended to the text value of a key, as bytes, whatever else the body contains.
fn extended(body: &[u8], key: &[u8], more: &str) -> Vec<u8> {
    let begin = body.windows(key.len()).position(|window| window == key).map(|place| place + key.len());
    let end = begin.and_then(|begin| Some(begin + body[begin..].iter().position(|byte| *byte == b'"')?));
    match end {
        Some(end) => [&body[..end], more.as_bytes(), &body[end..]].concat(),
        None => body.to_owned(),
    }
}
