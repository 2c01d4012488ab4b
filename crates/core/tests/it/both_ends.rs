//! Lists that are read from both ends at once.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt, ProviderInfo, Result, Timestamp, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, ListReport, Next, Page, Pages},
    query::{Direction, Order, OrderField},
};
use futures_util::TryStreamExt;

use crate::memory::token;

/// A profile of the list: its creation time in seconds, and its number.
type Records = BTreeSet<(i64, u64)>;

/// A change before a response.
type Meanwhile = dyn FnMut(usize, &mut Records) -> Result<()> + Send;

/// The creation time in a record, by the real time and the number.
type Shown = fn(i64, u64) -> Option<i64>;

/// A list whose cursors say where the last page ended.
struct Dated {
    info: ProviderInfo,
    capabilities: Capabilities,
    records: Mutex<Records>,
    meanwhile: Mutex<Box<Meanwhile>>,
    page_size: usize,
    /// Whether profiles with equal creation times have one order from both ends.
    ties_stay: bool,
    shown: Shown,
    delay: Duration,
    asked: Mutex<Vec<String>>,
}

impl fmt::Debug for Dated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Dated")
    }
}

impl Dated {
    fn of(records: impl IntoIterator<Item = (i64, u64)>, page_size: usize) -> Self {
        let mut capabilities = Capabilities::default();
        capabilities.operations.list = Support::users();
        capabilities.operations.get = Support::users();
        capabilities.listing.orders = vec![OrderField::Created];
        capabilities.listing.both_ends = true;
        Self {
            info: ProviderInfo::new("dated".parse().unwrap(), "acme".parse().unwrap(), "Dated", "memory:"),
            capabilities,
            records: Mutex::new(records.into_iter().collect()),
            meanwhile: Mutex::new(Box::new(|_, _| Ok(()))),
            page_size,
            ties_stay: false,
            shown: |created, _| Some(created),
            delay: Duration::ZERO,
            asked: Mutex::default(),
        }
    }

    /// `count` profiles, created one second after the other.
    fn people(count: u64, page_size: usize) -> Self {
        Self::of((0..count).map(|number| (i64::try_from(number).unwrap(), number)), page_size)
    }

    fn meanwhile(self, meanwhile: impl FnMut(usize, &mut Records) -> Result<()> + Send + 'static) -> Self {
        *self.meanwhile.lock().unwrap() = Box::new(meanwhile);
        self
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn profile(&self, created: i64, number: u64) -> Profile {
        let mut profile = Profile::new(format!("dated:acme/user/u{number}").parse().unwrap());
        if let Some(shown) = (self.shown)(created, number) {
            let time = std::time::UNIX_EPOCH + Duration::from_secs(u64::try_from(shown).unwrap());
            profile.times.created = Timestamp::try_from(time).unwrap().into();
        }
        profile
    }
}

#[async_trait]
impl ProfileProvider for Dated {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let ascending = query.order.as_ref().is_some_and(|order| order.direction == Direction::Ascending);
        let position = token(&self.info, query, cursor)?;
        let request = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(format!("{} {position}", if ascending { "asc" } else { "desc" }));
            asked.len()
        };
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let mut records = self.records.lock().unwrap();
        (self.meanwhile.lock().unwrap())(request, &mut records)?;
        // The sort key of a record in the requested order.
        let key = |(created, number): (i64, u64)| {
            let number = i64::try_from(number).unwrap();
            match (ascending, self.ties_stay) {
                (true, _) => (created, number),
                (false, true) => (-created, number),
                (false, false) => (-created, -number),
            }
        };
        let after =
            position.split_once(' ').map(|(one, two)| (one.parse::<i64>().unwrap(), two.parse().unwrap()));
        let mut rest: Vec<_> =
            records.iter().copied().filter(|record| after.is_none_or(|after| key(*record) > after)).collect();
        rest.sort_by_key(|record| key(*record));
        let next = rest.get(self.page_size).map(|_| key(rest[self.page_size - 1]));
        rest.truncate(self.page_size);
        let items = rest.into_iter().map(|(created, number)| self.profile(created, number)).collect();
        Ok(Page::last(items).with_next(match next {
            Some((one, two)) => {
                Next::Cursor(Cursor::new(&self.info, query, CursorPosition::Token(format!("{one} {two}"))))
            }
            None => Next::End,
        }))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        Ok(Profile::new(id.clone()))
    }
}

/// A query for all profiles in any order.
fn unordered() -> ListQuery {
    ListQuery::new().with_unordered(true)
}

/// Returns the profiles in the order of delivery, and the report.
async fn list(provider: &Dated, query: ListQuery) -> (Vec<u64>, Result<()>, ListReport) {
    let mut listing = provider.list(query);
    let mut numbers = Vec::new();
    let end = loop {
        match listing.try_next().await {
            Ok(Some(profile)) => numbers.push(profile.id.native()[1..].parse().unwrap()),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (numbers, end, listing.report())
}

#[tokio::test(start_paused = true)]
async fn it_takes_half_the_time_and_hardly_more_requests() {
    let mut dated = Dated::people(20_000, 100);
    dated.delay = Duration::from_millis(50);
    let began = tokio::time::Instant::now();
    let (numbers, _, report) = list(&dated, unordered()).await;
    assert!(began.elapsed() <= Duration::from_millis(5_200), "{:?}", began.elapsed());
    assert_eq!((numbers.len(), report.pages, report.is_complete()), (20_000, 202, true));
    assert!(dated.asked() <= 204, "{}", dated.asked());
    // Pages alternate, whichever response comes first.
    assert_eq!(numbers[..3], [19_999, 19_998, 19_997]);
    assert_eq!(numbers[100..103], [0, 1, 2]);
}

#[tokio::test]
async fn a_list_of_one_page_takes_one_request() {
    for (people, requests) in [(0, 1), (1, 1), (10, 1), (11, 4)] {
        let dated = Dated::people(people, 10);
        let (numbers, _, report) = list(&dated, unordered()).await;
        assert_eq!((numbers.len() as u64, report.is_complete()), (people, true));
        assert!(dated.asked() <= requests, "{people}: {:?}", dated.asked.lock().unwrap());
    }
}

#[tokio::test]
async fn who_asks_for_an_order_a_limit_or_one_page_at_a_time_gets_it() {
    let created = Order::ascending(OrderField::Created);
    let ascending: Vec<_> = (0..50).collect();
    let descending: Vec<_> = (0..50).rev().collect();
    for (query, expected) in [
        (unordered().with_order(created), &ascending[..]),
        (unordered().with_concurrency(1), &descending[..]),
        (unordered().with_limit(25), &descending[..25]),
        (ListQuery::new(), &descending[..]),
    ] {
        let dated = Dated::people(50, 10);
        let (numbers, _, _) = list(&dated, query.clone()).await;
        assert_eq!(numbers, expected, "{query:?}");
        assert!(dated.asked() <= 5);
    }
}

#[tokio::test]
async fn an_error_at_either_end_ends_the_listing_behind_all_that_came_before() {
    for failing in [3, 4] {
        let dated = Dated::people(200, 10).meanwhile(move |request, _| match request {
            request if request >= failing => Err(Error::new(ErrorKind::Upstream, "it failed")),
            _ => Ok(()),
        });
        let (numbers, end, report) = list(&dated, unordered()).await;
        assert_eq!(end.unwrap_err().kind(), ErrorKind::Upstream);
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        assert!(numbers.len() >= 10 && !report.is_complete());
    }
}

#[tokio::test]
async fn times_that_say_nothing_cost_nobody() {
    let shown: [(&str, Shown); 5] = [
        ("no times", |_, _| None),
        ("some times", |created, number| (number % 7 != 3).then_some(created)),
        ("one time", |_, _| Some(5)),
        ("times that jump", |created, number| {
            Some(if number % 50 == 20 { 100_000 - created } else { created })
        }),
        ("times that run backwards", |created, _| Some(100_000 - created)),
    ];
    for (name, shown) in shown {
        for (people, page_size) in [(5, 10), (95, 10), (300, 10), (300, 1)] {
            let mut dated = Dated::people(people, page_size);
            dated.shown = shown;
            let (numbers, _, report) = list(&dated, unordered()).await;
            assert_eq!(numbers.len() as u64, people, "{name}, {people}");
            assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "{name}, {people}");
            assert!(report.is_complete() && report.received == people, "{name}, {people}: {report:?}");
        }
    }
}

#[tokio::test]
async fn an_owned_listing_may_be_spawned() {
    let dated: Arc<dyn ProfileProvider> = Arc::new(Dated::people(300, 10));
    let listing = dated.list_owned(unordered());
    let profiles: Vec<_> = tokio::spawn(listing.try_collect()).await.unwrap().unwrap();
    assert_eq!(profiles.len(), 300);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(512))]

    /// Profiles that stay are delivered, none is delivered twice, and none that never existed is delivered.
    #[test]
    fn everybody_comes_once_while_others_come_and_go(
        created in proptest::collection::vec(0_i64..60, 0..250),
        page_size in 1_usize..25,
        ties_stay: bool,
        events in proptest::collection::vec((1_usize..40, proptest::option::of(0_u64..250)), 0..60),
    ) {
        let records: Records = created.iter().copied().zip(0..).collect();
        let deleted: BTreeSet<u64> = events.iter().filter_map(|(_, deleted)| *deleted).collect();
        let stays: BTreeSet<u64> =
            records.iter().map(|(_, number)| *number).filter(|number| !deleted.contains(number)).collect();
        let mut dated = Dated::of(records, page_size).meanwhile(move |request, records| {
            for (number, (_, event)) in events.iter().enumerate().filter(|(_, (at, _))| *at == request) {
                match event {
                    Some(deleted) => records.retain(|(_, number)| number != deleted),
                    // A new profile, created now.
                    None => drop(records.insert((60 + i64::try_from(request).unwrap(), 1000 + number as u64))),
                }
            }
            Ok(())
        });
        dated.ties_stay = ties_stay;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (numbers, end, report) = runtime.block_on(list(&dated, unordered()));
        end.unwrap();
        let distinct: BTreeSet<_> = numbers.iter().copied().collect();
        proptest::prop_assert_eq!(distinct.len(), numbers.len(), "a profile came twice");
        proptest::prop_assert!(stays.is_subset(&distinct), "a profile is missing");
        proptest::prop_assert!(report.is_complete() && report.duplicates == 0);
        proptest::prop_assert_eq!(report.received, numbers.len() as u64);
    }
}

#[tokio::test]
async fn a_listing_goes_on_later_from_where_both_ends_were() {
    for pages_before in 1..6 {
        let dated = Dated::people(60, 10);
        let mut seen = Vec::new();
        let mut noted = anyprofile_core::listing::DuplicateCounter::default();
        let mut take = |page: Page<Profile>| {
            for profile in page.items {
                noted.note(&profile.id);
                seen.push(profile.id.native().to_owned());
            }
        };
        let mut first = dated.pages(unordered());
        for _ in 0..pages_before {
            take(first.next_page().await.unwrap().unwrap());
        }
        let stored = first.cursor().unwrap().to_string();
        assert!(!stored.contains('\n'));
        drop(first);
        let asked_before = dated.asked();
        let mut rest = Pages::resume(&dated, unordered(), stored.parse().unwrap()).with_noted(noted.clone());
        let mut take_rest = Vec::new();
        while let Some(page) = rest.next_page().await {
            take_rest.extend(page.unwrap().items.into_iter().map(|profile| profile.id.native().to_owned()));
        }
        assert!(rest.report().reached_end && rest.cursor().is_none());
        seen.extend(take_rest);
        assert_eq!(seen.len(), 60, "after {pages_before} pages");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 60);
        // What was read before is not read again.
        assert!(dated.asked() - asked_before <= 10 - pages_before, "{:?}", dated.asked.lock().unwrap());
    }
}
