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
