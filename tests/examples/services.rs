//! Writes what documents say of services: what `cargo xtask services` does. With `check`, fails where one is not as it would
//! be written.

use std::{fs, io, path::Path};

use anyprofile_tests::services::documents;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let checks = std::env::args().nth(1).is_some_and(|argument| argument == "check");
    for (path, text) in documents(&root)? {
        let file = root.join(path);
        if fs::read_to_string(&file).unwrap_or_default() == text {
            continue;
        }
        if checks {
            return Err(io::Error::other(format!(
                "{path} is not as it would be made: run `cargo xtask services`"
            )));
        }
        fs::write(&file, text)?;
        eprintln!("{path}");
    }
    Ok(())
}
