//! Organizations, and the users that a list refers to.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind};
use super::errors::{error, problem};
use super::organizations::{self, Access, Organization, by_id_or_name};
use super::records::{Records, Times};
use super::roster::{Entry, Roster};
use crate::exchange::{Call, Query, Reply};
use crate::rng::key_of_text;
use crate::server::lock;

const ORGANIZATIONS: Dialect = Dialect {
    filters: &[
        ("id", Kind::Text),
        ("type", Kind::Text),
        ("vendor", Kind::Text),
        ("status", Kind::Text),
        ("updated_at", Kind::Time),
    ],
    sort: &[
        ("name", Kind::Text),
        ("label", Kind::Text),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
    ],
};
const MAX_ORGANIZATIONS: u64 = 100;
const DEFAULT_STATUSES: [&str; 3] = ["active", "restricted", "suspended"];
/// The last one is undocumented.
const TYPES: [&str; 3] = ["flexible", "fixed", "trial"];
impl Upsun {
    pub(super) fn list_organizations(&self, call: &Call) -> Reply {
        self.page_of_organizations(call, "/organizations", organizations::all())
    }

    pub(super) fn page_of_organizations(
        &self,
        call: &Call,
        path: &str,
        organizations: impl Iterator<Item = Organization>,
    ) -> Reply {
        let query = &call.query;
        let any_status = query.pairs().any(|(name, _)| name.starts_with("filter[status]"));
        let shown = organizations.filter(|known| any_status || DEFAULT_STATUSES.contains(&known.status));
        let items = shown.map(|organization| self.organization(organization)).collect();
        match self.page(query, &ORGANIZATIONS, (path, MAX_ORGANIZATIONS), items) {
            Ok((body, _)) => Reply::json(200, &body),
            Err(detail) => problem(400, "Bad Request", &detail),
        }
    }

    pub(super) fn get_organization(&self, id: &str) -> Reply {
        match by_id_or_name(id).filter(|organization| organization.status != "deleted") {
            Some(organization) => Reply::json(200, &self.organization(organization)),
            None => problem(404, "Not Found", "There is no such organization."),
        }
    }

    /// Returns the record of an organization.
    pub(super) fn organization(&self, organization: Organization) -> Value {
        let number = organization.number;
        let times = Times::of(self.records.seed, number + 1);
        let base = format!("/organizations/{}", organization.ulid);
        let mut links = Map::new();
        let mut link = |name: &str, rest: &str| {
            links.insert(name.to_owned(), json!({"href": format!("{base}{rest}")}));
        };
        link("self", "");
        if organization.access != Access::Denied {
            link("members", "/members");
        }
        if organization.access == Access::Allowed {
            link("address", "/address");
            link("profile", "/profile");
        }
        let mut entry = json!({
            "id": organization.ulid,
            "type": TYPES[turn(number, 3)],
            "owner_id": self.records.user_id(self.roster(organization).owner()),
            "namespace": "sandbox",
            "name": organization.name,
            "label": organization.label,
            "country": if number % 4 == 1 { "" } else { "TR" },
            "vendor": if number % 5 == 4 { "" } else { "upsun" },
            "billing_legacy": organization.access != Access::Moved,
            "status": organization.status,
            "created_at": times.created(),
            "updated_at": times.updated(),
            "_links": links,
        });
        if number % 3 != 2 {
            entry["capabilities"] = if number == 0 { json!(["custom_domains", "flex"]) } else { json!([]) };
        }
        if organization.access == Access::Moved {
            entry["billing_profile_id"] = "sbxBillingProfile1".into();
        }
        if number == 0 {
            entry["security_contact"] = "security@example.com".into();
        }
        entry
    }

    pub(super) fn roster(&self, organization: Organization) -> Roster {
        Roster { profiles: self.profiles, step: organization.step }
    }

    /// Returns the users of a signed link: null for a user that no longer exists, and no entry for some
    /// others.
    pub(super) fn list_referenced_users(&self, query: &Query) -> Reply {
        let (Some(list), Some(signature)) = (query.get("in"), query.get("sig")) else {
            return error(400, "The parameters \"in\" and \"sig\" are required.");
        };
        if signature != self.signature(list) {
            return error(400, "The signature is invalid.");
        }
        let (known, mut users) = (lock(&self.users), Map::new());
        for id in list.split(',') {
            match self.records.index_of(id).map(Entry::of_id_index) {
                Some(Entry::User(index)) if index < self.profiles => {
                    users.insert(id.to_owned(), Records::reference(index, &known.user(index)));
                }
                Some(Entry::Deleted(_)) => {
                    users.insert(id.to_owned(), Value::Null);
                }
                _ => {}
            }
        }
        Reply::json(200, &Value::Object(users))
    }

    pub(super) fn signature(&self, list: &str) -> String {
        format!("{:016x}", key_of_text(key_of_text(self.records.seed, "upsun references"), list))
    }
}

fn turn(number: u64, every: u64) -> usize {
    usize::try_from(number % every).unwrap_or(0)
}
