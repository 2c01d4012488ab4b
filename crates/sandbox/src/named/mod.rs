//! Named faults, for the listing of every service that can have them.

mod connection;
mod found;
mod pages;
mod place;
mod queries;
mod records;
mod responses;
mod scim;

use serde_json::{Value, json};

use crate::fault::Fault;
use crate::scim::MEDIA_TYPE as SCIM_JSON;

/// A fault of a listing, by name.
///
/// Most faults affect the second page: the first page is delivered, and the pages after it must be reached or
/// reported as missing. Faults whose name ends in `-once` affect one request; the others affect every request
/// from there on.
#[derive(Debug, Clone, Copy)]
pub struct NamedFault {
    /// The name.
    pub name: &'static str,
    /// A sentence that describes the fault.
    pub meaning: &'static str,
    /// The request that the fault needs.
    pub scene: Scene,
    /// Whether the fault needs a real connection, because the HTTP library handles it.
    pub needs_connection: bool,
    make: fn(&'static Listing) -> Option<Fault>,
}

/// The request that a fault needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scene {
    /// A listing of all profiles.
    Listing,
    /// A listing with an order or a filter.
    Query,
    /// One profile, read or written.
    Profile,
}

impl NamedFault {
    const fn new(
        name: &'static str,
        meaning: &'static str,
        make: fn(&'static Listing) -> Option<Fault>,
    ) -> Self {
        Self { name, meaning, scene: Scene::Listing, needs_connection: false, make }
    }

    const fn of_a_query(self) -> Self {
        Self { scene: Scene::Query, ..self }
    }

    const fn of_a_profile(self) -> Self {
        Self { scene: Scene::Profile, ..self }
    }

    const fn over_a_connection(self) -> Self {
        Self { needs_connection: true, ..self }
    }

    /// Returns all named faults.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let groups = [
            connection::FAULTS,
            responses::FAULTS,
            found::FAULTS,
            place::FAULTS,
            records::FAULTS,
            pages::FAULTS,
            queries::FAULTS,
            scim::FAULTS,
        ];
        groups.into_iter().flatten()
    }

    /// Returns the fault of a service's listing (`upsun`, `probely`, `anthropic`, `scim`); `None` if the service
    /// cannot have it.
    pub fn of(&self, service: &str) -> Option<Fault> {
        let listing = LISTINGS.iter().find(|listing| listing.service == service)?;
        (self.make)(listing)
    }

    /// Returns whether a service that has acted may fail like this, for [`Fault::after_effect`]: the
    /// connection breaks, or the response is late or says that the service failed. Any other status would say
    /// that nothing was done.
    pub fn can_follow_effect(&self) -> bool {
        LISTINGS.iter().filter_map(self.make).any(|fault| fault.can_follow_effect())
    }

    /// Returns the fault for every request to a service, from the first one on, for operations other than
    /// listings. A fault of the token endpoint stays one. A change of a listing's pages has no effect on
    /// other operations.
    pub fn everywhere(&self, service: &'static str) -> Option<Fault> {
        self.of(service).map(|fault| fault.everywhere(service))
    }
}

impl Fault {
    /// Returns the names that [`named`](Self::named) accepts.
    pub fn names() -> Vec<&'static str> {
        NamedFault::all().map(|fault| fault.name).collect()
    }

    /// Returns the faults with a name, for the listings of all services that can have it; see [`NamedFault`].
    pub fn named(name: &str) -> Option<Vec<Fault>> {
        let named = NamedFault::all().find(|fault| fault.name == name)?;
        Some(LISTINGS.iter().filter_map(|listing| (named.make)(listing)).collect())
    }
}

/// A listing, and the format of its pages.
#[derive(Debug)]
struct Listing {
    service: &'static str,
    operation: &'static str,
    /// The key of the records.
    records: &'static str,
    /// The key of the total, if the service reports one.
    total: Option<&'static str>,
    next: NextLink,
    /// A key of a record whose value is an enumeration, and one whose value is a text.
    word: &'static str,
    text: &'static str,
}

/// How a page refers to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextLink {
    /// `_links.next.href`
    Link,
    /// `page` and `page_total`
    Number,
    /// `startIndex`, `itemsPerPage` and `totalResults`
    Index,
    /// `next_page`
    Token,
}

static LISTINGS: [Listing; 4] = [
    Listing {
        service: "upsun",
        operation: "list-profiles",
        records: "profiles",
        total: Some("count"),
        next: NextLink::Link,
        word: "type",
        text: "display_name",
    },
    Listing {
        service: "probely",
        operation: "users_list",
        records: "results",
        total: Some("count"),
        next: NextLink::Number,
        word: "title",
        text: "name",
    },
    Listing {
        service: "anthropic",
        operation: "BetaListUserProfiles",
        records: "data",
        total: None,
        next: NextLink::Token,
        word: "relationship",
        text: "name",
    },
    Listing {
        service: "scim",
        operation: "ListUsers",
        records: "Resources",
        total: Some("totalResults"),
        next: NextLink::Index,
        word: "userType",
        text: "displayName",
    },
];

impl Listing {
    /// Returns a fault of the second page, at the first attempt.
    fn once(&self) -> Fault {
        Fault::new(self.operation).on_attempts(2..=2)
    }

    /// Returns a fault of the second page and of all later requests.
    fn always(&self) -> Fault {
        Fault::new(self.operation).on_attempts(2..)
    }

    /// Returns whether a page is asked for by a number, so that no page refers to the next one.
    fn is_numbered(&self) -> bool {
        matches!(self.next, NextLink::Number | NextLink::Index)
    }

    /// Returns the reference of a page to the next one; null on the last page.
    fn next_of(&self, page: &Value) -> Value {
        match self.next {
            NextLink::Link => page["_links"]["next"].clone(),
            NextLink::Number => page["page"].clone(),
            NextLink::Index => page["startIndex"].clone(),
            NextLink::Token => page["next_page"].clone(),
        }
    }

    /// Sets the reference of a page to the next one.
    fn set_next(&self, page: &mut Value, next: Value) {
        match self.next {
            NextLink::Link => page["_links"]["next"] = next,
            NextLink::Number => page["page"] = next,
            NextLink::Index => page["startIndex"] = next,
            NextLink::Token => page["next_page"] = next,
        }
    }

    /// Returns the media type of the service's bodies.
    fn media_type(&self) -> &'static str {
        if self.next == NextLink::Index { SCIM_JSON } else { "application/json" }
    }

    /// Returns an error in the service's format.
    fn error(&self, status: u16, kind: &str, message: &str) -> String {
        let body = match self.next {
            NextLink::Number => json!({"detail": message}),
            NextLink::Link => json!({"error": message}),
            NextLink::Index => json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": status.to_string(),
                "detail": message,
            }),
            NextLink::Token => json!({
                "type": "error",
                "error": {"type": kind, "message": message},
                "request_id": "{request_id}",
            }),
        };
        body.to_string()
    }

    /// Returns a fault that responds with an error in the service's format.
    fn refusing(&self, fault: Fault, status: u16) -> Fault {
        let (kind, message) = match status {
            429 => ("rate_limit_error", "Request was throttled."),
            529 => ("overloaded_error", "Overloaded."),
            _ => ("api_error", "Service temporarily unavailable."),
        };
        self.failing(fault, status, kind, message)
    }

    fn failing(&self, fault: Fault, status: u16, kind: &str, message: &str) -> Fault {
        let body = self.error(status, kind, message);
        fault.respond(status).header("content-type", self.media_type()).body(body)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_there_once_and_stands_for_something() {
        let names = Fault::names();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert!(!Fault::named(name).expect("a known name").is_empty(), "{name}");
        }
        assert!(Fault::named("nonesuch").is_none());
    }
}
