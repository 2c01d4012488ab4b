//! The service accounts: a few from the start, with the written changes applied to them, and new ones.

use serde_json::{Value, json};

use super::collection::Collection;
use super::ids::Ids;
use super::people::USERS;
use crate::anthropic::records::written;
use crate::clock::{DAY, EPOCH, SECOND};

/// The prefix of the ids of service accounts.
pub(super) const SERVICE_ACCOUNTS: &str = "svac_01";
const NAMES: [&str; 4] = ["ci-deploy", "nightly-report", "backup", "wif"];
/// One of eight generated accounts is archived.
const ARCHIVED: u64 = 2;
const STEP: i64 = 29 * 3_600 * SECOND;

/// A service account.
#[derive(Debug, Clone)]
pub(super) struct ServiceAccount {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) role: &'static str,
    pub(super) created: Event,
    pub(super) updated: Event,
    pub(super) archived: Option<Event>,
}

/// When something was done, and by whom.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) at: i64,
    pub(super) by: Option<String>,
}

/// All service accounts.
#[derive(Debug)]
pub(super) struct ServiceAccounts {
    ids: Ids,
    all: Collection<ServiceAccount>,
    /// The user who created the generated ones.
    creator: Option<String>,
}

impl ServiceAccounts {
    /// Returns three accounts, and one more for every fifteen users.
    pub(super) fn new(ids: Ids, users: u64) -> Self {
        let creator = (users > 0).then(|| ids.id(USERS, 0));
        Self { ids, all: Collection::new(3 + users / 15), creator }
    }

    pub(super) fn generated(&self) -> u64 {
        self.all.generated()
    }

    /// Returns the number of accounts. None of them is ever deleted.
    pub(super) fn total(&self) -> u64 {
        self.all.total()
    }

    pub(super) fn id(&self, index: u64) -> String {
        self.ids.id(SERVICE_ACCOUNTS, index)
    }

    pub(super) fn index_of(&self, id: &str) -> Option<u64> {
        self.ids.index_of(SERVICE_ACCOUNTS, id).filter(|index| self.all.has(*index))
    }

    pub(super) fn get(&self, index: u64) -> ServiceAccount {
        self.all.get(index, |index| self.generate(index))
    }

    pub(super) fn is_archived(&self, index: u64) -> bool {
        self.get(index).archived.is_some()
    }

    /// Returns whether an account has a name, also an archived one. Generated names end in their index, so that
    /// no scan is needed.
    pub(super) fn has_name(&self, name: &str) -> bool {
        let index = name.rsplit_once('-').and_then(|(_, index)| index.parse().ok());
        let is_generated =
            index.is_some_and(|index| index < self.generated() && generated_name(index) == name);
        is_generated || self.all.written().any(|account| account.name == name)
    }

    pub(super) fn put(&mut self, index: u64, account: ServiceAccount) {
        self.all.put(index, account);
    }

    /// Creates an account and returns its index.
    pub(super) fn create(&mut self, account: ServiceAccount) -> u64 {
        self.all.push(account)
    }

    fn generate(&self, index: u64) -> ServiceAccount {
        let place = i64::try_from(index).unwrap_or(i64::MAX);
        let at = EPOCH.saturating_add(500 * DAY + 427_722).saturating_add(place.saturating_mul(STEP));
        let event = |after: i64, is_known: bool| Event {
            at: at.saturating_add(after),
            by: self.creator.clone().filter(|_| is_known),
        };
        let description = match index % 3 {
            0 => Some("Utrulling på kvelden".to_owned()),
            1 => None,
            _ => Some(String::new()),
        };
        ServiceAccount {
            name: generated_name(index),
            description,
            role: if index % 4 == 1 { "admin" } else { "developer" },
            created: event(0, index % 5 != 4),
            updated: event(0, false),
            archived: (index % 8 == ARCHIVED).then(|| event(60 * DAY, true)),
        }
    }

    pub(super) fn show(&self, index: u64) -> Value {
        let account = self.get(index);
        let (archived_at, archived_by) = match account.archived {
            Some(event) => (Some(written(event.at)), event.by),
            None => (None, None),
        };
        json!({
            "id": self.id(index),
            "type": "service_account",
            "name": account.name,
            "description": account.description,
            "organization_role": account.role,
            "created_at": written(account.created.at),
            "created_by_actor_id": account.created.by,
            "updated_at": written(account.updated.at),
            "updated_by_actor_id": account.updated.by,
            "archived_at": archived_at,
            "archived_by_actor_id": archived_by,
        })
    }
}

fn generated_name(index: u64) -> String {
    format!("{}-{index}", NAMES[usize::try_from(index % 4).unwrap_or(0)])
}
