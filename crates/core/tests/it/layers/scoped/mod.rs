//! `Scoped`: the profiles that it shows, and what it reveals about the others.

mod writing;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, Expected, Field, FieldPath, Filter, FindKey,
    Found, GetOptions, IdKind, ListQuery, Plan, PlanOptions, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProfileProvider, ProfileProviderExt, ProviderInfo, Result, Status, Write, async_trait,
    capabilities::{FieldSpec, ListedCollection, Support},
    check::CheckMethod,
    condition::{Comparison, Condition, Operator},
    layers::{Cached, Scoped, ScopedOperation},
    listing::{Cursor, ListReport, Page, Quarantined},
    memory::MemoryProvider,
    profile::Label,
    query::FilterPart,
};

use super::otherwise::{Does, Otherwise};
use crate::{
    in_memory::{builder, id, person},
    memory::Memory,
};

/// The profiles with the label `contractor`.
fn contractors() -> Filter {
    Filter::new().with_label("contractor")
}

fn compare(path: FieldPath, operator: Operator, value: &str) -> Condition {
    Comparison::new(path, operator, value).unwrap().into()
}

fn is_contractor() -> Condition {
    compare(FieldPath::LABELS, Operator::Equal, "contractor")
}

fn condition(condition: Condition) -> Filter {
    Filter::new().with_condition(condition)
}

fn labelled(number: usize, name: Option<&str>) -> Profile {
    let label = |name: &str| vec![Label::new(name)];
    let mut profile = person(number);
    profile.labels = name.map(label).into();
    profile
}

/// The first three of twelve profiles are contractors; of the last one this is not known.
fn people() -> MemoryProvider {
    let people = (0..11).map(|number| labelled(number, (number < 3).then_some("contractor")));
    builder(0).with_profiles(people).with_profile(person(11)).build().unwrap()
}

fn scoped(provider: &MemoryProvider, filter: Filter) -> Scoped {
    Scoped::new(Arc::new(provider.clone()), filter)
}

async fn list(provider: &dyn ProfileProvider, query: ListQuery) -> (Vec<String>, ListReport) {
    let mut listing = provider.list(query);
    let mut names = Vec::new();
    while let Some(profile) = listing.try_next().await.unwrap() {
        names.push(profile.id.native().to_owned());
    }
    (names, listing.report())
}

#[tokio::test]
async fn a_listing_has_who_is_in_the_scope_and_counts_of_whom_that_is_not_known() {
    let people = people();
    let layer = scoped(&people, contractors());
    let (names, report) = list(&layer, ListQuery::new().with_page_size(2)).await;
    assert_eq!(names, ["p00", "p01", "p02"]);
    assert!(!report.is_complete() && report.undetermined == 1);
    people.remove(&id("p11"));
    let (_, report) = list(&layer, ListQuery::new().with_page_size(2)).await;
    assert!(report.is_complete(), "{report:?}");
    // Nothing is reported about the other profiles, not even their number.
    assert_eq!((report.received, report.seen, report.declared_total, report.empty_pages), (3, 3, None, 0));
    let page = layer.list_page(&ListQuery::new(), None).await.unwrap();
    assert_eq!((page.items.len(), page.declared_total), (3, None));
    for shown in [format!("{report:?}"), format!("{page:?}"), serde_json::to_string(&report).unwrap()] {
        assert!(!shown.contains("p11") && !shown.contains("p05"), "{shown}");
    }
    assert!(!layer.capabilities().listing.declares_total);
}

#[tokio::test]
async fn the_query_filters_within_the_scope_and_whom_it_leaves_out_nobody_misses() {
    let layer = scoped(&people(), contractors());
    let active = Filter::new().with_status(Status::Active);
    let (names, report) = list(&layer, ListQuery::new().with_filter(active)).await;
    assert_eq!(names, ["p01", "p02"]);
    assert_eq!(report.undetermined, 1, "the eleventh is active");
    let suspended = Filter::new().with_status(Status::Suspended);
    let (names, report) = list(&layer, ListQuery::new().with_filter(suspended)).await;
    assert_eq!(names, ["p00"]);
    assert!(report.is_complete(), "{report:?}");
}

#[tokio::test]
async fn a_limit_is_met_without_a_request_for_each_who_is_left_out() {
    let layer = scoped(&people(), condition(compare(FieldPath::ID, Operator::Contains, "p10")));
    let (names, report) = list(&layer, ListQuery::new().with_limit(1)).await;
    assert_eq!((names.len(), report.requests), (1, 1));
}

#[tokio::test]
async fn a_condition_that_something_is_not_so_holds_where_that_is_known() {
    let layer = scoped(&people(), condition(!is_contractor()));
    let (names, report) = list(&layer, ListQuery::new()).await;
    assert_eq!((names.len(), report.undetermined), (8, 1));
    assert!(layer.get(&id("p11")).await.unwrap_err().is_out_of_scope());
}

#[tokio::test]
async fn a_record_that_does_not_come_is_missed_also_where_it_may_be_out_of_the_scope() {
    for (total, is_complete) in [(25, true), (26, false)] {
        let mut service = Memory::of(25, 10);
        service.total = Some(total);
        service.capabilities.fields = [FieldSpec::read(FieldPath::ID, "id")].into_iter().collect();
        let layer =
            Scoped::new(service.shared(), condition(compare(FieldPath::ID, Operator::Contains, "u1")));
        let (names, report) = list(&layer, ListQuery::new()).await;
        assert_eq!(names.len(), 11);
        assert_eq!((report.is_complete(), report.missing()), (is_complete, Some(total - 25)));
    }
}

#[tokio::test]
async fn who_comes_twice_out_of_the_scope_does_not_stand_for_somebody_else_and_is_not_told() {
    // The last profile of each page is the first one of the next, and one of the seven is never sent.
    let pages = |position: &str| {
        Ok(match position {
            "" => (vec!["a".to_owned(), "x1".to_owned(), "x2".to_owned()], Some("1".to_owned())),
            "1" => (vec!["x2".to_owned(), "x3".to_owned(), "b".to_owned()], Some("2".to_owned())),
            _ => (vec!["x4".to_owned()], None),
        })
    };
    let mut service = Memory::by(pages);
    service.total = Some(7);
    service.capabilities.fields = [FieldSpec::read(FieldPath::ID, "id")].into_iter().collect();
    let layer = Scoped::new(service.shared(), condition(!compare(FieldPath::ID, Operator::Contains, "x")));
    let (names, report) = list(&layer, ListQuery::new()).await;
    assert_eq!(names, ["a", "b"]);
    assert_eq!((report.duplicates, report.missing(), report.is_complete()), (0, Some(1), false));
}

#[tokio::test]
async fn who_is_out_of_the_scope_is_refused_like_who_is_not_there_and_nothing_is_written() {
    let people = people();
    let layer = scoped(&people, contractors());
    let change = ProfileChange::new().set(FieldPath::TITLE, "cto");
    for name in ["p05", "p11", "nobody"] {
        let p = id(name);
        let mut errors = vec![
            layer.get(&p).await.unwrap_err(),
            layer.find_by(&FindKey::NativeId(name.to_owned())).await.unwrap_err(),
            layer.find_by(&FindKey::Email(format!("person.{}@example.com", &name[1..]))).await.unwrap_err(),
            layer.enroll(&p).await.unwrap_err(),
        ];
        // The service does not support it.
        assert_eq!(errors.pop().unwrap().kind(), ErrorKind::Unsupported);
        for write in
            [Write::update(p.clone(), change.clone()), Write::deactivate(p.clone()), Write::delete(p.clone())]
        {
            errors.push(layer.plan(&write, &PlanOptions::new()).await.unwrap_err());
            // A plan of the provider below is refused by the layer, and executed by the provider below.
            let Ok(plan) = people.plan(&write, &PlanOptions::new()).await else { continue };
            let error = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
            assert!(error.is_out_of_scope() && !plan.is_spent());
            errors.push(error);
        }
        for error in errors {
            assert!(error.is_out_of_scope() && error.kind() == ErrorKind::PermissionDenied, "{error}");
            assert!(error.hint().is_some() && error.message().contains("scope"), "{error}");
            assert_eq!((error.stats().requests, error.status(), error.source_text()), (0, None, None));
            assert!(!format!("{error:?}").contains(name), "{error:?}");
        }
    }
    assert_eq!(people.write_count(), 0);
    layer.get(&id("p01")).await.unwrap();
    let found = layer.find_by(&FindKey::Email("person.1@example.com".to_owned())).await.unwrap();
    assert!(found.profiles.len() == 1 && found.is_complete);
}

trait SourceText {
    fn source_text(&self) -> Option<String>;
}

impl SourceText for Error {
    fn source_text(&self) -> Option<String> {
        std::error::Error::source(self).map(ToString::to_string)
    }
}

#[tokio::test]
async fn who_cannot_be_read_is_refused_like_who_is_not_there() {
    for (kind, is_veiled) in
        [(ErrorKind::Decode, true), (ErrorKind::TooLarge, true), (ErrorKind::Transport, false)]
    {
        let does = Does::FailsToGet(Error::new(kind, "the record of p05 is odd"));
        let below = Arc::new(Otherwise { memory: people(), does });
        let error = Scoped::new(Arc::clone(&below) as _, contractors()).get(&id("p05")).await.unwrap_err();
        assert_eq!((error.is_out_of_scope(), error.message().contains("p05")), (is_veiled, !is_veiled));
        // If the scope hides no profile, the error is returned unchanged.
        let all = Scoped::new(below, Filter::default()).with_kinds([IdKind::USER]);
        assert_eq!(all.get(&id("p05")).await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn a_record_that_does_not_decode_says_nothing_of_who_it_is() {
    let quarantined = vec![Quarantined::new(3, "a boolean is expected")];
    let below = Otherwise { memory: people(), does: Does::SetsAside(quarantined.clone()) };
    let layer = Scoped::new(Arc::new(below), contractors());
    let page = layer.list_page(&ListQuery::new(), None).await.unwrap();
    assert_eq!((page.items.len(), page.quarantined), (3, quarantined));
}

#[tokio::test]
async fn what_is_not_in_the_scope_is_not_offered_and_costs_no_request() {
    let people = people();
    let layer = scoped(&people, Filter::default()).with_operations([
        ScopedOperation::List,
        ScopedOperation::Get,
        ScopedOperation::Delete,
    ]);
    let operations = &layer.capabilities().operations;
    assert!(operations.delete.is_supported() && !operations.update.is_supported());
    let before = people.request_count();
    for write in [Write::deactivate(id("p01")), Write::create(ProfileDraft::new(IdKind::USER))] {
        let plan = people.plan(&write, &PlanOptions::given(person(1))).await.unwrap();
        for error in [
            layer.plan(&write, &PlanOptions::new()).await.unwrap_err(),
            layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().contains("scope"), "{error}");
        }
    }
    let nobody = scoped(&people, Filter::default()).with_operations([]);
    assert_eq!(nobody.get(&id("p01")).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let key = FindKey::Username("x".to_owned());
    assert_eq!(nobody.find_by(&key).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let listed = nobody.list_page(&ListQuery::new(), None).await.unwrap_err();
    assert_eq!((listed.kind(), people.request_count()), (ErrorKind::Unsupported, before));
    let other = scoped(&people, Filter::default()).with_kinds([IdKind::ORGANIZATION]);
    assert_eq!(other.get(&id("p01")).await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn collections_of_other_kinds_are_passed_over_at_one_request_each() {
    let mut capabilities = Capabilities::default();
    let kinds = [IdKind::ORGANIZATION, IdKind::USER];
    capabilities.operations.list = Support::of(kinds.clone());
    capabilities.listing.page_size = true;
    capabilities.listing.declares_total = true;
    capabilities.listing.collections = kinds.map(|kind| ListedCollection::new(kind, [])).to_vec();
    let companies = (0..9).map(|it| Profile::new(format!("memory:test/organization/o{it}").parse().unwrap()));
    let provider = builder(4).with_profiles(companies).with_capabilities(capabilities).build().unwrap();
    let layer = scoped(&provider, Filter::default()).with_kinds([IdKind::USER]);
    let (names, report) = list(&layer, ListQuery::new().with_page_size(2).with_concurrency(1)).await;
    assert_eq!((names.len(), report.requests, report.received), (4, 3, 4));
    assert!(report.is_complete() && report.declared_total.is_none(), "{report:?}");
    assert_eq!(layer.capabilities().listing.collections.len(), 1);
}

/// A provider whose plain records show no labels, and which inverts a filter by status.
#[derive(Debug)]
struct Odd {
    provider: MemoryProvider,
    capabilities: Capabilities,
    gets: Mutex<Vec<bool>>,
}

impl Odd {
    fn new(provider: MemoryProvider) -> Self {
        let mut capabilities = provider.capabilities().clone();
        capabilities.operations.enrich = Support::users();
        capabilities.listing.filters = vec![FilterPart::Status];
        Self { provider, capabilities, gets: Mutex::default() }
    }
}

#[async_trait]
impl ProfileProvider for Odd {
    fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let mut query = query.clone();
        if let ([Expected::Is(status)], false) = (&query.filter.status[..], query.local_filter) {
            let other = if *status == Status::Active { Status::Suspended } else { Status::Active };
            query.filter.status = vec![other.into()];
        }
        self.provider.list_page(&query, cursor).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.gets.lock().unwrap().push(options.enrich);
        let mut profile = self.provider.get_opts(id, options).await?;
        if !options.enrich {
            profile.labels = Field::Absent;
        }
        Ok(profile)
    }

    async fn find_by(&self, key: &FindKey) -> Result<Found> {
        self.provider.find_by(key).await
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        self.provider.plan(write, options).await
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        self.provider.execute(plan, options).await
    }
}

#[tokio::test]
async fn what_decides_and_is_in_another_record_is_read_there() {
    let odd = Arc::new(Odd::new(people()));
    let layer = Scoped::new(Arc::clone(&odd) as _, contractors());
    let profile = layer.get(&id("p01")).await.unwrap();
    assert!(profile.labels.is_absent(), "the requested record is returned");
    assert_eq!(*odd.gets.lock().unwrap(), [false, true]);
    assert!(layer.get(&id("p05")).await.unwrap_err().is_out_of_scope());
    layer.deactivate(&id("p01")).await.unwrap();
}

#[tokio::test]
async fn a_filter_that_the_service_misreads_is_noticed_by_those_who_are_left_out_too() {
    // The inverted filter returns only profiles outside the scope.
    let people = (0..9).map(|number| labelled(number, (number % 3 > 0).then_some("contractor")));
    let odd = Odd::new(builder(0).with_profiles(people).build().unwrap());
    let layer = Scoped::new(Arc::new(odd), contractors());
    let active = Filter::new().with_status(Status::Active);
    let (names, report) = list(&layer, ListQuery::new().with_filter(active).with_page_size(2)).await;
    assert_eq!(names.len(), 6);
    assert_eq!(report.misread_filters, [FilterPart::Status]);
    assert!(report.is_complete(), "{report:?}");
}

#[tokio::test]
async fn the_own_profile_is_shown_in_the_scope_and_a_credential_is_proven_without_it() {
    let people = builder(0).with_profile(labelled(1, Some("contractor"))).with_profile(labelled(2, None));
    let inside = people.clone().with_current(id("p01")).build().unwrap();
    let outside = people.with_current(id("p02")).build().unwrap();
    let layer = scoped(&inside, contractors());
    assert_eq!(layer.current().await.unwrap().id, id("p01"));
    assert_eq!(layer.check().await.unwrap().method, CheckMethod::Current);
    let layer = scoped(&outside, contractors());
    assert!(layer.current().await.unwrap_err().is_out_of_scope());
    let checked = layer.check().await.unwrap();
    assert_eq!((checked.method, checked.profile, checked.declared_total), (CheckMethod::List, None, None));
}

#[tokio::test]
async fn members_are_listed_of_an_organization_that_is_in_the_scope() {
    let mut capabilities = people().capabilities().clone();
    let [user, organization] = [IdKind::USER, IdKind::ORGANIZATION];
    capabilities.operations.get = Support::of([user, organization.clone()]);
    capabilities.operations.members = Support::of([organization]);
    let [acme, other]: [ProfileId; 2] =
        ["acme", "other"].map(|it| format!("memory:test/organization/{it}").parse().unwrap());
    let mut company = Profile::new(acme.clone());
    company.labels = labelled(0, Some("contractor")).labels;
    let people = builder(0)
        .with_profiles([
            labelled(1, Some("contractor")),
            labelled(2, None),
            company,
            Profile::new(other.clone()),
        ])
        .with_members(acme.clone(), [id("p01"), id("p02")])
        .with_members(other.clone(), [id("p01")])
        .with_capabilities(capabilities)
        .build()
        .unwrap();
    let layer = scoped(&people, contractors());
    let (names, _) = list(&layer, ListQuery::new().with_member_of(acme)).await;
    assert_eq!(names, ["p01"]);
    let error = layer.members(&other, ListQuery::new()).try_next().await.unwrap_err();
    assert!(error.is_out_of_scope());
}

#[tokio::test]
async fn layers_compose_in_any_order() {
    let people = people();
    people.remove(&id("p11"));
    let minute = Duration::from_secs(60);
    let active = Filter::new().with_status(Status::Active);
    let below: Arc<dyn ProfileProvider> = Arc::new(people.clone());
    let layers: [Arc<dyn ProfileProvider>; 3] = [
        Arc::new(Scoped::new(Arc::new(Cached::new(Arc::clone(&below), minute)), contractors())),
        Arc::new(Cached::new(Arc::new(Scoped::new(Arc::clone(&below), contractors())), minute)),
        Arc::new(Scoped::new(Arc::new(Scoped::new(below, active)), contractors())),
    ];
    for (layer, expected) in layers.iter().zip([3, 3, 2]) {
        for _ in 0..2 {
            let (names, report) = list(&**layer, ListQuery::new().with_page_size(2)).await;
            assert_eq!(names.len(), expected);
            assert!(report.is_complete() && report.declared_total.is_none(), "{report:?}");
        }
        assert!(layer.get(&id("p05")).await.unwrap_err().is_out_of_scope());
        layer.deactivate(&id("p02")).await.unwrap();
        people.insert(labelled(2, Some("contractor"))).unwrap();
    }
    let shown = format!("{:?}", layers[0]);
    assert!(!shown.contains("contractor"), "{shown}");
}
