//! What a server can do, and how it differs from what it says and from RFC 7644: a few requests, each of which only reads.

use anyprofile_core::{Result, check::Finding};
use anyprofile_http::Caller;
use serde_json::Value;

use super::{
    filters::{Compared, finds},
    sample::{answer, page_of, users_of},
};
use crate::{
    config::{Paging, Patching, Quirks},
    discovery::Features,
    operations::{self, ListUsers, Page},
    wire::Group,
};

/// The number of users that is asked for: few enough for any server, and enough to see what is odd about some.
const ASKED: u32 = 20;

/// Examines a server.
///
/// # Errors
/// If it cannot be reached, refuses the credential, or does not list users.
pub(super) async fn examine(caller: &Caller, features: &Features, quirks: &Quirks) -> Result<Vec<Finding>> {
    let mut found = abilities(features);
    match answer(caller.call(&operations::get_service_provider_config()).await)? {
        Ok(_) => {}
        Err(error) => found.push(
            Finding::quirk(format!("/ServiceProviderConfig cannot be read: {}", error.message()))
                .with_hint("what is not in `quirks` is taken to be not supported"),
        ),
    }
    match answer(caller.call(&operations::list_schemas()).await)? {
        Ok(schemas) if schemas.list.resources.is_empty() => found.push(Finding::quirk("/Schemas is empty")),
        Ok(_) => {}
        Err(error) => found.push(Finding::quirk(format!("/Schemas cannot be read: {}", error.message()))),
    }
    if let Err(error) = answer(caller.call(&operations::list_resource_types()).await)? {
        found.push(Finding::quirk(format!("/ResourceTypes cannot be read: {}", error.message())));
    }
    examine_users(caller, features, &mut found).await?;
    examine_groups(caller, &mut found).await?;
    if quirks.me.is_none() && answer(caller.call(&operations::get_me()).await)?.is_ok() {
        let found_me = Finding::ability("/Me is the user of the credential");
        found.push(found_me.with_hint("set `quirks = { me = true }` to use it"));
    }
    Ok(found)
}

/// Returns what the server says that it can do, corrected by the quirks of the account.
fn abilities(features: &Features) -> Vec<Finding> {
    let paging = match features.paging {
        Paging::Index => "by index",
        Paging::Cursor => "by cursor",
    };
    let most = features.max_page_size.map(|max| format!(", of {max} that the server allows"));
    let asked = features.max_page_size.map_or(features.page_size, |max| features.page_size.min(max));
    let size = format!("{asked} a page{}", most.unwrap_or_default());
    let by_whom = if features.filter { "the server" } else { "anyprofile" };
    let patch = match features.patch {
        Patching::All => "single attributes are changed (PATCH)",
        Patching::Active => "`active` is changed by PATCH; for every other change the user is replaced (PUT)",
        Patching::None => "users are replaced to change them (PUT)",
    };
    let versions = if features.etag {
        "a write names the version of the record, so that no other change is overwritten (If-Match)"
    } else {
        "no write names a version, so a change that is made meanwhile is overwritten"
    };
    let order = if features.sort { "the order can be chosen" } else { "the order cannot be chosen" };
    vec![
        Finding::ability(format!("users are listed {paging}, {size}")),
        Finding::ability(format!("filters are applied by {by_whom}")),
        Finding::ability(patch),
        Finding::ability(versions),
        Finding::ability(order),
    ]
}

/// Returns a number, which some servers send as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn length(users: &[Value]) -> u64 {
    u64::try_from(users.len()).unwrap_or(u64::MAX)
}

async fn examine_users(caller: &Caller, features: &Features, found: &mut Vec<Finding>) -> Result<()> {
    let page = caller.call(&page_of(Page::Index(1), ASKED, None)).await?;
    let users = users_of(&page);
    let received = length(users);
    if received > u64::from(ASKED) {
        found.push(Finding::quirk("a page has more users than were asked for"));
    }
    if page["itemsPerPage"].is_number() && number(&page["itemsPerPage"]) != Some(received) {
        found.push(Finding::quirk("`itemsPerPage` is not the number of users on the page"));
    }
    let total = number(&page["totalResults"]);
    match total {
        None => found.push(Finding::quirk(
            "the number of users is not declared: the page behind the last one proves the end of a list",
        )),
        Some(total) if total < received => {
            found.push(Finding::quirk("fewer users are declared than came"));
        }
        Some(total) if received < total.min(u64::from(ASKED)) => {
            found.push(Finding::quirk("a page has fewer users than were asked for"));
        }
        Some(_) => {}
    }
    found.extend(quirks_of_records(users, features));
    if received > 1 {
        examine_second_page(caller, users, total, found).await?;
    }
    if features.paging == Paging::Cursor {
        examine_cursor(caller, received, found).await?;
    }
    if features.filter {
        examine_filter(caller, users, found).await?;
    }
    Ok(())
}

/// Finds what is odd about the records themselves.
fn quirks_of_records(users: &[Value], features: &Features) -> Vec<Finding> {
    let any = |is_odd: fn(&Value) -> bool| users.iter().any(is_odd);
    let mut found = Vec::new();
    if any(|user| user["active"].is_string()) {
        found.push(Finding::quirk("`active` is text"));
    }
    if any(|user| !user["schemas"].is_array()) {
        found.push(Finding::quirk("records have no `schemas`"));
    }
    if any(|user| !user["id"].is_string()) {
        found.push(Finding::quirk("users have no `id` that is text"));
    }
    if features.etag && any(|user| !user["meta"]["version"].is_string()) {
        let quirk =
            Finding::quirk("records have no `meta.version`, although versions are said to be checked");
        found.push(quirk.with_hint("set `quirks = { etag = false }`"));
    }
    found
}

/// Asks for the second user, which must be the one of the first page.
async fn examine_second_page(
    caller: &Caller,
    first: &[Value],
    total: Option<u64>,
    found: &mut Vec<Finding>,
) -> Result<()> {
    let page = match answer(caller.call(&page_of(Page::Index(2), 1, None)).await)? {
        Ok(page) => page,
        Err(error) => {
            found.push(Finding::quirk(format!("a second page cannot be read: {}", error.message())));
            return Ok(());
        }
    };
    let second = users_of(&page).first().map(|user| &user["id"]);
    match second {
        Some(id) if *id == first[1]["id"] => {}
        Some(id) if *id == first[0]["id"] => found.push(
            Finding::quirk("`startIndex` is ignored: every page is the first one")
                .with_hint("a list is complete only if one page holds all users: set `quirks = { page_size = … }`, or `paging = \"cursor\"`"),
        ),
        Some(_) => found.push(Finding::quirk("the order of users changes from page to page, or users were changed meanwhile")),
        None => found.push(Finding::quirk("the second page is empty, although there is a second user")),
    }
    if total.is_some() && number(&page["totalResults"]) != total {
        found.push(Finding::quirk("the declared number of users is another on each page"));
    }
    Ok(())
}

async fn examine_cursor(caller: &Caller, users: u64, found: &mut Vec<Finding>) -> Result<()> {
    let problem = match answer(caller.call(&page_of(Page::Cursor(None), 1, None)).await)? {
        // Of several users, the first page of one has a cursor to the next.
        Ok(page) if page["nextCursor"].is_string() || users < 2 => return Ok(()),
        Ok(_) => "the cursor is ignored".to_owned(),
        Err(error) => format!("a list by cursor cannot be read: {}", error.message()),
    };
    found.push(Finding::quirk(problem).with_hint(r#"set `quirks = { paging = "index" }`"#));
    Ok(())
}

/// Looks for users who are there.
async fn examine_filter(caller: &Caller, users: &[Value], found: &mut Vec<Finding>) -> Result<()> {
    let mut unreliable = Vec::new();
    for (compared, name) in [
        (Compared::UserName, "user name"),
        (Compared::Address, "e-mail address"),
        (Compared::Active, "`active`"),
    ] {
        if finds(compared, caller, users).await? == Some(false) {
            unreliable.push(name);
        }
    }
    if !unreliable.is_empty() {
        let filters = unreliable.join(", ");
        let quirk =
            format!("a filter does not find whom it should, by {filters}: it is applied here, to all users");
        found.push(Finding::quirk(quirk));
    }
    Ok(())
}

async fn examine_groups(caller: &Caller, found: &mut Vec<Finding>) -> Result<()> {
    let list = ListUsers { page: Page::Index(1), count: Some(1), ..ListUsers::default() };
    let groups = match answer(caller.call(&operations::list_groups(&list)).await)? {
        Ok(groups) => groups.list.resources,
        Err(error) => {
            found.push(Finding::ability(format!("groups cannot be read: {}", error.message())));
            return Ok(());
        }
    };
    let Some(id) = groups.first().and_then(|group| group.id.value()) else {
        found.push(Finding::ability("there are no groups"));
        return Ok(());
    };
    let group: Result<Group> = caller.call(&operations::get_group(id.as_str())).await;
    found.push(match answer(group)? {
        Ok(group) if group.members.is_absent() => {
            Finding::quirk("a group comes without `members`, so whether it has any is not known")
        }
        Ok(_) => Finding::ability("the users of a group are listed (members)"),
        Err(error) => Finding::quirk(format!("a group cannot be read: {}", error.message())),
    });
    Ok(())
}
