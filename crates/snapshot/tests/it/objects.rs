//! Object storage, with the folders of this machine as buckets.

use anyprofile_snapshot::{Target, check_store};

#[tokio::test]
async fn objects_do_what_a_store_must() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.ndjson", "two.csv", "three"] {
        if name == "two.csv" && cfg!(not(feature = "csv"))
            || name == "three" && cfg!(not(feature = "parquet"))
        {
            continue;
        }
        let target: Target = format!("file://{}/{name}", folder.path().display()).parse().unwrap();
        check_store(|| target.open()).await.unwrap();
    }
}

#[tokio::test]
async fn an_object_that_was_changed_or_is_gone_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let target: Target = format!("file://{}/people.ndjson", folder.path().display()).parse().unwrap();
    check_store(|| target.open()).await.unwrap();
    let object = folder.path().join("people.ndjson");
    let content = std::fs::read(&object).unwrap();
    std::fs::write(&object, &content[1..]).unwrap();
    let store = target.open().await.unwrap();
    let manifest = store.manifest().await.unwrap();
    let changed = store.check_files(&manifest).await.unwrap();
    assert!(changed[0].contains("bytes, and had"), "{changed:?}");
    std::fs::remove_file(&object).unwrap();
    let missing = store.check_files(&manifest).await.unwrap();
    assert!(missing[0].contains("the file is missing"), "{missing:?}");
}
