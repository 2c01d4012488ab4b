//! What documents say of services is what the services say of themselves.

use std::path::Path;

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
fn every_feature_is_in_the_tables_that_say_what_features_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (manifest, documents) in [
        ("crates/anyprofile/Cargo.toml", &["README.md", "crates/anyprofile/src/lib.rs"][..]),
        ("crates/cli/Cargo.toml", &["crates/cli/src/lib.rs"]),
    ] {
        let names = features(&root.join(manifest));
        assert!(names.len() > 5);
        for document in documents {
            let text = std::fs::read_to_string(root.join(document)).unwrap();
            let rows: Vec<_> = text.lines().map(|line| line.trim_start_matches("//! ")).collect();
            for name in &names {
                let is_row = |row: &&str| {
                    row.split('|').nth(1).is_some_and(|cell| cell.contains(&format!("`{name}`")))
                };
                assert!(rows.iter().any(is_row), "{document} has no row for the feature {name}");
            }
        }
    }
}
