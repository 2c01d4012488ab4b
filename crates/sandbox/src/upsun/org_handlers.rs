//! Organizations and their members, and the users that a list refers to.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind, Window, count};
use super::errors::{error, problem};
use super::organizations::{self, Access, Organization, by_id_or_name};
use super::records::{Records, Times};
use super::roster::{Entry, Roster};
use crate::clock::{DAY, EPOCH, SECOND, stamp};
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
const MAX_MEMBERS: u64 = 100;
/// The number of users in one signed link.
const REFERENCES: usize = 50;
/// The time between the joining of two members, so that their order in time is exact.
const STEP: i64 = 61 * SECOND;
const DEFAULT_STATUSES: [&str; 3] = ["active", "restricted", "suspended"];
/// The last one is undocumented.
const TYPES: [&str; 3] = ["flexible", "fixed", "trial"];
const PERMISSIONS: [&[&str]; 4] =
    [&["admin", "billing"], &["members", "plans"], &["projects:create", "projects:list"], &["ai:use"]];

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
        let (query, seed) = (&call.query, self.records.seed);
        let any_status = query.pairs().any(|(name, _)| name.starts_with("filter[status]"));
        let shown = organizations.filter(|known| any_status || DEFAULT_STATUSES.contains(&known.status));
        let items = shown.map(|organization| self.organization(organization)).collect();
        let window = Window::parse(query, seed, path, self.page_size, MAX_ORGANIZATIONS);
        let page = window.and_then(|window| Ok((window, ORGANIZATIONS.select(items, query)?)));
        match page {
            Ok((window, items)) => {
                let links = window.links(&self.origin, count(&items));
                Reply::json(200, &json!({"items": window.cut(&items), "_links": links}))
            }
            Err(detail) => problem(400, "Bad Request", &detail),
        }
    }

    pub(super) fn get_organization(&self, id: &str) -> Reply {
        match by_id_or_name(id).filter(|organization| organization.status != "deleted") {
            Some(organization) => Reply::json(200, &self.organization(organization)),
            None => problem(404, "Not Found", "There is no such organization."),
        }
    }

    fn organization(&self, organization: Organization) -> Value {
        let number = organization.number;
        let times = Times::of(self.records.seed, number + 1);
        let base = format!("/upsun/organizations/{}", organization.ulid);
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

    fn roster(&self, organization: Organization) -> Roster {
        Roster { profiles: self.profiles, step: organization.step }
    }

    pub(super) fn list_members(&self, call: &Call, id: &str) -> Reply {
        let organization = match by_id_or_name(id).filter(|organization| organization.status != "deleted") {
            None => return problem(404, "Not Found", "There is no such organization."),
            Some(organization) if organization.access == Access::Denied => {
                return problem(403, "Forbidden", "The user may not read this organization's members.");
            }
            Some(organization) => organization,
        };
        let roster = self.roster(organization);
        let (total, seed) = (roster.total(), self.records.seed);
        let down = match call.query.get("sort") {
            None | Some("created_at") => false,
            Some("-created_at") => true,
            Some(_) => return problem(400, "Bad Request", "Members are sorted by \"created_at\" only."),
        };
        let path = format!("/organizations/{}/members", organization.ulid);
        let window = match Window::parse(&call.query, seed, &path, self.page_size, MAX_MEMBERS) {
            Ok(window) => window,
            Err(detail) => return problem(400, "Bad Request", &detail),
        };
        let places = window.range(total).map(|place| if down { total - 1 - place } else { place });
        let entries: Vec<(u64, Entry)> = places.map(|place| (place, roster.at(place))).collect();
        let ids: Vec<String> =
            entries.iter().map(|(_, entry)| self.records.user_id(entry.id_index())).collect();
        let items: Vec<Value> = entries
            .iter()
            .zip(&ids)
            .map(|((place, entry), id)| member(organization, &roster, *place, *entry, id))
            .collect();
        let mut links = window.links(&self.origin, total);
        for (number, ids) in ids.chunks(REFERENCES).enumerate() {
            let list = ids.join(",");
            let signature = self.signature(&list);
            // Sometimes a path, sometimes a URL.
            let origin = if number % 2 == 0 { "" } else { self.origin.as_str() };
            links[format!("ref:users:{number}")] =
                json!({"href": format!("{origin}/upsun/ref/users?in={list}&sig={signature}")});
        }
        Reply::json(200, &json!({"items": items, "_links": links}))
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

    fn signature(&self, list: &str) -> String {
        format!("{:016x}", key_of_text(key_of_text(self.records.seed, "upsun references"), list))
    }
}

fn member(organization: Organization, roster: &Roster, place: u64, entry: Entry, id: &str) -> Value {
    let number = i64::try_from(place).unwrap_or(i64::MAX);
    let created = EPOCH.saturating_add(number.saturating_mul(STEP)).saturating_add(7_001);
    let updated = created.saturating_add(i64::try_from(place % 90).unwrap_or(0) * DAY);
    let digits = [6, 3, 0, 5][turn(place, 4)];
    let owner = entry == Entry::User(roster.owner());
    let own = format!("/upsun/organizations/{}/members/{id}", organization.ulid);
    let permissions: &[&str] = if owner { &[] } else { PERMISSIONS[turn(place, 4)] };
    let mut member = json!({
        "id": id,
        "user_id": id,
        "organization_id": organization.ulid,
        "permissions": permissions,
        "created_at": stamp(created, digits, "Z"),
        "updated_at": stamp(updated, digits, "Z"),
        "_links": {"self": {"href": own}},
    });
    // Sometimes missing instead of false.
    if owner || place % 6 != 2 {
        member["owner"] = owner.into();
    }
    if place % 5 == 3 {
        member["level"] = "viewer".into();
    }
    member
}

fn turn(number: u64, every: u64) -> usize {
    usize::try_from(number % every).unwrap_or(0)
}
