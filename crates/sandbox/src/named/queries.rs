//! Queries that the service misreads or ignores.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Listing, NamedFault, NextLink};
use crate::exchange::Query;
use crate::fault::Fault;

const ORDERS: [&str; 5] = ["ordering", "order", "order_by", "sortBy", "sortOrder"];
const FILTERS: [&str; 5] = ["active", "mfa_enabled", "search", "enforcement_status", "filter"];

/// Returns the query with other values, and without the parameters that have none any more. A parameter that
/// does not change is kept exactly as it was sent.
pub(super) fn map(query: &str, value_of: impl Fn(&str, &str) -> Option<String>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let parsed = Query::parse(query);
    if parsed.pairs().all(|(name, value)| value_of(name, value).is_some_and(|read| read == value)) {
        return query.to_owned();
    }
    let pairs = parsed.pairs().filter_map(|(name, value)| {
        let read = value_of(name, value)?;
        Some(format!("{}={}", encode(name), encode(&read)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Returns the query without some parameters.
fn without(query: &str, names: &[&str]) -> String {
    map(query, |name, value| (!names.contains(&name)).then(|| value.to_owned()))
}

/// Returns the opposite of a filter's value.
fn inverted(name: &str, value: &str) -> String {
    if name == "filter" {
        return format!("not ({value})");
    }
    let opposite = match (name, value) {
        ("active" | "mfa_enabled", "true") => "false",
        ("active" | "mfa_enabled", "false") => "true",
        ("enforcement_status", "unrestricted") => "banned",
        ("enforcement_status", _) => "unrestricted",
        _ => value,
    };
    opposite.to_owned()
}

/// Returns the listing, if the service has orders and filters. Upsun has none.
fn if_asked(listing: &Listing) -> Option<&Listing> {
    (listing.next != NextLink::Link).then_some(listing)
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("order-ignored", "the service does not know the requested order", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| without(query, &ORDERS)))
    })
    .of_a_query(),
    NamedFault::new("filter-ignored", "the service does not know the requested filter", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| without(query, &FILTERS)))
    })
    .of_a_query(),
    NamedFault::new(
        "filter-ignored-later",
        "the service does not know the filter from the second page on",
        |it| Some(if_asked(it)?.always().misread_query(|query| without(query, &FILTERS))),
    )
    .of_a_query(),
    NamedFault::new("filter-inverted", "the service applies the opposite of the filter", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| map(query, |name, value| Some(inverted(name, value)))))
    })
    .of_a_query(),
];
