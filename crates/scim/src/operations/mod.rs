//! The operations: the request of each, and how its response is read. SCIM has no names of operations; these are ours.
//!
//! The retry policy repeats no write. A repeated creation may create a second user, since servers differ in what must be
//! unique.

mod discovery;
mod filter;
mod groups;
mod users;

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{HeaderName, HeaderValue, Listed, Operation, Request, Response, header};
use serde_json::{Value, value::RawValue};

pub use self::users::{ListUsers, Page};
pub(crate) use self::{
    discovery::{get_service_provider_config, list_resource_types, list_schemas},
    filter::{Comparison, filter},
    groups::{create_group, delete_group, get_group, list_groups, patch_group, replace_group},
    users::{PATCH_USER, create_user, delete_user, get_me, get_user, list_users, patch_user, replace_user},
};
use crate::wire::ListResponse;

/// The media type of SCIM (RFC 7644 §3.1). Servers must read JSON too, but some do not.
const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");
const ACCEPTED: HeaderValue = HeaderValue::from_static("application/scim+json, application/json;q=0.9");

/// Adds what every request has.
fn scim(request: Request) -> Request {
    request.header(header::ACCEPT, ACCEPTED)
}

/// Names the media type of a body.
fn with_body(request: Request) -> Request {
    scim(request).header(header::CONTENT_TYPE, SCIM_JSON)
}

/// Makes a write conditional: the server refuses it with 412 if the record has another version by now.
fn if_match(request: Request, version: Option<&str>) -> Request {
    match version.and_then(|version| HeaderValue::from_str(version).ok()) {
        Some(version) => request.header(HeaderName::from_static("if-match"), version),
        None => request,
    }
}

/// Creates the operation that creates a record. The hint is for a creation that may have taken effect.
fn creation<T: Tolerant + 'static>(request: Request, hint: &'static str) -> Operation<T> {
    Operation::new(with_body(request), Response::decode_record).with_hint_if_made(hint)
}

/// Creates the operation that changes a record. A server responds with the record, or with 204 and nothing: then it is read.
fn change<T: Tolerant + 'static>(
    request: Request,
    version: Option<&str>,
    read: &Operation<T>,
) -> Operation<T> {
    Operation::new(if_match(with_body(request), version), Response::decode_record).reading_back(read)
}

/// Creates the operation that deletes a record.
fn deletion(request: Request, version: Option<&str>) -> Operation<()> {
    Operation::new(if_match(scim(request), version), Response::acknowledged)
}

/// Reads a page of a list. A record of another kind, such as an error with the status of a success, is no list without records.
pub(crate) fn list_response<T: Tolerant>(response: &Response) -> Result<Listed<ListResponse<T>>> {
    let listed = read_list(response)?;
    let is_silent = listed.list.resources.is_empty() && listed.quarantined.is_empty();
    if is_silent && !listed.list.total_results.is_known() {
        let body: Value = response.decode()?;
        if ["Resources", "resources", "totalResults"].iter().all(|key| body.get(key).is_none()) {
            return Err(response.error(ErrorKind::Decode, "the response is not a list"));
        }
    }
    Ok(listed)
}

fn read_list<T: Tolerant>(response: &Response) -> Result<Listed<ListResponse<T>>> {
    response.decode_envelope::<ListResponse<T>, ListResponse<Box<RawValue>>>(|loose| {
        let ListResponse { total_results, items_per_page, start_index, next_cursor, resources } = loose;
        wire::decode_records(resources, |resources| ListResponse {
            total_results,
            items_per_page,
            start_index,
            next_cursor,
            resources,
        })
    })
}
