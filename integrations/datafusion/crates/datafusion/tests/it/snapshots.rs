//! Snapshots as tables.

use std::path::Path;

use anyprofile::ListQuery;
use anyprofile_datafusion::{ProfileOptions, RunLog, SnapshotTable, register_snapshot, session};
use anyprofile_sandbox::Fault;
use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};
use datafusion::prelude::SessionContext;

use crate::{Scene, rows, table};

async fn export(scene: &Scene, place: &Path) {
    let is_file = place.extension().is_some();
    let target = format!("{}{}", place.display(), if is_file { "" } else { "/" });
    let target: Target = target.parse().unwrap();
    let mut options = ExportOptions::new(ListQuery::new(), Tool::new("test", "1"));
    options.allows_incomplete = true;
    Snapshot::write(&scene.providers, options, &target).await.unwrap();
}

async fn opened(place: &Path) -> Result<SessionContext, String> {
    let context = session("snapshot").unwrap();
    let snapshot = SnapshotTable::open(&context, place.to_str().unwrap()).await;
    let snapshot = snapshot.map_err(|error| error.to_string())?;
    register_snapshot(&context, "snapshot", snapshot).await.unwrap();
    Ok(context)
}

async fn refusal(place: &Path) -> String {
    opened(place).await.err().unwrap()
}

const EVERYTHING: &str = "select * exclude (profile) from profiles order by id";

#[tokio::test]
async fn a_snapshot_has_the_rows_of_its_accounts() {
    let scene = Scene::new(60).await;
    let folder = tempfile::tempdir().unwrap();
    let (partitioned, file) = (folder.path().join("people"), folder.path().join("people.parquet"));
    export(&scene, &partitioned).await;
    export(&scene, &file).await;
    let live = scene.query(EVERYTHING).await;
    for place in [&partitioned, &file] {
        let context = opened(place).await.unwrap();
        let recorded = table(&context, EVERYTHING).await.unwrap();
        assert!(recorded == live, "{}", place.display());
        let states =
            "select service, field_state(mfa_enabled), count(*) from profiles group by 1, 2 order by 1, 2";
        assert_eq!(table(&context, states).await.unwrap(), scene.query(states).await);
        for list in ["emails", "roles", "groups", "labels", "entitlements", "credentials", "phones"] {
            let sql = format!("select * from {list} order by 1, 2, 3, 4, 5");
            assert_eq!(table(&context, &sql).await.unwrap(), scene.query(&sql).await, "{list}");
        }
        let runs =
            "select service, account, collection, complete, profiles, declared_total from runs order by 1, 3";
        assert!(rows(&table(&context, runs).await.unwrap()).iter().all(|row| row[3] == "true"));
        let one = "select count(*), count(distinct account) from profiles where service = 'probely'";
        assert_eq!(rows(&table(&context, one).await.unwrap()), [["60", "1"]]);
    }
}

#[tokio::test]
async fn a_folder_that_is_not_that_of_its_manifest_is_refused() {
    let scene = Scene::new(10).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("people");
    export(&scene, &place).await;
    let data = place.join("service=upsun/account=upsun/profiles.parquet");
    let stray = place.join("service=upsun/account=other");
    std::fs::create_dir(&stray).unwrap();
    std::fs::copy(&data, stray.join("profiles.parquet")).unwrap();
    let error = refusal(&place).await;
    assert!(
        error.contains("service=upsun/account=other/profiles.parquet: the manifest does not name this file")
    );
    std::fs::remove_dir_all(&stray).unwrap();
    std::fs::OpenOptions::new().append(true).open(&data).unwrap().set_len(100).unwrap();
    let error = refusal(&place).await;
    assert!(error.contains("has 100 bytes, and had"), "{error}");
    // Each query looks again.
    std::fs::remove_dir_all(&place).unwrap();
    export(&scene, &place).await;
    let context = opened(&place).await.unwrap();
    table(&context, "select count(*) from profiles").await.unwrap();
    std::fs::remove_file(&data).unwrap();
    let error = table(&context, "select count(*) from profiles").await.unwrap_err();
    assert!(error.contains("profiles.parquet is missing"), "{error}");
    let error = refusal(&place).await;
    assert!(error.contains("profiles.parquet is missing"), "{error}");
    let error = refusal(&folder.path().join("nothing")).await;
    assert!(error.contains("nothing"), "{error}");
    export(&scene, &folder.path().join("people.ndjson")).await;
    let error = refusal(&folder.path().join("people.ndjson")).await;
    assert!(error.contains("it is not Parquet"), "{error}");
}

#[tokio::test]
async fn a_snapshot_that_is_not_complete_says_so_and_answers_only_who_allows_it() {
    let scene = Scene::new(300).await;
    scene.sandbox.add_fault(Fault::new("users_list").on_attempts(2..).respond(403));
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("people");
    export(&scene, &place).await;
    let (context, log) = (session("snapshot").unwrap(), RunLog::default());
    let snapshot = SnapshotTable::open(&context, place.to_str().unwrap()).await.unwrap();
    register_snapshot(&context, "snapshot", snapshot.with_log(log.clone())).await.unwrap();
    let error = table(&context, "select count(*) from emails").await.unwrap_err();
    assert!(error.contains("is not complete") && error.contains("probely"), "{error}");
    table(&context, "SET anyprofile.allow_partial = true").await.unwrap();
    assert!(ProfileOptions::of_context(&context).allow_partial);
    table(&context, "select count(*) from emails").await.unwrap();
    assert!(log.runs()[0].warning.as_ref().unwrap().contains("is not complete"));
    let warned = "select distinct account, warning from runs where warning is not null";
    let warned = rows(&table(&context, warned).await.unwrap());
    assert_eq!(warned.len(), 1);
    assert_eq!(warned[0][0], "probely");
}

#[tokio::test]
async fn a_filtered_snapshot_says_so_and_a_url_with_credentials_is_refused() {
    let scene = Scene::new(10).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("active");
    let query =
        ListQuery::new().with_filter(anyprofile::Filter::new().with_status(anyprofile::Status::Active));
    let target: Target = format!("{}/", place.display()).parse().unwrap();
    let options = ExportOptions::new(query, Tool::new("test", "1"));
    let upsun: Vec<_> = scene.providers.iter().filter(|it| it.info().service == "probely").cloned().collect();
    Snapshot::write(&upsun, options, &target).await.unwrap();
    let context = opened(&place).await.unwrap();
    let filtered = table(&context, "select distinct filtered from runs").await.unwrap();
    assert_eq!(rows(&filtered), [["true"]]);

    let refused = refusal(Path::new("s3://KEY:SECRET@bucket/people")).await;
    assert!(refused.contains("credentials") && !refused.contains("SECRET"), "{refused}");
}
