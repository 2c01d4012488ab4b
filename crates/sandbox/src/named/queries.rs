//! Queries that the service reads otherwise than they are meant, or not at all.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Listing, NamedFault, Next};
use crate::exchange::Query;
use crate::fault::Fault;

const ORDERS: [&str; 3] = ["ordering", "order", "order_by"];
const FILTERS: [&str; 4] = ["active", "mfa_enabled", "search", "enforcement_status"];

/// The query with other values, or without those parameters that have none any more; to the letter as it is where that
/// changes nothing.
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

/// The query without some parameters.
fn without(query: &str, names: &[&str]) -> String {
    map(query, |name, value| (!names.contains(&name)).then(|| value.to_owned()))
}

/// What a filter's value is taken for: the opposite.
fn inverted(name: &str, value: &str) -> String {
    let opposite = match (name, value) {
        ("active" | "mfa_enabled", "true") => "false",
        ("active" | "mfa_enabled", "false") => "true",
        ("enforcement_status", "unrestricted") => "banned",
        ("enforcement_status", _) => "unrestricted",
        _ => value,
    };
    opposite.to_owned()
}

/// Upsun lists in its own order and without filters.
fn if_asked(listing: &Listing) -> Option<&Listing> {
    (listing.next != Next::Link).then_some(listing)
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("order-ignored", "the order that was asked for is not known", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| without(query, &ORDERS)))
    })
    .of_a_query(),
    NamedFault::new("filter-ignored", "the filter that was asked for is not known", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| without(query, &FILTERS)))
    })
    .of_a_query(),
    NamedFault::new("filter-ignored-later", "the filter is not known from the second page on", |it| {
        Some(if_asked(it)?.always().misread_query(|query| without(query, &FILTERS)))
    })
    .of_a_query(),
    NamedFault::new("filter-inverted", "the filter is taken for its opposite", |it| {
        let fault = Fault::new(if_asked(it)?.operation);
        Some(fault.misread_query(|query| map(query, |name, value| Some(inverted(name, value)))))
    })
    .of_a_query(),
];
