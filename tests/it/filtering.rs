//! Filters: what the service answers, what is applied here, and that both find the same.

use std::collections::BTreeSet;

use anyprofile::{
    Expected, FieldPath, Filter, Kind, ListQuery, Profile, ProfileChange, ProfileProvider,
    ProfileProviderExt, Status, query::FilterPart,
};
use anyprofile::{
    anthropic::AnthropicConfig,
    filter::parse,
    upsun::{ListedOrganizations, UpsunConfig},
};
use futures_util::TryStreamExt;

use crate::fixture;

async fn found(provider: &dyn ProfileProvider, filter: &Filter) -> BTreeSet<String> {
    let profiles = provider.list(ListQuery::new().with_filter(filter.clone()));
    profiles.map_ok(|profile| profile.id.to_string()).try_collect().await.unwrap()
}

fn filters(somebody: &Profile) -> Vec<Filter> {
    let changed = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    let mut by_email = Filter::default();
    by_email.email = somebody.email().map(str::to_uppercase);
    vec![
        Filter::default(),
        changed(|it| it.status = vec![Status::Active.into()]),
        changed(|it| it.status = vec![Status::Suspended.into()]),
        changed(|it| it.status = vec![Expected::Unknown]),
        changed(|it| it.status = vec![Status::Pending.into()]),
        changed(|it| it.status = vec![Status::Active.into(), Expected::Unknown]),
        changed(|it| it.kind = vec![Kind::Service.into(), Kind::Organization.into()]),
        changed(|it| it.mfa = Some(true.into())),
        changed(|it| it.mfa = Some(false.into())),
        changed(|it| it.mfa = Some(Expected::Unknown)),
        changed(|it| {
            it.mfa = Some(false.into());
            it.status = vec![Status::Active.into()];
        }),
        changed(|it| it.label = Some("ON-Call".to_owned())),
        changed(|it| it.label = Some("nobody's".to_owned())),
        changed(|it| it.updated_since = "2024-06-01T00:00:00Z".parse().ok()),
        changed(|it| {
            let parsed = parse(r#"name.display pr and not (kind eq "service")"#).unwrap();
            it.condition = Some(parsed.condition);
        }),
        by_email,
    ]
}

#[tokio::test]
async fn what_the_service_answers_is_what_would_be_found_here() {
    let fixture = fixture(150).await;
    for provider in &fixture.providers {
        let everyone: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
        for filter in filters(everyone.iter().find(|it| it.email().is_some()).unwrap_or(&everyone[0])) {
            let wanted = everyone.iter().filter(|it| filter.matches(it, provider.capabilities()));
            let wanted: BTreeSet<_> = wanted.map(|profile| profile.id.to_string()).collect();
            assert_eq!(
                found(provider.as_ref(), &filter).await,
                wanted,
                "{} {filter:?}",
                provider.info().service
            );
        }
    }
}

#[tokio::test]
async fn users_of_probely_are_filtered_by_the_name_of_a_label() {
    let fixture = fixture(150).await;
    let probely = fixture.provider("probely");
    let by = |label: &str| Filter::default().with_label(label);
    let named = found(probely.as_ref(), &by("Externo")).await;
    assert!(!named.is_empty() && fixture.count("labels_users_list") == 1, "users and API users alike");
    assert_eq!(found(probely.as_ref(), &by("sbxLabelExte")).await, named, "the id does as well");
    // A new label is known at once: what may have changed is forgotten with a write.
    let user = probely.list(ListQuery::new()).try_next().await.unwrap().unwrap();
    assert!(found(probely.as_ref(), &by("brand new")).await.is_empty());
    let change = ProfileChange::new().set(FieldPath::LABELS, vec!["brand new"]);
    probely.update(&user.id, &change).await.unwrap();
    assert_eq!(found(probely.as_ref(), &by("brand new")).await, BTreeSet::from([user.id.to_string()]));
}

#[tokio::test]
async fn the_caller_can_see_what_is_sent_and_what_is_applied_and_what_nobody_can_response() {
    let fixture = fixture(30).await;
    let mut filter = Filter::default();
    filter.status = vec![Status::Active.into()];
    filter.email = Some("nobody@example.com".to_owned());
    let query = ListQuery::new().with_filter(filter);
    let plan = |service: &str| query.filter_plan(fixture.provider(service).capabilities());
    assert_eq!(plan("probely").pushed, [FilterPart::Status, FilterPart::Email]);
    assert_eq!(plan("upsun").applied, [FilterPart::Status, FilterPart::Email]);
    assert_eq!(plan("anthropic").unanswerable, [FilterPart::Status, FilterPart::Email]);

    found(fixture.provider("probely").as_ref(), &query.filter).await;
    let requests = fixture.sandbox.requests();
    assert!(
        requests[0].query.contains("active=true") && requests[0].query.contains("search=nobody"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn what_one_collection_does_not_say_is_told_and_counted() {
    let fixture = fixture(100).await;
    let description = fixture.sandbox.description();
    let admin = AnthropicConfig::with_admin_key(
        "people".parse().unwrap(),
        description.anthropic.admin_api_key.clone(),
    );
    let people = admin.at(&description.anthropic.base_url).connect_organization().unwrap();
    let token = UpsunConfig::with_api_token("acme".parse().unwrap(), description.upsun.api_token.clone());
    let upsun = token
        .at(&description.upsun.base_url)
        .with_auth_url(&description.upsun.auth_url)
        .with_organizations(ListedOrganizations::Discovered)
        .connect()
        .unwrap();
    let providers: [&dyn ProfileProvider; 2] = [&people, &upsun];
    for (provider, collection) in providers.into_iter().zip(["organization_user", "user"]) {
        let mut query = ListQuery::new();
        query.filter.status = vec![Status::Suspended.into()];
        let plan = query.filter_plan(provider.capabilities());
        assert!(plan.unanswerable.is_empty());
        let told: Vec<_> = plan.unanswerable_in.iter().map(|it| (it.part, it.collection.as_str())).collect();
        assert_eq!(told, [(FilterPart::Status, collection)]);
        let everybody: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
        let silent = everybody.iter().filter(|it| !it.status.is_known()).count();
        let mut suspended = provider.list(query);
        while suspended.try_next().await.unwrap().is_some() {}
        assert_eq!(suspended.report().undetermined, silent as u64);
        assert!(silent > 10 && !suspended.report().is_complete());
    }
    // Who is sought by an address that no invite is narrowed by is not sought page by page.
    fixture.sandbox.clear_requests();
    let mut query = ListQuery::new().with_limit(1);
    query.filter.email = Some("nobody@example.com".to_owned());
    assert!(people.list(query).try_next().await.unwrap().is_none());
    assert_eq!(fixture.sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_limit_counts_what_is_wanted_and_stops_the_pages() {
    let fixture = fixture(200).await;
    let anthropic = fixture.provider("anthropic");
    let filter = Filter::new().with_condition(parse(r#"grants eq "active""#).unwrap().condition);
    let query = ListQuery::new().with_filter(filter).with_page_size(10).with_limit(7);
    let mut profiles = anthropic.list(query);
    let mut count = 0;
    while profiles.try_next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 7);
    let report = profiles.report();
    assert!(report.received > 7 && report.received < 200, "{report:?}");
    assert!(report.limited && !report.is_complete());
}
