//! Parquet files, and folders of them.

use std::fs;

use anyprofile_snapshot::{Snapshot, SnapshotError, Target, check_store};
use futures_util::StreamExt as _;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::people::{options, providers, write_and_read};

#[tokio::test]
async fn a_file_reads_back_as_the_same_profiles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.parquet");
    write_and_read(&Target::of_path(&path).unwrap()).await;
    let file = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
    let metadata = file.metadata().file_metadata();
    assert_eq!(metadata.num_rows(), 3008);
    let version =
        metadata.key_value_metadata().unwrap().iter().find(|it| it.key == "anyprofile.schema_version");
    assert_eq!(version.unwrap().value.as_deref(), Some("1"));
    let columns = metadata.schema().get_fields();
    assert_eq!(columns[1].name(), "service");
}

#[tokio::test]
async fn a_folder_has_a_file_for_each_account_without_what_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people");
    let target: Target = format!("{}/", path.display()).parse().unwrap();
    write_and_read(&target).await;
    for (account, rows) in [("main", 3004), ("007", 4)] {
        let file = path.join(format!("service=memory/account={account}/profiles.parquet"));
        let file = SerializedFileReader::new(fs::File::open(file).unwrap()).unwrap();
        let metadata = file.metadata().file_metadata();
        assert_eq!(metadata.num_rows(), rows);
        let columns: Vec<_> = metadata.schema().get_fields().iter().map(|column| column.name()).collect();
        assert_eq!(columns[..3], ["id", "collection", "native_id"]);
    }
}

#[tokio::test]
async fn files_and_folders_do_what_a_store_must() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["people.parquet", "people/"] {
        let target: Target = format!("{}/{name}", folder.path().display()).parse().unwrap();
        check_store(|| target.open()).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_a_parquet_file_is_told_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.parquet");
    let target = Target::of_path(&path).unwrap();
    Snapshot::write(&providers(), options(), &target).await.unwrap();
    let content = fs::read(&path).unwrap();
    for broken in [&b""[..], b"hunter2", &content[..content.len() / 2], &content[10..]] {
        fs::write(&path, broken).unwrap();
        let snapshot = Snapshot::open(&target).await.unwrap();
        let error = snapshot.read().next().await.unwrap().unwrap_err();
        assert!(matches!(error, SnapshotError::Unreadable { .. }), "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert!(!snapshot.verify().await.unwrap().is_empty());
    }
}
