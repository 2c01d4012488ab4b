//! The in-memory provider.

use anyprofile_core::{
    AccountName, Capabilities, Email, ErrorKind, ExecuteOptions, Field, FieldPath, Filter, FindKey, IdKind,
    ListQuery, PlanOptions, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider,
    ProfileProviderExt, Status, Timestamp, Write,
    capabilities::{FieldSpec, ListedCollection, Support},
    listing::{Next, Page},
    memory::{MemoryBuilder, MemoryProvider},
    query::{Order, OrderField},
};
use futures_util::TryStreamExt;
use serde_json::json;

pub(crate) fn id(native: &str) -> ProfileId {
    format!("memory:test/user/{native}").parse().unwrap()
}

pub(crate) fn person(number: usize) -> Profile {
    let mut profile = Profile::new(id(&format!("p{number:02}")));
    profile.name.display = format!("Person {number}").into();
    profile.emails = Email::login(format!("person.{number}@example.com").into());
    profile.status = if number.is_multiple_of(3) { Status::Suspended } else { Status::Active }.into();
    let day = number * 7 % 25 + 1;
    profile.times.updated = format!("2026-01-{day:02}T12:00:00Z").parse::<Timestamp>().ok().into();
    profile
}

pub(crate) fn builder(people: usize) -> MemoryBuilder {
    MemoryProvider::builder(AccountName::from_static("test")).with_profiles((0..people).map(person))
}

async fn names(provider: &MemoryProvider, query: ListQuery) -> Vec<String> {
    let profiles: Vec<_> = provider.list(query).try_collect().await.unwrap();
    profiles.iter().map(|profile| profile.id.native().to_owned()).collect()
}

#[tokio::test]
async fn a_listing_has_pages_orders_filters_and_a_search_and_is_complete() {
    let provider = builder(25).build().unwrap();
    let mut listing = provider.list(ListQuery::new().with_page_size(7));
    let mut count = 0;
    while listing.try_next().await.unwrap().is_some() {
        count += 1;
    }
    let report = listing.report();
    assert!(report.is_complete() && count == 25, "{report:?}");
    assert_eq!((report.pages, report.declared_total), (4, Some(25)));

    let query = ListQuery::new().with_page_size(4).with_order(Order::descending(OrderField::Updated));
    let profiles: Vec<_> = provider.list(query).try_collect().await.unwrap();
    assert!(profiles.iter().rev().map(|it| it.times.updated.value()).is_sorted());
    assert_eq!(profiles.len(), 25);

    let mut filter = Filter::default();
    filter.status = vec![Status::Suspended.into()];
    let query = ListQuery::new().with_filter(filter).with_page_size(2);
    assert_eq!(names(&provider, query).await.len(), 9);
    assert_eq!(names(&provider, ListQuery::new().with_search("PERSON.12@")).await, ["p12"]);
}

#[tokio::test]
async fn whoever_is_there_all_the_time_is_listed_while_others_come_and_go() {
    let provider = builder(10).build().unwrap();
    let mut pages = provider.pages(ListQuery::new().with_page_size(3));
    let mut came = Vec::new();
    let mut number = 0;
    while let Some(page) = pages.next_page().await {
        came.extend(page.unwrap().items.into_iter().map(|it| it.id));
        provider.remove(&id(&format!("p{number:02}")));
        provider.insert(person(50 + number)).unwrap();
        number += 1;
    }
    assert!((4..10).all(|number| came.contains(&id(&format!("p{number:02}")))), "{came:?}");
}

#[tokio::test]
async fn a_cursor_holds_nothing_of_anybody_and_goes_on_where_a_page_ended_whoever_was_renamed_since() {
    for field in [OrderField::Name, OrderField::Email] {
        let query = ListQuery::new().with_page_size(3).with_order(Order::ascending(field.clone()));
        let provider = builder(9).build().unwrap();
        let page = provider.list_page(&query, None).await.unwrap();
        let Next::Cursor(cursor) = page.next else { panic!("there is more") };
        let printed = cursor.to_string();
        assert!(!printed.contains("person") && !printed.contains("p02"), "{printed}");
        // The last profile of the page is moved in the order, and then deleted.
        let mut renamed = person(2);
        renamed.name.display = "Zoe".into();
        renamed.emails = Email::login("zoe@example.com".into());
        provider.insert(renamed).unwrap();
        let next = |page: Page<Profile>| page.items[0].id.clone();
        assert_eq!(next(provider.list_page(&query, Some(&cursor)).await.unwrap()), id("p03"));
        provider.remove(&id("p02")).unwrap();
        assert_eq!(next(provider.list_page(&query, Some(&cursor)).await.unwrap()), id("p03"));
        // Another provider with the same profiles accepts the cursor too, while the last profile of the page exists.
        let cursor = printed.parse().unwrap();
        let other = builder(9).build().unwrap();
        assert_eq!(next(other.list_page(&query, Some(&cursor)).await.unwrap()), id("p03"));
        let error = builder(1).build().unwrap().list_page(&query, Some(&cursor)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn each_collection_comes_after_the_other_and_numbered_pages_where_the_capabilities_say_so() {
    let mut capabilities = Capabilities::default();
    let organization = IdKind::ORGANIZATION;
    capabilities.operations.list = Support::of([IdKind::USER, organization.clone()]);
    capabilities.listing.page_size = true;
    capabilities.listing.declares_total = true;
    capabilities.listing.numbered_pages = true;
    capabilities.listing.collections =
        [organization.clone(), IdKind::USER].map(|kind| ListedCollection::new(kind, [])).to_vec();
    capabilities.fields = [FieldSpec::read(FieldPath::NAME_DISPLAY, "name")].into_iter().collect();
    let company = Profile::new("memory:test/organization/acme".parse().unwrap());
    let provider = builder(7).with_profile(company).with_capabilities(capabilities).build().unwrap();
    let mut listing = provider.list(ListQuery::new().with_page_size(2));
    let mut kinds = Vec::new();
    while let Some(profile) = listing.try_next().await.unwrap() {
        kinds.push(profile.id.kind);
    }
    assert_eq!(kinds[0], organization);
    assert_eq!((kinds.len(), listing.report().pages), (8, 5));
    assert!(listing.report().is_complete(), "{:?}", listing.report());
}

#[tokio::test]
async fn a_plan_shows_what_is_written_and_is_executed_once() {
    let provider = builder(3).build().unwrap();
    let change = ProfileChange::new()
        .set(FieldPath::TITLE, "cto")
        .set(FieldPath::LABELS, json!(["on call"]))
        .set(FieldPath::EMAILS, "new@example.com")
        .clear(FieldPath::NAME_DISPLAY);
    let plan = provider.plan(&Write::update(id("p01"), change), &PlanOptions::new()).await.unwrap();
    assert_eq!((plan.requests().len(), provider.write_count()), (1, 0));
    let request = plan.requests()[0].clone();
    assert_eq!((&*request.method, request.url.as_str()), ("PATCH", "memory:user/p01"));
    let options = ExecuteOptions::new().with_unchanged(true);
    let executed = provider.execute(&plan, &options).await.unwrap().into_result().unwrap();
    assert!(executed.ignored.is_empty() && executed.unshown.is_empty(), "{executed:?}");
    let noted = provider.requests().into_iter().find(|it| it.is_write).unwrap();
    assert_eq!((noted.url, noted.body), (request.url, request.body));
    let spent = provider.execute(&plan, &options).await.unwrap_err();
    assert_eq!(spent.kind(), ErrorKind::Conflict);
    let profile = provider.get(&id("p01")).await.unwrap();
    assert!(profile.title.is_known_to_be("cto") && profile.has_email("new@example.com"));
    assert_eq!(profile.name.display, Field::Null);
}

#[tokio::test]
async fn who_is_deactivated_stays_and_who_is_deleted_is_gone_or_shown_so() {
    let provider = builder(3).build().unwrap();
    provider.deactivate(&id("p01")).await.unwrap();
    provider.deactivate(&id("p01")).await.unwrap();
    assert_eq!(provider.write_count(), 1, "the second time nothing is sent");
    assert_eq!(provider.get(&id("p01")).await.unwrap().status, Status::Suspended.into());
    provider.delete(&id("p01")).await.unwrap();
    assert_eq!(provider.get(&id("p01")).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(provider.delete(&id("p01")).await.unwrap_err().kind(), ErrorKind::NotFound);

    let provider = builder(3).with_deleted_shown(true).build().unwrap();
    provider.delete(&id("p01")).await.unwrap();
    assert_eq!(provider.get(&id("p01")).await.unwrap().status, Status::Deleted.into());
}

#[tokio::test]
async fn ids_are_counted_and_times_are_those_of_the_clock_that_was_given() {
    let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::USERNAME, "ada");
    let taken = Profile::new(id("m1"));
    let provider = builder(0).with_profile(taken.clone()).build().unwrap();
    let created = provider.create(&draft).await.unwrap();
    assert_eq!((created.id.native(), &created.times.created), ("m2", &Field::Absent));
    assert_eq!(created.status, Status::Active.into());
    let found = provider.find_by(&FindKey::Username("ada".to_owned())).await.unwrap();
    assert_eq!(found.profiles[0].id, created.id);

    let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    let provider = builder(1).with_clock(move || now).build().unwrap();
    assert_eq!(provider.create(&draft).await.unwrap().times.created, now.into());
    let change = ProfileChange::new().set(FieldPath::TITLE, "cto");
    assert_eq!(provider.update(&id("p00"), &change).await.unwrap().times.updated, now.into());
}

#[tokio::test]
async fn it_stands_in_for_another_provider_with_all_that_it_declares() {
    let mut capabilities = Capabilities::default();
    capabilities.operations.list = Support::users();
    capabilities.operations.members = Support::of([IdKind::ORGANIZATION]);
    let service = MemoryProvider::builder(AccountName::from_static("acme"))
        .with_service("upsun".parse().unwrap())
        .with_capabilities(capabilities)
        .build()
        .unwrap();
    let ada: ProfileId = "upsun:acme/user/ada".parse().unwrap();
    let company: ProfileId = "upsun:acme/organization/x".parse().unwrap();
    let provider = MemoryProvider::builder(AccountName::from_static("other"))
        .like(&service)
        .with_profile(Profile::new(ada.clone()))
        .with_profile(Profile::new("upsun:acme/user/grace".parse().unwrap()))
        .with_members(company.clone(), [ada.clone()])
        .build()
        .unwrap();
    assert_eq!(provider.info(), service.info());
    assert_eq!(provider.capabilities(), service.capabilities());
    let members: Vec<_> = provider.members(&company, ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(members.iter().map(|it| &it.id).collect::<Vec<_>>(), [&ada]);
    let error = provider.delete(&ada).await.unwrap_err();
    assert_eq!((error.kind(), provider.request_count()), (ErrorKind::Unsupported, 1));
}

#[tokio::test]
async fn a_profile_that_cannot_be_there_is_a_configuration_error_and_debug_shows_nobody() {
    for profile in ["memory:other/user/x", "memory:test/organization/x"] {
        let error = builder(0).with_profile(Profile::new(profile.parse().unwrap())).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().is_some());
    }
    let twice = builder(1).with_profile(person(0)).build().unwrap_err();
    assert!(twice.message().contains("two profiles"), "{twice}");
    let provider = builder(1).with_current(id("p00")).build().unwrap();
    let shown = format!("{provider:?} {:?} {:?}", builder(1), provider.requests());
    assert!(!shown.contains("Person") && !shown.contains("person"), "{shown}");
    assert_eq!(provider.current().await.unwrap().id, id("p00"));
}
