//! Whether a server's filter finds an address in any case.
//!
//! RFC 7643 §8.7.1 has addresses compared without case. Servers that compare them exactly find nobody, which would be said of a
//! person who is there.

use anyprofile_core::Result;
use anyprofile_http::Caller;
use serde_json::{Value, json};

use super::examination::{answer, page_of, users_of};
use crate::operations::{Comparison, Page, filter};

/// The number of users among whom an address is looked for.
const LOOKED_AT: u32 = 10;

/// Asks for a few users, and looks for the address of one of them in another case.
pub(super) async fn are_found_in_any_case(caller: &Caller) -> Result<bool> {
    let page = caller.call(&page_of(Page::Index(1), LOOKED_AT, None)).await?;
    // Without an address to look for nothing is proven.
    Ok(ignores_case(caller, users_of(&page)).await? == Some(true))
}

/// Looks for the address of one of these users in another case; `None` if none of them has an address.
pub(super) async fn ignores_case(caller: &Caller, users: &[Value]) -> Result<Option<bool>> {
    let known = users.iter().find_map(|user| {
        let addresses = user["emails"].as_array()?.iter().filter_map(|email| email["value"].as_str());
        let swapped = addresses.map(swapped_case);
        Some((user, swapped.flatten().next()?))
    });
    let Some((user, address)) = known else { return Ok(None) };
    let by_address = filter(&[("emails.value", Comparison::Equal, json!(address))]);
    let found = answer(caller.call(&page_of(Page::Index(1), LOOKED_AT, by_address)).await)?;
    Ok(Some(found.is_ok_and(|page| users_of(&page).iter().any(|it| it["id"] == user["id"]))))
}

/// Returns the address in the other case; `None` if it has no letters.
fn swapped_case(address: &str) -> Option<String> {
    let swapped: String = address
        .chars()
        .map(|letter| {
            if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect();
    (swapped != address).then_some(swapped)
}
