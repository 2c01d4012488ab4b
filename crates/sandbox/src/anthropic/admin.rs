//! The Admin API: the organization, its users and its invites.

use serde_json::{Value, json};

use super::people::{INVITES, ROLES, USERS};
use super::{Anthropic, ORGANIZATION_ID, error};
use crate::exchange::{Call, Query, Reply};
use crate::server::lock;

const DEFAULT_LIMIT: u64 = 20;
const MAX_LIMIT: u64 = 1_000;

/// The requested page.
struct Wanted {
    limit: usize,
    /// The index of the last item before the page.
    after: Option<u64>,
    /// The index of the first item after the page.
    before: Option<u64>,
}

impl Wanted {
    fn parse(query: &Query, index_of: impl Fn(&str) -> Option<u64>) -> Result<Self, String> {
        let limit = match query.get("limit").map(str::parse) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => return Err(format!("limit: must be between 1 and {MAX_LIMIT}")),
        };
        let read = |name: &str| match query.get(name) {
            None => Ok(None),
            Some(id) => index_of(id).map(Some).ok_or_else(|| format!("{name}: no such id")),
        };
        let (after, before) = (read("after_id")?, read("before_id")?);
        if after.is_some() && before.is_some() {
            return Err("after_id: must not be sent together with before_id".to_owned());
        }
        Ok(Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), after, before })
    }

    /// Returns the indexes of the page, of those below `total` that are accepted, and whether more follow in
    /// its direction.
    fn choose(&self, total: u64, accepts: impl Fn(u64) -> bool) -> (Vec<u64>, bool) {
        let wanted = |index: &u64| accepts(*index);
        if let Some(before) = self.before {
            let mut rest = (0..before.min(total)).rev().filter(wanted);
            let mut page: Vec<u64> = rest.by_ref().take(self.limit).collect();
            page.reverse();
            return (page, rest.next().is_some());
        }
        let first = self.after.map_or(0, |after| after.saturating_add(1));
        let mut rest = (first..total).filter(wanted);
        let page = rest.by_ref().take(self.limit).collect();
        (page, rest.next().is_some())
    }
}

impl Anthropic {
    pub(super) fn get_organization(&self) -> Reply {
        success(&json!({
            "id": ORGANIZATION_ID,
            "name": format!("Sandbox Ünlimited {}", self.seed),
            "type": "organization",
        }))
    }

    pub(super) fn list_org_users(&self, call: &Call) -> Reply {
        let staff = lock(&self.staff);
        // A page may also begin at a deleted item.
        let wanted = match Wanted::parse(&call.query, |id| staff.place_of(USERS, id)) {
            Ok(wanted) => wanted,
            Err(message) => return error(call, 400, &message),
        };
        let roles: Vec<&str> = call.query.all("roles[]").chain(call.query.all("roles")).collect();
        if let Some(unknown) = roles.iter().find(|role| !ROLES.contains(role)) {
            return error(call, 400, &format!("roles: `{unknown}` is not a role"));
        }
        // No scan is needed, because an e-mail address ends in its index.
        let email = call.query.get("email").map(|email| staff.people.index_of_email(email));
        let (indexes, more) = wanted.choose(staff.count(USERS), |index| {
            email.is_none_or(|found| found == Some(index))
                && staff.has_user(index)
                && (roles.is_empty() || roles.contains(&staff.role(index)))
        });
        page(&indexes.into_iter().map(|index| staff.user(index)).collect::<Vec<_>>(), more)
    }

    pub(super) fn get_org_user(&self, call: &Call, id: &str) -> Reply {
        let staff = lock(&self.staff);
        match staff.index_of_user(id) {
            Some(index) => success(&staff.user(index)),
            None => no_such_user(call),
        }
    }

    pub(super) fn list_invites(&self, call: &Call) -> Reply {
        let (staff, now) = (lock(&self.staff), self.clock.now());
        match Wanted::parse(&call.query, |id| staff.place_of(INVITES, id)) {
            Ok(wanted) => {
                let (indexes, more) = wanted.choose(staff.count(INVITES), |_| true);
                let invites = indexes.into_iter().map(|index| staff.invite(index, now));
                page(&invites.collect::<Vec<_>>(), more)
            }
            Err(message) => error(call, 400, &message),
        }
    }

    pub(super) fn get_invite(&self, call: &Call, id: &str) -> Reply {
        let staff = lock(&self.staff);
        match staff.place_of(INVITES, id) {
            Some(index) => success(&staff.invite(index, self.clock.now())),
            None => no_such_invite(call),
        }
    }
}

pub(super) fn no_such_user(call: &Call) -> Reply {
    error(call, 404, "There is no such user.")
}

pub(super) fn no_such_invite(call: &Call) -> Reply {
    error(call, 404, "There is no such invite.")
}

fn page(data: &[Value], has_more: bool) -> Reply {
    let id = |item: Option<&Value>| item.map_or(Value::Null, |item| item["id"].clone());
    let (first, last) = (id(data.first()), id(data.last()));
    success(&json!({"data": data, "first_id": first, "has_more": has_more, "last_id": last}))
}

/// Adds the header with the owner of the data. An admin key is not bound to a workspace.
pub(super) fn success(body: &Value) -> Reply {
    Reply::json(200, body).header("anthropic-organization-id", ORGANIZATION_ID)
}
