//! Events of the Elastic Common Schema with the field set `user` (public reference, seen 2026-11).

use anyprofile_core::Timestamp;
use serde_json::json;

use super::{loss::LossReport, object::Object, reader::Reader};

/// The version that an event has to name.
const VERSION: &str = "8.11.0";

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport, time: Timestamp) -> Object {
    let id = &reader.profile.id;
    let mut user = Object::default();
    user.set("id", id.native());
    // The directory that the id is unique in.
    user.set("domain", format!("{}:{}", id.service, id.account));
    loss.alter("id", "the collection of the id is not written");
    user.put("name", reader.sign_in_name());
    user.put("full_name", reader.full_name());
    user.put("email", reader.main_address());
    user.put_list("roles", reader.role_names().into_iter().map(Into::into).collect());

    let mut event = Object::default();
    event.set("@timestamp", time.to_string());
    event.set("ecs", json!({ "version": VERSION }));
    // An inventory of users, by the reference's description of `asset`.
    event.set("event", json!({ "kind": "asset", "category": ["iam"], "type": ["user", "info"] }));
    event.put_object("user", user);
    event
}
