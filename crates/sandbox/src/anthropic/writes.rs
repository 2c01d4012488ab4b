//! Creates and changes profiles, and the links that their people enroll with.

use serde_json::json;

use super::handlers::no_such_profile;
use super::headers::Generation;
use super::input::{Reader, object};
use super::records::{ShownIn, written};
use super::{Anthropic, error, success};
use crate::clock::SECOND;
use crate::exchange::{Call, Reply};

/// The validity of a link, as in the published example.
const LINK_LIFETIME: i64 = 15 * 60 * SECOND;

impl Anthropic {
    /// Creates a profile with every request: no field must be unique, and requests have no idempotency key.
    pub(super) fn create_user_profile(&self, call: &Call) -> Reply {
        let generation = Generation::of(call);
        let body = match object(call) {
            Ok(body) => body,
            Err((status, message)) => return error(call, status, message),
        };
        let now = self.clock.now();
        match Reader::of_create(generation, now).read(&body) {
            Ok(change) => {
                let mut store = self.write_store();
                let index = store.create(change, now);
                success(&store.profile(index).to_json(generation, ShownIn::Elsewhere))
            }
            Err(message) => error(call, 400, &message),
        }
    }

    pub(super) fn update_user_profile(&self, call: &Call, id: &str) -> Reply {
        let generation = Generation::of(call);
        // The lock is held from here on, so that concurrent updates see the metadata of each other.
        let mut store = self.write_store();
        let Some(index) = store.index_of(id) else { return no_such_profile(call) };
        let body = match object(call) {
            Ok(body) => body,
            Err((status, message)) => return error(call, status, message),
        };
        let (now, before) = (self.clock.now(), store.profile(index).metadata);
        match Reader::of_update(generation, now, &before).read(&body) {
            Ok(change) => {
                store.update(index, change, now);
                success(&store.profile(index).to_json(generation, ShownIn::Elsewhere))
            }
            Err(message) => error(call, 400, &message),
        }
    }

    /// Deletes a profile, also with a dated beta. A workspace that is bound to it is free then.
    pub(super) fn delete_user_profile(&self, call: &Call, id: &str) -> Reply {
        let mut store = self.write_store();
        let Some(index) = store.index_of(id) else { return no_such_profile(call) };
        store.delete(index);
        success(&json!({"id": id, "type": "user_profile_deleted"}))
    }

    /// Creates a link. A body is ignored.
    pub(super) fn create_enrollment_url(&self, call: &Call, id: &str) -> Reply {
        self.link(call, id, "enrollment_url", "enrollment")
    }

    /// Creates an action link.
    pub(super) fn create_action_url(&self, call: &Call, id: &str) -> Reply {
        match object(call) {
            Err((status, message)) => error(call, status, message),
            Ok(body) if body.get("action").is_some_and(|action| action["type"] == "enroll_end_user") => {
                self.link(call, id, "user_profile_action_url", "action")
            }
            Ok(_) => error(call, 400, "action.type: must be `enroll_end_user`"),
        }
    }

    fn link(&self, call: &Call, id: &str, kind: &str, path: &str) -> Reply {
        let mut store = self.write_store();
        let Some(index) = store.index_of(id) else { return no_such_profile(call) };
        let link = store.next_link(index);
        success(&json!({
            "type": kind,
            "url": format!("https://platform.example.com/user-profiles/{path}/{link}"),
            "expires_at": written(self.clock.now().saturating_add(LINK_LIFETIME)),
        }))
    }
}
