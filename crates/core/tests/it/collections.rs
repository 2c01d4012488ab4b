//! A service with several collections, and listings of changes since a time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId,
    ProfileProvider, ProfileProviderExt, ProviderInfo, Result, Timestamp, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, Next, Page, RemainingPages, Watermarks},
    query::{Direction, OrderField},
};
use futures_util::TryStreamExt;

/// Two collections with two profiles in a page; each profile was updated a minute before the one before it.
#[derive(Clone, Debug)]
struct Two {
    /// How many minutes ago the latest change in the second collection was.
    quiet_for: u64,
    info: ProviderInfo,
    capabilities: Capabilities,
    /// The number of profiles in each collection, and the total that it declares.
    sizes: [(u64, Option<u64>); 2],
    /// The position of the profile without an update time, in the first collection.
    undated: Option<u64>,
    keeps_order: bool,
    asked: Arc<Mutex<Vec<String>>>,
}

const NOW: &str = "2026-11-21T12:00:00Z";

fn minutes_ago(minutes: u64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().saturating_sub(Duration::from_secs(60 * minutes))
}

fn two() -> Two {
    let info = ProviderInfo::new("upsun".parse().unwrap(), "acme".parse().unwrap(), "Two", "memory:");
    let mut capabilities = Capabilities::default();
    let kinds = [IdKind::USER, IdKind::ORGANIZATION];
    capabilities.operations.list = Support::of(kinds.clone());
    capabilities.operations.get = Support::of(kinds);
    capabilities.listing.orders = vec![OrderField::Updated];
    let sizes = [(5, Some(5)), (3, Some(3))];
    Two { quiet_for: 0, info, capabilities, sizes, undated: None, keeps_order: true, asked: Arc::default() }
}

impl Two {
    fn id(&self, kind: &IdKind, native: &str) -> ProfileId {
        let (service, account) = (self.info.service.clone(), self.info.account.clone());
        ProfileId::new(service, account, kind.clone(), native).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[async_trait]
impl ProfileProvider for Two {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let kind = cursor.and_then(Cursor::collection).unwrap_or(&IdKind::USER).clone();
        let number = match cursor.map(|cursor| cursor.position(&self.info, query)).transpose()? {
            Some(CursorPosition::PageNumber(number)) => *number,
            _ => 1,
        };
        self.asked.lock().unwrap().push(format!("{kind} {number}"));
        let is_first = kind == IdKind::USER;
        let (size, declared) = self.sizes[usize::from(!is_first)];
        let is_reversed = query.order.as_ref().is_some_and(|it| it.direction == Direction::Ascending);
        let places = (2 * number - 2)..(2 * number).min(size);
        let profiles = places.map(|place| if is_reversed { size - 1 - place } else { place }).map(|place| {
            let mut profile = Profile::new(self.id(&kind, &place.to_string()));
            let minutes = if self.keeps_order { place } else { size - place };
            let minutes = if is_first { minutes } else { minutes + self.quiet_for };
            if !(is_first && self.undated == Some(place)) {
                profile.times.updated = minutes_ago(minutes).into();
            }
            profile
        });
        let remaining = number + 1..size.div_ceil(2) + 1;
        let next = if remaining.is_empty() {
            Next::End
        } else {
            Next::Remaining(RemainingPages::new(&self.info, query, remaining).in_collection(kind.clone()))
        };
        let behind =
            Cursor::new(&self.info, query, CursorPosition::Start).in_collection(IdKind::ORGANIZATION);
        let page = Page::last(profiles.collect()).with_next(next).with_declared_total(declared);
        Ok(page.in_collection(kind, is_first.then_some(behind)))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.asked.lock().unwrap().push(format!("get {}", id.kind));
        if id.kind == IdKind::ORGANIZATION {
            return Ok(Profile::new(id.clone()));
        }
        Err(Error::new(ErrorKind::NotFound, "no such profile"))
    }
}

async fn natives<'a>(pages: &mut anyprofile_core::listing::Pages<'a, &'a Two>) -> Vec<String> {
    let mut natives = Vec::new();
    while let Some(page) = pages.next_page().await {
        natives.extend(page.unwrap().items.iter().map(|it| it.id.native().to_owned()));
    }
    natives
}

#[tokio::test]
async fn one_collection_follows_the_other_and_each_total_is_checked() {
    let two = two();
    let profiles: Vec<_> = two.list(ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(profiles.len(), 8);
    assert_eq!(two.asked(), ["user 1", "user 2", "user 3", "organization 1", "organization 2"]);
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    let report = pages.report();
    assert!(report.is_complete());
    assert_eq!((report.declared_total, report.duplicates), (Some(8), 0));
    assert_eq!(report.watermark(), Some(minutes_ago(0)));

    // One profile too many in a collection does not make up for one too few in the other.
    let two = Two { sizes: [(5, Some(6)), (3, Some(2))], ..two.clone() };
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    assert_eq!(pages.report().missing(), Some(1));
    let two = Two { sizes: [(5, Some(5)), (3, None)], ..two.clone() };
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    assert_eq!((pages.report().declared_total, pages.report().missing()), (None, Some(0)));
}

#[tokio::test]
async fn a_listing_goes_on_in_the_second_collection_at_a_stored_cursor() {
    let two = two();
    for stop_after in 1..=4 {
        let mut pages = two.pages(ListQuery::new());
        let mut seen = 0;
        for _ in 0..stop_after {
            seen += pages.next_page().await.unwrap().unwrap().items.len();
        }
        let stored = pages.cursor().unwrap().to_string();
        let mut pages =
            anyprofile_core::listing::Pages::resume(&two, ListQuery::new(), stored.parse().unwrap());
        assert_eq!(seen + natives(&mut pages).await.len(), 8);
        assert!(pages.report().is_complete());
        assert_eq!(pages.report().watermark(), None, "what came before is not known");
    }
    // A profile is missing from a collection that was read from its start, wherever the listing resumed.
    let two = Two { sizes: [(5, Some(5)), (3, Some(4))], ..two.clone() };
    for stop_after in [1, 3] {
        let mut pages = two.pages(ListQuery::new());
        for _ in 0..stop_after {
            pages.next_page().await.unwrap().unwrap();
        }
        let stored = pages.cursor().unwrap().clone();
        let mut pages = anyprofile_core::listing::Pages::resume(&two, ListQuery::new(), stored);
        natives(&mut pages).await;
        assert_eq!(pages.report().missing(), Some(1), "{stop_after}");
    }
}

#[tokio::test]
async fn the_next_listing_of_changes_begins_where_no_change_can_have_been_missed() {
    // The latest change of the second collection is older: a profile in the first one may have changed since it was
    // read.
    let mut two = two();
    two.undated = Some(0);
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    assert_eq!(pages.report().watermark(), Some(minutes_ago(1)));
    // A listing that is not complete has no watermark.
    let mut pages = two.pages(ListQuery::new().with_limit(2));
    natives(&mut pages).await;
    assert_eq!(pages.report().watermark(), None);
    let two = Two { sizes: [(5, Some(6)), (3, Some(3))], ..two.clone() };
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    assert_eq!(pages.report().watermark(), None);
    // Absurd totals do no harm.
    let two = Two { sizes: [(5, Some(u64::MAX)), (3, Some(u64::MAX))], ..two.clone() };
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    assert_eq!(pages.report().missing(), Some(u64::MAX));
}

#[tokio::test]
async fn a_quiet_collection_does_not_bring_back_what_is_known_of_another() {
    let mut two = two();
    two.quiet_for = 1000;
    let mut pages = two.pages(ListQuery::new());
    natives(&mut pages).await;
    let known = pages.report().watermarks(&Watermarks::default()).unwrap();
    let of = |known: &Watermarks| [IdKind::USER, IdKind::ORGANIZATION].map(|kind| known.of(Some(&kind)));
    assert_eq!(of(&known), [Some(minutes_ago(0)), Some(minutes_ago(1000))]);
    let stored = serde_json::to_string(&known).unwrap();
    assert_eq!(serde_json::from_str::<Watermarks>(&stored).unwrap(), known);

    let mut pages = two.pages(ListQuery::new().changed_since(known.clone(), Duration::ZERO));
    assert_eq!(natives(&mut pages).await, ["0", "0"], "the latest of each, and nobody else");
    assert_eq!(pages.report().watermarks(&known).as_ref(), Some(&known));
    // With one time for both, the quiet collection decides.
    let watermark = pages.report().watermark().unwrap();
    let mut pages = two.pages(ListQuery::new().changed_since(watermark, Duration::ZERO));
    assert_eq!(natives(&mut pages).await.len(), 6);

    // A collection in which nothing was found keeps its time, and one that is new is read whole.
    let two = Two { sizes: [(0, Some(0)), (3, Some(3))], ..two.clone() };
    let mut known = known;
    known.collections.remove(&IdKind::ORGANIZATION);
    let mut pages = two.pages(ListQuery::new().changed_since(known.clone(), Duration::ZERO));
    assert_eq!(natives(&mut pages).await, ["0", "1", "2"]);
    let next = pages.report().watermarks(&known).unwrap();
    assert_eq!(of(&next), [Some(minutes_ago(0)), Some(minutes_ago(1000))]);
    // Nothing is known of a listing that is not complete.
    let two = Two { sizes: [(0, Some(1)), (3, Some(3))], ..two.clone() };
    let mut pages = two.pages(ListQuery::new().changed_since(known.clone(), Duration::ZERO));
    natives(&mut pages).await;
    assert_eq!(pages.report().watermarks(&known), None);
}

#[tokio::test]
async fn of_the_changes_since_a_time_only_the_pages_that_may_have_some_are_read() {
    let two = two();
    let query = ListQuery::new().changed_since(minutes_ago(0), Duration::from_secs(60));
    let mut pages = two.pages(query.clone());
    assert_eq!(natives(&mut pages).await, ["0", "1", "0", "1"]);
    // Two pages and the far end prove the order. The far end is requested once.
    assert_eq!(two.asked(), ["user 1", "user 2", "user 1", "organization 1", "organization 2"]);
    let report = pages.report();
    assert!(report.is_complete() && report.is_cut_at_unchanged(), "{report:?}");
    assert_eq!(report.collections.iter().map(|it| it.cut_at_unchanged).collect::<Vec<_>>(), [true, false]);

    // A service that does not keep the requested order is read completely.
    let two = Two { keeps_order: false, ..two.clone() };
    let mut pages = two.pages(query.clone());
    assert_eq!(natives(&mut pages).await, ["4", "2"]);
    assert_eq!(two.asked().len(), 5);
    assert!(!pages.report().is_cut_at_unchanged());

    // A service whose order is not known is filtered locally.
    let mut two = Two { keeps_order: true, undated: Some(1), ..two.clone() };
    two.capabilities.listing.orders.clear();
    let mut pages = two.pages(query);
    assert_eq!(natives(&mut pages).await, ["0", "0", "1"]);
    assert_eq!(two.asked().len(), 5);
    assert_eq!(
        pages.report().undetermined,
        1,
        "it is not known whether it was changed, and the report says so"
    );
    assert!(!pages.report().is_complete());
}

#[tokio::test]
async fn an_id_is_looked_up_in_each_collection_until_somebody_is_there() {
    let two = two();
    let found = two.find_by(&FindKey::NativeId("7".to_owned())).await.unwrap();
    assert_eq!((found.requests, found.profiles[0].id.kind.clone()), (2, IdKind::ORGANIZATION));
    assert_eq!(two.asked(), ["get user", "get organization"]);
}

#[tokio::test]
async fn members_are_refused_before_anything_is_sent_where_there_are_none() {
    let mut two = two();
    let organization = two.id(&IdKind::ORGANIZATION, "o");
    let check = |two: &Two, id: &ProfileId| {
        ListQuery::new().with_member_of(id.clone()).check(&two.info, &two.capabilities)
    };
    assert_eq!(check(&two, &organization).unwrap_err().kind(), ErrorKind::Unsupported);
    two.capabilities.operations.members = Support::of([IdKind::ORGANIZATION]);
    assert!(check(&two, &organization).is_ok());
    assert_eq!(check(&two, &two.id(&IdKind::USER, "o")).unwrap_err().kind(), ErrorKind::Unsupported);
    let elsewhere = "probely:eu/organization/o".parse().unwrap();
    assert_eq!(check(&two, &elsewhere).unwrap_err().kind(), ErrorKind::InvalidRequest);
}
