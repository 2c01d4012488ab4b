//! SQLite databases.

use std::{fs, path::Path};

use anyprofile_snapshot::{Snapshot, SnapshotError, Stage, Target, check_store};
use futures_util::TryStreamExt as _;
use rusqlite::Connection;

use crate::people::{DIFFICULT, REVIEW_MFA, options, providers, write_and_read};

fn target(path: &Path) -> Target {
    format!("sqlite:{}", path.display()).parse().unwrap()
}

fn texts(path: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn number(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, (), |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_database_reads_back_as_the_same_profiles_and_keeps_earlier_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    write_and_read(&target(&path)).await;
    let first = Snapshot::open(&target(&path)).await.unwrap();
    let second = write_and_read(&target(&path)).await;
    assert_eq!(number(&path, "SELECT count(*) FROM runs"), 2);
    assert_eq!(number(&path, "SELECT count(*) FROM profiles"), 2 * 3008);
    assert_eq!(number(&path, "SELECT count(*) FROM latest_profiles"), 3008);
    assert_ne!(first.manifest().seal, second.manifest().seal);
    // A snapshot that was opened is not another one when a run is added.
    Connection::open(&path).unwrap().execute("DELETE FROM profiles WHERE run = 2", ()).unwrap();
    assert!(first.verify().await.unwrap().is_empty());
    assert!(!second.verify().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_does_what_a_store_must() {
    let folder = tempfile::tempdir().unwrap();
    let target = target(&folder.path().join("reviews.db"));
    check_store(|| target.open()).await.unwrap();
}

#[tokio::test]
async fn tables_and_views_say_who_lacks_a_second_factor_and_of_whom_it_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    write_and_read(&target(&path)).await;
    let review = "SELECT p.account || ' ' || native_id || ' ' || finding || ' ' || r.mfa_enabled_state FROM review_mfa r
        JOIN latest_profiles p USING (id, service, account) WHERE native_id NOT LIKE 'u%' ORDER BY account, native_id";
    assert_eq!(texts(&path, review), REVIEW_MFA);
    let owners = "SELECT DISTINCT finding FROM review_owners WHERE account = 'main' ORDER BY finding DESC";
    assert_eq!(texts(&path, owners), ["owner", "not known"]);
    let dormant = "SELECT id FROM review_dormant WHERE finding = 'dormant' ORDER BY id";
    assert_eq!(texts(&path, dormant), ["memory:007/user/ada", "memory:main/user/ada"]);
    assert_eq!(
        texts(&path, "SELECT address FROM emails WHERE profile_id = 'memory:main/user/ada' AND is_primary"),
        ["ada@example.org"]
    );
    assert_eq!(
        texts(&path, "SELECT last_login FROM profiles WHERE id = 'memory:main/user/ada'"),
        ["2026-01-31T12:00:00.123456Z"]
    );
    assert_eq!(
        texts(&path, "SELECT display_name FROM profiles WHERE id = 'memory:main/user/null'"),
        [DIFFICULT]
    );
    // Who has no addresses, and of whom they are not known.
    let emails =
        "SELECT coalesce(emails, 'not known') FROM profiles WHERE account = 'main' ORDER BY position LIMIT 4";
    assert_eq!(texts(&path, emails), ["countess@example.com; ada@example.org", "not known", "not known", ""]);
    assert_eq!(number(&path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#[tokio::test]
async fn nothing_is_visible_before_the_commit_and_nothing_remains_of_what_was_not_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    let target = target(&path);
    let first = Snapshot::write(&providers(), options(), &target).await.unwrap();
    let profiles: Vec<_> = Snapshot::open(&target).await.unwrap().read().try_collect().await.unwrap();

    let mut store = target.open().await.unwrap();
    store.begin(&first).await.unwrap();
    assert_eq!(store.manifest().await.unwrap(), first);
    assert_eq!(number(&path, "SELECT count(*) FROM runs"), 1);
    drop(store);
    let read: Vec<_> = Snapshot::open(&target).await.unwrap().read().try_collect().await.unwrap();
    assert!(read == profiles);
    // What was not begun cannot be written.
    let mut store = target.open().await.unwrap();
    assert!(matches!(store.write(&[]).await, Err(SnapshotError::Refused(_))));
    assert!(matches!(store.commit(first.clone()).await, Err(SnapshotError::Refused(_))));
    // A database in which a run was only begun has no tables.
    let new = folder.path().join("new.db");
    let mut store = self::target(&new).open().await.unwrap();
    store.begin(&first).await.unwrap();
    drop(store);
    let error = Snapshot::open(&self::target(&new)).await.unwrap_err();
    assert!(error.to_string().ends_with("the database has no snapshot"), "{error}");
    write_and_read(&self::target(&new)).await;
}

#[tokio::test]
async fn an_export_that_is_not_over_leaves_the_database_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    let stage = Stage::open(&folder.path().join("stage"), &providers(), options(), &mut ()).await.unwrap();
    let mut store = target(&path).open().await.unwrap();
    assert!(stage.into_snapshot(&mut *store, &[]).await.is_err());
    assert!(!path.exists());
}

#[tokio::test]
async fn the_database_of_a_newer_or_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    let target = target(&path);
    Snapshot::write(&providers(), options(), &target).await.unwrap();
    for (change, why) in [
        (
            "PRAGMA user_version = 2",
            "its tables have version 2, and this program knows versions up to 1; use a newer program",
        ),
        ("PRAGMA application_id = 7", "it is the database of another program; name another file"),
    ] {
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = Snapshot::open(&target).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{}: {why}", path.display()));
        let error = Snapshot::write(&providers(), options(), &target).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{}: {why}", path.display()));
    }
    fs::write(&path, "hunter2, which is longer than a header of a database, so that it is read as one at all, if that is possible.").unwrap();
    let error = Snapshot::open(&target).await.unwrap_err().to_string();
    assert!(error.ends_with("it is not a SQLite database"), "{error}");
    let error = Snapshot::open(&self::target(&folder.path().join("none.db"))).await.unwrap_err().to_string();
    assert!(error.ends_with("no such file or directory"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_is_private_and_a_symbolic_link_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    write_and_read(&target(&path)).await;
    assert_eq!(mode(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    write_and_read(&target(&path)).await;
    assert_eq!(mode(&path), 0o600);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["reviews.db"]);
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let error = Snapshot::write(&providers(), options(), &target(&link)).await.unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
}

#[tokio::test]
async fn a_column_a_list_a_run_and_a_view_that_were_changed_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.db");
    let place = target(&path);
    Snapshot::write(&providers(), options(), &place).await.unwrap();
    assert_eq!(Snapshot::open(&place).await.unwrap().verify().await.unwrap(), Vec::<String>::new());
    for (change, finding) in [
        ("UPDATE profiles SET mfa_enabled = 1 WHERE native_id = 'null'", "the table profiles was changed"),
        ("DELETE FROM emails", "the table emails was changed"),
        ("UPDATE runs SET complete = 0", "the table runs was changed"),
        ("DROP VIEW review_mfa", "a view was redefined, or is gone"),
    ] {
        let copy = folder.path().join("changed.db");
        std::fs::copy(&path, &copy).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute_batch(change).unwrap();
        let findings = Snapshot::open(&target(&copy)).await.unwrap().verify().await.unwrap();
        assert!(findings.iter().any(|it| it.contains(finding)), "{change}: {findings:?}");
    }
}
