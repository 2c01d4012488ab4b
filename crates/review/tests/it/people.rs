//! The people who are reviewed.

use std::sync::Arc;

use anyprofile_core::{
    AccountName, Email, Kind, ListQuery, Profile, ProfileProvider, Status, Timestamp,
    memory::{MemoryBuilder, MemoryProvider},
};
use anyprofile_review::{Finding, Policy, Review, ReviewOptions};
use anyprofile_snapshot::{ExportOptions, Hiding, Snapshot, Target, Tool};

/// The time of every review.
pub(crate) const NOW: &str = "2026-11-30T12:00:00Z";

/// A human who is active.
pub(crate) fn human(id: &str) -> Profile {
    let mut profile = Profile::new(format!("memory:{id}").parse().unwrap());
    profile.kind = Kind::Human.into();
    profile.status = Status::Active.into();
    profile
}

/// A human with an address.
pub(crate) fn with_address(id: &str, address: &str) -> Profile {
    let mut profile = human(id);
    profile.emails = vec![Email::new(address)].into();
    profile
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Writes a snapshot of people of one or several accounts.
pub(crate) async fn snapshot(people: Vec<Profile>) -> Snapshot {
    snapshot_with(people, ListQuery::new()).await
}

/// Writes a snapshot of those whom a query asks for.
pub(crate) async fn snapshot_with(people: Vec<Profile>, query: ListQuery) -> Snapshot {
    written(people, query, Hiding::default()).await
}

/// Writes a snapshot that hides something.
pub(crate) async fn snapshot_hiding(people: Vec<Profile>, hiding: Hiding) -> Snapshot {
    written(people, ListQuery::new(), hiding).await
}

async fn written(people: Vec<Profile>, query: ListQuery, hiding: Hiding) -> Snapshot {
    let mut accounts: Vec<AccountName> = people.iter().map(|it| it.id.account.clone()).collect();
    accounts.sort();
    accounts.dedup();
    let provider = |account: AccountName| {
        let of_account = people.iter().filter(|it| it.id.account == account).cloned();
        let builder = of_account.fold(MemoryProvider::builder(account.clone()), MemoryBuilder::with_profile);
        Arc::new(builder.build().unwrap()) as Arc<dyn ProfileProvider>
    };
    let providers: Vec<_> = accounts.into_iter().map(provider).collect();
    // Kept until the test process ends: the snapshot reads it.
    let folder = tempfile::tempdir().unwrap().keep();
    let target = Target::of_path(folder.join("people.ndjson")).unwrap();
    let mut options = ExportOptions::new(query, Tool::new("test", "1"));
    options.hiding = hiding;
    Snapshot::write(&providers, options, &target).await.unwrap();
    Snapshot::open(&target).await.unwrap()
}

/// A policy with these rules.
pub(crate) fn policy(rules: &str) -> Policy {
    Policy::from_toml(&format!("version = 1\n{rules}")).unwrap()
}

pub(crate) fn options(rules: &str) -> ReviewOptions {
    ReviewOptions::new(policy(rules)).with_now(time(NOW))
}

/// Reviews people by rules.
pub(crate) async fn review(people: Vec<Profile>, rules: &str) -> Review {
    Review::of(&snapshot(people).await, &options(rules)).await.unwrap()
}

/// Each finding in a line.
pub(crate) fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let ids: Vec<_> = finding.profiles.iter().map(|id| id.native().to_owned()).collect();
        format!("{} {} {}: {}", finding.severity, finding.state, ids.join(","), finding.message)
    };
    findings.iter().map(line).collect()
}
