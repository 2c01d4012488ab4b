//! Listings of a service that does not do what was requested, and of a list that changes while it is read.

use std::{fmt, sync::Mutex, time::Duration};

use anyprofile_core::{
    Capabilities, ErrorKind, Expected, Filter, GetOptions, ListQuery, Profile, ProfileProvider,
    ProfileProviderExt, ProviderInfo, Result, Status, Timestamp, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, Next, Page, RemainingPages},
    query::{Direction, FilterPart, OrderField},
};

use crate::memory::Memory;

type Happens = dyn Fn(u32, &mut Vec<Record>) + Send + Sync;

/// A profile of the list: its id, its update time in seconds, and whether it is active.
type Record = (u32, i64, bool);

/// A numbered list with two profiles in a page, which handles parameters as the test says.
struct Moody {
    info: ProviderInfo,
    capabilities: Capabilities,
    records: Mutex<Vec<Record>>,
    /// Whether the requested order is kept.
    orders: bool,
    /// How the requested status is applied.
    filters: Filtering,
    /// Changes the list before a response; the number is that of the request, from 1.
    happens: Box<Happens>,
    asked: Mutex<Vec<String>>,
    /// Whether each page links to the next one by its number, instead of listing the remaining pages.
    links: bool,
    /// Whether there is always a next page.
    is_endless: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Filtering {
    Right,
    Ignored,
    Inverted,
    /// Correct on the first page, ignored on all others.
    RightAtFirst,
}

impl fmt::Debug for Moody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Moody")
    }
}

fn at(seconds: i64) -> Timestamp {
    let since_1970 = Duration::from_secs(1_700_000_000_u64.saturating_add_signed(seconds));
    Timestamp::try_from(std::time::SystemTime::UNIX_EPOCH + since_1970).unwrap()
}

fn moody(records: &[Record]) -> Moody {
    let mut capabilities = Capabilities::default();
    capabilities.operations.list = Support::users();
    capabilities.listing.orders = vec![OrderField::Updated];
    capabilities.listing.filters = vec![FilterPart::Status];
    capabilities.listing.filter_statuses = vec![Status::Active, Status::Suspended];
    Moody {
        info: ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Moody", "memory:"),
        capabilities,
        records: Mutex::new(records.to_vec()),
        orders: true,
        filters: Filtering::Right,
        happens: Box::new(|_, _| {}),
        asked: Mutex::default(),
        links: false,
        is_endless: false,
    }
}

#[async_trait]
impl ProfileProvider for Moody {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let number = match cursor.map(|cursor| cursor.position(&self.info, query)).transpose()? {
            Some(CursorPosition::PageNumber(number)) => *number,
            Some(CursorPosition::Token(link)) => link.trim_start_matches("?page=").parse().unwrap(),
            _ => 1,
        };
        let order = query.order.as_ref().map(|order| order.direction);
        let requests = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(format!(
                "{number}{}",
                order.map_or("", |it| if it == Direction::Ascending { " asc" } else { "" })
            ));
            u32::try_from(asked.len()).unwrap()
        };
        let mut records = self.records.lock().unwrap();
        (self.happens)(requests, &mut records);
        let mut records = records.clone();
        let pushed = query.filter_plan(&self.capabilities).pushed;
        if let ([Expected::Is(status)], true) = (&query.filter.status[..], !pushed.is_empty()) {
            let wants_active = *status == Status::Active;
            records.retain(|(.., is_active)| match self.filters {
                Filtering::Right => *is_active == wants_active,
                Filtering::Inverted => *is_active != wants_active,
                Filtering::RightAtFirst => number > 1 || *is_active == wants_active,
                Filtering::Ignored => true,
            });
        }
        if let (Some(direction), true) = (order, self.orders) {
            records.sort_by_key(
                |(_, changed, _)| if direction == Direction::Ascending { *changed } else { -changed },
            );
        }
        let pages = (records.len() as u64).div_ceil(2).max(if self.is_endless { number + 1 } else { 0 });
        let first = usize::try_from(2 * number - 2).unwrap();
        let profiles = records.iter().skip(first).take(2).map(|(id, changed, is_active)| {
            let mut profile = Profile::new(format!("probely:eu/user/{id}").parse().unwrap());
            profile.times.updated = at(*changed).into();
            profile.status = if *is_active { Status::Active } else { Status::Suspended }.into();
            profile
        });
        let remaining = number + 1..pages + 1;
        let next = if remaining.is_empty() {
            Next::End
        } else if self.links {
            let link = CursorPosition::Token(format!("?page={}", number + 1));
            Next::Cursor(Cursor::new(&self.info, query, link))
        } else {
            Next::Remaining(RemainingPages::new(&self.info, query, remaining))
        };
        Ok(Page::last(profiles.collect())
            .with_next(next)
            .with_numbered(self.links)
            .with_date(Some(at(1000 + i64::from(requests))))
            .with_declared_total(Some(records.len() as u64)))
    }

    async fn get_opts(&self, id: &anyprofile_core::ProfileId, _: &GetOptions) -> Result<Profile> {
        Ok(Profile::new(id.clone()))
    }
}

/// Lists the pages one after the other; returns the profiles and the report.
async fn listed(provider: &Moody, query: ListQuery) -> (Vec<String>, anyprofile_core::listing::ListReport) {
    let mut pages = provider.pages(query.with_concurrency(1));
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await {
        ids.extend(page.unwrap().items.into_iter().map(|profile| profile.id.native().to_owned()));
    }
    ids.sort();
    (ids, pages.report().clone())
}

fn of_status(status: Status) -> ListQuery {
    let mut filter = Filter::default();
    filter.status = vec![Expected::Is(status)];
    ListQuery::new().with_filter(filter)
}

#[tokio::test]
async fn an_order_that_a_service_ignores_hides_no_change() {
    // The first two pages fall by chance, and are old; the change is on the last page.
    let records =
        [(1, -50, true), (2, -60, true), (3, -70, true), (4, -80, true), (5, 10, true), (6, -90, true)];
    let since = ListQuery::new().changed_since(at(0), Duration::ZERO);
    let ignoring = Moody { orders: false, ..moody(&records) };
    let (ids, report) = listed(&ignoring, since.clone()).await;
    assert_eq!(ids, ["5"]);
    assert!(report.is_complete() && !report.is_cut_at_unchanged(), "{report:?}");
    assert_eq!(*ignoring.asked.lock().unwrap(), ["1", "2", "1 asc", "3"]);
    // One page with falling times is not a proof, wherever the change is.
    let ignoring =
        Moody { orders: false, ..moody(&[(1, -50, true), (2, -60, true), (3, 10, true), (4, -1, true)]) };
    assert_eq!(listed(&ignoring, since.clone()).await.0, ["3"]);
    // A service that keeps the order is left once the far end has proven it.
    let keeping = moody(&records);
    let (ids, report) = listed(&keeping, since).await;
    assert_eq!((ids, report.is_complete()), (vec!["5".to_owned()], true));
    assert_eq!(*keeping.asked.lock().unwrap(), ["1", "2", "1 asc"]);
    assert!(report.is_cut_at_unchanged() && report.requests == 3);
}

#[tokio::test]
async fn a_filter_that_a_service_misreads_is_applied_here() {
    let records = [(1, -1, true), (2, -2, false), (3, -3, true), (4, -4, false), (5, -5, true)];
    for filters in [Filtering::Ignored, Filtering::Inverted, Filtering::Right] {
        let service = Moody { filters, ..moody(&records) };
        let (ids, report) = listed(&service, of_status(Status::Suspended)).await;
        assert_eq!(ids, ["2", "4"]);
        assert!(report.is_complete(), "{report:?}");
        let misread = if filters == Filtering::Right { vec![] } else { vec![FilterPart::Status] };
        assert_eq!(report.misread_filters, misread);
    }
    // After a profile was delivered the listing cannot restart, and is not complete.
    let service = Moody { filters: Filtering::RightAtFirst, ..moody(&records) };
    let (mut ids, report) = listed(&service, of_status(Status::Active)).await;
    ids.dedup();
    assert_eq!(ids, ["1", "3", "5"]);
    assert_eq!(report.contradicted_filters, [FilterPart::Status]);
    assert!(!report.is_complete());
    assert_eq!(report.watermark(), None);
}

#[tokio::test]
async fn a_listing_that_found_a_filter_misread_goes_on_at_its_cursor() {
    let records = [(1, -1, true), (2, -2, false), (3, -3, true), (4, -4, false), (5, -5, true)];
    let service = Moody { filters: Filtering::Inverted, ..moody(&records) };
    let query = of_status(Status::Suspended).with_concurrency(1);
    let mut pages = service.pages(query.clone());
    let first: Vec<_> = pages.next_page().await.unwrap().unwrap().items;
    let stored = pages.cursor().unwrap().clone();
    let mut pages = anyprofile_core::listing::Pages::resume(&service, query, stored);
    let mut ids: Vec<_> = first.iter().map(|profile| profile.id.native().to_owned()).collect();
    while let Some(page) = pages.next_page().await {
        ids.extend(page.unwrap().items.into_iter().map(|profile| profile.id.native().to_owned()));
    }
    assert_eq!(ids, ["2", "4"]);
}

#[tokio::test]
async fn who_moved_between_two_pages_while_others_were_deleted_and_added_is_found_by_a_second_look() {
    let records: Vec<Record> = (1..=9).map(|id| (id, -i64::from(id), true)).collect();
    // After the second page was read, a profile of the first one is deleted, and a new one is added at the end.
    let mut swapped = moody(&records);
    swapped.happens = Box::new(|request, records| {
        if request == 3 {
            records.remove(0);
            records.push((99, 1003, true));
        }
    });
    let (ids, report) = listed(&swapped, ListQuery::new()).await;
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "99"]);
    assert!(report.is_complete() && !report.not_at_one_moment, "{report:?}");
    assert_eq!((report.duplicates, report.seen), (0, 10));
    // Pages that link by number move as well; and the second reading ends although there is always a next page.
    for (links, is_endless) in [(true, false), (false, true), (true, true)] {
        let mut moved = Moody { links, is_endless, ..moody(&records) };
        moved.happens = Box::new(|request, records| {
            if request == 3 {
                records.remove(0);
                records.push((99, 1003, true));
            }
        });
        let (ids, report) = listed(&moved, ListQuery::new()).await;
        assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "99"]);
        assert!(report.is_complete(), "{report:?}");
        assert!(report.requests <= 14, "{}", report.requests);
    }
    // A list that changes all the time is not complete, and the report says so.
    let mut restless = moody(&records);
    restless.happens = Box::new(|request, records| {
        if request % 2 == 0 {
            records.remove(0);
            records.push((100 + request, 1000 + i64::from(request), true));
        }
    });
    let (_, report) = listed(&restless, ListQuery::new()).await;
    assert!(report.changed_while_read && !report.is_complete(), "{report:?}");
    assert!(report.requests <= 12, "{}", report.requests);
    // A list that did not change is read once.
    let quiet = moody(&records);
    let (_, report) = listed(&quiet, ListQuery::new()).await;
    assert_eq!((report.requests, report.not_at_one_moment), (5, false));
}

#[tokio::test]
async fn a_list_without_an_end_ends_where_its_total_has_come() {
    let endless = |position: &str| {
        let number: u64 = position.parse().unwrap_or(0);
        let names = if number == 0 { vec!["a".to_owned(), "b".to_owned()] } else { Vec::new() };
        Ok((names, Some((number + 1).to_string())))
    };
    let mut memory = Memory::by(endless);
    memory.total = Some(2);
    let mut profiles = memory.list(ListQuery::new());
    while profiles.try_next().await.unwrap().is_some() {}
    assert!(profiles.report().is_complete(), "{:?}", profiles.report());
    assert!(memory.answered() <= 3, "{}", memory.answered());
}

#[tokio::test]
async fn pages_that_bring_nobody_end_a_listing_that_can_go_on() {
    // 150 pages are empty, or have the same profile; then the last profile comes.
    for repeated in [None, Some("a")] {
        let memory = Memory::by(move |position| {
            let number: u64 = position.parse().unwrap_or(0);
            let names = match number {
                0 => vec!["a".to_owned()],
                150 => vec!["z".to_owned()],
                _ => repeated.iter().map(|name| (*name).to_owned()).collect(),
            };
            Ok((names, (number < 150).then(|| (number + 1).to_string())))
        });
        let mut pages = memory.pages(ListQuery::new());
        let error = loop {
            match pages.next_page().await.unwrap() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("100 consecutive pages"), "{error}");
        assert_eq!(pages.report().pages, 101);
        assert!(pages.report().stopped_at_empty_pages && !pages.report().is_complete());
        assert!(pages.cursor().is_some(), "it can be gone on with");
        let mut last = None;
        while let Some(page) = pages.next_page().await {
            last = page.unwrap().items.pop().or(last);
        }
        assert_eq!(last.unwrap().id.native(), "z");
        assert!(!pages.report().stopped_at_empty_pages && pages.report().reached_end);
        // The caller can set the limit of such pages.
        let mut profiles = memory.list(ListQuery::new().with_max_empty_pages(1000));
        while profiles.try_next().await.unwrap().is_some() {}
        assert!(profiles.report().reached_end);
    }
}
