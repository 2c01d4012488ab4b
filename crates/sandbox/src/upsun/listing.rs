//! `GET /profiles`: page numbers and links in the HAL format.

use serde_json::{Value, json};

use super::Upsun;
use super::errors::hal_problem;
use crate::exchange::{Call, Query, Reply};
use crate::server::lock;

const HAL: &str = "application/hal+json; charset=utf-8";

/// The requested profiles and page.
struct Wanted {
    page: u64,
    range: u64,
    username: Option<String>,
}

impl Upsun {
    pub(super) fn list_profiles(&self, call: &Call) -> Reply {
        let wanted = match self.read_query(&call.query) {
            Ok(wanted) => wanted,
            Err(detail) => return hal_problem(400, "Bad Request", &detail),
        };
        let first = (wanted.page - 1).saturating_mul(wanted.range);
        let users = lock(&self.users);
        let (count, indexes): (u64, Vec<u64>) = match &wanted.username {
            None => {
                let size = users.count();
                let end = first.saturating_add(wanted.range).min(size);
                (size, (first..end).map(|place| users.index_at(place)).collect())
            }
            Some(username) => {
                let found = users.index_of_username(username);
                (u64::from(found.is_some()), found.into_iter().filter(|_| first == 0).collect())
            }
        };
        let profiles: Vec<Value> = indexes.into_iter().map(|index| users.profile(index)).collect();
        drop(users);
        let links = self.links(wanted.page, count > first.saturating_add(wanted.range));
        let body = json!({"count": count, "profiles": profiles, "_links": links});
        Reply::text(200, HAL, body.to_string())
    }

    pub(super) fn hal(body: &Value) -> Reply {
        Reply::text(200, HAL, body.to_string())
    }

    fn read_query(&self, query: &Query) -> Result<Wanted, String> {
        let number = |name: &str, default: u64| match query.get(name).map(str::parse) {
            None => Ok(default),
            Some(Ok(number)) if number > 0 => Ok(number),
            Some(_) => Err(format!("\"{name}\" should be a number equal to or higher than 1.")),
        };
        let mut username = None;
        for (name, value) in query.pairs() {
            match name {
                "filter[username]" | "filter[username][value]" => username = Some(value.to_owned()),
                _ if name.starts_with("filter[username][") => {}
                _ if name.starts_with("filter[") => return Err(format!("\"{name}\" is not allowed.")),
                _ => {}
            }
        }
        let range = number("range", self.page_size)?.min(self.max_page_size);
        Ok(Wanted { page: number("page", 1)?, range, username })
    }

    /// Returns the links of a page. They contain the page number and no other parameters, as those of the
    /// real service; they are absolute on odd pages and paths on even ones.
    fn links(&self, page: u64, more: bool) -> Value {
        let origin = if page % 2 == 1 { self.origin.as_str() } else { "" };
        let link = |title: &str, page: u64| json!({"title": title, "href": format!("{origin}/profiles?page={page}")});
        let mut links = json!({"self": link("Self", page)});
        if page > 1 {
            links["previous"] = link("Previous", page - 1);
        }
        if more {
            links["next"] = link("Next", page + 1);
        }
        if page % 3 == 1 {
            links["curies"] =
                json!([{"name": "hal", "href": "https://docs.example.com/{rel}", "templated": true}]);
        }
        links
    }
}
