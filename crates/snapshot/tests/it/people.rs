//! The people whose snapshots the tests write.

use std::sync::Arc;

use anyprofile_core::{
    AccountName, Email, Field, FieldPath, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _,
    Status,
    capabilities::FieldSpec,
    memory::MemoryProvider,
    profile::{
        Credential, CredentialKind, Entitlement, Group, Label, Phone, Role, RoleAssignment, RoleScope,
        ScopeTier,
    },
};
use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};
use futures_util::TryStreamExt as _;

/// A text with everything that a format may take for something else.
pub(crate) const DIFFICULT: &str = "tab\t line\nend\r\n \\N \\. \\ \"quoted\" 'single' a,b;c =1+1 {x} \u{0} \u{7f} zażółć 名前 👩‍💻 e\u{301} \u{202e}";

fn profile(account: &str, native: &str) -> Profile {
    Profile::new(format!("memory:{account}/user/{native}").parse().unwrap())
}

/// Ada has everything, and whoever follows lacks something.
pub(crate) fn people(account: &str) -> Vec<Profile> {
    let mut ada = profile(account, "ada");
    ada.name.display = "Ada".into();
    ada.status = Status::Active.into();
    ada.security.mfa_enabled = false.into();
    ada.security.mfa_methods = Vec::new().into();
    ada.security.last_login =
        "2026-01-31T12:00:00.123456789Z".parse::<anyprofile_core::Timestamp>().unwrap().into();
    ada.access.owner = true.into();
    ada.emails = vec![
        Email::new("countess@example.com"),
        Email::login("ada@example.org".into()).into_value().unwrap().remove(0).with_verified(false),
        Email::new(Field::Null),
    ]
    .into();
    ada.roles = vec![
        RoleAssignment::new(
            Role::new("r1", "Editor"),
            RoleScope::default().with_tier(ScopeTier::Team).with_id("t1").with_name("Engines"),
        ),
        RoleAssignment::new(Role::new(Field::Absent, "Viewer"), Field::Absent),
    ]
    .into();
    ada.groups = vec![Group::default().with_id("g1").with_name("Analysts")].into();
    ada.labels = vec![Label::new("vip")].into();
    ada.entitlements = vec![Entitlement::default().with_value("pro")].into();
    ada.phones = vec![Phone::default().with_number("+47 555 01 23").with_primary(true)].into();
    ada.credentials = vec![
        Credential::default()
            .with_id("k1")
            .with_kind(CredentialKind::ApiToken)
            .with_created("0001-01-01T00:00:00Z".parse::<anyprofile_core::Timestamp>().unwrap())
            .with_expires("9999-12-31T23:59:59Z".parse::<anyprofile_core::Timestamp>().unwrap()),
    ]
    .into();

    let mut null = profile(account, "null");
    null.name.display = DIFFICULT.into();
    null.username = DIFFICULT.into();
    null.security.mfa_enabled = Field::Null;
    null.emails = Field::Null;
    null.labels = vec![Label::new(DIFFICULT), Label::new("")].into();
    null.times.created = "0000-01-01T00:00:00Z".parse::<anyprofile_core::Timestamp>().unwrap().into();

    let mut absent = profile(account, "absent");
    absent.name.display = "".into();
    absent.status = Status::Other("on leave".to_owned()).into();

    let mut empty = profile(account, "none%20at%20all");
    empty.emails = Vec::new().into();
    empty.roles = Vec::new().into();
    empty.security.mfa_enabled = true.into();
    vec![ada, null, absent, empty]
}

/// Two accounts. The second one can neither show owners nor, to this credential, multi-factor authentication.
pub(crate) fn providers() -> Vec<Arc<dyn ProfileProvider>> {
    let main = MemoryProvider::builder(AccountName::from_static("main")).with_profiles(people("main"));
    let more = (0..3000).map(|number| profile("main", &format!("u{number}")));
    let main = main.with_profiles(more).build().unwrap();
    let mut capabilities = main.capabilities().clone();
    let specs = capabilities.fields.iter().cloned().map(|spec| {
        if spec.path == FieldPath::SECURITY_MFA_ENABLED { spec.withheld("audit:read") } else { spec }
    });
    capabilities.fields = specs.collect::<Vec<FieldSpec>>().into_iter().collect();
    // A name that other programs take for a number.
    let other = MemoryProvider::builder(AccountName::from_static("007"))
        .with_profiles(people("007"))
        .with_capabilities(capabilities)
        .build()
        .unwrap();
    vec![Arc::new(main), Arc::new(other)]
}

/// All profiles, in their order.
pub(crate) async fn everybody() -> Vec<Profile> {
    let mut all = Vec::new();
    for provider in providers() {
        all.extend(provider.list_owned(ListQuery::new()).try_collect::<Vec<_>>().await.unwrap());
    }
    all
}

pub(crate) fn options() -> ExportOptions {
    ExportOptions::new(ListQuery::new(), Tool::new("test", "1"))
}

/// Writes a snapshot of everybody, reads it back, and checks it.
pub(crate) async fn write_and_read(target: &Target) -> Snapshot {
    let manifest = Snapshot::write(&providers(), options(), target).await.unwrap();
    assert!(manifest.complete && manifest.is_sealed());
    let snapshot = Snapshot::open(target).await.unwrap();
    assert_eq!(snapshot.manifest(), &manifest);
    let read: Vec<_> = snapshot.read().try_collect().await.unwrap();
    assert_eq!(read.len() as u64, manifest.rows);
    assert!(read == everybody().await, "a profile is not as it was");
    assert_eq!(snapshot.verify().await.unwrap(), Vec::<String>::new());
    snapshot
}

/// What the view `review_mfa` says of those whose ids do not begin with `u`: the account, the id, the finding and the state.
pub(crate) const REVIEW_MFA: [&str; 6] = [
    "007 absent not known withheld",
    "007 ada off value",
    "007 null not known null",
    "main absent not known absent",
    "main ada off value",
    "main null not known null",
];
