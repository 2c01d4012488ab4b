//! Responses of something other than the service: an intermediary, or a server at another URL.

use super::responses::token_endpoint;
use super::{Listing, NamedFault};
use crate::fault::Fault;

const NO_ROUTE: &str = r#"{"message":"no Route matched with those values"}"#;

fn elsewhere(listing: &Listing, status: u16, content_type: &str, body: &str) -> Fault {
    listing.always().respond(status).header("content-type", content_type).body(body)
}

pub(super) const FAULTS: &[NamedFault] = &[
    NamedFault::new("gateway-404-json", "a gateway does not know the route, and responds in JSON", |it| {
        Some(elsewhere(it, 404, "application/json; charset=utf-8", NO_ROUTE))
    }),
    NamedFault::new("gateway-404-text", "a gateway does not know the route, and responds with text", |it| {
        Some(elsewhere(it, 404, "text/plain; charset=utf-8", "default backend - 404"))
    }),
    NamedFault::new("gateway-404-empty", "404 with an empty body", |it| Some(it.always().respond(404))),
    NamedFault::new("gateway-401", "a gateway requires its own credential", |it| {
        Some(elsewhere(it, 401, "application/json", r#"{"message":"No API key found in request"}"#))
    }),
    NamedFault::new("gateway-403", "a gateway forbids the request, in its own format", |it| {
        Some(elsewhere(it, 403, "application/json", r#"{"message":"Missing Authentication Token"}"#))
    }),
    NamedFault::new("error-with-200", "an error in the service's format, with the status 200", |it| {
        let words = it.error(503, "api_error", "Service temporarily unavailable.");
        Some(elsewhere(it, 200, it.media_type(), &words))
    }),
    NamedFault::new("token-404", "the token endpoint does not exist", |it| {
        token_endpoint(it).map(|fault| fault.respond(404).body("default backend - 404"))
    }),
    NamedFault::new(
        "another-profile",
        "the service reads and writes another profile than the requested one",
        |it| Some(Fault::new("*").at_service(it.service).for_another_profile()),
    )
    .of_a_profile(),
];
