//! Creates, changes and deactivates users. The key may change every user of the account.

use serde_json::{Map, json};

use super::input::{Draft, Reader, Write};
use super::store::{Group, Store};
use super::{Probely, detail, field_errors};
use crate::exchange::{Call, Reply};

/// The minimum length of a new password.
const MIN_PASSWORD: usize = 10;

impl Probely {
    /// Reads the body of a write.
    pub(super) fn reader(&self, call: &Call) -> Result<Reader, Reply> {
        let teams = self.read_store().team_names();
        Reader::new(call, teams)
    }

    fn read_draft(&self, call: &Call, group: Group, write: Write) -> Result<Draft, Reply> {
        let mut reader = self.reader(call)?;
        let draft = reader.draft(group, write);
        reader.finish(draft)
    }

    /// Creates a user. If a deactivated user has this e-mail address, reactivates that user.
    pub(super) fn create_user(&self, call: &Call, group: Group) -> Reply {
        let draft = match self.read_draft(call, group, Write::Create) {
            Ok(draft) => draft,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let now = self.clock.now();
        let known = draft.email.as_deref().and_then(|email| store.index_of_email(email));
        let index = match known {
            Some(index) if store.user(group, index).active => return address_is_taken(),
            Some(index) => {
                let active = draft.active.or(Some(true));
                store.write(group, index, Draft { active, ..draft }, now);
                index
            }
            None => store.create(group, draft, now),
        };
        Reply::json(201, &store.user(group, index).to_json())
    }

    pub(super) fn update_user(&self, call: &Call, id: &str, group: Group, write: Write) -> Reply {
        if self.read_store().index_of(group, id).is_none() {
            return detail(404, "Not found.");
        }
        let draft = match self.read_draft(call, group, write) {
            Ok(draft) => draft,
            Err(refusal) => return refusal,
        };
        let mut store = self.write_store();
        let Some(index) = store.index_of(group, id) else { return detail(404, "Not found.") };
        if draft.email.as_deref().is_some_and(|email| is_taken(&store, email, index)) {
            return address_is_taken();
        }
        store.write(group, index, draft, self.clock.now());
        Reply::json(200, &store.user(group, index).to_json())
    }

    /// Deactivates a user, who stays in the list. Repeating it has no further effect.
    pub(super) fn destroy_user(&self, id: &str, group: Group) -> Reply {
        let mut store = self.write_store();
        let Some(index) = store.index_of(group, id) else { return detail(404, "Not found.") };
        let draft = Draft { active: Some(false), ..Draft::default() };
        store.write(group, index, draft, self.clock.now());
        Reply::empty(204)
    }

    /// Changes all users or none: an unknown id refuses the whole change. Nothing is published about this
    /// case.
    pub(super) fn bulk_update(&self, call: &Call, group: Group) -> Reply {
        let mut reader = match self.reader(call) {
            Ok(reader) => reader,
            Err(refusal) => return refusal,
        };
        let ids = reader.ids();
        let draft = reader.draft(group, Write::Bulk);
        let mut store = self.write_store();
        let found: Vec<Option<u64>> = ids.iter().map(|id| store.index_of(group, id)).collect();
        if let Some(place) = found.iter().position(Option::is_none) {
            reader.refuse("ids", format!("There is no user \"{}\".", ids[place]));
        }
        let draft = match reader.finish(draft) {
            Ok(draft) => draft,
            Err(refusal) => return refusal,
        };
        let now = self.clock.now();
        for index in found.into_iter().flatten() {
            store.write(group, index, draft.clone(), now);
        }
        Reply::json(200, &json!({"ids": ids}))
    }

    /// Changes the password. Any current password is accepted until it was changed. Only a key of the new one
    /// is stored, to recognize it.
    pub(super) fn change_password(&self, call: &Call) -> Reply {
        let mut reader = match self.reader(call) {
            Ok(reader) => reader,
            Err(refusal) => return refusal,
        };
        let current = reader.required_text("current_password");
        let password = reader.required_text("password");
        let confirmed = reader.required_text("confpassword");
        if !password.is_empty() && password.chars().count() < MIN_PASSWORD {
            reader.refuse("password", format!("Ensure this field has at least {MIN_PASSWORD} characters."));
        }
        if let Err(refusal) = reader.finish(()) {
            return refusal;
        }
        // For passwords, the service has another error format.
        let error = |message: &str| Reply::json(400, &json!({"error": message}));
        if password != confirmed {
            return error("The passwords do not match.");
        }
        let mut store = self.write_store();
        if !store.is_password(&current) {
            return error("The current password is wrong.");
        }
        store.set_password(&password);
        Reply::json(200, &json!({"message": "The password is changed."}))
    }
}

fn is_taken(store: &Store, email: &str, index: u64) -> bool {
    store.index_of_email(email).is_some_and(|other| other != index)
}

fn address_is_taken() -> Reply {
    let messages = json!(["A user with this e-mail address already exists."]);
    field_errors(Map::from_iter([("email".to_owned(), messages)]))
}
