//! Blocking providers, in a program without a runtime and inside one.
#![cfg(all(feature = "blocking", feature = "memory"))]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use anyprofile::{
    AccountName, Capabilities, Error, ErrorKind, ExecuteOptions, FieldPath, FindKey, GetOptions, IdKind,
    ListQuery, PlanOptions, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProviderInfo,
    Result, Status, Write, async_trait,
    blocking::{Directory, Provider, Runtime},
    check::CheckMethod,
    listing::{Cursor, Page},
    memory::MemoryProvider,
};

fn memory(account: &'static str, people: usize) -> MemoryProvider {
    let person = |number| {
        let mut profile = Profile::new(format!("memory:{account}/user/p{number}").parse().unwrap());
        profile.username = format!("person{number}").into();
        profile.status = Status::Active.into();
        profile
    };
    let builder = MemoryProvider::builder(AccountName::from_static(account));
    builder.with_profiles((0..people).map(person)).build().unwrap()
}

fn provider(people: usize) -> Provider {
    Provider::new(Arc::new(memory("test", people))).unwrap()
}

fn id(native: &str) -> ProfileId {
    format!("memory:test/user/{native}").parse().unwrap()
}

#[test]
fn what_the_trait_has_is_there_without_a_runtime() {
    let provider = provider(5);
    assert_eq!(provider.prepare().unwrap(), provider.capabilities());
    assert_eq!(provider.info().account, "test");
    assert_eq!(provider.get(&id("p1")).unwrap().username, "person1".into());
    assert_eq!(provider.get(&id("nobody")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(provider.current().unwrap_err().kind(), ErrorKind::Unsupported);
    let found = provider.find_by(&FindKey::Username("person2".to_owned())).unwrap();
    assert_eq!(found.profiles[0].id, id("p2"));
    assert_eq!(provider.check().unwrap().method, CheckMethod::List);
    let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::USERNAME, "ada");
    let ada = provider.create(&draft).unwrap().id;
    let change = ProfileChange::new().set(FieldPath::TITLE, "countess");
    assert_eq!(provider.update(&ada, &change).unwrap().title, "countess".into());
    let plan = provider.plan(&Write::deactivate(ada.clone()), &PlanOptions::new()).unwrap();
    provider.check_unchanged(&plan).unwrap();
    provider.execute(&plan, &ExecuteOptions::new()).unwrap().into_result().unwrap();
    provider.deactivate(&ada).unwrap();
    provider.delete(&ada).unwrap();
    assert_eq!(provider.enroll(&id("p1")).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn a_listing_is_an_iterator_with_a_report_and_pages_go_on_at_a_cursor() {
    let provider = provider(7);
    let mut profiles = provider.list(ListQuery::new().with_page_size(2));
    assert_eq!(profiles.by_ref().take(3).filter_map(Result::ok).count(), 3);
    assert!(!profiles.report().is_complete());
    assert_eq!(profiles.by_ref().count(), 4);
    assert!(profiles.report().is_complete() && profiles.next().is_none());

    let query = ListQuery::new().with_page_size(3);
    let mut pages = provider.pages(query.clone());
    assert_eq!(pages.next_page().unwrap().unwrap().items.len(), 3);
    let cursor = pages.cursor().unwrap().clone();
    drop(pages);
    let mut pages = provider.resume_pages(query, cursor);
    let mut rest = 0;
    while let Some(page) = pages.next_page() {
        rest += page.unwrap().items.len();
    }
    assert!(rest == 4 && pages.report().resumed);
}

#[test]
fn several_providers_and_threads_share_a_runtime() {
    let runtime = Runtime::new().unwrap();
    let one = Provider::with_runtime(Arc::new(memory("test", 3)), &runtime);
    let other = Provider::with_runtime(Arc::new(memory("other", 4)), &runtime);
    drop(runtime);
    let threads: Vec<_> = [one.clone(), other.clone(), one, other]
        .map(|provider| thread::spawn(move || provider.list(ListQuery::new()).count()))
        .into();
    let counts: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    assert_eq!(counts, [3, 4, 3, 4]);
}

#[test]
fn a_directory_lists_finds_and_checks_all_accounts() {
    let accounts: Vec<Arc<dyn ProfileProvider>> =
        vec![Arc::new(memory("test", 2)), Arc::new(Failing::new(1)), Arc::new(memory("other", 3))];
    let directory = Directory::new(anyprofile::Directory::new(accounts)).unwrap();
    let mut listing = directory.list(ListQuery::new());
    let (good, bad): (Vec<_>, Vec<_>) = listing.by_ref().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (5, 1), "one account's failure loses no other");
    assert!(!listing.is_complete() && listing.reports().len() == 3 && listing.next().is_none());
    let found = directory.find(&[FindKey::Username("person2".to_owned())]).unwrap();
    assert_eq!(found.iter().map(|it| it.profiles().count()).sum::<usize>(), 2);
    assert_eq!(directory.check().unwrap().iter().filter(|it| it.is_ok()).count(), 3);
    assert_eq!(directory.get(&id("p1")).unwrap().id, id("p1"));
}

/// Calls that must fail inside any runtime, with nothing sent.
fn refused_inside(provider: &Provider, memory: &MemoryProvider) {
    let before = memory.request_count();
    let mut errors = vec![provider.get(&id("p1")).unwrap_err(), provider.delete(&id("p1")).unwrap_err()];
    let mut profiles = provider.list(ListQuery::new());
    errors.push(profiles.next().unwrap().unwrap_err());
    assert!(profiles.next().is_none(), "it ends after its first error");
    errors.push(provider.pages(ListQuery::new()).next_page().unwrap().unwrap_err());
    let directory = anyprofile::Directory::new(vec![Arc::clone(provider.provider())]);
    let directory = Directory::new(directory).unwrap();
    errors.push(directory.find(&[]).unwrap_err());
    let mut listing = directory.list(ListQuery::new());
    errors.push(listing.next().unwrap().unwrap_err());
    assert!(listing.next().is_none());
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("async runtime") && error.hint().is_some(), "{error}");
    }
    assert_eq!(memory.request_count(), before);
}

#[tokio::test]
async fn inside_a_runtime_of_one_thread_it_is_a_configuration_error_and_everything_can_be_dropped() {
    let memory = memory("test", 3);
    let provider = Provider::new(Arc::new(memory.clone())).unwrap();
    refused_inside(&provider, &memory);
    drop(provider);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inside_a_runtime_of_several_threads_it_is_refused_too_and_a_thread_of_its_own_may_wait() {
    let memory = memory("test", 3);
    let provider = Provider::new(Arc::new(memory.clone())).unwrap();
    refused_inside(&provider, &memory);
    let inside = (provider.clone(), memory.clone());
    tokio::task::spawn_blocking(move || refused_inside(&inside.0, &inside.1)).await.unwrap();
    let count = thread::spawn(move || provider.list(ListQuery::new()).count()).join().unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_listing_that_was_begun_outside_can_be_dropped_inside() {
    let begun = thread::spawn(|| {
        let mut profiles = provider(5).list(ListQuery::new().with_page_size(1));
        profiles.next().unwrap().unwrap();
        profiles
    });
    drop(begun.join().unwrap());
}

/// Fails for a number of pages, and then works.
#[derive(Debug)]
struct Failing {
    provider: MemoryProvider,
    failures: AtomicU64,
}

impl Failing {
    fn new(failures: u64) -> Self {
        Self { provider: memory("failing", 4), failures: AtomicU64::new(failures) }
    }
}

#[async_trait]
impl ProfileProvider for Failing {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        // Like a task that waits for a thread of the runtime.
        tokio::task::yield_now().await;
        let left = self.failures.load(Ordering::Relaxed);
        if left == 0 {
            return self.provider.list_page(query, cursor).await;
        }
        self.failures.store(left - 1, Ordering::Relaxed);
        Err(Error::new(ErrorKind::Upstream, "503"))
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.provider.get_opts(id, options).await
    }
}

#[test]
fn after_an_error_the_same_page_can_be_asked_for_again() {
    let provider = Provider::new(Arc::new(Failing::new(2))).unwrap();
    let mut pages = provider.pages(ListQuery::new().with_page_size(2).with_concurrency(1));
    let (mut came, mut failures) = (0, 0);
    while let Some(page) = pages.next_page() {
        match page {
            Ok(page) => came += page.items.len(),
            Err(_) => failures += 1,
        }
    }
    assert_eq!((came, failures), (4, 2));
}
