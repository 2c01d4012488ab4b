//! Listings, page by page.

use std::collections::BTreeSet;

use anyprofile_core::{
    ErrorKind, Expected, Filter, ListQuery, Profile, ProfileId, ProfileProviderExt as _, Result, Status,
    Timestamp,
    listing::{Cursor, Pages},
    query::{Direction, Order, OrderField},
};

use super::{Checked, checks, ensure, is_whole, paged, prove, require, some_listed};
use crate::{report::Outcome, subject::Subject};

checks! { Listing:
        "listing.complete", "a listing returns every profile once and reports that it is complete",
            "An access review relies on a complete report." => complete;
        "listing.ids", "every id belongs to this account and to a declared collection",
            "Ids identify a profile across all accounts." => ids;
        "listing.collections", "each collection alone returns its part of the listing, and says that it is complete",
            "A program may read the collections of an account side by side." => collections;
        "listing.stable", "two listings return the same profiles",
            "Paging over a changing order loses records." => stable;
        "listing.pages", "pages return the same profiles as the stream",
            "Both are the same listing." => pages;
        "listing.page-size", "smaller pages return the same profiles",
            "The page size is not a filter." => page_size;
        "listing.largest-page", "a page of the largest declared size returns the same profiles",
            "A listing of all profiles uses the largest page size." => largest_page;
        "listing.concurrency", "concurrent pages return the same profiles as sequential pages",
            "Pages read concurrently or from both ends are still one list." => concurrency;
        "listing.limit", "a limit is met exactly, and the report says that the caller stopped",
            "A limited listing is not complete." => limit;
        "listing.resume", "a stored cursor resumes the listing, with another provider of the account",
            "A program may store a cursor between two runs." => resume;
        "listing.cursor-of-another-query", "a cursor is rejected with another query, and nothing is sent",
            "A cursor has no meaning in another listing." => cursor_of_another_query;
        "listing.refusals", "a query that the service does not support is rejected before anything is sent",
            "The capabilities declare the limits." => refusals;
        "listing.orders", "each declared order is the order of the returned profiles",
            "An incremental listing stops at the first old record." => orders;
        "listing.filters", "a filter returns the matching profiles, also if it is applied locally",
            "A filter that the service does not support is applied locally." => filters;
        "listing.supported", "a provider without a listing rejects it, and nothing is sent",
            "An unsupported operation costs no request." => supported;
}

fn set(profiles: &[Profile]) -> BTreeSet<&ProfileId> {
    profiles.iter().map(|profile| &profile.id).collect()
}

/// Checks that these are all profiles, each once.
fn ensure_all(subject: &Subject<'_>, profiles: &[Profile]) -> Checked {
    ensure(
        profiles.len() == subject.listed.len(),
        format_args!("{} of {} profiles are returned", profiles.len(), subject.listed.len()),
    )?;
    ensure(set(profiles) == set(&subject.listed), "other profiles are returned")
}

async fn complete(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let mut listing = subject.provider.list(ListQuery::new());
    let mut count = 0_u64;
    while listing.try_next().await?.is_some() {
        count += 1;
    }
    let report = listing.report();
    ensure(
        is_whole(&report),
        format_args!(
            "the report is not complete: {} missing, {} quarantined",
            report.missing().unwrap_or_default(),
            report.quarantined
        ),
    )?;
    ensure(report.seen == count, format_args!("the report counts {} of {count} profiles", report.seen))?;
    ensure(report.duplicates == 0, format_args!("{} profiles are returned twice", report.duplicates))?;
    ensure(report.attempts >= report.requests, "the report has fewer attempts than requests")?;
    Ok(())
}

async fn ids(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let info = subject.info();
    let collections = &subject.capabilities().listing.collections;
    let kinds = subject.capabilities().operations.list.kinds();
    for id in subject.ids() {
        ensure(
            id.service == info.service && id.account == info.account,
            format_args!("{id} belongs to another account"),
        )?;
        ensure(kinds.contains(&id.kind), format_args!("the kind of {id} is not declared"))?;
        let is_declared = collections.is_empty() || collections.iter().any(|it| it.kind == id.kind);
        ensure(is_declared, format_args!("the collection of {id} is not declared"))?;
        ensure(id.to_string().parse().as_ref() == Ok(id), format_args!("the text of {id} cannot be parsed"))?;
    }
    Ok(())
}

async fn collections(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let collections = &subject.capabilities().listing.collections;
    require(!collections.is_empty(), "the service has one list")?;
    for collection in collections {
        let query = ListQuery::new().with_collection(collection.kind.clone());
        let alone = subject.provider.list(query).read_all().await?;
        ensure(
            is_whole(&alone.report),
            format_args!("the report of {} alone is not complete", collection.kind),
        )?;
        let part: BTreeSet<_> = subject.ids().into_iter().filter(|id| id.kind == collection.kind).collect();
        ensure(
            set(&alone.profiles) == part,
            format_args!(
                "{}: {} profiles alone, {} in all",
                collection.kind,
                alone.profiles.len(),
                part.len()
            ),
        )?;
    }
    Ok(())
}

async fn stable(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let again = subject.list(ListQuery::new()).await?;
    ensure(
        set(&again) == set(&subject.listed),
        format_args!("{} profiles first, then {}", subject.listed.len(), again.len()),
    )?;
    Ok(())
}

async fn all_pages<'a>(
    mut pages: Pages<'a, &'a dyn anyprofile_core::ProfileProvider>,
) -> Result<(Vec<Profile>, u64)> {
    let (mut profiles, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next_page().await {
        profiles.extend(page?.items);
        count += 1;
    }
    Ok((profiles, count))
}

async fn pages(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let (profiles, _) = all_pages(Pages::new(subject.provider.as_ref(), ListQuery::new())).await?;
    let same = profiles.iter().map(|profile| &profile.id).eq(subject.ids());
    ensure(
        same,
        format_args!("{} profiles in pages, {} in the stream", profiles.len(), subject.listed.len()),
    )?;
    Ok(())
}

async fn page_size(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().listing.page_size, "the page size cannot be set")?;
    let query = paged(subject, 3)?;
    // Smaller than the pages that the service sends anyway.
    let usual = u32::try_from(subject.largest_page / 2).unwrap_or(u32::MAX).max(1);
    let size = query.page_size.map_or(usual, |size| size.min(usual));
    let query = query.with_page_size(size);
    let (mut profiles, mut count) = (Vec::new(), 0);
    let mut pages = Pages::new(subject.provider.as_ref(), query);
    while let Some(page) = pages.next_page().await {
        let items = page?.items;
        ensure(
            items.len() <= size as usize,
            format_args!("a page of size {size} has {} profiles: the page size is not sent", items.len()),
        )?;
        profiles.extend(items);
        count += 1;
    }
    ensure(count > 1, format_args!("one page of size {size} has all {} profiles", profiles.len()))?;
    ensure_all(subject, &profiles)
}

/// A page size larger than any list, for providers that declare no maximum.
const LARGE: u32 = 1_000;

async fn largest_page(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    require(subject.capabilities().listing.page_size, "the page size cannot be set")?;
    let size = subject.capabilities().listing.max_page_size.unwrap_or(LARGE);
    let (profiles, _) =
        all_pages(Pages::new(subject.provider.as_ref(), ListQuery::new().with_page_size(size))).await?;
    ensure(
        set(&profiles) == set(&subject.listed),
        format_args!("{} of {} profiles are returned", profiles.len(), subject.listed.len()),
    )?;
    Ok(())
}

async fn concurrency(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let query = paged(subject, 3)?;
    for pages in [1, 2, ListQuery::DEFAULT_CONCURRENCY, 1000] {
        let mut listing = subject.provider.list(query.clone().with_concurrency(pages));
        let mut profiles = Vec::new();
        while let Some(profile) = listing.try_next().await? {
            profiles.push(profile);
        }
        ensure(
            is_whole(&listing.report()),
            format_args!("with {pages} concurrent pages it is not complete"),
        )?;
        ensure(
            profiles.len() == subject.listed.len(),
            format_args!("{} profiles are returned with {pages} concurrent pages", profiles.len()),
        )?;
        ensure(
            set(&profiles) == set(&subject.listed),
            format_args!("other profiles are returned with {pages} concurrent pages"),
        )?;
    }
    Ok(())
}

async fn limit(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    prove(subject.listed.len() > 1, "the test server must have several profiles")?;
    let mut listing = subject.provider.list(ListQuery::new().with_limit(1));
    let mut count = 0;
    while listing.try_next().await?.is_some() {
        count += 1;
    }
    ensure(count == 1, format_args!("{count} profiles are returned"))?;
    let report = listing.report();
    ensure(report.limited && !report.is_complete(), "the report does not say that the caller stopped")?;
    Ok(())
}

async fn resume(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 3)?;
    let mut pages = subject.provider.pages(query.clone());
    let mut profiles = Vec::new();
    if let Some(page) = pages.next_page().await {
        profiles.extend(page?.items);
    }
    let Some(cursor) = pages.cursor() else {
        return Err(Outcome::failed("no cursor is returned after the first of several pages"));
    };
    let stored = cursor.to_string();
    ensure(!format!("{cursor:?}").contains(&stored), "`Debug` shows the cursor")?;
    let Ok(cursor) = stored.parse::<Cursor>() else {
        return Err(Outcome::failed("the text of the cursor cannot be parsed"));
    };
    let another = subject.another()?;
    let mut pages = Pages::resume(another.as_ref(), query, cursor);
    while let Some(page) = pages.next_page().await {
        profiles.extend(page?.items);
    }
    ensure(pages.report().resumed, "the report does not say that the listing was resumed")?;
    ensure_all(subject, &profiles)
}

async fn cursor_of_another_query(subject: &Subject<'_>) -> Checked {
    let query = paged(subject, 3)?;
    let mut pages = subject.provider.pages(query.clone());
    if let Some(page) = pages.next_page().await {
        page?;
    }
    let Some(cursor) = pages.cursor().cloned() else {
        return Err(Outcome::failed("no cursor is returned after the first of several pages"));
    };
    let filtered = filtered(|filter| filter.status = vec![Expected::Is(Status::Active)]);
    let mut others = vec![query.clone().with_filter(filtered)];
    if let Some(size) = query.page_size {
        let is_room = subject.capabilities().listing.max_page_size.is_none_or(|max| size < max);
        others.push(query.with_page_size(if is_room { size + 1 } else { size - 1 }));
    }
    for other in others {
        let asked = subject.provider.list_page(&other, Some(&cursor));
        let error = subject.refused("the cursor", asked).await?;
        ensure(
            error.kind() == ErrorKind::InvalidRequest,
            format_args!("wrong error kind: {}", error.kind()),
        )?;
    }
    Ok(())
}

async fn refusals(subject: &Subject<'_>) -> Checked {
    require(subject.capabilities().operations.list.is_supported(), "listing is not supported")?;
    let listing = &subject.capabilities().listing;
    let mut queries = vec![("a page size of 0", ListQuery::new().with_page_size(0))];
    if let Some(beyond) = listing.max_page_size.and_then(|max| max.checked_add(1)) {
        queries.push(("a page size beyond the maximum", ListQuery::new().with_page_size(beyond)));
    }
    if !listing.search {
        queries.push(("a search", ListQuery::new().with_search("ada")));
    }
    if !listing.any_order && !listing.orders.contains(&OrderField::Email) {
        let order = Order::ascending(OrderField::Email);
        queries.push(("an undeclared order", ListQuery::new().with_order(order)));
    }
    for (what, query) in queries {
        let error = subject.refused(what, subject.provider.list_page(&query, None)).await?;
        ensure(
            error.kind() == ErrorKind::Unsupported,
            format_args!("{what}: wrong error kind: {}", error.kind()),
        )?;
        ensure(
            !error.field_errors().is_empty(),
            format_args!("{what}: the error does not name the part of the query"),
        )?;
    }
    Ok(())
}

async fn orders(subject: &Subject<'_>) -> Checked {
    let orders = &subject.capabilities().listing.orders;
    let is_timed = |order: &&OrderField| matches!(order, OrderField::Created | OrderField::Updated);
    require(orders.iter().any(|order| is_timed(&order)), "no order by time is declared")?;
    some_listed(subject)?;
    for field in orders.iter().filter(is_timed) {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = match direction {
                Direction::Ascending => Order::ascending(field.clone()),
                Direction::Descending => Order::descending(field.clone()),
            };
            let profiles = subject.list(ListQuery::new().with_order(order)).await?;
            ensure(
                set(&profiles) == set(&subject.listed),
                format_args!("other profiles are returned in the order by {field}"),
            )?;
            // Profiles are ordered within each collection.
            for kind in subject.capabilities().operations.list.kinds() {
                let times: Vec<Timestamp> = profiles
                    .iter()
                    .filter(|profile| profile.id.kind == *kind)
                    .filter_map(|profile| match field {
                        OrderField::Created => profile.times.created.value().copied(),
                        _ => profile.times.updated.value().copied(),
                    })
                    .collect();
                let is_sorted = match direction {
                    Direction::Ascending => times.is_sorted(),
                    Direction::Descending => times.iter().rev().is_sorted(),
                };
                ensure(
                    is_sorted,
                    format_args!("by {field}, {direction:?}, the {kind} profiles are not sorted"),
                )?;
            }
        }
    }
    Ok(())
}

fn filtered(set: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    set(&mut filter);
    filter
}

async fn filters(subject: &Subject<'_>) -> Checked {
    some_listed(subject)?;
    let mut filters = Vec::new();
    let statuses: BTreeSet<_> =
        subject.listed.iter().filter_map(|it| it.status.value()).map(ToString::to_string).collect();
    for status in statuses {
        let filter = filtered(|filter| filter.status = vec![Expected::Is(status.as_str().into())]);
        filters.push((format!("status {status}"), filter));
    }
    for mfa in [Expected::Is(true), Expected::Is(false), Expected::Unknown] {
        filters.push((format!("mfa {mfa:?}"), filtered(|filter| filter.mfa = Some(mfa))));
    }
    if let Some(address) = subject.listed.iter().find_map(Profile::email) {
        let filter = filtered(|filter| filter.email = Some(address.to_owned()));
        filters.push(("e-mail address".to_owned(), filter));
    }
    let latest = subject.listed.iter().filter_map(|it| it.times.updated.value()).max().copied();
    if let Some(since) = latest {
        filters.push(("updated since".to_owned(), filtered(|filter| filter.updated_since = Some(since))));
    }
    for (what, filter) in filters {
        let wanted: BTreeSet<_> = subject
            .listed
            .iter()
            .filter(|it| filter.verdict(it, subject.capabilities()) == anyprofile_core::Verdict::Yes)
            .map(|profile| &profile.id)
            .collect();
        let found = subject.list(ListQuery::new().with_filter(filter.clone())).await?;
        ensure(
            set(&found) == wanted,
            format_args!("{what}: {} profiles are returned, but {} match", found.len(), wanted.len()),
        )?;
    }
    Ok(())
}

async fn supported(subject: &Subject<'_>) -> Checked {
    require(!subject.capabilities().operations.list.is_supported(), "listing is supported")?;
    let query = ListQuery::new();
    let asked = subject.provider.list_page(&query, None);
    let error = subject.refused("a listing", asked).await?;
    ensure(error.kind() == ErrorKind::Unsupported, format_args!("wrong error kind: {}", error.kind()))?;
    Ok(())
}
