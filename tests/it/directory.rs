//! Many accounts as one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyprofile::{
    Capabilities, Directory, ErrorKind, FindKey, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProviderInfo, Result, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, Next, Page},
    probely::ProbelyConfig,
};
use anyprofile_sandbox::Fault;
use futures_util::StreamExt;

use crate::fixture;

#[tokio::test]
async fn one_accounts_failure_does_not_lose_the_others_and_is_reported() {
    let fixture = fixture(70).await;
    fixture.sandbox.add_fault(Fault::new("users_list").first(100).respond(403));
    let directory = Directory::new(fixture.providers.clone());
    let mut listing = directory.list(ListQuery::new());
    let (mut profiles, mut errors) = (0, Vec::new());
    while let Some(item) = listing.next().await {
        match item {
            Ok(_) => profiles += 1,
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(profiles, 210);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].account().unwrap(), &"probely");
    let reports = listing.reports();
    let complete: Vec<_> = reports.iter().map(anyprofile::AccountReport::is_complete).collect();
    assert_eq!(complete, [true, false, true, true]);
    assert_eq!(reports[1].failure, Some(ErrorKind::PermissionDenied));
}

#[tokio::test]
async fn everything_that_a_directory_does_can_be_spawned() {
    let directory = Directory::new(fixture(5).await.providers);
    let spawned = tokio::spawn(async move {
        let found = directory.find(&FindKey::guess("nobody@example.com")).await;
        let off_boarding = directory.off_board("nobody@example.com").await;
        (found.len(), directory.check().await.len(), off_boarding.departures.len())
    });
    assert_eq!(spawned.await.unwrap(), (4, 4, 0));
}

#[tokio::test]
async fn a_limit_counts_over_all_accounts() {
    let fixture = fixture(70).await;
    let directory = Directory::new(fixture.providers.clone());
    let mut listing = directory.list(ListQuery::new().with_limit(100));
    let mut profiles = 0;
    while let Some(item) = listing.next().await {
        item.unwrap();
        profiles += 1;
    }
    assert_eq!(profiles, 100);
    let reports = listing.reports();
    assert_eq!(reports.iter().map(|report| report.listing.seen).sum::<u64>(), 100);
    // 210 profiles in pages of 25 and more: no account can have been seen whole and be called cut, or the other
    // way round.
    for report in &reports {
        assert_eq!(report.is_complete(), report.listing.seen == 70, "{report:?}");
        assert_eq!(report.listing.limited, report.listing.seen < 70, "{report:?}");
    }
    assert!(reports.iter().any(|report| report.listing.limited));
}

#[tokio::test]
async fn every_account_has_its_turn() {
    let fixture = fixture(300).await;
    let directory = Directory::new(fixture.providers.clone());
    let mut listing = directory.list(ListQuery::new().with_page_size(10));
    for _ in 0..120 {
        listing.next().await.unwrap().unwrap();
    }
    let seen: Vec<_> = listing.reports().iter().map(|report| report.listing.seen).collect();
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}

#[tokio::test]
async fn two_accounts_of_one_service_keep_their_names() {
    let fixture = fixture(10).await;
    let description = fixture.sandbox.description();
    let account = |name: &str| -> Arc<dyn ProfileProvider> {
        let config = ProbelyConfig::new(name.parse().unwrap(), description.probely.api_key.clone());
        Arc::new(config.at(&description.probely.base_url).connect().unwrap())
    };
    let directory = Directory::new(vec![account("eu"), account("us")]);
    let profiles: Vec<_> = directory.list(ListQuery::new()).collect().await;
    let ids: std::collections::HashSet<_> = profiles.into_iter().map(|profile| profile.unwrap().id).collect();
    assert_eq!(ids.len(), 20);
    let id = ids.iter().find(|id| id.account == "us").unwrap();
    assert_eq!(&directory.get(id).await.unwrap().id, id);
    let elsewhere = "probely:au/user/x".parse().unwrap();
    assert_eq!(directory.get(&elsewhere).await.unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn the_same_id_in_two_directories_is_asked_for_at_its_own_account() {
    let fixture = fixture(3).await;
    let directory = Directory::new(fixture.providers.clone());
    for provider in &fixture.providers {
        let profile =
            Directory::new(vec![Arc::clone(provider)]).list(ListQuery::new()).next().await.unwrap().unwrap();
        assert_eq!(directory.provider_of(&profile.id).unwrap().info(), provider.info());
        assert!(directory.get(&profile.id).await.unwrap() == profile);
    }
}

/// How many requests are under way, and the most that were.
#[derive(Debug, Default)]
struct Load {
    now: AtomicUsize,
    most: AtomicUsize,
    /// How often connections were closed.
    closed: AtomicUsize,
}

/// An account with two profiles on two pages, each of which takes a moment.
#[derive(Debug)]
struct Slow {
    info: ProviderInfo,
    capabilities: Capabilities,
    load: Arc<Load>,
    /// The first page fails.
    fails: bool,
}

#[async_trait]
impl ProfileProvider for Slow {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.load.most.fetch_max(self.load.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.load.now.fetch_sub(1, Ordering::SeqCst);
        if self.fails {
            return Err(anyprofile::Error::new(ErrorKind::Upstream, "it failed"));
        }
        let native = if cursor.is_none() { "a" } else { "b" };
        let id = ProfileId::new(
            self.info.service.clone(),
            self.info.account.clone(),
            anyprofile::IdKind::USER,
            native,
        )?;
        let page = Page::last(vec![Profile::new(id)]);
        if cursor.is_some() {
            return Ok(page);
        }
        let position = CursorPosition::Token("b".to_owned());
        Ok(page.with_next(Next::Cursor(Cursor::new(&self.info, query, position))))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        Ok(Profile::new(id.clone()))
    }
}

/// So many accounts, every tenth of which fails.
fn slow(count: usize) -> (Directory, Arc<Load>) {
    let load = Arc::<Load>::default();
    let account = |number: usize| -> Arc<dyn ProfileProvider> {
        let mut capabilities = Capabilities::default();
        capabilities.operations.list = Support::users();
        let account = format!("account-{number}").parse().unwrap();
        let closing = Arc::clone(&load);
        let info = ProviderInfo::new("slow".parse().unwrap(), account, "Slow", "memory:")
            .with_idle_connections(move || {
                closing.closed.fetch_add(1, Ordering::SeqCst);
            });
        Arc::new(Slow { info, capabilities, load: Arc::clone(&load), fails: number % 10 == 3 })
    };
    (Directory::new((0..count).map(account).collect()), load)
}

#[tokio::test(start_paused = true)]
async fn no_more_accounts_are_asked_at_once_than_wanted_and_each_has_its_turn() {
    for (concurrency, most) in [(None, 16), (Some(3), 3), (Some(0), 1), (Some(500), 200)] {
        let (mut directory, load) = slow(200);
        if let Some(concurrency) = concurrency {
            directory = directory.with_concurrency(concurrency);
        }
        let mut listing = directory.list(ListQuery::new());
        let (mut profiles, mut errors) = (0, 0);
        while let Some(item) = listing.next().await {
            match item {
                Ok(_) => profiles += 1,
                Err(_) => errors += 1,
            }
        }
        assert_eq!((profiles, errors), (360, 20));
        assert_eq!(load.most.swap(0, Ordering::SeqCst), most, "listing, {concurrency:?}");
        assert_eq!(listing.reports().iter().filter(|report| report.is_complete()).count(), 180);

        let found = directory.find(&[FindKey::ExternalId("x".to_owned())]).await;
        let names: Vec<_> = found.iter().map(|found| found.info.account.as_str()).collect();
        let accounts: Vec<_> =
            directory.providers().iter().map(|provider| provider.info().account.as_str()).collect();
        assert_eq!(names, accounts, "in the order of the accounts");
        assert!(load.most.load(Ordering::SeqCst) <= most, "finding, {concurrency:?}");
        // Whoever is asked after others finds no connections of theirs.
        let closed = if most < 200 { 400 } else { 0 };
        assert_eq!(load.closed.load(Ordering::SeqCst), closed);
    }
}
