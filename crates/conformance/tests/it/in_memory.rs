//! The core's in-memory provider and its layers pass the checks.

use std::{sync::Arc, time::Duration};

use anyprofile_conformance::{Connect, Outcome, Report, SentRequest, Server, run};
use anyprofile_core::{
    AccountName, Email, FieldPath, FieldState, Filter, Kind, Profile, ProfileProvider, Result, Status,
    Timestamp,
    condition::Condition,
    layers::{Cached, Observed, ProviderObserver, ReadOnly, Scoped},
    memory::{MemoryProvider, MemoryRequest},
    profile::{Label, RoleAssignment},
};

/// A provider that is also the server, and records the requests.
#[derive(Debug)]
struct MemoryServer(MemoryProvider);

impl Server for MemoryServer {
    fn requests(&self) -> u64 {
        self.0.request_count()
    }

    fn writes(&self) -> u64 {
        self.0.write_count()
    }

    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        let latest = self.0.requests();
        let forgotten = self.0.request_count() - latest.len() as u64;
        let first = usize::try_from(since.checked_sub(forgotten)?).ok()?;
        Some(latest.get(first..)?.iter().map(sent).collect())
    }
}

fn sent(request: &MemoryRequest) -> SentRequest {
    let sent = SentRequest::new(&*request.method, &request.url).with_write(request.is_write);
    match &request.body {
        Some(body) => sent.with_body(body.to_string()),
        None => sent,
    }
}

type Layer = fn(MemoryProvider) -> Arc<dyn ProfileProvider>;

/// Connects to the profiles of a provider, through layers.
#[derive(Debug)]
struct Layered(MemoryProvider, Layer);

impl Connect for Layered {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok((self.1)(self.0.clone()))
    }
}

async fn report_of(layer: Layer) -> Report {
    let people = (0..25).map(person);
    let account = AccountName::from_static("test");
    let memory = MemoryProvider::builder(account).with_profiles(people).build().unwrap();
    run(&Layered(memory.clone(), layer), &MemoryServer(memory)).await
}

/// Returns a profile with a value in every declared field.
fn person(number: usize) -> Profile {
    let mut profile = Profile::new(format!("memory:test/user/p{number:02}").parse().unwrap());
    let time = |day: usize| format!("2026-01-{day:02}T12:00:00Z").parse::<Timestamp>().ok();
    profile.kind = Kind::Human.into();
    profile.status = if number.is_multiple_of(3) { Status::Suspended } else { Status::Active }.into();
    profile.external_id = format!("external-{number}").into();
    profile.username = format!("person.{number}").into();
    profile.emails = Email::login(format!("person.{number}@example.com").into());
    profile.picture = "https://example.com/picture".into();
    profile.website = "https://example.com".into();
    profile.title = "engineer".into();
    profile.locale = "nb".into();
    profile.country = "NO".into();
    profile.name.display = format!("Person {number}").into();
    profile.name.given = "Person".into();
    profile.name.family = format!("Number {number}").into();
    profile.organization.name = "Acme".into();
    profile.organization.role = "engineering".into();
    profile.roles = vec!["auditor".parse::<RoleAssignment>().unwrap()].into();
    profile.labels = vec![Label::new("on call")].into();
    profile.metadata = std::collections::BTreeMap::from([("cost".to_owned(), "1".to_owned())]).into();
    profile.security.mfa_enabled = number.is_multiple_of(2).into();
    profile.security.last_login = time(number + 1).into();
    profile.times.created = time(number + 1).into();
    profile.times.updated = time(number * 7 % 25 + 1).into();
    profile
}

/// Returns the checks that were run.
fn passed(report: &Report) -> Vec<&str> {
    let passed = report.results.iter().filter(|it| it.outcome == Outcome::Passed);
    passed.map(|it| it.check.id).collect()
}

#[tokio::test]
async fn the_provider_in_memory_passes() {
    let report = report_of(|memory| Arc::new(memory)).await;
    assert!(report.is_passed(), "{report}");
    let passed = passed(&report);
    for check in ["listing.orders", "listing.filters", "update.apply", "create", "delete", "plan.shown"] {
        assert!(passed.contains(&check), "{check} is not made");
    }
    assert!(passed.len() > 40, "{report}");
}

#[derive(Debug)]
struct Nothing;

impl ProviderObserver for Nothing {}

#[tokio::test]
async fn who_is_observed_passes_as_before() {
    let report = report_of(|memory| Arc::new(Observed::new(Arc::new(memory), Arc::new(Nothing)))).await;
    let before = report_of(|memory| Arc::new(memory)).await;
    assert!(report.is_passed(), "{report}");
    assert_eq!(passed(&report), passed(&before));
}

#[tokio::test]
async fn what_comes_from_a_cache_passes_as_before() {
    let cached = |memory| -> Arc<dyn ProfileProvider> {
        Arc::new(Cached::new(Arc::new(memory), Duration::from_secs(3600)))
    };
    let report = report_of(cached).await;
    let before = report_of(|memory| Arc::new(memory)).await;
    assert!(report.is_passed(), "{report}");
    assert_eq!(passed(&report), passed(&before));
}

#[tokio::test]
async fn a_scope_of_everybody_passes_as_before_and_so_do_all_layers_at_once() {
    let before = report_of(|memory| Arc::new(memory)).await;
    let scoped: Layer = |memory| Arc::new(Scoped::new(Arc::new(memory), Filter::default()));
    let all: Layer = |memory| {
        let scoped = Arc::new(Scoped::new(Arc::new(memory), Filter::default()));
        let cached = Arc::new(Cached::new(scoped, Duration::from_secs(3600)));
        Arc::new(Observed::new(cached, Arc::new(Nothing)))
    };
    for layer in [scoped, all] {
        let report = report_of(layer).await;
        assert!(report.is_passed(), "{report}");
        assert_eq!(passed(&report), passed(&before));
    }
}

/// A scope with a filter cannot report that an id is unused, since the profile may only be excluded. It reads a given
/// profile again instead of trusting it.
#[tokio::test]
async fn a_scope_with_a_filter_passes_but_for_not_telling_that_nobody_is_there() {
    let report = report_of(|memory| {
        let filter = Filter::new().with_condition(Condition::is(FieldPath::ID, FieldState::Value));
        Arc::new(Scoped::new(Arc::new(memory), filter))
    })
    .await;
    let failed: Vec<_> = report.failures().map(|(check, _)| check.id).collect();
    assert_eq!(failed, ["get.nobody", "find.email", "delete", "plan.given", "plan.settled"], "{report}");
}

#[tokio::test]
async fn who_only_reads_passes_and_offers_no_write() {
    let report = report_of(|memory| Arc::new(ReadOnly::new(Arc::new(memory)))).await;
    assert!(report.is_passed(), "{report}");
    let passed = passed(&report);
    assert!(passed.contains(&"write.unsupported") && passed.contains(&"listing.filters"), "{report}");
    assert!(!passed.iter().any(|id| id.starts_with("update.") || id.starts_with("plan.")), "{report}");
}
