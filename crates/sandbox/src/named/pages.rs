//! Pages with wrong references to the next page, or a wrong total.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Listing, NamedFault, NextLink};
use crate::exchange::Query;
use crate::fault::Fault;
use crate::server::lock;

/// After a number of pages, the same pages repeat: the last of them refers to the second.
fn cycle(listing: &'static Listing, pages: u64) -> Option<Fault> {
    // A page by number has no reference.
    if listing.is_numbered() {
        return None;
    }
    let second = Mutex::new(Value::Null);
    Some(Fault::new(listing.operation).edit(move |page, number| {
        let mut second = lock(&second);
        if number == 1 {
            *second = listing.next_of(page);
        } else if number > pages {
            listing.set_next(page, second.clone());
        }
    }))
}

/// Changes the total, from its value and the number of the request.
fn total(listing: &'static Listing, change: fn(u64, u64) -> u64) -> Option<Fault> {
    let total = listing.total?;
    Some(Fault::new(listing.operation).edit(move |page, number| {
        page[total] = change(page[total].as_u64().unwrap_or_default(), number).into();
    }))
}

/// The prefix of an invented token.
const ENDLESS: &str = "endless-";

/// From a request on, or where the list ends, every page is empty and refers to another one.
fn endless(listing: &'static Listing, from: u64) -> Fault {
    match listing.next {
        NextLink::Number => return endless_numbers(listing, from),
        NextLink::Index => return endless_indexes(listing, from),
        NextLink::Link | NextLink::Token => {}
    }
    let is_endless = |query: &str| query.contains(ENDLESS);
    // The service does not know the token. It responds with a page, whose records are removed.
    let fault = Fault::new(listing.operation).misread_query(move |query| {
        let known = |name: &str, value: &str| {
            (name != "page" || !value.starts_with(ENDLESS)).then(|| value.to_owned())
        };
        if is_endless(query) { super::queries::map(query, known) } else { query.to_owned() }
    });
    fault.edit_by_query(move |page, number, query| {
        if number >= from || is_endless(query) {
            page[listing.records] = json!([]);
        }
        let is_empty = page[listing.records].as_array().is_some_and(Vec::is_empty);
        if is_empty || listing.next_of(page).is_null() {
            let next = match listing.next {
                NextLink::Link => {
                    let href = format!("/profiles?page={}", number.saturating_add(1));
                    json!({"title": "Next", "href": href})
                }
                NextLink::Number | NextLink::Index | NextLink::Token => json!(format!("{ENDLESS}{number}")),
            };
            listing.set_next(page, next);
        }
    })
}

/// Does the same for numbered pages: there is always one page more than the requested one.
fn endless_numbers(listing: &'static Listing, from: u64) -> Fault {
    // The number of pages, known after the first page.
    let page_total = Arc::new(AtomicU64::new(u64::MAX));
    let known = Arc::clone(&page_total);
    let requested_page =
        |query: &str| Query::parse(query).get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u64);
    // The service refuses a page that does not exist. The first page is returned, with its records removed.
    let fault = Fault::new(listing.operation).misread_query(move |query| {
        if requested_page(query) <= known.load(Ordering::Relaxed) {
            return query.to_owned();
        }
        super::queries::map(query, |name, value| Some(if name == "page" { "1" } else { value }.to_owned()))
    });
    fault.edit_by_query(move |page, number, query| {
        let requested = requested_page(query);
        let total = page["page_total"].as_u64().unwrap_or_default();
        page_total.store(total, Ordering::Relaxed);
        if number >= from || requested > total {
            page[listing.records] = json!([]);
        }
        page["page"] = requested.into();
        page["page_total"] = total.max(requested.saturating_add(1)).into();
    })
}

/// Does the same where a page says where it begins: the total is always behind the page.
fn endless_indexes(listing: &'static Listing, from: u64) -> Fault {
    Fault::new(listing.operation).edit(move |page, number| {
        if number >= from {
            page[listing.records] = json!([]);
        }
        let received = page[listing.records].as_array().map_or(0, |records| records.len() as u64);
        page["itemsPerPage"] = received.into();
        let begin = page["startIndex"].as_u64().unwrap_or(1);
        let total = page["totalResults"].as_u64().unwrap_or_default();
        page["totalResults"] = total.max(begin.saturating_add(received)).into();
    })
}

/// Ends the list before the third page, and reports it as complete.
fn cut(listing: &'static Listing) -> Fault {
    Fault::new(listing.operation).edit(move |page, number| {
        if let Some(total) = listing.total {
            let of_a_page = page["length"]
                .as_u64()
                .or_else(|| page[listing.records].as_array().map(|it| it.len() as u64));
            page[total] =
                page[total].as_u64().unwrap_or_default().min(2 * of_a_page.unwrap_or_default()).into();
        }
        match listing.next {
            NextLink::Number => {
                page["page_total"] = page["page_total"].as_u64().unwrap_or_default().min(2).into();
            }
            // The total is the end.
            NextLink::Index => {}
            _ if number < 2 => {}
            NextLink::Link => {
                if let Some(links) = page["_links"].as_object_mut() {
                    links.remove("next");
                }
            }
            NextLink::Token => listing.set_next(page, Value::Null),
        }
    })
}

/// Changes the link to the next page.
fn link(listing: &'static Listing, change: fn(&str) -> String) -> Option<Fault> {
    if listing.next != NextLink::Link {
        return None;
    }
    Some(listing.always().edit(move |page, _| {
        if let Some(Value::String(link)) = page.pointer_mut("/_links/next/href") {
            *link = change(link);
        }
    }))
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("cursor-repeated", "every page refers to the second one", |listing| cycle(listing, 1)),
    NamedFault::new("cursor-cycle-of-two", "the third page refers back to the second", |listing| {
        cycle(listing, 2)
    }),
    NamedFault::new("cursor-cycle-of-four", "the fifth page refers back to the second", |listing| {
        cycle(listing, 4)
    }),
    NamedFault::new("empty-page-once", "the second page is empty, but not the last", |listing| {
        Some(listing.once().edit(move |page, _| page[listing.records] = json!([])))
    }),
    NamedFault::new("record-twice", "the first record is also on the second page", |listing| {
        let first = Mutex::new(Value::Null);
        Some(Fault::new(listing.operation).on_attempts(..=2).edit(move |page, number| {
            let Some(records) = page[listing.records].as_array_mut() else { return };
            let mut first = lock(&first);
            if number == 1 {
                *first = records.first().cloned().unwrap_or_default();
            } else {
                records.push(first.clone());
            }
        }))
    }),
    NamedFault::new("record-left-out-once", "a record is missing from all pages", |listing| {
        let lost = Mutex::new(Value::Null);
        // Who asks behind the records that came, asks for it again.
        let fault = if listing.next == NextLink::Index { listing.always() } else { listing.once() };
        Some(fault.edit(move |page, _| {
            let Some(records) = page[listing.records].as_array_mut() else { return };
            let mut lost = lock(&lost);
            if lost.is_null() {
                *lost = records.pop().map(|record| record["id"].clone()).unwrap_or_default();
            }
            records.retain(|record| lost.is_null() || record["id"] != *lost);
        }))
    }),
    NamedFault::new("total-growing", "each page reports a larger total than the one before", |listing| {
        total(listing, |total, number| total + number)
    }),
    NamedFault::new("total-shrinking", "each page reports a smaller total than the one before", |listing| {
        total(listing, u64::saturating_sub)
    }),
    NamedFault::new("total-lying", "the reported total is seven", |listing| total(listing, |_, _| 7)),
    NamedFault::new("pages-without-end", "there is always a further page", |listing| {
        let pages = (listing.next == NextLink::Number).then_some("page_total")?;
        Some(Fault::new(listing.operation).edit(move |page, number| page[pages] = (number + 1).into()))
    }),
    NamedFault::new(
        "pages-empty-for-ever",
        "all pages from the second on are empty, and each refers to a new one",
        |listing| Some(endless(listing, 2)),
    ),
    NamedFault::new(
        "pages-empty-behind-the-last",
        "after the last page there are empty pages, each of which refers to a new one",
        |listing| Some(endless(listing, u64::MAX)),
    ),
    NamedFault::new("pages-beyond-number", "there are 2^64-1 pages", |listing| {
        let pages = (listing.next == NextLink::Number).then_some("page_total")?;
        Some(Fault::new(listing.operation).edit(move |page, _| page[pages] = u64::MAX.into()))
    }),
    NamedFault::new("list-cut", "the list ends after two pages, and the total agrees", |listing| {
        Some(cut(listing))
    }),
    NamedFault::new(
        "person-swapped",
        "one profile is deleted and another one created after the first page was read",
        |listing| (listing.next != NextLink::Token).then(|| listing.once().swap_person()),
    ),
    NamedFault::new("link-elsewhere", "the next page is at another host", |listing| {
        link(listing, |_| "https://elsewhere.example.com/profiles?page=2".to_owned())
    }),
    NamedFault::new("link-unencrypted", "the next page is at the same host, by plain `http:`", |listing| {
        link(listing, |link| {
            let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.split(':').next().unwrap_or(host);
            format!("http://{host}/{path}")
        })
    }),
    NamedFault::new("link-relative", "the link to the next page has no host", |listing| {
        link(listing, |link| {
            let host = link.find("://").map(|place| place + 3).unwrap_or_default();
            let path = link[host..].find('/').map_or(link.len(), |place| host + place);
            link[path..].to_owned()
        })
    }),
];
