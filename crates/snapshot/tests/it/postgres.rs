//! PostgreSQL databases. These tests need a server: `ANYPROFILE_TEST_POSTGRES` is the address of a database that they may write to.

use anyprofile_snapshot::{Snapshot, SnapshotError, Target, check_store};
use tokio_postgres::{Client, NoTls};

use crate::people::{DIFFICULT, REVIEW_MFA, options, providers, write_and_read};

fn url() -> String {
    std::env::var("ANYPROFILE_TEST_POSTGRES")
        .expect("ANYPROFILE_TEST_POSTGRES must be the address of a PostgreSQL database")
}

async fn client() -> Client {
    let (client, connection) = tokio_postgres::connect(&url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn texts(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// One test, since all of them would share the schema.
#[tokio::test]
#[ignore = "needs a PostgreSQL server; cargo xtask real snapshots"]
async fn a_database_reads_back_as_the_same_profiles_and_keeps_earlier_runs() {
    let client = client().await;
    client.batch_execute("DROP SCHEMA IF EXISTS anyprofile CASCADE").await.unwrap();
    let target: Target = url().parse().unwrap();
    let error = Snapshot::open(&target).await.unwrap_err();
    assert!(error.to_string().ends_with("the database has no snapshot"), "{error}");

    check_store(|| target.open()).await.unwrap();
    client.batch_execute("DROP SCHEMA anyprofile CASCADE").await.unwrap();

    write_and_read(&target).await;
    let first = Snapshot::open(&target).await.unwrap();
    let second = write_and_read(&target).await;
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.runs").await, 2);
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.profiles").await, 2 * 3008);
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.latest_profiles").await, 3008);

    views(&client).await;

    // Nothing can be seen before the commit, and nothing remains of what was not committed.
    let manifest = second.manifest().clone();
    let mut store = target.open().await.unwrap();
    store.begin(&manifest).await.unwrap();
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.runs").await, 2);
    // A run that is begun again takes the place of the one before.
    store.begin(&manifest).await.unwrap();
    drop(store);
    let mut store = target.open().await.unwrap();
    assert!(matches!(store.write(&[]).await, Err(SnapshotError::Refused(_))));
    assert!(matches!(store.commit(manifest).await, Err(SnapshotError::Refused(_))));
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.runs").await, 2);

    // A snapshot that was opened is not another one when a run is added or changed.
    client.execute("DELETE FROM anyprofile.profiles WHERE run = 2", &[]).await.unwrap();
    assert!(first.verify().await.unwrap().is_empty());
    assert!(!second.verify().await.unwrap().is_empty());
    client.execute("DELETE FROM anyprofile.runs WHERE run = 1", &[]).await.unwrap();
    assert_eq!(number(&client, "SELECT count(*) FROM anyprofile.emails").await, 0);

    client.execute("UPDATE anyprofile.schema_version SET version = 2", &[]).await.unwrap();
    let why = "its tables have version 2, and this program knows versions up to 1; use a newer program";
    for error in [
        Snapshot::open(&target).await.unwrap_err(),
        Snapshot::write(&providers(), options(), &target).await.unwrap_err(),
    ] {
        assert!(error.to_string().ends_with(why), "{error}");
    }
    client.batch_execute("DROP SCHEMA anyprofile CASCADE").await.unwrap();
}

async fn views(client: &Client) {
    let review = "SELECT p.account || ' ' || native_id || ' ' || finding || ' ' || r.mfa_enabled_state FROM anyprofile.review_mfa r
        JOIN anyprofile.latest_profiles p USING (id) WHERE native_id NOT LIKE 'u%' ORDER BY p.account, native_id";
    assert_eq!(texts(client, review).await, REVIEW_MFA);
    let dormant = "SELECT id FROM anyprofile.review_dormant WHERE finding = 'dormant' ORDER BY id";
    assert_eq!(texts(client, dormant).await, ["memory:007/user/ada", "memory:main/user/ada"]);
    // No text of PostgreSQL can have this character. The profile has it.
    let name = "SELECT display_name FROM anyprofile.latest_profiles WHERE id = 'memory:main/user/null'";
    assert_eq!(texts(client, name).await, [DIFFICULT.replace('\0', "\u{fffd}")]);
    let time = "SELECT (last_login AT TIME ZONE 'UTC')::text FROM anyprofile.latest_profiles WHERE id = 'memory:main/user/ada'";
    assert_eq!(texts(client, time).await, ["2026-01-31 12:00:00.123456"]);
    let mfa = "SELECT profile->'security'->>'mfa_enabled' FROM anyprofile.latest_profiles WHERE id = 'memory:main/user/ada'";
    assert_eq!(texts(client, mfa).await, ["false"]);
}

#[tokio::test]
async fn an_error_shows_neither_the_user_nor_the_password() {
    let url = "postgres://ada:hunter2@127.0.0.1:1/reviews?connect_timeout=5";
    let error = url.parse::<Target>().unwrap().open().await.unwrap_err();
    let start = "postgres://127.0.0.1:1/reviews: error connecting to server: ";
    assert!(error.to_string().starts_with(start), "{error}");
    assert!(!format!("{error:?}").contains("ada"));
    assert!(!format!("{error:?}").contains("hunter2"));
}
