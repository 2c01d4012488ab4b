//! The operations on the members of an organization.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::cursor::{Dialect, Kind, RequestedPage, count};
use super::errors::member_error;
use super::members::{Members, MembersOf, Seat};
use super::organizations::{self, Access, Organization, by_id_or_name, by_ulid};
use super::rules::{Rule, Writable, read_body, read_whole_body};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const MAX_MEMBERS: u64 = 100;
/// The number of users in one signed link.
const REFERENCES: usize = 50;
const MEMBERS: Dialect = Dialect {
    filters: &[("permissions", Kind::Texts)],
    sort: &[("created_at", Kind::Time), ("updated_at", Kind::Time)],
};
const WORDS: [&str; 6] = ["admin", "billing", "members", "plans", "projects:create", "projects:list"];
const USER: [Writable; 1] = [("user_id", Rule::Filled)];
const PERMISSIONS: [Writable; 1] = [("permissions", Rule::Words(&WORDS))];

impl Upsun {
    /// Returns the members of an organization.
    pub(super) fn members_of<'a>(&self, members: &'a Members, organization: Organization) -> MembersOf<'a> {
        members.of(organization, self.roster(organization), self.records)
    }

    /// Returns the organizations of a user.
    pub(super) fn organizations_of(&self, index: u64) -> Vec<Organization> {
        let (members, user_id) = (lock(&self.members), self.records.user_id(index));
        let is_member = |known: &Organization| self.members_of(&members, *known).find(&user_id).is_some();
        organizations::all().filter(is_member).collect()
    }

    /// Returns the organizations of a user that the user belongs to from the start: access to projects comes
    /// with them.
    pub(super) fn first_organizations_of(&self, members: &Members, index: u64) -> Vec<Organization> {
        let user_id = self.records.user_id(index);
        let seat = |known: &Organization| self.members_of(members, *known).find(&user_id);
        organizations::all().filter(|known| matches!(seat(known), Some(Seat::Listed(_)))).collect()
    }

    pub(super) fn list_members(&self, call: &Call, id: &str) -> Reply {
        let organization = match manageable(by_id_or_name(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let members = lock(&self.members);
        let members = self.members_of(&members, organization);
        match self.page_of_members(call, &members) {
            Ok(page) => Reply::json(200, &page),
            Err(detail) => member_error(400, &detail),
        }
    }

    fn page_of_members(&self, call: &Call, members: &MembersOf<'_>) -> Result<Value, String> {
        let path = format!("/organizations/{}/members", members.organization.ulid);
        let window =
            RequestedPage::parse(&call.query, self.records.seed, &path, self.page_size, MAX_MEMBERS)?;
        let is_filtered = call.query.pairs().any(|(name, _)| name.starts_with("filter["));
        let down = match call.query.get("sort") {
            None | Some("created_at") => Some(false),
            Some("-created_at") => Some(true),
            Some(_) => None,
        };
        let (items, total) = match down {
            // The roster is in this order, so that a page is generated without the others.
            Some(down) if !is_filtered => {
                let total = members.total();
                let places = window.range(total).map(|place| if down { total - 1 - place } else { place });
                (places.map(|place| members.member(members.at(place))).collect(), total)
            }
            _ => {
                let all = (0..members.total()).map(|place| members.member(members.at(place)));
                let selected = MEMBERS.select(all.collect(), &call.query)?;
                (window.cut(&selected), count(&selected))
            }
        };
        let mut links = window.links(&self.origin, total);
        self.refer_to_users(&mut links, &items);
        Ok(json!({"count": total, "items": items, "_links": links}))
    }

    /// Adds the signed links to the users of these records.
    pub(super) fn refer_to_users(&self, links: &mut Value, items: &[Value]) {
        let ids: Vec<&str> = items.iter().filter_map(|item| item["user_id"].as_str()).collect();
        for (number, ids) in ids.chunks(REFERENCES).enumerate() {
            let list = ids.join(",");
            let signature = self.signature(&list);
            // Sometimes a path, sometimes a URL.
            let origin = if number % 2 == 0 { "" } else { self.origin.as_str() };
            links[format!("ref:users:{number}")] =
                json!({"href": format!("{origin}/ref/users?in={list}&sig={signature}")});
        }
    }

    pub(super) fn get_member(&self, id: &str, user_id: &str) -> Reply {
        let organization = match manageable(by_id_or_name(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let members = lock(&self.members);
        let members = self.members_of(&members, organization);
        self.single_member(&members, user_id, 200)
    }

    pub(super) fn create_member(&self, call: &Call, id: &str) -> Reply {
        // A change accepts only the id: `name=…` is for reads.
        let organization = match manageable(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let (user, permissions) =
            match read_whole_body(call, &USER).and_then(|user| Ok((user, read_body(call, &PERMISSIONS)?))) {
                Ok(bodies) => bodies,
                Err(refusal) => return refusal.of_member(),
            };
        let user_id = user.get("user_id").and_then(Value::as_str).unwrap_or_default();
        let Some(index) = self.index_of_user(user_id) else {
            return member_error(404, "There is no such user.");
        };
        let mut members = lock(&self.members);
        if self.members_of(&members, organization).find(user_id).is_some() {
            return member_error(400, "The user is a member already.");
        }
        members.add(organization, index, granted(&permissions).unwrap_or_default(), &self.now());
        self.show_member(&members, organization, user_id, 201)
    }

    pub(super) fn update_member(&self, call: &Call, id: &str, user_id: &str) -> Reply {
        let mut members = lock(&self.members);
        let (organization, seat) = match self.changeable(&members, id, user_id) {
            Ok(found) => found,
            Err(refusal) => return refusal,
        };
        if self.records.user_id(0) == user_id {
            return member_error(403, "Nobody may change their own permissions.");
        }
        match read_body(call, &PERMISSIONS) {
            Ok(body) => {
                if let Some(permissions) = granted(&body) {
                    members.change(organization, seat, permissions, &self.now());
                }
            }
            Err(refusal) => return refusal.of_member(),
        }
        self.show_member(&members, organization, user_id, 200)
    }

    pub(super) fn delete_member(&self, id: &str, user_id: &str) -> Reply {
        let mut members = lock(&self.members);
        match self.changeable(&members, id, user_id) {
            Ok((organization, seat)) => {
                members.remove(organization, seat);
                if let Some(index) = self.records.index_of(user_id) {
                    lock(&self.teams).leave(organization, index);
                    lock(&self.project_access).leave(organization, index);
                }
            }
            Err(refusal) => return refusal,
        }
        Reply::empty(204)
    }

    /// Returns a member that may be changed: not the owner.
    fn changeable(&self, members: &Members, id: &str, user_id: &str) -> Result<(Organization, Seat), Reply> {
        let organization = manageable(by_ulid(id))?;
        let members = self.members_of(members, organization);
        match members.find(user_id) {
            None => Err(no_such_member()),
            Some(seat) if members.is_owner(seat) => {
                Err(member_error(403, "The owner may not be changed or removed."))
            }
            Some(seat) => Ok((organization, seat)),
        }
    }

    fn show_member(
        &self,
        members: &Members,
        organization: Organization,
        user_id: &str,
        status: u16,
    ) -> Reply {
        let members = self.members_of(members, organization);
        self.single_member(&members, user_id, status)
    }

    /// Returns a member with the signed link to the user, as the official JavaScript client reads it. In a list,
    /// the list has the link.
    fn single_member(&self, members: &MembersOf<'_>, user_id: &str, status: u16) -> Reply {
        let Some(seat) = members.find(user_id) else { return no_such_member() };
        let mut member = members.member(seat);
        let mut links = member["_links"].take();
        self.refer_to_users(&mut links, std::slice::from_ref(&member));
        member["_links"] = links;
        Reply::json(status, &member)
    }
}

/// Returns the organization, if the token may manage its members.
fn manageable(found: Option<Organization>) -> Result<Organization, Reply> {
    match found.filter(|organization| organization.status != "deleted") {
        None => Err(member_error(404, "There is no such organization.")),
        Some(organization) if organization.access == Access::Denied => {
            Err(member_error(403, "The user may not manage this organization's members."))
        }
        Some(organization) => Ok(organization),
    }
}

fn no_such_member() -> Reply {
    member_error(404, "There is no such member.")
}

/// Returns the permissions of a body. Whoever may manage billing may list the projects too.
pub(super) fn granted(body: &Map<String, Value>) -> Option<Vec<String>> {
    let words = body.get("permissions")?.as_array()?.iter().filter_map(Value::as_str);
    let mut granted: Vec<String> = words.map(str::to_owned).collect();
    let list = "projects:list".to_owned();
    if granted.iter().any(|word| word == "billing") && !granted.contains(&list) {
        granted.push(list);
    }
    Some(granted)
}
