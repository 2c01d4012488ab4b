//! Lists, by index and by cursor.

use anyprofile_core::{
    ErrorKind, Expected, IdKind, ListQuery, Profile, Result, Status, listing,
    query::{Direction, FilterPart, OrderField},
    wire::WithRaw,
};
use anyprofile_engine::{Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Response};
use serde_json::{Value, json};

use super::{
    USER,
    ends::{is_all, is_counted, is_first_again},
};
use crate::{
    config::Paging,
    discovery::Features,
    operations::{self, Comparison, ListUsers, Page, filter, list_response},
    wire::{ListResponse, User},
};

/// Returns a page of users.
pub(super) async fn page(
    caller: &Caller,
    query: &ListQuery,
    pushed: &[FilterPart],
    place: &Place<'_>,
    features: &Features,
) -> Result<RecordPage> {
    let asked = query.page_size.unwrap_or(features.page_size);
    // A server that is asked for more than it sends would send a page that looks like the last one.
    let asked = features.max_page_size.map_or(asked, |max| asked.min(max));
    let mut list = ListUsers { count: Some(asked), filter: written(query, pushed), ..ListUsers::default() };
    if let Some(order) = &query.order {
        list.sort_by = attribute(&order.field).map(str::to_owned);
        list.is_descending = order.direction == Direction::Descending;
    }
    match features.paging {
        Paging::Index => {
            let start = place.number().unwrap_or(1);
            list.page = Page::Index(start);
            let count = u64::from(asked);
            let operation = operations::list_users::<User>(&list)
                .read_as(move |response| page_of_index(response, start, count));
            let page = caller.call(&operation).await?;
            if !is_first_again(caller, &list, start, &page).await? {
                return Ok(page);
            }
            let is_behind = page.declared_total().is_none_or(|total| start > total);
            // A page of one user is that of a list of one.
            let is_alone = is_behind && page.profiles().len() == 1 && count > 1;
            let counts = is_alone || is_counted(caller, &list, &page).await?;
            if counts && !is_behind {
                // Somebody new stands before the first user.
                return Ok(page);
            }
            // Behind the last user; or every page is the first one, and then the end is not known.
            let onward = if counts { Onward::End } else { Onward::Unproven };
            Ok(RecordPage::new(listing::Page::last(Vec::new()), onward))
        }
        Paging::Cursor => {
            list.page = Page::Cursor(place.token().map(str::to_owned));
            let listed = caller.call(&operations::list_users::<User>(&list).read_as(page_of_cursor)).await;
            let page = listed.map_err(|error| match error.kind() {
                ErrorKind::Unsupported => error.with_hint(r#"set `quirks = { paging = "index" }`"#),
                _ => error,
            })?;
            // A first page that is the last one may be that of a server that does not know cursors.
            let is_only = place.token().is_none() && *page.onward() == Onward::End;
            if is_only && page.declared_total().is_none() && !is_all(caller, &list, &page).await {
                return Ok(page.with_onward(Onward::Unproven));
            }
            Ok(page)
        }
    }
}

/// Returns the attribute of an order.
fn attribute(field: &OrderField) -> Option<&'static str> {
    match field {
        OrderField::Created => Some("meta.created"),
        OrderField::Updated => Some("meta.lastModified"),
        OrderField::Name => Some("displayName"),
        _ => None,
    }
}

/// Returns the filter for the server, of the parts that it applies.
fn written(query: &ListQuery, pushed: &[FilterPart]) -> Option<String> {
    let mut comparisons: Vec<(&str, Comparison, Value)> = Vec::new();
    for part in pushed {
        match part {
            FilterPart::Email => {
                let address = query.filter.email.as_deref().unwrap_or_default();
                comparisons.push(("emails.value", Comparison::Equal, json!(address)));
            }
            FilterPart::Status => {
                let is_active = query.filter.status == [Expected::Is(Status::Active)];
                comparisons.push(("active", Comparison::Equal, json!(is_active)));
            }
            FilterPart::UpdatedSince => {
                if let Some(since) = query.filter.updated_since_of(&IdKind::USER) {
                    let since = json!(since.to_string());
                    comparisons.push(("meta.lastModified", Comparison::GreaterOrEqual, since));
                }
            }
            _ => {}
        }
    }
    filter(&comparisons)
}

/// Finds the users with a user name, by the server's filter.
pub(super) async fn by_user_name(caller: &Caller, name: &str) -> Result<Vec<Profile>> {
    let by_name = filter(&[("userName", Comparison::Equal, json!(name))]);
    users(caller, ListUsers { filter: by_name, count: Some(2), ..ListUsers::default() }).await
}

/// Reads the users of one page.
pub(super) async fn users(caller: &Caller, list: ListUsers) -> Result<Vec<Profile>> {
    let operation = operations::list_users::<User>(&list).read_as(|response| {
        let listed = list_response::<WithRaw<User>>(response)?;
        Ok(listed.into_page(|list| (list.resources, None)).try_map(USER.each(response)))
    });
    Ok(caller.call(&operation).await?.items)
}

/// Reads a page of a list by index.
///
/// The list goes on behind the records that came, however many were asked for: a short page is not the end. The end is
/// where the declared number is reached. Some servers declare the number of this page instead: where that cannot be told
/// apart, where the last page is as long as the others, and where nothing or less than what came is declared, the page behind it
/// is asked for too.
fn page_of_index(response: &Response, start: u64, count: u64) -> Result<RecordPage> {
    let listed = list_response::<WithRaw<User>>(response)?;
    let ListResponse { total_results, .. } = &listed.list;
    let received = u64::try_from(listed.list.resources.len() + listed.quarantined.len()).unwrap_or(u64::MAX);
    let (total, before) = (total_results.value().copied(), start.saturating_sub(1));
    let delivered = before.saturating_add(received);
    // Of more users than were asked for, some may be those of another page.
    let next_page = Position::Number(before.saturating_add(received.min(count)).saturating_add(1));
    // A page that could have had more shows that the number is that of the users. A server may send fewer than it is asked for:
    // then all pages before the last one are as long as each other.
    let is_full = received == count || (received > 0 && before.is_multiple_of(received));
    // The number that the first page declares may be its own.
    let is_whole_list = start > 1 && !is_full;
    let onward = match total {
        _ if received == 0 && (start > 1 || total.is_some()) => Onward::End,
        Some(total) if delivered < total => Onward::At(next_page),
        Some(total) if delivered == total && is_whole_list => Onward::End,
        _ if received == 0 => Onward::Claimed(None),
        _ => Onward::Claimed(Some(next_page)),
    };
    let page = listed.into_page(|list| (list.resources, list.total_results.into_value()));
    Ok(RecordPage::new(page.try_map(USER.each(response)), onward))
}

/// Reads a page of a list by cursor: the page without a cursor is the last one.
fn page_of_cursor(response: &Response) -> Result<RecordPage> {
    let listed = list_response::<WithRaw<User>>(response)?;
    let next = listed.list.next_cursor.value().filter(|cursor| !cursor.is_empty()).cloned();
    // A page that has an index is one of a server that does not know cursors.
    let is_by_index = listed.list.start_index.value().is_some();
    let is_whole = match (next.is_some(), listed.list.total_results.value()) {
        (false, _) if is_by_index => false,
        (false, Some(total)) => {
            *total == 0 || !listed.list.resources.is_empty() || !listed.quarantined.is_empty()
        }
        _ => true,
    };
    let onward = match next {
        Some(cursor) => Onward::At(Position::Token(cursor)),
        None if is_whole => Onward::End,
        None => Onward::Claimed(None),
    };
    let page = listed.into_page(|list| (list.resources, list.total_results.into_value()));
    Ok(RecordPage::new(page.try_map(USER.each(response)), onward))
}
