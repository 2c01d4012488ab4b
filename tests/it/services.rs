//! What documents say of services is what the services say of themselves.

use std::{collections::BTreeSet, path::Path};

#[test]
fn documents_are_made_from_the_descriptors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (path, text) in anyprofile_tests::services::documents(&root).unwrap() {
        assert_eq!(
            std::fs::read_to_string(root.join(path)).unwrap(),
            text,
            "{path} is not as it would be made: run `cargo xtask services`"
        );
    }
}

/// The features of a manifest that are for others, without `default`.
fn features(manifest: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(manifest).unwrap();
    let of_features = text.lines().skip_while(|line| *line != "[features]").skip(1);
    let lines = of_features.take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned());
    names.filter(|name| !name.starts_with(['#', '_']) && name != "default").collect()
}

#[test]
fn the_tables_of_features_have_every_feature_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut crates = 0;
    for folder in std::fs::read_dir(root.join("crates")).unwrap() {
        let folder = folder.unwrap().path();
        let names = features(&folder.join("Cargo.toml"));
        crates += usize::from(!names.is_empty());
        let mut documents = vec![folder.join("src/lib.rs")];
        if folder.ends_with("anyprofile") {
            documents.push(root.join("README.md"));
        }
        for document in documents {
            let shown = document.strip_prefix(&root).unwrap().display();
            let rows = rows_of_features(&std::fs::read_to_string(&document).unwrap());
            for name in &names {
                assert!(rows.contains(name), "{shown} has no row for the feature {name}");
            }
            for row in &rows {
                assert!(names.contains(row), "{shown} has a row for {row}, which is no feature");
            }
        }
    }
    assert!(crates > 6);
}

/// The features that the table of a document names: the first table whose first column is called so.
fn rows_of_features(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(|line| line.trim_start_matches("//! ").trim());
    let table = lines.skip_while(|line| !line.starts_with("| feature |")).skip(2);
    let cells = table.take_while(|line| line.starts_with('|')).filter_map(|row| row.split('|').nth(1));
    let names = cells.flat_map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`').to_owned()));
    names.collect()
}
