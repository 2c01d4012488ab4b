//! Numbered pages that are fetched concurrently.

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt, ProviderInfo, Result, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, Next, Page, RemainingPages},
};
use futures_util::TryStreamExt;
use tokio::time::Instant;

/// A list of numbered pages of ten.
struct Numbered {
    info: ProviderInfo,
    capabilities: Capabilities,
    count: AtomicUsize,
    /// The number of the first profile at the start, and how many were added before it since.
    from: usize,
    shift: AtomicUsize,
    /// How long a page takes, by its number.
    delay: fn(u64) -> Duration,
    /// Pages that fail, and how often.
    failures: Mutex<Vec<u64>>,
    asked: Mutex<Vec<u64>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

const SIZE: usize = 10;

impl fmt::Debug for Numbered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Numbered")
    }
}

fn numbered(count: usize) -> Numbered {
    let mut capabilities = Capabilities::default();
    capabilities.operations.list = Support::users();
    capabilities.operations.get = Support::users();
    capabilities.listing.numbered_pages = true;
    capabilities.listing.declares_total = true;
    Numbered {
        info: ProviderInfo::new("numbered".parse().unwrap(), "acme".parse().unwrap(), "Numbered", "memory:"),
        capabilities,
        count: AtomicUsize::new(count),
        from: 0,
        shift: AtomicUsize::new(0),
        delay: |_| Duration::from_millis(50),
        failures: Mutex::default(),
        asked: Mutex::default(),
        at_once: AtomicUsize::new(0),
        most_at_once: AtomicUsize::new(0),
    }
}

impl Numbered {
    fn asked(&self) -> Vec<u64> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// Counts a request while it exists.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl ProfileProvider for Numbered {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let number = match cursor.map(|cursor| cursor.position(&self.info, query)).transpose()? {
            Some(CursorPosition::PageNumber(number)) => *number,
            _ => 1,
        };
        self.asked.lock().unwrap().push(number);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        let _counted = Counted(&self.at_once);
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        tokio::time::sleep((self.delay)(number)).await;
        let mut failures = self.failures.lock().unwrap();
        if let Some(index) = failures.iter().position(|failing| *failing == number) {
            failures.remove(index);
            return Err(Error::new(ErrorKind::Upstream, "it failed"));
        }
        let count = self.count.load(Ordering::SeqCst);
        let first = (usize::try_from(number).unwrap() - 1) * SIZE;
        let from = self.from - self.shift.load(Ordering::SeqCst);
        let profile = |place| Profile::new(format!("numbered:acme/user/u{}", from + place).parse().unwrap());
        let page = Page::last((first..count.min(first + SIZE)).map(profile).collect());
        let last = u64::try_from(count.div_ceil(SIZE)).unwrap();
        let page = page.with_declared_total(Some(count as u64));
        Ok(if number < last {
            page.with_next(Next::Remaining(RemainingPages::new(&self.info, query, number + 1..last + 1)))
        } else {
            page
        })
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        Ok(Profile::new(id.clone()))
    }
}

async fn names(provider: &Numbered, query: ListQuery) -> Vec<String> {
    provider.list(query).map_ok(|profile| profile.id.native().to_owned()).try_collect().await.unwrap()
}

fn in_order(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("u{place}")).collect()
}

#[tokio::test(start_paused = true)]
async fn two_hundred_pages_take_the_time_of_twenty_six() {
    let provider = numbered(2000);
    let began = Instant::now();
    assert_eq!(names(&provider, ListQuery::new()).await, in_order(2000));
    assert!(began.elapsed() <= Duration::from_millis(1_350), "{:?}", began.elapsed());
    assert_eq!(provider.most_at_once.load(Ordering::SeqCst), 8);
    assert_eq!(provider.asked().len(), 200, "each page once");
}

#[tokio::test(start_paused = true)]
async fn pages_come_in_order_whichever_answers_first() {
    let mut provider = numbered(400);
    provider.delay = |number| Duration::from_millis(100 - number * 7 % 90);
    for concurrency in [1, 2, 3, 8, 1000] {
        let query = ListQuery::new().with_concurrency(concurrency);
        assert_eq!(names(&provider, query).await, in_order(400), "{concurrency} at once");
        let most = provider.most_at_once.swap(0, Ordering::SeqCst);
        assert_eq!(most, usize::try_from(concurrency).unwrap().min(39));
    }
}

#[tokio::test(start_paused = true)]
async fn no_page_is_fetched_that_a_limit_does_not_need() {
    for (limit, pages) in [(1, 1), (10, 1), (11, 2), (35, 4), (40, 4)] {
        let provider = numbered(400);
        assert_eq!(names(&provider, ListQuery::new().with_limit(limit)).await.len() as u64, limit);
        assert_eq!(provider.asked(), (1..=pages).collect::<Vec<_>>(), "{limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_page_is_asked_for_again_and_what_was_fetched_is_kept() {
    let mut provider = numbered(120);
    // The third page fails after the later ones have arrived, and the fourth one failed long before.
    provider.delay = |number| Duration::from_millis(if number == 3 { 500 } else { 50 });
    *provider.failures.lock().unwrap() = vec![3, 4];
    let mut pages = provider.pages(ListQuery::new());
    let mut seen = 0;
    for _ in 0..2 {
        seen += pages.next_page().await.unwrap().unwrap().items.len();
    }
    assert_eq!(pages.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::Upstream);
    provider.asked();
    while let Some(page) = pages.next_page().await {
        seen += page.unwrap().items.len();
    }
    assert_eq!((seen, pages.report().is_complete()), (120, true));
    let mut asked = provider.asked();
    asked.sort_unstable();
    assert_eq!(asked, [3, 4, 11, 12], "of the others each once");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_grows_or_shrinks_meanwhile_is_read_to_its_end() {
    for (before, after) in [(400, 300), (400, 15), (300, 400), (95, 200)] {
        let provider = numbered(before);
        let mut pages = provider.pages(ListQuery::new());
        let mut seen = 0;
        for _ in 0..2 {
            seen += pages.next_page().await.unwrap().unwrap().items.len();
        }
        provider.count.store(after, Ordering::SeqCst);
        while let Some(page) = pages.next_page().await {
            seen += page.unwrap().items.len();
        }
        // A request in flight may have got its response before.
        assert!(seen >= after.min(before) && seen <= before.max(after), "{before}, {after}: {seen}");
        assert!(pages.report().reached_end);
        assert_eq!(pages.report().is_complete(), seen >= before, "{before}, {after}: {seen}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_lost_where_others_come_in_front_while_pages_are_on_their_way() {
    for concurrency in [1, 2, 8] {
        let mut provider = numbered(400);
        // Every third page is slow: the later ones are older than it.
        provider.delay = |number| Duration::from_millis(if number % 3 == 0 { 200 } else { 10 });
        provider.from = 1000;
        let mut listing = provider.list(ListQuery::new().with_concurrency(concurrency));
        let (mut came, mut count) = (std::collections::BTreeSet::new(), 0);
        while let Some(profile) = listing.try_next().await.unwrap() {
            came.insert(profile.id.native().to_owned());
            count += 1;
            if count % 30 == 15 && count <= 240 {
                provider.count.fetch_add(1, Ordering::SeqCst);
                provider.shift.fetch_add(1, Ordering::SeqCst);
            }
        }
        let lost: Vec<_> = (1000..1400).filter(|place| !came.contains(&format!("u{place}"))).collect();
        assert!(lost.is_empty(), "{concurrency} at once: {lost:?}");
        assert_eq!(listing.report().duplicates, (count - came.len()) as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_changes_all_the_time_costs_at_most_twice_the_requests() {
    let provider = numbered(400);
    let mut listing = provider.list(ListQuery::new());
    let mut count = 0_usize;
    while let Some(profile) = listing.try_next().await.unwrap() {
        drop(profile);
        count += 1;
        if count % 10 == 5 && count < 400 {
            provider.count.fetch_add(1, Ordering::SeqCst);
        }
    }
    let asked = provider.asked().len();
    assert!(count >= 400 && asked <= 2 * count.div_ceil(SIZE) + 16, "{asked} for {count}");
    assert_eq!(listing.report().requests, listing.report().attempts);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_listing_drops_all_that_is_on_its_way() {
    let provider = numbered(400);
    let mut listing = provider.list(ListQuery::new());
    listing.try_next().await.unwrap().unwrap();
    assert_eq!(provider.at_once.load(Ordering::SeqCst), 8);
    drop(listing);
    assert_eq!(provider.at_once.load(Ordering::SeqCst), 0);
}
