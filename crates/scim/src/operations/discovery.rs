//! What a server can do and has (RFC 7644 §4).

use anyprofile_core::wire::Tolerant;
use anyprofile_http::{Listed, Operation, Request, Response};

use super::{list_response, scim};
use crate::wire::{ListResponse, ResourceType, Schema, ServiceProviderConfig};

pub(crate) fn get_service_provider_config() -> Operation<ServiceProviderConfig> {
    let request = scim(Request::get("GetServiceProviderConfig").path("/ServiceProviderConfig"));
    Operation::new(request, Response::decode_record)
}

pub(crate) fn list_schemas() -> Operation<Listed<ListResponse<Schema>>> {
    listed("ListSchemas", "/Schemas")
}

pub(crate) fn list_resource_types() -> Operation<Listed<ListResponse<ResourceType>>> {
    listed("ListResourceTypes", "/ResourceTypes")
}

/// Reads a list that a server sends whole, without pages.
fn listed<T: Tolerant + 'static>(
    name: &'static str,
    path: &'static str,
) -> Operation<Listed<ListResponse<T>>> {
    Operation::new(scim(Request::get(name).path(path)), list_response)
}
