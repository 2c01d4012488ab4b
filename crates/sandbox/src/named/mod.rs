//! Faults by name: each of them for the listing of every service that it can befall.

mod connection;
mod found;
mod pages;
mod place;
mod queries;
mod records;
mod responses;

use serde_json::{Value, json};

use crate::fault::Fault;

/// Something that goes wrong with a listing, by its name.
///
/// Most act on the second page: what came before is delivered, and what comes after has to be reached or missed. Those
/// that end in `-once` act on one request, the others on every one from there on.
#[derive(Debug, Clone, Copy)]
pub struct NamedFault {
    /// The name.
    pub name: &'static str,
    /// What goes wrong, in a sentence.
    pub meaning: &'static str,
    /// What has to be asked for so that it shows.
    pub scene: Scene,
    /// Whether it shows only over a connection, since it is for the HTTP library to make something of it.
    pub needs_connection: bool,
    make: fn(&'static Listing) -> Option<Fault>,
}

/// What has to be asked for so that a fault shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scene {
    /// A listing of all profiles.
    Listing,
    /// A listing in an order, or of those that meet a filter.
    Query,
    /// One profile that is read or written.
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

    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let groups = [
            connection::FAULTS,
            responses::FAULTS,
            found::FAULTS,
            place::FAULTS,
            records::FAULTS,
            pages::FAULTS,
            queries::FAULTS,
        ];
        groups.into_iter().flatten()
    }

    /// The fault of a service's listing (`upsun`, `probely`, `anthropic`); `None` where it cannot befall it.
    pub fn of(&self, service: &str) -> Option<Fault> {
        let listing = LISTINGS.iter().find(|listing| listing.service == service)?;
        (self.make)(listing)
    }

    /// Whether a service that has acted may fail so too, for [`Fault::after_effect`]: the connection breaks, the response is late
    /// or says that the service failed. Another status would say that nothing was done.
    pub fn can_follow_effect(&self) -> bool {
        LISTINGS.iter().filter_map(self.make).any(|fault| fault.can_follow_effect())
    }

    /// The same fault of every request to a service, from the first one on: for what is not a listing. A fault of the
    /// token endpoint stays one. What it changes in the pages of a listing it changes in nothing else.
    pub fn everywhere(&self, service: &'static str) -> Option<Fault> {
        self.of(service).map(|fault| fault.everywhere(service))
    }
}

impl Fault {
    /// The names that [`named`](Self::named) knows.
    pub fn names() -> Vec<&'static str> {
        NamedFault::all().map(|fault| fault.name).collect()
    }

    /// The faults behind a name, for the listings of all services that it can befall; see [`NamedFault`].
    pub fn named(name: &str) -> Option<Vec<Fault>> {
        let named = NamedFault::all().find(|fault| fault.name == name)?;
        Some(LISTINGS.iter().filter_map(|listing| (named.make)(listing)).collect())
    }
}

/// A listing, and where its pages say what.
#[derive(Debug)]
struct Listing {
    service: &'static str,
    operation: &'static str,
    /// The key of the records.
    records: &'static str,
    /// The key of how many there are, where it is said.
    total: Option<&'static str>,
    next: Next,
    /// A key of a record whose words are an enumeration, and one that holds a text.
    word: &'static str,
    text: &'static str,
}

/// How a page says where to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// `_links.next.href`
    Link,
    /// `page` of `page_total`
    Number,
    /// `next_page`
    Token,
}

static LISTINGS: [Listing; 3] = [
    Listing {
        service: "upsun",
        operation: "list-profiles",
        records: "profiles",
        total: Some("count"),
        next: Next::Link,
        word: "type",
        text: "display_name",
    },
    Listing {
        service: "probely",
        operation: "users_list",
        records: "results",
        total: Some("count"),
        next: Next::Number,
        word: "title",
        text: "name",
    },
    Listing {
        service: "anthropic",
        operation: "BetaListUserProfiles",
        records: "data",
        total: None,
        next: Next::Token,
        word: "relationship",
        text: "name",
    },
];

impl Listing {
    /// A fault of the second page, at the first try.
    fn once(&self) -> Fault {
        Fault::new(self.operation).on_attempts(2..=2)
    }

    /// A fault of the second page and of all that comes after.
    fn always(&self) -> Fault {
        Fault::new(self.operation).on_attempts(2..)
    }

    /// Where a page says to go on; null where it is the last.
    fn next_of(&self, page: &Value) -> Value {
        match self.next {
            Next::Link => page["_links"]["next"].clone(),
            Next::Number => page["page"].clone(),
            Next::Token => page["next_page"].clone(),
        }
    }

    /// Makes a page say to go on somewhere else.
    fn set_next(&self, page: &mut Value, next: Value) {
        match self.next {
            Next::Link => page["_links"]["next"] = next,
            Next::Number => page["page"] = next,
            Next::Token => page["next_page"] = next,
        }
    }

    /// An error in the service's shape.
    fn error(&self, kind: &str, message: &str) -> String {
        let body = match self.next {
            Next::Number => json!({"detail": message}),
            Next::Link => json!({"error": message}),
            Next::Token => json!({
                "type": "error",
                "error": {"type": kind, "message": message},
                "request_id": "{request_id}",
            }),
        };
        body.to_string()
    }

    /// A fault that answers with an error in the service's shape.
    fn refusing(&self, fault: Fault, status: u16) -> Fault {
        let (kind, message) = match status {
            429 => ("rate_limit_error", "Request was throttled."),
            529 => ("overloaded_error", "Overloaded."),
            _ => ("api_error", "Service temporarily unavailable."),
        };
        fault.respond(status).header("content-type", "application/json").body(self.error(kind, message))
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
