//! What the service can do and has (RFC 7643 §5 to §7, RFC 9865 §4).

use serde_json::{Value, json};

use super::errors::{Refusal, Result};
use super::listing::envelope;
use super::parameters::MAX_RESULTS;
use super::schema::{Attribute, Data, ENTERPRISE_SCHEMA, Kind};

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

const KINDS: [Kind; 2] = [Kind::User, Kind::Group];

fn meta(base_url: &str, kind: &str, path: &str) -> Value {
    json!({"resourceType": kind, "location": format!("{base_url}{path}")})
}

pub(super) fn provider_config(base_url: &str, has_cursors: bool) -> Value {
    let mut pagination = json!({
        "cursor": has_cursors, "index": true, "defaultPageSize": MAX_RESULTS, "maxPageSize": MAX_RESULTS,
        "defaultPaginationMethod": if has_cursors { "cursor" } else { "index" },
    });
    if has_cursors {
        pagination["cursorTimeout"] = 3600.into();
    }
    json!({
        "schemas": [CONFIG],
        "documentationUri": "https://docs.example.com/scim",
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": MAX_RESULTS},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": pagination,
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
            "description": "A token in the header `Authorization`.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
        }],
        "meta": meta(base_url, "ServiceProviderConfig", "/ServiceProviderConfig"),
    })
}

fn all_schemas(base_url: &str) -> Vec<Value> {
    let of = |id: &str, name: &str, description: &str, attributes: &[Attribute]| {
        json!({
            "schemas": [SCHEMA], "id": id, "name": name, "description": description,
            "attributes": attributes.iter().map(attribute).collect::<Vec<_>>(),
            "meta": meta(base_url, "Schema", &format!("/Schemas/{id}")),
        })
    };
    let mut all = Vec::new();
    for kind in KINDS {
        all.push(of(kind.schema(), kind.name(), &format!("{} account", kind.name()), kind.attributes()));
        let extensions = kind.extensions().iter();
        all.extend(extensions.map(|it| of(it.name, "EnterpriseUser", "Person as an employee", it.parts)));
    }
    all
}

fn attribute(it: &Attribute) -> Value {
    let mut shown = json!({
        "name": it.name,
        "type": it.data.name(),
        "multiValued": it.is_multi,
        "description": "",
        "required": it.is_required,
        "mutability": if it.is_read_only { "readOnly" } else { "readWrite" },
        "returned": if it.is_always_returned { "always" } else { "default" },
        "uniqueness": if it.is_unique { "server" } else { "none" },
    });
    match it.data {
        Data::Complex => shown["subAttributes"] = it.parts.iter().map(attribute).collect(),
        Data::Reference => shown["referenceTypes"] = json!(["external"]),
        Data::Text | Data::Flag | Data::Time => {}
    }
    if it.data != Data::Complex && it.data != Data::Flag {
        shown["caseExact"] = it.is_case_exact.into();
    }
    shown
}

pub(super) fn schemas(base_url: &str) -> Value {
    list(&all_schemas(base_url))
}

pub(super) fn schema(base_url: &str, id: &str) -> Result<Value> {
    find(all_schemas(base_url), id)
}

fn all_types(base_url: &str) -> Vec<Value> {
    let of = |kind: Kind| {
        let mut shown = json!({
            "schemas": [RESOURCE_TYPE], "id": kind.name(), "name": kind.name(), "endpoint": kind.endpoint(),
            "description": format!("{} account", kind.name()), "schema": kind.schema(),
            "meta": meta(base_url, "ResourceType", &format!("/ResourceTypes/{}", kind.name())),
        });
        if kind == Kind::User {
            shown["schemaExtensions"] = json!([{"schema": ENTERPRISE_SCHEMA, "required": false}]);
        }
        shown
    };
    KINDS.map(of).to_vec()
}

pub(super) fn resource_types(base_url: &str) -> Value {
    list(&all_types(base_url))
}

pub(super) fn resource_type(base_url: &str, id: &str) -> Result<Value> {
    find(all_types(base_url), id)
}

fn find(all: Vec<Value>, id: &str) -> Result<Value> {
    all.into_iter().find(|one| one["id"] == id).ok_or_else(Refusal::not_found)
}

/// Returns a list that has one page.
fn list(all: &[Value]) -> Value {
    let mut list = envelope(u64::try_from(all.len()).unwrap_or(u64::MAX), all);
    list["startIndex"] = 1.into();
    list
}
