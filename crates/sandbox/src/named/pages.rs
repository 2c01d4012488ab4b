//! Pages that do not say the truth of where to go on and of how many there are.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Listing, NamedFault, Next};
use crate::fault::Fault;
use crate::server::lock;

/// After so many pages the same ones come again: the last of them leads to the second.
fn cycle(listing: &'static Listing, pages: u64) -> Option<Fault> {
    // A numbered page leads nowhere.
    if listing.next == Next::Number {
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

/// Changes how many there are said to be, from what it is and the number of the request.
fn total(listing: &'static Listing, change: fn(u64, u64) -> u64) -> Option<Fault> {
    let total = listing.total?;
    Some(Fault::new(listing.operation).edit(move |page, number| {
        page[total] = change(page[total].as_u64().unwrap_or_default(), number).into();
    }))
}

/// Changes the link to the next page.
fn link(listing: &'static Listing, change: fn(&str) -> String) -> Option<Fault> {
    if listing.next != Next::Link {
        return None;
    }
    Some(listing.always().edit(move |page, _| {
        if let Some(Value::String(link)) = page.pointer_mut("/_links/next/href") {
            *link = change(link);
        }
    }))
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("cursor-repeated", "every page leads to the second one", |listing| cycle(listing, 1)),
    NamedFault::new("cursor-cycle-of-two", "the third page leads back to the second", |listing| {
        cycle(listing, 2)
    }),
    NamedFault::new("cursor-cycle-of-four", "the fifth page leads back to the second", |listing| {
        cycle(listing, 4)
    }),
    NamedFault::new("empty-page-once", "the second page is empty and leads on", |listing| {
        Some(listing.once().edit(move |page, _| page[listing.records] = json!([])))
    }),
    NamedFault::new("record-twice", "the first record comes again on the second page", |listing| {
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
    NamedFault::new("record-left-out-once", "a record is on no page", |listing| {
        Some(listing.once().edit(move |page, _| {
            if let Some(records) = page[listing.records].as_array_mut() {
                records.pop();
            }
        }))
    }),
    NamedFault::new("total-growing", "each page says more records than the last", |listing| {
        total(listing, |total, number| total + number)
    }),
    NamedFault::new("total-shrinking", "each page says fewer records than the last", |listing| {
        total(listing, u64::saturating_sub)
    }),
    NamedFault::new("total-lying", "seven records are said to be there", |listing| total(listing, |_, _| 7)),
    NamedFault::new("pages-without-end", "there is always a further page", |listing| {
        let pages = (listing.next == Next::Number).then_some("page_total")?;
        Some(Fault::new(listing.operation).edit(move |page, number| page[pages] = (number + 1).into()))
    }),
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
    NamedFault::new("link-relative", "the link to the next page names no host", |listing| {
        link(listing, |link| {
            let host = link.find("://").map(|place| place + 3).unwrap_or_default();
            let path = link[host..].find('/').map_or(link.len(), |place| host + place);
            link[path..].to_owned()
        })
    }),
];
