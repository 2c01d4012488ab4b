//! What differs between two snapshots, and what of it is proven.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the helpers of tests are tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyprofile_core::{
    AccountName, Capabilities, Field, FieldPath, FieldState, ListQuery, Profile, ProfileId, ProfileProvider,
    Status,
    capabilities::FieldSpec,
    memory::MemoryProvider,
    profile::{Note, NoteKind},
};
use anyprofile_snapshot::{
    AccountManifest, CollectionManifest, ExportOptions, FieldClass, Hiding, Manifest, Result, Row, Snapshot,
    SnapshotError, SnapshotStore, Target, Tool,
    diff::{Change, ChangeKind, DiffOptions, DiffSummary},
};
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// A snapshot in memory.
#[derive(Debug)]
struct Kept {
    manifest: Manifest,
    profiles: Vec<Profile>,
}

#[async_trait]
impl SnapshotStore for Kept {
    async fn begin(&mut self, _: &Manifest) -> Result<()> {
        unreachable!("it is read only")
    }

    async fn write(&mut self, _: &[Row]) -> Result<()> {
        unreachable!("it is read only")
    }

    async fn commit(&mut self, _: Manifest) -> Result<Manifest> {
        unreachable!("it is read only")
    }

    async fn manifest(&self) -> Result<Manifest> {
        Ok(self.manifest.clone())
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        stream::iter(self.profiles.iter().cloned().map(Ok)).boxed()
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing is waited for")
}

/// A program may compare in a task of its own.
fn is_send<T: Send>(it: T) -> T {
    it
}

fn id(text: &str) -> ProfileId {
    text.parse().unwrap()
}

fn profile(id: &str) -> Profile {
    Profile::new(id.parse().unwrap())
}

/// A snapshot of accounts with these names that are complete, with profiles in this order.
fn snapshot(accounts: &[&str], profiles: Vec<Profile>) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let providers: Vec<Arc<dyn ProfileProvider>> = accounts
        .iter()
        .map(|name| -> Arc<dyn ProfileProvider> {
            Arc::new(MemoryProvider::builder(AccountName::new(name).unwrap()).build().unwrap())
        })
        .collect();
    let target = Target::of_path(folder.path().join("x.ndjson")).unwrap();
    let options = ExportOptions::new(ListQuery::new(), Tool::new("test", "1"));
    let mut manifest = now(Snapshot::write(&providers, options, &target)).unwrap();
    manifest.started = "2026-02-01T00:00:00Z".parse().unwrap();
    Kept { manifest, profiles }.sealed()
}

impl Kept {
    /// Makes the manifest that of the profiles.
    fn sealed(mut self) -> Self {
        for account in &mut self.manifest.accounts {
            let mut digest = Sha256::new();
            account.seen = 0;
            for profile in self.profiles.iter().filter(|it| it.id.account == *account.account) {
                account.seen += 1;
                digest.update(serde_json::to_vec(profile).unwrap());
                digest.update(b"\n");
            }
            account.sha256 =
                digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        }
        self.manifest.rows = self.profiles.len() as u64;
        self.manifest = self.manifest.sealed().unwrap();
        self
    }

    fn with(mut self, set: impl FnOnce(&mut Manifest)) -> Self {
        set(&mut self.manifest);
        self.sealed()
    }

    fn with_account(self, set: impl FnOnce(&mut AccountManifest)) -> Self {
        self.with(|manifest| set(&mut manifest.accounts[0]))
    }

    fn open(self) -> Snapshot {
        now(Snapshot::of_store(Box::new(self), "memory")).unwrap()
    }
}

fn diff_with(old: Kept, new: Kept, options: DiffOptions) -> (Vec<Change>, DiffSummary) {
    let (old, new) = (old.open(), new.open());
    let future = is_send(old.diff(&new, options));
    let mut diff = is_send(now(future).unwrap());
    let changes: Vec<_> = (&mut diff).map(Result::unwrap).collect();
    assert!(diff.next().is_none());
    (changes, diff.summary().clone())
}

fn diff(old: Kept, new: Kept) -> (Vec<Change>, DiffSummary) {
    diff_with(old, new, DiffOptions::new())
}

fn refused(old: Kept, new: Kept) -> String {
    let (old, new) = (old.open(), new.open());
    match now(old.diff(&new, DiffOptions::new())) {
        Err(SnapshotError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn words(changes: &[Change]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}

fn titled(id: &str, title: &str) -> Profile {
    let mut profile = profile(id);
    profile.title = title.into();
    profile
}

fn external(id: &str, external_id: &str) -> Profile {
    let mut profile = profile(id);
    profile.external_id = external_id.into();
    profile
}

#[test]
fn complete_snapshots_prove_who_was_added_changed_or_is_gone() {
    let old = snapshot(
        &["a", "b"],
        vec![
            profile("memory:b/user/9"),
            titled("memory:a/user/same", "cto"),
            titled("memory:a/user/other", "dev"),
            profile("memory:a/user/gone"),
        ],
    );
    let new = snapshot(
        &["a", "b"],
        vec![
            titled("memory:a/user/other", "cto"),
            titled("memory:a/user/same", "cto"),
            profile("memory:b/user/10"),
            profile("memory:b/user/9"),
        ],
    );
    let (changes, summary) = diff(old, new);
    assert_eq!(
        words(&changes),
        ["gone memory:a/user/gone", "changed memory:a/user/other", "added memory:b/user/10"]
    );
    assert!(changes.iter().all(|change| change.proven) && summary.is_certain());
    let counts = (summary.added, summary.changed, summary.gone, summary.unchanged);
    assert_eq!((counts, summary.notes), ((1, 1, 1, 2), vec![]));
    assert_eq!(
        serde_json::to_value(&changes[1]).unwrap(),
        json!({
            "kind": "changed",
            "id": {"service": "memory", "account": "a", "kind": "user", "native": "other"},
            "proven": true,
            "fields": [{
                "path": "title", "known": true, "before_state": "value", "after_state": "value",
                "before": "dev", "after": "cto",
            }],
        })
    );
    // A value may be personal.
    assert_eq!(format!("{:?}", changes[1]), "Change(changed memory:a/user/other, title: value -> value)");
    assert_eq!(changes[0].profile().unwrap().id, id("memory:a/user/gone"));
}

#[test]
fn nobody_is_gone_who_may_only_not_have_been_seen() {
    let ada = || vec![profile("memory:a/user/ada")];
    let old = || snapshot(&["a"], ada());
    let new = || snapshot(&["a"], vec![]);
    let filter = |manifest: &mut Manifest| manifest.query.filter.status = vec![Status::Active.into()];
    let credential =
        |text: &'static str| move |account: &mut AccountManifest| account.credential = Some(text.to_owned());
    let cases: Vec<(Kept, Kept, &str)> = vec![
        (
            old(),
            new().with_account(|account| {
                account.complete = false;
                account.gaps = vec!["the listing was not read to its end".to_owned()];
            }),
            "the new snapshot is not complete (the listing was not read to its end)",
        ),
        (old(), new().with(filter), "the new snapshot was asked for with another filter"),
        (old(), new().with(|it| it.query.search = Some("x".to_owned())), "another filter"),
        (
            old().with(|it| it.query.search = Some("[redacted]".to_owned())),
            new().with(|it| it.query.search = Some("[redacted]".to_owned())),
            "a filter that is hidden",
        ),
        (
            old().with(|it| it.hides_condition = true),
            new().with(|it| it.hides_condition = true),
            "a filter that is hidden",
        ),
        (old(), new().with(|it| it.query.limit = Some(1)), "with a limit"),
        (old(), new().with(|it| it.query.member_of = Some(id("memory:a/organization/o"))), "another filter"),
        (
            old(),
            new().with_account(|it| {
                it.collections = [("invite".to_owned(), CollectionManifest::default())].into();
            }),
            "does not have the collection `user`",
        ),
        (
            old(),
            new().with_account(|it| it.hidden = vec!["guests".to_owned()]),
            "does not show as much (guests)",
        ),
        (old().with_account(credential("1")), new().with_account(credential("2")), "another credential"),
        (
            old(),
            {
                let mut edited = new();
                edited.manifest.tool.version = "2".to_owned();
                edited
            },
            "has a manifest that was edited",
        ),
        (
            old(),
            {
                let mut cut = snapshot(&["a"], vec![profile("memory:a/user/bob")]);
                cut.profiles.clear();
                cut
            },
            "has other profiles than its manifest says",
        ),
    ];
    for (old, new, why) in cases {
        let (changes, summary) = diff(old, new);
        assert_eq!(words(&changes), ["not seen memory:a/user/ada"], "{why}");
        assert!(!changes[0].proven && changes[0].kind == ChangeKind::Gone);
        assert_eq!((summary.gone, summary.not_seen, summary.is_certain()), (0, 1, false), "{why}");
        assert!(summary.has_differences());
        let note =
            summary.notes.iter().find(|note| note.contains("does not prove that anybody is gone")).unwrap();
        assert!(note.starts_with("memory:a: 1 ids of the old snapshot") && note.contains(why), "{note}");
        assert!(!note.contains("ada"), "a note names nobody");
    }
    // The other way round, nobody is added.
    let incomplete = new().with_account(|it| it.complete = false);
    let (changes, summary) = diff(incomplete, snapshot(&["a"], ada()));
    assert_eq!(words(&changes), ["first seen memory:a/user/ada"]);
    assert_eq!((summary.added, summary.first_seen), (0, 1));
    // An incomplete or narrower old snapshot has no effect on who is gone.
    for old in [
        old().with_account(|it| it.complete = false),
        old().with(filter),
        old().with(|it| it.query.limit = Some(1)),
    ] {
        assert_eq!(words(&diff(old, new()).0), ["gone memory:a/user/ada"]);
    }
    // The same filter is not narrower, and what it means is said.
    let (changes, summary) = diff(old().with(filter), new().with(filter));
    assert_eq!(words(&changes), ["gone memory:a/user/ada"]);
    assert!(summary.notes[0].contains("may only not match it any more"), "{:?}", summary.notes);
}

#[test]
fn without_a_difference_it_is_said_if_somebody_may_be_missing() {
    let ada = || vec![profile("memory:a/user/ada")];
    let incomplete = snapshot(&["a"], ada()).with_account(|it| it.complete = false);
    let (changes, summary) = diff(snapshot(&["a"], ada()), incomplete);
    assert!(changes.is_empty() && !summary.has_differences() && !summary.whole && !summary.is_certain());
    assert_eq!(summary.notes, ["memory:a: more may differ than is shown: the new snapshot is not complete"]);
    let without = snapshot(&["a"], ada()).with(|it| it.unusable_accounts = vec!["b".to_owned()]);
    assert!(!diff(snapshot(&["a"], ada()), without).1.is_certain());
    let (_, summary) = diff(snapshot(&["a"], ada()), snapshot(&["a"], ada()));
    assert!(summary.is_certain() && summary.notes.is_empty());
}

#[test]
fn a_snapshot_that_was_altered_is_not_believed() {
    let snapshot = |title| snapshot(&["a"], vec![titled("memory:a/user/ada", title)]);
    let mut altered = snapshot("dev");
    altered.profiles = vec![titled("memory:a/user/ada", "cto")];
    altered.manifest.tool.version = "2".to_owned();
    let (changes, summary) = diff(snapshot("dev"), altered);
    assert!(changes.len() == 1 && !summary.is_certain());
    assert_eq!(
        summary.notes[..2],
        [
            "the manifest of the new snapshot was edited: its seal does not match",
            "memory:a: the new snapshot has other profiles than its manifest says",
        ]
    );
}

#[test]
fn nothing_is_concluded_of_an_account_of_one_snapshot_only() {
    let old = snapshot(&["a", "b"], vec![profile("memory:a/user/1"), profile("memory:b/user/1")]);
    let new = snapshot(&["b", "c"], vec![profile("memory:c/user/1"), profile("memory:b/user/1")])
        .with(|it| it.unusable_accounts = vec!["a".to_owned()]);
    let (changes, summary) = diff(old, new);
    assert_eq!(words(&changes), ["not seen memory:a/user/1", "first seen memory:c/user/1"]);
    assert_eq!((summary.only_in_old, summary.only_in_new, summary.unchanged, summary.not_seen), (1, 1, 1, 0));
    assert_eq!(
        summary.notes,
        [
            "a: it could not be used for the new snapshot",
            "memory:a: only the old snapshot has this account, so nothing is concluded of its 1 profiles",
            "memory:c: only the new snapshot has this account, so nothing is concluded of its 1 profiles",
        ]
    );
}

#[test]
fn a_field_that_was_not_shown_has_not_changed() {
    let mut capabilities = Capabilities::default();
    capabilities.fields = [FieldPath::TITLE].map(|path| FieldSpec::read(path, "x")).into_iter().collect();
    let with = |set: fn(&mut Profile)| {
        let mut ada = profile("memory:a/user/ada");
        set(&mut ada);
        snapshot(&["a"], vec![ada]).with_account(|it| it.capabilities = capabilities.clone())
    };
    let (changes, summary) =
        diff(with(|_| {}), with(|it| (it.title, it.nickname) = ("cto".into(), Field::Null)));
    assert_eq!(words(&changes), ["not known memory:a/user/ada"]);
    let states: Vec<_> = changes[0]
        .fields
        .iter()
        .map(|field| (field.path.as_str(), field.before_state, field.after_state, field.known))
        .collect();
    assert_eq!(
        states,
        [
            ("title", FieldState::Absent, FieldState::Value, false),
            ("nickname", FieldState::Unsupported, FieldState::Null, false),
        ]
    );
    assert_eq!((summary.changed, summary.undetermined, summary.has_differences()), (0, 1, false));
    assert!(!summary.is_certain());
    // Null is known.
    let (changes, summary) = diff(with(|it| it.title = Field::Null), with(|it| it.title = "cto".into()));
    assert!(changes[0].proven && changes[0].fields[0].known && summary.changed == 1);
    // How the record was read is not compared.
    let (changes, summary) =
        diff(with(|_| {}), with(|it| it.notes = vec![Note::new(FieldPath::TITLE, NoteKind::AssumedUtc)]));
    assert!(changes.is_empty() && summary.unchanged == 1);
}

#[test]
fn only_the_fields_that_are_asked_for_are_compared() {
    let with = |title: &str, team: &str, active: Status| {
        let mut ada = titled("memory:a/user/ada", title);
        ada.metadata = BTreeMap::from([("team".to_owned(), team.to_owned())]).into();
        ada.status = active.into();
        snapshot(&["a"], vec![ada])
    };
    for (only, ignored, expected) in [
        (None, &[][..], &["status", "title", "metadata.team"][..]),
        (Some(&["metadata", "status"][..]), &[], &["status", "metadata.team"]),
        (None, &["metadata", "title"], &["status"]),
        (Some(&["metadata"]), &["metadata.team"], &[]),
    ] {
        let patterns = |texts: &[&str]| texts.iter().map(|it| it.parse().unwrap()).collect::<Vec<_>>();
        let mut options = DiffOptions::new().with_ignore(patterns(ignored));
        options.fields = only.map(patterns);
        let (old, new) = (with("dev", "x", Status::Active), with("cto", "y", Status::Suspended));
        let (changes, summary) = diff_with(old, new, options);
        let paths: Vec<_> = changes.iter().flat_map(|it| &it.fields).map(|it| it.path.as_str()).collect();
        assert_eq!(paths, expected);
        assert_eq!(summary.changed + summary.unchanged, 1);
    }
}

#[test]
fn an_external_id_tells_who_has_another_id() {
    let mut before = external("memory:a/user/z", "E1");
    before.title = "dev".into();
    let mut after = external("memory:a/user/b", "E1");
    after.title = "cto".into();
    let old = snapshot(
        &["a", "b"],
        vec![
            before,
            // Two have it, so who is who is not known.
            external("memory:a/user/1", "E2"),
            external("memory:a/user/2", "E2"),
            // Somebody who is in both has it.
            external("memory:a/user/4", "E3"),
            external("memory:a/user/5", "E3"),
            // Of another account.
            external("memory:b/user/7", "E4"),
        ],
    );
    let new = || {
        snapshot(
            &["a", "b"],
            vec![
                after.clone(),
                external("memory:a/user/3", "E2"),
                external("memory:a/user/5", "E3"),
                external("memory:a/user/6", "E3"),
                external("memory:a/user/7", "E4"),
            ],
        )
    };
    let expected = [
        "gone memory:a/user/1",
        "gone memory:a/user/2",
        "added memory:a/user/3",
        "gone memory:a/user/4",
        "added memory:a/user/6",
        "added memory:a/user/7",
        "renamed memory:a/user/b (was memory:a/user/z)",
        "gone memory:b/user/7",
    ];
    let profiles = old.profiles.clone();
    let (changes, summary) = diff(old, new());
    assert_eq!(words(&changes), expected);
    let paths: Vec<_> = changes[6].fields.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["title"]);
    assert_eq!((summary.renamed, summary.gone, summary.added, summary.unchanged), (1, 4, 3, 1));
    assert_eq!(summary.ambiguous_external_ids, 2);
    assert!(summary.notes[0].contains("2 external ids are those of several profiles"), "{:?}", summary.notes);
    // They are also found where it is not proven that the old id is gone.
    let incomplete = new().with_account(|it| it.complete = false);
    let (changes, summary) = diff(snapshot(&["a", "b"], profiles), incomplete);
    assert_eq!(changes[6].to_string(), "renamed? memory:a/user/b (was memory:a/user/z)");
    assert_eq!((summary.renamed, summary.unproven_renamed, summary.not_seen), (1, 1, 3));
}

#[test]
fn what_is_hidden_is_not_compared() {
    let of = |hiding: &Hiding, title: &str, address: &str| {
        let mut ada = titled("memory:a/user/ada", title);
        ada.external_id = "E1".into();
        ada.country = address.into();
        let ada = hiding.profile(ada).unwrap();
        snapshot(&["a"], vec![ada]).with(|it| it.privacy = hiding.privacy().clone())
    };
    let plain = Hiding::default();
    let redacted = Hiding::default().redact([FieldClass::Contact]);
    let (changes, summary) = diff(of(&plain, "dev", "NO"), of(&redacted, "cto", "SE"));
    let paths: Vec<_> = changes[0].fields.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["title"]);
    assert_eq!(summary.notes, ["hidden in a snapshot, and not compared: contact"]);
    // An address is hidden wherever it stands.
    let (changes, summary) =
        diff(of(&plain, "ada@example.org", "NO"), of(&redacted, "ada@example.org", "NO"));
    assert!(!changes[0].fields[0].known && summary.undetermined == 1);

    let key = |key: &[u8]| Hiding::default().pseudonymize(key).unwrap();
    let (one, other) = (key(b"a key of 16 bytes or more"), key(b"another key of 16 bytes"));
    let (changes, summary) = diff(of(&one, "dev", "NO"), of(&one, "cto", "NO"));
    assert!(changes.len() == 1 && changes[0].proven && summary.notes.is_empty());
    assert!(refused(of(&one, "x", "NO"), of(&other, "x", "NO")).contains("of different keys"));
    assert!(refused(of(&one, "x", "NO"), of(&plain, "x", "NO")).contains("only one of the two"));

    // Hidden external ids are no external ids.
    let identifiers = Hiding::default().redact([FieldClass::Identifier]);
    let hidden = |id: &str| {
        let profile = identifiers.profile(external(id, "E1")).unwrap();
        snapshot(&["a"], vec![profile]).with(|it| it.privacy = identifiers.privacy().clone())
    };
    let (changes, summary) = diff(hidden("memory:a/user/1"), hidden("memory:a/user/2"));
    assert_eq!(words(&changes), ["gone memory:a/user/1", "added memory:a/user/2"]);
    assert!(summary.notes[0].contains("identifier; without external ids"), "{:?}", summary.notes);
}

#[test]
fn what_must_be_known_of_the_two_is_said() {
    let newer = snapshot(&["a"], vec![]);
    let mut older = snapshot(&["a"], vec![]);
    older.manifest.started = "2026-01-01T00:00:00Z".parse().unwrap();
    let older = older
        .with(|it| it.query.enrich = true)
        .with_account(|it| it.base_url = "https://eu.example.org".to_owned());
    let (changes, summary) = diff(newer, older);
    // At another base URL, somebody may be in neither of the two.
    assert!(changes.is_empty() && !summary.has_differences() && !summary.is_certain());
    for (note, part) in summary.notes.iter().zip([
        "was read before the old one",
        "memory:a: the old snapshot was read from",
        "only the new snapshot has the further records",
    ]) {
        assert!(note.contains(part), "{note}");
    }
    assert_eq!(summary.notes.len(), 5, "{:?}", summary.notes);
    assert!(summary.notes[3].contains("another base URL"), "{:?}", summary.notes);
}

#[test]
fn a_profile_that_comes_again_is_compared_once() {
    let old = snapshot(&["a"], vec![titled("memory:a/user/1", "dev"), titled("memory:a/user/1", "cto")]);
    let new = snapshot(&["a"], vec![titled("memory:a/user/1", "dev")]);
    let (changes, summary) = diff(old, new);
    assert!(changes.is_empty() && summary.unchanged == 1);
    assert_eq!(summary.notes, ["the old snapshot has 1 profiles again, of which the first is compared"]);
}

/// A small profile: account, native id, title, external id.
type Small = (u8, u8, u8, u8);

fn small() -> impl Strategy<Value = Vec<Small>> {
    // Most have no external id, and there are few of these, so that renamed and ambiguous ones occur.
    prop::collection::vec((0..3_u8, 0..12_u8, 0..4_u8, 0..10_u8), 0..24)
}

fn profiles(small: &[Small]) -> Vec<Profile> {
    let mut seen = BTreeSet::new();
    let distinct = small.iter().filter(|(account, native, ..)| seen.insert((*account, *native)));
    let profile = |(account, native, title, external): &Small| {
        let mut profile =
            profile(&format!("memory:{}/user/{native}", ["a", "b", "c"][usize::from(*account)]));
        profile.title = match title {
            0 => Field::Absent,
            1 => Field::Null,
            title => title.to_string().into(),
        };
        profile.external_id = if *external < 6 { Field::Absent } else { format!("E{external}").into() };
        profile
    };
    distinct.map(profile).collect()
}

fn word(path: &FieldPath, is_known: bool) -> String {
    format!(" {path}{}", if is_known { "" } else { "?" })
}

/// The same result, the simple way.
fn expected(old: &[Profile], new: &[Profile], is_proven: [bool; 2]) -> Vec<String> {
    let of = |profiles: &[Profile]| -> BTreeMap<ProfileId, Profile> {
        profiles.iter().map(|it| (it.id.clone(), it.clone())).collect()
    };
    let (old, new) = (of(old), of(new));
    let ids: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let renamed = |before: &Profile| -> Option<ProfileId> {
        let is_same = |it: &Profile| {
            it.id.account == before.id.account
                && it.external_id.is_known()
                && it.external_id == before.external_id
        };
        let [olds, news] = [&old, &new].map(|all| all.values().filter(|it| is_same(it)).collect::<Vec<_>>());
        match (&*olds, &*news) {
            ([one], [other]) if !new.contains_key(&one.id) && !old.contains_key(&other.id) => {
                Some(other.id.clone())
            }
            _ => None,
        }
    };
    let moves: BTreeMap<ProfileId, ProfileId> =
        old.values().filter_map(|it| Some((renamed(it)?, it.id.clone()))).collect();
    let fields = |before: &Profile, after: &Profile| -> String {
        let differences = before.differences(after);
        let words = differences.iter().map(|it| word(&it.path, it.is_known()));
        words.collect::<Vec<_>>().concat()
    };
    let mut lines = Vec::new();
    for id in ids {
        match (old.get(&id), new.get(&id)) {
            (Some(before), Some(after)) => {
                let fields = fields(before, after);
                let is_known =
                    before.differences(after).iter().any(anyprofile_core::profile::FieldDifference::is_known);
                if !fields.is_empty() {
                    lines.push(format!("{} {id}{fields}", if is_known { "changed" } else { "not known" }));
                }
            }
            (Some(_), None) if moves.values().any(|it| *it == id) => {}
            (Some(_), None) => lines.push(format!("{} {id}", if is_proven[1] { "gone" } else { "not seen" })),
            (None, Some(after)) => match moves.get(&id) {
                Some(from) => {
                    let word = if is_proven == [true; 2] { "renamed" } else { "renamed?" };
                    lines.push(format!("{word} {id} (was {from}){}", fields(&old[from], after)));
                }
                None => lines.push(format!("{} {id}", if is_proven[0] { "added" } else { "first seen" })),
            },
            (None, None) => unreachable!(),
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_snapshots_differ_as_the_simple_way_finds(
        old in small(),
        new in small(),
        is_complete in any::<[bool; 2]>(),
        memory in prop::sample::select(vec![0, 300, 2000, 1 << 20]),
    ) {
        let (old, new) = (profiles(&old), profiles(&new));
        let lines = expected(&old, &new, is_complete);
        let snapshots = [(old, is_complete[0]), (new, is_complete[1])].map(|(profiles, is_complete)| {
            snapshot(&["a", "b", "c"], profiles)
                .with(|it| it.accounts.iter_mut().for_each(|account| account.complete = is_complete))
        });
        let [old, new] = snapshots;
        let rows = (old.manifest.rows, new.manifest.rows);
        let folder = tempfile::tempdir().unwrap();
        let options = DiffOptions::new().with_memory(memory).with_temporary(folder.path());
        let (changes, summary) = diff_with(old, new, options);
        let found: Vec<_> = changes
            .iter()
            .map(|change| {
                let fields: Vec<_> = change.fields.iter().map(|it| word(&it.path, it.known)).collect();
                format!("{change}{}", fields.concat())
            })
            .collect();
        prop_assert_eq!(found, lines);
        let in_both = summary.unchanged + summary.changed + summary.undetermined + summary.renamed;
        prop_assert_eq!(rows.0, in_both + summary.gone + summary.not_seen);
        prop_assert_eq!(rows.1, in_both + summary.added + summary.first_seen);
        prop_assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }
}
