//! Whether a server's filters find whom they should.
//!
//! RFC 7643 §8.7.1 has user names and addresses compared without case, and `active` as a Boolean. Of a server that compares otherwise,
//! an empty list would be said of people who are there. A filter is relied on only if it finds somebody who is known to match.

use std::sync::OnceLock;

use anyprofile_core::{Result, query::FilterPart};
use anyprofile_http::Caller;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::sample::{answer, page_of, users_of};
use crate::{
    operations::{Comparison, Page, filter},
    wire::Flag,
};

/// The number of users among whom one to look for is chosen.
const LOOKED_AT: u32 = 10;

/// What a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Address,
    UserName,
    Active,
}

impl Compared {
    /// Returns what a part of a query's filter is compared with, if that must be tried before.
    pub(super) fn of(part: FilterPart) -> Option<Self> {
        match part {
            FilterPart::Email => Some(Self::Address),
            FilterPart::Status => Some(Self::Active),
            _ => None,
        }
    }
}

/// Which filters of a server can be relied on. Each is tried once, before it is first needed.
#[derive(Debug, Default)]
pub(super) struct ReliableFilters {
    address: OnceLock<bool>,
    user_name: OnceLock<bool>,
    active: OnceLock<bool>,
}

impl ReliableFilters {
    /// Returns whether a filter finds whom it should.
    ///
    /// # Errors
    /// Those of reading a few users. A filter that is refused is not relied on.
    pub(super) async fn has(&self, compared: Compared, caller: &Caller) -> Result<bool> {
        let known = match compared {
            Compared::Address => &self.address,
            Compared::UserName => &self.user_name,
            Compared::Active => &self.active,
        };
        if let Some(known) = known.get() {
            return Ok(*known);
        }
        let page = caller.call(&page_of(Page::Index(1), LOOKED_AT, None)).await?;
        // Without somebody to look for, nothing is proven.
        let is_reliable = finds(compared, caller, users_of(&page)).await? == Some(true);
        Ok(*known.get_or_init(|| is_reliable))
    }
}

/// Looks for one of these users; `None` if none of them has what is compared.
pub(super) async fn finds(compared: Compared, caller: &Caller, users: &[Value]) -> Result<Option<bool>> {
    let Some((user, path, value)) = somebody(compared, users) else { return Ok(None) };
    let by_value = filter(&[(path, Comparison::Equal, value.clone())]);
    let found = answer(caller.call(&page_of(Page::Index(1), LOOKED_AT, by_value)).await)?;
    Ok(Some(found.is_ok_and(|page| match compared {
        // Others come before this one, perhaps.
        Compared::Active => {
            let found = users_of(&page);
            !found.is_empty() && found.iter().all(|it| flag(it).is_some_and(|is_active| value == is_active))
        }
        _ => users_of(&page).iter().any(|it| it["id"] == user["id"]),
    })))
}

/// Chooses a user to look for, with the attribute and its value.
fn somebody(compared: Compared, users: &[Value]) -> Option<(&Value, &'static str, Value)> {
    match compared {
        Compared::Address => {
            let addresses = |user: &Value| -> Vec<String> {
                let emails = user["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
                emails.iter().filter_map(|email| swapped_case(email["value"].as_str()?)).collect()
            };
            // A further address, if somebody has one: some servers look for the main one alone.
            let all = users.iter().rev().map(|user| (user, addresses(user)));
            let (user, mut addresses) = all.max_by_key(|(_, addresses)| addresses.len().min(2))?;
            Some((user, "emails.value", json!(addresses.pop()?)))
        }
        Compared::UserName => users.iter().find_map(|user| {
            let name = swapped_case(user["userName"].as_str()?)?;
            Some((user, "userName", json!(name)))
        }),
        Compared::Active => {
            users.iter().find_map(|user| flag(user).map(|is_active| (user, "active", json!(is_active))))
        }
    }
}

fn flag(user: &Value) -> Option<bool> {
    Flag::deserialize(&user["active"]).ok().map(|flag| flag.0)
}

/// Returns the text in the other case; `None` if it has no letters.
fn swapped_case(text: &str) -> Option<String> {
    let swap = |letter: char| {
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    let swapped: String = text.chars().map(swap).collect();
    (swapped != text).then_some(swapped)
}
