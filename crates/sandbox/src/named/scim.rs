//! What servers that speak SCIM do that the RFCs do not say.

use serde_json::{Value, json};

use super::queries::map;
use super::{Listing, NamedFault, NextLink};
use crate::exchange::Query;
use crate::fault::Fault;
use crate::schedule::Words;

/// Returns a fault of a list by index, on all pages.
fn of_list(listing: &Listing) -> Option<Fault> {
    (listing.next == NextLink::Index).then(|| Fault::new(listing.operation))
}

/// Returns a fault of another operation of the service.
fn of(listing: &Listing, operation: &'static str) -> Option<Fault> {
    (listing.next == NextLink::Index).then(|| Fault::new(operation).of_one_operation())
}

/// Returns a refusal in the service's format.
fn refusal(listing: &Listing, fault: Fault, status: u16, kind: Option<&str>) -> Fault {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": "The request cannot be carried out.",
    });
    if let Some(kind) = kind {
        body["scimType"] = kind.into();
    }
    fault.respond(status).header("content-type", listing.media_type()).body(body.to_string())
}

/// Halves the page size that is asked for.
fn half(query: &str) -> String {
    map(query, |name, value| match (name, value.parse::<u64>()) {
        ("count", Ok(count)) => Some(count.div_ceil(2).to_string()),
        _ => Some(value.to_owned()),
    })
}

/// Returns whether a change is of anything but `active`.
fn changes_more_than_active(words: &Words<'_>) -> bool {
    let body: Value = serde_json::from_slice(words.body).unwrap_or_default();
    let operations = body["Operations"].as_array().map(Vec::as_slice).unwrap_or_default();
    !operations.iter().all(|operation| match operation["path"].as_str() {
        Some(path) => path.eq_ignore_ascii_case("active"),
        None => operation["value"].as_object().is_some_and(|parts| parts.keys().eq(["active"])),
    })
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new(
        "page-shorter-than-asked",
        "every page has half as many records as were asked for, and says so",
        |it| of_list(it).map(|fault| fault.misread_query(half)),
    ),
    NamedFault::new(
        "page-size-echoed",
        "every page has half as many records as were asked for, and repeats the page size that was asked for",
        |it| {
            let fault = of_list(it)?.misread_query(half);
            Some(fault.edit_by_query(|page, _, query| {
                let asked = Query::parse(query).get("count").and_then(|count| count.parse::<u64>().ok());
                if let Some(asked) = asked {
                    page["itemsPerPage"] = asked.into();
                }
            }))
        },
    ),
    NamedFault::new("start-index-ignored", "every page is the first one", |it| {
        let ignored = |name: &str, value: &str| (name != "startIndex").then(|| value.to_owned());
        of_list(it).map(|fault| fault.misread_query(move |query| map(query, ignored)))
    }),
    NamedFault::new("total-of-the-page", "the reported total is the number of records of the page", |it| {
        of_list(it).map(|fault| {
            fault.edit(|page, _| {
                page["totalResults"] = page[it.records].as_array().map_or(0, Vec::len).into();
            })
        })
    }),
    NamedFault::new(
        "person-inserted",
        "a profile that is listed first was created after the first page was read, so that all others move",
        |it| (it.next == NextLink::Index).then(|| it.once().insert_person()),
    ),
    NamedFault::new("flags-as-text", "every `active` is text, and no filter by it finds anybody", |it| {
        let nobody = |name: &str, value: &str| {
            let is_by_flag = name == "filter" && value.contains("active eq");
            Some(if is_by_flag { "id eq \"\"".to_owned() } else { value.to_owned() })
        };
        let fault = of_list(it)?.misread_query(move |query| map(query, nobody));
        Some(fault.edit(|page, _| {
            for user in page[it.records].as_array_mut().into_iter().flatten() {
                if let Some(is_active) = user["active"].as_bool() {
                    user["active"] = if is_active { "True" } else { "False" }.into();
                }
            }
        }))
    })
    .of_a_query(),
    NamedFault::new("cursor-unsupported", "the service declares cursors, and refuses them with 501", |it| {
        of(it, "GetServiceProviderConfig")
            .map(|fault| fault.edit(|config, _| config["pagination"]["cursor"] = true.into()))
    }),
    NamedFault::new(
        "patch-without-effect",
        "a change is confirmed with the old record, and not made",
        |it| of(it, "PatchUser").map(Fault::without_effect),
    )
    .of_a_profile(),
    NamedFault::new("patch-no-content", "a change is made, and confirmed with 204 and no record", |it| {
        of(it, "PatchUser").map(Fault::without_content)
    })
    .of_a_profile(),
    NamedFault::new("patch-active-only", "every change but that of `active` is refused with 400", |it| {
        let fault = of(it, "PatchUser")?.of_requests(changes_more_than_active);
        Some(refusal(it, fault, 400, Some("mutability")))
    })
    .of_a_profile(),
    NamedFault::new("patch-unsupported", "a change of single attributes is refused with 501", |it| {
        of(it, "PatchUser").map(|fault| refusal(it, fault, 501, None))
    })
    .of_a_profile(),
    NamedFault::new(
        "if-match-stale",
        "the record has another version than the one that a write names",
        |it| {
            (it.next == NextLink::Index).then(|| {
                let fault =
                    Fault::new("*").at_service(it.service).of_requests(|words| words.if_match.is_some());
                refusal(it, fault, 412, None)
            })
        },
    )
    .of_a_profile(),
];
