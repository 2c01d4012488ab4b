//! The connections of users to login providers: generated, without the deleted ones.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Upsun;
use super::errors::error;
use super::records::Times;
use super::user_writes::not_allowed;
use crate::exchange::Reply;
use crate::people::person;
use crate::server::lock;

/// The deleted connections: the index of the user, and the provider.
#[derive(Debug, Default)]
pub(super) struct DeletedConnections(BTreeSet<(u64, String)>);

impl Upsun {
    pub(super) fn list_connections(&self, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(index) => Reply::json(200, &Value::Array(self.connections(index))),
            None => not_readable(),
        }
    }

    pub(super) fn get_connection(&self, user_id: &str, provider: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_readable() };
        let found = self.connections(index).into_iter().find(|known| known["provider"] == provider);
        found.map_or_else(|| Reply::empty(404), |connection| Reply::json(200, &connection))
    }

    pub(super) fn delete_connection(&self, user_id: &str, provider: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return not_allowed() };
        let found = self.connections(index).into_iter().find(|known| known["provider"] == provider);
        match found {
            None => Reply::empty(404),
            // That a mandatory connection stays is inferred from the word.
            Some(found) if found["is_mandatory"] == true => error(403, "The connection is mandatory."),
            // Nothing was deleted if another request was faster.
            Some(_) => {
                let is_deleted = lock(&self.deleted_connections).0.insert((index, provider.to_owned()));
                Reply::empty(if is_deleted { 204 } else { 404 })
            }
        }
    }

    fn connections(&self, index: u64) -> Vec<Value> {
        let person = person(self.records.seed, index);
        let times = Times::of(self.records.seed, index);
        let count = usize::try_from(index % 4).unwrap_or(0);
        let all = [
            json!({
                "provider": "google",
                "provider_type": "google",
                "is_mandatory": false,
                "subject": format!("1621840835{index:09}"),
                "email_address": person.email,
                "created_at": times.created(),
                "updated_at": times.updated(),
            }),
            // An unset address, and no value that says whether it is mandatory.
            json!({
                "provider": "github",
                "provider_type": "github",
                "subject": index.to_string(),
                "email_address": "",
                "created_at": times.created(),
                "updated_at": null,
            }),
            json!({
                "provider": "acme-inc-oidc",
                "provider_type": "okta",
                "is_mandatory": true,
                "subject": person.username,
                "created_at": times.created(),
                "updated_at": times.updated(),
            }),
        ];
        let deleted = lock(&self.deleted_connections);
        let is_left = |connection: &Value| {
            let provider = connection["provider"].as_str().unwrap_or_default();
            !deleted.0.contains(&(index, provider.to_owned()))
        };
        // The first person has every type.
        all.into_iter().take(if index == 0 { 3 } else { count }).filter(is_left).collect()
    }
}

fn not_readable() -> Reply {
    error(403, "The user's connections may not be read.")
}
