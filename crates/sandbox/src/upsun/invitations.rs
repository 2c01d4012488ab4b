//! Invitations by e-mail: some from the start, and those that were created.

use serde_json::{Map, Value, json};

use super::cursor::{Dialect, Kind};
use super::organizations;
use super::projects;
use super::records::{Records, Times};
use crate::exchange::Query;
use crate::ids::IdSpace;

const INVITATIONS: Dialect =
    Dialect { filters: &[("state", Kind::Text)], sort: &[("updated_at", Kind::Time)] };
/// The states that a list can show.
const LISTED: [&str; 3] = ["pending", "processing", "error"];
const PENDING: &str = "pending";

/// The organization or project of an invitation, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvitationTarget {
    Organization(u64),
    Project(u64),
}

/// All invitations, oldest first.
#[derive(Debug)]
pub(super) struct Invitations {
    ids: IdSpace,
    count: u64,
    all: Vec<(InvitationTarget, Map<String, Value>)>,
}

/// The address has a pending invitation.
#[derive(Debug)]
pub(super) struct IsPending;

impl Invitations {
    pub(super) fn new(records: Records) -> Self {
        let mut this =
            Self { ids: IdSpace::new(records.seed, "upsun invitation"), count: 0, all: Vec::new() };
        let inviter = json!({"id": records.user_id(0), "display_name": ""});
        for organization in organizations::all() {
            // Both words for one permission occur.
            let word = if organization.number % 2 == 0 { "project:create" } else { "projects:create" };
            for (guest, state, permissions) in [
                ("first", PENDING, json!([word, "projects:list"])),
                ("second", PENDING, json!([])),
                ("third", "error", json!(["members"])),
            ] {
                let times = Times::of(records.seed, 3_000 + this.count);
                let finished = if state == PENDING { Value::Null } else { times.updated().into() };
                let record = json!({
                    "state": state,
                    "organization_id": organization.ulid,
                    "email": format!("{guest}.guest@{}.example.com", organization.name),
                    "owner": inviter,
                    "created_at": times.created(),
                    "updated_at": times.updated(),
                    "finished_at": finished,
                    "permissions": permissions,
                });
                this.insert(InvitationTarget::Organization(organization.number), record);
            }
            let project = organization.number * projects::OF_ORGANIZATION;
            let times = Times::of(records.seed, 4_000 + this.count);
            let record = json!({
                "state": PENDING,
                "project_id": projects::id(project),
                "role": "viewer",
                "email": format!("guest@{}.example.com", organization.name),
                "owner": inviter,
                "created_at": times.created(),
                "updated_at": times.updated(),
                "environments": [{"id": "main", "type": "production", "role": "viewer", "title": "Main"}],
            });
            this.insert(InvitationTarget::Project(project), record);
        }
        this
    }

    fn insert(&mut self, place: InvitationTarget, record: Value) -> Value {
        let Value::Object(mut record) = record else { return Value::Null };
        record.insert("id".to_owned(), self.ids.uuid(self.count).into());
        self.count += 1;
        self.all.push((place, record.clone()));
        Value::Object(record)
    }

    /// Returns the invitations that the query asks for: pending ones unless it names a state.
    pub(super) fn list(&self, place: InvitationTarget, query: &Query) -> Result<Vec<Value>, String> {
        let names_state = query.pairs().any(|(name, _)| name.starts_with("filter[state]"));
        let is_listed = |record: &&Map<String, Value>| {
            LISTED.iter().any(|state| record["state"] == *state) && (names_state || is_pending(record))
        };
        let records = self.all.iter().filter(|(other, _)| *other == place).map(|(_, record)| record);
        INVITATIONS.select(records.filter(is_listed).cloned().map(Value::Object).collect(), query)
    }

    pub(super) fn pending(&self, place: InvitationTarget) -> usize {
        self.all.iter().filter(|(other, record)| *other == place && is_pending(record)).count()
    }

    /// Adds an invitation. A pending one for the same address is cancelled if `force` is set.
    pub(super) fn create(
        &mut self,
        place: InvitationTarget,
        record: Value,
        force: bool,
        now: &str,
    ) -> Result<Value, IsPending> {
        let address = |record: &Value| record["email"].as_str().unwrap_or_default().to_lowercase();
        let email = address(&record);
        let is_same =
            |other: &Map<String, Value>| other["email"].as_str().unwrap_or_default().to_lowercase() == email;
        for (_, other) in self.all.iter_mut().filter(|(other, _)| *other == place) {
            if is_pending(other) && is_same(other) {
                if !force {
                    return Err(IsPending);
                }
                finish(other, now);
            }
        }
        Ok(self.insert(place, record))
    }

    /// Cancels a pending invitation. Returns whether it exists.
    pub(super) fn cancel(&mut self, place: InvitationTarget, id: &str, now: &str) -> bool {
        let found = self
            .all
            .iter_mut()
            .find(|(other, record)| *other == place && record["id"] == id && is_pending(record));
        found.map(|(_, record)| finish(record, now)).is_some()
    }
}

fn is_pending(record: &Map<String, Value>) -> bool {
    record["state"] == PENDING
}

fn finish(record: &mut Map<String, Value>, now: &str) {
    record.insert("state".to_owned(), "cancelled".into());
    for name in ["updated_at", "finished_at"] {
        record.insert(name.to_owned(), now.into());
    }
}
