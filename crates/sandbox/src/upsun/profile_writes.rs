//! Changes of a profile and its picture. The token may change every user: no restriction is documented.

use serde_json::json;

use super::Upsun;
use super::errors::{hal_problem, invalid_input};
use super::handlers::no_such_profile;
use super::rules::{one_error, read_body};
use super::writable::PROFILE;
use crate::exchange::{Call, Reply};
use crate::multipart::{boundary, parts};
use crate::server::lock;

/// The file extensions of pictures.
const ENDINGS: [(&str, &str); 4] =
    [("image/jpeg", "jpg"), ("image/gif", "gif"), ("image/webp", "webp"), ("image/svg+xml", "svg")];

impl Upsun {
    pub(super) fn update_profile(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return no_such_profile() };
        let change = match read_body(call, &PROFILE) {
            Ok(change) => change,
            Err(refusal) => return refusal.of_profile(),
        };
        let mut users = lock(&self.users);
        match users.write_profile(index, change, &self.now()) {
            Ok(()) => Self::hal(&users.profile(index)),
            Err(errors) => invalid_input(&errors),
        }
    }

    /// Stores a picture. The content of the file is not checked.
    pub(super) fn create_picture(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return no_such_profile() };
        let Some(boundary) = call.header("content-type").and_then(boundary) else {
            return hal_problem(415, "Unsupported Media Type", "The body must be multipart/form-data.");
        };
        let parts = parts(&call.body, &boundary).unwrap_or_default();
        let Some(file) = parts.iter().find(|part| part.name == "file" && !part.content.is_empty()) else {
            return invalid_input(&one_error("file", "This file is required."));
        };
        let known = ENDINGS.iter().find(|(kind, _)| file.content_type.as_deref() == Some(*kind));
        let ending = known.map_or("png", |(_, ending)| ending);
        let url = lock(&self.users).put_picture(index, ending, &self.now());
        Self::hal(&json!({"url": url}))
    }

    pub(super) fn delete_picture(&self, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return no_such_profile() };
        lock(&self.users).remove_picture(index, &self.now());
        Reply::empty(204)
    }
}
