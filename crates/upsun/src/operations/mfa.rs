//! The second factor of the members of an organization.

use anyprofile_http::{Operation, Request, Response};
use serde_json::json;

use super::{access::of_organization, page::by_id};
use crate::wire::{MfaEnforcement, MfaReminders};

const CHANGED_BY_ID: &str = "the organization must be named by its id to change its second factor";

pub(crate) fn get_organization_mfa_enforcement(organization: &str) -> Operation<MfaEnforcement> {
    let request = of_organization(Request::get("get-org-mfa-enforcement"), organization);
    Operation::new(request.path("/mfa-enforcement"), Response::decode_record)
}

pub(crate) fn enable_organization_mfa_enforcement(organization_id: &str) -> Operation<()> {
    let request = changed(Request::post("enable-org-mfa-enforcement"), organization_id);
    Operation::new(request.path("/mfa-enforcement/enable"), Response::acknowledged)
}

pub(crate) fn disable_organization_mfa_enforcement(organization_id: &str) -> Operation<()> {
    let request = changed(Request::post("disable-org-mfa-enforcement"), organization_id);
    Operation::new(request.path("/mfa-enforcement/disable"), Response::acknowledged)
}

pub(crate) fn send_organization_mfa_reminders(
    organization_id: &str,
    user_ids: &[&str],
) -> Operation<MfaReminders> {
    let request = changed(Request::post("send-org-mfa-reminders"), organization_id)
        .path("/mfa/remind")
        .json(&json!({ "user_ids": user_ids }))
        .refused_if(user_ids.iter().any(|id| id.is_empty()), "the id of each user is required", None)
        .refused_if(user_ids.is_empty(), "at least one user is required", None);
    Operation::new(request, Response::decode)
        .with_hint_if_made("it is not known whether and to whom the reminders were sent")
}

fn changed(request: Request, organization_id: &str) -> Request {
    by_id(of_organization(request, organization_id), organization_id, CHANGED_BY_ID)
}
