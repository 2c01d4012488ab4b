//! The organizations that another record refers to.
//!
//! The format is that of the official clients: the model `OrganizationReference` of upsun-sdk-php, and the test
//! server of upsun/cli, which adds the type.

use serde_json::{Value, json};

use super::Upsun;
use super::errors::error;
use super::organizations::by_ulid;
use crate::exchange::{Query, Reply};

const FIELDS: [&str; 8] = ["id", "type", "owner_id", "name", "label", "vendor", "created_at", "updated_at"];

impl Upsun {
    /// Adds the signed link to the organizations of a user without the deleted ones. In `/me`, the official
    /// JavaScript client reads it.
    pub(super) fn refer_to_organizations(&self, links: &mut Value, index: u64) {
        let organizations = self.organizations_of(index);
        let existing = organizations.iter().filter(|organization| organization.status != "deleted");
        let ids: Vec<&str> = existing.map(|organization| organization.ulid).collect();
        if !ids.is_empty() {
            let list = ids.join(",");
            let signature = self.signature(&list);
            let href = format!("/ref/organizations?in={list}&sig={signature}");
            links["ref:organizations:0"] = json!({"href": href});
        }
    }

    /// Returns the organizations of a signed link.
    pub(super) fn list_referenced_organizations(&self, query: &Query) -> Reply {
        let (Some(list), Some(signature)) = (query.get("in"), query.get("sig")) else {
            return error(400, "The parameters \"in\" and \"sig\" are required.");
        };
        if signature != self.signature(list) {
            return error(400, "The signature is invalid.");
        }
        let found = list.split(',').filter_map(|id| {
            let organization = self.organization(by_ulid(id)?);
            Some((id.to_owned(), reference(&organization)))
        });
        Reply::json(200, &Value::Object(found.collect()))
    }
}

fn reference(organization: &Value) -> Value {
    let fields =
        FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), organization.get(*name)?.clone())));
    Value::Object(fields.collect())
}
